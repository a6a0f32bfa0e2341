"""What passes between the house and its web pages: people at the door, what waits for them, what they decide. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from models.approval import Decision
from models.brand import Note
from models.company import Outlet
from models.delivery import State, Verb
from models.locale import mark
from models.people import Permission, permissions_of
from models.post import Post, Value
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
    """The company as its pages show it."""

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

    PUBLISH_NOW = "publish_now"
    CANCEL = "cancel"
    DECIDE = "decide"


ORDER_PERMISSIONS = {
    Order.PUBLISH_NOW: Permission.SCHEDULE,
    Order.CANCEL: Permission.SCHEDULE,
    Order.DECIDE: Permission.DECIDE_UNKNOWN,
}


class Line(Value):
    """A placement as a line of the desk; `orders` are what its state allows, whoever looks."""

    id: int
    rendition_id: int
    title: str
    number: str = ""
    author: str = ""
    account: str
    channel: str
    verb: Verb = Verb.PUBLISH
    state: State
    due_at: datetime
    sent_at: datetime | None = None
    is_approved: bool = False
    is_stopped: bool = False
    url: str = ""
    reason: Reason = NO_REASON
    advice: Reason = NO_REASON
    orders: tuple[Order, ...] = ()


class Asked(Value):
    """A question to an approver as a line of the desk."""

    id: int
    title: str
    asked_of: str
    asked_of_key: str
    due_at: datetime
    left: int
    total: int


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
    """What waits for a person; `is_cut` where there are more troubles than are shown."""

    asked: tuple[Asked, ...] = ()
    troubles: tuple[Line, ...] = ()
    is_cut: bool = False
    stops: tuple[StopLine, ...] = ()


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


class Decided(Value):
    """A decision that stands, with whoever made it."""

    person: str
    by_policy: bool = False
    decision: Decision
    at: datetime
    reason: str = ""
    proven: bool = False


class Proof(Value):
    """A version for a channel to look at and decide on; `objection` says why this reader may not decide.

    `row` is its row in a request, 0 where it is looked at by itself.
    """

    row: int = 0
    rendition_id: int
    subject: str
    version: str
    title: str
    number: str = ""
    author: str = ""
    account: str
    channel: str
    provider: str
    post: Post
    notes: tuple[Note, ...] = ()
    due_at: datetime | None = None
    is_current: bool = True
    by_hand: bool = False
    decided: Decided | None = None
    objection: Reason = NO_REASON


class Question(Value):
    """A request for approval with all its proofs."""

    id: int
    title: str
    asked_of: str
    asked_at: datetime
    due_at: datetime
    is_open: bool
    has_run: bool = False
    proofs: tuple[Proof, ...] = ()


class Verdict(Value):
    """What a person says about one version."""

    subject: str
    version: str
    decision: Decision
    reason: str = ""


class Outcome(Value):
    """What became of verdicts: counted, lost to somebody who was first, or not this person's to give."""

    approved: int = 0
    returned: int = 0
    lost: tuple[Reason, ...] = ()
    objections: tuple[Reason, ...] = ()


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
