"""Receipts as files tell of them, put together from their lines, and what they mean for the ledger of coupons. Pure.

A receipt with one broken line is left out whole: entered without it, it would be another receipt under the same key.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from models.basket import AMOUNT_MOST, LINES_MOST, ONE, QUANTITY_MOST, Basket, BasketLine, LineOff, Off, Place
from models.locale import mark
from models.reason import Reason, because
from tasks.codes.folding import fold
from tasks.redeeming.calls import CODES_MOST, BackLine, Brought, Call, Entry, GiveBack, Presented, Sale
from tasks.schedule.wall import rules

SALE, BACK = "sale", "back"
YEARS = range(2000, 2100)  # 1C writes an empty date as the first day of the year 1
KEY_MOST, TILL_MOST = 100, 30
WORDS = ("key", "receipt", "product", "product_group", "card", "cashier", "sale")
NO_KEY = mark("The row has neither the number of an operation nor that of a receipt.")
LONG = mark("“{column}” is longer than {most} signs.")
NO_CODE = mark("“{value}” is no code of a coupon.")
OFF_TOO_MUCH = mark("The discount is larger than the sum before it.")
TOO_LARGE = mark("The number is too large.")
NO_DAY = mark("No receipt is of the year {year}: the date was left empty, or the till's clock is wrong.")
DAMAGED = mark("The row is damaged: there are signs in it that no text has. Let the till write the file again.")
NO_SALE = mark("A return names the operation of its sale. Add it.")
NO_LINE = mark("A return of some goods names the lines of the sale. Add their numbers, or leave the goods out.")
NOT_ONE = mark("Rows of one operation say different things: {what}.")
TOO_MANY_LINES = mark("A receipt has more than {most} lines.")
TOO_MANY_CODES = mark("A receipt has more than {most} codes.")
WITH_IT = mark("Left out with row {row}, which is of the same receipt.")
TIME, TILLS, LINES, KINDS = mark("the time"), mark("the number of the receipt"), mark("a line"), mark("sale and return")


@dataclass(frozen=True)
class Line:
    """A row of a file that could be read: one line of a receipt, with the code it was discounted by.

    `at` is naive where the file says no zone. `n` is 0 where the lines are not numbered, `off` None where the file
    does not tell what came off. `sale_till` is empty where a return is made at the till of its sale.
    """

    row: int
    what: str
    key: str
    till: str
    receipt: str
    at: datetime
    codes: tuple[str, ...] = ()
    n: int = 0
    product: str = ""
    product_group: str = ""
    quantity: int = ONE
    amount: int = 0
    off: int | None = None
    cashier: str = ""
    card: str = ""
    sale: str = ""
    sale_till: str = ""
    has_goods: bool = True


# A code as it is kept, of what was typed or scanned; what can be none of ours stays as it is.
Kept = Callable[[str], str]


class Where(NamedTuple):
    """Whose tills have written a file: the outlet, its clocks, the company's money."""

    outlet: str
    zone: str
    currency: str


@dataclass(frozen=True)
class Trouble:
    """Why a row was left out. Row 0 is the whole file."""

    row: int
    said: Reason


@dataclass
class Taken:
    """What a file means: entries with the rows they begin at, rows that were left out, receipts without a coupon."""

    entries: list[tuple[int, Entry]] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    rows: int = 0
    without: int = 0


def taken(lines: Iterable[Line], troubles: Sequence[tuple[str, Trouble]], where: Where, rows: int) -> Taken:
    """Put lines together. `troubles` of rows go by the key of the receipt that each would have been of, where known."""
    found = Taken(troubles=[trouble for _, trouble in troubles], rows=rows)
    spoilt = {key: trouble.row for key, trouble in troubles if key}
    receipts: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        receipts[identity(line.till, line.what, line.key)].append(line)
    plain = {key for key, of in receipts.items() if _is_plain(of) and key not in spoilt}
    for key, of in receipts.items():
        first = of[0]
        wrong = _left_out(of, spoilt.get(key) or spoilt.get(of_any_day(first.till, first.what, first.receipt), 0))
        if wrong:
            found.troubles += wrong
        elif key in plain or _sale_of(of[0]) in plain:
            found.without += 1
        elif of[0].what == BACK:
            found.entries.append((of[0].row, _brought(of, where)))
        else:
            found.entries.append((of[0].row, _sale(of, where)))
    found.troubles.sort(key=lambda trouble: trouble.row)
    return found


def _is_plain(of: Sequence[Line]) -> bool:
    """Whether it is a sale without a coupon."""
    return of[0].what == SALE and not any(line.codes for line in of)


def _sale_of(line: Line) -> str:
    """The sale that a return belongs to; "" for a sale."""
    return identity(line.sale_till or line.till, SALE, line.sale) if line.what == BACK else ""


def _left_out(of: Sequence[Line], with_row: int) -> list[Trouble]:
    """Why the lines of a receipt are left out; `with_row` is one of its own that cannot be read."""
    if with_row:
        return [Trouble(line.row, because(WITH_IT, code="with_it", row=with_row)) for line in of]
    wrong = _wrong(of)
    return [wrong] if wrong else []


def identity(till: str, what: str, key: str) -> str:
    return f"{till}\n{what}\n{key}"


def of_any_day(till: str, what: str, receipt: str) -> str:
    """What a row belongs to that says no readable day: any receipt of this number."""
    return identity(till, what, f"\n{receipt}")


def checked(line: Line) -> Reason:
    """Why a line that could be read means nothing; no reason where it may."""
    if wrong := _checked_words(line):
        return wrong
    if line.at.year not in YEARS:
        return because(NO_DAY, code="no_day", year=str(line.at.year))
    if not 0 <= line.amount <= AMOUNT_MOST or not 0 < line.quantity <= QUANTITY_MOST or line.n > LINES_MOST:
        return because(TOO_LARGE, code="too_large")
    if line.off is not None and not 0 <= line.off <= line.amount:
        return because(OFF_TOO_MUCH, code="off")
    return _checked_return(line) if line.what == BACK else Reason()


def _checked_words(line: Line) -> Reason:
    if any("\0" in getattr(line, column) for column in (*WORDS, "till", "sale_till")):
        return because(DAMAGED, code="damaged")
    for column in WORDS:
        if len(getattr(line, column)) > KEY_MOST:
            return because(LONG, code="long", column=column, most=KEY_MOST)
    if max(len(line.till), len(line.sale_till)) > TILL_MOST:
        return because(LONG, code="long", column="till", most=TILL_MOST)
    if not line.key:
        return because(NO_KEY, code="no_key")
    wrong = next((code for code in line.codes if not fold(code) or len(fold(code)) > KEY_MOST), None)
    return because(NO_CODE, code="no_code", value=masked(wrong)) if wrong is not None else Reason()


def _checked_return(line: Line) -> Reason:
    if not line.sale:
        return because(NO_SALE, code="no_sale")
    return because(NO_LINE, code="no_line") if line.has_goods and not line.n else Reason()


def masked(code: str) -> str:
    """As much of a code as may be shown."""
    return f"…{code[-3:]}" if len(code) > 6 else "…"


def _wrong(of: Sequence[Line]) -> Trouble | None:
    """Why these lines are no receipt."""
    first = of[0]
    for line in of:
        differs = [said for said, one, other in (
            (TIME, line.at, first.at), (TILLS, line.receipt, first.receipt), (KINDS, line.sale, first.sale),
        ) if one != other]  # fmt: skip
        if differs:
            return Trouble(line.row, because(NOT_ONE, code="not_one", what=because(differs[0])))
    if len({line.n for line in of if line.n}) > LINES_MOST or len(of) > LINES_MOST:
        return Trouble(first.row, because(TOO_MANY_LINES, code="too_many", most=LINES_MOST))
    if len({fold(code) for line in of for code in line.codes}) > CODES_MOST:
        return Trouble(first.row, because(TOO_MANY_CODES, code="too_many", most=CODES_MOST))
    return _same_line_twice(of)


def _same_line_twice(of: Sequence[Line]) -> Trouble | None:
    """A line may stand twice, once for each code it was discounted by: with the same goods, of the same worth."""
    if of[0].what == SALE and any(line.n for line in of) and not all(line.n for line in of):
        return Trouble(of[0].row, because(NOT_ONE, code="not_one", what=because(LINES)))
    seen: dict[int, Line] = {}
    off: Counter[int] = Counter()
    for line in of:
        other = seen.setdefault(line.n, line) if line.n else line
        if (other.product, other.quantity, other.amount) != (line.product, line.quantity, line.amount):
            return Trouble(line.row, because(NOT_ONE, code="not_one", what=because(LINES)))
        off[line.n] += line.off or 0
        if line.n and off[line.n] > line.amount:
            return Trouble(line.row, because(OFF_TOO_MUCH, code="off"))
    return None


def _sale(of: Sequence[Line], where: Where) -> Sale:
    first, numbered = of[0], _numbered(of)
    codes = tuple(dict.fromkeys(fold(code) for line in of for code in line.codes))
    lines = {n: BasketLine(n=n, product=line.product, product_group=line.product_group, quantity=line.quantity,
                           amount=line.amount) for n, line in numbered}  # fmt: skip
    place = Place(outlet=where.outlet, zone=where.zone, at=_moment(first.at, where.zone))
    call = Call(
        key=first.key, till=_till(first.till, where.outlet), codes=codes, place=place,
        basket=Basket(lines=tuple(lines.values()), currency=where.currency),
        presented=Presented(card=next((line.card for line in of if line.card), "")), cashier=first.cashier,
        receipt=first.receipt, together=False, origin="imported",
    )  # fmt: skip
    return Sale(call=call, given=_given(numbered, codes))


def _numbered(of: Sequence[Line]) -> list[tuple[int, Line]]:
    if all(line.n for line in of):
        return [(line.n, line) for line in of]
    return [(n, line) for n, line in enumerate(of, start=1)]


def _given(numbered: Sequence[tuple[int, Line]], codes: Sequence[str]) -> tuple[Off, ...]:
    """What came off by each code; nothing where the file does not say it, or not by which code."""
    told = [(n, line) for n, line in numbered if line.off is not None]
    if not told or any(line.off and len(line.codes) != 1 for _, line in told):
        return ()
    return tuple(_off([(n, line) for n, line in told if line.codes and fold(line.codes[0]) == code]) for code in codes)


def _off(lines: Sequence[tuple[int, Line]]) -> Off:
    found = [(n, line) for n, line in lines if line.off]
    units = -(-sum(line.quantity for _, line in found) // ONE)
    return Off(lines=tuple(LineOff(n=n, amount=line.off or 0, quantity=line.quantity) for n, line in found),
               units=units)  # fmt: skip


def _brought(of: Sequence[Line], where: Where) -> Brought:
    first = of[0]
    lines = tuple(BackLine(n=line.n, quantity=line.quantity) for line in of if line.has_goods and line.n)
    code = next((fold(code) for line in of for code in line.codes), "")
    till = _till(first.till, where.outlet)
    sale_till = _till(first.sale_till, where.outlet) if first.sale_till else ""
    back = GiveBack(
        key=first.key, till=till, sale=first.sale, sale_till=sale_till, code=code, lines=lines, by=first.cashier
    )  # fmt: skip
    return Brought(back=back, outlet=where.outlet, at=_moment(first.at, where.zone))


def _till(till: str, outlet: str) -> str:
    """Each outlet's tills have operations of their own: none is taken for another's."""
    return f"file:{outlet}:{till}"


def _moment(at: datetime, zone: str) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=rules(zone))
