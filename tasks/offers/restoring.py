"""How much of a discount a return restores: by line, in parts, and in the end exactly all of it. Pure."""

from collections.abc import Iterable, Mapping

from models.basket import BasketLine, LineOff, Off


def restored(off: int, quantity: int, before: int, now: int) -> int:
    """What bringing back `now` of a line restores of what came `off` it, when `before` was brought back already.

    Quantities are thousandths. However a line is brought back, its parts add up to what came off; more than was bought
    cannot be.
    """
    if not 0 <= before <= before + now <= quantity or now < 0:
        raise ValueError(f"{before} and {now} of {quantity}")
    return off * (before + now) // quantity - off * before // quantity


def paid_back(line: BasketLine, off: int, before: int, now: int) -> int:
    """What the buyer gets back for so much of a line: what it cost, less what came off."""
    return restored(line.amount, line.quantity, before, now) - restored(off, line.quantity, before, now)


def restored_by_line(
    off: Off, lines: Iterable[BasketLine], before: Mapping[int, int], now: Mapping[int, int]
) -> tuple[LineOff, ...]:  # fmt: skip
    """The same for a receipt; `before` and `now` are thousandths by the number of the line."""
    amounts = {line.n: line.amount for line in off.lines}
    told = {line.n: line for line in lines}
    if unknown := now.keys() - told.keys():
        raise ValueError(f"no such lines: {sorted(unknown)}")
    return tuple(
        LineOff(n=n, amount=restored(amounts.get(n, 0), told[n].quantity, before.get(n, 0), back), quantity=back)
        for n, back in sorted(now.items())
    )
