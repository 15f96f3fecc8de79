"""The data dictionary, on the site and in docs/: no column of any file is missing there."""

import csv
import io
import re
from typing import Any

import pytest
from django.conf import settings

from exchange.dictionary import tables
from exchange.forms import CompareCsvForm, QuotesCsvForm
from findings.filters import QuoteFilter
from findings.models import Code
from schools.imports import FactResource, QuoteResource

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("study")]

DOCUMENT = (settings.BASE_DIR / "docs/data-dictionary.md").read_text(encoding="utf-8")
TABLES = tables()
COLUMNS = [column for table in TABLES for column in table.columns]


def header(response: Any) -> list[str]:
    return next(csv.reader(io.StringIO(b"".join(response.streaming_content).decode())))


def test_data_dictionary_document_describes_each_column():
    lines = [f"| `{column.name}` | {column.kind} | {column.meaning} |" for column in COLUMNS]
    assert len(lines) > 300
    assert [line for line in lines if line not in DOCUMENT] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.key)
def test_data_dictionary_document_describes_each_table(table):
    assert f"## {table.title}\n" in DOCUMENT
    assert table.rows in " ".join(DOCUMENT.split())


@pytest.mark.parametrize(("file", "resource"), [("quotes", QuoteResource), ("facts", FactResource)])
def test_data_dictionary_document_describes_each_column_that_comes_in(file, resource):
    columns = [field.column_name for field in resource().get_import_fields()]
    assert columns == re.findall(rf"^\| {file} \| `(\w+)` \|", DOCUMENT, re.MULTILINE)


@pytest.mark.parametrize("form", [QuotesCsvForm, CompareCsvForm, QuoteFilter.base_filters])
def test_data_dictionary_document_names_each_parameter(form):
    assert not [name for name in getattr(form, "base_fields", form) if f"`{name}" not in DOCUMENT]


@pytest.mark.parametrize("layout", ["long", "wide", "quotes"])
def test_each_column_of_the_quotes_is_described(client, layout):
    described = {column.name for column in COLUMNS} | {code.key for code in Code.objects.select_related("codebook")}
    assert set(header(client.get("/quotes.csv", {"layout": layout}))) <= described


def test_data_dictionary_page(client):
    page = client.get("/data-dictionary/").content.decode()
    assert not [column.name for column in COLUMNS if f"<code>{column.name}</code>" not in page]
    assert "gill-2007-quotes-long-v" in page
