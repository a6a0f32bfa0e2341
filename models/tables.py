"""All tables of Otdel in one metadata: what migrations and tests build from."""

from sqlmodel import SQLModel

from models import (
    approval,
    conclusion,
    customers,
    delivery,
    dropped,
    order_book,
    outlets,
    people,
    piece,
    reaction,
    registry,
    review,
    stop,
)

METADATA = SQLModel.metadata
SUBJECTS = (
    approval,
    conclusion,
    customers,
    delivery,
    dropped,
    order_book,
    outlets,
    people,
    piece,
    reaction,
    registry,
    review,
    stop,
)
