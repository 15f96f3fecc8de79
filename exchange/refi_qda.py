"""REFI-QDA 1.5: a codebook as .qdc, a study as .qdpx, for NVivo, ATLAS.ti, MAXQDA, QualCoder and others.

Written piece by piece into a file; no tree of the whole is ever built. The same data give the same bytes.
What the format has no room for is listed in LOST, which the project's description and the download page show.
"""

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from decimal import Decimal
from typing import IO, Any
from uuid import UUID, uuid5
from zipfile import ZIP_DEFLATED, ZipFile

from django.db.models import Count, F, Q
from django.db.models.functions import Floor

from exchange.material import Material, beside, stream, under
from exchange.origin import said_of
from exchange.refi_notes import memo_guid, write_links, write_notes
from exchange.refi_study import about_speaker
from exchange.refi_text import Placed, SchoolText, joined, lines, plain
from exchange.refi_xml import Pen, document
from exchange.zips import member
from findings.models import Code, Codebook, Coding, Evidence, QuoteNote, Uncoded
from schools.fields import locator_words
from schools.models import Fact, Indicator, Quote, School, Study
from schools.speakers import speaker_of

FORMAT = 3  # goes up when the same data are written differently, so that no cache keeps the older form
ORIGIN = "ICT Lead"
CODEBOOK, PROJECT = "urn:QDA-XML:codebook:1.0", "urn:QDA-XML:project:1.0"
# The hues of a code, in the order of their places; readable under black text.
COLOURS = ["#8ecae6", "#f4a261", "#a3b18a", "#e5989b", "#cdb4db", "#ffd166", "#83c5be", "#d4a373"]
LOST = [
    "Where a case or a fact stands in the source, and notes on facts; what the source does not state has no value.",
    "The cases' own sections, advice, references, glossary and questions: none of them is a source of quotations.",
    "Short names of schools, codes, topics and findings, as they stand in addresses; letters and colours of schools; "
    "groups of facts. Identities (GUIDs) are kept.",
    "Which codes are retired or merged, number keys and example quotes; decisions about the agreed set; members.",
    "With which version of the codebook a passage was coded; its revision, who is cited for it, when it was opened or "
    "published, and which version it follows.",
    "Themes as records: a finding's note names its theme. Topics as records: a heading in the text names them. Who "
    "linked a finding to what bears it out.",
    "The version and source of a codebook as fields: the description of its set has them.",
    "Line ends CR LF and CR in a quotation: they become LF. Control characters that XML forbids: they become U+FFFD.",
]
SCHOOL = [  # columns of a school, as variables
    ("phase", "School: phase", "Text"),
    ("setting", "School: setting", "Text"),
    ("pupils", "School: pupils", "Integer"),
    ("fsm_percent", "School: free school meals (%)", "Float"),
    ("place", "School: place", "Text"),
    ("known_for", "School: known for", "Text"),
]


# ── Codebooks ───────────────────────────────────────────────────────────────────────────────────
def write_codebook(file: IO[bytes], codebook: Codebook, codes: Iterable[Code], origin: str = "") -> None:
    """A codebook as .qdc. `codes` is its tree, in reading order; `origin` says where it was taken from.

    Its one set carries what the format has no field for: the codebook's identity, name, description and version.
    """
    codes = list(codes)
    with document(file, CODEBOOK, "CodeBook", origin=ORIGIN) as pen:
        with pen.inside("Codes"):
            if not codes:  # the format knows no codebook without codes
                pen.leaf("Code", guid=container_guid(codebook), name=plain(codebook.name), isCodable=False)
            _write_tree(pen, codes)
        with pen.inside("Sets"), pen.inside("Set", guid=codebook.guid, name=plain(codebook.name)):
            pen.leaf("Description", _about_codebook(codebook, origin))
            for code in codes:
                pen.leaf("MemberCode", guid=code.guid)


def _write_tree(pen: Pen, codes: list[Code], *, memos: bool = False) -> None:
    below: dict[int | None, list[Code]] = {}
    known = {code.pk for code in codes}
    for code in codes:
        below.setdefault(code.parent_id if code.parent_id in known else None, []).append(code)

    def write(code: Code, hue: int) -> None:
        # The editors' codes have no colours of their own: they take those of their places.
        colour = COLOURS[(hue if code.codebook.is_editorial else code.colour - 1) % len(COLOURS)]
        with pen.inside("Code", guid=code.guid, name=plain(code.name), isCodable=True, color=colour):
            pen.leaf("Description", _about_code(code))
            if memos and code.memo:
                pen.leaf("NoteRef", targetGUID=memo_guid(code))
            for child in below.get(code.pk, []):
                write(child, hue)

    for hue, code in enumerate(below.get(None, [])):
        write(code, hue)


def container_guid(codebook: Codebook) -> UUID:
    """The identity of the code that stands for a whole codebook; nothing is coded to it."""
    return container_guid_of(codebook.guid)


def container_guid_of(guid: UUID) -> UUID:
    """The same, from the codebook's identity."""
    return uuid5(guid, "codes")


def _about_code(code: Code) -> str:
    return joined(code.definition, include=code.include, exclude=code.exclude, locator=code.locator)


def _about_codebook(codebook: Codebook, origin: str = "") -> str:
    return joined(
        codebook.description,
        source=codebook.source,
        locator=codebook.locator,
        version=codebook.version,
        origin=origin,
    )


# ── Projects ────────────────────────────────────────────────────────────────────────────────────
def write_project(file: IO[bytes], material: Material, site: str = "") -> None:
    """A study as .qdpx: a zip of project.qde and a plain text for each school. `site` is the address it comes from.

    Reads each table once or twice, never whole. Raises DataChangedError where the data changed meanwhile.
    """
    moment = material.version.changed_at
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        with member(archive, "project.qde", moment) as part:
            _write_project_file(part, material, site)
        schools = under(
            stream(material.schools()),
            stream(material.quotes(), "topic"),
            lambda quote: quote.school_id,
            lambda one: one.pk,
        )
        for school, quotes in schools:
            with member(archive, f"sources/{source_guid(school)}.txt", moment) as part:
                for text in lines(school, quotes):
                    part.write(text.encode())
    material.check_unchanged()


def source_guid(school: School) -> UUID:
    """The identity of a school's text, which is made for the export and has none of its own."""
    return uuid5(school.guid, "source")


def variable_guid(study: Study, name: str) -> UUID:
    """The identity of a variable: indicators and columns have none of their own."""
    return uuid5(study.guid, f"variable {name}")


def _write_project_file(file: IO[bytes], material: Material, site: str) -> None:
    study = material.study
    coders = list(material.coders())
    head = {
        "name": plain(study.title),
        "origin": ORIGIN,
        "creatingUserGUID": coders[0].guid if coders else None,
        "creationDateTime": material.version.changed_at,
    }
    with document(file, PROJECT, "Project", **head) as pen:
        with pen.container("Users", coders) as users:
            for coder in users:
                pen.leaf("User", guid=coder.guid, name=plain(coder.name), id=coder.slug)
        codes = _codes_of(material)
        used = [one for one in material.codebooks if one.pk in codes]
        with pen.container("CodeBook", used) as books, pen.inside("Codes") if used else nullcontext():
            for codebook in books:
                _write_container(pen, codebook, codes[codebook.pk], memos=material.is_private)
        _write_cases(pen, material, _write_variables(pen, material))
        _write_sources(pen, material)
        write_notes(pen, material)
        write_links(pen, material)
        with pen.container("Sets", used) as sets:
            for codebook in sets:
                with pen.inside("Set", guid=codebook.guid, name=plain(codebook.name)):
                    pen.leaf("Description", _about_codebook(codebook))
                    for code in codes[codebook.pk]:
                        pen.leaf("MemberCode", targetGUID=code.guid)
        pen.leaf("Description", describe(material, site))
        pen.leaf("NoteRef", targetGUID=study.guid)


def _codes_of(material: Material) -> dict[int, list[Code]]:
    """The codes of each codebook that has some."""
    codes: dict[int, list[Code]] = {}
    for code in material.codes():
        codes.setdefault(code.codebook_id, []).append(code)
    return codes


def _write_container(pen: Pen, codebook: Codebook, codes: list[Code], *, memos: bool) -> None:
    """A codebook as a code that nothing is coded to, so that codes of two codebooks may have one name."""
    with pen.inside("Code", guid=container_guid(codebook), name=plain(codebook.name), isCodable=False):
        pen.leaf("Description", _about_codebook(codebook))
        _write_tree(pen, codes, memos=memos)


def describe(material: Material, site: str = "") -> str:
    """What a project says of itself: study, data version, time, filters, and what the format could not hold."""
    lost = "\n".join(f"- {line}" for line in LOST)
    said = said_of(material.study, material.version, site, material.filters)
    whole = ": the whole study." if material.filters == Material.filters else ""
    return plain(
        f"{material.study}\n{said}{whole}\n\nCodings, memos and links "
        "are an analysis of the participants' words by the coders named; they are not the report's.\n\n"
        f"Not carried by this format:\n{lost}"
    )


# ── Variables and cases ─────────────────────────────────────────────────────────────────────────
def _write_variables(pen: Pen, material: Material) -> dict[int, str]:
    """The variables; returns the type of each indicator's number, for those that have numbers."""
    study = material.study
    indicators = material.indicators().annotate(
        numbers=Count("facts", filter=Q(facts__number__isnull=False)),
        fractions=Count("facts", filter=Q(facts__number__gt=Floor(F("facts__number")))),
    )
    types = {}
    with pen.inside("Variables"):
        for name, label, kind in SCHOOL:
            pen.leaf("Variable", guid=variable_guid(study, name), name=label, typeOfVariable=kind)
        for indicator in indicators:
            _write_variable(pen, study, indicator, "")
            if indicator.numbers:
                types[indicator.pk] = "Float" if indicator.fractions else "Integer"
                _write_variable(pen, study, indicator, types[indicator.pk])
    return types


def _write_variable(pen: Pen, study: Study, indicator: Indicator, kind: str) -> None:
    """An indicator as text, and its number under a name of its own: the text says more than the number."""
    name = f"{indicator.label} ({indicator.unit or 'number'})" if kind else indicator.label
    guid = variable_guid(study, f"indicator {indicator.slug}{' number' if kind else ''}")
    with pen.inside("Variable", guid=guid, name=plain(name), typeOfVariable=kind or "Text"):
        if indicator.explanation:
            pen.leaf("Description", plain(indicator.explanation))


def _write_cases(pen: Pen, material: Material, types: dict[int, str]) -> None:
    study = material.study
    schools = beside(
        stream(material.schools()), stream(material.facts(), "indicator"), lambda fact: fact.school_id, lambda s: s.pk
    )
    with pen.container("Cases", schools) as cases:
        for school, facts in cases:
            with pen.inside("Case", guid=school.guid, name=plain(school.name)):
                pen.leaf("Description", plain(school.summary))
                for name, _, kind in SCHOOL:
                    _write_value(pen, variable_guid(study, name), kind, getattr(school, name))
                for fact in facts:
                    _write_fact(pen, study, fact, types)
                pen.leaf("SourceRef", targetGUID=source_guid(school))


def _write_fact(pen: Pen, study: Study, fact: Fact, types: dict[int, str]) -> None:
    name = f"indicator {fact.indicator.slug}"
    _write_value(pen, variable_guid(study, name), "Text", fact.value)
    if fact.number is not None:
        _write_value(pen, variable_guid(study, f"{name} number"), types[fact.indicator_id], fact.number)


def _write_value(pen: Pen, variable: UUID, kind: str, value: str | int | Decimal | None) -> None:
    """A variable's value; nothing where the source is silent."""
    if value is None or value == "":
        return
    match kind:
        case "Text":
            said = plain(str(value))
        case "Integer":
            said = str(int(value))
        case _:
            said = f"{Decimal(value).normalize():f}"
    with pen.inside("VariableValue"):
        pen.leaf("VariableRef", targetGUID=variable)
        pen.leaf(f"{kind}Value", said)


# ── Sources, selections and codings ─────────────────────────────────────────────────────────────
Made = tuple[list[Coding], list[Evidence], list[Uncoded], list[QuoteNote]]  # of one quote


def _write_sources(pen: Pen, material: Material) -> None:
    """A text source for each school, a selection for each quote and each coded passage of it."""
    schools = under(
        stream(material.schools()), _quotes_with_all(material), lambda row: row[0].school_id, lambda one: one.pk
    )
    with pen.container("Sources", schools) as sources:
        for school, quotes in sources:
            guid, text = source_guid(school), SchoolText(school)
            where = f"internal://{guid}.txt"
            with pen.inside("TextSource", guid=guid, name=plain(school.name), plainTextPath=where):
                for quote, made in quotes:
                    _write_quote(pen, text.add(quote), *made)


def _quotes_with_all(material: Material) -> Iterator[tuple[Quote, Made]]:
    """Quotes with all that was made of them: five tables side by side, each read once."""

    def quote_of(row: Any) -> int:
        return row.quote_id

    coded = beside(
        stream(material.quotes(), "topic"),
        stream(material.codings(), "coder", "code"),
        quote_of,
        lambda quote: quote.pk,
    )
    linked = beside(coded, stream(material.evidence(), "finding"), quote_of, lambda row: row[0].pk)
    stated = beside(linked, stream(material.uncoded(), "coder"), quote_of, lambda row: row[0][0].pk)
    for (((quote, codings), evidence), uncoded), notes in beside(
        stated, stream(material.notes(), "coder"), quote_of, lambda row: row[0][0][0].pk
    ):
        yield quote, (codings, evidence, uncoded, notes)


def _write_quote(
    pen: Pen,
    one: Placed,
    codings: list[Coding],
    evidence: list[Evidence],
    uncoded: list[Uncoded],
    notes: list[QuoteNote],
) -> None:
    by_passage: dict[tuple[int, int], list[Coding]] = {(0, len(one.quote.text)): []}
    for coding in codings:
        by_passage.setdefault((coding.start, coding.end), []).append(coding)
    whole, *parts = by_passage.items()
    quote, name = one.quote, f"{one.quote.said_by}, {one.quote.locator}"
    with pen.inside("PlainTextSelection", guid=quote.guid, name=name, startPosition=one.start, endPosition=one.end):
        pen.leaf("Description", _about_quote(quote))
        _write_codings(pen, whole[1])
        targets = [link.finding.guid for link in evidence]
        for target in targets + [each.guid for each in uncoded] + [each.guid for each in notes]:
            pen.leaf("NoteRef", targetGUID=target)
    for (start, end), found in parts:
        guid, (first, last) = passage_guid(quote, start, end), one.passage(start, end)
        name_of_part = f"{name}, characters {start} to {end}"
        with pen.inside("PlainTextSelection", guid=guid, name=name_of_part, startPosition=first, endPosition=last):
            _write_codings(pen, found)


def passage_guid(quote: Quote, start: int, end: int) -> UUID:
    """The identity of a stretch of a quote that was coded: the same for everyone who coded just that."""
    return uuid5(quote.guid, f"passage {start} {end}")


def _write_codings(pen: Pen, codings: list[Coding]) -> None:
    for coding in codings:
        with pen.inside("Coding", guid=coding.guid, creatingUser=coding.coder.guid, creationDateTime=coding.coded_at):
            pen.leaf("CodeRef", targetGUID=coding.code.guid)
            if coding.memo:
                pen.leaf("NoteRef", targetGUID=memo_guid(coding))


def _about_quote(quote: Quote) -> str:
    said = f"{quote.said_by}; {quote.topic.name}; {locator_words(quote.locator)} of the source."
    fragment = " Words quoted within a sentence." if quote.is_fragment else ""
    note = f" Editorial note: {quote.note}" if quote.note else ""
    is_clear = speaker_of(quote.said_by) == (quote.speaker, quote.speaker_role)
    return plain(f"{said}{fragment}{note}{'' if is_clear else about_speaker(quote)}")
