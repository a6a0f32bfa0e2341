"""What was paid with points at tills. Sessions are given; nothing here opens or commits one."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.loyalty import Moved, PointsMove


def paid_on(session: Session, customer: int, said: str) -> list[PointsMove]:
    """What this client paid with points on a receipt of this number and outlet, the last first."""
    query = (
        select(PointsMove)
        .where(
            col(PointsMove.customer_id) == customer, col(PointsMove.what) == Moved.SPENT, col(PointsMove.said) == said,
        ).order_by(col(PointsMove.id).desc())
    )  # fmt: skip
    return list(session.execute(query).scalars())
