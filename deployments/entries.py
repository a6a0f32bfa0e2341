"""What an entry of the catalogue is: a deployment of a flow, when it runs, and through which door."""

from dataclasses import dataclass, field
from typing import Any

from models.locale import translate
from models.operations import OPERATIONS

EVERY_MINUTE = "* * * * *"
# The doors that runs go through: what must go out on time, and what steers it, never queues behind the rest.
PLACEMENTS, BULK = DOORS = ("placements", "bulk")


@dataclass(frozen=True)
class Entry:
    """A deployment of a flow. `tags` begin with what code finds it by; `crons` are in the company's zone.

    `monthly` is the hour on the first working day of every month. `door` is the work pool that runs it where there is
    more than one machine.
    """

    flow: str
    tags: tuple[str, ...]
    crons: tuple[str, ...] = ()
    monthly: int | None = None
    title: str = ""
    about: str = ""
    form: dict[str, str] = field(default_factory=dict)
    door: str = PLACEMENTS

    @property
    def name(self) -> str:
        """The operation's name in the language of the moment; an order's own title."""
        if self.title:
            return translate(self.title)
        return str(OPERATIONS[self.tags[0]])

    @property
    def parameters(self) -> dict[str, Any]:
        """What its runs are filled in with: Prefect takes a choice only as its form says it in this language."""
        return {"form": {name: translate(choice) for name, choice in self.form.items()}} if self.form else {}

    def rules(self, days: str) -> list[str]:
        """Its schedules that no cron can say (RFC 5545): on the first of these days of the month; holidays unknown."""
        first = f"FREQ=MONTHLY;BYDAY={days};BYSETPOS=1;BYHOUR={self.monthly};BYMINUTE=0;BYSECOND=0"
        return [] if self.monthly is None else [first]
