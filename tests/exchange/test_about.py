"""Every CSV file leads to what it is: study, data version, time, filters."""

import io
import re
import zlib
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from schools.actions import publish_change
from tests.bench import make_team

pytestmark = pytest.mark.django_db
ROADS = [
    "/quotes.csv?school=a&role=teacher&bom=1",
    "/compare.csv?school=a&school=c",
    "/schools.csv",
    "/findings.csv?formulas=keep",
    "/codebooks/gateways.csv",
    "/codebooks/gateways/mentoring/report.csv",
    "/figures/gateways.csv",
]


def about(client: Client, road: str) -> tuple[str, Any]:
    """The text that the file's own header leads to, and the file."""
    file = client.get(road)
    assert file.status_code == 200, road
    [link] = re.findall(r'^<http://testserver(\S+)>; rel="describedby"; type="text/plain"$', file["Link"])
    response = client.get(link)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    return response.content.decode(), file


@pytest.mark.parametrize("road", ROADS)
def test_each_file_leads_to_what_it_is(client: Client, road: str):
    version = publish_change()
    text, file = about(client, road)
    name = re.findall(r'filename="([^"]+)"', file["Content-Disposition"])[0]
    assert f"File: {name}\nFrom: http://testserver{road}\nStudy: gill-2007\nData version: {version.number}, of " in text
    assert re.search(r", of \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n", text)


def test_it_names_the_filters_and_what_was_escaped(client: Client):
    assert (
        "Filters: school: a; role: teacher\nText that a spreadsheet would calculate: guarded"
        in about(client, ROADS[0])[0]
    )
    text = about(client, "/findings.csv?formulas=keep")[0]
    assert "Filters: none\nText that a spreadsheet would calculate: left as it is" in text


def test_it_reads_no_row_and_refuses_what_the_file_refuses(client: Client):
    with CaptureQueriesContext(connection) as queries:
        client.get("/quotes.csv?about=1")
    assert not [one for one in queries if "schools_quote" in one["sql"]]
    for wrong in ("about=2", "about=1&colour=red", "about=1&school=zzz"):
        assert client.get(f"/quotes.csv?{wrong}").status_code == 400


def test_a_members_files_do_so_too():
    team = make_team()
    team.code("ann")
    for name in ("codings.csv?by=own", "codebook.csv", "notes.csv", "matrix.csv", "figures/matrix.csv"):
        text, _ = about(team.client("ann"), team.road + name)
        assert f"Study: gill-2007\nCodebook: Leading change, version {team.codebook.stamp}\nData version: " in text, (
            name
        )
        assert re.search(r"\nTaken: \d{4}-\d\d-\d\dT", text)
    assert "Filters: by: own\n" in about(team.client("ann"), team.road + "codings.csv?by=own")[0]
    assert team.client("stranger").get(f"{team.road}codings.csv?about=1").status_code == 404


def test_drawings_codebooks_and_word_documents_say_it_within():
    team = make_team()
    team.code("ann")
    client, codebook, version = team.client("ann"), team.codebook, publish_change()
    own = f"study gill-2007, codebook “{codebook.name}” {codebook.stamp}, data version {version.number} of "
    for name in ("figures/matrix.svg?counted=codings", "figures/matrix.json?counted=codings", "codebook.qdc"):
        response = client.get(team.road + name)
        text = (b"".join(response) if response.streaming else response.content).decode()
        assert own in text, name
        assert ("; counted: codings" in text) == ("?" in name)
    for road, said in (
        (f"{team.road}figures/matrix.png", own),
        ("/figures/schools.png", "study gill-2007, data version"),
    ):
        picture = client.get(road).content
        size = int.from_bytes(picture[33:37])
        assert picture[37:41] == b"iTXt"
        assert said.encode() in picture[41 : 41 + size]
        assert zlib.crc32(picture[37 : 41 + size]) == int.from_bytes(picture[41 + size : 45 + size])
    assert "study gill-2007, data version" in client.get("/figures/gateways.svg?school=a").content.decode()
    assert "schools: a" in client.get("/figures/gateways.json?school=a").content.decode()
    for road, said in (
        (f"{team.road}codes/{team.codes[0].guid}/report.docx", own),
        ("/codebooks/gateways/mentoring/report.docx", "; study gill-2007, data version"),
    ):
        with ZipFile(io.BytesIO(client.get(road).content)) as document:
            assert said in document.read("word/document.xml").decode(), road
