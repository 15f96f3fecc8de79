"""All checks of the loaded study, floor by floor, and of the sentences in the templates."""

import re
from html import unescape
from pathlib import Path

from django.apps import apps

import findings.checks
import schools.checks
import selfreview.checks
from schools.models import Study
from schools.source import copied_runs, source_runs

FLOORS = (schools.checks, findings.checks, selfreview.checks)
# The inside of a comment, a tag of Django's, a variable: none is a sentence of the page.
_CODE = re.compile(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}|{%.*?%}|{{.*?}}|<(script|style)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)


def study_faults(study: Study) -> list[str]:
    """Every fault of the study that shows without its source text."""
    return [fault for floor in FLOORS for fault in floor.faults(study)] + schools.checks.guids(apps.get_models())


def source_faults(study: Study, lines: list[str], templates: Path) -> list[str]:
    """Every fault that shows beside the source text: what should be verbatim and is not, and what should not and is."""
    runs = source_runs(lines)
    allowed = [name for floor in FLOORS for name in floor.names(study)]
    found = [fault for floor in FLOORS for fault in floor.source_faults(study, lines)]
    for floor in FLOORS:
        found += schools.checks.copies(floor.KINDS, study, runs, allowed)
    return found + template_faults(templates, runs, allowed)


def template_faults(folder: Path, runs: set[tuple[str, ...]], allowed: list[str]) -> list[str]:
    """Templates whose own words share a run of eight with the source."""
    found = []
    for path in sorted(folder.rglob("*.html")):
        copied = copied_runs(template_words(path.read_text()), runs, allowed)
        found += [f"Template {path.relative_to(folder)} copies the source: {run}" for run in copied[:1]]
    return found


def template_words(source: str) -> str:
    """The words that a template shows whatever its variables are; | stands where something else comes between."""
    return unescape(_TAG.sub(" ", _CODE.sub(" | ", source)))


def read_source(path: Path) -> list[str]:
    """The lines of a source text, as locators count them."""
    return path.read_text(encoding="utf-8").split("\n")


def summary(study: Study) -> str:
    """What the study holds, in a line."""
    counts = [
        f"{kind.rows(study).count()} {kind.model._meta.verbose_name_plural}"
        for floor in FLOORS
        for kind in floor.KINDS[1 if floor is schools.checks else 0 :]
    ]
    return ", ".join(counts)
