"""The storm while journals are handed in: web processes really killed and frozen, and a judge over tills and rows.

Tills and devices tell of what has happened without the network: late, twice, in pieces, in another order, from two
sides at once, and a part of it they have redeemed over the network before, whether they heard an answer or not.
"""

import os
import random
import signal
import socket
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models.database import reading
from models.redemptions import Coupon, JournalEntry, Redemption, RedemptionReturn
from tasks.redeeming.engine import Redeeming
from tests.storm.journal_door import FORKED, house_of, know_doors, main
from tests.storm.queues import AT, HOT, ONCE, TWIN, UNKNOWN, Queue, device, till
from tests.tasks.redeeming.shop import terms
from tests.tasks.tills.shop import opened

PIECE_MOST, AGAIN = 7, 0.3
FROZEN_SECONDS, GIVEN_UP_SECONDS, PATIENCE_SECONDS = 2.0, 1.5, 240


@dataclass
class Door:
    """A web process that is started again and again at one address; `served` since it was, what it has answered."""

    at: socket.socket
    folder: Path
    process: ForkServerProcess | None = None
    wakes: float | None = None
    served: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.at.getsockname()[1]}"

    @property
    def is_at_work(self) -> bool:
        return self.served > 0 and self.wakes is None and self.process is not None and self.process.is_alive()

    def revive(self, database: str) -> None:
        if self.wakes is not None and self.process is not None and time.monotonic() >= self.wakes:
            os.kill(self.process.pid or 0, signal.SIGCONT)
            self.wakes = None
        if self.process is None or self.process.exitcode is not None:
            assert self.process is None or self.process.exitcode == -signal.SIGKILL, self.process
            self.process = FORKED.Process(target=main, args=(self.at, database, str(self.folder)))
            self.process.start()
            self.served = 0

    def strike(self, dice: random.Random) -> str:
        assert self.process is not None
        if dice.random() < 0.3:
            os.kill(self.process.pid or 0, signal.SIGSTOP)
            self.wakes = time.monotonic() + FROZEN_SECONDS
            return "frozen"
        self.end()
        return "killed"

    def end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.join()


@dataclass
class SyncStorm:
    """So many sales told by each of the tills and devices, of more than the offer has; `blows` fall meanwhile."""

    database: Engine
    folder: Path
    sales: int
    total: int
    blows: int
    seed: int
    tills: int = 2
    devices: int = 2
    log: Counter[str] = field(default_factory=Counter)
    doors: list[Door] = field(default_factory=list)
    online: dict[tuple[str, str], str] = field(default_factory=dict)
    ends: float = 0.0

    def run(self) -> None:
        know_doors()
        self.ends = time.monotonic() + PATIENCE_SECONDS
        queues = self._opened()
        with ExitStack() as stack:
            for n in range(2):
                at = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
                self.doors.append(Door(at, self.folder / f"door-{n}"))
                stack.callback(self.doors[-1].end)
            self._open_doors()
            pool = stack.enter_context(ThreadPoolExecutor(2 * len(queues)))
            try:
                self._blow([pool.submit(self._tell, queue, side) for queue in queues for side in (0, 1)])
            finally:
                self.ends = 0.0  # whoever is still telling need not go on
        self._judge(queues)

    def _opened(self) -> list[Queue]:
        house = house_of(self.folder / "house", self.database)
        with Session(self.database) as session, session.begin():
            opened(session, HOT, of=terms(limits={"total": self.total, "per_customer": self.total // 3}))
            opened(session, *ONCE, key="once", most=1)
            found = [till(session, house, self.sales) for _ in range(self.tills)]
        return [*found, *(device(house, f"tablet {n}", self.sales) for n in range(self.devices))]

    @property
    def _url(self) -> str:
        return self.database.url.render_as_string(hide_password=False).replace("+psycopg", "")

    def _open_doors(self) -> None:
        """Both are there before anybody tells them of anything."""
        for door in self.doors:
            door.revive(self._url)
        for door in self.doors:
            httpx.get(f"{door.url}/till/v1/openapi.json", timeout=60, trust_env=False).raise_for_status()

    def _blow(self, told: Sequence[Future[None]]) -> None:
        """Strike whoever is at work, and start it again, until all has been told."""
        dice = random.Random(self.seed)
        while not all(one.done() for one in told):
            for door in self.doors:
                door.revive(self._url)
            time.sleep(dice.uniform(0.02, 0.2))  # the storm's own rhythm, not a wait for anything
            at_work = [door for door in self.doors if door.is_at_work]
            if at_work and self._blows_left:
                self.log[dice.choice(at_work).strike(dice)] += 1
        for one in told:
            one.result()

    @property
    def _blows_left(self) -> int:
        return self.blows - self.log["killed"] - self.log["frozen"]

    # Tills and devices: each is told of from two sides, which know nothing of one another.

    def _tell(self, queue: Queue, side: int) -> None:
        dice, entries = random.Random(f"{self.seed} {queue.till} {side}"), queue.entries
        with httpx.Client(trust_env=False, timeout=GIVEN_UP_SECONDS) as at:
            if type(queue) is Queue:
                entries += [queue.twin, *self._sold(at, queue, side, dice)]
            dice.shuffle(entries)
            while entries:
                piece = [entries.pop() for _ in range(min(len(entries), dice.randint(1, PIECE_MOST)))]
                for _ in range(1 + (dice.random() < AGAIN)):
                    self._hand_in(at, queue, piece, dice)
            while self._blows_left:  # and once more, as long as the storm blows
                self._hand_in(at, queue, dice.sample(queue.entries, 3), dice)

    def _sold(self, at: httpx.Client, queue: Queue, side: int, dice: random.Random) -> list[dict[str, Any]]:
        """Sales over the network, one try each: returns those that are told of once more, for no answer or for safety.

        Without an answer the till has sold by its list; what was refused is told of nowhere.
        """
        told = []
        for n in range(3, self.sales // 4):
            key, body = f"online-{side}-{n}", queue.bought(n)
            body |= {"receipt": key}
            try:
                found = at.post(f"{dice.choice(self.doors).url}/till/v1/redeem", json=body,
                                headers=queue.headers("") | {"idempotency-key": key})  # fmt: skip
                said = found.json() if found.status_code == 200 else None
            except httpx.TransportError:
                said = None
            answer = "unheard" if said is None else "sold" if said["ok"] else said["codes"][0]["staff"]["code"]
            self.online[queue.till, key] = answer
            if answer == "unheard" or (answer == "sold" and dice.random() < 0.5):
                told.append({"what": "sale", "key": key, "at": AT} | body)
        return told

    def _hand_in(self, at: httpx.Client, queue: Queue, piece: list[dict[str, Any]], dice: random.Random) -> None:
        """Until it is answered, at whichever door."""
        while True:
            assert time.monotonic() < self.ends, f"still telling after {PATIENCE_SECONDS} s: {self.log}"
            door = dice.choice(self.doors)
            try:
                found = at.post(f"{door.url}{queue.path}", json={"entries": piece}, headers=queue.headers(door.url))
            except httpx.TransportError:
                self.log["unheard"] += 1
                continue
            assert found.status_code in (200, 503), found.text
            if found.status_code == 200:
                door.served += 1
                for entry, said in zip(piece, queue.answered(found.json()), strict=True):
                    queue.answers[queue.key_of(entry)].append(said | {"told": entry})
                return

    # What became of it.

    def _judge(self, queues: Sequence[Queue]) -> None:
        assert self.log["killed"] + self.log["frozen"] == self.blows, f"too calm a storm: {self.log}"
        ledger = Redeeming.of(house_of(self.folder / "house", self.database))
        ledger.catch_up()
        audit = ledger.audit()
        assert audit.ok, audit
        with reading(self.database) as session:
            rows = session.execute(select(Redemption)).scalars().all()
            entries = {(one.till, one.key): one for one in session.execute(select(JournalEntry)).scalars()}
            returns = session.execute(select(RedemptionReturn)).scalars().all()
            coupons = {one.code: one for one in session.execute(select(Coupon)).scalars()}
        self._judge_effects(queues, rows, returns, entries)
        self._judge_limits(rows, coupons, audit.above)
        for queue in queues:
            _judge_answers(queue, entries)
        self.log.update(f"{row.origin} {row.state}" for row in rows)
        self.log.update(f"conflict: {word}" for one in entries.values() for word in one.conflicts)

    def _judge_effects(
        self, queues: Sequence[Queue], rows: Sequence[Redemption], returns: Sequence[RedemptionReturn],
        entries: dict[tuple[str, str], JournalEntry],
    ) -> None:  # fmt: skip
        """Every sale one redemption, however often it was told; every return one effect, or a conflict that says so."""
        told = {(queue.till, key) for queue in queues for key in queue.sales}
        sold = {place for place, answer in self.online.items() if answer in ("sold", "unheard")}
        assert Counter((row.till, row.key) for row in rows) == Counter(told | sold)
        assert {place for place, answer in self.online.items() if answer == "unheard"} <= entries.keys()
        backs = {(queue.till, back): (queue.till, sale) for queue in queues for back, sale in queue.backs.items()}
        by_id = {row.id: (row.till, row.key) for row in rows}
        done = {(one.till, one.key): by_id[one.redemption_id] for one in returns}
        assert len(done) == len(returns) == len(set(backs.values())) and done.items() <= backs.items()
        for place in backs:
            assert entries[place].conflicts == ([] if place in done else ["nothing_left"]), place
        for row in rows:
            back = (row.till, row.key) in done.values()
            assert (row.state, row.back) == (("returned", row.amount) if back else ("redeemed", 0)), row

    def _judge_limits(self, rows: Sequence[Redemption], coupons: dict[str, Coupon], above: Sequence[Any]) -> None:
        """Nothing above a limit but what has happened offline, each said to be so; over the network never."""
        live = [row for row in rows if row.state == "redeemed"]
        against = {row.id: row.conflict.split() for row in rows}
        assert not any(against[row.id] for row in rows if row.origin == "online")
        assert {row.origin for row in rows} <= {"online", "offline"}
        for one in above:
            said = [row for row in live if row.offer_id == one.offer_id and one.kind in against[row.id]]
            assert one.stands - one.most <= len(said), one
        for code in ONCE:
            mine = [row for row in live if row.coupon_id == coupons[code].id]
            assert len(mine) == coupons[code].used and sum("code" not in against[row.id] for row in mine) <= 1


def _judge_answers(queue: Queue, entries: dict[tuple[str, str], JournalEntry]) -> None:
    """Whoever told of it heard the same every time: what is in the rows."""
    for key, answers in queue.answers.items():
        kept = entries[queue.till, key].conflicts
        if queue.path.startswith("/till/page"):
            assert {said["key"] for said in answers} == {key.removeprefix("undo-")}, (key, answers)
            assert key == queue.key(UNKNOWN) or not any(said["unknown"] for said in answers), (key, answers)
            continue
        for body in {repr(said["told"]) for said in answers}:
            mine = [said for said in answers if repr(said["told"]) == body]
            if key == queue.key(TWIN) and not mine[0]["entered"]:
                assert {said["staff"]["code"] for said in mine} == {"other_body"}, (key, mine)
                continue
            heard = [[why["code"] for why in said["conflicts"]] for said in mine if not said["waits"]]
            assert all(said["entered"] for said in mine) and all(one == kept for one in heard), (key, kept, mine)
    twins = {(repr(said["told"]), said.get("entered")) for said in queue.answers[queue.key(TWIN)]}
    assert queue.path.startswith("/till/page") or sum(bool(entered) for _, entered in twins) == 1, twins
