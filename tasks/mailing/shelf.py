"""The letters that are ready to go, taken from each domain in turn: none gets them in one heap. Pure."""

from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from models.letters import Letter

ROOM, MOST, FEWEST = 10_000, 1000, 20  # letters: of the shelf, and of one queue when it is filled


@dataclass(frozen=True, slots=True)
class Ready:
    """A letter as it will go, and what the ledger is asked for before it does."""

    letter: Letter
    mailing_id: int
    version: str
    domain: str
    print: str
    attempts: int


@dataclass
class Shelf:
    """What is ready of each mailing."""

    lots: dict[int, dict[str, deque[Ready]]] = field(default_factory=dict)
    room: int = ROOM

    def __bool__(self) -> bool:
        return any(queue for lot in self.lots.values() for queue in lot.values())

    def portion(self, queues: int) -> int:
        """How many letters each of so many empty queues gets: many domains take no more memory than a few."""
        free = self.room - len(self)
        return min(MOST, max(FEWEST, free // max(queues, 1)))

    def __len__(self) -> int:
        return sum(len(queue) for lot in self.lots.values() for queue in lot.values())

    def is_low(self, more: Collection[tuple[int, str]]) -> bool:
        """Whether it is time to fill it: of the queues that have more in the ledger, a quarter is empty."""
        empty = sum(not self.has(*one) for one in more)
        return empty > 0 and len(more) <= empty * 4

    def put(self, one: Ready) -> None:
        self.lots.setdefault(one.mailing_id, {}).setdefault(one.domain, deque()).append(one)

    def keep(self, going: Mapping[int, str]) -> None:
        """Only of these mailings, in these versions; the ledger has the others still."""
        for mailing, lot in list(self.lots.items()):
            if any(queue and queue[0].version != going.get(mailing) for queue in lot.values()):
                del self.lots[mailing]

    def has(self, mailing: int, domain: str) -> bool:
        return bool(self.lots.get(mailing, {}).get(domain))

    def domains(self, mailing: int) -> list[str]:
        return [domain for domain, queue in self.lots.get(mailing, {}).items() if queue]

    def take(self, mailing: int, most: int, rooms: Mapping[str, int], went: Callable[[str], None]) -> list[Ready]:
        """At most so many, one of each domain in turn; of a domain named in `rooms` no more than that."""
        left, found = dict(rooms), list[Ready]()
        open_ = [domain for domain in self.domains(mailing) if left.get(domain, 1) > 0]
        while open_ and len(found) < most:
            for domain in open_[: most - len(found)]:
                found.append(self.lots[mailing][domain].popleft())
                left[domain] = left.get(domain, most) - 1
                went(domain)
            open_ = [domain for domain in open_ if left.get(domain, 1) > 0 and self.lots[mailing][domain]]
        return found
