"""Why a receipt of a file would not have been allowed, in words. A sale is entered in any case: it happened. Pure."""

from models.locale import mark
from models.reason import Reason, because
from tasks.redeeming import refusals

MORE = mark("Not entered: more was brought back than is left of the sale.")
WORDS = {
    "amount": mark("Entered, though another sum came off than the offer gives."),
    "clock": mark("Entered, though the till's clock is ahead: the time of arrival stands instead."),
    "no_terms": mark("Entered, though the offer was never approved."),
    "unknown_code": mark("A code of this receipt is not ours: nothing was entered for it."),
    "other_sale": mark("Entered, though another receipt came under this number of an operation before."),
    "other_body": mark("Not entered: another return came under this number of an operation before."),
    "nothing_left": mark("Not entered: all of it had been given back already."),
    "no_line": MORE,
    "too_much": MORE,
    "too_late": mark("Entered, though it was brought back after the days for returning were over."),
    "code": mark("Entered, though this code had been used as often as it may be."),
}
SAID_OTHERWISE = mark(
    "An operation of this number came before and said otherwise: what came first stands. Where two tills number alike, "
    "let the file name the till."
)
LIMIT = mark("Entered over a limit: {limit}")
OTHER = mark("Entered, though it was outside the conditions of the offer ({code}).")
FULL = {limit.value: reason for limit, reason in refusals.FULL.items()}


def said(code: str) -> Reason:
    """One conflict of the ledger, as a specialist reads it."""
    if code in FULL:
        return because(LIMIT, code=code, limit=FULL[code])
    return because(WORDS[code], code=code) if code in WORDS else Reason(code=code, text=OTHER, words={"code": code})
