"""What customers bought, line by line, in minor units of the company's currency; a return is below zero."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.database import Moment

UNKNOWN_YET = text("whose <> ''")


class Receipt(SQLModel, table=True):
    """A receipt of a till or an order of a shop.

    `key` is what it is known by when it is told of again; `said` the print of its lines as they were told last. Whoever
    bought is `customer_id`; of somebody not known yet `whose` is the keyed hash of the code or address that was named.
    """

    __table_args__ = (
        UniqueConstraint("key", name="uq_receipt_key"),
        Index("ix_receipt_customer", "customer_id", "at", "amount"),
        Index("ix_receipt_at", "at"),
        Index("ix_receipt_whose", "whose", sqlite_where=UNKNOWN_YET, postgresql_where=UNKNOWN_YET),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str
    customer_id: int | None = Field(default=None, foreign_key="customer.id", ondelete="SET NULL")
    whose: str = ""
    at: datetime = Field(sa_type=Moment)
    outlet: str = ""
    amount: int = Field(default=0, sa_type=BigInteger)
    said: str = ""
    load_id: int = 0


class PurchaseLine(SQLModel, table=True):
    """A line of a receipt: `quantity` in thousandths, `amount` for all of it."""

    __tablename__ = "purchase_line"
    __table_args__ = (Index("ix_purchase_line_group", "product_group", "receipt_id"),)

    receipt_id: int = Field(primary_key=True, foreign_key="receipt.id", ondelete="CASCADE")
    n: int = Field(primary_key=True)
    product: str = ""
    product_group: str = ""
    quantity: int = Field(default=1000, sa_type=BigInteger)
    amount: int = Field(default=0, sa_type=BigInteger)
