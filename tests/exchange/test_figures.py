"""/figures/: works, unknown, wrong, the same numbers everywhere, kept by version, and how often it asks."""

import csv
import io
import json
from html import unescape
from re import findall

import pytest
from django.core.cache import cache
from django.test import Client

from exchange.views import reports as views
from schools.actions import publish_change
from schools.models import School, Study
from tests.reading.scale import add_schools

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]

KINDS = {
    "svg": ("image/svg+xml", b"<svg "),
    "png": ("image/png", b"\x89PNG"),
    "json": ("application/json", b"{"),
    "csv": ("text/csv; charset=utf-8", b""),
}


@pytest.fixture
def empty_cache():
    cache.clear()
    yield
    cache.clear()


def numbers(client: Client, road: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(client.get(road).content.decode())))


@pytest.mark.parametrize("ending", list(KINDS))
@pytest.mark.parametrize("name", ["schools", "gateways"])
def test_a_figure_as_a_file(client: Client, name: str, ending: str):
    response = client.get(f"/figures/{name}.{ending}?theme=dark")
    kind, begins = KINDS[ending]
    assert response.status_code == 200
    assert response["Content-Type"] == kind
    assert response.content.startswith(begins)
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    saved = f'attachment; filename="gill-2007-{name}.{ending}"' if ending in {"json", "csv"} else None
    assert response.get("Content-Disposition") == saved
    assert client.head(f"/figures/{name}.{ending}").status_code == 200
    assert client.post(f"/figures/{name}.{ending}").status_code == 405


def test_the_numbers_are_those_of_the_study(client: Client):
    assert numbers(client, "/figures/schools.csv") == [
        ["School", "Pupils on roll", "Free school meals (%)"],
        ["School A", "100", "0"],
        ["School B", "230", ""],
        ["School C", "", "48"],
        ["School D", "497", "3"],
        ["School E", "640", "35"],
    ]
    page = client.get("/compare/?school=e&school=b")
    rows = numbers(client, "/figures/gateways.csv?school=e&school=b")
    assert rows[0] == ["Gateway", "School E", "School B"]
    assert rows[1:] == [[row.label, *map(str, row.cells)] for row, _ in page.context["gateways"]]
    assert page.context["figure"].figure.rows == [[row.label, *row.cells] for row, _ in page.context["gateways"]]


def test_the_specification_holds_its_data_and_its_colours(client: Client):
    spec = json.loads(client.get("/figures/gateways.json").content)
    assert spec["$schema"].endswith("v5.json")
    assert len(spec["data"]["values"]) == 45
    assert "token:" not in json.dumps(spec)


@pytest.mark.parametrize("road", ["/", "/compare/?school=a&school=c", "/styleguide/"])
def test_every_address_on_a_page_answers_and_may_be_kept(client: Client, road: str):
    text = client.get(road).content.decode()
    addresses = {unescape(one) for one in findall(r'(?:src|srcset|href)="(/figures/[^"]+)"', text)}
    assert len(addresses) >= 5
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"


def test_an_image_has_its_size_and_words(client: Client):
    text = client.get("/").content.decode()
    images = findall(r"<img\s[^>]+>", text)
    assert len(images) == 2
    for image in images:
        for part in ('width="', 'height="', 'alt="', 'loading="lazy"'):
            assert part in image
    assert text.count('media="(prefers-color-scheme: dark)"') == 2


@pytest.mark.parametrize("road", ["/figures/teachers.svg", "/figures/schools.exe", "/figures/schools", "/figures/"])
def test_an_unknown_figure_is_a_clean_404(client: Client, road: str):
    response = client.get(road)
    assert response.status_code == 404
    assert "This page does not exist" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("theme=mauve", "theme: “mauve” is not a theme. Choose light or dark."),
        ("school=zzz", "school: There is no school called “zzz”."),
        ("size=9", "size: there is no such parameter."),
        ("school=%00", "There is no school called"),
        ("v=" + "x" * 99, "v: Ensure this value has at most 40 characters"),
    ],
)
def test_wrong_parameters_are_answered_in_words(client: Client, query: str, message: str):
    response = client.get(f"/figures/gateways.svg?{query}")
    assert response.status_code == 400
    assert message in response.content.decode()
    assert response["Content-Type"].startswith("text/plain")


def test_a_figure_of_all_schools_takes_no_school(client: Client):
    assert client.get("/figures/schools.svg?school=a").status_code == 400


def test_too_many_schools_are_refused(client: Client):
    asked = "&".join(f"school={school.slug}" for school in add_schools(13))
    response = client.get(f"/figures/gateways.svg?{asked}")
    assert response.status_code == 400
    assert "Choose at most 12 schools: you chose 13." in response.content.decode()


def test_nothing_published_is_no_figure_and_no_fault(client: Client):
    Study.objects.update(is_published=False)
    publish_change()
    for name in ("schools", "gateways"):
        assert client.get(f"/figures/{name}.svg").status_code == 404
    assert client.get("/figures/gateways.svg?school=a").status_code == 400
    assert "/figures/" not in client.get("/").content.decode()


def test_a_reader_who_has_it_is_told_so(client: Client, monkeypatch: pytest.MonkeyPatch):
    first = client.get("/figures/schools.svg")
    assert first["Cache-Control"] == "no-cache"
    monkeypatch.setattr(views, "figure_file", lambda *_: pytest.fail("drawn again"))
    again = client.get("/figures/schools.svg", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert client.get("/figures/schools.svg").content == first.content
    assert client.get("/figures/schools.svg?v=").content == first.content


def test_a_change_of_the_data_changes_the_figure(client: Client):
    first = client.get("/figures/schools.csv")
    School.objects.filter(slug="b").update(pupils=231)
    assert client.get("/figures/schools.csv").content == first.content
    publish_change()
    changed = client.get("/figures/schools.csv", headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert b"School B,231," in changed.content


def test_themes_and_schools_are_kept_apart(client: Client):
    roads = ["", "?theme=dark", "?school=a&school=b", "?school=b&school=a"]
    assert len({client.get(f"/figures/gateways.svg{road}").content for road in roads}) == 4


@pytest.mark.parametrize(("road", "queries"), [("/figures/schools.svg", 3), ("/figures/gateways.svg", 5)])
def test_as_many_queries_for_many_schools(client: Client, road: str, queries: int, django_assert_num_queries):
    with django_assert_num_queries(queries):
        client.get(road)
    with django_assert_num_queries(2):
        client.get(road)
    add_schools(95)
    publish_change()
    with django_assert_num_queries(queries):
        assert client.get(road).status_code == 200
