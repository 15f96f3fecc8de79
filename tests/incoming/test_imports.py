"""Files become records: once, whole, and as they were; and are taken back whole."""

import io
from datetime import UTC, datetime
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import AbstractBaseUser

from exchange.imports.undoing import take_back
from exchange.imports.writing import carry_out
from exchange.material import Material
from exchange.refi_qda import write_project
from findings import actions
from findings.account import forget
from findings.actions import MOST_LEVELS, Refused
from findings.models import Code, Codebook, Coder, Coding, Import, QuoteNote
from schools.models import Fact, Quote, School, Study
from tests.bench import Team, make_team
from tests.factories import make_study, make_topic, make_user
from tests.incoming.bring import bring, planned
from tests.incoming.files import code, guid, project, qdpx, selection, source

pytestmark = pytest.mark.django_db
TEXT = "We trust them.\n\nIt took time 👩‍🏫 and é.\r\nNo more."
MODELS = (Study, School, Quote, Fact, Codebook, Code, Coding, QuoteNote, Coder)


def counts() -> list[int]:
    return [model._base_manager.count() for model in MODELS]


def two_coders() -> bytes:
    start = TEXT.index("time")
    parts = selection(3, 8, "Trust") + selection(start, start + 4, "Time", user="Ben")
    return qdpx(TEXT, project(source("First", parts), users=("Ann", "Ben")))


def exported(codebook: Codebook, user: AbstractBaseUser) -> bytes:
    file = io.BytesIO()
    write_project(file, Material.of_desk(codebook, user))
    return file.getvalue()


def all_of(study: Study, codebook: Codebook) -> dict[str, list[Any]]:
    """All that a project file carries of a study and a codebook, to the last offset."""
    codings = Coding.objects.filter(code__codebook=codebook)
    return {
        "study": [(study.guid, study.title, study.author, study.year, study.published, study.summary, study.method)],
        "schools": list(study.schools.values_list("guid", "name", "summary", "phase", "pupils", "place", "known_for")),
        "quotes": list(
            Quote.objects.filter(school__study=study).values_list(
                "guid", "text", "speaker_role", "topic__name", "locator", "note", "is_fragment"
            )
        ),
        "codebook": [(codebook.guid, codebook.name, codebook.description, codebook.version, codebook.source)],
        "codes": list(
            codebook.codes.order_by("position", "pk").values_list(
                "guid", "name", "parent__guid", "definition", "include", "exclude", "memo", "colour"
            )
        ),
        "codings": list(
            codings.order_by("guid").values_list(
                "guid", "quote__guid", "code__guid", "coder__guid", "coder__name", "start", "end", "memo", "coded_at"
            )
        ),
        "notes": list(
            codebook.notes.order_by("guid").values_list(
                "guid", "quote__guid", "coder__guid", "memo", "is_key", "done_at"
            )
        ),
    }


def remove(study: Study) -> None:
    """A study gone from this site, as on a site that never had it."""
    for model in (Coding, QuoteNote):
        model._base_manager.filter(quote__school__study=study).delete()
    Codebook.objects.filter(study=study).delete()
    Quote.objects.filter(school__study=study).delete()
    study.schools.all().delete()
    study.topics.all().delete()
    study.delete()


def test_a_foreign_project_becomes_a_study() -> None:
    user = make_user()
    done = bring(two_coders(), user)
    assert done.state == Import.State.DONE
    assert done.data is None
    study = done.study
    assert not study.is_published
    assert [one.name for one in study.schools.all()] == ["First"]
    quotes = Quote.objects.filter(school__study=study)
    assert [(one.text, one.locator) for one in quotes] == [
        ("We trust them.", "L1"),
        ("It took time 👩‍🏫 and é.", "L3"),
        ("No more.", "L4"),
    ]
    codings = Coding.objects.filter(code__codebook__study=study).order_by("quote__position")
    assert [(one.passage, one.code.name, one.coder.name) for one in codings] == [
        ("trust", "Trust", "Ann"),
        ("time", "Time", "Ben"),
    ]
    assert codings[0].coded_at == datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert str(codings[0].guid).upper() == guid("coding 3 8 Trust Ann {}")
    assert all(one.coder.user is None for one in codings)


def test_one_says_which_coder_one_is() -> None:
    user = make_user()
    bring(two_coders(), user, me=UUID(guid("Ann")))
    assert Coding.objects.get(code__name="Trust", code__codebook__study__is_published=False).coder.user == user


def test_the_same_file_again_makes_nothing() -> None:
    user = make_user()
    bring(two_coders(), user)
    before = counts()
    plan = planned(two_coders(), user)
    assert plan.new() == {}
    assert plan.here["codings"] == 2
    bring(two_coders(), user)
    assert counts() == before


def test_accepting_twice_brings_in_once() -> None:
    user = make_user()
    plan = planned(two_coders(), user)
    one = Import.objects.create(user=user, kind="k", name="talk", digest="d", data=b"x")
    twice = Import.objects.get(pk=one.pk)
    carry_out(plan=plan, imported=one)
    before = counts()
    with pytest.raises(Refused, match="“talk” was brought in already"):
        carry_out(plan=plan, imported=twice)
    assert counts() == before


def test_another_person_gets_a_copy_of_her_own() -> None:
    one, other = make_user(), make_user()
    bring(two_coders(), one)
    done = bring(two_coders(), other)
    assert Coding.objects.filter(code__codebook__study=done.study).count() == 2
    assert planned(two_coders(), other).new() == {}
    assert planned(two_coders(), one).new() == {}


def test_an_import_is_taken_back_and_done_again() -> None:
    user = make_user()
    coder = actions.coder_of(user=user)
    before = counts()
    done = bring(two_coders(), user)
    undone = take_back(imported=done, mine=coder)
    assert undone.state == Import.State.UNDONE
    assert counts() == before
    assert bring(two_coders(), user).made["codings"] == 2


def test_own_work_since_goes_only_when_one_says_so_and_anothers_never() -> None:
    user = make_user()
    coder = actions.coder_of(user=user)
    before = counts()
    done = bring(two_coders(), user)
    [codebook] = done.codebooks.all()
    quote = Quote.objects.filter(school__study=done.study)[2]
    actions.code_passage(codebook=codebook, coder=coder, quote=quote, start=0, end=2, code=codebook.codes.first())
    with pytest.raises(Refused, match="You made 1 coding since"):
        take_back(imported=done, mine=coder)
    _, secret = actions.invite(codebook=codebook, coder=coder, role="coder", note="")
    member = actions.join(secret=secret, user=make_user())
    with pytest.raises(Refused, match="Others are members"):
        take_back(imported=done, mine=coder, with_own=True)
    member.delete()
    take_back(imported=done, mine=coder, with_own=True)
    assert counts()[:-1] == before[:-1]


def tree(levels: int) -> bytes:
    """A project whose codes stand each below the last."""
    codes = reduce(lambda below, level: code(f"Level {level}", below), range(levels, 0, -1), "")
    return qdpx(TEXT, project(source("First"), codes=codes))


def test_a_tree_too_deep_or_too_wide_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user()
    actions.coder_of(user=user)
    before = counts()
    with pytest.raises(
        Refused, match=rf"“Level {MOST_LEVELS + 1}” would stand too deep in “.*”: .* {MOST_LEVELS} levels"
    ):
        bring(tree(MOST_LEVELS + 1), user)
    monkeypatch.setattr("exchange.imports.plan.MOST_CODES", 3)
    with pytest.raises(Refused, match="would have more than 3 codes"):
        bring(tree(4), user)
    assert counts() == before
    monkeypatch.undo()
    [codebook] = bring(tree(MOST_LEVELS), user).codebooks.all()
    monkeypatch.setattr("exchange.imports.plan.MOST_CODES", MOST_LEVELS)
    with pytest.raises(Refused, match=f"would have more than {MOST_LEVELS} codes"):
        bring(qdpx(TEXT, project(source("First"), codes=code("Another"))), user, codebook=codebook)


# ── This site's own files ───────────────────────────────────────────────────────────────────────
def coded_team() -> Team:
    """A team with a study of its own."""
    team = make_team(texts=["We tried 👩‍🏫 boards é.", "שלום עולם", "Two\nlines of it.", "Nobody coded this."])
    study = make_study(is_published=False)
    School.objects.filter(quotes__in=team.quotes).update(study=study)
    Quote.objects.filter(pk__in=[one.pk for one in team.quotes]).update(topic=make_topic(study))
    Codebook.objects.filter(pk=team.codebook.pk).update(study=study)
    team.codebook.refresh_from_db()
    team.quotes = list(Quote.objects.filter(pk__in=[one.pk for one in team.quotes]).select_related("school"))
    lead = team.coder("lead")
    below = actions.add_code(
        codebook=team.codebook, coder=lead, name="Below", parent=team.codes[0], definition="D.", include="I.", memo="M."
    )
    team.codes.append(below)
    team.code("lead", 0, 3, 9, memo="Why.")
    team.code("lead", 1, 0, 4, 1)
    team.code("ann", 2, 0, 9, 2, memo="Two\n\nparagraphs")
    actions.write_note(codebook=team.codebook, coder=lead, quote=team.quotes[3], memo="Hm.", is_key=True, is_done=True)
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    team.codebook.refresh_from_db()
    return team


def test_our_own_project_comes_back_as_it_was() -> None:
    team = coded_team()
    study, codebook = team.codebook.study, team.codebook
    data, before = exported(codebook, team.users["lead"]), all_of(study, codebook)
    remove(study)
    done = bring(data, team.users["lead"])
    [again] = done.codebooks.all()
    after = all_of(done.study, again)
    names = {"codings", "notes"}
    assert {key: rows for key, rows in after.items() if key not in names} == {
        key: rows for key, rows in before.items() if key not in names
    }
    # Others with an account here are names now: nobody codes in another's name by a file.
    mine = team.coder("lead").guid
    for key, place in (("codings", 3), ("notes", 2)):
        assert [row for row in after[key] if row[place] == mine] == [row for row in before[key] if row[place] == mine]
        assert [row[:place] for row in after[key]] == [row[:place] for row in before[key]]
        assert [row[place + 1 :] for row in after[key]] == [row[place + 1 :] for row in before[key]]


def test_our_own_project_into_its_own_codebook_makes_nothing() -> None:
    team = coded_team()
    data, before = exported(team.codebook, team.users["lead"]), counts()
    plan = planned(data, team.users["lead"])
    assert (plan.new(), plan.here["codings"], plan.here["notes"]) == ({}, 3, 1)
    assert not plan.stays_out
    bring(data, team.users["lead"])
    assert counts() == before


def test_what_was_removed_since_comes_back_as_a_step_and_is_undone_as_one() -> None:
    team = coded_team()
    data = exported(team.codebook, team.users["lead"])
    mine = Coding.objects.filter(coder=team.coder("lead"), code__codebook=team.codebook)
    for coding in mine.all():
        actions.uncode(codebook=team.codebook, coder=team.coder("lead"), coding=coding)
    done = bring(data, team.users["lead"])
    assert mine.count() == 2
    assert done.step is not None
    take_back(imported=done, mine=team.coder("lead"))
    assert mine.count() == 0
    assert bring(data, team.users["lead"]).made == {"codings": 2}


def test_a_coder_brings_in_her_own_alone_while_work_is_blind() -> None:
    team = coded_team()
    data = exported(team.codebook, team.users["lead"])
    Codebook.objects.filter(pk=team.codebook.pk).update(opened_at=None)
    Coding.objects.filter(code__codebook=team.codebook).delete()
    for name in ("ann", "lead"):
        plan = planned(data, team.users[name])
        coders = {plan.who.by_guid[one.coding.coder] for home in plan.homes for one in home.codings}
        assert coders == {team.coder(name)}
        assert sum(plan.stays_out.values()) > 0


def test_a_stranger_gets_a_copy() -> None:
    team = coded_team()
    data = exported(team.codebook, team.users["lead"])
    done = bring(data, team.users["stranger"])
    assert done.study != team.codebook.study
    assert Coding.objects.filter(code__codebook__study=done.study).count() == 3
    assert planned(data, team.users["stranger"]).new() == {}


def test_nothing_of_what_was_said_stays_in_the_histories() -> None:
    user = make_user()
    done = bring(two_coders(), user)
    kept = [model.history.count() for model in (Quote, School, Study, Coding, Code, Codebook)]
    again = take_back(imported=done, mine=actions.coder_of(user=user))
    assert again.state == Import.State.UNDONE
    assert not Quote.history.filter(text__contains="We trust them").exists()
    assert not School.history.filter(name="First").exists()
    assert not Study.history.filter(title="Interviews").exists()
    assert not Code.history.filter(name="Trust").exists()
    assert [model.history.count() for model in (Quote, Coding)] <= [kept[0], kept[3]]


def test_an_account_that_ends_takes_its_private_study_along() -> None:
    user = make_user()
    studies = Study.objects.count()
    bring(two_coders(), user)
    forget(user=user)
    assert (Study.objects.count(), Import.objects.count()) == (studies, 0)
