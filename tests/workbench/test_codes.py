"""The page of a code: what is split off, how it came to be what it is, and what its report says beside the passages."""

import io
import re
from html import unescape
from uuid import uuid4

import pytest
from django.utils import timezone
from docx import Document

from findings import actions
from findings.models import Code, Coding
from tests.bench import Team, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return make_team(opened_at=timezone.now())


def road(team: Team, end: str = "", code: int = 0) -> str:
    return f"{team.road}codes/{team.codes[code].guid}/{end}"


def test_ticked_codings_go_to_the_new_code(team: Team):
    first, second = team.code("ann"), team.code("ben", quote=1)
    answer = team.client("lead").post(road(team, "split/"), {"name": " Part ", "coding": [first.guid]}, follow=True)
    assert "The new code “Part” is split off." in answer.content.decode()
    part = Code.objects.get(codebook=team.codebook, name="Part")
    assert list(Coding.objects.filter(code=part)) == [first]
    assert list(Coding.objects.filter(code=team.codes[0])) == [second]


@pytest.mark.parametrize(
    ("name", "ticked", "said", "at"),
    [
        ("", True, "Give the new code a name.", "split-name"),
        ("x" * 121, True, "Shorten the name to 120 characters: it has 121.", "split-name"),
        ("Part", False, "Tick at least one coding to split off.", "split-coding"),
        ("Idea 2", True, "There is a code “Idea 2” here already.", "split-name"),
        ("Part", "gone", "A coding that you ticked is no longer with this code", "split-coding"),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed_and_ticked(
    team: Team, name: str, ticked: bool | str, said: str, at: str
):
    coding, other = team.code("ann"), team.code("ben", quote=1)
    sent = {"name": name, "coding": [coding.guid] if ticked else []}
    if ticked == "gone":
        Coding.objects.filter(pk=other.pk).update(code=team.codes[1])
        sent["coding"] = [coding.guid, other.guid]
    answer = team.client("lead").post(road(team, "split/?page=7"), sent)
    html = unescape(answer.content.decode())
    assert answer.status_code == 400
    assert "There is a problem" in html
    assert said in html
    assert f'value="{name}"' in html or not name
    assert (f'id="coding-{coding.pk}" form="split" checked' in " ".join(html.split())) == bool(ticked)
    assert f'href="#{at}"' in html
    assert f'id="{at}"' in html
    assert set(Coding.objects.filter(code=team.codes[0])) == ({coding} if ticked == "gone" else {coding, other})


def test_the_same_form_sent_twice_splits_off_once_and_says_what_happened(team: Team):
    coding, client = team.code("ann"), team.client("lead")
    sent = {"name": "Part", "coding": [coding.guid]}
    assert client.post(road(team, "split/"), sent).status_code == 302
    again = client.post(road(team, "split/"), sent)
    assert again.status_code == 400
    assert "it was moved or deleted meanwhile" in again.content.decode()
    assert Code.objects.filter(codebook=team.codebook).count() == 3


def test_reloading_the_answer_to_an_error_leads_back_to_the_code(team: Team):
    answer = team.client("lead").get(road(team, "split/?page=2"))
    assert answer["Location"] == road(team, "?page=2#codings")


def edited(team: Team, **fields: object) -> None:
    kept = {"name": "Idea 1", "definition": "It is.", "colour": team.codes[0].colour, "number_key": 1}
    actions.edit_code(codebook=team.codebook, coder=team.coder("ann"), code=team.codes[0], **{**kept, **fields})


CHANGES: list[tuple[dict[str, object], list[str]]] = [
    ({"colour": 5}, ["Colour", "teal", "blue"]),
    ({"number_key": 7}, ["Number key", "1", "7"]),
    ({"number_key": None}, ["Number key", "1", "nothing any more"]),
    ({"name": "Notion"}, ["Name", "Idea 1", "Notion"]),
    ({"definition": "It was."}, ["Definition", "It is.", "It was."]),
    ({"include": "Always."}, ["Include when", "nothing before", "Always."]),
    ({"memo": "Mind."}, ["Memo", "nothing before", "Mind."]),
]


def test_history_of_a_code_tells_what_changed(team: Team):
    client = team.client("viewer")
    Code.objects.filter(pk=team.codes[0].pk).update(colour=1)
    edited(team, colour=1)
    for fields, words in CHANGES:
        edited(team, colour=1)
        edited(team, **{"colour": 1, **fields})
        latest = client.get(road(team, "history/")).context["states"][0]
        [change] = latest.changes
        shown = [change.what, change.before or "nothing before", change.after or "nothing any more"]
        assert shown == words
        html = client.get(road(team, "history/")).content.decode()
        assert all(word in html for word in words)
    quote = team.quotes[1]
    edited(team, colour=1)
    edited(team, colour=1, example=quote)
    actions.move_code(codebook=team.codebook, coder=team.coder("lead"), code=team.codes[0], parent=team.codes[1])
    actions.merge_codes(
        codebook=team.codebook, coder=team.coder("lead"), code=team.codes[0], survivor=new_code(team, "Heir")
    )
    heir = Code.objects.get(codebook=team.codebook, name="Heir")
    kept = client.get(f"{team.road}codes/{heir.guid}/history/").content.decode()
    assert "Merged into this" in kept
    assert f"codes/{team.codes[0].guid}/history/" in kept
    states = client.get(road(team, "history/")).context["states"]
    told = {(one.what, one.after) for state in states[:3] for one in state.changes}
    assert {("Example", f"{quote.school.name}, line 2"), ("Below", "Idea 2"), ("Merged into", "Heir")} <= told
    assert ("Retired", "yes") in told


def new_code(team: Team, name: str) -> Code:
    return actions.add_code(codebook=team.codebook, coder=team.coder("lead"), name=name)


def test_a_long_history_goes_on_over_pages_in_as_many_queries(team: Team, django_assert_num_queries):
    client, code = team.client("lead"), team.codes[0]
    client.get(road(team, "history/"))
    with django_assert_num_queries(7):
        client.get(road(team, "history/"))
    for n in range(60):
        code.name = f"Idea {n}"
        code.save()
    with django_assert_num_queries(7):
        first = client.get(road(team, "history/"))
    assert "Page 1 of 2" in first.content.decode()
    second = client.get(road(team, "history/?page=2")).context["states"]
    last = first.context["states"][-1]
    assert [(one.what, one.before, one.after) for one in last.changes] == [
        ("Name", second[0].record.name, last.record.name)
    ]
    assert second[-1].is_first
    assert ("Name", "Idea 1") in {(one.what, one.after) for one in second[-1].changes}
    assert client.get(road(team, "history/?page=3")).status_code == 404


def test_memos_on_quotes_stand_in_the_report_for_whom_may_read_them():
    team = make_team()
    for name in ("ann", "lead"):
        team.code(name)
        actions.write_note(
            codebook=team.codebook, coder=team.coder(name), quote=team.quotes[0], memo=f"A thought of {name}."
        )
    actions.write_note(codebook=team.codebook, coder=team.coder("ann"), quote=team.quotes[1], memo="Elsewhere.")
    actions.write_note(codebook=team.codebook, coder=team.coder("ben"), quote=team.quotes[0], is_key=True)

    def told(name: str) -> list[bool]:
        client = team.client(name)
        html = client.get(road(team, "report/")).content.decode()
        document = Document(io.BytesIO(client.get(road(team, "report.docx")).content))
        word = [one.text for one in document.paragraphs]
        thoughts = [f"A thought of {one}." for one in ("ann", "lead")]
        assert [one in html for one in thoughts] == [one in word for one in thoughts]
        assert "Elsewhere." not in html
        assert ">Ben, on" not in html  # who marked it wrote nothing
        assert "css/bench.css" in html
        return [one in html for one in thoughts]

    assert [told(name) for name in ("ann", "lead", "viewer")] == [[True, False], [False, True], [False, False]]
    actions.open_codings(codebook=team.codebook, coder=team.coder("lead"))
    assert [told(name) for name in ("ann", "viewer")] == [[True, True], [True, True]]


def test_a_code_of_another_codebook_has_no_history_here(team: Team):
    assert team.client("lead").get(f"{team.road}codes/{uuid4()}/history/").status_code == 404


def test_a_save_hands_over_the_codes_where_they_are_others_than_the_page_has(team: Team):
    """One that was made with a passage, one of a colleague, and one whose making was undone."""
    client = team.client("ann")
    page = client.get(f"{team.road}code/{team.quotes[0].school.slug}/").content.decode()
    [revision] = re.findall(r'data-revision="(\d+)"', page)
    names = re.compile(r'role="option"[^>]*?data-name="([^"]+)"')

    def save(place: str, **sent: object) -> list[str] | None:
        nonlocal revision
        headers = {"HX-Request": "true", "X-Codebook-Revision": revision}
        answer = client.post(f"{team.road}{place}", sent, headers=headers).content.decode()
        if "data-revision" not in answer:
            assert not names.findall(answer)
            return None
        [revision] = re.findall(r'data-revision="(\d+)"', answer)
        assert [f'value="{name}"' in answer for name in names.findall(answer)].count(False) == 0
        return names.findall(answer)

    passage = f"quotes/{team.quotes[0].guid}/code/"
    assert save(passage, start=0, end=5, code=team.codes[0].guid) is None
    assert save(passage, start=0, end=5, new_name="Fresh") == ["Idea 1", "Idea 2", "Fresh"]
    assert save(passage, start=2, end=5, code=team.codes[0].guid) is None
    new_code(team, "Of the lead")
    assert save(passage, start=6, end=9, new_name="Of the lead") == ["Idea 1", "Idea 2", "Fresh", "Of the lead"]
    assert save("undo/") is None
    assert save("undo/") == ["Idea 1", "Idea 2", "Of the lead"]


def test_who_would_lose_sight_of_their_codings_is_said_before_a_code_is_moved_away(team: Team):
    lead = team.client("lead")
    own = actions.start_codebook(user=team.users["lead"], study=team.codebook.study, name="My own")
    for name in ("ann", "lead"):
        team.code(name)
    moved = {"codebook": str(own.guid)}
    asked = lead.post(road(team, "move/"), moved)
    assert asked.status_code == 200
    assert [one.name for one in asked.context["losing"]] == ["Ann"]
    assert "<strong>Ann</strong>" in asked.content.decode()
    assert Code.objects.get(pk=team.codes[0].pk).codebook == team.codebook
    assert lead.post(road(team, "move/"), moved | {"sure": "1"}).status_code == 302
    assert Code.objects.get(pk=team.codes[0].pk).codebook == own
    team.code("lead", code=1)
    assert lead.post(road(team, "move/", 1), moved).status_code == 302  # nobody else coded with it


def test_a_retired_code_is_told_from_one_of_the_same_name(team: Team):
    team.code("ann")
    actions.retire_code(codebook=team.codebook, coder=team.coder("lead"), code=team.codes[0])
    new_code(team, "Idea 1")
    for page in ("codings/", "side-by-side/"):
        html = team.client("lead").get(f"{team.road}{page}").content.decode()
        assert html.count(">Idea 1 (retired)</option>") == html.count(">Idea 1</option>") == 1


def test_a_codebook_begun_by_mistake_is_deleted_for_good():
    team = make_team()
    lead, delete = team.client("lead"), f"{team.road}delete/"
    team.code("lead")
    assert f'href="{delete}"' in lead.get(f"{team.road}settings/").content.decode()
    assert "Others are members of it." in lead.get(delete).content.decode()
    assert "Others are members of it." in lead.post(delete, follow=True).content.decode()
    worked = team.code("ann")
    for name in ("ann", "ben", "viewer"):
        actions.remove_member(member=team.member(name), by=team.coder("lead"))
    assert "Others worked with it" in lead.post(delete, follow=True).content.decode()
    assert Coding.objects.filter(pk=worked.pk).exists()
    team.codebook.steps.filter(coder=team.coder("ann")).delete()
    html = lead.get(delete).content.decode()
    assert "<li>2 codes</li>" in html
    assert "<li>1 coding</li>" in html
    assert "is deleted." in lead.post(delete, follow=True).content.decode()
    assert not Code.history.filter(codebook_id=team.codebook.pk).exists()
    assert lead.get(team.road).status_code == 404


def test_what_a_codebook_lacks_to_be_published_is_said_beforehand_and_all_at_once():
    team = make_team(codes=3)
    lead = team.client("lead")
    Code.objects.filter(pk=team.codes[1].pk).update(definition="")
    team.codebook.description = ""
    team.codebook.save()
    html = lead.get(f"{team.road}settings/").content.decode()
    said = ["what the codebook is for: a reader needs to know.", "Without one: Idea 2."]
    refused = lead.post(f"{team.road}publish/", {"version": "1.0", "authors": "A"})
    for one in said:
        assert one in html
        assert one in refused.content.decode()
    assert f'<a href="{road(team, code=1)}">Idea 2</a>' in html
