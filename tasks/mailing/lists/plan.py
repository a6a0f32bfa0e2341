"""How a list is made: who gets which variant by which mailer, and when in which zone. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from models.customers import AddressKind
from models.locale import mark
from models.reason import because
from models.schedule import Unreadable
from tasks.schedule.wall import instant

WHOLE = 1000  # shares are in thousandths
BAD_SPLIT = mark(
    "The shares of the variants come to {total} % together. Let them come to 100 %, or less with a winner."
)
NO_VARIANT = mark("The mailing is split for variant {variant}, which it does not have.")
EACH_SOME = mark("Variant {variant} gets nobody. Give it a share, or take it out.")


@dataclass(frozen=True)
class Split:
    """Shares of the variants in thousandths. Whoever is left waits for the winner."""

    shares: tuple[tuple[str, int], ...] = (("A", WHOLE),)

    @property
    def waits(self) -> bool:
        return sum(share for _, share in self.shares) < WHOLE

    def bounds(self) -> tuple[tuple[str, int], ...]:
        """Each variant with the end of its part of the draw."""
        found, end = [], 0
        for variant, share in self.shares:
            end += share
            found.append((variant, end))
        return tuple(found)


def split_of(said: Mapping[str, object], variants: Collection[str]) -> Split:
    """The split as a mailing keeps it, {shares: {"A": 100, "B": 100}} in thousandths; nothing said: equal parts.

    Raises Unreadable.
    """
    shares = said.get("shares") or _equal(sorted(variants))
    assert isinstance(shares, Mapping)
    for variant, share in shares.items():
        if variant not in variants:
            raise Unreadable(because(NO_VARIANT, code="no_variant", variant=variant))
        if int(share) <= 0:
            raise Unreadable(because(EACH_SOME, code="no_share", variant=variant))
    total = sum(int(share) for share in shares.values())
    if total > WHOLE:
        raise Unreadable(because(BAD_SPLIT, code="bad_split", total=total / 10))
    return Split(tuple(sorted((variant, int(share)) for variant, share in shares.items())))


def _equal(variants: list[str]) -> dict[str, int]:
    each, left = divmod(WHOLE, len(variants))
    return {variant: each + (left if place == 0 else 0) for place, variant in enumerate(variants)}


@dataclass(frozen=True)
class Listing:
    """One pass of making a list: these addresses, by this account. Those of the control group are sent nothing.

    `awaits_code`: no letter goes before its recipient has a code of their own.
    """

    mailing: int
    kind: AddressKind
    account: str
    seed: str
    split: Split
    due_at: datetime
    due_in: Mapping[str, datetime] = field(default_factory=dict)
    occasion: str = ""
    is_control: bool = False
    awaits_code: bool = False


def due_in(wall_time: str, zones: Collection[str]) -> dict[str, datetime]:
    """The instant of a wall time in each zone: ten in the morning wherever somebody is."""
    return {zone: instant(wall_time, zone) for zone in zones if zone}
