"""Drawing lots without chance: the same for everybody, on every machine and in every version of Python. Pure."""

from collections.abc import Collection, Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


def lot(what: str, number: int) -> int:
    """What falls to this number, of 2 to the power of 64."""
    return int.from_bytes(sha256(f"{what} {number}".encode()).digest()[:8])


def pick(what: str, number: int, among: Sequence[T]) -> T:
    return among[lot(what, number) % len(among)]


def share(what: str, percent: int, among: Collection[int]) -> frozenset[int]:
    """Exactly so many in a hundred of these numbers."""
    drawn = sorted(among, key=lambda number: lot(what, number))
    return frozenset(drawn[: len(drawn) * percent // 100])
