"""Events of the market (A2): entries of feeds and calendars folded into occasions, weighed and dated. Pure.

Entries are taken in the order of their days and laid to the occasion they repeat: the same link, the same words, or
enough common stems within a few days. Only the first entry of an occasion is compared with, so what repeated a known
occasion once always does. Only the occasions under an entry's rarest stems are looked at, a bounded
number of them, so the work grows with the entries and not with their pairs.
"""

import hashlib
from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from models.content import Occasion
from models.locale import mark
from models.reason import Reason, because
from tasks.analysis.stems import stem, stem_line, stems, words
from tasks.control.links import bare

NEAR = timedelta(days=3)
COMMON_SHARE = 0.4  # of the stems of both titles (Jaccard)
COMMON_MIN = 2
RAREST = 6
LOOKED_AT = 32
MANY_SOURCES = 3
TRACKING = ("utm_", "yclid", "gclid", "fbclid", "from=")

TOLD = mark("told by {number} sources")
OUR_BRAND = mark("names “{name}”")
OUR_TOPIC = mark("about “{name}”")
LAW = mark("changes the rules of trade: “{word}”")
GATHERING = mark("people gather: “{word}”")
HOLIDAY = mark("a holiday: “{word}”")
PRICES = mark("changes prices or supply: “{word}”")

WEIGHTY = {
    LAW: "закон запрет маркировка акциз пошлина техрегламент штраф постановление law ban tariff regulation excise",
    GATHERING: "выставка фестиваль ярмарка форум чемпионат конкурс exhibition festival fair championship contest expo",
    HOLIDAY: "праздник праздничный рождество пасха масленица каникулы holiday christmas easter anniversary юбилей",
    PRICES: "подорожание подорожать дефицит урожай неурожай поставки цены shortage harvest price supply",
}
WEIGHTY_STEMS = {stem(word): reason for reason, said in WEIGHTY.items() for word in said.split()}


@dataclass(frozen=True)
class Watched:
    """What the company looks out for: brands and topics by their key, each with the words that name it."""

    brands: Mapping[str, Sequence[str]] = field(default_factory=dict)
    topics: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """An occasion, the entries of now that tell of it, its importance from 1 to 3, and why.

    A known occasion that nothing tells of now has no entries, and its importance is not to be believed.
    """

    occasion: Occasion
    entries: tuple[Occasion, ...]
    importance: int = 1
    why: tuple[Reason, ...] = ()
    brands: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(sorted({entry.source for entry in self.entries if entry.source}))


NOTHING_WATCHED = Watched()


def gather(
    entries: Iterable[Occasion], known: Iterable[Occasion] = (), watched: Watched = NOTHING_WATCHED
) -> list[Event]:
    """Fold entries into events in the order of their days; what repeats a known occasion keeps its key.

    A known occasion takes over the day and the words of an entry of its own key: it may have been put off. The order
    of the entries does not matter, and gathering the same again with its own outcome known adds nothing.
    """
    return sorted((weigh(event, watched) for event in fold(entries, known)), key=_by_day)


def _by_day(event: Event) -> tuple[date, int, str, str]:
    return event.occasion.on, -event.importance, event.occasion.title, event.occasion.key


@dataclass
class _Cluster:
    leader: Occasion
    stems: frozenset[str]
    entries: list[Occasion] = field(default_factory=list)


def fold(entries: Iterable[Occasion], known: Iterable[Occasion] = ()) -> list[Event]:
    """Lay every entry to the occasion it repeats, or open a new one; a key told again tells of the same occasion."""
    fresh = {entry.key or index: entry for index, entry in enumerate(sorted(entries, key=_told))}
    remembered = {occasion.key: occasion for occasion in known}
    told = [(fresh.get(key, occasion), True) for key, occasion in remembered.items()]
    told += [(entry, False) for key, entry in fresh.items() if key not in remembered]
    told.sort(key=_order)
    titles = [title_stems(occasion.title) for occasion, _ in told]
    shelves = _Shelves(Counter(one for title in titles for one in title))
    for (occasion, is_known), title in zip(told, titles, strict=True):
        cluster = None if is_known else shelves.like(occasion, title)
        cluster = cluster or shelves.open(_Cluster(occasion, title))
        cluster.entries += [] if is_known and occasion.key not in fresh else [occasion]
    return [_event(cluster) for cluster in shelves.clusters]


def title_stems(title: str) -> frozenset[str]:
    """What a title is compared by: its stems, else all its words, else itself; never nothing."""
    return stems(title) or frozenset(words(title)) or frozenset({title})


def _order(told: tuple[Occasion, bool]) -> tuple[date, bool, tuple[object, ...]]:
    """By day; a known occasion stands on the shelf before the first entry that is near enough to repeat it."""
    one, is_known = told
    return one.on - NEAR if is_known else one.on, not is_known, _told(one)


def _told(one: Occasion) -> tuple[object, ...]:
    return one.on, not one.dated, one.source, one.title, one.link, one.key, one.text


def _event(cluster: _Cluster) -> Event:
    occasion = cluster.leader
    if not occasion.key:
        said = "\n".join([occasion.on.isoformat(), *sorted(cluster.stems)])
        occasion = occasion.model_copy(update={"key": hashlib.sha256(said.encode()).hexdigest()[:20]})
    return Event(occasion, tuple(cluster.entries))


class _Shelves:
    """Clusters under their rarest stems, the latest at hand."""

    def __init__(self, frequency: Counter[str]) -> None:
        self.frequency = frequency
        self.clusters: list[_Cluster] = []
        self.shelves: dict[Hashable, deque[_Cluster]] = defaultdict(lambda: deque(maxlen=LOOKED_AT))

    def open(self, cluster: _Cluster) -> _Cluster:
        self.clusters.append(cluster)
        for place in self.places(cluster.leader, cluster.stems):
            self.shelves[place].append(cluster)
        return cluster

    def places(self, occasion: Occasion, title: frozenset[str]) -> list[Hashable]:
        """Where an occasion stands: under its link, under all of its stems, and under each of the rarest."""
        link = [("link", _link(occasion))] if occasion.link else []
        return [*link, title, *sorted(title, key=lambda one: (self.frequency[one], one))[:RAREST]]

    def like(self, occasion: Occasion, title: frozenset[str]) -> _Cluster | None:
        """The occasion that this entry repeats: the same link or words, else the most alike."""
        best, most = None, COMMON_SHARE
        for place in self.places(occasion, title):
            for cluster in self.shelves[place]:
                if not _is_near(cluster, occasion):
                    continue
                if not isinstance(place, str):
                    return cluster
                share = likeness(title, cluster.stems)
                if share > most or (best is None and share == most):
                    best, most = cluster, share
        return best


def _is_near(cluster: _Cluster, occasion: Occasion) -> bool:
    return abs(cluster.leader.on - occasion.on) <= NEAR


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of common stems; too few of them are no likeness, unless the titles are the same."""
    common = len(one & other)
    return common / len(one | other) if common >= COMMON_MIN or (one and one == other) else 0.0


def _link(occasion: Occasion) -> str:
    address, _, query = bare(occasion.link).partition("?")
    kept = [part for part in query.split("&") if part and not part.startswith(TRACKING)]
    return address + ("?" + "&".join(kept) if kept else "")


def weigh(event: Event, watched: Watched = NOTHING_WATCHED) -> Event:
    """Give the event its importance: 1, and 1 more for each kind of reason, 3 at most; brands and topics by words."""
    said = stem_line(f"{event.occasion.title}\n{event.occasion.text}")
    brands, topics = named(said, watched.brands), named(said, watched.topics)
    heavy = _weighty(event.occasion)
    why = [because(TOLD, code="told", number=len(event.sources))] if len(event.sources) >= MANY_SOURCES else []
    groups = (why, [because(OUR_BRAND, code="brand", name=name) for name in brands], heavy,
              [because(OUR_TOPIC, code="topic", name=name) for name in topics])  # fmt: skip
    points = sum(bool(group) for group in groups)
    reasons = tuple(reason for group in groups for reason in group)
    return replace(event, importance=min(1 + points, 3), why=reasons, brands=brands, topics=topics)


def _weighty(occasion: Occasion) -> list[Reason]:
    found = {WEIGHTY_STEMS[stem(word)]: word for word in reversed(words(occasion.title)) if stem(word) in WEIGHTY_STEMS}
    return [because(text, code="weighty", word=word) for text, word in reversed(found.items())]


def named(said: Sequence[str], vocabulary: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The keys whose words stand in the line of stems; several words of one name must stand together."""
    line = f" {' '.join(said)} "
    return tuple(
        key
        for key, names in vocabulary.items()
        if any(phrase and f" {phrase} " in line for phrase in (" ".join(stem_line(name)) for name in names))
    )
