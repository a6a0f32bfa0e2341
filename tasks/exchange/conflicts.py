"""Why a receipt of a file would not have been allowed, in words: it is entered in any case, for it happened. Pure."""

from models.locale import mark
from models.reason import Reason, because
from tasks.redeeming import refusals

WORDS = {
    "amount": mark("Entered, though another sum came off than the offer gives."),
    "clock": mark("Entered, though the till's clock is ahead: the time of arrival stands instead."),
    "no_terms": mark("Entered, though the offer was never approved."),
    "unknown_code": mark("A code of this receipt is not ours: nothing was entered for it."),
    "too_late": mark("Entered, though it was brought back after the days for returning were over."),
    "code": mark("Entered, though this code had been used as often as it may be."),
}
LIMIT = mark("Entered over a limit: {limit}")
OTHER = mark("Entered, though it was outside the conditions of the offer ({code}).")
FULL = {limit.value: reason for limit, reason in refusals.FULL.items()}


def said(code: str) -> Reason:
    """One conflict of the ledger, as a specialist reads it."""
    if code in FULL:
        return because(LIMIT, code=code, limit=FULL[code])
    return because(WORDS[code], code=code) if code in WORDS else Reason(code=code, text=OTHER, words={"code": code})
