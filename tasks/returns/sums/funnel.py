"""How far the letters of a mailing came: numbers, and shares that each say of what. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, fields

from models.locale import mark
from tasks.returns.sums.intervals import Interval, wilson

LISTED, SENT, DELIVERED = mark("of those listed"), mark("of those sent"), mark("of those delivered")
TITLES = {
    "sent": mark("letters sent"),
    "delivered": mark("delivered"),
    "bounced_hard": mark("addresses that do not exist"),
    "bounced_soft": mark("not delivered for now"),
    "rejected": mark("the letter was refused"),
    "opened": mark("opened by people"),
    "opened_by_machines": mark("opened by machines only"),
    "clicked": mark("clicked by people"),
    "clicked_by_machines": mark("clicked by machines only"),
    "replied": mark("answered the letter"),
    "unsubscribed": mark("unsubscribed themselves"),
    "complained": mark("complained of spam"),
    "bought": mark("bought"),
}


@dataclass(frozen=True, slots=True)
class Funnel:
    """Letters, each counted once in every line. `opened` by people includes whoever clicked: pictures may be off.

    `sent` are those known to have gone out; `unknown` are not among them. `arrived` are those of which it is proven, by
    the service or by what their recipients did.
    """

    listed: int = 0
    sent: int = 0
    unknown: int = 0
    arrived: int = 0
    bounced_hard: int = 0
    bounced_soft: int = 0
    rejected: int = 0
    undelivered: int = 0
    opened: int = 0
    opened_by_machines: int = 0
    clicked: int = 0
    clicked_by_machines: int = 0
    replied: int = 0
    unsubscribed: int = 0
    complained: int = 0
    bought: int = 0

    @property
    def delivered(self) -> int:
        """Sent, and nothing came back that says otherwise: most servers never confirm."""
        return self.sent - self.undelivered


@dataclass(frozen=True, slots=True)
class Share:
    """`number` of `of`; `title` and `of_what` are msgids."""

    title: str
    number: int
    of: int
    of_what: str

    @property
    def value(self) -> float | None:
        return self.number / self.of if self.of else None

    @property
    def interval(self) -> Interval:
        return wilson(min(self.number, self.of), self.of)


def together(funnels: Iterable[Funnel]) -> Funnel:
    """Funnels of different letters as one."""
    names, found = [one.name for one in fields(Funnel)], list(funnels)
    return Funnel(**{name: sum(getattr(one, name) for one in found) for name in names})


def shares(funnel: Funnel) -> list[Share]:
    """The lines of a report, each with its own denominator."""
    of = {"sent": (funnel.listed, LISTED)}
    of |= dict.fromkeys(("delivered", "bounced_hard", "bounced_soft", "rejected"), (funnel.sent, SENT))
    return [
        Share(title, int(getattr(funnel, name)), *of.get(name, (funnel.delivered, DELIVERED)))
        for name, title in TITLES.items()
    ]
