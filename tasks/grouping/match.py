"""Which customer group a piece speaks to (A4), by its words and its products, with the evidence. Pure.

A word of a group weighs more in the title than in the text, and each repetition less than the one before (the weight
grows with the logarithm). A product of the group's categories is the strongest evidence there is. What a specialist
decided is kept, whatever the words say.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from models.company import Group
from models.locale import mark
from models.reason import Reason, because
from tasks.styling.protection import shield
from tasks.styling.stems import stem, stems, words

Place = Literal["products", "title", "tags", "text"]

WEIGHTS: dict[Place, float] = {"products": 4.0, "title": 3.0, "tags": 2.0, "text": 1.0}
CLEAR_LEAD = 1.25  # the first group is clearly first when it has a quarter more than the second

SAID: dict[Place, str] = {
    "products": mark("products of “{word}”: {times}"),
    "title": mark("“{word}” in the title: {times}"),
    "tags": mark("“{word}” in the tags: {times}"),
    "text": mark("“{word}” in the text: {times}"),
}
BY_HAND = mark("Chosen by a specialist.")
CLOSE = mark("Two groups are close: {first} and {second}. Look which one is meant.")
NO_GROUP = mark("No word and no product of any customer group was found. Choose the group, or add words to it.")


@dataclass(frozen=True)
class Subject:
    """What is matched. `categories` are the category ids of each product of the piece, with all that contain it;
    `category_titles` are how a person calls them.
    """

    text: str
    title: str = ""
    tags: tuple[str, ...] = ()
    categories: tuple[tuple[str, ...], ...] = ()
    category_titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """A word of the group (or its product category), where it was found, how often, and what that weighs."""

    word: str
    place: Place
    times: int

    @property
    def points(self) -> float:
        return WEIGHTS[self.place] * (1 + math.log(self.times))

    def said(self) -> Reason:
        return because(SAID[self.place], code=self.place, word=self.word, times=self.times)


@dataclass(frozen=True)
class Match:
    """A group with its score and the evidence for it, the weightiest first."""

    group: str
    evidence: tuple[Evidence, ...] = ()

    @property
    def score(self) -> float:
        return round(sum(found.points for found in self.evidence), 2)


@dataclass(frozen=True)
class Grouped:
    """The group of a piece ("" where none can be told), all that matched, best first, and what a person should know."""

    group: str
    matches: tuple[Match, ...]
    by_hand: bool = False
    reasons: tuple[Reason, ...] = ()


def group(subject: Subject, groups: Sequence[Group], by_hand: str = "") -> Grouped:
    """Find the customer group of a piece; `by_hand` is what a specialist decided, which stands."""
    matches = ranked(subject, groups)
    if by_hand:
        return Grouped(by_hand, matches, True, (because(BY_HAND, code="by_hand"),))
    if not matches:
        return Grouped("", matches, reasons=(because(NO_GROUP, code="no_group"),))
    reasons = tuple(found.said() for found in matches[0].evidence)
    return Grouped(matches[0].group, matches, reasons=(*reasons, *closeness(matches, groups)))


def ranked(subject: Subject, groups: Sequence[Group]) -> tuple[Match, ...]:
    """Every group that anything speaks for, the most probable first; equals stay in the company's order."""
    found = Counter(findings(subject, groups))
    matches = [Match(one.key, tuple(sorted(evidence_for(one.key, found), key=lambda e: -e.points))) for one in groups]
    return tuple(sorted((match for match in matches if match.evidence), key=lambda match: -match.score))


def evidence_for(key: str, found: Mapping[tuple[str, str, Place], int]) -> Iterator[Evidence]:
    return (Evidence(word, place, times) for (owner, word, place), times in found.items() if owner == key)


def closeness(matches: Sequence[Match], groups: Sequence[Group]) -> Iterator[Reason]:
    titles = {one.key: one.title for one in groups}
    for first, second in list(pairwise(matches))[:1]:
        if first.score < second.score * CLEAR_LEAD:
            yield because(CLOSE, code="close", first=titles[first.group], second=titles[second.group])


def findings(subject: Subject, groups: Sequence[Group]) -> Iterator[tuple[str, str, Place]]:
    """(group, word, place) for every word of a group that was found, once for each time."""
    sought = by_first_stem(groups)
    places: dict[Place, str] = {"title": subject.title, "tags": "\n".join(subject.tags), "text": subject.text}
    for place, said in places.items():
        yield from ((key, word, place) for key, word in spoken(said, sought))
    for path in subject.categories:
        for one in groups:
            mine = (category for category in one.product_groups if category in path)
            yield from ((one.key, subject.category_titles.get(category, category), "products") for category in mine)


Sought = dict[str, list[tuple[tuple[str, ...], str, str]]]


def by_first_stem(groups: Sequence[Group]) -> Sought:
    """The words of all groups under their first stem: (stems, group, word). Forms of one word are one."""
    sought: Sought = {}
    known: set[tuple[str, tuple[str, ...]]] = set()
    for one in groups:
        for word in one.words:
            parts = stems(word)
            if parts and (one.key, parts) not in known:
                known.add((one.key, parts))
                sought.setdefault(parts[0], []).append((parts, one.key, word))
    return sought


def spoken(text: str, sought: Sought) -> Iterator[tuple[str, str]]:
    """(group, word) wherever the words of a group stand in a row; addresses and code say nothing."""
    run = [stem(word.text) for word in words(shield(text)[0])]
    for place, first in enumerate(run):
        for parts, key, word in sought.get(first, ()):
            if tuple(run[place : place + len(parts)]) == parts:
                yield key, word
