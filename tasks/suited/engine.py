"""Content for mailings, searched for groups (C2). It knows no Prefect.

What was proposed is kept, so that the next search can say how much of it went into mailings.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from models.company import Group
from models.content import Finding, Ranked
from models.registry import Observation
from tasks.analysis.rows import coming
from tasks.content.ranking import Aims, from_offer
from tasks.content.rows import as_offer, offers
from tasks.groups import rows as groups
from tasks.groups.figures.rows import bought
from tasks.house import House
from tasks.registry.rows import record
from tasks.suited import rows
from tasks.suited.ranking import Coming, Demand, Known, key_of, rank_for, rates_of, steps_of
from tasks.suited.using import Key, by_address, said_in

OPERATION, PRODUCTS = "C2", "products"
FOUND_WITHIN, PUBLISHED_WITHIN, TOLD_WITHIN = timedelta(days=30), timedelta(days=60), timedelta(days=30)
BOUGHT_WITHIN, LATELY = timedelta(days=180), timedelta(days=30)
DEMAND_MOST, OCCASION_DAYS = 30, 30


@dataclass(frozen=True)
class Suited:
    """What is proposed for a group, and what it buys."""

    key: str
    title: str
    ranked: tuple[Ranked, ...]
    demand: tuple[Demand, ...]


@dataclass(frozen=True)
class Stock:
    """Everything that could be said to anybody."""

    findings: tuple[Finding, ...]
    categories: dict[Key, frozenset[str]]
    rates: dict[Key, float]
    coming: tuple[Coming, ...]

    @property
    def products(self) -> dict[str, Key]:
        return {one.ref: key_of(one) for one in self.findings if one.source == PRODUCTS}


class Search:
    """The search of one house."""

    def __init__(self, house: House) -> None:
        self.house, self.company = house, house.workspace.company

    def run(self, group: str = "", most: int = 20, run: str = "") -> list[Suited]:
        """Propose at most so many things for this group, or for every one in use; the registry is told. Raises Refused.

        Refused where there is no such group.
        """
        now = self.house.now()
        with self.house.reads() as session:
            wanted = [groups.in_use(session, groups.key_of(session, group))] if group else groups.groups(session)
            stock = self._stock(session, now)
            found = [self._suited(session, stock, one.key, one.title, now, most) for one in wanted]
        with self.house.sessions.begin() as session:
            for one in found:
                record(session, self._facts(session, stock, one, now, run), self.house.clock)
                rows.keep_proposed(session, one.key, [key_of(ranked.finding) for ranked in one.ranked], now)
        return found

    def _stock(self, session: Session, now: datetime) -> Stock:
        sold = [as_offer(row) for row in offers(session) if row.available]
        findings = [from_offer(one, PRODUCTS) for one in sold]
        answered, reached = rows.answers(session, now - PUBLISHED_WITHIN, now)
        rates = rates_of(answered, reached)
        findings += rows.pieces(session, reached)
        findings += rows.candidates(session, now - FOUND_WITHIN, but=(PRODUCTS,))
        today = now.astimezone(ZoneInfo(self.company.zone)).date()
        occasions = [(row.title, datetime.fromisoformat(row.on_date).date())
                     for row in coming(session, today, OCCASION_DAYS)]  # fmt: skip
        return Stock(
            findings=tuple(findings), categories={(PRODUCTS, one.id): steps_of(one.category) for one in sold},
            rates={(rows.PIECE, piece): rate for piece, rate in rates.items()},
            coming=tuple(Coming(title, on) for title, on in occasions),
        )  # fmt: skip

    def _suited(self, session: Session, stock: Stock, key: str, title: str, now: datetime, most: int) -> Suited:
        found = bought(session, key, now - BOUGHT_WITHIN, now - LATELY, now, DEMAND_MOST)
        demand = tuple(Demand(one.product_group, one.buyers, one.lately, one.before) for one in found)
        known = Known(demand, stock.rates, stock.coming, self._told(session, stock, key, now), stock.categories)
        return Suited(key, title, tuple(rank_for(stock.findings, self._aims(key, title, now), known)[:most]), demand)

    def _aims(self, key: str, title: str, now: datetime) -> Aims:
        """The department's campaigns and goals, for this group alone: with the words that company.yaml gives it."""
        today = now.astimezone(ZoneInfo(self.company.zone)).date()
        named = next((one for one in self.company.groups if one.key == key), Group(key=key, title=title))
        usual = Aims.of(self.company, today)
        return Aims(today, (named,), usual.campaigns, usual.goals)

    def _told(self, session: Session, stock: Stock, key: str, now: datetime) -> dict[Key, tuple[str, date]]:
        """What mailings have said to the group lately, and which of them last."""
        addresses, zone = by_address(stock.findings), ZoneInfo(self.company.zone)
        told: dict[Key, tuple[str, date]] = {}
        for title, at, letter in rows.told_since(session, key, now - TOLD_WITHIN):
            told |= dict.fromkeys(said_in(letter, stock.products, addresses), (title, at.astimezone(zone).date()))
        return told

    def _facts(self, session: Session, stock: Stock, one: Suited, now: datetime, run: str) -> Sequence[Observation]:
        """How much was found for the group now; and of what was proposed last, how much mailings have said since."""
        said = {
            "operation": OPERATION, "subject_kind": "group", "subject_id": one.key, "customer_group": one.key,
            "observed_at": now, "source": "measured", "run": run,
        }  # fmt: skip
        stamp = f"{OPERATION}:{one.key}:{now:%Y%m%dT%H%M%S%f}"
        found = [Observation(**said, metric="found", value=len(one.ranked), key=f"{stamp}:found")]
        since, before = rows.proposed(session, one.key)
        if since is not None and before:
            addresses = by_address(stock.findings)
            letters = rows.told_since(session, one.key, since)
            used = {key for _, _, letter in letters for key in said_in(letter, stock.products, addresses)}
            accepted = len(used & set(before))
            found.append(Observation(**said, metric="accepted", value=accepted, key=f"{stamp}:accepted"))
        return found
