"""A web process for the tills of a bench, with its keys: what a redemption costs over HTTP beside the ledger alone."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy.orm import sessionmaker

from deployments.web import app_of, listening
from models.database import DatabaseClock, SetClock, connect
from tasks.outlets import rows as keys
from tasks.people.tokens import till_key_hash
from tests.fakes import NOW
from tests.house import COMPANY, furnished

SECRET = "a secret of the bench"
OUTLETS = "outlets:\n  - {key: center, name: Center}\n"
CALLS_MOST = 500  # of a key in a run: a till that calls more often a minute is slowed down
STARTED = get_context("spawn")


def serve(url: str, root: str, told: Any) -> None:
    """Serve until the other end of the pipe says so."""
    house = furnished(Path(root), connect(url), {}, SetClock(NOW), company=COMPANY + OUTLETS)
    house = replace(house, clock=DatabaseClock(), now=lambda: datetime.now(UTC))
    server = uvicorn.Server(listening(app_of(house, SECRET, None), "127.0.0.1", 0))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    told.send(server.servers[0].sockets[0].getsockname()[1])
    told.recv()
    server.should_exit = True
    thread.join()


@contextmanager
def web_process(url: str, root: Path) -> Iterator[str]:
    """The address of a web process of its own, on this database."""
    ours, theirs = STARTED.Pipe()
    process = STARTED.Process(target=serve, args=(url, str(root), theirs))
    process.start()
    try:
        yield f"127.0.0.1:{ours.recv()}"
    finally:
        ours.send("enough")
        process.join(30)


def make_keys(url: str, run: str, clients: int) -> None:
    """A key for each client of a run, as it will name it."""
    engine = connect(url)
    with sessionmaker(engine).begin() as session:
        for client in range(clients):
            hashed = till_key_hash(SECRET, f"{run}-{client}")
            keys.make(session, DatabaseClock(), "center", "till", hashed, "", "bench", coupons=True)
    engine.dispose()


def through_http(address: str, client: int, run: str) -> Callable[[str, int], None]:
    """A till that keeps its connection, as a till's program does; nothing but the standard library."""
    connection = http.client.HTTPConnection(address, timeout=120)
    head = {"Authorization": f"Bearer {run}-{client}", "Content-Type": "application/json"}
    lines: Sequence[dict[str, Any]] = (
        {"n": 1, "product": "tea", "amount": 10_000}, {"n": 2, "product": "cup", "amount": 5_001, "quantity": 3_000},
    )  # fmt: skip

    def redeem(code: str, n: int) -> None:
        body = {"codes": [code], "receipt": f"{n}", "basket": {"currency": "RUB", "lines": lines}}
        once = head | {"Idempotency-Key": f"{run}-{n}"}
        status = 503
        while status == 503:  # the database was too busy; the till asks again
            connection.request("POST", "/till/v1/redeem", json.dumps(body), once)
            answer = connection.getresponse()
            said, status = json.load(answer), answer.status
        assert status == 200 and said["ok"], said

    return redeem
