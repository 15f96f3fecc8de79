"""Queries of quotes: what each finds and says, and how they are built, kept and shared."""

from html import unescape
from typing import Any

import pytest

from findings.models import Finding
from tests.bench import Team
from tests.workbench.analysed import analysed_team, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return analysed_team()


def asked(team: Team, query: str, name: str = "lead") -> set[int]:
    """The places of the team's quotes that a query finds."""
    road = query.format(
        a=team.codes[0].guid, b=team.codes[1].guid, ann=team.coder("ann").guid, ben=team.coder("ben").guid
    )
    response = team.client(name).get(f"{team.road}query/?{road}&kind99=school&value99={team.quotes[0].school.slug}")
    assert response.status_code == 200, response.content.decode()
    places = {quote.pk: place for place, quote in enumerate(team.quotes)}
    return {places[one.quote.pk] for one in response.context["quotes"]}


QUERIES = [
    ("kind1=code&value1={a}", {0, 1, 2}, "coded “Idea 1”"),
    ("kind1=code&value1={a}&value1={b}", {0, 1, 2, 3}, "coded “Idea 1” or “Idea 2”"),
    ("kind1=code&value1={a}&kind2=code&value2={b}", {2}, "coded “Idea 1” and coded “Idea 2”"),
    ("kind1=code&value1={a}&kind2=code&value2={b}&how2=not", {0, 1}, "and not coded “Idea 2”"),
    ("kind1=code&value1={a}&by1={ben}", {0, 1}, "coded “Idea 1” by Ben"),
    ("kind1=code&value1={a}&by1={ben}&how1=not", {2, 3}, "not coded “Idea 1” by Ben"),
    ("by={ann}&kind1=code&value1={b}", {2}, "Codings of: Ann."),
    ("kind1=near&value1={b}", {1, 2, 3}, "within 1 quote of one coded “Idea 2”"),
    ("kind1=near&value1={b}&by1={ben}&n1=2", {1, 2, 3}, "within 2 quotes of one coded “Idea 2” by Ben"),
    ("kind1=near&value1={b}&n1=0", {2, 3}, "within 0 quotes"),
    ("kind1=overlap&value1={a}&value1={b}", {2}, "with one passage coded “Idea 1” and “Idea 2”"),
    ("kind1=text&value1=robot", {3}, "with the words “robot”"),
    ("kind1=text&value1=robot&kind2=code&value2={a}&join2=or", {0, 1, 2, 3}, "(with the words “robot” or coded “Id"),
    ("kind1=role&value1=teacher", set(), "said by “Teacher”"),
    ("kind1=role&value1=teacher&how1=not&kind2=done&value2={ann}", {0, 1, 2, 3}, "that “Ann” is done with"),
    ("kind1=number&value1=pupils&low1=1", set(), "of schools with “Pupils"),
    ("kind1=fact&value1={fact}&how1=not", {0, 1, 2, 3}, "not of schools with"),
    ("kind1=finding&value1={finding}", set(), "that bear out"),
    ("kind1=topic&value1={topic}", {0, 1, 2, 3}, "under"),
]  # fmt: skip


def test_queries_find_what_they_say(team: Team):
    study = team.codebook.study
    fact = study.schools.order_by("position")[0].facts.exclude(value="").select_related("indicator")[0]
    names: dict[str, Any] = {
        "fact": f"{fact.indicator.slug}:{fact.value.lower()}",
        "finding": Finding.objects.filter(theme__study=study)[0].slug,
        "topic": team.quotes[0].topic.slug,
    }
    for query, found, words in QUERIES:
        for name, value in names.items():
            query = query.replace("{" + name + "}", value)
        assert asked(team, query) == found, query
        road = query.format(
            a=team.codes[0].guid, b=team.codes[1].guid, ann=team.coder("ann").guid, ben=team.coder("ben").guid
        )
        assert words in unescape(page(team.client("lead"), f"{team.road}quotes/?{road}")), query


def test_numbers_and_facts_of_the_published_schools(team: Team):
    def schools(query: str) -> set[str]:
        shown = team.client("lead").get(f"{team.road}query/?{query}").context["page"].paginator.object_list
        return set(shown.values_list("school__slug", flat=True))

    pupils = {
        one.slug: one.facts.get(indicator__slug="pupils").number
        for one in team.codebook.study.schools.all()
        if one.facts.filter(indicator__slug="pupils", number__isnull=False).exists()
    }
    assert schools("kind1=number&value1=pupils&low1=300") == {slug for slug, n in pupils.items() if n >= 300}
    assert schools("kind1=number&value1=pupils&high1=300") == {slug for slug, n in pupils.items() if n < 300}


def test_conditions_are_added_and_taken_away_by_get(team: Team):
    client = team.client("ann")
    road = f"{team.road}query/?kind1=code&value1={team.codes[0].guid}"
    added = client.get(f"{road}&add=role")
    assert added["Location"] == f"{road}&kind2=role&fresh=2#conditions"
    html = page(client, added["Location"])
    assert "Fill in the new condition" in html
    assert "There is a problem" not in html
    html = page(client, f"{road}&kind2=role", 400)
    assert "Choose at least one, or take this condition away." in html
    assert f'value="{team.codes[0].guid}"' in html
    assert "checked" in html
    assert client.get(f"{road}&kind2=role&drop=1")["Location"] == f"{team.road}query/?kind2=role#conditions"


def test_a_query_is_kept_shared_and_deleted(team: Team):
    ann, ben = team.client("ann"), team.client("ben")
    query = f"kind1=code&value1={team.codes[0].guid}"
    data = {"name": "Starts", "asked": f"{query}&page=4&evil=1"}
    assert ann.post(f"{team.road}query/save/", data)["Location"] == f"{team.road}query/?{query}"
    again = ann.post(f"{team.road}query/save/", data)
    assert again.status_code == 400
    assert "You have a query “Starts” already." in again.content.decode()
    assert 'value="Starts"' in again.content.decode()
    [saved] = ann.get(f"{team.road}query/").context["own"]
    shared = f"{team.road}query/{saved.guid}/"
    assert ben.get(shared)["Location"] == f"{team.road}query/?{query}"
    assert list(ben.get(f"{team.road}query/").context["own"]) == []
    assert ben.get(f"{shared}delete/").status_code == ben.post(f"{shared}delete/").status_code == 404
    assert "Delete the query" in page(ann, f"{shared}delete/")
    ann.post(f"{shared}delete/")
    assert ben.get(shared).status_code == 404
