"""The storm over coupons: tills on one database, really killed and frozen, and a judge over what they were told."""

import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import reading
from models.redemptions import Coupon, OfferCounter, Redemption, RedemptionReturn
from tests.storm.redeemer import FORKED, IN_ALL, main, told
from tests.tasks.redeeming.shop import offer, redeeming, terms

FROZEN_SECONDS, PATIENCE_SECONDS = 1.5, 200


@dataclass
class CouponStorm:
    """So many sales for each of the tills, fewer in the offer; `blows` fall while they are at it."""

    database: Engine
    folder: Path
    sales: int
    total: int
    blows: int
    seed: int
    redeemers: int = 4
    offline: int = 2
    log: Counter[str] = field(default_factory=Counter)
    running: dict[str, ForkServerProcess] = field(default_factory=dict)
    frozen: dict[str, float] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)

    def run(self) -> None:
        dice, ends = random.Random(self.seed), time.monotonic() + PATIENCE_SECONDS
        with Session(self.database) as session, session.begin():
            offer(session, ["HOT"], terms(limits={"total": self.total}))
        try:
            while len(self.done) < self.redeemers + self.offline:
                assert time.monotonic() < ends, f"tills are still at it after {PATIENCE_SECONDS} s: {self.log}"
                self._revive()
                time.sleep(dice.uniform(0.02, 0.15))  # the storm's own rhythm, not a wait for anything
                if self.log["killed"] + self.log["frozen"] < self.blows:
                    self._strike(dice)
        finally:
            self._end()
        self._judge()

    def _revive(self) -> None:
        for till, wakes in list(self.frozen.items()):
            if time.monotonic() >= wakes:
                os.kill(self.running[till].pid or 0, signal.SIGCONT)
                del self.frozen[till]
        url = self.database.url.render_as_string(hide_password=False).replace("+psycopg", "")
        for n in range(self.redeemers + self.offline):
            till, what = (f"r{n}", "redeem") if n < self.redeemers else (f"o{n}", "sync")
            former = self.running.get(till)
            if former is not None and former.exitcode is not None and former.exitcode != -signal.SIGKILL:
                assert former.exitcode == 0, f"{till} ended with {former.exitcode}"
                self.done.add(till)
            if till not in self.done and (former is None or former.exitcode is not None):
                self.running[till] = FORKED.Process(target=main, args=(what, url, str(self.folder), till, self.sales))
                self.running[till].start()

    def _strike(self, dice: random.Random) -> None:
        """Kill one, or freeze it while the others go on."""
        awake = [till for till in sorted(self.running) if till not in self.frozen and self.running[till].is_alive()]
        if not awake:
            return
        till = dice.choice(awake)
        if dice.random() < 0.3:
            os.kill(self.running[till].pid or 0, signal.SIGSTOP)
            self.frozen[till] = time.monotonic() + FROZEN_SECONDS
            self.log["frozen"] += 1
            return
        self.running[till].kill()
        self.running[till].join()
        self.log["killed"] += 1

    def _end(self) -> None:
        for process in self.running.values():
            if process.is_alive():
                process.kill()
            process.join()

    def _judge(self) -> None:
        """What tills were told against the rows: nothing oversold, nothing lost, nothing doubled."""
        assert self.log["killed"] + self.log["frozen"] == self.blows, f"too calm a storm: {self.log}"
        redeeming(self.database).expire()
        audit = redeeming(self.database).audit()
        assert audit.ok, audit
        with reading(self.database) as session:
            rows = session.execute(select(Redemption)).scalars().all()
            returns = set(session.execute(select(col(RedemptionReturn.key))).scalars())
            used = session.execute(select(col(Coupon.used))).scalar_one()
            counter = session.execute(select(col(OfferCounter.used)).where(col(OfferCounter.kind) == "total")).scalar()
        by_key = {row.key: row for row in rows}
        assert len(by_key) == len(rows)
        for n in range(self.redeemers):
            self._judge_redeemer(f"r{n}", by_key, returns)
        for n in range(self.redeemers, self.redeemers + self.offline):
            for sale in range(self.sales):
                row = by_key.pop(f"o{n}-{sale}")
                assert row.state == ("returned" if sale % IN_ALL == 0 else "redeemed"), row
        assert not [row for row in by_key.values() if row.state != "released"], "taken, and nobody was told"
        live = [row for row in rows if row.state == "redeemed"]
        online = [row for row in live if row.origin == "online"]
        assert len(live) == used == counter and len(online) <= self.total
        self.log.update(f"{row.origin} {row.state}" for row in rows)

    def _judge_redeemer(self, till: str, by_key: dict[str, Redemption], returns: set[str]) -> None:
        said = told(self.folder, till)
        for n in range(self.sales):
            key = f"{till}-{n}"
            answer = said[key]
            if not answer.startswith("sold"):
                self.log[f"refused: {answer}"] += 1
                continue
            row = by_key.pop(key)
            assert answer == f"sold {row.id}"
            brought = said.get(f"back-{key}", "").startswith("back")
            assert brought == (f"back-{key}" in returns) == (n % IN_ALL == 0)
            assert row.state == ("returned" if brought else "redeemed")
