"""/study/<slug>.qdpx and /codebooks/<slug>.qdc: whole, valid, resolvable, and the same for the same data."""

import io
import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from exchange.material import DataChangedError, Material, under
from exchange.refi_qda import LOST, container_guid, memo_guid, source_guid, write_project
from exchange.refi_study import STUDY_NOTE
from exchange.refi_text import parted, plain
from findings.models import CaseEvidence, Code, Codebook, Coding, Evidence, Finding, Uncoded
from schools.actions import publish_change
from schools.models import Fact, Quote, School, Study
from tests.exchange.refi import C, P, Project, schema
from tests.exchange.roads import body
from tests.factories import (
    editors,
    loaded_study,
    make_code,
    make_codebook,
    make_coder,
    make_coding,
    make_fact,
    make_indicator,
    make_quote,
    make_school,
    make_study,
    make_topic,
    make_uncoded,
)
from tests.reading.scale import add_schools

pytestmark = pytest.mark.django_db

QDPX = "/study/gill-2007.qdpx"
QDC = "/codebooks/gateways.qdc"
HARD = "👩🏽‍🏫 Ça\r\nva e\u0301?\r\n\ufeffשלום \u202eabc\u202c <&>\x0b ]]>"


def written(study: Study) -> bytes:
    file = io.BytesIO()
    write_project(file, Material.published(study), "http://ict.example.org/")
    return file.getvalue()


# ── The published study ─────────────────────────────────────────────────────────────────────────
@pytest.fixture
def project(client: Client) -> Project:
    return Project.of(body(client, QDPX))


def test_project_is_valid(project: Project):
    valid = schema("Project.xsd")
    assert valid.validate(project.root), valid.error_log


def test_every_reference_resolves(project: Project):
    known = set(project.guids())
    assert project.references()
    assert [one for one in project.references() if one not in known] == []
    assert len(known) == len(project.guids()), "no two records have one identity"
    sources = {f"sources/{one.get('guid')}.txt" for one in project.all("TextSource")}
    assert sources == set(project.files)


def test_project_holds_the_whole_study(project: Project):
    ours = {
        "TextSource": School.objects.published(),
        "Case": School.objects.published(),
        "Coding": Coding.objects.published(),
        "Link": [*Evidence.objects.published(), *CaseEvidence.objects.published()],
    }
    for tag, rows in ours.items():
        assert len(project.all(tag)) == len(rows), tag
    codebooks = Codebook.objects.published()
    codes = {str(one.guid) for one in Code.objects.published()} | {str(container_guid(one)) for one in codebooks}
    assert {one.get("guid") for one in project.all("Code")} == codes
    notes = {str(one.guid) for model in (Finding, Uncoded) for one in model.objects.all()}
    notes |= {str(memo_guid(one)) for one in Coding.objects.published()}
    notes |= {str(loaded_study().guid)}  # what the study says of itself
    assert {one.get("guid") for one in project.all("Note")} == notes


def test_every_selection_cuts_the_words_it_names(project: Project):
    quotes = {quote.guid: quote for quote in Quote.objects.published()}
    codings = {one.guid: one for one in Coding.objects.published().select_related("quote", "code")}
    seen = []
    for selection in project.selections():
        if quote := quotes.pop(selection.guid, None):
            assert selection.words == quote.text
        for guid, code in selection.codings:
            assert selection.words == codings[guid].passage
            assert code == codings[guid].code.guid
            seen.append(guid)
    assert quotes == {}
    assert sorted(seen) == sorted(codings)


def test_a_coding_says_who_when_and_why(project: Project):
    coding = Coding.objects.published().select_related("coder", "code")[0]
    (element,) = [one for one in project.all("Coding") if one.get("guid") == str(coding.guid)]
    assert element.get("creatingUser") == str(coding.coder.guid)
    moment = element.get("creationDateTime")
    assert moment.endswith("Z")
    assert datetime.fromisoformat(moment) == coding.coded_at.replace(microsecond=0)
    note = element.find(f"{P}NoteRef").get("targetGUID")
    (memo,) = [one for one in project.all("Note") if one.get("guid") == note]
    assert memo.find(f"{P}PlainTextContent").text == coding.memo
    assert memo.get("name") == f"Memo: {coding.code.name}"


def test_a_finding_is_a_note_at_its_quotes(project: Project):
    link = Evidence.objects.published().select_related("finding", "quote")[0]
    (selection,) = [one for one in project.selections() if one.guid == link.quote.guid]
    notes = [one.get("targetGUID") for one in selection.element.findall(f"{P}NoteRef")]
    assert str(link.finding.guid) in notes
    (element,) = [one for one in project.all("Link") if one.get("guid") == str(link.guid)]
    assert element.get("originGUID") == str(link.quote.guid)
    assert element.get("targetGUID") == str(link.finding.guid)
    assert element.get("name") == link.reason


def test_a_case_has_its_facts_typed(project: Project):
    names = {one.get("guid"): (one.get("name"), one.get("typeOfVariable")) for one in project.all("Variable")}
    assert len({name.lower() for name, _ in names.values()}) == len(names), "no two variables have one name"
    study = loaded_study()
    known = {uuid5(study.guid, f"variable indicator {one.slug}"): one.label for one in study.indicators.all()}
    assert {str(guid): label for guid, label in known.items()}.items() <= {
        guid: name for guid, (name, _) in names.items()
    }.items()
    stated = Fact.objects.filter(school__study=loaded_study()).exclude(value="")
    school = School.objects.get(slug="d")
    (case,) = [one for one in project.all("Case") if one.get("guid") == str(school.guid)]
    values = {}
    for value in case.findall(f"{P}VariableValue"):
        reference, said = value
        name, kind = names[reference.get("targetGUID")]
        assert said.tag == f"{P}{kind}Value"
        values[name] = said.text
    assert values["School: pupils"] == str(school.pupils)
    facts = {fact.indicator.label: fact.value for fact in stated.filter(school=school).select_related("indicator")}
    assert facts.items() <= values.items()
    number = stated.filter(school=school, number__isnull=False).select_related("indicator")[0]
    assert float(values[f"{number.indicator.label} ({number.indicator.unit or 'number'})"]) == number.number
    assert len(values) == len(facts) + stated.filter(school=school, number__isnull=False).count() + sum(
        getattr(school, name) not in (None, "")
        for name in ("phase", "setting", "pupils", "fsm_percent", "place", "known_for")
    )
    assert case.find(f"{P}SourceRef").get("targetGUID") == str(source_guid(school))


def test_project_says_what_it_is_and_what_is_lost(project: Project):
    said = project.root.find(f"{P}Description").text
    assert "gill-2007, data version" in said
    assert "http://testserver/" in said
    assert not [line for line in LOST if line not in said]
    assert project.root.get("creatingUserGUID") == str(editors().guid)


def test_source_is_plain_text_with_headings(project: Project):
    (text,) = [data for name, data in project.files.items() if str(source_guid(School.objects.get(slug="a"))) in name]
    assert not text.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in text
    assert text.decode().startswith("School A\n\n")
    assert "\n\nHeadteacher, line 137\n" in text.decode()


# ── Codebooks ───────────────────────────────────────────────────────────────────────────────────
def test_codebook_is_valid(client: Client):
    valid = schema("Codebook.xsd")
    for codebook in Codebook.objects.published():
        root = etree.fromstring(body(client, f"/codebooks/{codebook.slug}.qdc"))
        assert valid.validate(root), valid.error_log


def test_codebook_keeps_tree_criteria_and_identity(client: Client):
    codebook = make_codebook(loaded_study(), name="Ways & means", description="How.", source="Somebody", locator="L1")
    top = make_code(codebook, name="Top", definition="D\r\nd", include="I", exclude="E", locator="L2")
    below = make_code(codebook, name="Below", parent=top)
    other = make_code(codebook, name="Other")
    root = etree.fromstring(body(client, f"/codebooks/{codebook.slug}.qdc"))
    codes = root.find(f"{C}Codes")
    assert [one.get("guid") for one in codes] == [str(top.guid), str(other.guid)]
    assert [one.get("guid") for one in codes[0].findall(f"{C}Code")] == [str(below.guid)]
    assert parted(codes[0].find(f"{C}Description").text) == {
        "text": "D\nd",
        "include": "I",
        "exclude": "E",
        "locator": "L2",
    }
    (whole,) = root.find(f"{C}Sets")
    assert (whole.get("guid"), whole.get("name")) == (str(codebook.guid), "Ways & means")
    said = parted(whole.find(f"{C}Description").text)
    origin = said.pop("origin")
    assert said == {"text": "How.", "source": "Somebody", "locator": "L1", "version": "1.0"}
    assert "http://testserver/; study gill-2007, data version" in origin
    assert {one.get("guid") for one in whole.findall(f"{C}MemberCode")} == {
        str(one.guid) for one in (top, below, other)
    }
    colours = {one.get("guid"): one.get("color") for one in root.iter(f"{C}Code")}
    assert colours[str(top.guid)] == colours[str(below.guid)] != colours[str(other.guid)]
    assert all(re.fullmatch("#[0-9a-f]{6}", one or "") for one in colours.values())


def test_codebook_without_codes_is_valid(client: Client):
    codebook = make_codebook(loaded_study())
    root = etree.fromstring(body(client, f"/codebooks/{codebook.slug}.qdc"))
    assert [one.get("isCodable") for one in root.iter(f"{C}Code")] == ["false"]
    valid = schema("Codebook.xsd")
    assert valid.validate(root), valid.error_log


# ── Hard text ───────────────────────────────────────────────────────────────────────────────────
def hard_study(texts: list[str], **fields: Any) -> Study:
    """A study that says these texts, each coded whole, by halves and by its first character."""
    study = make_study(title=HARD[:60], **fields)
    school, topic = make_school(study, name="\ufeffSchool " + HARD[:20]), make_topic(study, name=HARD[:30])
    code = make_code(make_codebook(study, name=HARD, description=HARD), name=HARD, definition=HARD, include=HARD)
    make_fact(school, make_indicator(study, label=HARD[:40]), value=HARD)
    for text in texts:
        quote = make_quote(school, topic, text=text, note=HARD)
        half = len(text) // 2
        for start, end in {(0, len(text)), (0, 1), (half, len(text)), (0, max(half, 1))}:
            make_coding(quote, code, coder=editors(), start=start, end=end, memo=HARD)
        make_uncoded(quote, code.codebook, coder=editors(), reason=HARD)
    return study


def check_words(data: bytes, study: Study) -> None:
    project = Project.of(data)
    codings = {one.guid: one for one in Coding.objects.filter(quote__school__study=study).select_related("quote")}
    quotes = {one.guid: one for one in Quote.objects.filter(school__study=study)}
    selections = project.selections()
    for selection in selections:
        if selection.guid in quotes:
            assert selection.words == plain(quotes[selection.guid].text)
        for guid, _ in selection.codings:
            assert selection.words == plain(codings.pop(guid).passage)
    assert codings == {}
    assert quotes.keys() <= {one.guid for one in selections}
    assert {one for one in project.references() if one not in set(project.guids())} == set()


def test_hard_text_is_valid_and_in_its_place():
    data = written(study := hard_study([HARD, HARD * 2, "\r\n\r\n", "x" * 100_000]))
    check_words(data, study)
    root, valid = Project.of(data).root, schema("Project.xsd")
    assert valid.validate(root), valid.error_log
    assert root.get("name") == plain(HARD[:60])


STORED = st.characters(exclude_characters="\x00", exclude_categories=["Cs"])  # what both engines can store


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.text(STORED, min_size=1), st.just(HARD)), max_size=4))
def test_every_study_is_in_its_place(texts: list[str]):
    with transaction.atomic():
        check_words(written(study := hard_study(texts)), study)
        transaction.set_rollback(True)


def test_study_of_nothing_is_valid():
    root = Project.of(written(make_study(title="Empty"))).root
    valid = schema("Project.xsd")
    assert valid.validate(root), valid.error_log
    assert [root.find(f"{P}{tag}") for tag in ("CodeBook", "Cases", "Sources", "Links", "Sets")] == [None] * 5
    assert [one.get("name") for one in root.iterfind(f"{P}Notes/{P}Note")] == [STUDY_NOTE]


def test_codings_of_several_coders_share_a_selection():
    """What a writer is given goes out, whoever coded it: nothing in it asks for the editors."""
    study = hard_study(["We asked pupils."])
    code = Code.objects.get(codebook__study=study)
    quote = Quote.objects.get(school__study=study)
    ours, theirs = Coding.objects.get(quote=quote, start=0, end=1), make_coder(name="Ada")
    make_coding(quote, code, coder=theirs, start=0, end=1, coded_at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    material = Material.published(study)
    material = Material(study, material.version, material.codebooks, Coding.objects.filter(quote=quote))
    file = io.BytesIO()
    write_project(file, material)
    project = Project.of(file.getvalue())
    assert {one.get("name") for one in project.all("User")} == {"Editors", "Ada"}
    (selection,) = [one for one in project.selections() if ours.guid in dict(one.codings)]
    assert [one.get("creatingUser") for one in selection.element.findall(f"{P}Coding")] == [
        str(editors().guid),
        str(theirs.guid),
    ]
    assert selection.guid == uuid5(quote.guid, "passage 0 1")


# ── The roads ───────────────────────────────────────────────────────────────────────────────────
def test_file_is_closed_where_the_reader_goes_away(client: Client):
    response = client.get(QDPX)
    file = response._resource_closers[0].__self__.file
    next(iter(response))
    response.close()
    assert file.closed


def test_files_have_names(client: Client):
    assert client.head(QDPX)["Content-Disposition"].startswith('attachment; filename="gill-2007-v')
    assert client.head(QDC)["Content-Disposition"].startswith('attachment; filename="gill-2007-gateways-v')


def test_project_asks_as_often_for_many_schools_as_for_five(client: Client):
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            body(client, QDPX)
        return len(queries)

    few = asked()
    add_schools(700, quotes_each=2)  # more than are fetched at a time
    assert asked() == few <= 24


def test_data_change_is_noticed():
    material = Material.published(loaded_study())
    material.check_unchanged()
    publish_change()
    with pytest.raises(DataChangedError):
        material.check_unchanged()


def test_file_that_fails_is_an_error_and_no_file(client: Client, monkeypatch):
    monkeypatch.setattr(Material, "check_unchanged", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        client.get(QDPX)


# ── Side by side ────────────────────────────────────────────────────────────────────────────────
def test_under_gives_each_row_its_own():
    rows = under([1, 2, 3], [(1, "a"), (1, "b"), (3, "c")], lambda pair: pair[0], lambda row: row)
    assert [(row, [name for _, name in mine]) for row, mine in rows] == [(1, ["a", "b"]), (2, []), (3, ["c"])]


def test_under_passes_over_what_is_not_read():
    rows = under([1, 2], [(1, "a"), (1, "b"), (2, "c")], lambda pair: pair[0], lambda row: row)
    assert [(row, next(mine)[1]) for row, mine in rows] == [(1, "a"), (2, "c")]


@pytest.mark.parametrize("others", [[(2, "b"), (1, "a")], [(1, "a"), (7, "x"), (2, "b")]])
def test_under_loses_nothing_in_silence(others: list):
    with pytest.raises(ValueError, match="belongs to no row, or stands in another order"):
        [list(mine) for _, mine in under([1, 2], others, lambda pair: pair[0], lambda row: row)]


def test_guids_are_uuids(project: Project):
    assert {str(UUID(one)) for one in project.guids()} == set(project.guids())
