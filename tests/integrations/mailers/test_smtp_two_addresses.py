"""A mail server with two addresses, of which the first does not let us in: the letters go over the other one."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from models.delivery import State
from tests.integrations.mailers.forms import letter
from tests.integrations.mailers.posting import LONG, STEADY, smtp
from tests.servers.smtp_sink import SmtpSink

AWAY = "127.0.0.2"


@contextmanager
def full(port: int) -> Iterator[socket.socket]:
    """Somebody who takes no further connection: who knocks waits, and is refused once it is closed."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((AWAY, port))
        listening.listen(0)
        for _ in range(3):
            knocking = stack.enter_context(socket.socket())
            knocking.setblocking(False)
            knocking.connect_ex((AWAY, port))
        yield listening


def test_many_connections_are_refused_at_one_address_and_made_at_the_other() -> None:
    with SmtpSink() as sink:
        mailer, letters = smtp(sink, STEADY, connections=12, letters_per_connection=1), [letter(n) for n in range(12)]
        mailer.resolver = lambda host, port: [AWAY, "127.0.0.1"]
        line = mailer.open()
        with full(sink.port) as listening:
            line.post(letters, datetime.now(UTC) + LONG)
            listening.close()
            answers = [answer for _ in letters for answer in line.answers(LONG)]
        assert line.close() == []
    assert sorted(answer.id for answer in answers) == sorted(each.id for each in letters)
    assert {answer.state for answer in answers} == {State.SENT}
