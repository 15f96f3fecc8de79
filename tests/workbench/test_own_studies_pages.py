"""The pages of a study of one's own: every road as everyone, what each does, and what each asks of the database."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from findings import actions
from findings.models import Codebook, CodebookMember, Coding
from schools import studies
from schools.models import Fact, Quote, School, Study
from tests.factories import loaded_study, make_user

pytestmark = pytest.mark.django_db

WHO = ["maker", "member", "stranger", "staff", "anonymous"]
READS, WRITES = [200, 200, 404, 404, 302], [200, 403, 404, 404, 302]
DOES, BAD = [302, 403, 404, 404, 302], [400, 403, 404, 404, 302]
CASE = {"name": "Hill", "letter": "A"}
QUOTE = {"text": "So it was.", "speaker_role": "pupil"}
# method, road below /workbench/studies/<guid>/, what is sent, and what each of WHO gets
ROADS: list[tuple[str, str, dict[str, str], list[int]]] = [
    ("GET", "", {}, READS),
    ("GET", "?page=9", {}, [404, 404, 404, 404, 302]),
    ("POST", "", {"name": "Dale"}, DOES),
    ("POST", "", {"name": "x" * 81}, BAD),
    ("POST", "", {"name": "HILL"}, BAD),
    ("POST", "", {"name": "\x00"}, BAD),
    ("GET", "edit/", {}, WRITES),
    ("POST", "edit/", {"title": "Talks", "year": "2026"}, DOES),
    ("POST", "edit/", {"title": "Talks", "year": "9" * 40}, BAD),
    ("POST", "edit/", {"title": "Talks", "year": "2026", "summary": "x" * 10_001}, BAD),
    ("GET", "delete/", {}, WRITES),
    ("POST", "delete/", {}, DOES),
    ("GET", "offer/", {}, WRITES),
    ("POST", "offer/", {"message": "x" * 2_001}, BAD),
    ("POST", "offer/", {"message": "\x00"}, BAD),
    ("GET", "offer/take-back/", {}, [405, 405, 405, 405, 302]),
    ("POST", "offer/take-back/", {}, DOES),
    ("GET", "cases/{case}/", {}, READS),
    ("GET", "cases/{quote}/", {}, [404, 404, 404, 404, 302]),
    ("GET", "cases/{elsewhere}/", {}, [404, 404, 404, 404, 302]),
    ("POST", "cases/{case}/", QUOTE, DOES),
    ("POST", "cases/{case}/", QUOTE | {"locator": "L1"}, BAD),
    ("POST", "cases/{case}/", QUOTE | {"locator": "line 3"}, BAD),
    ("POST", "cases/{case}/", QUOTE | {"text": " \n "}, BAD),
    ("POST", "cases/{case}/", QUOTE | {"speaker_role": "king"}, BAD),
    ("POST", "cases/{elsewhere}/", QUOTE, [404, 403, 404, 404, 302]),
    ("GET", "cases/{case}/edit/", {}, WRITES),
    ("POST", "cases/{case}/edit/", CASE | {"pupils": "120", "fsm_percent": "12.5"}, DOES),
    ("POST", "cases/{case}/edit/", CASE | {"letter": "b"}, BAD),
    ("POST", "cases/{case}/edit/", CASE | {"name": "vale"}, BAD),
    ("POST", "cases/{case}/edit/", CASE | {"pupils": "0"}, BAD),
    ("POST", "cases/{case}/edit/", CASE | {"fsm_percent": "NaN"}, BAD),
    ("GET", "cases/{case}/facts/", {}, WRITES),
    ("POST", "cases/{case}/facts/", {"new_label": "Boards", "new_value": "6"}, DOES),
    ("POST", "cases/{case}/facts/", {"new_label": "Boards"}, BAD),
    ("POST", "cases/{case}/facts/", {"new_value": "6"}, BAD),
    ("POST", "cases/{case}/facts/", {"new_label": "pcs", "new_value": "6"}, BAD),
    ("GET", "cases/{case}/delete/", {}, WRITES),
    ("POST", "cases/{case}/delete/", {}, DOES),
    ("GET", "quotes/{quote}/", {}, WRITES),
    ("GET", "quotes/{case}/", {}, [404, 403, 404, 404, 302]),
    ("POST", "quotes/{quote}/", QUOTE, DOES),
    ("POST", "quotes/{quote}/", QUOTE | {"locator": "L2"}, BAD),
    ("POST", "quotes/{quote}/", QUOTE | {"text": "x" * 20_001}, BAD),
    ("GET", "quotes/{quote}/shift/", {}, [405, 405, 405, 405, 302]),
    ("POST", "quotes/{quote}/shift/", {"way": "down"}, DOES),
    ("GET", "quotes/{quote}/delete/", {}, WRITES),
    ("POST", "quotes/{quote}/delete/", {}, DOES),
]  # fmt: skip


@pytest.fixture
def study() -> Study:
    """A study with two cases, two quotes and a fact, and a codebook with a member who has coded nothing."""
    made = studies.start_study(user=make_user(first_name="Mia"), title="Talks", author="Mia")
    hill, _ = studies.add_schools(study=made, rows=[{"name": "Hill"}, {"name": "Vale"}])
    for text, place in (("We began with one board.", "L1"), ("Nobody minded.", "L2")):
        actions.add_quote(school=hill, text=text, role="teacher", locator=place)
    studies.add_facts(study=made, rows=[studies.NewFact(hill, "PCs", "30")])
    return made


@pytest.fixture
def people(study: Study) -> dict[str, Any]:
    codebook = actions.start_codebook(user=study.made_by, study=study, name="Ideas")
    member = make_user()
    CodebookMember.objects.create(codebook=codebook, user=member, role="viewer")
    staff = make_user(is_staff=True, is_superuser=True)
    return {"maker": study.made_by, "member": member, "stranger": make_user(), "staff": staff, "anonymous": None}


def client_of(user: Any) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def own(study: Study, road: str = "") -> str:
    names = {
        "case": School.objects.get(study=study, name="Hill").guid,
        "quote": Quote.objects.filter(school__study=study).order_by("position")[0].guid,
        "elsewhere": loaded_study().schools.all()[0].guid,
    }
    return f"/workbench/studies/{study.guid}/{road.format(**names)}"


def rows_of(study: Study) -> list[Any]:
    rows = (Study.objects.filter(pk=study.pk), Quote.objects.filter(school__study=study), study.schools.all())
    return [list(found.values_list()) for found in rows]


@pytest.mark.parametrize(("method", "road", "sent", "wanted"), ROADS)
def test_every_road_as_everyone(study: Study, people: dict[str, Any], method: str, road: str, sent: dict, wanted: list):
    """Last of all its maker, who may change it."""
    where = own(study, road)
    before = rows_of(study)
    for who, status in sorted(zip(WHO, wanted, strict=True), key=lambda one: one[0] == "maker"):
        if who == "maker":
            assert rows_of(study) == before
            if road == "delete/":
                people["member"].delete()  # else others work on it
        response = getattr(client_of(people[who]), method.lower())(where, sent)
        assert response.status_code == status, who
        if who == "anonymous":
            assert "/login/" in response.url


def test_every_road_is_tried() -> None:
    from findings.urls import a_study

    tried = {road.split("?")[0].replace("{quote}", "*").replace("{case}", "*") for _, road, _, _ in ROADS}
    for one in a_study:
        pattern = str(one.pattern).replace("<uuid:case>", "*").replace("<uuid:quote>", "*")
        assert pattern in tried


def test_unknown_studies_and_the_published_one_look_the_same(study: Study, people: dict[str, Any]):
    client = client_of(people["maker"])
    for guid in (uuid4(), loaded_study().guid):
        assert client.get(f"/workbench/studies/{guid}/").status_code == 404


def test_a_study_is_begun_filled_coded_and_deleted():
    client = client_of(make_user(first_name="Noor"))
    assert "You have no study of your own yet" in client.get("/workbench/studies/").content.decode()
    assert client.post("/workbench/studies/", {"title": ""}).status_code == 400
    page = client.post("/workbench/studies/", {"title": "My talks"}, follow=True)
    made = Study.objects.get(title="My talks")
    assert (made.is_editorial, made.is_published, made.made_by.first_name) == (False, False, "Noor")
    assert "Only you can see it." in page.content.decode()
    road = reverse("workbench:study", args=[made.guid])
    client.post(road, {"name": "Hill"})
    hill = made.schools.get()
    case = f"{road}cases/{hill.guid}/"
    sent = {"text": "We tried.\r\nIt went well.", "speaker": "Ms Bird", "speaker_role": "teacher", "locator": "L7"}
    assert client.post(case, sent).status_code == 302
    quote = hill.quotes.get()
    assert (quote.text, quote.said_by, quote.locator) == ("We tried.\nIt went well.", "Ms Bird, teacher", "L7")
    client.post(f"{case}facts/", {"new_label": "Boards", "new_value": "six"})
    fact = Fact.objects.get(school=hill)
    client.post(f"{case}facts/", {f"fact_{fact.indicator_id}": "seven"})
    assert "seven" in client.get(case).content.decode()
    client.post(f"{case}facts/", {f"fact_{fact.indicator_id}": ""})
    assert not hill.facts.exists()
    begin = client.get(f"/workbench/?study={made.slug}").content.decode()
    assert f'<option value="{made.slug}" selected>My talks (' in " ".join(begin.split())
    own_name = {"own_name": "Noor", "name": "Ideas", "study": made.slug}
    assert client.post("/workbench/start/", own_name).status_code == 302
    codebook = Codebook.objects.get(study=made)
    coder = actions.coder_of(user=made.made_by)
    code = actions.add_code(codebook=codebook, coder=coder, name="Trying")
    actions.code_passage(codebook=codebook, coder=coder, quote=quote, start=0, end=9, code=code)
    refused = client.post(f"{road}quotes/{quote.guid}/", sent | {"text": "They tried."})
    assert refused.status_code == 400
    assert "other words where one coded passage of the old one stands" in refused.content.decode()
    assert "They tried." in refused.content.decode()
    assert client.post(f"{road}quotes/{quote.guid}/", sent | {"text": "We tried. It did not."}).status_code == 302
    asked = client.get(f"{road}delete/").content.decode()
    for count in ("1 case", "1 quote", "1 codebook", "1 coding"):
        assert f"<li>{count}</li>" in asked
    assert client.post(f"{road}delete/").status_code == 302
    assert not Study.objects.filter(pk=made.pk).exists()
    assert not Codebook.objects.filter(pk=codebook.pk).exists()
    assert not Coding.history.filter(code_id=code.pk).exists()
    assert not Quote.history.filter(id=quote.pk).exists()


def test_what_others_coded_stays(study: Study, people: dict[str, Any]):
    codebook = study.codebooks.get()
    CodebookMember.objects.filter(user=people["member"]).update(role="coder")
    code = actions.add_code(codebook=codebook, coder=actions.coder_of(user=people["maker"]), name="Boards")
    quote = Quote.objects.filter(school__study=study)[0]
    coder = actions.coder_of(user=people["member"])
    actions.code_passage(codebook=codebook, coder=coder, quote=quote, start=0, end=2, code=code)
    client = client_of(people["maker"])
    for road in (f"quotes/{quote.guid}/delete/", f"cases/{quote.school.guid}/delete/", "delete/"):
        assert "It cannot be deleted." in client.get(own(study, road)).content.decode()
        assert client.post(own(study, road), follow=True).status_code == 200
    assert Coding.objects.filter(quote=quote).count() == 1


def test_texts_on_which_others_code_unseen_are_only_added_to_until_they_open_them(study: Study, people: dict[str, Any]):
    """Refused in the same words whether or not they coded, so that a refusal tells nothing; then for what is coded."""
    codebook = study.codebooks.get()
    CodebookMember.objects.filter(user=people["member"]).update(role="coder")
    maker, member = (actions.coder_of(user=people[name]) for name in ("maker", "member"))
    code = actions.add_code(codebook=codebook, coder=maker, name="Boards")
    first, second = Quote.objects.filter(school__study=study).order_by("position")

    def refused() -> list[str]:
        found = []
        for write in (
            lambda: actions.edit_quote(quote=second, text="Somebody minded."),
            lambda: actions.remove_quotes(quotes=Quote.objects.filter(pk=second.pk), coder=maker),
            lambda: actions.remove_school(school=second.school, coder=maker),
            lambda: actions.remove_study(study=study, user=people["maker"]),
        ):
            with pytest.raises(actions.Refused) as error:
                write()
            found.append(str(error.value))
        return found

    before = refused()
    assert "You can add words at the end of this text" in before[0]
    for quote in (first, second):
        passage = {"quote": quote, "start": 0, "end": 6, "code": code}
        actions.code_passage(codebook=codebook, coder=member, **passage)
    assert refused() == before
    actions.edit_quote(quote=second, text="Nobody minded. Not at all.")
    actions.open_codings(codebook=codebook, coder=maker)
    actions.edit_quote(quote=second, text="Nobody cared.")
    with pytest.raises(actions.Refused, match="where one coded passage of the old one stands"):
        actions.edit_quote(quote=second, text="Somebody cared.")


def test_quotes_change_places(study: Study):
    client, first = client_of(study.made_by), Quote.objects.filter(school__study=study)[0]
    client.post(own(study, "quotes/{quote}/shift/"), {"way": "down"})
    assert list(Quote.objects.filter(school__study=study))[1] == first
    client.post(own(study, f"quotes/{first.guid}/shift/"), {"way": "down"})
    assert list(Quote.objects.filter(school__study=study))[1] == first


def test_a_full_study_says_so(study: Study, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(studies, "MOST_SCHOOLS", 2)
    monkeypatch.setattr(studies, "MOST_QUOTES", 2)
    client = client_of(study.made_by)
    assert "at most 2 cases" in client.post(own(study), {"name": "Dale"}).content.decode()
    assert "at most 2 quotes" in client.post(own(study, "cases/{case}/"), QUOTE).content.decode()


@pytest.mark.parametrize("road", ["", "delete/", "cases/{case}/", "cases/{case}/facts/", "cases/{case}/delete/"])
def test_queries_do_not_grow_with_rows(study: Study, road: str):
    client = client_of(study.made_by)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(own(study, road)).status_code == 200
        return len(queries)

    client.get(own(study, road))
    before, hill = asked(), School.objects.get(study=study, name="Hill")
    studies.add_schools(study=study, rows=[{"name": f"Case {place}"} for place in range(20)])
    studies.add_quotes(study=study, rows=[studies.NewQuote(hill, f"Words {place}.") for place in range(20)])
    studies.add_facts(study=study, rows=[studies.NewFact(hill, f"Fact {place}", "yes") for place in range(20)])
    assert asked() == before


def test_the_list_asks_as_much_for_many_studies(study: Study):
    client, counts = client_of(study.made_by), []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get("/workbench/studies/")
        counts.append(len(queries))
        for place in range(20):
            studies.start_study(user=study.made_by, title=f"Study {place}")
    assert counts[0] == counts[1]
