"""What tills, the site's shop and forms elsewhere hand in: customers with their consents, and receipts; and what came
of each row. No address stands in the tables, only prints.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError
from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from models.customers import AddressKind, Purpose
from models.database import Moment
from models.post import Value
from models.reason import Reason

ROWS_MOST, LINES_MOST, CONSENTS_MOST = 500, 500, 20
BODY_MOST = 2_000_000  # bytes
YEARS = (1900, 9000)  # of the moments that are told

DEPTH_MOST = 8  # how deeply lists and objects of a body may stand within one another


def writable(text: str) -> str:
    """Without what no database takes: NUL, and halves of a character."""
    return text if text.isprintable() else text.replace("\0", "").encode(errors="ignore").decode()


def _near(at: datetime) -> datetime:
    """Not at either end of the calendar, where it is another year by another clock, and none at all."""
    if not YEARS[0] <= at.year <= YEARS[1]:
        raise PydanticCustomError("datetime_far", "The year is out of range")
    return at


Said = Annotated[str, BeforeValidator(lambda said: writable(said) if isinstance(said, str) else said),
                 StringConstraints(strip_whitespace=True, max_length=300)]  # fmt: skip
Number = Annotated[Decimal, Field(max_digits=15, decimal_places=3)]
At = Annotated[datetime, AfterValidator(_near)]
AwareAt = Annotated[AwareDatetime, AfterValidator(_near)]


class What(StrEnum):
    """What is handed in."""

    CUSTOMERS = "customers"
    PURCHASES = "purchases"


class Told(Value):
    """What is told may be a number where a text stands: codes of cards often are."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class ConsentTold(Told):
    """A consent that was given or withdrawn there, at this moment; without `kind` it is of every address of the row.

    `proof` is the document that shows it (38-FZ, article 18: the proof is on whoever sends); `wording` the version of
    the words.
    """

    purpose: Purpose
    act: Literal["given", "withdrawn"]
    at: AwareAt
    kind: AddressKind | None = None
    proof: Said = ""
    wording: Said = ""


class CustomerTold(Told):
    """A customer; what is empty, or absent, says nothing. `changed_at`: an older word than the last changes nothing."""

    code: Said = ""
    name: Said = ""
    email: Said = ""
    phone: Said = ""
    telegram: Said = ""
    birthday: Said = ""
    city: Said = ""
    zone: Said = ""
    outlet: Said = ""
    consents: Annotated[tuple[ConsentTold, ...], Field(max_length=CONSENTS_MOST)] = ()
    changed_at: AwareAt | None = None


class LineTold(Told):
    """A line of a receipt, in major units; below zero for a return. Either the amount of the line, or a price."""

    product: Said = ""
    product_group: Said = ""
    quantity: Number = Decimal(1)
    amount: Number | None = None
    price: Number | None = None


class ReceiptTold(Told):
    """A receipt, known by its number, its day and its outlet (the till's own where none is named).

    A moment without a zone is by the clock of the outlet. The buyer is named by a code or an address, or not at all.
    """

    receipt: Annotated[Said, Field(min_length=1)]
    at: At
    outlet: Said = ""
    code: Said = ""
    email: Said = ""
    phone: Said = ""
    lines: Annotated[tuple[LineTold, ...], Field(min_length=1, max_length=LINES_MOST)]
    changed_at: AwareAt | None = None


class Outcome(StrEnum):
    """What became of a row. LATE: a later word is known. ERASED: whoever it is has asked to be erased."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    LATE = "late"
    ERASED = "erased"
    WRONG = "wrong"


class Trouble(Value):
    """What is wrong with a field, and how to mend it; the value is never repeated. `left_out`: the row does not count.

    `field` is its path in the row, as consents.0.proof.
    """

    field: str
    reason: Reason
    left_out: bool = False


class RowAnswer(Value):
    """What became of one row. `n` is its place, from 1; `changed` fields, `taken` addresses that stay another's."""

    n: int
    what: Outcome
    customer: int | None = None
    changed: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    consents: int = 0
    troubles: tuple[Trouble, ...] = ()


class Answer(Value):
    """What became of a call. `again`: it was made before under the same key, and this is what was answered then."""

    rows: tuple[RowAnswer, ...] = ()
    again: bool = False

    @property
    def counts(self) -> dict[str, int]:
        return {what.value: number for what in Outcome if (number := sum(row.what is what for row in self.rows))}


class Caller(Value):
    """Whose key it is: a till of an outlet. `may`: the key was made for handing in."""

    id: int
    outlet: str
    may: bool = False


class IntakeCall(SQLModel, table=True):
    """A call that brought a key of its own: made again, it is answered as it was. `said` is the print of its body."""

    __tablename__ = "intake_call"
    __table_args__ = (UniqueConstraint("key_id", "once", name="uq_intake_call"),)

    id: int | None = Column(default=None, primary_key=True)
    key_id: int
    once: str
    said: str
    answer: dict[str, Any] = Column(default_factory=dict, sa_type=JSON)
    at: datetime = Column(sa_type=Moment, index=True)


class IntakeWord(SQLModel, table=True):
    """When the last word about somebody, or about a receipt, was said: what is older changes nothing any more."""

    __tablename__ = "intake_word"

    print: str = Column(primary_key=True)
    at: datetime = Column(sa_type=Moment)
