"""Whether the counters are the sums of their rows: what an audit found, over all offers. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.post import Value


class Off(Value):
    """A counter, or a redemption, that does not add up: what stands there, and what its rows come to."""

    what: str
    offer_id: int
    which: str
    stands: tuple[int, ...]
    rows: tuple[int, ...]


class Above(Value):
    """A limit that is exceeded, which only happens by what offline tills told of afterwards."""

    offer_id: int
    kind: str
    scope: str
    stands: int
    most: int


class Audit(Value):
    """`off` must be empty; `above` are facts, not faults."""

    off: tuple[Off, ...] = ()
    above: tuple[Above, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.off

    @classmethod
    def of(cls, found: Mapping[str, Sequence[tuple[Any, ...]]]) -> "Audit":
        off = [
            *(Off(what="coupon", offer_id=offer, which=str(id), stands=(used, held), rows=(rows_used, rows_held))
              for offer, id, used, held, rows_used, rows_held in found["coupon"]),
            *(Off(what=kind, offer_id=offer, which=scope, stands=(int(used), int(held)),
                  rows=(int(rows_used), int(rows_held)))
              for offer, kind, scope, used, held, rows_used, rows_held in found["counter"]),
            *(Off(what="return", offer_id=offer, which=str(id), stands=(back,), rows=(int(rows), amount))
              for offer, id, back, rows, amount in found["return"]),
            *(Off(what="money", offer_id=offer, which=str(id), stands=(amount,), rows=(taken,))
              for offer, id, amount, taken in found["budget"]),
        ]  # fmt: skip
        above = [Above(offer_id=offer, kind=kind, scope=scope, stands=stands, most=most)
                 for offer, kind, scope, stands, most in found["above"]]  # fmt: skip
        return cls(off=tuple(off), above=tuple(above))
