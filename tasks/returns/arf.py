"""Complaints as providers pass them on: feedback reports of RFC 5965. Pure."""

from collections.abc import Sequence

from models.letters import Happening
from tasks.returns.fates import Fate, plain_address
from tasks.returns.mime import Piece, fields_of

REPORT = "message/feedback-report"
# RFC 5965, 7.3 and RFC 6430: what the recipient meant by it; anything else (a virus, a forgery) is not about us.
MEANT = {
    "abuse": Happening.COMPLAINED,
    "miscategorized": Happening.COMPLAINED,
    "opt-out": Happening.UNSUBSCRIBED,
    "opt-out-list": Happening.UNSUBSCRIBED,
}


def is_report(pieces: Sequence[Piece]) -> bool:
    return any(piece.kind == REPORT for piece in pieces)


def fates(pieces: Sequence[Piece]) -> list[Fate]:
    """The complaint in a report; nothing for a kind that asks nothing of us, as `not-spam`."""
    for piece in pieces:
        if piece.kind == REPORT:
            fields = dict(reversed(list(fields_of(piece.text))))
            kind = fields.get("feedback-type", "").strip().lower()
            address = plain_address(fields.get("original-rcpt-to", ""))
            return [Fate(MEANT[kind], address, kind)] if kind in MEANT else []
    return []
