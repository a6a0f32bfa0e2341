"""What a table of stated facts says anew against the registry, and the corrections that follow from it. Pure."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence

from models.content import fingerprint
from models.post import Value
from models.registry import Fact, Observation

# Where a row stands and which load told it are no part of what it says: a renamed file states nothing new.
ASIDE = {"key", "corrects", "run", "origin", "subject_id", "source"}


class Difference(Value):
    """`fresh` are new rows, `changed` corrections of known ones, `gone` the withdrawals of rows no longer in the file.

    The specialist sees all three before anything is recorded; `same` is only counted.
    """

    fresh: tuple[Observation, ...] = ()
    changed: tuple[Observation, ...] = ()
    gone: tuple[Observation, ...] = ()
    same: int = 0

    @property
    def observations(self) -> tuple[Observation, ...]:
        """What is to be recorded when all of it is confirmed."""
        return self.fresh + self.changed + self.gone


def compare(stated: Sequence[Observation], known: Iterable[Fact], present: Collection[str], file: str) -> Difference:
    """Compare the rows of a file with the facts of all stated rows that nothing corrects, withdrawals among them.

    A row is the same when it says the same, even under another № or from a renamed file; else it is known by its №.
    `present` are the origins of all rows of the file: one that could not be read is not gone.
    """
    facts = list(known)
    told = _pair(stated, facts, _said)
    rest, left = [row for row in stated if row.key not in told], _without(facts, told.values())
    moved = _pair(rest, left, _origin)
    gone = [fact for fact in _without(left, moved.values()) if _is_gone(fact, present, file)]
    return Difference(
        fresh=tuple(_fresh(row) for row in rest if row.key not in moved),
        changed=tuple(_correcting(row, moved[row.key]) for row in rest if row.key in moved),
        gone=tuple(map(withdrawn, gone)),
        same=len(told),
    )


def _pair(rows: Iterable[Observation], facts: Iterable[Fact], by: Callable[[Observation], Hashable]) -> dict[str, Fact]:
    """The fact of each row, by the key of the row; of equal facts the one of the same № first."""
    pools: dict[Hashable, list[Fact]] = defaultdict(list)
    for fact in facts:
        pools[by(fact.observation())].append(fact)
    paired: dict[str, Fact] = {}
    for row in rows:
        if pool := pools.get(by(row)):
            paired[row.key] = pool.pop(next((n for n, fact in enumerate(pool) if fact.origin == row.origin), 0))
    return paired


def _without(facts: Iterable[Fact], others: Iterable[Fact]) -> list[Fact]:
    known = {fact.id for fact in others}
    return [fact for fact in facts if fact.id not in known]


def _origin(row: Observation) -> Hashable:
    return row.origin


def _is_gone(fact: Fact, present: Collection[str], file: str) -> bool:
    return fact.value is not None and fact.origin not in present and f":{file}:" in fact.origin


def _fresh(row: Observation) -> Observation:
    return row.model_copy(update={"key": f"{row.origin}#{fingerprint(_said(row))[:16]}"})


def _said(row: Observation) -> Hashable:
    return tuple(value for name, value in row if name not in ASIDE)


def _correcting(row: Observation, fact: Fact) -> Observation:
    return row.model_copy(update={"corrects": fact.id, "key": f"{row.origin}#{fact.id}"})


def withdrawn(fact: Fact) -> Observation:
    """The correction that says: this was no fact."""
    nothing = {"value": None, "cost": None, "corrects": fact.id, "key": f"{fact.origin or fact.key}#{fact.id}"}
    return fact.observation().model_copy(update=nothing)
