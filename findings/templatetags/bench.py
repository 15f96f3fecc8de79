"""The ways about a codebook of the workbench, and passages in short."""

from dataclasses import dataclass

from django import template
from django.urls import reverse

from findings import matrices
from findings.access import Desk

register = template.Library()
register.filter(matrices.noun)

# A group of pages: by the name of a page's road, the words of its link and the roads that belong to it.
Pages = dict[str, tuple[str, tuple[str, ...]]]
GROUPS: dict[str, Pages] = {
    "Code": {
        "codebook": (
            "Quotes and codes",
            ("code", "add_code", "import_codes", "code_history", "code_report", "coding_page", "quote", "coding"),
        ),
        "codings": ("Codings", ()),
        "progress": ("Progress", ()),
        "steps": ("History", ()),
    },
    "Decide": {"side_by_side": ("Side by side", ("decide",)), "agreement": ("Agreement", ())},
    "Analyse": {
        "matrix": ("Matrix", ()),
        "together": ("Codes together", ()),
        "framework": ("Framework", ("summary",)),
        "query": ("Query", ("quotes", "saved_query", "save_query", "delete_query")),
        "words": ("Words", ("frequencies",)),
        "exchange:desk_downloads": ("Downloads", ()),
    },
    "Team": {
        "people": ("People", ("invite",)),
        "settings": ("Settings", ("publish", "next_version", "delete_codebook")),
    },
}
FOR_LEADS = {"settings"}


@dataclass(frozen=True)
class Way:
    """A link of the bar. `current`: what aria-current says of it, or nothing."""

    name: str
    road: str
    current: str


@register.filter
def ends(text: str, words: int) -> str:
    """The first and last words of a passage, so many in all: two that begin alike can be told apart."""
    parts = text.split()
    if len(parts) <= words:
        return text
    last = words // 3
    return f"{' '.join(parts[: words - last])} … {' '.join(parts[-last:])}"


@register.inclusion_tag("workbench/_ways.html")
def ways(desk: Desk, here: str) -> dict[str, list[Way]]:
    """The groups of pages, and the pages of the group that one is in. `here`: the name of the road."""
    groups: list[Way] = []
    pages: list[Way] = []
    for label, group in GROUPS.items():
        offered = {name: page for name, page in group.items() if desk.is_lead or name not in FOR_LEADS}
        found = [
            Way(words, _road(desk, name), "page" if name.rpartition(":")[2] == here else "true" if here in more else "")
            for name, (words, more) in offered.items()
        ]
        is_here = any(way.current for way in found)
        name = "Team and settings" if "settings" in offered else label
        groups.append(Way(name, found[0].road, "true" if is_here else ""))
        pages = found if is_here else pages
    return {"groups": groups, "pages": pages}


def _road(desk: Desk, name: str) -> str:
    return reverse(name if ":" in name else f"workbench:{name}", args=[desk.codebook.guid])
