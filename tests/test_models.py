"""Every named constraint refuses what it is there to refuse, whoever writes past the forms."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from findings.models import (
    ApiToken,
    CodebookMember,
    Coder,
    Coding,
    Decision,
    Evidence,
    FrameworkCell,
    Import,
    QuoteNote,
    SavedQuery,
    StudyOffer,
)
from schools.models import DataVersion, Fact, Quote, School
from tests import factories as make

pytestmark = pytest.mark.django_db


def twice(build: Callable[..., object], **fields: object) -> None:
    """The same record two times."""
    build(**fields)
    build(**fields)


def same_fact() -> None:
    school = make.make_school()
    twice(make.make_fact, school=school, indicator=make.make_indicator(school.study))


def same_section() -> None:
    school = make.make_school()
    twice(make.make_section, school=school, topic=make.make_topic(school.study))


def same_coding() -> None:
    quote = make.make_quote()
    twice(make.make_coding, quote=quote, code=make.make_code(), coder=make.make_coder(), start=1, end=3)


def same_uncoded() -> None:
    twice(make.make_uncoded, quote=make.make_quote(), codebook=make.make_codebook(), coder=make.make_coder())


def same_view() -> None:
    review = make.make_review(state="views")
    twice(make.make_view, review=review, member=make.make_member(review.team))


def same_reminder() -> None:
    action = make.make_action()
    twice(make.make_reminder, action=action, member=make.make_member(action.team))


def same_number_key() -> None:
    twice(make.make_code, codebook=make.make_codebook(), number_key=1)


def same_member() -> None:
    twice(CodebookMember.objects.create, codebook=make.make_codebook(), user=make.make_user(), role="coder")


def same_note() -> None:
    quote = make.make_quote()
    twice(QuoteNote.objects.create, quote=quote, codebook=make.make_codebook(), coder=make.make_coder())


def summary(**fields: Any) -> Callable[[], object]:
    coder, school, code = make.make_coder(), make.make_school(), make.make_code()
    return lambda: FrameworkCell.objects.create(coder=coder, school=school, code=code, **fields)


def same_summary() -> None:
    twice(summary())


def imported(**fields: Any) -> None:
    Import.objects.create(user=make.make_user(), kind="k", name="n", digest="d", state="done", **fields)


def same_query() -> None:
    codebook, owner = make.make_codebook(), make.make_coder()
    twice(SavedQuery.objects.create, codebook=codebook, owner=owner, name="Same", asked="")


def decision(**fields: object) -> Callable[..., object]:
    """Makes a decision to reject the passage from 0 to 3; called twice, the same one."""
    quote, code, coder = make.make_quote(), make.make_code(), make.make_coder()
    defaults = {"quote": quote, "code": code, "start": 0, "end": 3, "verdict": "reject", "decided_by": coder}
    return lambda: Decision.objects.create(**defaults | {"decided_at": timezone.now()} | fields)


def expired_from_the_start() -> object:
    now = timezone.now()
    return ApiToken.objects.create(user=make.make_user(), name="x", secret_hash="0", made_at=now, expires_at=now)


# By the constraint's name: what it refuses.
REFUSED: dict[str, Callable[[], object]] = {
    "data_version_one_row": lambda: DataVersion.objects.create(pk=2),
    "school_fsm_percent_0_to_100": lambda: make.make_school(fsm_percent="100.1"),
    "school_pupils_positive": lambda: make.make_school(pupils=0),
    "school_colour_1_to_8": lambda: make.make_school(colour=9),
    "school_letter_once_a_study": lambda: twice_in_a_study(make.make_school, letter="A"),
    "topic_slug_once_a_study": lambda: twice_in_a_study(make.make_topic, slug="same"),
    "section_once_a_school_and_topic": same_section,
    "indicator_slug_once_a_study": lambda: twice_in_a_study(make.make_indicator, slug="same"),
    "fact_once_a_school_and_indicator": same_fact,
    "fact_stated_has_locator_or_note": lambda: make.make_fact(value="Stated", locator=""),
    "quote_locator_once_a_school": lambda: twice(make.make_quote, school=make.make_school(), locator="L1"),
    "quote_text_not_empty": lambda: make.make_quote(text=""),
    "advice_position_once_a_school": lambda: twice(make.make_advice, school=make.make_school(), position=1),
    "reference_slug_once_a_study": lambda: twice_in_a_study(make.make_reference, slug="same"),
    "abbreviation_once_a_study": lambda: twice_in_a_study(make.make_term, abbreviation="ICT"),
    "code_slug_once_a_codebook": lambda: twice(make.make_code, codebook=make.make_codebook(), slug="same"),
    "code_number_key_once_a_codebook": same_number_key,
    "code_number_key_1_to_9": lambda: make.make_code(number_key=10),
    "code_colour_1_to_8": lambda: make.make_code(colour=9),
    "code_merged_is_retired": lambda: make.make_code(merged_into=make.make_code()),
    "study_front_once": lambda: make.make_study(is_front=True),
    "study_published_is_editorial": lambda: make.make_study(is_editorial=False),
    "study_offer_open_once_a_study": lambda: twice(StudyOffer.objects.create, study=make.make_study()),
    "study_offer_declined_why": lambda: StudyOffer.objects.create(
        study=make.make_study(), state="declined", decided_at=timezone.now()
    ),
    "study_offer_decided_has_time": lambda: StudyOffer.objects.create(study=make.make_study(), state="taken-back"),
    "codebook_of_a_team_published_with_date": lambda: make.make_codebook(is_editorial=False),
    "codebook_shows_agreed_once_opened": lambda: make.make_codebook(shows_agreed=True),
    "coder_is_a_person_or_an_agreed_set": lambda: make.make_coder(is_person=True, agreed_for=make.make_codebook()),
    "codebook_member_once_a_codebook_and_user": same_member,
    "quote_note_once_a_codebook_quote_and_coder": same_note,
    "framework_cell_once_a_coder_school_and_code": same_summary,
    "framework_cell_version_from_1": lambda: summary(version=0)(),
    "import_decided_keeps_no_file": lambda: imported(data=b"x", decided_at=timezone.now()),
    "import_decided_has_time": lambda: imported(),
    "saved_query_name_once_a_codebook_and_owner": same_query,
    "decision_start_before_end": lambda: decision(start=3)(),
    "decision_once_a_passage_and_code": lambda: twice(decision()),
    "decision_has_coding_unless_rejected": lambda: decision(verdict="accept")(),
    "coding_start_before_end": lambda: make.make_coding(start=3, end=3),
    "coding_once_a_passage_code_and_coder": same_coding,
    "uncoded_once_a_quote_codebook_and_coder": same_uncoded,
    "theme_slug_once_a_study": lambda: twice_in_a_study(make.make_theme, slug="same"),
    "evidence_once_a_finding_and_quote": lambda: twice(
        make.make_evidence, finding=make.make_finding(), quote=make.make_quote()
    ),
    "case_evidence_once_a_finding_and_school": lambda: twice(
        make.make_case_evidence, finding=make.make_finding(), school=make.make_school()
    ),
    "questionnaire_version_once": lambda: twice(make.make_questionnaire, slug="same", version=2),
    "section_slug_once": lambda: twice(
        make.make_question_section, questionnaire=make.make_questionnaire(), slug="same"
    ),
    "question_position_once": lambda: twice(make.make_question, section=make.make_question_section(), position=1),
    "api_token_expires_after_made": expired_from_the_start,
    "question_code_once": lambda: twice(make.make_question_code, question=make.make_question(), code=make.make_code()),
    "question_finding_once": lambda: twice(
        make.make_question_finding, question=make.make_question(), finding=make.make_finding()
    ),
    "team_fsm_percent_0_to_100": lambda: make.make_team(fsm_percent="100.1"),
    "team_pupils_positive": lambda: make.make_team(pupils=0),
    "team_confirmed_once_a_urn": lambda: twice(make.make_team, urn="123456", confirmed_at=timezone.now()),
    "member_once_a_team": lambda: twice(make.make_member, team=make.make_team(), user=make.make_user()),
    "review_number_once_a_team": lambda: twice(make.make_review, team=make.make_team(), number=1),
    "review_closed_has_time": lambda: make.make_review(state="closed"),
    "action_done_has_time": lambda: make.make_action(status="done"),
    "answer_once_a_question": lambda: twice(make.make_answer, review=make.make_review()),
    "revision_number_once_an_answer": lambda: twice(make.make_revision, answer=make.make_answer(), number=1),
    "view_once_a_question_and_member": same_view,
    "revision_number_once_a_view": lambda: twice(make.make_view_revision, view=make.make_view(), number=1),
    "view_revision_once_a_save": lambda: twice(make.make_view_revision, view=make.make_view(), save_id=uuid4()),
    "reminder_once_a_kind_and_date": same_reminder,
    "block_of_five_schools_or_more": lambda: make.make_block(schools=4),
    "block_count_once_a_level": lambda: twice(make.make_block_count, block=make.make_block()),
    "revision_once_a_save": lambda: twice(make.make_revision, answer=make.make_answer(), save_id=uuid4()),
}


def twice_in_a_study(build: Callable[..., object], **fields: object) -> None:
    twice(build, study=make.make_study(), **fields)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_constraint_refuses(name: str) -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        REFUSED[name]()
    message = str(caught.value)
    # SQLite names a unique constraint by its columns.
    assert name in message or message.startswith("UNIQUE constraint failed: ")


def test_constraints_are_all_tested() -> None:
    ours = {"schools", "findings", "selfreview"}
    names = {
        constraint.name
        for model in apps.get_models()
        if model._meta.app_label in ours
        for constraint in model._meta.constraints
    }
    assert names == set(REFUSED)


@pytest.mark.parametrize(
    "fields",
    [
        {"value": "Stated", "locator": ""},
        {"value": "", "locator": "L1"},
        {"value": "", "locator": "", "number": 3},
    ],
)
def test_fact_is_stated_with_a_locator_or_not_stated_at_all(fields: dict) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make.make_fact(**fields)


def test_fact_may_be_stated_without_a_line_where_a_note_says_why() -> None:
    assert make.make_fact(value="Stated", locator="", note="Told by telephone.").note


def test_fact_may_be_not_stated() -> None:
    fact = make.make_fact(value="", locator="")
    assert str(fact).endswith("not stated")


@pytest.mark.parametrize("model", [School, Quote, Fact, Coding, Evidence, Coder])
def test_guid_is_made_once_and_is_unique(model: Any) -> None:
    first, second = model.objects.all()[:2] if model is not Coder else (make.make_coder(), make.make_coder())
    assert first.guid != second.guid
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.filter(pk=first.pk).update(guid=second.guid)


@pytest.mark.parametrize(
    "model",
    [
        model
        for model in apps.get_models()
        if hasattr(model._default_manager, "get_by_natural_key")
        and model._meta.app_label in {"schools", "findings", "selfreview"}
    ],
    ids=lambda model: model.__name__,
)
def test_natural_key_finds_its_record(model: Any) -> None:
    row = model._default_manager.first()
    assert model._default_manager.get_by_natural_key(*row.natural_key()) == row
