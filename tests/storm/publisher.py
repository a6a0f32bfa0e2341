"""A publishing process without Prefect, made to be killed: `python -m tests.storm.publisher '<json>'`.

It runs the engine and the search for unknown rows in turn until SIGTERM.
"""

import dataclasses
import json
import logging
import signal
import sys
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from integrations.channels import discovered
from integrations.channels.base import Channel
from integrations.media import MediaStore
from integrations.wire import client
from models.database import DatabaseClock, connect
from models.post import Picture, Post
from tasks.delivery.backoff import backoff
from tasks.delivery.engine import Engine
from tasks.delivery.jobs import Terms
from tasks.delivery.rows import Claim
from tasks.recovery.engine import Search

TERMS = Terms(
    lease=timedelta(seconds=3),
    longest_call=timedelta(seconds=1),
    allowance=timedelta(seconds=0.5),
    upkeep=timedelta(seconds=0.1),
    wait=lambda attempts, asked: min(backoff(attempts) / 100, timedelta(seconds=1)),
)
PICTURE_EVERY = 4


def contents(picture: Picture) -> Callable[[Session, Sequence[Claim]], dict[int, Post]]:
    """The post says its row's key; every fourth has a picture, so that it takes several calls."""

    def load(session: Session, claims: Sequence[Claim]) -> dict[int, Post]:
        return {c.id: Post(text=c.key, pictures=(picture,) if c.id % PICTURE_EVERY == 0 else ()) for c in claims}

    return load


def provider(order: dict[str, Any], media: MediaStore) -> Channel:
    """A real provider against a test server, with its time-outs in tenths of a second."""
    made = discovered()[order["provider"]]
    channel = made(made.Settings(**order["settings"]), client(), media.open)
    quick = {
        "call_timeout": timedelta(seconds=order.get("call_seconds", 1)),
        "min_interval": timedelta(0),
        "connections": 2,
    }
    channel.capabilities = dataclasses.replace(made.capabilities, **quick)  # type: ignore[misc]
    return channel


def main() -> None:
    order = json.loads(sys.argv[1])
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    sessions = sessionmaker(connect(order["database"]), expire_on_commit=False)
    media = MediaStore(Path(order["media"]))
    accounts = {name: provider(account, media) for name, account in order["accounts"].items()}
    load = contents(Picture.model_validate(order["picture"]))
    work = {"clock": DatabaseClock(), "provider_of": accounts.__getitem__, "contents": load, "kind": "placement"}
    search = Search(sessions, terms=TERMS, look_again=timedelta(seconds=0.2), **work)
    while not stop.is_set():
        Engine(sessions, worker=uuid.uuid4().hex, stop=stop, terms=TERMS, **work).run(timedelta(seconds=20))
        search.run()
        stop.wait(0.05)


if __name__ == "__main__":
    main()
