"""What a customer's page says of them and groups: where they are, what happened before, what people decided. Pure."""

from datetime import datetime

from models.customer_groups import Corrected, Turn
from models.post import Value


class MembershipLine(Value):
    """A group a customer is in."""

    key: str
    title: str
    since: datetime
    control: bool = False
    is_put_away: bool = False


class TurnLine(Value):
    """Something that happened to a customer in a group."""

    key: str
    title: str
    what: Turn
    at: datetime


class HandLine(Value):
    """A correction by hand about a customer."""

    key: str
    title: str
    what: Corrected
    why: str
    by: str
    at: datetime
    lifted_at: datetime | None = None


class InGroups(Value):
    """All about a customer and groups: where they are now, what happened before, what people decided.

    `turns_cut`: there are more turns than are shown. `listed` are the lists that name them.
    """

    now: tuple[MembershipLine, ...] = ()
    turns: tuple[TurnLine, ...] = ()
    turns_cut: bool = False
    by_hand: tuple[HandLine, ...] = ()
    listed: tuple[str, ...] = ()
