"""What every page can use."""

import re
from functools import cached_property

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from schools.models import GlossaryTerm
from schools.roads import study_at


class Abbreviations:
    """Explains an abbreviation where it first stands on a page. One per page; reads the glossary once, if at all."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.explained: set[str] = set()

    @cached_property
    def _terms(self) -> dict[str, str]:
        terms = GlossaryTerm.objects.of(study_at(self.request)).values_list("abbreviation", "expansion")
        return dict(terms)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        names = "|".join(sorted(map(re.escape, self._terms), key=len, reverse=True))
        return re.compile(rf"\b({names})(?=s?\b)") if names else re.compile(r"(?!)")

    def mark(self, text: str) -> SafeString:
        """The text, escaped, with <abbr> around each abbreviation not yet explained on this page."""
        pieces, end = [], 0
        for found in self._pattern.finditer(text):
            pieces += [escape(text[end : found.start()]), self._explain(found)]
            end = found.end()
        return SafeString("".join([*pieces, escape(text[end:])]))  # every piece of it is escaped

    def _explain(self, found: re.Match[str]) -> str:
        name = found[1]
        if name in self.explained:
            return escape(name)
        self.explained.add(name)
        return format_html(
            '<a class="term" href="{}#{}"><abbr title="{}">{}</abbr></a>',
            reverse("reading:glossary"),
            name,
            self._terms[name],
            name,
        )


def abbreviations(request: HttpRequest) -> dict[str, Abbreviations]:
    """`abbreviations` for the filter `explain`."""
    return {"abbreviations": Abbreviations(request)}
