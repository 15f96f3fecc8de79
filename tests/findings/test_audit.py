"""Every action of the workbench leaves its trace: who did it, when, and under which version of the codebook.

The table names every action there is; one without an entry fails.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import isclass
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from findings import actions
from findings.actions.codebooks import NewCode
from findings.actions.decisions import agreed_coder
from findings.models import Codebook, CodebookMember, Coder, Decision, FrameworkCell, SavedQuery, Step
from schools import studies
from schools.models import Quote, School, Study
from tests.bench import Team, make_team
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@dataclass
class Bench:
    """An opened team at a private study of its lead, with something of everything to act upon."""

    team: Team
    study: Study
    case: School
    saying: Quote
    ours: dict[str, Any] = field(default_factory=dict)
    indicator: Any = None

    @property
    def code(self) -> Any:
        return self.team.codes[0]

    def coding(self, start: int = 0, end: int = 5) -> Any:
        return actions.code_passage(**self.ours, quote=self.saying, start=start, end=end, code=self.code)

    def decision(self, **about: Any) -> Decision:
        self.coding()
        options = {"quote": self.saying, "code": self.code, "start": 0, "end": 5, "verdict": "accept", "reason": "So."}
        return actions.decide(**self.ours, **options | about)

    def other(self) -> Codebook:
        """Another codebook of the study, opened."""
        made = actions.start_codebook(user=self.team.users["lead"], study=self.study, name="Other")
        return actions.open_codings(codebook=made, coder=self.ours["coder"])

    def published(self) -> Codebook:
        Study.objects.filter(pk=self.study.pk).update(is_published=True, is_editorial=True)
        book = Codebook.objects.get(pk=self.ours["codebook"].pk)
        options = {"version": "1.0", "authors": "A", "shows_agreed": False}
        return actions.publish(codebook=book, coder=self.ours["coder"], **options)

    def invited(self) -> tuple[Any, str]:
        return actions.invite(**self.ours, role="coder", note="")


@pytest.fixture
def bench() -> Bench:
    team = make_team(opened_at=timezone.now())
    lead = team.users["lead"]
    study = studies.start_study(user=lead, title="Talks", summary="S")
    case = studies.add_school(study=study, name="Hill", summary="S")
    saying, _ = (actions.add_quote(school=case, text=f"We tried {n} boards and kept one.") for n in (2, 3))
    Codebook.objects.filter(pk=team.codebook.pk).update(study=study)
    team.codebook = Codebook.objects.get(pk=team.codebook.pk)
    return Bench(team, study, case, saying, {"codebook": team.codebook, "coder": team.coder("lead")})


def undone(bench: Bench) -> Step:
    bench.coding()
    return actions.undo(**bench.ours)


def saved(bench: Bench) -> Any:
    return actions.save_query(codebook=bench.team.codebook, owner=bench.ours["coder"], name="Q", asked="kind1=role")


def summed(bench: Bench, text: str, base: int) -> Any:
    return actions.save_summary(coder=bench.ours["coder"], school=bench.case, code=bench.code, text=text, base=base)


def unanimous(bench: Bench) -> None:
    coded = bench.coding()
    passage = (coded.quote, coded.code, coded.start, coded.end)
    actions.accept_unanimous(**bench.ours, passages=[passage], reason="All.")


Do = Callable[[Bench], Any]
# By action: the verb of the step in which it is found, and how it is done. By the lead, but for `join`.
STEPS: dict[str, tuple[str, Do]] = {
    # codes
    "add_code": ("add-code", lambda b: actions.add_code(**b.ours, name="New")),
    "edit_code": ("edit-code", lambda b: actions.edit_code(**b.ours, code=b.code, name="Renamed")),
    "move_code": ("move-code", lambda b: actions.move_code(**b.ours, code=b.code, parent=b.team.codes[1])),
    "shift_code": ("shift-code", lambda b: actions.shift_code(**b.ours, code=b.code, up=False)),
    "retire_code": ("retire-code", lambda b: actions.retire_code(**b.ours, code=b.code)),
    "unretire_code": (
        "unretire-code",
        lambda b: (actions.retire_code(**b.ours, code=b.code), actions.unretire_code(**b.ours, code=b.code)),
    ),
    "delete_code": ("delete-code", lambda b: actions.delete_code(**b.ours, code=b.code)),
    "merge_codes": ("merge-codes", lambda b: actions.merge_codes(**b.ours, code=b.code, survivor=b.team.codes[1])),
    "split_off": ("split-off", lambda b: actions.split_off(**b.ours, code=b.code, name="Part", codings=[b.coding()])),
    "move_to_codebook": ("move-away", lambda b: actions.move_to_codebook(**b.ours, code=b.code, target=b.other())),
    "import_codes": ("import", lambda b: actions.import_codes(**b.ours, rows=[NewCode(("A", "B"))])),
    # codings
    "code_passage": ("code", lambda b: b.coding()),
    "uncode": ("uncode", lambda b: actions.uncode(**b.ours, coding=b.coding())),
    "write_memo": ("memo", lambda b: actions.write_memo(**b.ours, coding=b.coding(), memo="Why.")),
    "write_note": ("note", lambda b: actions.write_note(**b.ours, quote=b.saying, memo="Look.")),
    "merge_overlapping": (
        "merge-passages",
        lambda b: (b.coding(2, 9), actions.merge_overlapping(**b.ours, coding=b.coding())),
    ),
    # decisions
    "decide": ("decide", lambda b: b.decision()),
    "take_back": ("take-back", lambda b: actions.take_back(**b.ours, decision=b.decision())),
    "accept_unanimous": ("accept", unanimous),
    # the codebook
    "start_codebook": ("start", lambda b: b.other()),
    "copy_codebook": (
        "start",
        lambda b: actions.copy_codebook(user=b.team.users["lead"], source=b.published(), name="Copy"),
    ),
    "next_version": (
        "start",
        lambda b: actions.next_version(
            codebook=b.published(), coder=b.ours["coder"], version="2.0", with_codings=False
        ),
    ),
    "describe_codebook": ("describe", lambda b: actions.describe_codebook(**b.ours, name="B", description="D")),
    "open_codings": ("open", lambda b: b.other()),
    "publish": ("publish", lambda b: b.published()),
    # people
    "invite": ("invite", lambda b: b.invited()),
    "withdraw": ("withdraw", lambda b: actions.withdraw(invitation=b.invited()[0], coder=b.ours["coder"])),
    "join": ("join", lambda b: actions.join(secret=b.invited()[1], user=b.team.users["stranger"])),
    "change_role": (
        "role",
        lambda b: actions.change_role(member=b.team.member("ann"), role="lead", by=b.ours["coder"]),
    ),
    "remove_member": ("leave", lambda b: actions.remove_member(member=b.team.member("ann"), by=b.ours["coder"])),
    "hand_over": ("role", lambda b: actions.hand_over(user=b.team.users["lead"])),
    # summaries and queries
    "save_summary": ("summary", lambda b: summed(b, "So.", 0)),
    "save_query": ("save-query", saved),
    "delete_query": ("delete-query", lambda b: actions.delete_query(query=saved(b))),
    # texts on which codings stand
    "edit_quote": ("texts", lambda b: actions.edit_quote(quote=b.saying, text=b.saying.text + " Indeed.")),
    "remove_quotes": (
        "texts",
        lambda b: actions.remove_quotes(quotes=Quote.objects.filter(pk=b.saying.pk), coder=b.ours["coder"]),
    ),
    "remove_school": ("texts", lambda b: actions.remove_school(school=b.case, coder=b.ours["coder"])),
}
# What turns a step that is there, and what the step then says of it.
TURNS: dict[str, tuple[list[str], Do]] = {
    "undo": (["undone"], undone),
    "redo": (["undone", "redone"], lambda b: (undone(b), actions.redo(**b.ours))),
    "leave_as_it_is": (["set aside"], lambda b: (b.coding(), actions.leave_as_it_is(**b.ours))),
}
# Where the trace is a state of the record in its history: who, and when.
HISTORIES: dict[str, tuple[Callable[[Bench], Any], Do]] = {
    "name_coder": (
        lambda b: Coder.history.filter(id=b.ours["coder"].pk),
        lambda b: actions.name_coder(coder=b.ours["coder"], name="Ada"),
    ),
    "edit_study": (
        lambda b: Study.history.filter(id=b.study.pk),
        lambda b: actions.edit_study(study=b.study, title="Renamed"),
    ),
    "edit_school": (
        lambda b: School.history.filter(id=b.case.pk),
        lambda b: actions.edit_school(school=b.case, name="Renamed"),
    ),
    "write_facts": (
        lambda b: b.case.facts.model.history.filter(school=b.case),
        lambda b: actions.write_facts(school=b.case, values={b.indicator.pk: ("6", None, "L1", "")}),
    ),
    "shift_quote": (
        lambda b: Quote.history.filter(id=b.saying.pk),
        lambda b: actions.shift_quote(quote=b.saying, up=False),
    ),
}
# Where the trace is the offer itself, which stays with its decision: tests/workbench/test_offers.py.
OFFERS = {"offer_study", "take_back_offer", "decline_offer", "publish_study"}
# What leaves none, and why.
WITHOUT = {
    "add_case": "it begins with the study, whose history begins with the first change",
    "add_quote": "it is a text of the study, whose history begins with the first change",
    "coder_of": "it makes the coder itself",
    "number_coder": "it makes the coder itself",
    "make_token": "how one's own programs read is nobody else's business",
    "revoke_token": "how one's own programs read is nobody else's business",
    "remove_study": "of what somebody said and wants taken out, nothing stays; nobody else works on it",
    "erase_study": "of what somebody said and wants taken out, nothing stays; nobody else works on it",
    "delete_codebook": "nobody is left who could read a trace",
    "remove_codebook": "nobody is left who could read a trace",
    "leave_only_what_is_public": "nobody is left who could read a trace",
    "forget_coder": "that nothing tells of the person is what it is for",
}
READS = {
    "check_publishable", "excerpt", "given_name", "hash_of", "losing_sight", "next_colour", "next_steps", "not_yet",
    "open_offer", "others_at", "others_in", "overlapping", "token_of",
}  # fmt: skip


def test_every_action_has_an_entry():
    named = {name: getattr(actions, name) for name in actions.__all__}
    every = {name for name, one in named.items() if callable(one) and not isclass(one)}
    tables = [set(STEPS), set(TURNS), set(HISTORIES), OFFERS, set(WITHOUT), READS]
    assert set().union(*tables) == every
    assert sum(map(len, tables)) == len(every)


def test_every_action_leaves_a_step_that_says_who_when_and_under_which_version(bench: Bench):
    faults = []
    before = timezone.now()
    for name, (verb, do) in STEPS.items():
        mark, last = transaction.savepoint(), Step.objects.order_by("-pk").values_list("pk", flat=True)[0]
        do(bench)
        bench.ours["codebook"].refresh_from_db()
        found = Step.objects.filter(pk__gt=last, verb=verb).select_related("codebook", "coder").first()
        who = bench.team.coder("stranger") if name == "join" else bench.ours["coder"]
        if found is None:
            faults.append(f"{name}: no step “{verb}”")
        elif found.coder != who or not before <= found.made_at <= timezone.now():
            faults.append(f"{name}: by {found.coder}, {found.made_at}")
        elif not found.words or not found.codebook_version.startswith(f"{found.codebook.version}, revision "):
            faults.append(f"{name}: “{found.words}”, version “{found.codebook_version}”")
        elif re.search(r"\b(Lead|Ann|Stranger)\b", found.words):
            faults.append(f"{name}: “{found.words}” names a person")
        transaction.savepoint_rollback(mark)
        bench = afresh(bench)
    assert faults == []


def afresh(bench: Bench) -> Bench:
    """The same, with its rows as they are after a rollback."""
    rows: list[Any] = [bench.team.codebook, bench.study, bench.case, bench.saying, *bench.team.codes]
    for row in rows:
        row.refresh_from_db()
    return bench


def test_undoing_redoing_and_leaving_are_kept_with_their_times_and_versions(bench: Bench):
    for name, (turns, do) in TURNS.items():
        mark, before = transaction.savepoint(), timezone.now()
        do(bench)
        step = Step.objects.filter(codebook=bench.team.codebook, verb="code").latest("pk")
        assert [what for what, _, _ in step.turns] == turns, name
        assert all(before <= when <= timezone.now() for _, when in step.told_turns), name
        assert {version for _, _, version in step.turns} == {bench.team.codebook.stamp}, name
        transaction.savepoint_rollback(mark)
    undone(bench)
    page = bench.team.client("lead").get(f"{bench.team.road}steps/").content.decode()
    assert "Undone<br>Undone " in page


def test_every_other_change_is_in_the_history_of_its_record(bench: Bench):
    """Whose record it is says who: nobody but the coder, or the maker of the study, may change it."""
    bench.indicator = studies.add_facts(study=bench.study, rows=[studies.NewFact(bench.case, "PCs", "5")])[0].indicator
    for name, (history, do) in HISTORIES.items():
        states, before = history(bench).count(), timezone.now()
        do(bench)
        assert history(bench).count() == states + 1, name
        assert before <= history(bench).latest().history_date <= timezone.now(), name


def test_nothing_is_deleted_without_a_trace(bench: Bench):
    """What is removed of codings, codes, decisions and notes stands whole in the step which removed it."""
    coding, decision = bench.coding(), bench.decision()
    actions.take_back(**bench.ours, decision=decision)
    actions.uncode(**bench.ours, coding=coding)
    actions.delete_code(**bench.ours, code=bench.team.codes[1])
    kept: dict[tuple[str, int], dict] = {}
    for step in Step.objects.filter(codebook=bench.team.codebook, verb__in=["take-back", "uncode", "delete-code"]):
        kept |= {(kind, pk): before for kind, pk, before in step.before}
    assert kept["coding", coding.pk]["end"] == 5
    assert kept["decision", decision.pk]["reason"] == "So."
    assert kept["code", bench.team.codes[1].pk]["name"] == "Idea 2"


def test_page_of_steps_tells_who_came_and_went_by_the_names_of_today(bench: Bench):
    team = bench.team
    _, secret = bench.invited()
    actions.join(secret=secret, user=make_user(first_name="Dee"))
    actions.change_role(member=team.member("ben"), role="viewer", by=team.coder("lead"))
    actions.name_coder(coder=team.coder("ben"), name="Benedict")
    actions.remove_member(member=team.member("ann"), by=team.coder("ann"))
    page = team.client("lead").get(f"{team.road}steps/").content.decode()
    for words in ("Joined as coder", "Role changed from coder to viewer: Benedict", "Left the codebook", "Noted"):
        assert words in page, words
    assert not CodebookMember.objects.filter(codebook=team.codebook, user=team.users["ann"]).exists()


def test_name_summary_and_queries_are_undone_and_redone(bench: Bench):
    """Each brings the earlier state back, step by step to the first, and forward again."""
    book, coder = bench.team.codebook, bench.ours["coder"]

    def state() -> tuple:
        named = Codebook.objects.values_list("name", "description").get(pk=book.pk)
        agreed = Coder.objects.get(agreed_for=book).name
        texts = list(FrameworkCell.objects.filter(coder=coder).exclude(text="").values_list("text", flat=True))
        return named, agreed, texts, list(SavedQuery.objects.values_list("pk", "guid", "name", "asked", "saved_at"))

    actions.describe_codebook(**bench.ours, name="First", description="As begun")
    agreed_coder(Codebook.objects.get(pk=book.pk))
    states = [state()]
    for do in (
        lambda: actions.describe_codebook(**bench.ours, name="Renamed", description="More"),
        lambda: summed(bench, "So.", 0),
        lambda: summed(bench, "So it is.", 1),
        lambda: saved(bench),
        lambda: actions.delete_query(query=SavedQuery.objects.get()),
    ):
        do()
        states.append(state())
    assert all(one != after for one, after in zip(states, states[1:], strict=False))
    for earlier in reversed(states[:-1]):
        actions.undo(**bench.ours)
        assert state() == earlier
    for later in states[1:]:
        actions.redo(**bench.ours)
        assert state() == later
    with pytest.raises(actions.Stale):  # a page opened before the undoing does not save over it
        summed(bench, "Typed long ago.", 2)
    assert FrameworkCell.history.filter(coder=coder).count() == 6


def test_what_somebody_changed_since_is_not_undone(bench: Bench):
    book, ours = bench.team.codebook, bench.ours
    actions.describe_codebook(**ours, name="Renamed", description="")
    Codebook.objects.filter(pk=book.pk).update(name="By a colleague")
    with pytest.raises(actions.Refused, match="was changed again since"):
        actions.undo(**ours)
    Codebook.objects.filter(pk=book.pk).update(name="Renamed")
    CodebookMember.objects.filter(codebook=book, user=bench.team.users["lead"]).update(role="coder")
    with pytest.raises(actions.Refused, match="only a lead"):
        actions.undo(**ours)
    actions.delete_query(query=saved(bench))
    saved(bench)
    Step.objects.filter(codebook=book).latest("pk").delete()
    with pytest.raises(actions.Refused, match="something else now stands in its place"):
        actions.undo(**ours)


def test_who_ends_an_account_and_a_case_taken_out_leave_no_earlier_summary_or_query(bench: Bench):
    summed(bench, "Pangolin of the lead", 0)
    saved(bench)
    ann = bench.team.coder("ann")
    query = actions.save_query(codebook=bench.team.codebook, owner=ann, name="Pangolin", asked="kind1=role")
    actions.save_summary(coder=ann, school=bench.case, code=bench.code, text="Pangolin", base=0)
    actions.delete_query(query=query)
    actions.forget_coder(ann)
    left = Step.objects.filter(coder=ann)
    assert list(left.values_list("state", "before", "after")) == [("noted", [], [])] * 2
    actions.remove_school(school=bench.case, coder=bench.ours["coder"])
    assert "Pangolin" not in str(list(Step.objects.values_list("before", "after")))
