"""How the tests post letters over a line and gather the answers."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.mailers.base import Line
from integrations.mailers.smtp import Smtp, SmtpSettings
from integrations.mailers.smtp_plug import Patience
from models.letters import Answer, Letter
from tests.servers.smtp_sink import SmtpSink

LONG = timedelta(seconds=20)
QUICK = Patience(connect=2.0, opening=2.0, command=0.2, content=0.2)
STEADY = Patience(connect=20.0, opening=20.0, command=3.0, content=3.0)  # a busy machine is waited for


def smtp(sink: SmtpSink, patience: Patience | None = None, clock: Any = time.time, **typed: Any) -> Smtp:
    usual = {"host": "127.0.0.1", "port": sink.port, "encryption": "none", "connections": 2}
    return Smtp(SmtpSettings(**(usual | typed)), clock=clock, patience=patience)


def gathered(line: Line, letters: Sequence[Letter], within: timedelta = LONG) -> dict[int, Answer]:
    """Post as there is room, until every letter has its answer; each has one."""
    found: dict[int, Answer] = {}
    left, ends_at = list(letters), time.monotonic() + LONG.total_seconds()
    while len(found) < len(letters):
        assert time.monotonic() < ends_at, "some letters have no answer"
        now, left = left[: line.room()], left[line.room() :]
        if now:
            line.post(now, datetime.now(UTC) + within)
        for answer in line.answers(timedelta(seconds=5)):
            assert answer.id not in found
            found[answer.id] = answer
    assert line.answers(timedelta(0)) == []
    return found


def sent(mailer: Smtp, *letters: Letter, within: timedelta = LONG) -> list[Answer]:
    """Over a line of its own, in the order of the letters."""
    line = mailer.open()
    try:
        found = gathered(line, letters, within)
    finally:
        assert line.close() == []
    return [found[letter.id] for letter in letters]
