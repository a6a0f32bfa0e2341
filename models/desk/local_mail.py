"""What the pages of the local mail show, and what can be sent back of a letter. Pure."""

from datetime import datetime
from enum import StrEnum

from models.delivery import State
from models.letters import Happening
from models.locale import mark
from models.post import Value
from models.reason import NO_REASON, Reason


class Back(StrEnum):
    """What comes back of a letter: no such mailbox, a full one, a complaint of spam, an answer."""

    HARD = "hard"
    SOFT = "soft"
    SPAM = "spam"
    REPLY = "reply"


WORDS_MOST = 2_000
CAME_TITLES = {
    Happening.DELIVERED: mark("delivered"),
    Happening.BOUNCED: mark("came back"),
    Happening.DEFERRED: mark("put off by the mail server"),
    Happening.COMPLAINED: mark("complained of spam"),
    Happening.OPENED: mark("opened it"),
    Happening.CLICKED: mark("followed a link"),
    Happening.UNSUBSCRIBED: mark("unsubscribed"),
    Happening.REPLIED: mark("answered"),
    Happening.REJECTED: mark("the letter was refused"),
}


class Chosen(Value):
    """A mailing to choose the letters of."""

    id: int
    title: str


class LocalLine(Value):
    """A letter in the list. `name` and `address` are empty for a customer who was erased (`is_known` is no)."""

    id: int
    mailing: int
    title: str
    subject: str
    customer: int
    name: str
    address: str
    is_known: bool
    at: datetime
    state: State
    came: tuple[Happening, ...] = ()


class LocalTest(Value):
    """A test letter to a colleague. `customer` is as whom it was written, 0 for somebody made up."""

    id: int
    mailing: int
    title: str
    variant: str
    person: str
    customer: int
    at: datetime


class LocalMailPage(Value):
    """Some of the letters, the newest first. `customer` and `mailing` are whose are shown; 0 is everybody's."""

    is_in_use: bool
    lines: tuple[LocalLine, ...] = ()
    tests: tuple[LocalTest, ...] = ()
    number: int = 1
    has_more: bool = False
    mailings: tuple[Chosen, ...] = ()
    mailing: int = 0
    customer: int = 0


class CameBack(Value):
    """One thing that came back about a letter. `robot`: by a scanner; `hard`: there is no such mailbox."""

    what: Happening
    at: datetime
    hard: bool = False
    robot: bool = False
    link: str = ""


class Opened(Value):
    """A letter as it lies in its file. `mark` is what its header of one click unsubscribes by, "" where it has none."""

    sender: str
    to: str
    subject: str
    reply_to: str = ""
    unsubscribe: str = ""
    mark: str = ""
    html: str = ""
    text: str = ""
    size: int = 0


class LocalLetter(Value):
    """One letter with what came back. `held` says why it cannot be shown, `not_back` why nothing can come back."""

    line: LocalLine
    file: str = ""
    account: str = ""
    opened: Opened | None = None
    held: Reason = NO_REASON
    not_back: Reason = NO_REASON
    came: tuple[CameBack, ...] = ()


class OpenedTest(Value):
    """One test letter as it lies in its file; `held` says why it cannot be shown."""

    line: LocalTest
    opened: Opened | None = None
    held: Reason = NO_REASON
