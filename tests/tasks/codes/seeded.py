"""Chance that is the same at every run, for tests that must not depend on luck."""

from random import Random


def seeded(base: int, length: int, number: int) -> list[list[int]]:
    lot = Random(f"{base} {length} {number}")
    return [[lot.randrange(base) for _ in range(length)] for _ in range(number)]


def chance(seed: str = "chance"):
    """Bytes in the place of `os.urandom`."""
    return Random(seed).randbytes
