"""What an analysis tells the registry: of variants, never of customers. Pure.

Counts are running totals: told again they double nothing, and only what has changed is told. What letters cost is told
by the day, once the day is over; where it turns out otherwise later, the fact is corrected.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from models.registry import Fact, Observation
from models.written import minor_units
from tasks.reactions_to_mailings.values import About, Figures, Owed
from tasks.returns.sums.funnel import Funnel

CODE = "C5"
COUNTED = ("sent", "delivered", "bounced", "opened", "clicked", "replied", "unsubscribed", "complained")
METRICS = (*(f"mail_{name}" for name in COUNTED), "mail_orders", "mail_revenue")
HOUR = timedelta(hours=1)


def subject_of(mailing: int, variant: str) -> str:
    return f"mailing:{mailing}:{variant}"


def count(funnel: Funnel, name: str) -> int:
    return funnel.bounced_hard + funnel.bounced_soft if name == "bounced" else int(getattr(funnel, name))


def of_figures(figures: Figures, known: Mapping[tuple[str, str], int], run: str = "") -> Iterator[Observation]:
    """How far each variant's letters came, where the registry does not know it yet."""
    for line in figures.variants:
        subject = subject_of(figures.about.id, line.variant)
        for name in COUNTED:
            value, metric = count(line.funnel, name), f"mail_{name}"
            if known.get((subject, metric), 0) != value:
                yield _observation(figures.about, subject, metric, value, figures.at, run)


def of_owed(
    about: About, variant: str, owed: Owed, at: datetime, currency: str, known: Mapping[tuple[str, str], int],
    run: str = "",
) -> Iterator[Observation]:  # fmt: skip
    """What purchases are owed to a variant's letters, among all mailings: each receipt counts for one of them."""
    subject = subject_of(about.id, variant)
    for metric, value in {"mail_orders": owed.receipts, "mail_revenue": owed.net}.items():
        if known.get((subject, metric), 0) != value:
            money = {"currency": currency} if metric == "mail_revenue" else {}
            yield _observation(about, subject, metric, value, at, run, **money)


def _observation(
    about: About, subject: str, metric: str, value: int, at: datetime, run: str, **more: str
) -> Observation:
    return Observation(
        operation=CODE, subject_kind="variant", subject_id=subject, metric=metric, value=value, observed_at=at,
        source="measured", channel=about.account, campaign=about.campaign, goal=about.goal, run=run,
        customer_group=about.groups[0] if len(about.groups) == 1 else "",
        key=f"{CODE}:{subject}:{metric}:{at:%Y%m%dT%H%M%S}", **more,
    )  # fmt: skip


def cost_of(price: str, pieces: int, currency: str) -> int | None:
    """What so many letters, or parts of short messages, cost in minor units; None where no price is known."""
    return minor_units(Decimal(price) * pieces, currency) if price.strip() else None


def by_day(hours: Mapping[str, tuple[int, int]], zone: str) -> dict[date, int]:
    """What is paid for on each day of the company's clocks, from hours in UTC."""
    found: dict[date, int] = {}
    for said, (_, pieces) in hours.items():
        day = datetime.fromisoformat(f"{said}:00:00+00:00").astimezone(ZoneInfo(zone)).date()
        found[day] = found.get(day, 0) + pieces
    return found


def of_cost(
    about: About, costs: Mapping[date, int], known: Sequence[Fact], zone: str, currency: str, run: str = ""
) -> Iterator[Observation]:
    """Expenses by the day; where a day's cost has become another one, a correction."""
    told = {fact.origin: fact for fact in known}
    for day, cost in sorted(costs.items()):
        origin = f"mailing:{about.id}:{day}"
        former = told.get(origin)
        if (former is None and not cost) or (former is not None and former.value == cost):
            continue
        correction = {"corrects": former.id} if former else {}
        yield Observation(
            operation=CODE, subject_kind="batch", subject_id=f"mailing:{about.id}", metric="expenses", value=cost,
            cost=cost, currency=currency, observed_at=datetime.combine(day, time(12), ZoneInfo(zone)),
            source="measured", channel=about.account, campaign=about.campaign, goal=about.goal, origin=origin, run=run,
            key=f"{CODE}:{origin}" + (f":{former.id}" if former else ""), **correction,
        )  # fmt: skip
