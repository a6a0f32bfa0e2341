"""The storm itself: publishers on one database, really killed and frozen, servers that misbehave, and a judge."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from integrations.media import MediaStore
from models.database import reading
from models.delivery import OUT, Delivery, State
from tests.fakes import NOW, delivery
from tests.servers import Remote, launched
from tests.servers.telegram import CHANNEL
from tests.servers.telegram import TOKEN as TELEGRAM_TOKEN
from tests.servers.vk import TOKEN as VK_TOKEN
from tests.storm.publisher import TERMS

ROOT = Path(__file__).parents[2]
BEFORE = {"timeout_before": 0.01, "close_before": 0.02, "429": 0.02, "5xx": 0.01, "ok_with_error": 0.01}
AFTER = {"timeout_after": 0.01, "close_after": 0.02, "truncated": 0.02, "no_id": 0.01, "5xx_after": 0.01}
UPLOADS = {"close_before": 0.03, "close_after": 0.03, "truncated": 0.03}
FAULTS = {"vk": {"wall.post": BEFORE | AFTER, "upload": UPLOADS}, "telegram": {"*": BEFORE | AFTER}}
OPTIONS: dict[str, dict[str, Any]] = {
    "vk": {"groups": [{"id": n, "name": f"g{n}", "screen_name": f"g{n}"} for n in (1, 2, 3)]},
    "telegram": {"chats": [{"id": CHANNEL - n, "title": f"c{n}", "username": f"c{n}"} for n in (1, 2, 3)]},
}
FREEZE = TERMS.lease + timedelta(seconds=1.5)
PATIENCE_SECONDS = 240


@dataclass
class Storm:
    """One storm. `blows` kills and freezes fall on the publishers, one after another, at random moments."""

    database: Engine
    folder: Path
    placements: int
    blows: int
    seed: int
    publishers: int = 2
    log: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        dice = random.Random(self.seed)
        with ExitStack() as stack:
            servers = {name: stack.enter_context(self._server(name)) for name in FAULTS}
            accounts = self._accounts(servers)
            self._plan(sorted(accounts))
            crowd = stack.enter_context(Crowd(self._order(accounts), self.publishers))
            for _ in range(self.blows):
                time.sleep(dice.uniform(0.05, 0.6))  # the storm's own rhythm, not a wait for anything
                self.log[crowd.strike(dice)] += 1
            self._calm(crowd)
            self._judge(servers, accounts)

    def _server(self, name: str) -> AbstractContextManager[Remote]:
        return launched(name, faults={"chance": FAULTS[name], "seed": self.seed}, **OPTIONS[name])

    def _accounts(self, servers: dict[str, Remote]) -> dict[str, dict[str, Any]]:
        vk = {"token": VK_TOKEN, "api_url": servers["vk"].url}
        telegram = {"token": TELEGRAM_TOKEN, "api_url": servers["telegram"].url}
        found: dict[str, dict[str, Any]] = {}
        for n in (1, 2, 3):
            found[f"vk{n}"] = {"provider": "vk", "place": str(-n), "settings": vk | {"group_id": n}}
            chat = str(CHANNEL - n)
            found[f"tg{n}"] = {"provider": "telegram", "place": chat, "settings": telegram | {"chat": chat}}
        return found

    def _plan(self, accounts: list[str]) -> None:
        with Session(self.database) as session, session.begin():
            session.add_all(
                delivery(f"p{n:05d}.", at=NOW - timedelta(days=30), account=accounts[n % len(accounts)])
                for n in range(self.placements)
            )

    def _order(self, accounts: dict[str, dict[str, Any]]) -> str:
        drawn = BytesIO()
        Image.new("RGB", (64, 64), "#7a4b2a").save(drawn, "PNG")
        media = self.folder / "media"
        picture = MediaStore(media).put(drawn.getvalue(), "image/png", 64, 64)
        url = self.database.url.render_as_string(hide_password=False).replace("+psycopg", "")
        return json.dumps({"database": url, "media": str(media), "picture": picture.model_dump(), "accounts": accounts})

    def _calm(self, crowd: "Crowd") -> None:
        """Wait until nothing moves any more: what is left is out, or waits for a person.

        It only reads: a frozen publisher may hold SQLite's write lock, and nobody would thaw it while we waited.
        """
        ends = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends:
            crowd.revive()
            if not self._moving():
                return
            time.sleep(0.3)
        raise AssertionError(f"still moving after {PATIENCE_SECONDS} s: {self._states()}")

    def _moving(self) -> int:
        """Rows that are not at rest; an unknown one of Telegram rests once it is known that nobody can be asked."""
        with reading(self.database) as session:
            moving = [State.PLANNED, State.CLAIMED, State.INTENT]
            restless = select(func.count()).where(Delivery.state.in_(moving))  # type: ignore[attr-defined]
            unknown = session.query(Delivery).where(Delivery.state == State.UNKNOWN).all()  # type: ignore[arg-type]
            return session.execute(restless).scalar_one() + sum(row.reason.get("code") != "blind" for row in unknown)

    def _states(self) -> Counter[str]:
        with reading(self.database) as session:
            return Counter(state for (state,) in session.execute(select(Delivery.state)))  # type: ignore[call-overload]

    def _judge(self, servers: dict[str, Remote], accounts: dict[str, dict[str, Any]]) -> None:
        """The servers' own journals against the rows: every placement once, or unknown and not repeated; none lost."""
        accepted: Counter[tuple[str, str]] = Counter()
        for server in servers.values():
            complaints = server.complaints()
            assert not any(complaints.values()), complaints
            for place, publications in server.published(marker=r"p\d{5}\.").items():
                for publication in publications:
                    accepted[place, publication.marker] += publication.accepted
        with reading(self.database) as session:
            rows = session.query(Delivery).all()
        assert len(rows) == self.placements
        for row in rows:
            times = accepted.pop((accounts[row.account]["place"], row.key), 0)
            self.log[f"{row.state}, {times}× out"] += 1
            assert times <= 1, f"{row.key} on {row.account} went out {times} times; it says {row.state}"
            assert row.state in OUT | {State.UNKNOWN, State.REJECTED}, f"{row.key} ended {row.state}: {row.reason}"
            assert row.state not in OUT or times == 1, f"{row.key} says {row.state} and is not out"
            assert row.state != State.REJECTED or times == 0, f"{row.key} is out and says refused: {row.reason}"
            assert row.state != State.UNKNOWN or row.account.startswith("tg"), f"{row.key} was not looked for"
        assert not accepted, f"out, but in no row: {accepted}"


class Crowd:
    """Publishers, or senders, as processes: struck, and started again."""

    def __init__(
        self, order: str, number: int, module: str = "tests.storm.publisher", freeze: timedelta = FREEZE
    ) -> None:
        self.order, self.number, self.module, self.freeze = order, number, module, freeze
        self.running: list[subprocess.Popen[bytes]] = []
        self.frozen: dict[int, float] = {}

    def __enter__(self) -> "Crowd":
        self.revive()
        return self

    def revive(self) -> None:
        """Thaw those who have slept beyond their lease, and start as many as there should be."""
        now = time.monotonic()
        for process in self.running:
            if process.pid in self.frozen and now >= self.frozen[process.pid]:
                os.kill(process.pid, signal.SIGCONT)
                del self.frozen[process.pid]
        self.running = [process for process in self.running if process.poll() is None]
        awake = len(self.running) - len(self.frozen)
        self.running += [self._start() for _ in range(self.number - awake)]

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", self.module, self.order], cwd=ROOT)

    def strike(self, dice: random.Random) -> str:
        """Kill one, or freeze it beyond its lease while others go on."""
        self.revive()
        awake = [process for process in self.running if process.pid not in self.frozen]
        victim = dice.choice(awake)
        if dice.random() < 0.3:
            os.kill(victim.pid, signal.SIGSTOP)
            self.frozen[victim.pid] = time.monotonic() + self.freeze.total_seconds()
            return "frozen"
        os.kill(victim.pid, signal.SIGKILL)
        victim.wait()
        return "killed"

    def __exit__(self, *_: object) -> None:
        for process in self.running:
            for blow in (signal.SIGCONT, signal.SIGTERM):
                if process.poll() is None:
                    os.kill(process.pid, blow)
        for process in self.running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
