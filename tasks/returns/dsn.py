"""Reports on delivery as RFC 3464 has them, also inside RFC 6533: a block of fields for each recipient. Pure."""

import re
from collections.abc import Sequence

from models.letters import Happening
from tasks.returns.fates import Fate, plain_address, put_off, refused
from tasks.returns.mime import Piece, fields_of

REPORTS = ("message/delivery-status", "message/global-delivery-status")
EMPTY_LINES = re.compile(r"(?:\r?\n[ \t]*){2,}")
RECIPIENTS_MOST = 100
STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})")
ARRIVED = ("delivered", "relayed", "expanded")


def fates(pieces: Sequence[Piece]) -> list[Fate]:
    """What became of each recipient; nothing where this is no such report."""
    found: list[Fate] = []
    for piece in pieces:
        if piece.kind in REPORTS:
            blocks = EMPTY_LINES.split(piece.text.strip())[: RECIPIENTS_MOST + 1]
            found += [fate for block in blocks if (fate := _fate(dict(reversed(list(fields_of(block))))))]
    return found


def _fate(fields: dict[str, str]) -> Fate | None:
    """One recipient's; the block about the message as a whole has no action. A known place of another is kept apart."""
    action = fields.get("action", "").strip().lower()
    address = plain_address(fields.get("original-recipient", "")) or plain_address(fields.get("final-recipient", ""))
    said = STATUS.match(fields.get("status", ""))
    status, text = said[1] if said else "", fields.get("diagnostic-code", "").partition(";")[2]
    if action == "failed":
        return refused(text, status, address)
    if action == "delayed":
        return put_off(text, status, address)
    return Fate(Happening.DELIVERED, address, status) if action in ARRIVED else None
