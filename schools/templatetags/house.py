"""Filters of the house, there in every template."""

import json
from decimal import Decimal
from typing import Any

from django import template
from django.http import QueryDict
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from schools import case_text
from schools.fields import locator_words

register = template.Library()


@register.filter
def explain(text: str, abbreviations: Any) -> SafeString:
    """Escaped text whose abbreviations are explained where they first stand: {{ text|explain:abbreviations }}."""
    return abbreviations.mark(text or "") if abbreviations else escape(text or "")


@register.filter
def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, for a loop."""
    return case_text.paragraphs(text or "")


@register.filter
def prose(text: str) -> list[str]:
    """The paragraphs of a case's section without the places of its quotes, for a loop."""
    return case_text.prose(text or "")


@register.filter
def stated(value: Any, unit: str = "") -> SafeString:
    """A value with its unit, or a quiet “not stated”; nothing is guessed. Numbers lose needless zeros."""
    if value is None or value == "":
        return mark_safe('<span class="not-stated">not stated</span>')  # a constant
    return format_html("{}{}", plain_number(value), unit)


@register.filter
def plain_number(value: Any) -> str:
    """A number as people write it: 35, not 35.0; 1,250, not 1250."""
    if isinstance(value, Decimal):
        value = value.normalize()
        return f"{value:,f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


@register.filter
def place(locator: str) -> str:
    """A locator in words: “line 137”, “lines 129 to 133”."""
    return locator_words(locator)


@register.simple_tag
def school_name(school: Any, *, link: bool = False) -> SafeString:
    """A school by its letter on its colour and its name, which leads to its case with `link`."""
    name = format_html('<a href="{}">{}</a>', school.get_absolute_url(), school.name) if link else escape(school.name)
    return format_html(
        '<span class="school-name hue-{}"><span class="disc" aria-hidden="true">{}</span>{}</span>',
        school.colour,
        school.letter,
        name,
    )


@register.filter
def at(address: str, study: Any) -> str:
    """An address of the site's front as that of the same page of a study, on pages that are of no study."""
    return study.at(address)


@register.filter
def public_name(match: Any) -> str:
    """The name of the page's road, for the site's navigation; the workbench has names of its own."""
    return "" if not match or match.namespace == "workbench" else match.url_name or ""


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """mapping[key], or nothing."""
    return mapping.get(key) if mapping else None


# Inside <script> nothing may look like a tag or an entity; JSON has another way to write each of these characters.
_IN_SCRIPT = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


@register.filter
def json_ld(described: dict[str, Any]) -> SafeString:
    """A description in the words of schema.org as the data block of a page. It is data: no browser runs it."""
    text = json.dumps({"@context": "https://schema.org"} | described, ensure_ascii=False).translate(_IN_SCRIPT)
    return SafeString(f'<script type="application/ld+json">{text}</script>')  # no character of it can end the block


@register.simple_tag
def query(params: QueryDict, *, drop: str = "", value: Any = None, **changes: Any) -> str:
    """The page's query with some parameters set (`page=2`), or one taken away (`drop="school" value="a"`).

    Without `value`, or with an empty one, all of a name's values go. Any change but the page's leads to page 1.
    """
    changed = params.copy()
    if drop:
        left = [one for one in changed.getlist(drop) if value and one != str(value)]
        changed.setlist(drop, left)
    # A list that is too long for numbers goes on after a row: its pages are counted from there.
    for place in {"page"} if "page" in changes else {"page", "after"}:
        changed.pop(place, None)
    for name, new in changes.items():
        changed[name] = str(new)
    return "?" + changed.urlencode()
