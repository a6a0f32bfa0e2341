"""Receipts as a test tells of them, loaded."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from tasks.purchases import rows
from tasks.purchases.handed import Told, as_frames

__all__ = ["Told", "load"]


def load(session: Session, told: Sequence[Told], of: rows.Loading) -> dict[str, int]:
    return dict(rows.load(session, *as_frames(told), of))
