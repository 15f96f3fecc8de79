"""Small pieces that stand on a page by the hundred, there in every template. Written as templates, these few took half
of the time of a page of quotes."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from findings.facets import Facet
from findings.models import GATEWAYS
from schools.models import School
from schools.templatetags.house import explain, school_name, stated

register = template.Library()

TICK = (
    '<label class="tick" for="{id}"><input type="checkbox" name="{name}" value="{key}" id="{id}"{checked}> '
    "<span>{label}</span>{count}</label>"
)
COUNT = ' <span class="tick__count">{}<span class="visually-hidden"> {}{}</span></span>'
CARD = (
    '<article class="card hue-{hue}"><h3>{name}</h3><p>{known_for}</p><dl class="glance">'
    "<div><dt>Pupils</dt><dd>{pupils}</dd></div><div><dt>Free school meals</dt><dd>{meals}</dd></div>"
    '<div><dt>Setting</dt><dd>{setting}</dd></div></dl><p class="card__foot">'
    '<a href="{compare}?school={key}">Compare<span class="visually-hidden"> {school}</span></a> '
    '<a href="{quotes}?school={key}">{told}<span class="visually-hidden"> of {school}</span></a></p></article>'
)


@register.simple_tag
def ticks(group: Facet, number: int, noun: str) -> SafeString:
    """The tick boxes of a facet, the `number`th of its form; `noun`: what is counted."""
    return format_html_join(
        "",
        TICK,
        (
            {
                "id": f"{group.name}-{number}-{place}",
                "name": group.name,
                "key": choice.key,
                "checked": mark_safe(" checked") if choice.chosen else "",  # a constant
                "label": choice.label,
                "count": _count(choice.count, noun),
            }
            for place, choice in enumerate(group.choices, 1)
        ),
    )


def _count(count: int | None, noun: str) -> SafeString | str:
    return "" if count is None else format_html(COUNT, count, noun, "" if count == 1 else "s")


@register.simple_tag
def code_chip(code: Any, count: int = 0) -> SafeString:
    """A code that leads to its page, with its number if it is a gateway, and how many quotes it has if that is told.

    `code`: with its codebook loaded.
    """
    number = f'<span class="chip__number" aria-hidden="true">{code.position}</span>'
    told = f' <span class="chip__count">{_quotes(count)}</span>' if count else ""
    return format_html(
        '<a class="chip" href="{}">{}{}{}</a>',
        code.get_absolute_url(),
        SafeString(number if code.codebook.slug == GATEWAYS else ""),  # numbers and constants
        code.name,
        SafeString(told),  # likewise
    )


@register.simple_tag
def school_cards(schools: Iterable[School], abbreviations: Any = None) -> SafeString:
    """Schools as cards in a list: what each is known for, three facts, and where to go on.

    A school's `quote_count` is told where it has one.
    """
    roads = {"compare": reverse("reading:compare"), "quotes": reverse("reading:quotes")}
    return format_html_join(
        "",
        f"<li>{CARD}</li>",
        (
            roads
            | {
                "hue": school.colour,
                "name": school_name(school, link=True),
                "known_for": explain(school.known_for, abbreviations),
                "pupils": stated(school.pupils),
                "meals": stated(school.fsm_percent, "%"),
                "setting": stated(school.get_setting_display()),
                "key": school.slug,
                "school": school.name,
                "told": _quotes(getattr(school, "quote_count", None)),
            }
            for school in schools
        ),
    )


def _quotes(count: int | None) -> str:
    return "Quotes" if count is None else f"{count} quote{'' if count == 1 else 's'}"
