"""The content of a piece at one time: what is kept as a version, styled, and adapted to each channel. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from models.content import PieceSource, PlanRow, fingerprint
from models.post import Picture, Value


class Manuscript(Value):
    """A piece before it is adapted: `body` is markdown, `text_for` holds texts kept by hand for single channels."""

    title: str = ""
    body: str = ""
    description: str = ""
    pictures: tuple[Picture, ...] = ()
    tags: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    text_for: Mapping[str, str] = {}
    channels: tuple[str, ...] = ()
    offer_until: date | None = None
    source: str = ""
    licence: str = ""
    approval: Literal["", "person"] = ""

    def content_hash(self) -> str:
        return fingerprint(self.model_dump(mode="json"))


def of_row(
    row: PlanRow, piece: PieceSource | None, pictures: tuple[Picture, ...], every: tuple[str, ...]
) -> Manuscript:
    """A row of the plan with its piece: what the row says stands before what the piece's file says."""
    piece = piece or PieceSource(file="", title=row.label)
    return Manuscript(
        title=row.title or piece.title,
        body=row.text or piece.text,
        description=piece.description,
        pictures=pictures,
        tags=piece.tags,
        products=row.products or piece.products,
        text_for={**piece.text_for, **row.text_for},
        channels=row.aimed_at(piece.channels, every) or every,
        offer_until=piece.offer_until,
        source=piece.source,
        licence=piece.licence,
        approval=piece.approval,
    )
