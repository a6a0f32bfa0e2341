"""Words of a letter that can hardly be read on what is behind them, by the styles in their elements. Pure.

WCAG 2.2, success criterion 1.4.3: 4.5 to 1, for large letters 3 to 1. Where a picture is behind, nobody can tell.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import html as lxml_html  # type: ignore[import-untyped]
from PIL import ImageColor

from tasks.composing.marking import END, START, Marks
from tasks.composing.text_part import SILENT, is_hidden
from tasks.styling.brand import LARGE_TEXT_CONTRAST, TEXT_CONTRAST, contrast_ratio

LARGE, LARGE_BOLD = 24.0, 18.66  # pixels of 18 pt, and of 14 pt bold
_DECLARED = re.compile(
    r"(?:^|;)\s*(color|background-color|background|font-size|font-weight)\s*:\s*([^;]+)", re.IGNORECASE
)
_COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|(?:rgb|hsl)a?\([^)]*\)|\b[a-z]{3,20}\b", re.IGNORECASE)
_SIZE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})\s*(px|pt|em|rem|%)")
_SCALE = {"px": 1.0, "pt": 4 / 3, "rem": 16.0}
_HEADINGS = {"h1": 32.0, "h2": 24.0, "h3": 18.7}


@dataclass(frozen=True)
class Faint:
    """Words that can hardly be read: the first of them, their colours, and how far apart these are."""

    words: str
    colour: str
    ground: str
    ratio: float
    block: str = ""


@dataclass(frozen=True)
class _Style:
    """What an element passes on; no `ground` is one that nobody knows."""

    colour: str = "#000000"
    ground: str | None = "#ffffff"
    size: float = 16.0
    bold: bool = False


def faint(code: str, marks: Marks, names: tuple[str, ...]) -> tuple[Faint, ...]:
    """Every run of words that does not reach its contrast, each pair of colours of a block once."""
    document = lxml_html.document_fromstring(code, parser=lxml_html.HTMLParser(encoding=None, remove_comments=True))
    block = ""
    found: dict[tuple[str, str, str], Faint] = {}
    for words, style in _words(document, _Style()):
        for mark in marks.pattern.finditer(words):
            block = names[int(mark[2])] if mark[1] == START else "" if mark[1] == END else block
        said = " ".join(marks.shown(words, "").split())
        if said and style.ground and (ratio := contrast_ratio(style.colour, style.ground)) < _needed(style):
            found.setdefault((block, style.colour, style.ground),
                             Faint(said[:40], style.colour, style.ground, round(ratio, 2), block))  # fmt: skip
    return tuple(found.values())


def _needed(style: _Style) -> float:
    return LARGE_TEXT_CONTRAST if style.size >= (LARGE_BOLD if style.bold else LARGE) else TEXT_CONTRAST


def _words(element: lxml_html.HtmlElement, outer: _Style) -> Iterator[tuple[str, _Style]]:
    if not isinstance(element.tag, str) or element.tag in SILENT or is_hidden(element):
        return
    style = _styled(element, outer)
    yield element.text or "", style
    for child in element:
        yield from _words(child, style)
        yield child.tail or "", style


def _styled(element: lxml_html.HtmlElement, outer: _Style) -> _Style:
    said = {name.lower(): value.strip() for name, value in _DECLARED.findall(element.get("style") or "")}
    style = replace(outer, size=_HEADINGS.get(element.tag, outer.size), bold=outer.bold or element.tag in _BOLD)
    if "color" in said:
        style = replace(style, colour=_colour(said["color"]) or style.colour)
    if element.get("bgcolor"):
        style = replace(style, ground=_colour(element.get("bgcolor")) or style.ground)
    for name in ("background", "background-color"):
        if name in said:
            style = replace(style, ground=_ground(said[name], style.ground))
    size, weight = said.get("font-size", ""), said.get("font-weight", "")
    return replace(style, size=_size(size, style.size), bold=_is_bold(weight, style.bold))


_BOLD = frozenset(("b", "strong", "th", "h1", "h2", "h3"))


def _is_bold(weight: str, outer: bool) -> bool:
    if not weight:
        return outer
    return weight in ("bold", "bolder") or (re.fullmatch("[0-9]{3,4}", weight) is not None and int(weight) >= 700)


def _size(said: str, outer: float) -> float:
    found = _SIZE.match(said)
    if not found:
        return outer
    number = float(found[1])
    if found[2] in _SCALE:
        return number * _SCALE[found[2]]
    return outer * (number / 100 if found[2] == "%" else number)


def _ground(said: str, outer: str | None) -> str | None:
    """The colour behind; a picture without a colour of its own hides what is known."""
    colour = next((known for word in _COLOUR.findall(_without_url(said)) if (known := _colour(word))), "")
    if colour:
        return colour
    return None if "url(" in said or "gradient" in said or _is_clear(said) else outer


def _is_clear(said: str) -> bool:
    """Half transparent: what shines through cannot be told."""
    return "rgba" in said.lower() or "hsla" in said.lower()


def _without_url(said: str) -> str:
    return re.sub(r"url\([^)]*\)", "", said)


def _colour(said: str) -> str:
    """#rrggbb, or nothing where it is no colour or not a whole one; too much is all of it, as in a browser."""
    try:
        parts = ImageColor.getrgb(said.replace("!important", "").strip())
    except ValueError:
        return ""
    if len(parts) == 4 and parts[3] < 255:
        return ""
    return "#" + "".join(f"{min(max(part, 0), 255):02x}" for part in parts[:3])
