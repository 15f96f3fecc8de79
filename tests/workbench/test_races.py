"""Two people at one thing in one moment: one waits, and is told what came of it.

The first act is done and not yet committed when the second begins in a thread of its own. Once that one waits for the
first, the first is committed. PostgreSQL lets both begin, and the second waits at the first row that both want; SQLite
lets one write begin at a time, and the second waits for its turn.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Barrier, BrokenBarrierError, Event, get_ident
from typing import Any

import pytest
from django.db import connection, transaction

from findings import actions
from findings.actions import Refused
from findings.models import Codebook, Coding, FrameworkCell, Step
from schools.models import Quote, School, Study
from tests.bench import Team, make_team

pytestmark = pytest.mark.django_db(transaction=True)

WITHOUT_ITS_STEP = {  # PostgreSQL found the step and waited for it, SQLite looked for it when its turn had come
    "postgresql": "Something else was done at the same moment",
    "sqlite": "There is nothing to redo.",
}
PATIENCE = 10.0  # seconds until a thread that neither waits nor ends is given up
Act = Callable[[], Any]


def in_thread(pool: ThreadPoolExecutor, act: Act, writes: Event | None = None) -> Future:
    """Begin an act in a thread with a connection of its own, which it closes. On SQLite `writes` says when it asks to
    write."""

    def done() -> Any:
        if connection.vendor == "sqlite" and writes:
            connection.ensure_connection()
            connection.connection.set_trace_callback(lambda said: writes.set() if said.startswith("BEGIN") else None)
        try:
            return act()
        finally:
            connection.close()

    return pool.submit(done)


def waits(writes: Event) -> bool:
    """Whether somebody waits for a lock. SQLite does not say: there one waits who asks to write while another does."""
    if connection.vendor == "sqlite":
        return writes.is_set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def meet(first: Act, second: Act) -> Future:
    """Both acts; the second begins before the first is committed, and has to wait for it. Its outcome."""
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            job = in_thread(pool, second, writes := Event())
            until = time.monotonic() + PATIENCE
            while not (seen := waits(writes)) and not job.done() and time.monotonic() < until:
                time.sleep(0.005)
        job.exception(PATIENCE)
    assert seen, "the second did not wait for the first"
    return job


def act(team: Team, who: str, verb: str, /, codebook: Codebook | None = None, **options: Any) -> Act:
    """An action of a member, to be done later."""
    coder = team.coder(who)
    return lambda: getattr(actions, verb)(codebook=codebook or team.codebook, coder=coder, **options)


@pytest.fixture
def team() -> Team:
    """A team with five quotes, which sees all codings."""
    team = make_team(codes=3, texts=["We tried boards and kept one."] * 5)
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    team.codebook.refresh_from_db()
    return team


@pytest.fixture
def own(team: Team) -> Team:
    """The same, in a study that its lead made."""
    Study.objects.filter(pk=team.codebook.study_id).update(made_by=team.users["lead"])
    return team


def removal(team: Team, quote: Quote) -> Act:
    """The maker of a study takes a quote out of it, to be done later."""
    lead, quotes = team.coder("lead"), Quote.objects.filter(pk=quote.pk)
    return lambda: actions.remove_quotes(quotes=quotes, coder=lead)


def refusal(outcome: Future) -> str:
    """What whoever came second is told."""
    error = outcome.exception()
    assert isinstance(error, Refused), error
    return str(error)


def test_what_is_written_about_a_quote_that_is_being_deleted(own: Team):
    team = own
    act(team, "ann", "write_note", quote=team.quotes[4], is_key=True)()
    act(team, "ann", "undo")()
    passage: dict[str, Any] = {"code": team.codes[0], "start": 0, "end": 5}
    gone = "This quote was deleted meanwhile"
    writes: list[tuple[str, dict[str, Any], str]] = [
        ("code_passage", passage, gone),
        ("write_note", {"is_key": True}, gone),
        ("decide", passage | {"verdict": "reject", "reason": ""}, gone),
        ("add_code", {"name": "New"}, gone),
        ("redo", {}, WITHOUT_ITS_STEP[connection.vendor]),  # its step said words of the quote, and went with it
    ]
    for quote, (verb, options, said) in zip(team.quotes, writes, strict=True):
        about: dict[str, Any] = {"example": quote} if verb == "add_code" else {"quote": quote} if options else {}
        outcome = meet(removal(team, quote), act(team, "ann", verb, **options, **about))
        assert said in refusal(outcome), verb
    assert not Quote.objects.filter(pk__in=[one.pk for one in team.quotes]).exists()
    assert not Step.objects.filter(coder=team.coder("ann")).exists()


def test_quote_that_is_being_written_about_is_not_deleted(own: Team):
    team = own
    writes: list[Act] = [partial(team.code, "ann"), act(team, "ann", "write_note", quote=team.quotes[1], is_key=True)]
    for place, write in enumerate(writes):
        assert "Others coded or noted something here" in refusal(meet(write, removal(team, team.quotes[place])))
    assert Quote.objects.filter(pk__in=[one.pk for one in team.quotes]).count() == 5


def test_summary_of_a_case_that_is_being_deleted_is_refused(own: Team):
    team = own
    school = School.objects.select_related("study").get(pk=team.quotes[0].school_id)
    write = partial(
        actions.save_summary, coder=team.coder("ann"), school=school, code=team.codes[0], text="So.", base=0
    )
    outcome = meet(partial(actions.remove_school, school=school, coder=team.coder("lead")), write)
    assert "Keep what you wrote" in refusal(outcome)
    assert not FrameworkCell.objects.exists()


def test_undo_and_the_deletion_of_its_code(team: Team):
    kept, gone = team.codes[:2]
    for place in range(2):
        act(team, "ann", "uncode", coding=team.code("ann", code=place))()
    outcome = meet(act(team, "lead", "delete_code", code=gone), act(team, "ann", "undo"))
    assert "what it belongs to is no longer there" in refusal(outcome)
    for _ in range(2):
        act(team, "ann", "leave_as_it_is")()
    outcome = meet(act(team, "ann", "undo"), act(team, "lead", "delete_code", code=kept))
    assert f"there are codings to “{kept}”" in refusal(outcome)
    assert Coding.objects.get(coder=team.coder("ann")).code == kept


def test_code_that_is_being_deleted_takes_nothing_new(team: Team):
    gone = team.codes[0]
    passage: dict[str, Any] = {"quote": team.quotes[0], "start": 0, "end": 5}
    deleted = f"The code “{gone}” was deleted meanwhile"
    outcome = meet(act(team, "lead", "delete_code", code=gone), act(team, "ann", "code_passage", code=gone, **passage))
    assert deleted in refusal(outcome)
    with pytest.raises(Refused, match=deleted):
        act(team, "ann", "add_code", name="Below", parent=gone)()


@pytest.mark.parametrize("verb", ["move_to_codebook", "undo"])
def test_opposite_moves_do_not_block_each_other(team: Team, monkeypatch: pytest.MonkeyPatch, verb: str):
    """Each stops once it holds a codebook, until the other holds one, too, or has to wait."""
    lead = {"user": team.users["lead"], "study": team.codebook.study}
    other = actions.start_codebook(**lead, name="Other")
    actions.open_codings(codebook=other, coder=team.coder("lead"))
    there = act(team, "lead", "add_code", codebook=other, name="There")()
    back: dict[str, Any] = {"code": there, "target": team.codebook}
    if verb == "undo":
        act(team, "lead", "move_to_codebook", codebook=other, **back)()
        back = {}
    hold, both, met = actions.base.hold, Barrier(2), set()

    def slow(codebook: Codebook) -> Codebook:
        held = hold(codebook)
        if get_ident() not in met:
            met.add(get_ident())
            with suppress(BrokenBarrierError):
                both.wait(0.2)
        return held

    monkeypatch.setattr(actions.base, "hold", slow)
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            in_thread(pool, act(team, "lead", "move_to_codebook", code=team.codes[0], target=other)),
            in_thread(pool, act(team, "lead", verb, codebook=other, **back)),
        ]
        outcomes = [job.exception() for job in jobs]
    assert {type(one) for one in outcomes} <= {type(None), Refused}, outcomes
    assert outcomes.count(None) >= 1


def test_codebooks_of_one_name_published_at_once_have_addresses_of_their_own(team: Team):
    other = make_team(codes=1)
    said: dict[str, Any] = {"version": "1.0", "authors": "A. Lead", "shows_agreed": False}
    publish = [act(one, "lead", "publish", **said) for one in (team, other)]
    meet(*publish).result()
    slugs = (
        Codebook.objects.filter(pk__in=[team.codebook.pk, other.codebook.pk])
        .order_by("pk")
        .values_list("slug", flat=True)
    )
    assert list(slugs) == ["leading-change-1-0", "leading-change-1-0-2"]


def test_passage_coded_by_two_at_once_is_coded_once_by_each(team: Team):
    meet(partial(team.code, "ann"), partial(team.code, "ben")).result()
    meet(partial(team.code, "ann", start=3), partial(team.code, "ann", start=3)).result()
    assert Coding.objects.filter(coder=team.coder("ann")).count() == 2
    assert Coding.objects.filter(coder=team.coder("ben")).count() == 1
