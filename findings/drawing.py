"""Vega-Lite specifications → SVG and PNG, light and dark, by vl-convert: no browser, no network.

A specification names colours by token ("token:hue-1"); a theme puts the colours in. They are those of
static/css/tokens.css, and a test compares the two.
"""

from typing import Any

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
VL_VERSION = "5.21"
PNG_SCALE = 3  # pixels for one of the SVG's: 1,080 wide, enough for half a page of print
FONT = "Arial, Helvetica, sans-serif"  # on the reader's system, or what is like it there
LIGHT, DARK = "light", "dark"
THEMES = {LIGHT: "Light", DARK: "Dark"}

TOKENS = {
    "paper-raised": ("#ffffff", "#1b2225"),
    "paper-sunken": ("#f2ece0", "#0e1214"),
    "ink": ("#20262a", "#ebe6db"),
    "ink-soft": ("#545c61", "#b4b3ab"),
    "rule": ("#ddd4c3", "#363f42"),
    "edge": ("#837b6d", "#8b9392"),
    "accent": ("#0b5a5c", "#74cdc8"),
    "voice": ("#8c3f14", "#f0aa7c"),
    "hue-1": ("#0b5a5c", "#74cdc8"),
    "hue-2": ("#8c3f14", "#f0aa7c"),
    "hue-3": ("#5a3e91", "#c3aef2"),
    "hue-4": ("#7a5600", "#e5c158"),
    "hue-5": ("#22568f", "#92c0f2"),
    "hue-6": ("#93305f", "#f2a3c8"),
    "hue-7": ("#3f6212", "#abd37c"),
    "hue-8": ("#565b66", "#c0c6d0"),
    "level-2": ("#b9cfc0", "#3f5e57"),
    "level-3": ("#7fb3ac", "#4d8480"),
}
# Where numbers stand on a colour it goes only so far that ink keeps a contrast of 4.5 : 1 to it.
HEAT = ("level-3", "level-2")


def themed(spec: dict[str, Any], theme: str) -> dict[str, Any]:
    """A complete specification in the colours of a theme. Raises KeyError for a theme or a token that there is not."""
    place = list(THEMES).index(theme) if theme in THEMES else THEMES[theme]  # the latter raises
    colours = {name: pair[int(place)] for name, pair in TOKENS.items()}
    colours["heat"] = colours[HEAT[int(place)]]
    return {
        "$schema": SCHEMA,
        "background": colours["paper-raised"],
        "padding": 6,
        "autosize": {"type": "fit", "contains": "padding"},
        "config": _config(colours),
        **_coloured(spec, colours),
    }


def _coloured(part: Any, colours: dict[str, str]) -> Any:
    match part:
        case dict():
            return {key: _coloured(value, colours) for key, value in part.items()}
        case list():
            return [_coloured(value, colours) for value in part]
        case str() if part.startswith("token:"):
            return colours[part.removeprefix("token:")]
        case _:
            return part


def _config(colours: dict[str, str]) -> dict[str, Any]:
    return {
        "font": FONT,
        "view": {"stroke": None},
        "text": {"color": colours["ink"], "fontSize": 13},
        "axis": {
            "labelColor": colours["ink"],
            "titleColor": colours["ink-soft"],
            "labelFontSize": 12.5,
            "titleFontSize": 12.5,
            "titleFontWeight": "normal",
            "gridColor": colours["rule"],
            "domainColor": colours["edge"],
            "tickColor": colours["edge"],
            "labelLimit": 200,
        },
        "legend": {"labelColor": colours["ink"], "titleColor": colours["ink-soft"], "labelFontSize": 12.5},
    }


def svg(spec: dict[str, Any], theme: str = LIGHT) -> bytes:
    """The drawing as SVG, as wide and as high as the specification says. Raises ValueError for one that asks for data
    from an address, or that Vega-Lite refuses.
    """
    import vl_convert  # 70 MB with its engine: read it when it is first wanted

    return vl_convert.vegalite_to_svg(themed(spec, theme), vl_version=VL_VERSION, allowed_base_urls=[]).encode()


def png(spec: dict[str, Any], theme: str = LIGHT) -> bytes:
    """The drawing as PNG, PNG_SCALE times as many pixels each way."""
    import vl_convert

    return vl_convert.vegalite_to_png(themed(spec, theme), vl_version=VL_VERSION, scale=PNG_SCALE, allowed_base_urls=[])
