"""Codes drawn by lot: every sign as likely as any other, a million of them in about a second. Pure.

Chance comes in by the door, as bytes of a cryptographic source. Bytes beyond the largest multiple of the alphabet are
thrown away, so that no sign comes oftener than another; the rest is done with whole columns of bytes.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import islice

from tasks.codes.shapes import DRAWN, Shape

Chance = Callable[[int], bytes]
A_BIT_MORE = 64
CHARSET = "cp1251"  # one byte for each sign that may stand in a code


def draw(shape: Shape, number: int, chance: Chance) -> list[str]:
    """So many codes, no two alike, as they are kept."""
    found = dict.fromkeys(_drawn(shape, number, chance))
    while len(found) < number:
        found |= dict.fromkeys(_drawn(shape, number - len(found), chance))
    return list(islice(found, number))


def _drawn(shape: Shape, number: int, chance: Chance) -> list[str]:
    """The check signs are the last ones of a code, over all before them that are of its alphabet."""
    if not number:
        return []
    values = _values(len(shape.signs), number * shape.drawn, chance)
    lots = iter([values[place :: shape.drawn] for place in range(shape.drawn)])
    before = shape.layout[: len(shape.layout) - shape.checks]
    columns = [next(lots) if sign == DRAWN else _standing(shape, sign) * number for sign in before]
    counted = [column for column, sign in zip(columns, before, strict=True) if sign in DRAWN + shape.signs]
    return _written(shape, columns + (shape.system.columns(counted) if shape.checks else []), number)


def _standing(shape: Shape, sign: str) -> bytes:
    return bytes([max(0, shape.signs.find(sign))])


def _written(shape: Shape, values: list[bytes], number: int) -> list[str]:
    """The codes themselves: their columns put side by side again."""
    length, signs = len(shape.layout), shape.signs.encode().ljust(256, b"?")
    table = bytearray(length * number)
    for place, (sign, column) in enumerate(zip(shape.layout, values, strict=True)):
        table[place::length] = column.translate(signs) if sign == DRAWN else sign.encode(CHARSET) * number
    text = table.decode(CHARSET)
    return [text[at : at + length] for at in range(0, len(text), length)]


def _values(base: int, number: int, chance: Chance) -> bytes:
    """So many numbers below `base`, each as likely."""
    kept, table, beyond = b"", *_fair(base)
    while len(kept) < number:
        lacking = number - len(kept)
        kept += chance(lacking + lacking * len(beyond) // 256 + A_BIT_MORE).translate(table, beyond)
    return kept[:number]


@lru_cache
def _fair(base: int) -> tuple[bytes, bytes]:
    """Which number a byte means, and the bytes that mean none."""
    return bytes(byte % base for byte in range(256)), bytes(range(256 - 256 % base, 256))


def redrawn(shape: Shape, codes: list[str], taken: Iterable[str], chance: Chance) -> list[str]:
    """The same codes with others in the place of those that are taken."""
    gone = set(taken)
    known = gone | set(codes)
    fresh: list[str] = []
    while len(fresh) < len(gone):
        fresh += [code for code in draw(shape, len(gone) - len(fresh), chance) if code not in known]
        known |= set(fresh)
    others = iter(fresh)
    return [next(others) if code in gone else code for code in codes]
