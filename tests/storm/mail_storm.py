"""The storm over letters: senders on one database, really killed and frozen, a mail server that misbehaves, a judge."""

import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customers import Address
from models.database import reading
from models.delivery import State
from models.mailings import Message
from tests.fakes import NOW
from tests.servers.smtp_sink import launched_sink
from tests.storm.mail_sender import CONNECTIONS, TERMS
from tests.storm.storm import Crowd
from tests.tasks.mailing.department import letters, mailing, people

FREEZE = TERMS.lease + timedelta(seconds=1.5)
PATIENCE_SECONDS, AT_ONCE = 240, 5000
AT_REST = {State.SENT, State.UNKNOWN, State.REJECTED, State.CANCELLED}
# What the server does besides: it loses its answer after it took a letter, it goes away, it says no and not now.
FAULTS: list[dict[str, Any]] = [
    {"at": "final", "do": "take+close", "times": 12}, {"at": "final", "do": "take+reset", "times": 6},
    {"at": "content", "do": "reset", "times": 8}, {"at": "mail", "do": "close", "times": 8},
    {"at": "final", "do": "550 5.7.1 no", "times": 20}, {"at": "rcpt", "do": "450 4.2.1 later", "times": 20},
]  # fmt: skip


@dataclass
class MailStorm:
    """One storm over so many recipients. What was in the air at a blow is unknown, never sent again."""

    database: Engine
    folder: Path
    recipients: int
    blows: int
    seed: int
    per_minute: int = 90_000
    senders: int = 2
    log: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        dice, journal = random.Random(self.seed), self.folder / "journal"
        self._prepare()
        with launched_sink(journal, faults=FAULTS) as sink:
            url = self.database.url.render_as_string(hide_password=False).replace("+psycopg", "")
            order = json.dumps({"database": url, "port": sink.port, "per_minute": self.per_minute})
            with Crowd(order, self.senders, "tests.storm.mail_sender", FREEZE) as crowd:
                while self.blows > sum(self.log.values()) and self._moving():
                    time.sleep(dice.uniform(0.05, 0.5))  # the storm's own rhythm, not a wait for anything
                    self.log[crowd.strike(dice)] += 1
                self._calm(crowd)
        self._judge(journal)

    def _prepare(self) -> None:
        with Session(self.database) as session, session.begin():
            mailing(session)
            for first in range(1, self.recipients + 1, AT_ONCE):
                number = min(AT_ONCE, self.recipients - first + 1)
                people(session, number, first)
                letters(session, range(first, first + number), due_at=NOW - timedelta(days=30))

    def _moving(self) -> int:
        with reading(self.database) as session:
            restless = select(func.count()).where(col(Message.state).not_in(AT_REST))
            return session.execute(restless).scalar_one()

    def _calm(self, crowd: Crowd) -> None:
        ends = time.monotonic() + PATIENCE_SECONDS
        while self._moving():
            assert time.monotonic() < ends, f"{self._moving()} letters still wait after {PATIENCE_SECONDS} s"
            crowd.revive()
            time.sleep(0.3)

    def _judge(self, journal: Path) -> None:
        """What the server took, by recipient, against the ledger: each letter once, or unknown and not repeated."""
        lines = [line.split() for line in journal.read_text("utf-8").splitlines()]
        took = Counter(recipient for recipient, _ in lines)
        blows = self.log["killed"] + self.log["frozen"]
        with reading(self.database) as session:
            query = select(col(Message.state), col(Address.written)).join(
                Address, col(Address.customer_id) == col(Message.customer_id)
            )
            rows = session.execute(query).tuples().all()
        assert len(rows) == self.recipients
        for state, address in rows:
            times = took.pop(address, 0)
            self.log[f"{state}, {times}× taken"] += 1
            assert times <= 1, f"{address} was written to {times} times; the ledger says {state}"
            assert state != State.SENT or times == 1, f"{address}: sent, says the ledger, and never arrived"
            assert state != State.REJECTED or times == 0, f"{address}: refused, says the ledger, and arrived"
        assert not took, f"written to, but in no row: {len(took)}"
        unknown = sum(number for said, number in self.log.items() if said.startswith("unknown"))
        refused = sum(number for said, number in self.log.items() if said.startswith("rejected"))
        said_no = sum(fault["times"] for fault in FAULTS if fault["do"].startswith("550"))
        assert refused <= said_no and not self.log["cancelled, 0× taken"], "given up though the server never said no"
        in_doubt = sum(fault["times"] for fault in FAULTS if "take" in fault["do"] or fault["at"] == "content")
        assert unknown <= blows * CONNECTIONS + in_doubt, "more in doubt than there were connections"
