"""What passes between the house and its web pages: people at the door, what waits for them, what they decide. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from models.company import Outlet
from models.delivery import OF_CONTENT, State, Verb
from models.desk.approval import Asked as Asked
from models.desk.approval import Decided as Decided
from models.desk.approval import Opinion as Opinion
from models.desk.approval import Outcome as Outcome
from models.desk.approval import Past as Past
from models.desk.approval import Proof as Proof
from models.desk.approval import Question as Question
from models.desk.approval import Questions as Questions
from models.desk.approval import Review as Review
from models.desk.approval import ReviewLine as ReviewLine
from models.desk.approval import Said as Said
from models.desk.approval import Standing as Standing
from models.desk.approval import Urgency as Urgency
from models.desk.approval import Verdict as Verdict
from models.desk.approval import Version as Version
from models.locale import mark
from models.people import Permission, permissions_of
from models.post import Value
from models.reason import NO_REASON, Reason
from models.stop import Scope

STATE_TITLES = {
    State.PLANNED: mark("waits for its time"),
    State.CLAIMED: mark("is going out"),
    State.INTENT: mark("is going out just now"),
    State.SENT: mark("published"),
    State.CONFIRMED: mark("published and checked"),
    State.REJECTED: mark("refused by the channel"),
    State.UNKNOWN: mark("outcome unknown, check it"),
    State.CANCELLED: mark("cancelled"),
    State.MISSED: mark("missed its time"),
    State.HELD: mark("held back"),
}
VERB_TITLES = {
    Verb.PUBLISH: mark("publication"),
    Verb.EDIT: mark("correction"),
    Verb.DELETE: mark("removal"),
}


class Face(Value):
    """The company as its pages show it. `subscribes`: the site takes subscriptions to letters."""

    name: str
    locale: str
    zone: str
    synthetic: bool = False
    title: str = ""
    description: str = ""
    palette: Mapping[str, str] = {}
    fonts: Mapping[str, str] = {}
    logo: str = ""
    outlets: tuple[Outlet, ...] = ()
    subscribes: bool = False

    @property
    def site_title(self) -> str:
        return self.title or self.name


class Visitor(Value):
    """A person who is signed in; `csrf` is what every form of this session repeats."""

    key: str
    name: str
    roles: tuple[str, ...] = ()
    csrf: str = ""

    def may(self, permission: Permission) -> bool:
        return permission in permissions_of(list(self.roles))


class Ticket(Value):
    """What a browser keeps to stay signed in; only its hash is kept here."""

    token: str
    lasts: timedelta


class VisitKind(StrEnum):
    """What is counted: a page by its key, a short link by its code, the front page."""

    VIEW = "view"
    CLICK = "click"
    FRONT = "front"


class Visited(Value):
    """So many visits of one page or link within an hour, robots apart."""

    kind: VisitKind
    key: str
    hour: datetime
    robot: bool = False
    number: int = 1


class Order(StrEnum):
    """What a person may do about a placement on the desk."""

    DECIDE = "decide"
    PUBLISH_NOW = "publish_now"
    MOVE = "move"
    RESTORE = "restore"
    HOLD = "hold"
    CANCEL = "cancel"


ORDER_PERMISSIONS = {
    order: Permission.DECIDE_UNKNOWN if order is Order.DECIDE else Permission.SCHEDULE for order in Order
}


class Line(Value):
    """A placement as a line of the desk; `orders` are what its state allows, whoever looks.

    `zone` is that of its channel's clocks; `changes` grows with everything that happens to it; `urgent` says who let
    it out before it was approved, and why.
    """

    id: int
    piece_id: int = 0
    rendition_id: int
    title: str
    number: str = ""
    author: str = ""
    account: str
    channel: str
    campaign: str = ""
    verb: Verb = Verb.PUBLISH
    state: State
    due_at: datetime
    zone: str = "UTC"
    sent_at: datetime | None = None
    changes: int = 0
    is_approved: bool = False
    is_stopped: bool = False
    url: str = ""
    urgent: Reason = NO_REASON
    reason: Reason = NO_REASON
    advice: Reason = NO_REASON
    orders: tuple[Order, ...] = ()

    @property
    def wants_mending(self) -> bool:
        """Whether it is held for what it says: another text mends it."""
        return self.state is State.HELD and self.reason.code in OF_CONTENT


class StopLine(Value):
    """A Stop: what it holds, who pulled it and why, and what had gone out before it."""

    id: int
    scope: Scope
    what: str
    reason: str
    pulled_by: str
    pulled_at: datetime
    released_by: str = ""
    released_at: datetime | None = None
    out: tuple[Line, ...] = ()


class Queue(Value):
    """The questions to approvers that wait for an answer."""

    asked: tuple[Asked, ...] = ()


class Choice(Value):
    """Something to choose from in a form."""

    key: str
    title: str


class Stops(Value):
    """The big switch: what is in force, what was, and what it can be pulled for."""

    in_force: tuple[StopLine, ...] = ()
    past: tuple[StopLine, ...] = ()
    channels: tuple[Choice, ...] = ()
    campaigns: tuple[Choice, ...] = ()


class PersonLine(Value):
    """A person as the administrator sees one; `away_until` and `deputy` while absent."""

    key: str
    name: str
    email: str = ""
    roles: tuple[str, ...] = ()
    active: bool = True
    has_password: bool = False
    passkeys: int = 0
    invited_until: datetime | None = None
    seen_at: datetime | None = None
    away_until: str = ""
    deputy: str = ""


class NewPasskey(Value):
    """A passkey that has just proven itself: its public half, and how often it says it was used."""

    credential_id: str
    public_key: bytes
    sign_count: int


class PasskeyLine(Value):
    """A passkey as its owner sees it."""

    id: int
    title: str
    made_at: datetime
    used_at: datetime | None = None
