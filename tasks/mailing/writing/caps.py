"""How much advertising one customer gets: so many letters in so many days, over all mailings. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from models.company import MailingPolicy
from models.letters import Ground


@dataclass(frozen=True)
class Cap:
    """At most `number` advertising letters within `length`; 0 is no cap."""

    number: int = 0
    length: timedelta = timedelta(days=7)

    def __bool__(self) -> bool:
        return self.number > 0


def cap_of(caps: Mapping[str, object], policy: MailingPolicy, ground: str) -> Cap:
    """The mailing's own cap, else the company's. A service message is no advertising and has none."""
    if ground != Ground.ADVERTISING:
        return Cap()
    number, days = caps.get("number") or policy.cap_number, caps.get("days") or policy.cap_days
    return Cap(int(str(number)), timedelta(days=int(str(days))))
