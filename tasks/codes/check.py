"""Check signs by ISO 7064:2003, pure systems, over any alphabet: for one code, and for a million at a time. Pure.

A pure system weighs each sign by a power of its radix and lets the sum be 1 by its modulus, a prime no smaller than
the alphabet. So one wrong sign is always caught, and so are two that changed places, unless the powers at their places
are the same, which neighbours' never are. MOD 31-3 is such a system for 31 signs with one check sign (the powers of 3
repeat after 30 places), MOD 97-10 is the standard's own for digits, with two (after 96).
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class System:
    """Signs are their places in an alphabet of `base`; `checks` is how many check signs there are."""

    modulus: int
    radix: int
    base: int
    checks: int

    def checked(self, values: Sequence[int]) -> list[int]:
        """The check signs of these, which stand without them."""
        sum_ = 0
        for value in values:
            sum_ = (sum_ + value) * self.radix % self.modulus
        return self._written(self._lacking(sum_))

    def holds(self, values: Sequence[int]) -> bool:
        """Whether the signs, check signs among them, add up."""
        sum_ = 0
        for value in values:
            sum_ = (sum_ * self.radix + value) % self.modulus
        return sum_ == 1

    def columns(self, values: Sequence[bytes]) -> list[bytes]:
        """The check signs of many codes at once: each column is one place of them all, a byte a code.

        A column is added to the sums as one long number: every byte stays below 256, so none carries over.
        """
        number = len(values[0])
        sums = bytes(number)
        step = bytes(sum_ * self.radix % self.modulus for sum_ in range(256))
        for column in values:
            sums = _added(sums, column).translate(step)
        lacking = [self._written(self._lacking(sum_ % self.modulus)) for sum_ in range(256)]
        return [sums.translate(bytes(one[place] for one in lacking)) for place in range(self.checks)]

    def _lacking(self, sum_: int) -> int:
        """What makes the sum 1; `sum_` is weighed for one check sign already, and for each further one here."""
        return (1 - sum_ * pow(self.radix, self.checks - 1, self.modulus)) % self.modulus

    def _written(self, value: int) -> list[int]:
        return [value // self.base**place % self.base for place in reversed(range(self.checks))]


def _added(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "little") + int.from_bytes(other, "little")).to_bytes(len(one), "little")


MOD_31_3 = System(modulus=31, radix=3, base=31, checks=1)
MOD_97_10 = System(modulus=97, radix=10, base=10, checks=2)
