"""Numbers of clients' cards: EAN-13 of the range that every shop may use by itself (GS1 prefixes 20 to 29). Pure.

GS1 General Specifications, 2.1.11 (restricted circulation) and 7.9 (check digit, weights 1 and 3).
"""

from collections.abc import Callable

PREFIX, DRAWN = "29", 10
SPACE = 10**DRAWN


def check_digit(digits: str) -> str:
    """The last digit of an EAN: the weights from the right are 3, 1, 3, 1…"""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def drawn(below: Callable[[int], int]) -> str:
    """A number; `below(n)` draws evenly from 0 to n - 1."""
    digits = f"{PREFIX}{below(SPACE):0{DRAWN}d}"
    return digits + check_digit(digits)


def read(typed: str) -> str | None:
    """The number as it was typed or scanned, with spaces and hyphens; None for what is no card of ours."""
    digits = "".join(sign for sign in typed if not sign.isspace() and sign not in "-–—‑")
    if len(digits) != len(PREFIX) + DRAWN + 1 or not (digits.isascii() and digits.isdecimal()):
        return None
    return digits if digits.startswith(PREFIX) and check_digit(digits[:-1]) == digits[-1] else None
