"""What a mailing costs end to end beside bare sockets: `python -m tests.bench.mailing [--database URL]`.

In one run, against a sink in a process of its own, with the same connections on both sides: a bare sender of ready
bytes with PIPELINING, and our engine, which sends the same letters: composed as on the desk and approved, twenty places
filled in by the writer that houses use, links with each recipient's mark, the ledger on disk before each letter, what
came of it written down. Then with DKIM; and before it the memory of so many letters and of ten times as many.
"""

import argparse
import json
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from sqlalchemy import Engine, text
from sqlalchemy.orm import sessionmaker
from sqlmodel import col

from integrations.mailers.base import MailerCapabilities
from integrations.mailers.smtp import Smtp, SmtpSettings
from models.database import DatabaseClock, connect
from models.delivery import State
from models.letters import Letter
from models.mailings import Mailing, Stage
from models.tables import METADATA
from tasks.mailing.writing.engine import Writer
from tests.bench.mails import HOLES, Cost, measured, through_bare, written
from tests.bench.memory import forget_peak, memory
from tests.servers.smtp_sink import RemoteSink, launched_sink
from tests.tasks.mailing import department
from tests.tasks.mailing.fake_mailer import FakeMailer
from tests.tasks.mailing.office import open_office

CONNECTIONS, AT_ONCE = 50, 10_000


def variant() -> dict[str, Any]:
    """About 20 KB once it is composed; every place is filled in by itself, so none is written once for all."""
    line = "Новый улун из Фуцзяни: мягкий, цветочный. "
    text = " ".join(f"{line}{{{{ name | default('друг {hole}') }}}}." for hole in range(HOLES - 1))
    button = {"kind": "button", "id": "go", "label": "Весь чай", "link": "https://cups.example/tea"}
    return {"blocks": [{"kind": "heading", "id": "heading", "text": "Пришёл зимний чай"},
                       {"kind": "text", "id": "text", "text": text}, button]}  # fmt: skip


def approved(database: Engine, folder: Path) -> Writer:
    """The mailing, made and approved as on the desk, and whoever writes its letters."""
    office = open_office(folder, database)
    office.customers([1])
    office.group("tea", [1])
    id = office.made("Bench")
    for report in (office.saved(id, **variant()), office.set_up(id), office.ask(id), office.decide(id)):
        assert not report.refusal, report.refusal
    office.change(Mailing, col(Mailing.id) == id, stage=Stage.SENDING)
    assert id == 1
    return Writer(office.house)


def prepare(database: Engine, number: int, folder: Path) -> Writer:
    METADATA.drop_all(database)
    METADATA.create_all(database)
    due_at, writer = datetime.now(UTC) - timedelta(hours=1), approved(database, folder)
    with sessionmaker(database).begin() as session:
        for first in range(2, number + 2, AT_ONCE):
            some = min(AT_ONCE, number - first + 2)
            department.people(session, some, first)
            department.letters(session, range(first, first + some), due_at=due_at)
    if database.dialect.name == "postgresql":
        with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    return writer


class Kept(FakeMailer):
    """A mailer that takes everything: what the writer has written is what the bare sender sends."""

    capabilities = MailerCapabilities(connections=CONNECTIONS)


def posted(database: Engine, number: int, folder: Path) -> list[Letter]:
    mailer, writer = Kept(), prepare(database, number, folder)
    department.sender(
        database, mailer, DatabaseClock(), render=writer, now=lambda: datetime.now(UTC)
    ).run(timedelta(hours=1))  # fmt: skip
    assert len(mailer.got) == number
    return mailer.got


def through_engine(database: Engine, sink: RemoteSink, number: int, folder: Path, **signing: Any) -> Cost:
    writer = prepare(database, number, folder)
    typed = {"host": "127.0.0.1", "port": sink.port, "encryption": "none", "connections": CONNECTIONS, **signing}
    sender = department.sender(
        database, Smtp(SmtpSettings(**typed)), DatabaseClock(), render=writer, now=lambda: datetime.now(UTC)
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


def peak_mb(database: Engine, sink: RemoteSink, number: int, folder: Path) -> int:
    """Before anything else has grown here: what was freed once would hide what the engine takes."""
    forget_peak()
    through_engine(database, sink, number, folder)
    return memory("VmHWM") // 1024


def compare(database: Engine, folder: Path, number: int, rounds: int, large: int) -> dict[str, str | float]:
    key = signing()
    with launched_sink(folder.with_name("journal")) as sink:
        peaks = {f"peak MB with {one}": peak_mb(database, sink, one, folder) for one in (number, large) if one}
        ready = posted(database, number, folder)
        turns = [
            (through_bare(sink, ready, CONNECTIONS), through_engine(database, sink, number, folder))
            for _ in range(rounds)
        ]
        bare, ours = (min(each, key=lambda cost: cost.wall) for each in zip(*turns, strict=True))
        signed = through_engine(database, sink, number // 4, folder, **key)
    return {
        "bytes of a letter": len(next(written(ready))[1]), "bare sockets": str(bare), "engine, ledger on": str(ours),
        "engine, DKIM RSA-2048": str(signed),
        "engine / bare, letters/s (goal >= 0.6)": round(bare.wall / ours.wall, 2),
        "DKIM, ms CPU each (goal <= 0.4)": round(1000 * (signed.cpu / signed.number - ours.cpu / ours.number), 3),
        **peaks,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.bench.mailing", description=__doc__)
    parser.add_argument("--database", default="")
    parser.add_argument("--number", type=int, default=20_000)
    parser.add_argument("--large", type=int, default=0, help="with so many too, for the memory")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    order = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = connect(order.database or f"sqlite:///{Path(folder) / 'bench.sqlite'}")
        found = compare(database, Path(folder) / "company", order.number, order.rounds, order.large)
        database.dispose()
    print(json.dumps(found) if order.json else "\n".join(f"{name}: {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
