"""Groups held while an order is judged by what they are. Sessions are given; none is opened or committed here."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customer_groups import CustomerGroup


def hold(session: Session) -> None:
    """Let nobody else change a group until this transaction is over, in the order in which all changes hold them."""
    query = select(CustomerGroup).order_by(col(CustomerGroup.id)).with_for_update()
    session.execute(query, execution_options={"populate_existing": True}).all()
