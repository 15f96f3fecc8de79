"""/downloads/: every file is there, with its rows, and the size that it says to expect."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from exchange.downloads import Download, download_groups
from exchange.refi_qda import LOST
from schools.actions import publish_change
from schools.models import Study
from tests.exchange.roads import DOWNLOADS, body
from tests.factories import loaded_study, make_codebook, make_quote, make_school, make_study
from tests.reading.scale import add_schools

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def every() -> list[Download]:
    return [one for group in download_groups(loaded_study()) for one in group.downloads]


def test_every_download_is_on_the_page(client: Client):
    text = client.get("/downloads/").content.decode()
    for road in [*DOWNLOADS, "/quotes.csv", "/quotes.csv?layout=wide", "/codebooks/key-skills.csv"]:
        assert f'href="{road}"' in text, road
    named = {pattern.name for pattern in get_resolver("exchange.urls").url_patterns}
    # A comparison, a report and a figure are taken away on their pages.
    pages = {
        "study_folder",
        "downloads",
        "data_dictionary",
        "compare_csv",
        "code_report_csv",
        "code_report_word",
        "figure",
    }
    cites = {name for name in named if name.startswith("cite_")}
    private = {name for name in named if name.startswith(("workbench_", "desk_"))}  # a team's own, at its workbench
    addresses = {one.address.split("?")[0] for one in every()}
    kwargs = [{}, {"slug": "gill-2007"}, {"slug": "gateways"}]
    incoming = {name for name in named if name.startswith("import")}  # the other way
    for name in named - pages - cites - private - incoming:
        assert addresses & {_reversed(name, one) for one in kwargs}, name


def _reversed(name: str, kwargs: dict[str, str]) -> str:
    try:
        return reverse(f"exchange:{name}", kwargs=kwargs)
    except Exception:  # it takes other parts
        return ""


@pytest.mark.parametrize("more", [0, 200])
def test_sizes_come_within_a_factor_of_two(client: Client, more: int):
    add_schools(more, quotes_each=2)
    found = {one.title: len(body(client, one.address)) / one.size for one in every()}
    assert not {title: ratio for title, ratio in found.items() if not 0.5 < ratio < 2}


def test_rows_are_counted(client: Client):
    rows = {one.title: one.rows for one in every()}
    assert rows["Quotations (CSV)"] == 56
    assert rows["Schools (CSV)"] == 5
    assert body(client, "/findings.csv").count(b"\r\n") == rows["Findings (CSV)"] + 1


def test_page_says_what_is_lost(client: Client):
    text = client.get("/downloads/").content.decode()
    assert not [line for line in LOST if line.replace("'", "&#x27;") not in text]


def test_page_asks_as_often_for_many_and_keeps_what_it_reckoned(client: Client):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get("/downloads/")
        return len(queries)

    few = asked()
    assert asked() == 4, "kept for this data version"
    add_schools(100)
    for _ in range(3):
        make_quote(make_school(study := make_study()))
        make_codebook(study)
    publish_change()
    assert asked() == few <= 18


def test_page_of_another_study_and_of_none(client: Client):
    other = make_study(title="Another")
    assert other.slug not in client.get("/downloads/").content.decode()
    text = client.get(other.at("/downloads/")).content.decode()
    assert f'href="/study/{other.slug}.qdpx"' in text
    assert f'href="/studies/{other.slug}/quotes.xlsx"' in text
    assert "gill-2007" not in text
    Study.objects.update(is_published=False)
    publish_change()
    text = client.get("/downloads/").content.decode()
    assert "Nothing is published yet." in text
    assert "qdpx" not in text


def test_page_never_names_what_is_not_published(client: Client):
    make_study(is_published=False, title="Aardvark")
    make_codebook(Study.objects.get(slug="gill-2007"), is_published=False, name="Aardvark")
    assert "Aardvark" not in client.get("/downloads/").content.decode()


def test_page_is_only_read(client: Client):
    assert client.head("/downloads/").status_code == 200
    assert client.post("/downloads/").status_code == 405
