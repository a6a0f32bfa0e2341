"""What passes between the house and the desk's page about cashiers of an outlet. Pure."""

from datetime import datetime

from models.desk import Choice
from models.post import Value


class DeviceLine(Value):
    id: int
    title: str
    made_by: str
    paired_at: datetime
    seen_at: datetime
    working: str = ""
    revoked_at: datetime | None = None
    revoked_by: str = ""


class CashierLine(Value):
    id: int
    name: str
    made_at: datetime
    locked: bool = False


class ConflictLine(Value):
    """Something that happened while there was no network, and would not have been allowed."""

    id: int
    what: str
    code: str
    against: str
    at: datetime
    came_at: datetime
    seen_by: str = ""
    note: str = ""


class CashiersPage(Value):
    """An outlet's devices, cashiers and conflicts; `people` are cashiers of the company who might be given a PIN."""

    outlet: str
    name: str
    devices: tuple[DeviceLine, ...] = ()
    cashiers: tuple[CashierLine, ...] = ()
    conflicts: tuple[ConflictLine, ...] = ()
    people: tuple[Choice, ...] = ()
    secure: bool = True


class Pairing(Value):
    """Shown once: `picture` is the QR code as SVG."""

    picture: str
    address: str
    title: str
