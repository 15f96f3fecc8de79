"""What is cited, and how it reads in APA style (7th edition): the report, this edition, a quotation, a codebook.

The files for reference managers are made of the same Work by exchange/citation.py.
"""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.text import Truncator

from findings.models import Codebook
from schools.fields import locator_words
from schools.models import DataVersion, Quote, Study

MAINTAINERS = "The ICT Lead maintainers"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
AND = re.compile(r"\s*(?:[,;&]|\band\b)\s*")  # between the authors of a codebook, as people write them
WORDS_OF_TITLE = 10  # of a quotation, that stand for its title


@dataclass(frozen=True)
class Name:
    """Who wrote it: a person by family and given name, or a body, which has no given name."""

    family: str
    given: str = ""
    is_person: bool = True

    @classmethod
    def of(cls, written: str) -> "Name":
        """A name as it is printed: Ann Gill; what begins with “The” is a body."""
        if written.startswith("The "):
            return cls(written, is_person=False)
        given, _, family = written.rpartition(" ")
        return cls(family, given)

    @classmethod
    def several(cls, written: str) -> list["Name"]:
        """Names between semicolons: Ann Gill; Mia Moss."""
        return [cls.of(" ".join(one.split())) for one in written.split(";") if one.strip()] or [cls.of(written)]

    @property
    def initials(self) -> str:
        """Gill, A."""
        letters = " ".join(f"{part[0]}." for part in self.given.split())
        return f"{self.family}, {letters}" if letters else self.family


@dataclass(frozen=True)
class Work:
    """One thing that can be cited, with what any style needs of it."""

    kind: str  # report, dataset, codebook or quotation
    key: str  # its name in a list of references
    guid: UUID
    title: str
    authors: list[Name]
    year: int | None
    publisher: str
    url: str
    series: str = ""
    version: str = ""
    place: str = ""  # in the work that it is of: line 137
    speaker: str = ""
    text: str = ""
    within: "Work | None" = None  # the work that it is a part of, or made from


def study_work(study: Study) -> Work:
    """The report itself. It has no address here: it is its publisher's."""
    return Work(
        kind="report",
        key=study.slug,
        guid=study.guid,
        title=f"{study.title}: {study.subtitle}" if study.subtitle else study.title,
        authors=Name.several(study.author),
        year=study.year,
        publisher=study.publisher,
        url="",
        series=study.series,
    )


def edition_work(study: Study, version: DataVersion, url: str) -> Work:
    """This site's data of a study, at a data version."""
    return Work(
        kind="dataset",
        key=f"{study.slug}-v{version.number}",
        guid=study.guid,
        title=f"{study.title}: quotations, codings and findings",
        authors=[Name(MAINTAINERS, is_person=False)],
        year=version.changed_at.year if version.changed_at else None,
        publisher="ICT Lead",
        url=url,
        version=str(version.number),
        within=study_work(study),
    )


def codebook_work(codebook: Codebook, version: DataVersion, url: str) -> Work:
    """A codebook at its own version: a team's by its authors, in the year it was published. Needs its study loaded."""
    authors = [Name.of(one) for one in AND.split(codebook.authors) if one]
    changed = version.changed_at if codebook.is_editorial else codebook.published_at
    return Work(
        kind="codebook",
        key=f"{codebook.slug}-{codebook.version}" if codebook.is_editorial else codebook.slug,  # which has it already
        guid=codebook.guid,
        title=codebook.name,
        authors=authors or [Name(MAINTAINERS, is_person=False)],
        year=changed.year if changed else None,
        publisher="ICT Lead",
        url=url,
        version=codebook.version,
        within=study_work(codebook.study),
    )


def quote_work(quote: Quote, url: str) -> Work:
    """A quotation, with its place in the report. Needs its school and study loaded."""
    study = study_work(quote.school.study)
    return Work(
        kind="quotation",
        key=f"{study.key}-{quote.school.slug}-{quote.locator}",
        guid=quote.guid,
        title=f"“{Truncator(' '.join(quote.text.split())).words(WORDS_OF_TITLE, truncate='…')}”",
        authors=study.authors,
        year=study.year,
        publisher=study.publisher,
        url=url,
        series=study.series,
        place=locator_words(quote.locator),
        speaker=f"{quote.said_by}, {quote.school.name}",
        text=quote.text,
        within=study,
    )


def apa(work: Work) -> str:
    """The work in APA style, 7th edition, without its italics."""
    *others, last = [one.initials if one.is_person else one.family for one in work.authors]
    authors = f"{', '.join(others)}, & {last}" if others else last
    named = f"{authors.rstrip('.')}. " if authors else ""
    head = f"{named}({work.year or 'n.d.'})."
    match work.kind:
        case "quotation" if work.within:
            series = f" ({work.series}, {work.place} of the text)" if work.series else f" ({work.place} of the text)"
            body = f"{work.within.title}{series} [Quotation: {work.speaker}]"
        case "report":
            body = f"{work.title}{f' ({work.series})' if work.series else ''}"
        case _:
            body = f"{work.title} (Version {work.version}) [{'Data set' if work.kind == 'dataset' else 'Codebook'}]"
    return " ".join(part for part in (head, f"{body}.", work.publisher and f"{work.publisher}.", work.url) if part)


def study_citation(study: Study) -> str:
    """The report itself, in APA style."""
    return apa(study_work(study))


def quote_citation(quote: Quote, address: str) -> str:
    """A quotation in APA style, with the address of its page here and the day on which it was read there."""
    today = timezone.localdate()
    source, url = apa(quote_work(quote, "")), address
    return f"{source} Retrieved {today.day} {today:%B %Y}, from {url}"


# ── schema.org ──────────────────────────────────────────────────────────────────────────────────
def schema_org(work: Work, **more: Any) -> dict[str, Any]:
    """The work in the words of schema.org, for a page's JSON-LD; `more` is added as it is."""
    types = {"report": "Report", "dataset": "Dataset", "codebook": "DefinedTermSet", "quotation": "Quotation"}
    said: dict[str, Any] = {
        "@type": types[work.kind],
        "name": work.title,
        "identifier": f"urn:uuid:{work.guid}",
        "url": work.url,
        "text": work.text,
        "version": work.version,
    }
    if work.kind == "quotation":
        said["creator"] = {"@type": "Person", "description": work.speaker}
    else:
        kind = [{"@type": "Person" if one.is_person else "Organization", "name": _plain(one)} for one in work.authors]
        said["author" if work.kind == "report" else "creator"] = kind
        said["publisher"] = work.publisher and {"@type": "Organization", "name": work.publisher}
        said["datePublished"] = str(work.year or "")
    if work.kind in {"dataset", "codebook"}:
        said["license"] = LICENCE
    if work.within:
        said["isPartOf" if work.kind == "quotation" else "isBasedOn"] = schema_org(work.within)
    return {name: value for name, value in (said | more).items() if value}


def _plain(name: Name) -> str:
    return f"{name.given} {name.family}".strip()
