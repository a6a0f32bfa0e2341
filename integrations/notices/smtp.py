"""One letter to a mail server (RFC 5321), and what its answers prove."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from pydantic import SecretStr

from integrations.errors import OutcomeUnknown, Refused, Unavailable
from models.locale import mark
from models.reason import because

NOT_REACHED = mark("The mail server does not answer: {detail}. It will be tried again.")
NO_ENTRY = mark(
    "The mail server does not let us in: {detail}. Check OTDEL_SMTP_USER and OTDEL_SMTP_PASSWORD; "
    "it will be tried again."
)
REFUSED = mark("The mail server refused the letter: {detail}")
LOST = mark("The mail server did not say whether it took the letter: {detail}")
PATIENCE_SECONDS = 5.0  # for each answer of the server; a letter takes about ten
SAID_NO = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)


@dataclass(frozen=True)
class Server:
    """Where letters go, and as whom."""

    host: str
    port: int
    encrypted: bool
    user: str
    password: SecretStr


class _Wire(smtplib.SMTP):
    """Remembers whether the letter itself has begun to go over: before that nothing has been taken."""

    has_begun = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.has_begun = True
        return super().data(msg)


def send(server: Server, letter: EmailMessage) -> None:
    """Hand the letter over. Raises Refused, Unavailable, or OutcomeUnknown once the letter itself was on its way."""
    with _troubles():
        wire = _connection(server)
        try:
            wire.send_message(letter)
        except SAID_NO:
            raise
        except smtplib.SMTPNotSupportedError as error:  # an address in letters that this server cannot write
            raise Refused(because(REFUSED, code="smtp", detail="SMTPUTF8")) from error
        except (OSError, smtplib.SMTPException) as error:
            if wire.has_begun:
                raise OutcomeUnknown(because(LOST, code="lost", detail=type(error).__name__)) from error
            raise
        finally:
            _say_goodbye(wire)


def greet(server: Server) -> None:
    """Prove that the server lets us in."""
    with _troubles():
        _say_goodbye(_connection(server))


@contextmanager
def _troubles() -> Iterator[None]:
    try:
        yield
    except SAID_NO as error:
        raise _answered(error) from error
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
        raise Unavailable(because(NO_ENTRY, code="no_entry", detail=type(error).__name__)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable(because(NOT_REACHED, code="unreachable", detail=type(error).__name__)) from error


def _answered(error: Any) -> Refused | Unavailable:
    codes = [code for code, _ in error.recipients.values()] if hasattr(error, "recipients") else [error.smtp_code]
    reason = because(REFUSED, code="smtp", detail=", ".join(map(str, codes)))
    return Unavailable(reason) if all(400 <= code < 500 for code in codes) else Refused(reason)


def _connection(server: Server) -> _Wire:
    wire = _Wire(server.host, server.port, socket.gethostname(), PATIENCE_SECONDS)
    try:
        if server.encrypted:
            wire.starttls(context=ssl.create_default_context())
        if server.user:
            wire.login(server.user, server.password.get_secret_value())
    except BaseException:
        wire.close()
        raise
    return wire


def _say_goodbye(wire: smtplib.SMTP) -> None:
    """What became of the letter is known by now; a lost good-bye changes nothing."""
    with suppress(OSError, smtplib.SMTPException):
        wire.quit()
    wire.close()
