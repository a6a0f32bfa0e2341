"""One connection to a mail server: a socket that never blocks, TLS, and the clock that is looked at before every write.

A letter whose time is over gets not a byte more, also in a process that was frozen meanwhile; and a connection that is
given up is reset, so that nothing of it arrives later (`integrations.wire` says why).
"""

import errno
import os
import socket
import ssl
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum, auto
from ipaddress import ip_address
from selectors import EVENT_READ, EVENT_WRITE

from integrations.errors import Failure, Refused, Unavailable
from integrations.mailers.smtp_dialogue import Dialogue, Envelope
from integrations.mailers.smtp_opening import Mode, Terms
from integrations.wire import NO_GHOST, PIECE_BYTES
from models.letters import Answer, Letter
from models.locale import mark
from models.reason import because

NOT_REACHED = mark("The mail server does not answer: {detail}. It will be tried again.")
CUT = mark("The connection to the mail server broke: {detail}. It will be tried again.")
SILENT = mark("The mail server does not answer in time. It will be tried again.")
UNTRUSTED = mark(
    "The mail server's certificate does not hold: {detail}. Check the server's name in the settings, or name the file "
    "of its authority there."
)
NO_TLS = mark("An encrypted connection to the mail server could not be made: {detail}. It will be tried again.")
READ_BYTES = 4096  # replies are short, and a larger buffer costs more than a second reading
POLITE = (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 0, 0))


@dataclass(frozen=True)
class Patience:
    """Seconds for each step, beside the letter's own end; RFC 5321 (4.5.3.2) would give minutes."""

    connect: float = 10.0
    opening: float = 30.0
    command: float = 60.0
    content: float = 240.0


@dataclass(frozen=True)
class Way:
    """Where the server is, and whom we trust there."""

    host: str
    port: int
    addresses: tuple[str, ...]
    trust: ssl.SSLContext | None = None


class Posted:
    """A letter on its way, and when it ends: by the wall clock, and by one that nobody can set back."""

    __slots__ = ("ends_at", "ends_at_the_latest", "letter", "tries")

    def __init__(self, letter: Letter, ends_at: float, ends_at_the_latest: float) -> None:
        self.letter, self.ends_at, self.ends_at_the_latest, self.tries = letter, ends_at, ends_at_the_latest, 0

    def is_over(self, clock: Callable[[], float]) -> bool:
        return clock() >= self.ends_at or time.monotonic() >= self.ends_at_the_latest


class Lost(Exception):
    """The connection is of no use any more."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason.code)
        self.failure = failure


class Step(Enum):
    CONNECTING = auto()
    SHAKING_HANDS = auto()
    TALKING = auto()
    CLOSED = auto()


class Plug:
    """A connection with the letter it carries, if any. Raises Lost where no address can even be tried.

    `has_begun`: a byte of the letter's content has left; `is_spent`: it carries no other letter.
    """

    def __init__(self, way: Way, terms: Terms, patience: Patience, clock: Callable[[], float]) -> None:
        self.way, self.terms, self.patience, self.clock = way, terms, patience, clock
        self.addresses = list(way.addresses)
        self.posted: Posted | None = None
        self.has_begun = self.was_ready = self.is_spent = False
        self.is_resting, self.watched = False, (-1, 0)
        self.alarm_at = time.monotonic() + patience.opening
        self.outbox: bytes | memoryview = b""
        self._secure: ssl.SSLSocket | None = None
        self._connect()

    # Opening.

    def _connect(self, former: int = 0) -> None:
        """Try the next address. Raises Lost where there is no other."""
        while self.addresses:
            address = self.addresses.pop(0)
            try:
                plug = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
            except OSError as error:  # too many files are open, or there is no such family here
                former = error.errno or 0
                continue
            plug.setblocking(False)
            plug.setsockopt(*NO_GHOST)
            plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            try:
                plug.connect((address, self.way.port))
            except BlockingIOError:
                pass
            except OSError as error:
                plug.close()
                former = error.errno or 0
                continue
            self.socket, self.fd, self.step, self.wants = plug, plug.fileno(), Step.CONNECTING, EVENT_WRITE
            self.connect_by = time.monotonic() + self.patience.connect
            return
        raise Lost(Unavailable(because(NOT_REACHED, code="unreachable", detail=_named(former or errno.EHOSTUNREACH))))

    def _try_another(self, error: int) -> None:
        former = self.socket
        try:
            self._connect(error)
        finally:
            former.close()

    def _connected(self) -> None:
        error = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            return self._try_another(error)
        loopback = ip_address(self.socket.getpeername()[0].partition("%")[0]).is_loopback
        terms = self.terms if self.terms.helo else replace(self.terms, helo=_literal(self.socket.getsockname()[0]))
        self.dialogue = Dialogue(terms, self.terms.encryption == "tls", loopback)
        self.step, self.wants = Step.TALKING, EVENT_READ
        return self._secure_it() if self.terms.encryption == "tls" else None

    def _secure_it(self) -> None:
        assert self.way.trust is not None
        host, former = self.way.host, self.socket
        try:
            self._secure = self.way.trust.wrap_socket(former, server_hostname=host, do_handshake_on_connect=False)
        except ValueError:  # no certificate is made for such a name
            raise Lost(Refused(because(UNTRUSTED, code="untrusted", detail=host))) from None
        self.socket, self.step = self._secure, Step.SHAKING_HANDS
        self._shake()

    def _shake(self) -> None:
        assert self._secure is not None
        try:
            self._secure.do_handshake()
        except ssl.SSLWantReadError:
            self.wants = EVENT_READ
        except ssl.SSLWantWriteError:
            self.wants = EVENT_WRITE
        except ssl.SSLCertVerificationError as error:
            raise Lost(Refused(because(UNTRUSTED, code="untrusted", detail=error.verify_message))) from None
        except ssl.SSLError as error:
            raise Lost(Unavailable(because(NO_TLS, code="tls", detail=error.reason or "TLS"))) from None
        else:
            self.step, self.wants = Step.TALKING, EVENT_READ
            if self.terms.encryption == "starttls":
                self.dialogue.secured()
                self._send(self.dialogue.take())

    # Talking.

    @property
    def mode(self) -> Mode:
        return self.dialogue.mode if self.step is Step.TALKING else Mode.OPENING

    def turn(self, events: int) -> Answer | None:
        """Do what can be done now; returns the answer of its letter. Raises Lost."""
        try:
            if self.step is Step.TALKING:
                if events & EVENT_WRITE:
                    self._send(self.outbox)
                return self._listen() if events & EVENT_READ else None
            if self.step is Step.SHAKING_HANDS:
                self._shake()
            else:
                self._connected()
        except OSError as error:
            raise _cut(error) from None
        return None

    def carry(self, posted: Posted, envelope: Envelope) -> None:
        """Introduce a letter. Raises Lost."""
        self.posted, self.has_begun = posted, False
        self.dialogue.post(envelope)
        try:
            self._send(self.dialogue.take())
        except OSError as error:
            raise _cut(error) from None

    def _listen(self) -> Answer | None:
        if self._secure is None:
            data = self.socket.recv(READ_BYTES)
            ended = not data
        else:
            data, ended = self._decrypted(self._secure)
        dialogue = self.dialogue
        answer = dialogue.heard(data) if data else None
        if dialogue.mode is Mode.OVER or ended:
            if answer is None:
                raise Lost(dialogue.trouble or Unavailable(because(CUT, code="cut", detail=_named(0))))
            self.is_spent = True
        elif answer is not None:
            self._answered()
        elif dialogue.mode is Mode.WANTS_TLS:
            self._secure_it()
        elif dialogue.out:
            self._send(dialogue.take())
        return answer

    def _answered(self) -> None:
        """The letter is answered for; what may be left to say is no part of it, nor what goes wrong with that."""
        self.posted, self.is_spent = None, bool(self.outbox)
        if self.dialogue.out:
            try:
                self._send(self.dialogue.take())
            except (OSError, Lost):
                self.is_spent = True

    def _decrypted(self, secure: ssl.SSLSocket) -> tuple[bytes, bool]:
        """What has come, and whether that was all: what TLS has decrypted already no selector shows."""
        chunks: list[bytes] = []
        while True:
            try:
                chunk = secure.recv(READ_BYTES)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return b"".join(chunks), False
            if not chunk:
                return b"".join(chunks), True
            chunks.append(chunk)

    def _send(self, out: bytes | memoryview) -> None:
        """Send what is taken now; before each piece the clock is looked at, and between the two nothing waits."""
        in_content, posted, now = self.dialogue.in_content, self.posted, time.monotonic()
        if self.was_ready and not self.outbox:
            self.alarm_at = now + (self.patience.content if in_content else self.patience.command)
        try:
            while out:
                if posted is not None and posted.is_over(self.clock):
                    raise Lost(Unavailable(because(SILENT, code="late")))
                if in_content and self._secure is not None:
                    self.has_begun = True  # a record may leave in halves
                sent = self.socket.send(out if len(out) <= PIECE_BYTES else memoryview(out)[:PIECE_BYTES])
                if in_content and sent:
                    self.has_begun = True
                out = memoryview(out)[sent:] if sent < len(out) else b""
        except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
            pass
        self.outbox, self.wants = out, EVENT_READ | EVENT_WRITE if out else EVENT_READ

    def look_at(self, now: float) -> None:
        """See whether it takes too long; an address that does not answer gives way to the next. Raises Lost."""
        if self.posted and self.posted.is_over(self.clock):
            raise Lost(Unavailable(because(SILENT, code="late")))
        if self.step is Step.CONNECTING and now >= self.connect_by:
            self._try_another(errno.ETIMEDOUT)
        elif now >= self.alarm_at:
            raise Lost(Unavailable(because(SILENT, code="silent")))

    # The end.

    def reset(self) -> None:
        """End it so that nothing that is still on its way arrives."""
        self.step = Step.CLOSED
        with suppress(OSError):
            self.socket.close()

    def say_goodbye(self) -> None:
        """End it politely: nothing is under way here."""
        with suppress(OSError):
            self.socket.setsockopt(*POLITE)
            self.socket.send(b"QUIT\r\n")
        self.reset()


def _cut(error: OSError) -> Lost:
    """What the system says of a connection that broke."""
    return Lost(Unavailable(because(CUT, code="cut", detail=_named(error.errno or 0))))


def _literal(address: str) -> str:
    """How a host without a name introduces itself (RFC 5321, 4.1.3)."""
    return f"[IPv6:{address.partition('%')[0]}]" if ":" in address else f"[{address}]"


def _named(error: int) -> str:
    return os.strerror(error) if error else "EOF"
