"""The control group: who of a group is left out of its advertising, and how many that must be to prove anything. Pure.

The draw is a keyed hash of the customer's number: a polynomial of degree 3 over the prime 2^31 - 1, whose coefficients
are taken from the group's seed (Wegman and Carter 1981; any four customers are drawn independently of one another). It
is plain arithmetic that both databases do, so a rebuild draws the same customers, and a larger share keeps them.
"""

from dataclasses import dataclass
from hashlib import blake2b
from math import ceil
from statistics import NormalDist
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, cast, literal

PRIME = 2**31 - 1
WHOLE = 1000  # shares are in thousandths
USUAL_SHARE, MOST_USUAL, MOST_ADVISED = 100, 200, 500
BASE_RATE, EFFECT = 0.05, 0.02
SIGNIFICANCE, POWER = 0.05, 0.80


def coefficients(seed: str) -> tuple[int, int, int, int]:
    """What the polynomial is made of; the first is never 0, so its degree is 3."""
    digest = blake2b(seed.encode(), digest_size=32).digest()
    parts = [int.from_bytes(digest[8 * n : 8 * n + 8]) for n in range(4)]
    return parts[0] % (PRIME - 1) + 1, parts[1] % PRIME, parts[2] % PRIME, parts[3] % PRIME


def is_control(seed: str, share: int, customer: int) -> bool:
    """Whether a customer is drawn, where so many thousandths are."""
    drawn = 0
    for coefficient in coefficients(seed):
        drawn = (drawn * (customer % PRIME) + coefficient) % PRIME
    return drawn < _threshold(share)


def in_control(seed: str, share: int, customer: ColumnElement[Any]) -> ColumnElement[bool]:
    """The same in the words of the database."""
    number, drawn = cast(customer, BigInteger) % _big(PRIME), None
    for coefficient in coefficients(seed):
        step = _big(coefficient) if drawn is None else drawn * number + _big(coefficient)
        drawn = step % _big(PRIME)
    assert drawn is not None
    return drawn < _big(_threshold(share))


def _big(value: int) -> ColumnElement[int]:
    return literal(value, BigInteger)


def _threshold(share: int) -> int:
    return share * PRIME // WHOLE


@dataclass(frozen=True)
class Advice:
    """How many customers the control group needs, their share in thousandths rounded up, and what that shows.

    `size` is 0 where not even half of the group shows the effect that was asked for; `detectable` is then the smallest
    difference that halves would show.
    """

    size: int
    share: int
    detectable: float


def advised(members: int, base_rate: float = BASE_RATE, effect: float = EFFECT) -> Advice:
    """The smallest control group that shows an effect on a share of customers, such as who buys within a month.

    Two proportions, p without and p + d with the mailing, compared at 5 % (two-sided) with power 80 %:
    (z(0.975) + z(0.8))^2 * (p(1-p)/c + (p+d)(1-p-d)/t) <= d^2, with c in control, t the rest (Fleiss, Levin, Paik,
    Statistical Methods for Rates and Proportions, 2003, chapter 4, unpooled, without correction for continuity).
    """
    p, q = base_rate, min(max(base_rate + effect, 0.0), 1.0)
    half = members // 2
    if half < 1 or _difference(p, q, half, members - half) > abs(q - p):
        return Advice(0, 0, _difference(p, q, max(half, 1), max(members - half, 1)))
    least, most = 1, half
    while least < most:
        middle = (least + most) // 2
        enough = _difference(p, q, middle, members - middle) <= abs(q - p)
        least, most = (least, middle) if enough else (middle + 1, most)
    share = min(MOST_ADVISED, ceil(least * WHOLE / members))
    return Advice(least, share, _difference(p, q, least, members - least))


def _difference(p: float, q: float, control: int, treated: int) -> float:
    """The smallest difference that two parts of these sizes show."""
    z = NormalDist().inv_cdf(1 - SIGNIFICANCE / 2) + NormalDist().inv_cdf(POWER)
    return min(1.0, float(z * (p * (1 - p) / control + q * (1 - q) / treated) ** 0.5))


def usual_share(members: int) -> int:
    """The share a new group gets: the one advised, a tenth where nothing can be proven anyway.

    More than a fifth nobody is kept from by default: that much proof is for a person to want.
    """
    return min(advised(members).share or USUAL_SHARE, MOST_USUAL)
