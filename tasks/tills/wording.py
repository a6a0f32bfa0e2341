"""The ledger's answers as the program of a till reads them, in the reader's language. Pure."""

from collections.abc import Mapping, Sequence

from models.basket import Basket, LineOff, Off
from models.locale import mark
from models.offers import OfferTerms
from models.reason import Reason, because
from models.redemptions import Limit
from models.till_calls import CodeAnswer, EntryAnswer, More, OffLine, Returned, Verdict, Why
from tasks.offers import cashier
from tasks.offers.refusals import public_text
from tasks.offers.wording import Words
from tasks.redeeming import refusals
from tasks.redeeming.calls import Answer, Back, Entered, Outcome

CLOCK = mark("The till's clock is ahead of the house's. Set it right.")
AMOUNT = mark("The till took off another amount than the offer gives.")
NO_TERMS = mark("The offer of this code says nothing yet, so nothing was entered for it.")
LATE_BACK = mark("It was brought back after the days for returning were over.")
OTHER_SALE = mark("Another sale came under this key before. Each sale needs a key of its own.")
NOT_THERE = mark("More was brought back than is left of the sale, so nothing of it was entered.")
ELSE = mark("It would not have been allowed ({code}).")
CONFLICTS: Mapping[str, Reason] = {
    "clock": because(CLOCK, code="clock"), "amount": because(AMOUNT, code="amount"),
    "no_terms": because(NO_TERMS, code="no_terms"), "unknown_code": refusals.UNKNOWN_CODE,
    "code": refusals.CODE_FULL, "stopped": because(refusals.STOPPED, code="stopped"),
    "replaced": because(refusals.REPLACED, code="replaced"), "card": because(refusals.CARD, code="card"),
    "offer_stopped": because(refusals.OFFER_STOPPED, code="offer_stopped"),
    "offer_closed": because(refusals.OFFER_CLOSED, code="offer_closed"),
    "other_sale": because(OTHER_SALE, code="other_sale"), "other_body": refusals.OTHER.staff,
    "no_line": because(NOT_THERE, code="no_line"), "too_much": because(NOT_THERE, code="too_much"),
    "too_late": because(LATE_BACK, code="too_late"),
    "nothing_left": because(refusals.NOTHING_LEFT, code="nothing_left"),
    **{limit.value: reason for limit, reason in refusals.FULL.items()},
}  # fmt: skip
assert set(Limit) <= CONFLICTS.keys()


def why(reason: Reason) -> Why | None:
    return Why(code=reason.code, said=str(reason)) if reason else None


def together(outcomes: Sequence[Outcome]) -> Off:
    """All that comes off, line by line, and all that is handed over."""
    lines: dict[int, LineOff] = {}
    for line in (line for one in outcomes for line in one.off.lines):
        former = lines.get(line.n, LineOff(n=line.n, amount=0))
        lines[line.n] = LineOff(
            n=line.n, amount=former.amount + line.amount, quantity=max(former.quantity, line.quantity)
        )
    return Off(lines=tuple(lines[n] for n in sorted(lines)), given=tuple(g for one in outcomes for g in one.off.given))


def verdict(answer: Answer, said: Sequence[CodeAnswer], basket: Basket, words: Words) -> Verdict:
    taken = [one for one in answer.outcomes if not one.reason]
    off, ok = together(taken), all(one.taken for one in said)
    return Verdict(
        ok=ok, replayed=answer.replayed, currency=basket.currency, amount=off.amount, lines=_lines(off),
        order=cashier.order(off, basket, words), public="" if ok else public_text(),
        until=min((one.until for one in taken if one.until), default=None), codes=tuple(said),
    )  # fmt: skip


def code_answer(n: int, one: Outcome, terms: OfferTerms | None, words: Words) -> CodeAnswer:
    """What became of one code; `terms` are there where something is missing."""
    more, missing = None, one.missing
    if missing and terms:
        more = More(amount=missing.amount, quantity=missing.quantity, said=cashier.to_add(missing, terms, words))
    return CodeAnswer(
        n=n, taken=not one.reason, offer=one.offer, amount=one.off.amount, lines=_lines(one.off), given=one.off.given,
        expected=one.expected, staff=why(one.reason), more=more,
    )  # fmt: skip


def unread(n: int, reason: Reason) -> CodeAnswer:
    return CodeAnswer(n=n, taken=False, staff=why(reason))


def returned(back: Back) -> Returned:
    lines = tuple(OffLine(n=n, amount=amount) for n, amount in back.lines)
    return Returned(ok=not back.reason, replayed=back.replayed, amount=back.amount, lines=lines, whole=back.whole,
                    staff=why(back.reason))  # fmt: skip


def entered(done: Entered) -> EntryAnswer:
    conflicts = tuple(Why(code=code, said=str(_conflict(code))) for code in done.conflicts)
    return EntryAnswer(key=done.key, entered=not done.reason, replayed=done.replayed, waits=done.waits,
                       conflicts=conflicts, staff=why(done.reason))  # fmt: skip


def _conflict(code: str) -> Reason:
    return CONFLICTS.get(code) or because(ELSE, code=code)


def _lines(off: Off) -> tuple[OffLine, ...]:
    return tuple(OffLine(n=line.n, amount=line.amount, quantity=line.quantity) for line in off.lines)
