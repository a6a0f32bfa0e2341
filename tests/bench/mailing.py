"""What a mailing costs end to end beside bare sockets: `python -m tests.bench.mailing [--database URL]`.

In one run, against a sink in a process of its own, with the same connections on both sides: a bare sender of ready
bytes with PIPELINING, and our engine: the ledger on disk before each letter, twenty holes filled, links with each
recipient's mark, what came of it written down. Then with DKIM, and once more with ten times as many for the memory.
"""

import argparse
import json
import resource
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import Engine, text
from sqlalchemy.orm import sessionmaker

from integrations.mailers.smtp import Smtp, SmtpSettings
from models.database import DatabaseClock, connect
from models.delivery import State
from models.letters import Letter
from models.reason import Reason
from models.tables import METADATA
from tasks.mailing.jobs import Due, Going
from tasks.returns.marks import letter_key
from tests.bench.mails import HOLES, Cost, form, letters, measured, through_bare
from tests.servers.smtp_sink import RemoteSink, launched_sink
from tests.tasks.mailing import department

CONNECTIONS, AT_ONCE = 50, 10_000


def render(mailing: Going, due: Sequence[tuple[Due, str]]) -> list[Letter | Reason]:
    """A name, the recipient's mark, words: as many values as a mailing of ours has."""
    words = tuple(f"Слово-{hole}" for hole in range(2, HOLES))
    return [
        Letter(one.id, letter_key(mark, one.generation), one.written, FORM, (one.person["name"], mark, *words))
        for one, mark in due
    ]


FORM = form()


def prepare(database: Engine, number: int) -> None:
    METADATA.drop_all(database)
    METADATA.create_all(database)
    due_at = datetime.now(UTC) - timedelta(hours=1)
    with sessionmaker(database).begin() as session:
        department.mailing(session)
        for first in range(1, number + 1, AT_ONCE):
            some = min(AT_ONCE, number - first + 1)
            department.people(session, some, first)
            department.letters(session, range(first, first + some), due_at=due_at)
    if database.dialect.name == "postgresql":
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def through_engine(database: Engine, sink: RemoteSink, number: int, **signing: Any) -> Cost:
    prepare(database, number)
    typed = {"host": "127.0.0.1", "port": sink.port, "encryption": "none", "connections": CONNECTIONS, **signing}
    sender = department.sender(
        database, Smtp(SmtpSettings(**typed)), DatabaseClock(), render=render, now=lambda: datetime.now(UTC)
    )

    def work() -> None:
        tally = sender.run(timedelta(hours=1))
        assert tally.states[State.SENT] == number, tally

    return measured(work, number)


def signing() -> dict[str, str]:
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return {"dkim_domain": "example.org", "dkim_selector": "otdel", "dkim_private_key": key.decode()}


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def compare(database: Engine, number: int, rounds: int, large: int) -> dict[str, str | float]:
    posted, key = letters(number), signing()
    with tempfile.TemporaryDirectory() as folder, launched_sink(Path(folder) / "journal") as sink:
        turns = [
            (through_bare(sink, posted, CONNECTIONS), through_engine(database, sink, number)) for _ in range(rounds)
        ]
        bare, ours = (min(each, key=lambda cost: cost.wall) for each in zip(*turns, strict=True))
        signed = through_engine(database, sink, number // 4, **key)
        small = peak_mb()
        if large:
            through_engine(database, sink, large)
    return {
        "bare sockets": str(bare), "engine, ledger on": str(ours), "engine, DKIM RSA-2048": str(signed),
        "engine / bare, letters/s (goal >= 0.6)": round(bare.wall / ours.wall, 2),
        "DKIM, ms CPU each (goal <= 0.4)": round(1000 * (signed.cpu / signed.number - ours.cpu / ours.number), 3),
        f"peak MB with {number}": small, f"peak MB with {large}": peak_mb() if large else 0,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.bench.mailing", description=__doc__)
    parser.add_argument("--database", default="")
    parser.add_argument("--number", type=int, default=20_000)
    parser.add_argument("--large", type=int, default=0, help="once more with so many, for the memory")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    order = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = connect(order.database or f"sqlite:///{Path(folder) / 'bench.sqlite'}")
        found = compare(database, order.number, order.rounds, order.large)
        database.dispose()
    print(json.dumps(found) if order.json else "\n".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
