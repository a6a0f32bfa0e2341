"""What is different between two texts, word by word, so that a person reads it at a glance. Pure."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal

from models.desk.piece import FieldDifference, Fields, Run
from models.locale import mark
from models.manuscript import Manuscript

WORD = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")  # with the space behind it: one alike everywhere costs the cube
SIGN = re.compile(r"\w+|\s+|[^\w\s]")
PAIRS_MOST = 100_000  # lines by lines, or words by words: what is longer and unlike is shown whole, before and after
AROUND = 160
TIED = {0xA0: " ", 0x202F: " "}
SHOWN_WHOLE = 3 * AROUND

TITLES = {
    "title": mark("Title"), "text": mark("Text"), "description": mark("Description"), "pictures": mark("Pictures"),
    "channels": mark("Channels"), "date": mark("Date"), "time": mark("Time"), "campaign": mark("Campaign"),
    "goal": mark("Goal"), "group": mark("Customer group"), "author": mark("Author"),
    "offer_until": mark("Last day of the offer"),
}  # fmt: skip
TEXT_FOR = mark("Text for the channel")

Parts = Sequence[str]
Kind = Literal["same", "ins", "del"]


def differing(before: Fields, after: Fields) -> tuple[FieldDifference, ...]:
    """Every field that differs, in the order people fill them in."""
    found = [(title, _said(before, name), _said(after, name)) for name, title in TITLES.items()]
    return tuple(FieldDifference(title=title, runs=tuple(words(old, new))) for title, old, new in found if old != new)


def differing_by_hand(before: Manuscript, after: Manuscript) -> tuple[FieldDifference, ...]:
    """The texts for single channels that differ."""
    accounts = sorted({*before.text_for, *after.text_for})
    found = [(key, before.text_for.get(key, ""), after.text_for.get(key, "")) for key in accounts]
    return tuple(
        FieldDifference(title=TEXT_FOR, of=key, runs=tuple(words(old, new))) for key, old, new in found if old != new
    )


def _said(fields: Fields, name: str) -> str:
    value = getattr(fields, name)
    if name == "pictures":
        return "\n".join(f"{picture.file} | {picture.alt}" for picture in value)
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def words(before: str, after: str) -> Iterator[Run]:
    """The second text with what was taken out of the first one and what was put in; long stretches alike are cut.

    Spaces that tie a word to the next are spaces: nobody sees the difference, and styling lists it apart.
    """
    runs = list(_joined(_by_lines(before.translate(TIED), after.translate(TIED))))
    for place, run in enumerate(runs):
        is_long = run.kind == "same" and len(run.text) > SHOWN_WHOLE
        yield from _shortened(run, place == 0, place == len(runs) - 1) if is_long else [run]


def _by_lines(before: str, after: str) -> Iterator[Run]:
    left = PAIRS_MOST
    for old, new in _stretches(before.splitlines(keepends=True), after.splitlines(keepends=True), PAIRS_MOST):
        if old == new:
            yield _run("same", new)
            continue
        gone, come = WORD.findall("".join(old)), WORD.findall("".join(new))
        for some, other in _stretches(gone, come, left):
            yield from [_run("same", other)] if some == other else _by_signs("".join(some), "".join(other))
        _, went, came, _ = _parted(gone, come)
        left -= len(went) * len(came)  # of the whole text, so that many passages take no longer than one


def _by_signs(gone: str, come: str) -> Iterator[Run]:
    head, old, new, tail = _parted(SIGN.findall(gone), SIGN.findall(come))
    yield from (_run("same", head), _run("del", old), _run("ins", new), _run("same", tail))


def _stretches(old: Parts, new: Parts, most: int) -> Iterator[tuple[Parts, Parts]]:
    """What of one stands for what of the other; all of it at once where that are too many pairs to compare."""
    head, some, other, tail = _parted(old, new)
    yield head, head
    if len(some) * len(other) > most:
        yield some, other
    else:
        for _, a, b, c, d in SequenceMatcher(None, some, other, autojunk=False).get_opcodes():
            yield some[a:b], other[c:d]
    yield tail, tail


def _parted(old: Parts, new: Parts) -> tuple[Parts, Parts, Parts, Parts]:
    """How both begin, what then is different, and how both end."""
    most = min(len(old), len(new))
    head = next((place for place in range(most) if old[place] != new[place]), most)
    tail = next((place for place in range(most - head) if old[-1 - place] != new[-1 - place]), most - head)
    return new[:head], old[head : len(old) - tail], new[head : len(new) - tail], new[len(new) - tail :]


def _run(kind: Kind, parts: Parts) -> Run:
    return Run(kind=kind, text="".join(parts))


def _joined(runs: Iterator[Run]) -> Iterator[Run]:
    """Runs of one kind beside each other are one; the empty ones are none."""
    last: Run | None = None
    for run in (run for run in runs if run.text):
        if last is not None and last.kind == run.kind:
            last = Run(kind=run.kind, text=last.text + run.text)
            continue
        if last is not None:
            yield last
        last = run
    if last is not None:
        yield last


def _shortened(run: Run, is_first: bool, is_last: bool) -> Iterator[Run]:
    if not is_first:
        yield Run(kind="same", text=run.text[:AROUND].rsplit(" ", 1)[0])
    yield Run(kind="gap", text="…")
    if not is_last:
        yield Run(kind="same", text=run.text[-AROUND:].partition(" ")[2])


def joined(base: str, mine: str, theirs: str) -> str | None:
    """Both people's changes to one text, line by line; None where both changed the same ones, or there are too many."""
    if mine == theirs or theirs == base:
        return mine
    if mine == base:
        return theirs
    one, other, old = (text.splitlines(keepends=True) for text in (mine, theirs, base))
    if len(old) * max(len(one), len(other)) > PAIRS_MOST:
        return None
    made: list[str] = []
    at = a = b = 0
    for start, end, in_mine, in_theirs in _agreed(old, one, other):
        part = _settled(old[at:start], one[a:in_mine], other[b:in_theirs])
        if part is None:
            return None
        made += [*part, *old[start:end]]
        at, a, b = end, in_mine + end - start, in_theirs + end - start
    return "".join(made)


def _settled(old: Sequence[str], one: Sequence[str], other: Sequence[str]) -> Sequence[str] | None:
    if one == other or other == old:
        return one
    return other if one == old else None


def _agreed(old: list[str], one: list[str], other: list[str]) -> Iterator[tuple[int, int, int, int]]:
    """The stretches of the old text that both have left alone, as (from, to, place in one, place in the other)."""
    blocks = (SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks() for new in (one, other))
    first, second = blocks
    for mine in first:
        for theirs in second:
            start, end = max(mine.a, theirs.a), min(mine.a + mine.size, theirs.a + theirs.size)
            if start < end or (not mine.size and not theirs.size):
                yield start, end, mine.b + start - mine.a, theirs.b + start - theirs.a
