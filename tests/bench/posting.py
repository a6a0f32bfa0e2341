"""What the engine costs beside the bare work: `python -m tests.bench.posting`.

In one run, against a server in a process of its own: the engine, a bare httpx loop with the same payloads, and one
Prefect task per placement; then ten times as many. Figures are wall and CPU of this process; the ratios are the result.
"""

import argparse
import json
import os
import resource
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from integrations.channels import discovered
from integrations.channels.base import Call, Channel
from integrations.wire import client, deadline
from models.database import DatabaseClock, connect
from models.delivery import State, Verb
from models.post import Post
from models.tables import METADATA
from tasks.delivery.engine import Engine
from tasks.delivery.jobs import Terms
from tasks.delivery.rows import Claim
from tests.fakes import NOW, delivery
from tests.servers import launched
from tests.servers.vk import TOKEN

ACCOUNTS = 6
GROUPS = [{"id": n, "name": f"g{n}", "screen_name": f"g{n}"} for n in range(1, ACCOUNTS + 1)]


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and of this process's CPU for a number of placements."""

    wall: float
    cpu: float
    number: int

    def __str__(self) -> str:
        wall, cpu = (1000 * seconds / self.number for seconds in (self.wall, self.cpu))
        return f"{self.wall:7.2f} s wall, {wall:6.2f} ms wall and {cpu:6.2f} ms CPU each"


def measured(work: Callable[[], None], number: int) -> Cost:
    used = resource.getrusage(resource.RUSAGE_SELF)
    begun, cpu = time.perf_counter(), used.ru_utime + used.ru_stime
    work()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return Cost(time.perf_counter() - begun, used.ru_utime + used.ru_stime - cpu, number)


def contents(session: Session, claims: Sequence[Claim]) -> dict[int, Post]:
    return {claim.id: Post(text=claim.key) for claim in claims}


def providers(url: str) -> dict[str, Channel]:
    kind = discovered()["vk"]
    made = {}
    for n in range(1, ACCOUNTS + 1):
        channel = kind(kind.Settings(token=TOKEN, group_id=n, api_url=url), client(), lambda picture: b"")
        channel.capabilities = replace(kind.capabilities, min_interval=timedelta(0))  # type: ignore[misc]
        made[f"vk{n}"] = channel
    return made


def plan(database: Database, number: int) -> None:
    METADATA.drop_all(database)
    METADATA.create_all(database)
    with Session(database) as session, session.begin():
        at = NOW - timedelta(days=30)
        session.add_all(delivery(f"post {n}", at=at, account=f"vk{n % ACCOUNTS + 1}") for n in range(number))


def through_engine(database: Database, accounts: dict[str, Channel], number: int) -> Cost:
    plan(database, number)
    sessions = sessionmaker(database, expire_on_commit=False)
    engine = Engine(
        sessions, DatabaseClock(), accounts.__getitem__, contents, "placement", uuid.uuid4().hex, terms=Terms()
    )
    cost = measured(lambda: engine.run(timedelta(minutes=30)), number) if engine else None
    assert cost is not None
    with database.connect() as connection:
        sent = connection.execute(text("SELECT count(*) FROM delivery WHERE state = 'sent'")).scalar_one()
    assert sent == number, engine.tally.counts
    assert engine.tally.counts[State.SENT] == number
    return cost


def bare_loop(url: str, number: int) -> Cost:
    """The same payloads by httpx alone: one loop, one kept connection, nothing written down."""

    def work() -> None:
        with httpx.Client(trust_env=False) as http:
            for n in range(number):
                form = {
                    "owner_id": -(n % ACCOUNTS + 1),
                    "from_group": 1,
                    "guid": uuid.uuid4().hex,
                    "message": f"bare {n}",
                }
                answer = http.post(f"{url}/method/wall.post", data=form | {"access_token": TOKEN, "v": "5.199"})
                assert answer.json()["response"]["post_id"]

    return measured(work, number)


def prefect_tasks(accounts: dict[str, Channel], number: int) -> Cost:
    """One Prefect task per placement, nothing written down by us: what the chunked engine is compared with."""
    from prefect import flow, task
    from prefect.testing.utilities import prefect_test_harness

    @task
    def post(account: str, key: str) -> str:
        call = Call(Verb.PUBLISH, "post", uuid.uuid4().hex, Post(text=key))
        with deadline(timedelta(seconds=30)):
            return accounts[account].act(call).remote_id

    @flow
    def posting() -> None:
        for n in range(number):
            post(f"vk{n % ACCOUNTS + 1}", f"task {n}")

    with prefect_test_harness(server_startup_timeout=180):
        return measured(posting, number)


def main() -> None:
    order = arguments()
    figures: dict[str, Any] = {}
    with launched("vk", groups=GROUPS) as server, tempfile.TemporaryDirectory() as folder:
        database = connect(order.database or f"sqlite:///{Path(folder) / 'bench.sqlite'}")
        accounts = providers(server.url)
        rounds = [
            (through_engine(database, accounts, order.number), bare_loop(server.url, order.number)) for _ in range(3)
        ]
        engine, bare = (
            min((e for e, _ in rounds), key=lambda c: c.wall),
            min((b for _, b in rounds), key=lambda c: c.wall),
        )
        tasks = prefect_tasks(accounts, order.tasks)
        tenfold = through_engine(database, accounts, order.number * 10)
        figures = {
            "engine": str(engine), "bare httpx loop": str(bare), "one Prefect task each": str(tasks),
            f"engine, {order.number * 10}": str(tenfold),
            "engine / bare, wall (goal ≤ 2)": round(engine.wall / bare.wall, 2),
            "engine / bare, CPU": round(engine.cpu / bare.cpu, 2),
            "task each / engine, wall (goal ≥ 5)": round(tasks.wall / tasks.number * engine.number / engine.wall, 1),
            "task each / engine, CPU": round(tasks.cpu / tasks.number * engine.number / engine.cpu, 1),
            "10 × as many, wall (goal ≤ 11)": round(tenfold.wall / engine.wall, 1),
        }  # fmt: skip
        database.dispose()
    title = f"posting: {order.number} placements over {ACCOUNTS} accounts, {database.dialect.name}"
    print(
        json.dumps(figures, ensure_ascii=False)
        if order.json
        else "\n".join([title, *(f"  {k:38} {v}" for k, v in figures.items())])
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=1000)
    parser.add_argument("--tasks", type=int, default=200, help="how many Prefect tasks stand for all")
    parser.add_argument("--database", default="", help="another database than SQLite in a temporary folder")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "ERROR")
    sys.exit(main())
