"""The code of a letter as tokens with their places: tags, texts, comments, what is raw inside a style. Pure.

It takes code as browsers write it out; of broken code it sees what can be seen, and what comes of it is looked at again
after a real parser has written it out.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Literal

Kind = Literal["text", "tag", "comment", "raw", "declaration"]

VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr")
)
RAW = frozenset(("style", "script", "xmp", "iframe", "noembed", "noframes", "plaintext", "textarea", "title"))
# Their end may be left out, and they stand in one another only by way of an element that is counted.
UNENDED = frozenset(["p", "li", "dd", "dt", "tr", "td", "th", "tbody", "thead", "tfoot", "colgroup", "option"])
DEPTH_MAX = 50  # renderers are recursive and no Python: deeper than some thousands they end the whole process

_SPACE = r"[\t\n\f\r ]"
_VALUE = r"(?:\"[^\"]*+\"|'[^']*+'|(?=>)|[^\t\n\f\r >\"'][^\t\n\f\r >]*+)"
_REST = rf"(?:[\t\n\f\r /]++|[^\t\n\f\r />][^\t\n\f\r />=]*+(?:{_SPACE}*+={_SPACE}*+{_VALUE}|(?!{_SPACE}*+=)))*+>"
_TAG = re.compile(rf"<(?P<end>/?)(?P<name>[A-Za-z][^\t\n\f\r />]*+)(?P<rest>{_REST})")
_OPENING = re.compile(r"<(?:/?[A-Za-z]|[!?]|/[^A-Za-z>])")
_COMMENT_END = re.compile(r"--!?>")
_EMPTY_COMMENT = re.compile(r"<!---?>")
_ATTRIBUTE = re.compile(r"([^\s=\"'<>/]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_CONDITIONAL = re.compile(r"\[if [^\]]{1,60}\]>(?P<inside>.*)<!\[endif\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the code. `name` is a tag's, or the element's that is raw; `inner` where its content begins."""

    kind: Kind
    start: int
    end: int
    name: str = ""
    closes: bool = False
    inner: int = 0


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a tag; `start` and `end` hold its value as it is written, `value` as it is meant."""

    name: str
    value: str
    start: int
    end: int


def tokens(code: str, start: int = 0, end: int | None = None, xml: bool = False) -> Iterator[Token]:
    """The whole code, without gaps, cut as the HTML standard cuts it; in XML no element's content is raw."""
    place, last = start, len(code) if end is None else end
    while place < last:
        found = _OPENING.search(code, place, last)
        if found is None or found.start() > place:
            yield Token("text", place, found.start() if found else last)
            place = found.start() if found else last
            continue
        yield (token := _token(code, place, last))
        place = token.end
        if token.kind == "tag" and token.name in RAW and not token.closes and not xml:
            closing = re.compile(rf"</{re.escape(token.name)}(?=[\t\n\f\r />])", re.IGNORECASE).search(
                code, place, last
            )
            until = closing.start() if closing else last
            if until > place:
                yield Token("raw", place, until, token.name)
            place = until


def _token(code: str, place: int, last: int) -> Token:
    """What begins here. A tag that is never closed takes all that follows with it, as in a browser."""
    if code.startswith("<!--", place):
        empty = _EMPTY_COMMENT.match(code, place, last)
        closing = None if empty else _COMMENT_END.search(code, place + 4, last)
        end = empty.end() if empty else closing.end() if closing else last
        return Token("comment", place, end, inner=place + 4)
    tag = _TAG.match(code, place, last)
    if tag:
        return Token("tag", place, tag.end(), tag["name"].lower(), bool(tag["end"]), tag.start("rest"))
    if code[place + 1 : place + 3].strip("/")[:1].isalpha():
        return Token("text", place, last)
    end = code.find(">", place, last)
    return Token("declaration", place, last if end < 0 else end + 1)


def attributes(code: str, tag: Token) -> Iterator[Attribute]:
    for found in _ATTRIBUTE.finditer(code, tag.inner, tag.end - 1):
        group = next((number for number in (2, 3, 4) if found[number] is not None), 0)
        start, end = found.span(group) if group else (found.end(), found.end())
        yield Attribute(found[1].lower(), unescape(code[start:end]), start, end)


def attribute(code: str, tag: Token, name: str) -> str | None:
    return next((one.value for one in attributes(code, tag) if one.name == name), None)


def within(code: str, comment: Token) -> tuple[int, int] | None:
    """What Outlook reads of a conditional comment, as a stretch of the code; None of any other comment."""
    found = _CONDITIONAL.fullmatch(code, comment.inner, max(comment.inner, comment.end - len("-->")))
    return found.span("inside") if found else None


def everything(code: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """All tokens, those that only Outlook reads too, in place of the comment they stand in."""
    for token in tokens(code, start, end):
        inside = within(code, token) if token.kind == "comment" else None
        if inside:
            yield from tokens(code, *inside)
        else:
            yield token


def rewritten(code: str, edits: list[tuple[int, int, str]]) -> str:
    """The code with stretches replaced; they do not overlap."""
    parts: list[str] = []
    place = 0
    for start, end, new in sorted(edits):
        parts += [code[place:start], new]
        place = end
    return "".join((*parts, code[place:]))


def too_deep(code: str, limit: int = DEPTH_MAX, xml: bool = False) -> int | None:
    """Where elements stand in one another deeper than is safe; None where nowhere. Counts rather too much."""
    open_now: Counter[str] = Counter()
    depth = 0
    for token in tokens(code, xml=xml):
        if token.kind != "tag" or (not xml and token.name in VOID | UNENDED):
            continue
        if token.closes:
            known = open_now[token.name] > 0
            open_now[token.name] -= known
            depth -= known
        elif not (xml and (token.name in VOID or code.startswith("/>", token.end - 2))):
            open_now[token.name] += 1
            depth += 1
        if depth > limit:
            return token.start
    return None


class Lines:
    """Places of a text as the lines that a person counts."""

    def __init__(self, text: str) -> None:
        self.breaks = [place for place, sign in enumerate(text) if sign == "\n"]

    def __call__(self, place: int) -> int:
        return bisect_right(self.breaks, place - 1) + 1
