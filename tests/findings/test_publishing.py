"""Versions, names and histories of codebooks: once each, and to their own people alone."""

import re
from typing import Any

import pytest

from findings import actions
from findings.actions import Refused, codebooks
from findings.models import Code, Codebook, Coding, FrameworkCell, SavedQuery
from tests.bench import Team, make_team
from tests.factories import make_codebook

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return make_team()


def test_a_version_s_number_is_published_once_in_a_line_of_versions(team: Team):
    def publish(one: Codebook, version: str) -> Codebook:
        return actions.publish(codebook=one, coder=team.coder("lead"), version=version, authors="A", shows_agreed=False)

    first = publish(team.codebook, "1.0")
    left, right = (
        actions.next_version(codebook=first, coder=team.coder("lead"), version="2.0", with_codings=False)
        for _ in range(2)
    )
    publish(left, "2.0")
    for version in ("1.0", "2.0"):
        with pytest.raises(Refused, match=f"Version {version} of this codebook is published already"):
            publish(right, version)
    for version in ("0.9", "2", "1.10"):
        with pytest.raises(Refused, match="Version 2.0 of this codebook is published. Give this one a higher"):
            publish(right, version)
    latest = publish(right, "2.1")
    assert latest.version == "2.1"
    with pytest.raises(Refused, match="a higher number"):
        actions.next_version(codebook=latest, coder=team.coder("lead"), version="1.5", with_codings=False)


def test_a_codebook_is_cited_by_those_who_made_it(team: Team):
    options = {"version": "1.0", "authors": "Ann Lee, Ben Shah", "shows_agreed": False}
    book = actions.publish(codebook=team.codebook, coder=team.coder("lead"), **options)
    page = team.client("anonymous").get(book.get_absolute_url()).content.decode()
    assert re.search(rf"Lee, A\..* Shah, B\. \({book.published_at.year}\)\. Leading change \(Version 1\.0\)", page)
    assert "The ICT Lead maintainers. (" not in page


def test_a_published_codebook_can_still_be_opened(team: Team):
    team.code("ann")
    actions.publish(codebook=team.codebook, coder=team.coder("lead"), version="1.0", authors="A", shows_agreed=False)
    client = team.client("lead")
    assert "Open the codings to all members" in client.get(f"{team.road}settings/").content.decode()
    client.post(f"{team.road}open/", {"sure": "1"})
    assert Coding.objects.visible_to(team.users["ben"], Codebook.objects.get(pk=team.codebook.pk)).count() == 1
    assert "Open the codings to all members" not in client.get(f"{team.road}settings/").content.decode()


def test_who_publishes_a_name_in_the_same_moment_gets_the_next_address(team: Team, monkeypatch: pytest.MonkeyPatch):
    actions.publish(codebook=team.codebook, coder=team.coder("lead"), version="1.0", authors="A", shows_agreed=False)
    taken = Codebook.objects.get(pk=team.codebook.pk).slug
    other = make_team().codebook
    free = ["another-looked-as-well", taken]
    real = codebooks._free
    monkeypatch.setattr(codebooks, "_free", lambda stem, slugs: free.pop() if free[1:] else real(stem, slugs))
    assert (
        actions.publish(codebook=other, coder=team.coder("lead"), version="1.0", authors="A", shows_agreed=False).slug
        == f"{taken}-2"
    )


def test_history_of_a_moved_code_tells_nothing_of_where_it_was(team: Team):
    lead = team.coder("lead")
    other = actions.start_codebook(user=team.users["lead"], study=team.codebook.study, name="Other")
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    code = team.codes[0]
    for definition in ("Known to the first team alone.", "As it went."):
        actions.edit_code(codebook=team.codebook, coder=lead, code=code, name="It", definition=definition)
    actions.move_to_codebook(codebook=team.codebook, coder=lead, code=code, target=other)
    page = team.client("lead").get(f"/workbench/{other.guid}/codes/{code.guid}/history/").content.decode()
    assert "Known to the first team alone." not in page
    assert "As it went." in page


def test_copy_of_a_published_codebook_has_its_codes_and_no_codings(team: Team):
    source = make_codebook(team.codebook.study)
    Code.objects.create(codebook=source, slug="a", name="A", definition="It is.", memo="The team's own.")
    copy = actions.copy_codebook(user=team.users["stranger"], source=source, name="Mine")
    assert list(copy.codes.values_list("name", "definition", "memo")) == [("A", "It is.", "")]
    assert copy.source == f"Copied from “{source}”, version 1.0"
    assert copy.slug == copy.guid.hex


def test_new_version_takes_all_along_and_leaves_the_old_one_alone(team: Team):
    team.code("ann", memo="Because.")
    team.code("ben")
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    actions.decide(
        codebook=team.codebook,
        coder=team.coder("lead"),
        quote=team.quotes[0],
        code=team.codes[0],
        start=0,
        end=5,
        verdict="accept",
        reason="Both.",
    )
    codebook = actions.publish(
        codebook=team.codebook, coder=team.coder("lead"), version="1.0", authors="A. Lead", shows_agreed=True
    )
    fresh = actions.next_version(codebook=codebook, coder=team.coder("lead"), version="1.1", with_codings=True)
    assert (fresh.follows, fresh.is_published, fresh.members.count()) == (codebook, False, 4)
    assert Coding.objects.filter(code__codebook=fresh).count() == Coding.objects.filter(code__codebook=codebook).count()
    assert Coding.objects.filter(code__codebook=fresh, coder__agreed_for=fresh).count() == 1
    bare = actions.next_version(codebook=codebook, coder=team.coder("lead"), version="2.0", with_codings=False)
    assert (bare.codes.count(), bare.opened_at) == (2, None)


def test_summaries_and_queries_go_on_in_a_new_version_and_ask_for_its_codes(team: Team):
    """Each member's own; those of who left stay behind, for nobody could read them."""
    team.code("ann")
    code, ann, ben = team.codes[0], team.coder("ann"), team.coder("ben")
    for coder in (ann, ben):
        actions.save_summary(coder=coder, school=team.quotes[0].school, code=code, text=f"By {coder}.", base=0)
        asked = f"by=own&kind1=code&value1={code.guid}&kind2=school&value2={team.quotes[0].school.slug}"
        actions.save_query(codebook=team.codebook, owner=coder, name="Mine", asked=asked)
    said: dict[str, Any] = {"version": "1.0", "authors": "A. Lead", "shows_agreed": False}
    old = actions.publish(codebook=team.codebook, coder=team.coder("lead"), **said)
    actions.remove_member(member=team.member("ben"), by=team.coder("lead"))
    options: dict[str, Any] = {"codebook": old, "coder": team.coder("lead")}
    fresh = actions.next_version(**options, version="1.1", with_codings=True)
    bare = actions.next_version(**options, version="2.0", with_codings=False)
    cell = FrameworkCell.objects.get(code__codebook=fresh)
    assert (cell.coder, cell.text, cell.history.count()) == (ann, "By Ann.", 1)
    client = team.client("ann")
    shown = client.get(f"/workbench/{fresh.guid}/query/?{SavedQuery.objects.get(codebook=fresh).asked}")
    assert (shown.status_code, shown.context["page"].paginator.count) == (200, 1)
    kept = SavedQuery.objects.get(codebook=old, owner=ann)
    assert client.get(f"/workbench/{old.guid}/query/?{kept.asked}").status_code == 200
    assert not bare.queries.exists()
    assert not FrameworkCell.objects.filter(code__codebook=bare).exists()


def test_on_a_published_codebook_ones_own_analysis_alone_is_undone(team: Team):
    """Codings made before stay; a summary and a query go and come back, with what others have left alone."""
    team.code("ann")
    actions.publish(codebook=team.codebook, coder=team.coder("lead"), version="1.0", authors="A", shows_agreed=False)
    client, ann = team.client("ann"), team.coder("ann")

    def post(road: str) -> str:
        return client.post(f"{team.road}{road}/", follow=True).content.decode()

    assert "There is nothing to undo." in post("undo")
    assert 'id="undo-bar"' not in client.get(f"{team.road}steps/").content.decode()
    actions.save_summary(coder=ann, school=team.quotes[0].school, code=team.codes[0], text="They tried.", base=0)
    client.post(f"{team.road}query/save/", {"name": "Mine", "asked": "kind1=role"})
    assert 'id="undo-bar"' in client.get(f"{team.road}steps/").content.decode()
    assert "Undone: A query saved" in post("undo")
    assert not SavedQuery.objects.filter(owner=ann).exists()
    assert "Undone: Summary of “Idea 1”" in post("undo")
    assert FrameworkCell.objects.get(coder=ann).text == ""
    assert "There is nothing to undo." in post("undo")
    assert "Redone: Summary" in post("redo")
    assert FrameworkCell.objects.get(coder=ann).text == "They tried."
    assert Coding.objects.filter(coder=ann).count() == 1
    with pytest.raises(Refused, match="is published, and stays as it is"):
        actions.undo(codebook=team.codebook, coder=ann)


def test_a_viewer_undoes_queries_alone_even_after_having_coded(team: Team):
    team.code("ann")
    actions.change_role(member=team.member("ann"), role="viewer", by=team.coder("lead"))
    client = team.client("ann")
    client.post(f"{team.road}query/save/", {"name": "Mine", "asked": "kind1=role"})
    for said in ("Undone: A query saved", "There is nothing to undo."):
        assert said in client.post(f"{team.road}undo/", follow=True).content.decode()
    assert Coding.objects.filter(coder=team.coder("ann")).count() == 1
    assert "Redone: A query saved" in client.post(f"{team.road}redo/", follow=True).content.decode()
