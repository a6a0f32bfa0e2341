"""What a mail server says, and what it proves of a letter (RFC 5321, RFC 3463, the registry of enhanced codes). Pure.

Its words are looked at but never repeated: they may hold the recipient's address.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from functools import cached_property

from models.delivery import State
from models.letters import Answer, Holds
from models.locale import mark
from models.reason import Reason

GONE = mark("The mail server says that this address does not exist ({code}).")
AGAINST_RULES = mark("The mail server's rules refuse this letter ({code}). Ask who runs the server why.")
NOT_THIS_SENDER = mark(
    "The mail server does not take letters from this sender ({code}). Check the sender, the bounce address, and that "
    "the account may send for their domain."
)
TOO_LARGE = mark("The mail server says that the letter is too large ({code}). Make it smaller.")
REFUSED = mark("The mail server refused the letter ({code}).")
LATER = mark("The mail server does not take this letter now ({code}). It will be tried again.")
DOMAIN_LATER = mark("The mail server takes nothing for this domain now ({code}). It will be tried again.")
ACCOUNT_LATER = mark("The mail server takes no letters now ({code}). It will be tried again.")

LINE_BYTES_MAX, REPLY_LINES_MAX, WORDS_MAX = 4096, 200, 2000
MINUTE = timedelta(minutes=1)
WAIT = {Holds.LETTER: 5 * MINUTE, Holds.DOMAIN: 15 * MINUTE, Holds.ACCOUNT: 5 * MINUTE}
MAILBOX_WAIT, LONGEST_WAIT = 60 * MINUTE, timedelta(hours=12)


class Phase(Enum):
    """What was said last: the reply is to this."""

    GREETING = auto()
    EHLO = auto()
    HELO = auto()
    STARTTLS = auto()
    AUTH = auto()
    RSET = auto()
    MAIL = auto()
    RCPT = auto()
    DATA = auto()
    CONTENT = auto()
    EMPTY = auto()  # the dot after a DATA that was allowed although no recipient was


class Junk(Exception):
    """What came is no reply of SMTP, or has no end."""


ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")


@dataclass(frozen=True)
class Reply:
    code: int
    lines: tuple[str, ...]

    @property
    def is_yes(self) -> bool:
        return 200 <= self.code < 300

    @cached_property
    def enhanced(self) -> str:
        """The enhanced code, where one stands that fits the other."""
        found = ENHANCED.match(self.lines[-1]) or ENHANCED.match(self.lines[0])
        return found[0] if found and found[1] == str(self.code)[0] else ""

    @property
    def said(self) -> str:
        return " ".join(self.lines)[:WORDS_MAX].lower()

    @property
    def name(self) -> str:
        """The codes alone: this may be shown."""
        return f"{self.code} {self.enhanced}".strip()


class Replies:
    """Bytes in, whole replies out, however they were cut; a reply may have many lines."""

    def __init__(self) -> None:
        self._unread, self._code = b"", b""
        self._lines: list[str] = []

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that are whole by now. Raises Junk."""
        *lines, self._unread = (self._unread + data).split(b"\n")
        if len(self._unread) > LINE_BYTES_MAX:
            raise Junk
        return [reply for line in lines if (reply := self._line(line))]

    def _line(self, line: bytes) -> Reply | None:
        line = line.removesuffix(b"\r")
        code, sign = line[:3], line[3:4]
        known = code.isdigit() and len(code) == 3 and code[0] in b"2345" and sign in (b" ", b"-", b"")
        if not known or (self._lines and code != self._code) or len(self._lines) >= REPLY_LINES_MAX:
            raise Junk
        if len(line) > LINE_BYTES_MAX:
            raise Junk
        self._code = code
        self._lines.append(line[4:].decode("utf-8", "replace"))
        if sign == b"-":
            return None
        whole, self._lines = tuple(self._lines), []
        return Reply(int(code), whole)

    @property
    def is_empty(self) -> bool:
        return not self._unread and not self._lines


# Who is meant. The address itself, everybody at its domain, or us.

NO_SUCH = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"}
GENERAL = {"", "5.0.0", "5.1.0", "5.2.0", "5.5.0"}
UNKNOWN_WORDS = re.compile(
    r"user unknown|unknown (?:user|recipient|local|mailbox|address)"
    r"|no such (?:user|recipient|mailbox|address|person|domain)"
    r"|(?:user|recipient|mailbox|address|account|domain)\W(?:\S+ ){0,4}?"
    r"(?:not found|does(?: not|n't) exist|is not known|unknown|disabled|is invalid)"
    r"|invalid (?:recipient|mailbox|user|address)|unrouteable address|no mailbox here"
    r"|not a valid (?:user|mailbox|recipient)|mailbox unavailable|нет такого|не существует|не найден"
)
RULE_WORDS = re.compile(
    r"spam|block|black ?list|deny|denied|polic|reputation|listed|spf|dkim|dmarc|abuse|relay|prohibited|rejected by"
    r"|authenti|not allowed|not permitted|greylist|rate|too many|virus|malware|спам|запрещ"
)
GREY_WORDS = re.compile(r"gr[ea]y ?-?list|try again later|temporarily deferred|postgrey")
WAIT_WORDS = re.compile(r"(?:in|after|wait|for) (?:about |at least )?(\d{1,6}) ?(s\b|sec|m\b|min|h\b|hour)")
MAILBOX_FULL = {"4.2.2"}
OF_ACCOUNT = re.compile(r"4\.3\.[0-9]+|4\.7\.(?!1$)\d+|4\.1\.[78]|4\.5\.1")
OF_DOMAIN = re.compile(r"4\.4\.[0-9]+|4\.1\.2|4\.7\.\d+")
QUEUED = re.compile(
    r"(?:queued as ([\w.+/=-]{1,100})|\bid=([\w.+/=-]{1,100})|queued on \S{1,100} ([\w.-]{4,100})"
    r"|^(?:2\.\d\.\d )?([\w.+/=-]{8,100}) message accepted.*|^ok ([0-9a-f-]{20,100}))(?=$|[\s),;])",
    re.IGNORECASE,
)


def queue_id(said: str) -> str:
    """By what name the server keeps the letter, where it says so."""
    usual = said.find("queued as ")
    found = QUEUED.match(said, usual) if usual >= 0 else QUEUED.search(said)
    return found[found.lastindex] if found and found.lastindex else ""


def judged(letter: int, reply: Reply, phase: Phase) -> Answer:
    """What a reply to one step of a letter makes of it."""
    if phase is Phase.CONTENT and reply.is_yes:
        return Answer(letter, State.SENT, remote_id=queue_id(reply.lines[-1]))
    if reply.code >= 500:
        return _refused(letter, reply, phase)
    holds = _held(reply, phase)
    text = {Holds.LETTER: LATER, Holds.DOMAIN: DOMAIN_LATER, Holds.ACCOUNT: ACCOUNT_LATER}[holds]
    return Answer(letter, State.PLANNED, reason=_because(text, reply), retry_after=_wait(reply, holds), holds=holds)


def _refused(letter: int, reply: Reply, phase: Phase) -> Answer:
    gone, ours = _is_gone(reply, phase), _is_ours(reply, phase)
    text = GONE if gone else NOT_THIS_SENDER if ours else _refusal(reply)
    holds = Holds.ACCOUNT if ours else Holds.LETTER
    return Answer(letter, State.REJECTED, reason=_because(text, reply), gone=gone, holds=holds)


def _because(text: str, reply: Reply) -> Reason:
    return Reason(code=reply.name, text=text, words={"code": reply.name})


def _refusal(reply: Reply) -> str:
    if reply.code == 552 or reply.enhanced in ("5.2.3", "5.3.4"):
        return TOO_LARGE
    return AGAINST_RULES if reply.enhanced.startswith("5.7.") or RULE_WORDS.search(reply.said) else REFUSED


def _is_gone(reply: Reply, phase: Phase) -> bool:
    """Whether the address itself is not there. A rule that refuses us says nothing of it, whatever code it borrows."""
    if phase not in (Phase.RCPT, Phase.DATA, Phase.CONTENT) or reply.enhanced.startswith("5.7."):
        return False
    if reply.enhanced in NO_SUCH:
        return not re.search(r"spam|black ?list|blocked|relay", reply.said)
    if phase is not Phase.RCPT or reply.enhanced not in GENERAL or reply.code not in (550, 551, 553):
        return False
    return bool(UNKNOWN_WORDS.search(reply.said)) and not RULE_WORDS.search(reply.said)


def _is_ours(reply: Reply, phase: Phase) -> bool:
    """Whether any other letter of ours would be refused just so."""
    if reply.code in (530, 535, 538) or reply.enhanced in ("5.1.7", "5.1.8"):
        return True
    of_letter = reply.enhanced in ("5.3.4", "5.6.7", "5.5.4") or reply.code in (552, 555, 501)
    return phase is Phase.MAIL and not of_letter


def _held(reply: Reply, phase: Phase) -> Holds:
    if reply.code == 421:
        return Holds.DOMAIN if phase is Phase.RCPT and OF_DOMAIN.fullmatch(reply.enhanced) else Holds.ACCOUNT
    if phase is Phase.RCPT and GREY_WORDS.search(reply.said):
        return Holds.LETTER
    if phase in (Phase.MAIL, Phase.GREETING, Phase.RSET) or reply.code == 454:
        return Holds.ACCOUNT
    if phase is Phase.RCPT:
        if OF_DOMAIN.fullmatch(reply.enhanced):
            return Holds.DOMAIN
        return Holds.ACCOUNT if OF_ACCOUNT.fullmatch(reply.enhanced) else Holds.LETTER
    if OF_ACCOUNT.fullmatch(reply.enhanced) or (phase is Phase.DATA and not reply.enhanced):
        return Holds.ACCOUNT
    return Holds.DOMAIN if OF_DOMAIN.fullmatch(reply.enhanced) else Holds.LETTER


def _wait(reply: Reply, holds: Holds) -> timedelta:
    """How long it asks to wait, else what is usual."""
    if asked := WAIT_WORDS.search(reply.said):
        unit = {"s": timedelta(seconds=1), "m": MINUTE, "h": 60 * MINUTE}[asked[2][0]]
        return min(int(asked[1]) * unit, LONGEST_WAIT)
    return MAILBOX_WAIT if reply.enhanced in MAILBOX_FULL else WAIT[holds]
