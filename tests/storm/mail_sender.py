"""A sending process without Prefect, made to be killed: `python -m tests.storm.mail_sender '<json>'`."""

import json
import logging
import signal
import sys
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from threading import Event

from sqlalchemy.orm import sessionmaker

from integrations.mailers.smtp import Smtp, SmtpSettings
from models.database import DatabaseClock, connect, only_looking
from models.letters import Letter, LetterForm
from models.mailers import MailerCard
from models.reason import Reason
from tasks.mailing.engine import Sender
from tasks.mailing.jobs import Due, Going, Terms
from tasks.mailing.lists import rows as lists
from tasks.returns.marks import letter_key
from tests.tasks.mailing.department import printed

TERMS = Terms(
    lease=timedelta(seconds=3), margin=timedelta(seconds=1), allowance=timedelta(seconds=0.5),
    retry=lambda attempts, asked: timedelta(seconds=0.5), rest=lambda refusals, asked: timedelta(seconds=0.3),
)  # fmt: skip
CONNECTIONS = 50
FILL = "Чай и кофе из семи чашек. " * 200
FORM = LetterForm(
    id="storm", sender="news@sender.example", subject=("Здравствуйте, ", 0), text=("Здравствуйте, ", 0, "!\n", FILL)
)


def render(mailing: Going, due: Sequence[tuple[Due, str]]) -> list[Letter | Reason]:
    return [
        Letter(one.id, letter_key(mark, one.generation), one.written, FORM, (one.person["name"],)) for one, mark in due
    ]


def main() -> None:
    order = json.loads(sys.argv[1])
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    engine = connect(order["database"])
    sessions, reads = (sessionmaker(one, expire_on_commit=False) for one in (engine, only_looking(engine)))
    settings = SmtpSettings(host="127.0.0.1", port=order["port"], encryption="none", connections=CONNECTIONS)
    card = MailerCard(key="post", provider="smtp", title="Post", per_minute=order["per_minute"])
    while not stop.is_set():
        sender = Sender(
            sessions, reads, DatabaseClock(), card, Smtp(settings), render, printed, uuid.uuid4().hex, "UTC",
            now=lambda: datetime.now(UTC), stop=stop, terms=TERMS,
        )  # fmt: skip
        sender.run(timedelta(seconds=20))
        with sessions.begin() as session:  # as every run of the flow ends: what is closed too early would be lost
            lists.reopen(session)
            lists.finished(session, DatabaseClock())
        stop.wait(0.05)


if __name__ == "__main__":
    main()
