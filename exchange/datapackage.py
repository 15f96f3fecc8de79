"""A study as a Frictionless Data Package (version 1): tables as CSV, and a description that machines can check.

The specification is at https://specs.frictionlessdata.io. Each table is written as it is read; its size and checksum
are taken on the way, so the description comes last. The same data give the same bytes.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.utils.module_loading import import_string

from exchange.columns import FLAG, NUMBER, TEXT, TIME, WHOLE, Column
from exchange.datasets import DATASETS, Dataset
from exchange.material import Material
from exchange.study_folder import MANIFEST
from exchange.study_tables import STUDY
from exchange.tabular import cell_text, csv_stream
from exchange.zips import member
from reading.citation import Name, study_citation
from schools.models import Study

FORMAT = 2  # goes up when the same data are written differently, so that no cache keeps the older form
FIELDS: dict[str, dict[str, Any]] = {
    TEXT: {"type": "string"},
    WHOLE: {"type": "integer"},
    NUMBER: {"type": "number"},
    FLAG: {"type": "boolean", "trueValues": ["1"], "falseValues": ["0"]},
    TIME: {"type": "datetime", "format": "%Y-%m-%dT%H:%M:%SZ"},
}
MAINTAINERS = "The ICT Lead maintainers"
CITED = "Cite the report for its quotations, and ICT Lead for codings, facts and findings."
UNCITED = "This is not published. Ask whom it belongs to before you cite it."
LICENCE = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
RIGHTS = (
    "What ICT Lead wrote (summaries, facts, definitions, findings, codings, reasons) may be used with a mention of it "
    "(CC BY 4.0). The quotations, questions, headings and titles are the report's and belong to its author and "
    "publisher; they stand here for study and comment."
)
PRIVATE = (
    "This is private. It holds what one member of a team may see, as the filters say; nobody else has leave to use it "
    "but from whom the study belongs to. What was said in the interviews is the words of those who said it."
)


def all_datasets() -> list[Dataset]:
    """Every table of the package: this floor's, and those that settings.DATA_PACKAGE_TABLES names."""
    further = [import_string(name) for name in settings.DATA_PACKAGE_TABLES]
    return [*DATASETS, *(dataset for some in further for dataset in some)]


@dataclass(frozen=True)
class Part:
    """A file of the package, as it was written."""

    path: str
    size: int
    sha256: str
    rows: int = 0


class _Counted:
    """Writes into a file of the archive, and counts and sums what goes through."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.size, self.sum, self.rows = file, 0, hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        self.file.write(data)
        self.size += len(data)
        self.sum.update(data)

    def counting(self, rows: Iterable[Sequence]) -> Iterator[Sequence]:
        for row in rows:
            self.rows += 1
            yield row

    def part(self, path: str) -> Part:
        return Part(path, self.size, self.sum.hexdigest(), self.rows)


def write_package(file: IO[bytes], material: Material, site: str = "", *, keep_formulas: bool = False) -> None:
    """The study as datapackage.zip. `site` is the address it comes from; `keep_formulas` as in `csv_stream`.

    Reads each table once, never whole. Raises DataChangedError where the data changed meanwhile.
    """
    moment = material.version.changed_at
    parts, resources = [], []
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for dataset in all_datasets():
            path = f"data/{dataset.key}.csv"
            columns = dataset.columns_of(material)
            with member(archive, path, moment) as inner:
                counted = _Counted(inner)
                rows = counted.counting(dataset.rows(material))
                header = [column.name for column in columns]
                for chunk in csv_stream(header, rows, keep_formulas=keep_formulas, strict=True):
                    counted.write(chunk)
            parts.append(counted.part(path))
            resources.append(resource(dataset, columns, parts[-1]))
        material.check_unchanged()
        package = describe(material, resources, site)
        texts = {
            "datapackage.json": json.dumps(package, ensure_ascii=False, indent=2) + "\n",
            "README.md": readme(material, parts, site, keep_formulas),
            "data-dictionary.md": dictionary(material),
            "CITATION.cff": cff(material, site),
            MANIFEST: manifest(material.study),
        }
        for path, text in texts.items():
            with member(archive, path, moment) as inner:
                counted = _Counted(inner)
                counted.write(text.encode())
            parts.append(counted.part(path))
        with member(archive, "sha256sums.txt", moment) as inner:
            inner.write("".join(f"{part.sha256}  {part.path}\n" for part in parts).encode())


def resource(dataset: Dataset, columns: list[Column], part: Part) -> dict[str, Any]:
    """A table as the package describes it: dialect, fields, keys, size, checksum."""
    keys = [
        {"fields": column, "reference": {"resource": table.replace("_", "-"), "fields": other}}
        for column, (table, other) in dataset.refers.items()
    ]
    return {
        "name": dataset.key.replace("_", "-"),
        "path": part.path,
        "description": dataset.rows_are,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"lineTerminator": "\r\n", "delimiter": ",", "quoteChar": '"', "doubleQuote": True},
        "bytes": part.size,
        "hash": f"sha256:{part.sha256}",
        "schema": {
            "fields": [_field(column, dataset.primary) for column in columns],
            "missingValues": [""],
            "primaryKey": dataset.primary,
            **({"foreignKeys": keys} if keys else {}),
        },
    }


def _field(column: Column, primary: str | list[str]) -> dict[str, Any]:
    described = {"name": column.name, "description": column.meaning} | FIELDS[column.kind]
    return described | ({"constraints": {"required": True, "unique": True}} if column.name == primary else {})


def describe(material: Material, resources: list[dict[str, Any]], site: str) -> dict[str, Any]:
    """datapackage.json."""
    study, version, is_private = material.study, material.version, material.is_private
    created = {"created": cell_text(version.changed_at)} if version.changed_at else {}
    return {
        "profile": "tabular-data-package",
        "name": study.slug,
        "id": str(study.guid),
        "title": f"{study.title}: quotations, codings and findings",
        "description": f"{study.summary}\n\n{PRIVATE if is_private else RIGHTS}".strip(),
        "version": str(version.number),
        **created,
        **({"homepage": site} if site else {}),
        **({} if is_private else {"licenses": [LICENCE]}),
        "sources": [{"title": study_citation(study)}],
        "contributors": [
            *([{"title": study.author, "role": "author"}] if study.author or not is_private else []),
            *([] if is_private else [{"title": MAINTAINERS, "role": "wrangler"}]),
        ],
        "resources": resources,
    }


# ── Texts beside the tables ─────────────────────────────────────────────────────────────────────
def readme(material: Material, parts: list[Part], site: str, keep_formulas: bool) -> str:
    """README.md: study, data version, time, filters, rows, and what to know of the cells."""
    version = material.version
    moment = f" of {cell_text(version.changed_at)}" if version.changed_at else ""
    rows = "\n".join(f"| `{part.path}` | {part.rows} | {part.size} |" for part in parts)
    guarded = (
        "Text stands as it is. A spreadsheet would calculate text that begins with =, +, - or @."
        if keep_formulas
        else "Text that a spreadsheet would calculate begins with an apostrophe; take one away and it is as it was. "
        "`formulas=keep` in the address leaves text as it is."
    )
    return f"""# {material.study}

From ICT Lead{f", {site}" if site else ""}. Study `{material.study.slug}`, data version {version.number}{moment}.
Filters: {"none, the whole study" if material.filters == Material.filters else material.filters.rstrip(".")}.

{PRIVATE if material.is_private else RIGHTS}

| file | rows | bytes |
|---|---|---|
{rows}

- `datapackage.json` describes every table, column and key: a Frictionless Data Package, version 1.
- `data-dictionary.md` says the same in words. `sha256sums.txt` has the checksums: `sha256sum -c sha256sums.txt`.
- CSV as in RFC 4180, UTF-8. An empty cell: the source does not state it, or there is nothing to tell.
- {guarded}
- `start` and `end` count characters (Unicode code points) of the quote, from 0; `end` is exclusive.
- `study.toml` says what the study is, so that the unpacked folder can be loaded: `manage.py load_study FOLDER`.
- Not here: who changed what when, self-reviews and accounts of this site. They are nobody else's business.

Cite: {study_citation(material.study)}
"""


def dictionary(material: Material) -> str:
    """data-dictionary.md: each column of each table."""
    return "\n".join(_dictionary(material))


def _dictionary(material: Material) -> Iterator[str]:
    yield "# Data dictionary\n"
    for dataset in all_datasets():
        yield f"## data/{dataset.key}.csv\n\n{dataset.rows_are}\n\n| column | cells | meaning |\n|---|---|---|"
        for column in dataset.columns_of(material):
            yield f"| `{column.name}` | {column.kind} | {column.meaning.replace('|', '&#124;')} |"
        yield ""


def cff(material: Material, site: str) -> str:
    """CITATION.cff of this data version. Its strings are JSON strings, which YAML reads alike."""
    study, version = material.study, material.version
    lines = [
        "cff-version: 1.2.0",
        "type: dataset",
        f"message: {UNCITED if material.is_private else CITED}",
        f"title: {_quoted(f'{study.title}: quotations, codings and findings')}",
        f'version: "{version.number}"',
        *([f"date-released: {version.changed_at:%Y-%m-%d}"] if version.changed_at else []),
        *([f"url: {_quoted(site)}"] if site else []),
        "authors:",
        f"  - name: {_quoted(study.author or study.title) if material.is_private else MAINTAINERS}",
        "references:",
        "  - type: report",
        f"    title: {_quoted(study.title + (f': {study.subtitle}' if study.subtitle else ''))}",
        "    authors:",
        *(line for one in Name.several(study.author) for line in _author(one)),
        f"    year: {study.year}",
        *(["    institution:", f"      name: {_quoted(study.publisher)}"] if study.publisher else []),
    ]
    return "\n".join(lines) + "\n"


def _author(one: Name) -> list[str]:
    if not one.is_person:
        return [f"      - name: {_quoted(one.family)}"]
    given = [f"        given-names: {_quoted(one.given)}"] if one.given else []
    return [f"      - family-names: {_quoted(one.family)}", *given]


def manifest(study: Study) -> str:
    """study.toml, by which `manage.py load_study` knows the study. Its strings are JSON, which TOML reads alike."""
    said = {name: getattr(study, name) for name in STUDY}
    lines = [f"{name} = {value if isinstance(value, int) else _quoted(str(value))}" for name, value in said.items()]
    return "\n".join(lines).replace("\x7f", "\\u007f") + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
