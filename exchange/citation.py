"""A citation as the file that a reference manager reads: APA text, BibTeX, RIS, CSL-JSON, DataCite JSON.

Made of a `reading.citation.Work`; knows no request. The same work gives the same bytes.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from exchange.characters import encodable
from reading.citation import LICENCE, Name, Work, apa

FORMAT = 1  # goes up when the same data are written differently, so that no cache keeps the older form
_TEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "{}&%$#_"},
    }
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def _line(text: str) -> str:
    """A text as one line: formats of lines and braces hold no line ends and no control characters."""
    return _CONTROL.sub(" ", encodable(text)).strip()


def text(work: Work) -> str:
    """APA style, one line."""
    return f"{_line(apa(work))}\n"


# ── BibTeX ──────────────────────────────────────────────────────────────────────────────────────
def bibtex(work: Work) -> str:
    """BibTeX in UTF-8: @techreport for the report, @misc for all else."""
    report = work.kind == "report"
    note = f"{work.speaker}; {work.place} of the text of: {work.within.title}" if work.speaker and work.within else ""
    fields = {
        "author": " and ".join(_braced(one) for one in work.authors),
        "title": f"{{{_tex(work.title)}}}",
        "year": str(work.year or ""),
        "institution" if report else "publisher": _tex(work.publisher),
        "type": _tex(work.series) if report else "",
        "version": _tex(work.version),
        "howpublished": _tex({"dataset": "Data set", "codebook": "Codebook"}.get(work.kind, "")),
        "note": _tex(note),
        "url": _line(work.url).replace("{", "%7B").replace("}", "%7D"),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{'techreport' if report else 'misc'}{{{_key(work)},\n{lines}}}\n"


def _key(work: Work) -> str:
    """A key of letters, figures and hyphens alone."""
    return re.sub(r"[^A-Za-z0-9-]+", "-", work.key).strip("-")


def _braced(name: Name) -> str:
    return f"{_tex(name.family)}, {_tex(name.given)}" if name.given else f"{{{_tex(name.family)}}}"


def _tex(written: str) -> str:
    return _line(written).translate(_TEX)


# ── RIS ─────────────────────────────────────────────────────────────────────────────────────────
def ris(work: Work) -> str:
    """RIS: lines of tag and value, which end in CR LF."""
    types = {"report": "RPRT", "dataset": "DATA", "codebook": "DATA", "quotation": "GEN"}
    fields = [
        ("TY", types[work.kind]),
        ("ID", _key(work)),
        *[("AU", f"{one.family}, {one.given}" if one.given else one.family) for one in work.authors],
        ("TI", work.title),
        ("T2", work.within.title if work.within and work.kind == "quotation" else ""),
        ("T3", work.series),
        ("PY", str(work.year or "")),
        ("PB", work.publisher),
        ("ET", work.version),
        ("SE", work.place),
        ("N1", f"Quotation of {work.speaker}: {work.text}" if work.speaker else ""),
        ("UR", work.url),
        ("AN", str(work.guid)),
    ]
    lines = [f"{tag}  - {_line(value)}" for tag, value in fields if value]
    return "\r\n".join([*lines, "ER  - "]) + "\r\n"


# ── JSON ────────────────────────────────────────────────────────────────────────────────────────
def csl(work: Work) -> str:
    """CSL-JSON, a list of one item, as Zotero, Mendeley and pandoc read it."""
    types = {"report": "report", "dataset": "dataset", "codebook": "dataset", "quotation": "entry"}
    item: dict[str, Any] = {
        "id": _key(work),
        "type": types[work.kind],
        "title": work.title,
        "author": [
            {"family": one.family, "given": one.given} if one.is_person else {"literal": one.family}
            for one in work.authors
        ],
        "issued": {"date-parts": [[work.year]]} if work.year else None,
        "publisher": work.publisher,
        "genre": work.series or ("Codebook" if work.kind == "codebook" else ""),
        "version": work.version,
        "container-title": work.within.title if work.within and work.kind == "quotation" else "",
        "section": work.place,
        "note": f"Quotation of {work.speaker}: {work.text}" if work.speaker else "",
        "URL": work.url,
    }
    return _json([_without_empty(item)])


def datacite(work: Work) -> str:
    """DataCite metadata, schema 4, as JSON. Without a DOI: the identity is the record's UUID."""
    general = {"report": "Report", "quotation": "Text"}.get(work.kind, "Dataset")
    said: dict[str, Any] = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "types": {"resourceTypeGeneral": general, "resourceType": work.kind.capitalize()},
        "identifiers": [{"identifier": f"urn:uuid:{work.guid}", "identifierType": "URN"}],
        "creators": [_creator(one) for one in work.authors],
        "titles": [{"title": work.title}],
        "publisher": work.publisher or "ICT Lead",
        "publicationYear": str(work.year or ""),
        "version": work.version,
        "url": work.url,
        "descriptions": [{"description": f"{work.speaker}: {work.text}", "descriptionType": "Other"}]
        if work.speaker
        else None,
        "rightsList": [{"rightsIdentifier": "cc-by-4.0", "rightsUri": LICENCE}] if general == "Dataset" else None,
        "relatedItems": [_related(work, work.within)] if work.within else None,
    }
    return _json(_without_empty(said))


def _creator(name: Name) -> dict[str, str]:
    if not name.is_person:
        return {"name": name.family, "nameType": "Organizational"}
    return {
        "name": f"{name.family}, {name.given}",
        "nameType": "Personal",
        "givenName": name.given,
        "familyName": name.family,
    }


def _related(work: Work, within: Work) -> dict[str, Any]:
    relation = "IsPartOf" if work.kind == "quotation" else "IsDerivedFrom"
    return {
        "relatedItemType": "Report",
        "relationType": relation,
        "titles": [{"title": within.title}],
        "creators": [_creator(one) for one in within.authors],
        "publicationYear": str(within.year or ""),
        "publisher": within.publisher,
    }


def _without_empty(said: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in said.items() if value not in (None, "", [])}


def _json(said: Any) -> str:
    return encodable(json.dumps(said, ensure_ascii=False, indent=2)) + "\n"


@dataclass(frozen=True)
class Style:
    """A way to write a citation: the end of its address, its name on a page, its media type."""

    ending: str
    label: str
    content_type: str
    write: Callable[[Work], str]


STYLES = [
    Style("txt", "APA", "text/plain", text),
    Style("bib", "BibTeX", "application/x-bibtex", bibtex),
    Style("ris", "RIS", "application/x-research-info-systems", ris),
    Style("csl.json", "CSL-JSON", "application/vnd.citationstyles.csl+json", csl),
    Style("datacite.json", "DataCite JSON", "application/vnd.datacite.datacite+json", datacite),
]
