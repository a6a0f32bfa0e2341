"""Places in a letter that each recipient fills otherwise: a value, or a whole block or nothing. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from models.letters import Pattern
from models.mail_document import ShownTo
from tasks.composing.expressions import Expression


class Place(StrEnum):
    """Where a value stands, and so how it is written there. A part of an address never holds its host."""

    MARKUP = "markup"
    ADDRESS = "address"
    ADDRESS_PART = "address_part"
    TEXT = "text"
    TEXT_ADDRESS = "text_address"
    HEADER = "header"


@dataclass(frozen=True)
class Hole:
    """A place for one value of the recipient; `where` is the block, or the subject, it stands in."""

    expression: Expression
    place: Place
    where: str = ""
    kind: Literal["hole"] = "hole"


@dataclass(frozen=True)
class Shown:
    """A place for a whole block, or nothing. Its own holes are numbers of the same list as the form's."""

    block: str
    to: ShownTo
    inside: Pattern
    kind: Literal["shown"] = "shown"


@dataclass(frozen=True)
class Recipient:
    """The place of the recipient's mark: always hole 0."""

    kind: Literal["recipient"] = "recipient"


Fill = Annotated[Recipient | Hole | Shown, Field(discriminator="kind")]
