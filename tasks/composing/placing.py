"""Which block each piece of a letter's code stands in, by the marks at its beginning and end. Pure."""

import re
from collections.abc import Iterator, Sequence

from tasks.composing.compiled import Picture
from tasks.composing.marking import END, START, Marks
from tasks.composing.markup import Token, attribute, everything

_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def placed(code: str, marks: Marks, names: Sequence[str]) -> Iterator[tuple[Token, str]]:
    """Every token with the block it stands in; empty before, between and behind them."""
    block = ""
    for token in everything(code):
        if token.kind == "text":
            for found in marks.pattern.finditer(code, token.start, token.end):
                block = names[int(found[2])] if found[1] == START else "" if found[1] == END else block
        yield token, block


def pictures(code: str, marks: Marks, names: Sequence[str]) -> Iterator[Picture]:
    """Every picture that is shown, as its author named it."""
    for token, block in placed(code, marks, names):
        if token.kind == "tag" and token.name == "img" and not _HIDDEN.search(attribute(code, token, "style") or ""):
            alt = attribute(code, token, "alt")
            source = marks.unmarked(attribute(code, token, "src") or "")
            yield Picture(source, None if alt is None else marks.unmarked(alt), block)


def weights(code: str, marks: Marks, names: Sequence[str]) -> dict[str, int]:
    """Bytes of each block, and under "" those of all that stands outside of them."""
    found: dict[str, int] = {}
    rest = len(marks.pattern.sub("", code).encode())
    for number, name in enumerate(names):
        start, end = code.find(marks.token(START, number)), code.find(marks.token(END, number))
        if 0 <= start < end:
            found[name] = len(marks.pattern.sub("", code[start:end]).encode())
    return {**found, "": rest - sum(found.values())}
