"""All tables of Otdel in one metadata: what migrations and tests build from."""

from sqlmodel import SQLModel

from models import (
    approval,
    conclusion,
    customer_groups,
    customers,
    delivery,
    dropped,
    guesses,
    intake,
    loyalty,
    mailings,
    order_book,
    outlets,
    people,
    piece,
    purchases,
    reaction,
    redemptions,
    registry,
    review,
    stop,
    subscriptions,
    trade,
)

METADATA = SQLModel.metadata
SUBJECTS = (
    approval,
    conclusion,
    customer_groups,
    customers,
    delivery,
    dropped,
    guesses,
    intake,
    loyalty,
    mailings,
    order_book,
    outlets,
    people,
    piece,
    purchases,
    reaction,
    redemptions,
    registry,
    review,
    stop,
    subscriptions,
    trade,
)
