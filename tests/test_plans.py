"""No published list reads a long table through: shown by the plans of every query of its pages, at 100,000 quotes."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from findings.models import GATEWAYS, Codebook, Theme
from schools.models import Quote, Study

pytestmark = pytest.mark.django_db

QUOTES = 100_000
LONG = ("schools_quote", "findings_coding")
# Of words and codes the rarer: what a twentieth of all quotes has is read quicker by reading all of a table so short.
ROADS = [
    "/",
    "/about/",
    "/schools/",
    *(f"/schools/?sort={sort}" for sort in ("smallest", "largest", "least-fsm", "most-fsm")),
    "/schools/?phase=primary",
    "/schools/?gateway=student-voice",
    "/schools/?q=aardvark",
    "/quotes/",
    "/quotes/?page=500",
    *(f"/quotes/?sort={sort}" for sort in ("shortest", "longest", "pupils", "fsm")),
    "/quotes/?role=teacher",
    "/quotes/?phase=junior",
    "/quotes/?setting=city",
    "/quotes/?topic=use",
    "/quotes/?school=synthetic-1-7",
    "/quotes/?code=synthetic-1/idea-12",
    "/quotes/?codebook=synthetic-1",
    "/quotes/?finding=staying-ahead",
    "/quotes/?q=pupils+or+staff+or+work",
    "/quotes/?q=pupils+or+staff+or+work&sort=relevance",
    "/quotes/?q=camera+podcast",
    "/quotes/?q=camera+podcast&sort=relevance",
    "/codebooks/",
    "/codebooks/synthetic-1/",
    "/codebooks/synthetic-1/idea-12/",
    "/findings/",
]


def read_through(sql: str) -> list[str]:
    """The steps of a query that read a long table to its end without an index."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}")
            return list(_scans(cursor.fetchone()[0][0]["Plan"]))
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        steps = [row[3] for row in cursor.fetchall()]
    names = "|".join([*LONG, *re.findall(rf'"(?:{"|".join(LONG)})" ([A-Z]+\d+)', sql)])
    sorts = ("USE TEMP B-TREE FOR ORDER BY",) if "ORDER BY LENGTH" in sql else ()  # all of them, to show the first few
    return [step for step in steps if step in sorts or re.match(rf"SCAN ({names})\b(?! USING)", step)]


def _scans(plan: dict[str, Any]) -> Iterator[str]:
    if plan["Node Type"] == "Seq Scan" and plan["Relation Name"] in LONG:
        rows = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
        if rows >= QUOTES:  # a count that stops at its ten thousandth row has read no more than it needs
            yield f"{plan['Relation Name']}: {rows} rows"
    for part in plan.get("Plans", ()):
        yield from _scans(part)


def test_no_published_list_scans_a_long_table(client: Client):
    call_command("seed_scale", schools=2_000, quotes=QUOTES, codings=QUOTES, verbosity=0, stdout=io.StringIO())
    study = Study.objects.front().get()  # it takes over what the other has and it has not
    Codebook.objects.filter(slug=GATEWAYS).update(study=study)
    Theme.objects.update(study=study)
    after = Quote.objects.order_by("-pk")[50_000].guid
    found = []
    for road in [*ROADS, f"/quotes/?after={after}", f"/quotes/?after={after}&sort=longest"]:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(road).status_code == 200, road
        sqls = [query["sql"] for query in asked.captured_queries]
        long = [sql for sql in sqls if sql.startswith(("SELECT", "(SELECT")) and any(table in sql for table in LONG)]
        found += [f"{road} {step}: {sql}" for sql in long for step in read_through(sql)]
    assert not found, "\n\n".join(found)
    assert read_through("SELECT note FROM schools_quote ORDER BY note")
    assert read_through('SELECT U0."note" FROM "schools_quote" U0 ORDER BY U0."note"')
