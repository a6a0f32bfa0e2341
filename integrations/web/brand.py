"""The company's colours and letters for its own pages, as far as they can be read on. Pure.

Contrast is WCAG 2.2's, section 1.4.3: text and its ground at least 4.5 : 1.
"""

import re
from collections.abc import Iterator, Mapping

READABLE = 4.5
HEX = re.compile(r"#[0-9a-fA-F]{6}")
FONTS = re.compile(r"[\w\s,'\"-]{1,200}")
PAPER, INK, ACCENT = "#ffffff", "#1e2528", "#2f7f79"
NIGHT, NIGHT_PAPER = "#14181a", "#1b2124"
STEPS = 20


def stylesheet(palette: Mapping[str, str], fonts: Mapping[str, str]) -> str:
    """Custom properties for light and dark; what is missing or cannot be read on is left as it was."""
    known = {name: colour for name, colour in palette.items() if HEX.fullmatch(colour)}
    light, dark = dict(_light(known)), dict(_dark(known))
    rules = [f":root{{{_rules(light | dict(_fonts(fonts)))}}}"]
    rules.append(f"@media(prefers-color-scheme:dark){{:root{{{_rules(dark)}}}}}")
    return "\n".join(rules) + "\n"


def _light(palette: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    ground, ink = palette.get("background", PAPER), palette.get("text", INK)
    if contrast(ground, ink) < READABLE:
        ground, ink = PAPER, INK
    yield "--ground", ground
    yield "--ink", ink
    yield "--soft", legible(mixed(ink, ground, 0.35), ground, ink)
    yield "--rule", mixed(ground, ink, 0.14)
    yield "--paper", mixed(ground, "#ffffff", 0.6) if _luminance(ground) > _luminance(ink) else ground
    accent = legible(palette.get("accent", ACCENT), ground, ink)
    yield "--accent", accent
    yield "--on-accent", on(accent)
    yield "--link", legible(palette.get("link", accent), ground, ink)


def _dark(palette: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Dark ground of our own; the accents lightened until they can be read there."""
    accent = legible(palette.get("accent", ACCENT), NIGHT_PAPER, "#ffffff")
    yield "--ground", NIGHT
    yield "--ink", "#e6e9ea"
    yield "--soft", "#9aa6ad"
    yield "--rule", "#2e373b"
    yield "--paper", NIGHT_PAPER
    yield "--accent", accent
    yield "--on-accent", on(accent)
    yield "--link", legible(palette.get("link", accent), NIGHT_PAPER, "#ffffff")


def _fonts(fonts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, variable in (("heading", "--heading"), ("text", "--text")):
        if FONTS.fullmatch(fonts.get(name, "")):
            yield variable, fonts[name]


def _rules(values: Mapping[str, str]) -> str:
    return "".join(f"{name}:{value};" for name, value in values.items())


def on(ground: str) -> str:
    """White where it can be read, else black: one of them always can."""
    return "#ffffff" if contrast(ground, "#ffffff") >= READABLE else "#000000"


def legible(colour: str, ground: str, towards: str) -> str:
    """The colour, moved towards another just so far that it can be read on the ground."""
    for step in range(STEPS + 1):
        moved = mixed(colour, towards, step / STEPS)
        if contrast(moved, ground) >= READABLE:
            return moved
    return towards


def mixed(colour: str, other: str, share: float) -> str:
    """Between two colours: 0 is the first, 1 the other."""
    parts = (round(a + (b - a) * share) for a, b in zip(_parts(colour), _parts(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
              for part in (value / 255 for value in _parts(colour))]  # fmt: skip
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
