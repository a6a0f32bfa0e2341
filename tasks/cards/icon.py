"""The picture that stands for the card on a phone: a card with bars, in the company's colour. Pure."""

import re
from io import BytesIO

from PIL import Image, ImageDraw

SIZES = (180, 192, 512)
USUAL = "#24706a"
BARS = (2, 1, 3, 1, 1, 2, 3, 1, 2, 1)  # wide, and as many between them: a drawing, no code
TIMES = 4  # drawn larger and made smaller, so that edges are smooth


def icon(size: int, colour: str) -> bytes:
    """A square PNG without transparency; what matters is within the middle four fifths, as phones cut the corners."""
    colour = colour if re.fullmatch(r"#[0-9a-fA-F]{6}", colour) else USUAL
    wide = size * TIMES
    picture = Image.new("RGB", (wide, wide), colour)
    pen, unit = ImageDraw.Draw(picture), wide / 100
    pen.rounded_rectangle((18 * unit, 29 * unit, 82 * unit, 71 * unit), 6 * unit, fill="#ffffff")
    at = 26 * unit
    for place, bar in enumerate(BARS):
        pen.rectangle((at, 38 * unit, at + bar * 1.6 * unit, 62 * unit), fill="#1e2528")
        at += (bar + BARS[(place + 3) % len(BARS)] * 0.75 + 0.3) * 1.6 * unit
    kept = BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(kept, "PNG", optimize=True)
    return kept.getvalue()
