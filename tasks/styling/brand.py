"""The brand kit applied to a text, and the contrast of its palette. Pure."""

import re
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from models.brand import Brand, Note, note
from models.locale import mark
from models.reason import because
from tasks.styling import glossary
from tasks.styling.manuscript import Manuscript
from tasks.styling.protection import shield, unshield
from tasks.styling.typography import Language, Styled, set_type

UNREADABLE = mark(
    "Palette: no colour is readable as text on “{name}” (best contrast {ratio}:1, WCAG 2.2 asks for 4.5:1). "
    "Add a lighter or a darker colour."
)
NOT_A_COLOUR = mark("Palette: “{name}” is “{value}”, which is not a colour such as #1f6f54.")

TEXT_CONTRAST = 4.5  # WCAG 2.2, success criterion 1.4.3, level AA
LARGE_TEXT_CONTRAST = 3.0  # the same, for 18 pt, or 14 pt bold
ENHANCED_CONTRAST = 7.0  # success criterion 1.4.6, level AAA
_HEX = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})")

Level = Literal["AAA", "AA", "AA large", "none"]


def style(text: str, brand: Brand, language: Language = "ru") -> Styled:
    """Write a text (plain or markdown) as the brand does: its glossary first, then typography."""
    masked, kept = shield(text)
    manuscript = Manuscript(masked)
    notes = glossary.apply(manuscript, brand)
    set_type(manuscript, language, brand.ruble_sign)
    return Styled(unshield(manuscript.text, kept), manuscript.listed(), notes)


@dataclass(frozen=True)
class Contrast:
    """Two colours of the palette, how far apart they are, and what text they are good for."""

    one: str
    other: str
    ratio: float
    level: Level


def contrasts(palette: dict[str, str]) -> tuple[Contrast, ...]:
    """Every pair of the palette's colours, the most readable first."""
    known = {name: value for name, value in palette.items() if is_colour(value)}
    pairs = (
        Contrast(one, other, ratio := contrast_ratio(known[one], known[other]), level(ratio))
        for one, other in combinations(known, 2)
    )
    return tuple(sorted(pairs, key=lambda pair: -pair.ratio))


def contrast_ratio(one: str, other: str) -> float:
    """From 1 to 21, as WCAG 2.2 defines it (W3C Recommendation, "contrast ratio"): (L1 + 0.05) / (L2 + 0.05)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour, as WCAG 2.2 defines it."""
    red, green, blue = (linear(channel / 255) for channel in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def channels(colour: str) -> tuple[int, int, int]:
    digits = colour.removeprefix("#")
    red, green, blue = (digits[i : i + 2] for i in (0, 2, 4)) if len(digits) == 6 else (digit * 2 for digit in digits)
    return int(red, 16), int(green, 16), int(blue, 16)


def is_colour(value: str) -> bool:
    return _HEX.fullmatch(value) is not None


def level(ratio: float) -> Level:
    if ratio >= ENHANCED_CONTRAST:
        return "AAA"
    if ratio >= TEXT_CONTRAST:
        return "AA"
    return "AA large" if ratio >= LARGE_TEXT_CONTRAST else "none"


def palette_notes(palette: dict[str, str]) -> tuple[Note, ...]:
    """Colours that cannot be read, or on which nothing of the palette can."""
    bad = [(name, value) for name, value in palette.items() if not is_colour(value)]
    pairs = contrasts(palette)
    lonely = [
        (name, best)
        for name in palette
        if (best := max((pair.ratio for pair in pairs if name in (pair.one, pair.other)), default=TEXT_CONTRAST))
        < TEXT_CONTRAST
    ]
    return (
        *(note(because(NOT_A_COLOUR, code="colour", name=name, value=value)) for name, value in bad),
        *(note(because(UNREADABLE, code="contrast", name=name, ratio=f"{best:.1f}")) for name, best in lonely),
    )
