"""What became of a receipt's coupons, as the page is told. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from models.basket import Basket
from models.cashier_page import Needs, OnReceipt, ShiftLine, Told, Turned
from models.locale import mark, quoted, translate
from models.reason import Reason
from models.redemptions import Redeemed, Redemption
from tasks.cashier_page.joining import Coupon
from tasks.cashier_page.orders import expected, order
from tasks.cashier_page.shown import against
from tasks.codes.reading import masked
from tasks.offers.cashier import to_add
from tasks.offers.wording import Words
from tasks.redeeming import refusals
from tasks.redeeming.calls import Outcome
from tasks.tills.wording import together

DONE, DONE_ALL = mark("Redeemed."), mark("Redeemed, all of them.")
OF_ONE = mark("{coupon}: {said}")
UNKNOWN = refusals.UNKNOWN_CODE.code


def unread(n: int, why: Reason) -> Turned:
    """What is typed can be no code of ours; that of a test letter is one for trying out, and no guess."""
    return Turned(n=n, said=str(why), code=why.code, wrong=why.code != refusals.TEST_LETTER.code)


def turned(one: Coupon, why: Reason, more: str = "") -> Turned:
    return Turned(
        n=one.n, title=one.title, masked=masked(one.code), said=str(why), code=why.code, more=more,
        wrong=why.code == UNKNOWN,
    )  # fmt: skip


def turned_of(outcomes: Iterable[Outcome], coupons: Mapping[str, Coupon], words: Words) -> list[Turned]:
    """Those that are refused themselves, and not for another one's sake."""
    return [
        turned(coupons[one.code], one.reason, more_of(one, coupons[one.code], words)) for one in outcomes
        if one.reason and one.reason.code != refusals.TOGETHER.code
    ]  # fmt: skip


def more_of(one: Outcome, coupon: Coupon, words: Words) -> str:
    return to_add(one.missing, coupon.terms, words) if one.missing and coupon.terms else ""


def refused(no: Sequence[Turned], needs: Needs | None = None) -> Told:
    """None of them is given."""
    if len(no) == 1:
        one = no[0]
        step = "refused" if one.masked else "wrong"
        about = {"title": one.title, "masked": one.masked}
        return Told.model_validate({"step": step, "said": one.said, "code": one.code, "more": one.more,
                                    "needs": needs, "turned": no} | about)  # fmt: skip
    said = " ".join(_of_one(one, one.said) for one in no)
    more = " ".join(_of_one(one, one.more) for one in no if one.more)
    return Told(step="refused", said=said, code=no[0].code if no else "", more=more, needs=needs, turned=tuple(no))


def _of_one(one: Turned, said: str) -> str:
    return translate(OF_ONE, coupon=quoted(one.title) if one.title else one.masked, said=said)


def asking(coupons: Iterable[Coupon], no: Iterable[Turned], needs: Needs, number: int = 0) -> Told:
    """What is still to be said; `number` is how many guests have answered that they come."""
    stays = tuple(OnReceipt(n=one.n, title=one.title, masked=masked(one.code)) for one in coupons)
    needs = needs.model_copy(update={"expected": number})
    return _headed(Told(step="needs", said=expected(number), needs=needs, coupons=stays, turned=tuple(no)))


def ordered(
    outcomes: Sequence[Outcome], coupons: Mapping[str, Coupon], no: Iterable[Turned], basket: Basket, words: Words,
    needs: Needs,
) -> Told:  # fmt: skip
    """One order for all that are given; `needs` is what was asked."""
    taken = [one for one in outcomes if not one.reason]
    more = [said for one in taken if (said := more_of(one, coupons[one.code], words))]
    number = max((one.expected for one in taken), default=0)
    said = " ".join(filter(None, (order(together(taken), basket, words, needs.but), expected(number))))
    told = _given(taken, coupons).model_copy(update={"said": said})
    return told.model_copy(update={"more": " ".join(more), "turned": tuple(no), "needs": needs})


def done(outcomes: Sequence[Outcome], coupons: Mapping[str, Coupon]) -> Told:
    told = _given(outcomes, coupons)
    return told.model_copy(update={"step": "done", "said": translate(DONE if len(outcomes) == 1 else DONE_ALL)})


def _given(taken: Sequence[Outcome], coupons: Mapping[str, Coupon]) -> Told:
    stays = [
        OnReceipt(
            n=coupons[one.code].n, title=coupons[one.code].title, masked=masked(one.code), off=one.off.lines,
            given=tuple(given.model_dump() for given in one.off.given), units=one.off.units, amount=one.off.amount,
        ) for one in taken
    ]  # fmt: skip
    off = together(taken)
    return _headed(
        Told(
            step="order", off=off.lines, given=tuple(one.model_dump() for one in off.given), amount=off.amount,
            units=sum(one.units for one in stays), coupons=tuple(stays),
        )
    )  # fmt: skip


def _headed(told: Told) -> Told:
    about = {"title": _joined(one.title for one in told.coupons), "masked": _joined(one.masked for one in told.coupons)}
    return told.model_copy(update=about)


def _joined(said: Iterable[str]) -> str:
    return " + ".join(filter(None, said))


# The shift.


def shift_lines(found: Iterable[tuple[Redemption, str, str]]) -> list[ShiftLine]:
    """A line for each receipt, in the order in which they are found."""
    receipts: dict[str, list[tuple[Redemption, str, str]]] = {}
    for one in found:
        receipts.setdefault(one[0].key, []).append(one)
    return [_line(sorted(one, key=lambda each: each[0].n)) for one in receipts.values()]


def _line(coupons: Sequence[tuple[Redemption, str, str]]) -> ShiftLine:
    rows = [row for row, _, _ in coupons]
    undone = all(row.state == Redeemed.RETURNED for row in rows)
    conflicts = (word for row in rows for word in row.conflict.split())
    return ShiftLine(
        key=rows[0].key, title=_joined(title for _, title, _ in coupons),
        masked=_joined(masked(code) for _, _, code in coupons), receipt=rows[0].receipt, at=rows[0].at, undone=undone,
        amount=sum(row.amount if undone else row.amount - row.back for row in rows), conflict=against(conflicts),
        coupons=sum(undone or row.state != Redeemed.RETURNED for row in rows),
    )  # fmt: skip
