"""Whole studies out and in again, to the last offset: as .qdpx, as the table of codings, as .qdc.

Hypothesis makes the studies. `ROUND_TRIPS=500` tries more of them than the suite has time for.
"""

import os
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from exchange.refi_text import passage, plain
from findings import actions
from findings.models import CaseEvidence, Code, Codebook, Coder, Coding, Evidence, Finding, QuoteNote, Theme
from schools.models import Fact, Quote, School, SpeakerRole, Study
from schools.studies import start_study
from tests.factories import make_user
from tests.incoming.bring import bring, planned
from tests.incoming.test_imports import exported, remove

EXAMPLES = int(os.environ.get("ROUND_TRIPS", "10"))
pytestmark = pytest.mark.django_db
tried = settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
NOON = datetime(2026, 3, 4, 12, 0, 0, 123456, tzinfo=UTC)

# Emoji of several code points, a combining mark, what lies beyond UTF-16's first plane, right-to-left text and its
# marks, a byte-order mark, every line end, what a spreadsheet would calculate, and the lines that descriptions use.
PIECES = [
    "a", "Ms Bird", "é", "e\u0301", "👩🏽‍🏫", "𝔸", "שלום", "\u202e", "\u200f", "\ufeff", " ", "  ", "\t", "\n", "\n\n",
    "\r\n", "\r", "=1+1", "'", '"', ",", ";", "<&>", "]]>", "&amp;", "INCLUDE WHEN:", "VERSION:\n", "\\",
    "; line 3 of ", ", teacher", "L1", " > ", "\u2028", "\x85",
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
said = texts.filter(str.strip)
names = said.map(lambda text: " ".join(text.replace("›", "").split())[:40].strip()).filter(bool)
speakers = st.one_of(st.just(""), names, st.sampled_from(["Headteacher", "Ms Bird, teacher"]))
when = st.integers(0, 10**7).map(lambda seconds: NOON + timedelta(seconds=seconds))


@st.composite
def studies(draw: Any) -> dict[str, Any]:
    """A study in plain values: cases with facts and quotes, a tree of codes, codings, notes, findings."""
    words = draw(st.lists(said, min_size=1, max_size=5))
    quote = st.integers(0, len(words) - 1)
    codes = draw(st.lists(st.tuples(names, texts, texts, texts, texts, st.integers(1, 8)), min_size=1, max_size=5))
    code = st.integers(0, len(codes) - 1)
    share = st.tuples(st.floats(0, 1), st.floats(0, 1))
    findings = draw(st.lists(st.tuples(names, names, names, st.booleans()), max_size=2))
    return {
        "title": draw(names),
        "summary": draw(texts),
        "method": draw(texts),
        "cases": draw(st.lists(st.tuples(names, texts, st.sampled_from(["", "primary"])), min_size=1, max_size=3)),
        "facts": draw(st.lists(st.tuples(names, st.sampled_from([None, Decimal("3"), Decimal("2.5")])), max_size=2)),
        "quotes": [
            (
                text,
                draw(st.integers(0, 2)),
                draw(st.one_of(st.just(""), names)),
                draw(st.sampled_from(SpeakerRole.values)),
            )
            for text in words
        ],
        "codes": [(*one, draw(st.integers(-1, place - 1))) for place, one in enumerate(codes)],
        "codings": draw(st.lists(st.tuples(quote, code, share, texts, when), max_size=8)),
        "notes": draw(st.lists(st.tuples(quote, texts, st.booleans(), st.one_of(st.none(), when)), max_size=3)),
        "findings": findings,
    }


def made(values: dict[str, Any], user: AbstractBaseUser) -> Codebook:
    """The study, in the database, with a codebook that its maker leads."""
    coder, places = actions.coder_of(user=user), count(1)
    study = start_study(user=user, title=values["title"], summary=values["summary"], method=values["method"])
    topic = study.topics.get()
    schools = [
        School.objects.create(
            study=study, slug=f"case-{uuid4().hex}", letter=str(n), name=name, position=n, summary=about, phase=phase,
            locator="L1",
        )
        for n, (name, about, phase) in enumerate(values["cases"], start=1)
    ]  # fmt: skip
    for n, (value, number) in enumerate(values["facts"], start=1):
        asked = study.indicators.create(slug=f"i{n}", label=f"Asked {n}", group="school", position=n, unit="PCs")
        Fact.objects.create(school=schools[0], indicator=asked, value=value, number=number, locator="L1")
    quotes = [
        Quote.objects.create(
            school=schools[case % len(schools)], topic=topic, text=text, speaker=speaker, speaker_role=role,
            locator=f"L{(n := next(places))}", position=n,
        )
        for text, case, speaker, role in values["quotes"]
    ]  # fmt: skip
    codebook = actions.start_codebook(user=user, study=study, name="Book", description=values["summary"])
    codes: list[Code] = []
    for n, (name, definition, include, exclude, memo, colour, above) in enumerate(values["codes"]):
        codes.append(
            Code.objects.create(
                codebook=codebook, slug=f"c{n}", name=f"{name} {n}", definition=definition, include=include,
                exclude=exclude, memo=memo, colour=colour, position=n, parent=codes[above] if above >= 0 else None,
            )
        )  # fmt: skip
    for quote, code, (low, high), memo, moment in values["codings"]:
        length = len(quotes[quote].text)
        start = min(int(low * length), length - 1)
        end = start + 1 + int(high * (length - start - 1))
        start, end = _whole_line_ends(quotes[quote].text, start, end)
        Coding.objects.get_or_create(
            quote=quotes[quote], code=codes[code], coder=coder, start=start, end=end,
            defaults={"memo": memo, "coded_at": moment},
        )  # fmt: skip
    for quote, memo, is_key, done in values["notes"]:
        QuoteNote.objects.get_or_create(
            codebook=codebook, quote=quotes[quote], coder=coder,
            defaults={"memo": memo, "is_key": is_key, "done_at": done},
        )  # fmt: skip
    _make_findings(values["findings"], study, schools, quotes, coder)
    return codebook


def _whole_line_ends(text: str, start: int, end: int) -> tuple[int, int]:
    """A passage that cuts no CR LF in two: elsewhere these two are one character."""
    return start - (text[max(0, start - 1) : start + 1] == "\r\n"), end + (text[end - 1 : end + 1] == "\r\n")


def _make_findings(values: list[Any], study: Study, schools: list[School], quotes: list[Quote], coder: Coder) -> None:
    for n, (theme, title, statement, has_note) in enumerate(values, start=1):
        under = Theme.objects.create(
            study=study, slug=f"t{n}", name=f"{theme} {n}", question="Why?", position=n, locator="L1"
        )
        finding = Finding.objects.create(
            theme=under, slug=f"f-{uuid4().hex}", title=title, statement=statement, position=n, locator="L2",
            note="See there." if has_note else "",
        )  # fmt: skip
        Evidence.objects.create(finding=finding, quote=quotes[0], coder=coder, reason="It says so.")
        CaseEvidence.objects.create(finding=finding, school=schools[-1], coder=coder, reason="Told.", locator="L1")


def all_of(codebook: Codebook) -> dict[str, list[Any]]:
    """A study and a codebook, as they are, but for what a project declares that it does not carry."""
    study = codebook.study
    codings = Coding.objects.filter(code__codebook=codebook).select_related("quote", "code", "coder")
    codes = codebook.codes.order_by("position", "pk").select_related("parent")
    return {
        "study": [study.guid, study.title, plain(study.summary), plain(study.method), study.year, study.source_lines],
        "cases": [
            (one.guid, one.name, plain(one.summary), one.phase) for one in study.schools.order_by("position", "pk")
        ],
        "facts": sorted(
            (one.indicator.label, plain(one.value), str(one.number), str(one.number and one.indicator.unit))
            for one in Fact.objects.filter(school__study=study)
        ),
        "quotes": [
            (one.guid, one.school.guid, plain(one.text), one.speaker, one.speaker_role, one.topic.name, one.locator)
            for one in Quote.objects.filter(school__study=study)
        ],
        "codebook": [codebook.guid, codebook.name, plain(codebook.description), codebook.version],
        "codes": tree(list(codes)),
        "codings": sorted(
            (
                str(one.guid), str(one.quote.guid), str(one.code.guid), str(one.coder.guid),
                *passage(one.quote.text, one.start, one.end), plain(one.memo), one.coded_at,
            )
            for one in codings
        ),
        "notes": sorted(
            (str(one.guid), str(one.quote.guid), str(one.coder.guid), plain(one.memo), one.is_key, str(one.done_at))
            for one in codebook.notes.all()
        ),
        "findings": [
            (one.guid, one.title, one.statement, one.note, one.locator, one.theme.name, one.theme.question)
            for one in Finding.objects.filter(theme__study=study)
        ],
        "evidence": [
            *_links(Evidence, study, "quote__guid"),
            *_links(CaseEvidence, study, "school__guid"),
        ],
    }  # fmt: skip


def _links(model: Any, study: Study, origin: str) -> list[tuple]:
    links = model.objects.filter(finding__theme__study=study).order_by("guid")
    return list(links.values_list("guid", "finding__guid", origin, "reason"))


def tree(codes: list[Code], *, with_guids: bool = True) -> list[Any]:
    """Codes in the order of their tree: each with its place and all that is said of it."""
    below: dict[int | None, list[Code]] = {}
    for code in codes:
        below.setdefault(code.parent_id, []).append(code)

    def under(parent: int | None) -> list[Any]:
        return [
            (
                one.guid if with_guids else None, one.name, plain(one.definition), plain(one.include),
                plain(one.exclude), plain(one.memo) if with_guids else "", one.colour, under(one.pk),
            )
            for one in below.get(parent, [])
        ]  # fmt: skip

    return under(None)


def gone(study: Study) -> None:
    """A study gone from this site, as on one that never had it."""
    for rows in (Evidence, CaseEvidence):
        rows._base_manager.filter(finding__theme__study=study).delete()
    Theme.objects.filter(study=study).delete()
    remove(study)


@tried
@given(values=studies())
def test_a_study_comes_back_from_its_project_as_it_was(values: dict[str, Any]) -> None:
    with transaction.atomic():
        user = make_user(password=None)
        codebook = made(values, user)
        before, data = all_of(codebook), exported(codebook, user)
        again = planned(data, user)
        assert again.new() == {}
        assert not again.lost()
        gone(codebook.study)
        done = bring(data, user)
        [back] = done.codebooks.all()
        after = all_of(Codebook.objects.get(pk=back.pk))
        for kind, rows in before.items():
            note(kind)
            assert after[kind] == rows
        transaction.set_rollback(True)


@tried
@given(values=studies())
def test_codings_come_back_from_their_table_and_codes_from_their_codebook(values: dict[str, Any]) -> None:
    from django.test import Client

    with transaction.atomic():
        user, client = make_user(password=None), Client()
        client.force_login(user)
        codebook = made(values, user)
        road, before = f"/workbench/{codebook.guid}/", all_of(codebook)
        table, codes = (
            b"".join(client.get(f"{road}{name}").streaming_content) for name in ("codings.csv", "codebook.qdc")
        )
        assert planned(table, user).new() == {}
        Coding.objects.filter(code__codebook=codebook).delete()
        bring(table, user, codebook=codebook)
        assert [_to_the_second(row) for row in all_of(codebook)["codings"]] == [
            _to_the_second(row) for row in before["codings"]
        ]
        known = tree(list(codebook.codes.order_by("position", "pk")), with_guids=False)
        QuoteNote.objects.all().delete()
        Coding.objects.filter(code__codebook=codebook).delete()
        Codebook.objects.filter(pk=codebook.pk).delete()
        [back] = bring(codes, user, study=codebook.study).codebooks.all()
        assert tree(list(back.codes.order_by("position", "pk")), with_guids=False) == known
        assert [str(back.guid), back.name, back.version] == [str(before["codebook"][0]), "Book", "1.0"]
        transaction.set_rollback(True)


def _to_the_second(row: tuple) -> tuple:
    """A coding whose time is that of the table."""
    return (*row[:-1], row[-1].replace(microsecond=0))
