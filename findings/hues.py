"""The eight hues of codes, and which of them a colour of another program comes nearest to."""

import re
from colorsys import rgb_to_hls

HUES = [(number, name) for number, name in enumerate("teal rust violet ochre blue rose green grey".split(), start=1)]
ANGLES = {1: 181, 2: 21, 3: 260, 4: 42, 5: 211, 6: 331, 7: 86}  # degrees on the colour circle, of static/css/tokens.css
GREY = 8
LEAST_COLOUR = 0.13  # saturation below which a colour reads as grey


def nearest_hue(colour: str) -> int | None:
    """The number of the hue nearest to a colour written as #rgb or #rrggbb; None for what is no such colour."""
    found = re.fullmatch(r"#?([0-9a-f]{3}|[0-9a-f]{6})", colour.strip().lower())
    if found is None:
        return None
    digits = found[1] if len(found[1]) == 6 else "".join(one * 2 for one in found[1])
    hue, light, saturation = rgb_to_hls(*(part / 255 for part in bytes.fromhex(digits)))
    if saturation < LEAST_COLOUR or not 0.03 < light < 0.97:
        return GREY
    return min(ANGLES, key=lambda number: min((hue * 360 - ANGLES[number]) % 360, (ANGLES[number] - hue * 360) % 360))
