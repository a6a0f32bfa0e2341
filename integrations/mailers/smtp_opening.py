"""How a conversation with a mail server begins: greeting, EHLO, encryption, signing in. Pure.

STARTTLS (RFC 3207): nothing that was heard before it is believed. AUTH (RFC 4954) PLAIN, LOGIN, CRAM-MD5.
"""

import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from pydantic import SecretStr

from integrations.errors import Failure, Refused, Unavailable
from integrations.mailers.smtp_replies import Junk, Phase, Replies, Reply
from models.letters import Answer
from models.locale import mark
from models.reason import Reason

NOT_WELCOME = mark("The mail server does not want to talk to us ({code}). Ask who runs it why.")
BUSY = mark("The mail server cannot talk to us now ({code}). It will be tried again.")
NOT_LET_IN = mark("The mail server does not let us in ({code}). Check user name and password in the settings.")
NO_ENCRYPTION = mark(
    "The mail server offers no encryption (STARTTLS). Choose “tls” and its port, usually 465, or ask who runs it."
)
ENCRYPTION_REFUSED = mark("The mail server refuses encryption now ({code}). It will be tried again.")
BEFORE_ENCRYPTION = mark(
    "Somebody put words into the connection before it was encrypted. Nothing was sent; ask who runs the network."
)
NO_WAY_IN = mark(
    "The mail server offers no way to sign in that we know (PLAIN, LOGIN, CRAM-MD5). Ask who runs it, or empty the "
    "user name if none is needed."
)
NOT_IN_CLEAR = mark("A password is never sent without encryption. Choose “starttls” or “tls” in the settings.")
NOT_SMTP = mark("What answers there is no mail server. Check its name and port in the settings.")
CLOSED_BY_SERVER = mark("The mail server closed the connection. It will be tried again.")


class Mode(Enum):
    OPENING = auto()
    WANTS_TLS = auto()
    IDLE = auto()
    BUSY = auto()
    OVER = auto()


@dataclass(frozen=True)
class Terms:
    """As whom we speak, and how."""

    helo: str
    encryption: str = "starttls"
    user: str = ""
    password: SecretStr = field(default=SecretStr(""))


@dataclass(frozen=True)
class Offers:
    """What the server can do, as it said to EHLO. `size`: the most octets of a letter; 0: not named; -1: no SIZE."""

    pipelining: bool = False
    eight_bit: bool = False
    utf8: bool = False
    starttls: bool = False
    size: int = -1
    auth: frozenset[str] = frozenset()


def offered(reply: Reply) -> Offers:
    words = [line.replace("=", " ", 1).upper().split() for line in reply.lines[1:]]
    said = {each[0]: each[1:] for each in reversed(words) if each}
    auth = frozenset(word for each in words if each and each[0] == "AUTH" for word in each[1:])
    size = next((int(word) for word in said.get("SIZE", ()) if word.isascii() and word.isdecimal()), 0)
    return Offers("PIPELINING" in said, "8BITMIME" in said, "SMTPUTF8" in said, "STARTTLS" in said,
                  size if "SIZE" in said else -1, auth)  # fmt: skip


class Opening:
    """What was said and what is awaited. `out` is to be said now, `trouble` is why it is over."""

    def __init__(self, terms: Terms, encrypted: bool, loopback: bool) -> None:
        self.terms, self.encrypted, self.loopback = terms, encrypted, loopback
        self.mode, self.offers = Mode.OPENING, Offers()
        self.trouble: Failure | None = None
        self._replies, self._expected = Replies(), deque([Phase.GREETING])
        self.out, self._steps = b"", deque[Callable[[bytes], bytes]]()
        self._mechanisms: list[str] = []
        self._on: dict[Phase, Callable[[Reply], Answer | None]] = {
            Phase.GREETING: self._greeted, Phase.EHLO: self._ehlo, Phase.HELO: self._helo, Phase.AUTH: self._auth,
            Phase.STARTTLS: self._starttls,
        }  # fmt: skip

    def take(self) -> bytes:
        """What is to be said now."""
        out, self.out = self.out, b""
        return out

    def heard(self, data: bytes) -> Answer | None:
        """Take what the server said; returns the answer of the letter at hand once it is known."""
        try:
            replies = self._replies.feed(data)
        except Junk:
            self.nonsense()
            return None
        answer = None
        for reply in replies:
            if self.mode is Mode.WANTS_TLS:
                break
            if self.mode is not Mode.OVER:
                self._last = reply
                answer = self._step(reply) or answer
        if self.mode is Mode.WANTS_TLS and not (self._replies.is_empty and replies[-1] is self._last):
            self._end(Unavailable(Reason(code="injected", text=BEFORE_ENCRYPTION)))
        return answer

    def _step(self, reply: Reply) -> Answer | None:
        if not self._expected:  # it says good-bye without having been asked
            self._end(unavailable(CLOSED_BY_SERVER, reply))
            return None
        return self._on[self._expected.popleft()](reply)

    def _say(self, phase: Phase, line: bytes) -> None:
        self._expected.append(phase)
        self.out += line + b"\r\n"

    def _end(self, trouble: Failure) -> None:
        self.mode, self.trouble, self.out = Mode.OVER, trouble, b""

    def nonsense(self) -> None:
        self._end(Unavailable(Reason(code="junk", text=NOT_SMTP)))

    def _greeted(self, reply: Reply) -> None:
        if reply.is_yes:
            return self._say(Phase.EHLO, b"EHLO " + self.terms.helo.encode())
        return self._end(refusal(reply))

    def _ehlo(self, reply: Reply) -> None:
        if reply.is_yes:
            self.offers = offered(reply)
            return self._introduced()
        if reply.code >= 500:
            return self._say(Phase.HELO, b"HELO " + self.terms.helo.encode())
        return self._end(refusal(reply))

    def _helo(self, reply: Reply) -> None:
        return self._introduced() if reply.is_yes else self._end(refusal(reply))

    def _introduced(self) -> None:
        if self.terms.encryption == "starttls" and not self.encrypted:
            if self.offers.starttls:
                return self._say(Phase.STARTTLS, b"STARTTLS")
            return self._end(Refused(Reason(code="no_encryption", text=NO_ENCRYPTION)))
        if not self.terms.user:
            self.mode = Mode.IDLE
            return None
        if not (self.encrypted or self.loopback):
            return self._end(Refused(Reason(code="in_clear", text=NOT_IN_CLEAR)))
        liked = ("PLAIN", "LOGIN", "CRAM-MD5") if self.encrypted else ("CRAM-MD5", "PLAIN", "LOGIN")
        self._mechanisms = [each for each in liked if each in self.offers.auth]
        return self._sign_in()

    def _starttls(self, reply: Reply) -> None:
        if reply.is_yes:
            self.mode = Mode.WANTS_TLS
        else:
            self._end(unavailable(ENCRYPTION_REFUSED, reply))

    def secured(self) -> None:
        """The connection is encrypted: all begins anew."""
        self.encrypted, self.mode, self.offers, self._replies = True, Mode.OPENING, Offers(), Replies()
        self._say(Phase.EHLO, b"EHLO " + self.terms.helo.encode())

    def _sign_in(self) -> None:
        if not self._mechanisms:
            return self._end(Refused(Reason(code="no_way_in", text=NO_WAY_IN)))
        mechanism = self._mechanisms.pop(0)
        user, password = self.terms.user.encode(), self.terms.password.get_secret_value().encode()
        if mechanism == "PLAIN":
            return self._say(Phase.AUTH, b"AUTH PLAIN " + b64encode(b"\0%b\0%b" % (user, password)))
        if mechanism == "LOGIN":
            self._steps.extend([lambda _: user, lambda _: password])
        else:
            self._steps.append(lambda asked: user + b" " + hmac.new(password, asked, "md5").hexdigest().encode())
        return self._say(Phase.AUTH, b"AUTH " + mechanism.encode())

    def _auth(self, reply: Reply) -> None:
        if reply.is_yes:
            self.mode = Mode.IDLE
        elif reply.code == 334 and self._steps:
            self._say(Phase.AUTH, b64encode(self._steps.popleft()(_challenge(reply))))
        elif reply.code in (500, 501, 502, 503, 504, 534) and self._mechanisms:
            self._steps.clear()
            self._sign_in()
        elif 400 <= reply.code < 500:
            self._end(unavailable(BUSY, reply))
        else:
            self._end(Refused(_coded(NOT_LET_IN, reply)))


def refusal(reply: Reply) -> Failure:
    return Refused(_coded(NOT_WELCOME, reply)) if reply.code >= 500 else unavailable(BUSY, reply)


def unavailable(text: str, reply: Reply) -> Unavailable:
    return Unavailable(_coded(text, reply))


def _coded(text: str, reply: Reply) -> Reason:
    words = {"code": reply.name} if "{code}" in text else {}
    return Reason(code=reply.name, text=text, words=words)


def _challenge(reply: Reply) -> bytes:
    try:
        return b64decode(reply.lines[-1].strip(), validate=False)
    except (NotBase64, ValueError):
        return b""
