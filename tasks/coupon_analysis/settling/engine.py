"""Looks at the offers that are due: facts into the registry, money given off to its fund. It knows no Prefect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from integrations.errors import Refused
from models.database import now_by
from models.locale import mark
from models.reason import Reason, because
from tasks.coupon_analysis import rows
from tasks.coupon_analysis.engine import CouponAnalysis
from tasks.coupon_analysis.settling import facts
from tasks.coupon_analysis.settling.facts import About
from tasks.coupon_analysis.settling.rows import due, of_key
from tasks.coupon_analysis.stated import NOTHING_STATED, Stated
from tasks.coupon_analysis.whole import Findings
from tasks.house import House
from tasks.redeeming.buying.asked import name_groups_of_goods
from tasks.redeeming.selling.rows import Shelf
from tasks.registry.rows import record
from tasks.registry.rows import stated as told_of
from tasks.schedule.wall import local

COSTS = ("costs.csv", "costs.xlsx")
NO_OFFER = mark("There is no offer “{key}” whose words are approved. Look at the list of offers for its key.")
NO_COSTS = mark("The cost of goods cannot be read. {why} Mend the table; until then there is no margin.")


@dataclass(frozen=True)
class Looked:
    """An offer, and what was found."""

    about: About
    found: Findings


@dataclass
class Round:
    """What a round came to: each offer looked at, how many facts were new, and what went wrong on the way."""

    looked: list[Looked] = field(default_factory=list)
    facts: int = 0
    troubles: list[Reason] = field(default_factory=list)


class Settling:
    """The offers of one house."""

    def __init__(self, house: House) -> None:
        self.house, self.analysis, self._shelf = house, CouponAnalysis(house), Shelf()

    def round(self, days: int, key: str = "", run: str = "") -> Round:
        """Look at one offer, or at all that have begun and did not end earlier than so many days ago."""
        done = Round()
        costs = self._costs(done)
        for id in self._due(days, key):
            looked = self.look(id, costs)
            if looked is not None:
                done.looked.append(looked)
                done.facts += self._record(looked, run)
        if key and not done.looked:
            done.troubles.append(because(NO_OFFER, code="no_offer", key=key))
        return done

    def _due(self, days: int, key: str) -> list[int]:
        with self.house.reads() as session:
            if key:
                found = of_key(session, key.strip())
                return [found] if found else []
            now = now_by(self.house.clock, session)
            return list(due(session, now - timedelta(days=days), now))

    def of_key(self, key: str, stated: Stated = NOTHING_STATED) -> Looked | None:
        """One offer as of now, with the costs of goods where they can be read; None where there is none."""
        with self.house.reads() as session:
            id = of_key(session, key)
        return self.look(id, self._costs(Round()), stated) if id else None

    def look(self, id: int, costs: pl.DataFrame | None = None, stated: Stated = NOTHING_STATED) -> Looked | None:
        """Everything about an offer, as of now; None where there is no such, or none of its words was approved."""
        with self.house.reads() as session:
            offered = rows.offered(session, id)
            if offered is None:
                return None
            above = self._shelf.of(session, self.house.workspace.company, name_groups_of_goods([offered.terms])).above
        about = facts.about(offered.id, offered.key, offered.fund, offered.terms)
        found = self.analysis.findings(id, stated.over(about.rates), costs, above)
        return Looked(about, found) if found else None

    def _costs(self, done: Round) -> pl.DataFrame | None:
        """What goods cost us, by the table that the company keeps in its folder; None where it keeps none."""
        for name in COSTS:
            if (self.house.root / name).is_file():
                try:
                    return self.analysis.foreign({"costs": self.house.root / name}).costs
                except Refused as refused:
                    done.troubles.append(because(NO_COSTS, code="no_costs", why=refused.reason))
        return None

    def _record(self, looked: Looked, run: str) -> int:
        about, found, company = looked.about, looked.found, self.house.workspace.company
        with self.house.reads() as session:
            now = now_by(self.house.clock, session)
        today = local(now, company.zone).date()
        given = {day: amount for day, amount in self._given(about.id).items() if day < today}
        with self.house.sessions.begin() as session:
            known = told_of(session, facts.looks_of(about.id, today))
            told = [*facts.of_findings(about, found, today, known, now, run)]
            known = told_of(session, facts.given_of(about.id))
            told += facts.of_given(about, given, known, company.zone, company.currency, run)
            return record(session, told, self.house.clock)

    def _given(self, id: int) -> Mapping[date, int]:
        """What came off receipts, what was given back already taken away, by the day of the outlet's own clock."""
        with self.house.reads() as session:
            redeemed = self.analysis.at_outlets(rows.redemptions(session, id), "redeemed_at")
        days = redeemed.group_by(pl.col("local").dt.date().alias("day")).agg(pl.col("amount").sum()).sort("day")
        return dict(days.rows())
