"""Builders of records. Each has a default for everything; a test names only what matters to it.

What a record belongs to is made for it, unless the test gives it: `make_quote()` has a school and a study of its own,
`make_quote(school=loaded_study().schools.first())` stands in the published study.
"""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser

from findings.models import (
    CaseEvidence,
    Code,
    Codebook,
    Coder,
    Coding,
    Evidence,
    Finding,
    Theme,
    Uncoded,
)
from schools.models import (
    Advice,
    CaseSection,
    Fact,
    GlossaryTerm,
    Indicator,
    Quote,
    Reference,
    School,
    SpeakerRole,
    Study,
    Topic,
)
from selfreview.actions import accept_invitation, invite
from selfreview.models import (
    Action,
    Answer,
    AnswerRevision,
    Block,
    BlockCount,
    Membership,
    Question,
    QuestionCode,
    QuestionFinding,
    Questionnaire,
    Reminder,
    Review,
    Role,
    Section,
    Team,
    View,
    ViewRevision,
)

_numbers = count(1)


def next_number() -> int:
    """A number that no record has yet; from 1001, so that it is no line, letter or place of the published study."""
    return 1000 + next(_numbers)


def loaded_study() -> Study:
    """The published study, which every test's database holds."""
    return Study.objects.get(slug="gill-2007")


def take_front(study: Study) -> Study:
    """Put a study at the site's front, in the place of the one that is there."""
    Study.objects.filter(is_front=True).update(is_front=False)
    Study.objects.filter(pk=study.pk).update(is_front=True)
    study.is_front = True
    return study


def make_user(username: str = "", *, password: str | None = "correct horse battery", **fields: Any) -> AbstractBaseUser:
    """An account; `is_staff=True, is_superuser=True` for an editor's."""
    return get_user_model().objects.create_user(username or f"user{next_number()}", password=password, **fields)


# ── What was collected ──────────────────────────────────────────────────────────────────────────
def make_study(**fields: Any) -> Study:
    """A published study of its own."""
    n = next_number()
    defaults = {
        "slug": f"study-{n}",
        "title": f"Study {n}",
        "author": "A. Author",
        "published": "Spring 2020",
        "year": 2020,
        "summary": "What it is about.",
        "source_lines": 99999,
        "is_published": True,
    }
    return Study.objects.create(**defaults | fields)


def make_school(study: Study | None = None, **fields: Any) -> School:
    """A school, of a study of its own unless given."""
    n = next_number()
    defaults = {
        "slug": f"school-{n}",
        "letter": str(n)[-4:],
        "name": f"School {n}",
        "position": n,
        "known_for": "A garden of weather stations",
        "summary": "A school.",
        "locator": f"L{n}",
    }
    return School.objects.create(study=study or make_study(), **defaults | fields)


def make_topic(study: Study | None = None, **fields: Any) -> Topic:
    """A topic, of a study of its own unless given."""
    n = next_number()
    defaults = {"slug": f"topic-{n}", "name": f"Topic {n}", "label": f"Topic {n}", "position": n}
    return Topic.objects.create(study=study or make_study(), **defaults | fields)


def make_section(school: School | None = None, topic: Topic | None = None, **fields: Any) -> CaseSection:
    """What a case says under a topic; both are made unless given."""
    school = school or make_school()
    defaults = {"summary": "What the case says.", "locator": f"L{next_number()}"}
    return CaseSection.objects.create(school=school, topic=topic or make_topic(school.study), **defaults | fields)


def make_indicator(study: Study | None = None, **fields: Any) -> Indicator:
    """An indicator, of a study of its own unless given."""
    n = next_number()
    defaults = {"slug": f"indicator-{n}", "label": f"Indicator {n}", "group": "school", "position": n}
    return Indicator.objects.create(study=study or make_study(), **defaults | fields)


def make_fact(school: School | None = None, indicator: Indicator | None = None, **fields: Any) -> Fact:
    """A stated fact; school and indicator are made unless given. `value="", locator=""` for one not stated."""
    school = school or make_school()
    defaults = {"value": "Stated", "locator": f"L{next_number()}"}
    return Fact.objects.create(school=school, indicator=indicator or make_indicator(school.study), **defaults | fields)


def make_quote(school: School | None = None, topic: Topic | None = None, **fields: Any) -> Quote:
    """A headteacher's quote; school and topic are made unless given."""
    school = school or make_school()
    n = next_number()
    defaults = {
        "speaker_role": SpeakerRole.HEADTEACHER,
        "text": f"We tried {n} things and kept one.",
        "locator": f"L{n}",
        "position": n,
    }
    return Quote.objects.create(school=school, topic=topic or make_topic(school.study), **defaults | fields)


def make_advice(school: School | None = None, **fields: Any) -> Advice:
    """A piece of advice; its school is made unless given."""
    n = next_number()
    defaults = {"position": n, "text": "Start small.", "locator": f"L{n}"}
    return Advice.objects.create(school=school or make_school(), **defaults | fields)


def make_reference(study: Study | None = None, **fields: Any) -> Reference:
    """A cited work, of a study of its own unless given."""
    n = next_number()
    defaults = {
        "slug": f"work-{n}",
        "author": "Author, A",
        "year": 2004,
        "title": f"Work {n}",
        "publication": "London, Press",
        "locator": f"L{n}",
    }
    return Reference.objects.create(study=study or make_study(), **defaults | fields)


def make_term(study: Study | None = None, **fields: Any) -> GlossaryTerm:
    """An abbreviation, of a study of its own unless given."""
    n = next_number()
    defaults = {"abbreviation": f"AB{n}", "expansion": "an abbreviation", "locator": f"L{n}"}
    return GlossaryTerm.objects.create(study=study or make_study(), **defaults | fields)


# ── What was made of it ─────────────────────────────────────────────────────────────────────────
def make_coder(**fields: Any) -> Coder:
    """A coder who is not the editors."""
    n = next_number()
    return Coder.objects.create(**{"slug": f"coder-{n}", "name": f"Coder {n}"} | fields)


def editors() -> Coder:
    """The coder of the published codings."""
    return Coder.objects.get(slug="editors")


def make_codebook(study: Study | None = None, **fields: Any) -> Codebook:
    """A published codebook, of a study of its own unless given."""
    n = next_number()
    defaults = {"slug": f"codebook-{n}", "name": f"Codebook {n}", "description": "Codes.", "is_published": True}
    return Codebook.objects.create(study=study or make_study(), **defaults | fields)


def make_code(codebook: Codebook | None = None, **fields: Any) -> Code:
    """A code; its codebook is made unless given. `parent=` puts it below another."""
    n = next_number()
    defaults = {"slug": f"code-{n}", "name": f"Code {n}", "definition": "What to look for.", "position": n}
    return Code.objects.create(codebook=codebook or make_codebook(), **defaults | fields)


def make_coding(quote: Quote | None = None, code: Code | None = None, **fields: Any) -> Coding:
    """A coding of the whole quote by a coder of its own; quote, code (in the quote's study) and coder unless given."""
    quote = quote or make_quote()
    code = code or make_code(make_codebook(quote.school.study))
    defaults: dict[str, Any] = {
        "start": 0,
        "end": len(quote.text),
        "memo": "It speaks to it.",
        "coded_at": datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC),
    }
    if "coder" not in fields:
        defaults["coder"] = make_coder()
    return Coding.objects.create(quote=quote, code=code, **defaults | fields)


def make_uncoded(quote: Quote | None = None, codebook: Codebook | None = None, **fields: Any) -> Uncoded:
    """A statement that a quote fits no code; quote, codebook and coder are made unless given."""
    quote = quote or make_quote()
    codebook = codebook or make_codebook(quote.school.study)
    if "coder" not in fields:
        fields["coder"] = make_coder()
    return Uncoded.objects.create(quote=quote, codebook=codebook, **{"reason": "It is of something else."} | fields)


def make_theme(study: Study | None = None, **fields: Any) -> Theme:
    """A theme, of a study of its own unless given."""
    n = next_number()
    defaults = {"slug": f"theme-{n}", "name": f"Theme {n}", "question": "How?", "position": n, "locator": f"L{n}"}
    return Theme.objects.create(study=study or make_study(), **defaults | fields)


def make_finding(theme: Theme | None = None, **fields: Any) -> Finding:
    """A finding; its theme is made unless given."""
    n = next_number()
    defaults = {
        "slug": f"finding-{n}",
        "title": f"Finding {n}",
        "statement": "They do it.",
        "position": n,
        "locator": f"L{n}",
    }
    return Finding.objects.create(theme=theme or make_theme(), **defaults | fields)


def make_evidence(finding: Finding | None = None, quote: Quote | None = None, **fields: Any) -> Evidence:
    """A quote that bears a finding out; finding, quote (in the finding's study) and coder are made unless given."""
    finding = finding or make_finding()
    quote = quote or make_quote(make_school(finding.theme.study))
    if "coder" not in fields:
        fields["coder"] = make_coder()
    return Evidence.objects.create(finding=finding, quote=quote, **{"reason": "It says so."} | fields)


def make_case_evidence(finding: Finding | None = None, school: School | None = None, **fields: Any) -> CaseEvidence:
    """A case that bears a finding out; finding, school (in the finding's study) and coder are made unless given."""
    finding = finding or make_finding()
    school = school or make_school(finding.theme.study)
    if "coder" not in fields:
        fields["coder"] = make_coder()
    defaults = {"reason": "The case tells of it.", "locator": f"L{next_number()}"}
    return CaseEvidence.objects.create(finding=finding, school=school, **defaults | fields)


# ── What a school asks itself ───────────────────────────────────────────────────────────────────
def make_questionnaire(study: Study | None = None, **fields: Any) -> Questionnaire:
    """A published questionnaire without sections, of a study of its own unless given."""
    n = next_number()
    defaults = {"slug": f"questionnaire-{n}", "name": f"Questionnaire {n}", "locator": f"L{n}", "is_published": True}
    return Questionnaire.objects.create(study=study or make_study(), **defaults | fields)


def make_question_section(questionnaire: Questionnaire | None = None, **fields: Any) -> Section:
    """A section without questions; its questionnaire is made unless given."""
    n = next_number()
    defaults = {"slug": f"section-{n}", "title": f"Section {n}", "position": n, "locator": f"L{n}"}
    return Section.objects.create(questionnaire=questionnaire or make_questionnaire(), **defaults | fields)


def make_question(section: Section | None = None, **fields: Any) -> Question:
    """A question; its section is made unless given."""
    n = next_number()
    defaults = {"position": n, "text": f"Question {n}?", "locator": f"L{n}"}
    return Question.objects.create(section=section or make_question_section(), **defaults | fields)


def make_question_code(question: Question | None = None, code: Code | None = None, **fields: Any) -> QuestionCode:
    """A code that helps to answer a question; question, code and coder are made unless given."""
    if "coder" not in fields:
        fields["coder"] = make_coder()
    return QuestionCode.objects.create(
        question=question or make_question(), code=code or make_code(), **{"reason": "It helps."} | fields
    )


def make_question_finding(
    question: Question | None = None, finding: Finding | None = None, **fields: Any
) -> QuestionFinding:
    """A finding that helps to answer a question; question, finding and coder are made unless given."""
    if "coder" not in fields:
        fields["coder"] = make_coder()
    return QuestionFinding.objects.create(
        question=question or make_question(), finding=finding or make_finding(), **{"reason": "It helps."} | fields
    )


# ── What a school says of itself ────────────────────────────────────────────────────────────────
def make_team(**fields: Any) -> Team:
    """A team without members."""
    return Team.objects.create(**fields)


def make_member(team: Team | None = None, **fields: Any) -> Membership:
    """A contributor; the team is made unless given."""
    return Membership.objects.create(team=team or make_team(), **{"role": Role.CONTRIBUTOR, "name": "Con"} | fields)


def make_colleague(lead: Membership, name: str = "Con", role: str = "contributor", user: Any = None) -> Any:
    """A colleague who took up a lead's invitation: the member, and the secret of the member's private link."""
    invitation, _ = invite(by=lead, name=name, role=role)
    return accept_invitation(invitation=invitation, user=user)


def make_review(team: Team | None = None, **fields: Any) -> Review:
    """An open round of the published questionnaire; its team is made unless given."""
    if "questionnaire" not in fields:
        fields["questionnaire"] = Questionnaire.objects.get(slug="ict-self-review")
    return Review.objects.create(team=team or make_team(), **fields)


def make_answer(review: Review | None = None, question: Question | None = None, **fields: Any) -> Answer:
    """An answer without revisions, to the first question unless given; its round is made unless given."""
    question = question or Question.objects.order_by("pk")[0]
    return Answer.objects.create(review=review or make_review(), question=question, **fields)


def make_action(team: Team | None = None, **fields: Any) -> Action:
    """Something to do; its team is made unless given."""
    return Action.objects.create(team=team or make_team(), **{"title": "Buy boards"} | fields)


def make_view(review: Review | None = None, member: Membership | None = None, **fields: Any) -> View:
    """A member's view of the first question unless another is given, without revisions; round and member are made."""
    review = review or make_review(state="views")
    fields.setdefault("question", Question.objects.order_by("pk")[0])
    return View.objects.create(review=review, member=member or make_member(review.team), **fields)


def make_view_revision(view: View | None = None, **fields: Any) -> ViewRevision:
    """A state of a view; the view is made unless given."""
    defaults: dict[str, Any] = {"number": next_number(), "save_id": uuid4()}
    return ViewRevision.objects.create(view=view or make_view(), **defaults | fields)


def make_reminder(action: Action | None = None, member: Membership | None = None, **fields: Any) -> Reminder:
    """A reminder that was sent; action and member are made unless given."""
    action = action or make_action()
    defaults: dict[str, Any] = {"kind": Reminder.Kind.OVERDUE, "due": date(2026, 1, 31)}
    return Reminder.objects.create(action=action, member=member or make_member(action.team), **defaults | fields)


def make_block(**fields: Any) -> Block:
    """Five schools counted together."""
    return Block.objects.create(**{"slug": "ict-self-review", "schools": 5} | fields)


def make_block_count(block: Block | None = None, question: Question | None = None, **fields: Any) -> BlockCount:
    """Three schools of a block at a level with the first question unless another is given; the block is made."""
    question = question or Question.objects.order_by("pk")[0]
    defaults: dict[str, Any] = {"level": "emerging", "schools": 3}
    return BlockCount.objects.create(block=block or make_block(), question=question, **defaults | fields)


def make_revision(answer: Answer | None = None, **fields: Any) -> AnswerRevision:
    """A state of an answer; the answer is made unless given."""
    defaults: dict[str, Any] = {"number": next_number(), "save_id": uuid4()}
    return AnswerRevision.objects.create(answer=answer or make_answer(), **defaults | fields)
