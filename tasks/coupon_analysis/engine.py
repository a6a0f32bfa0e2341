"""Analyses offers: from our own tables, or from a stranger's files, who never had our tills. It knows no Prefect."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy import Select
from sqlalchemy.orm import Session

from models.database import now_by
from models.redemptions import Arm
from tasks.coupon_analysis import rows
from tasks.coupon_analysis.clocks import Clocks
from tasks.coupon_analysis.costs import BESIDE_RECEIPTS, NO_RATES, Rates
from tasks.coupon_analysis.foreign import Foreign
from tasks.coupon_analysis.frames import COSTS, History, nothing
from tasks.coupon_analysis.histories.engine import AFTER, BEFORE, of_offer, read
from tasks.coupon_analysis.moments import Moments, by_arm, correlation
from tasks.coupon_analysis.periods import DAY, Periods
from tasks.coupon_analysis.power import Plan, detectable
from tasks.coupon_analysis.promoted import groups_of
from tasks.coupon_analysis.whole import Findings, Question, analysed
from tasks.house import House

SHARES = (5, 10, 20, 30, 50)


@dataclass(frozen=True)
class Before:
    """What could be found out, before anything is issued: the smallest difference a customer, by per cent left out."""

    customers: int
    mean: float
    correlation: float
    least: Mapping[int, float] = field(default_factory=dict)
    spread: float = 0.0

    def of(self, percent: int) -> float:
        """The same for any share left out; infinite where nobody is."""
        control = self.customers * percent // 100
        return detectable(Plan(self.customers - control, control, self.spread, self.correlation))


class CouponAnalysis:
    """The offers of one house."""

    def __init__(self, house: House) -> None:
        self.house = house

    @property
    def clocks(self) -> Clocks:
        company = self.house.workspace.company
        return Clocks(company.zone, {one.key: str(one.zone) for one in company.outlets if one.zone})

    def findings(
        self, offer: int, rates: Rates = NO_RATES, costs: pl.DataFrame | None = None,
        above: Mapping[str, Collection[str]] | None = None,
    ) -> Findings | None:  # fmt: skip
        """Everything about one offer, as of now; None where there is no such offer, or none of its words was approved.

        `costs` are of a unit of a product, `above` the groups that each product group lies in.
        """
        with self.house.reads() as session:
            found = rows.offered(session, offer)
            if found is None:
                return None
            now = now_by(self.house.clock, session)
            periods = self._periods(session, found.terms.first_day, found.terms.last_day, now)
            history, by_lot = self._history(session, offer, periods, costs)
            left = rows.left(session, offer, found.terms.limits, self.house.workspace.company.currency)
        question = Question(
            periods=periods, now=now.astimezone(UTC).replace(tzinfo=None), rates=rates, is_by_lot=by_lot,
            promoted=groups_of(found.terms.goods, history.lines, above or {}),
            currency=self.house.workspace.company.currency, left=left,
            is_stopped=found.is_stopped,
            gives_beside=isinstance(found.terms.gives, BESIDE_RECEIPTS),
        )  # fmt: skip
        return analysed(history, question)

    def _periods(self, session: Session, first: date, last: date, now: datetime) -> Periods:
        """Today is not over, so it is not compared; nor are days of which no purchases are known, at either end."""
        zone = ZoneInfo(self.house.workspace.company.zone)
        known = [at and at.astimezone(zone).date() for at in (rows.first_receipt(session), rows.last_receipt(session))]
        periods = Periods(first, last, now.astimezone(zone).date() - DAY, BEFORE, AFTER, known[1])
        return periods.known_from(known[0])

    def _history(
        self, session: Session, offer: int, periods: Periods, costs: pl.DataFrame | None
    ) -> tuple[History, bool]:
        since, until = (
            datetime.combine(day, time(), UTC) for day in (periods.begins - DAY, periods.after_ends + DAY)
        )  # a day more at either end: no zone is further from UTC
        while_it_held = datetime.combine(periods.first_day - DAY, time(), UTC), until
        arms = rows.arms(session, offer)
        by_lot = Arm.CONTROL in set(arms["arm"])
        if not by_lot:
            arms = rows.those_with_and_without(session, offer, since, until)
        lines = self._lines(session, offer, since, until, arms, by_lot).drop("at", "outlet")
        redeemed = self.at_outlets(rows.redemptions(session, offer), "redeemed_at")
        refused = self.at_outlets(rows.refusals(session, offer, *while_it_held), "at").select("place", "local")
        given = nothing(COSTS) if costs is None else costs
        return History(rows.coupons(session, offer), redeemed, lines.lazy(), arms, refused, given), by_lot

    def _lines(
        self, session: Session, offer: int, since: datetime, until: datetime, arms: pl.DataFrame, by_lot: bool
    ) -> pl.DataFrame:
        """What was bought, where there is somebody to compare: nobody has got a code that is everybody's."""
        until = until if Arm.TREATED in set(arms["arm"]) else since
        return self.at_outlets(rows.lines(session, offer, since, until, of_all=not by_lot), "at")

    def at_outlets(self, frame: pl.DataFrame, at: str) -> pl.DataFrame:
        """The frame with `local`: what the clock of each row's outlet showed at its moment, which is naive UTC."""
        return frame.with_columns(self.clocks.to_local(pl.col(at), pl.col("outlet")).alias("local"))

    def before_launch(self, days: int, customers: Select[Any] | None = None, number: int | None = None) -> Before:
        """What leaving out so many per cent could show of an offer of so many days, by what was bought lately.

        `customers` selects whom it would go to, `number` says how many they are: those who bought nothing count too.
        """
        with self.house.reads() as session:
            now = now_by(self.house.clock, session)
            during = timedelta(days=days)
            found = rows.spent(session, now - during - BEFORE * DAY, now - during, now, customers)
        size = max(number or 0, len(found))
        silent = pl.DataFrame({"before": [0] * (size - len(found)), "during": [0] * (size - len(found))},
                              schema={"before": pl.Int64, "during": pl.Int64})  # fmt: skip
        whole = pl.concat([found.select("before", "during"), silent]).with_columns(pl.lit("all").alias("arm"))
        one = by_arm(whole, "before", "during").get("all", Moments(0, 0, 0, 0, 0, 0))
        likeness = correlation([one])
        before = Before(size, one.y, likeness, spread=one.yy)
        return replace(before, least={share: before.of(share) for share in SHARES})

    def foreign(self, files: Mapping[str, Path], clocks: Clocks | None = None) -> Foreign:
        """A stranger's files by what they hold: coupons, redemptions, purchases, costs; CSV, XLSX or Parquet.

        Raises Refused where a table cannot be used at all; rows that are wrong are told by their numbers.
        """
        named = {kind: (path, path.name) for kind, path in files.items()}
        return read(named, clocks or self.clocks, self.house.now(), self.house.workspace.company.currency)

    def of_foreign(
        self, found: Foreign, offer: str, rates: Rates = NO_RATES, promoted: Collection[str] = ()
    ) -> Findings | None:
        """Everything about one offer of a stranger's history; None where it has no such offer."""
        return of_offer(found, offer, self.house.workspace.company, self.house.now(), rates, promoted)
