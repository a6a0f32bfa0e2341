"""What passes between the house and its pages about people, outlets and the keys of tills. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from models.company import Outlet
from models.desk import Choice, PersonLine
from models.locale import mark
from models.people import Role
from models.post import Value
from models.reason import Reason

# What each role may do, in words: beside its box, and on the first page of whoever has just come in.
ROLE_WORDS = {
    Role.AUTHOR: mark("Writes and edits pieces, loads the plan, moves publications, asks for approval."),
    Role.APPROVER: mark("Approves or sends back, releases a Stop, asks reviewers outside."),
    Role.TECHNICIAN: mark("Loads files, moves publications, says what is seen in a channel, records expenses."),
    Role.CASHIER: mark("Reads own letters here; the till comes in by a key of its own."),
    Role.HEAD: mark("Everything authors and approvers do; campaigns, goals and money; sees what people do."),
    Role.ADMIN: mark("Invites people, gives roles, keeps outlets and the keys of tills."),
}


class DeedKind(StrEnum):
    """Where a deed was written down. The order matters: of two in one moment the later kind is shown first."""

    ORDER = "order"
    DECISION = "decision"
    STOP = "stop"
    RELEASE = "release"
    VERSION = "version"
    COMMENT = "comment"
    LOAD = "load"


class Deed(Value):
    """Something a person did, or wanted to, about what, and where it is to be seen; `mark` is its place in the list."""

    kind: DeedKind
    id: int
    at: datetime
    code: str = ""
    subject: str = ""
    title: str = ""
    said: str = ""
    words: Mapping[str, str] = {}
    link: str = ""
    is_done: bool = True

    @property
    def mark(self) -> str:
        return f"{self.at.isoformat()}|{self.kind}|{self.id}"


class AbsenceLine(Value):
    """Days away, and who answers."""

    first: date
    last: date
    deputy: str = ""
    is_over: bool = False


class PersonPage(Value):
    """A person as the administrator changes one; `print` tells whether somebody changed them meanwhile.

    `in_file` is False for whoever has left company.yaml, or where it cannot be read: `unreadable` says why.
    """

    line: PersonLine
    telegram: str = ""
    usual_deputy: str = ""
    deputy_key: str = ""
    sessions: int = 0
    absences: tuple[AbsenceLine, ...] = ()
    colleagues: tuple[Choice, ...] = ()
    print: str = ""
    in_file: bool = True
    is_last_admin: bool = False
    mail_leaves: bool = False
    today: date
    deeds: tuple[Deed, ...] = ()
    older: str = ""
    unreadable: Reason | None = None


class MyPage(Value):
    """A person's own page, apart from how they come in."""

    email: str = ""
    telegram: str = ""
    deputy: str = ""
    absences: tuple[AbsenceLine, ...] = ()
    colleagues: tuple[Choice, ...] = ()
    today: date


class TillLine(Value):
    """A till's key as the administrator sees it: its last signs, never the key."""

    id: int
    title: str
    ends_in: str
    made_by: str
    made_at: datetime
    used_at: datetime | None = None
    revoked_by: str = ""
    revoked_at: datetime | None = None
    intake: bool = False
    coupons: bool = False


class OutletPage(Value):
    """An outlet with the keys of its tills."""

    outlet: Outlet
    print: str = ""
    keys: tuple[TillLine, ...] = ()

    @property
    def in_force(self) -> int:
        return sum(key.revoked_at is None for key in self.keys)
