"""One connection to a mail server as a conversation: bytes that were heard go in, bytes to say come out. Pure.

RFC 5321; PIPELINING (RFC 2920): what introduces a letter goes in one write, its content when the server has said 354.
"""

import re

from integrations.mailers.smtp_opening import CLOSED_BY_SERVER, Mode, Opening, Terms, refusal, unavailable
from integrations.mailers.smtp_replies import Phase, Reply, judged, queue_id
from models.delivery import State
from models.letters import Answer

GROUP = (Phase.MAIL, Phase.RCPT, Phase.DATA)
GO_AHEAD = re.compile(rb"250(?: [^\r\n]{0,500})?\r\n25[01](?: [^\r\n]{0,500})?\r\n354(?: [^\r\n]{0,500})?\r\n")
TAKEN = re.compile(rb"250(?: ([ -~]{0,500}))\r\n")
UNUSUAL = Answer(-1, State.UNKNOWN)


class Envelope:
    """A letter ready for the wire: its commands, and its content with its dot. It shows nobody's address."""

    __slots__ = ("content", "letter", "mail", "rcpt")

    def __init__(self, letter: int, mail: bytes, rcpt: bytes, content: bytes) -> None:
        self.letter, self.mail, self.rcpt, self.content = letter, mail, rcpt, content


class Dialogue(Opening):
    """The letters of a connection, one after another. `in_content`: what is said now is a letter's content."""

    def __init__(self, terms: Terms, encrypted: bool, loopback: bool) -> None:
        super().__init__(terms, encrypted, loopback)
        self.in_content, self.letters = False, 0
        self._envelope: Envelope | None = None
        self._dirty = self._answered = self._recipient = self._in_group = False
        self._on |= {
            Phase.RSET: self._rset, Phase.MAIL: self._mail, Phase.RCPT: self._rcpt, Phase.DATA: self._data,
            Phase.CONTENT: self._content, Phase.EMPTY: self._emptied,
        }  # fmt: skip

    def heard(self, data: bytes) -> Answer | None:
        if self._in_group or self.in_content:
            if self._replies.is_empty and (usual := self._as_usual(data)) is not UNUSUAL:
                return usual
            if self._in_group:
                self._in_group = False
                self._expected.extend(GROUP)
        return super().heard(data)

    def _as_usual(self, data: bytes) -> Answer | None:
        """The two things that a server nearly always says, read at one glance. Anything else is spelt out."""
        assert self._envelope is not None
        if self._in_group:
            if not GO_AHEAD.fullmatch(data):
                return UNUSUAL
            self._in_group, self.in_content, self.out = False, True, self._envelope.content
            self._expected.append(Phase.CONTENT)
            return None
        taken = TAKEN.fullmatch(data)
        if taken is None:
            return UNUSUAL
        self.in_content = self._dirty = False
        self.letters += 1
        self._expected.clear()
        return self._answer(Answer(self._envelope.letter, State.SENT, remote_id=queue_id(taken[1].decode())))

    def _step(self, reply: Reply) -> Answer | None:
        """Take one reply; 421 ends the connection whatever it answers (RFC 5321, 3.8)."""
        phase = self._expected[0] if self._expected else None
        if reply.code != 421 or phase is None or self._envelope is None:
            return super()._step(reply)
        self._end(unavailable(CLOSED_BY_SERVER, reply))
        return None if self._answered else judged(self._envelope.letter, reply, phase)

    def post(self, envelope: Envelope) -> None:
        """Introduce a letter: all at once where the server takes it so."""
        assert self.mode is Mode.IDLE
        self.mode, self._envelope, self._answered, self._recipient = Mode.BUSY, envelope, False, False
        if self.offers.pipelining:
            self.out = b"%b%b%bDATA\r\n" % (b"RSET\r\n" if self._dirty else b"", envelope.mail, envelope.rcpt)
            self._in_group = not self._dirty
            self._expected.extend((Phase.RSET, *GROUP) if self._dirty else ())
        elif self._dirty:
            self._say(Phase.RSET, b"RSET")
        else:
            self._expected.append(Phase.MAIL)
            self.out = envelope.mail
        self._dirty = True

    def _go_on(self, phase: Phase, line: bytes) -> None:
        if not self.offers.pipelining:
            self._expected.append(phase)
            self.out += line

    def _rset(self, reply: Reply) -> None:
        assert self._envelope is not None
        if reply.is_yes:
            self._go_on(Phase.MAIL, self._envelope.mail)
        else:
            self._end(refusal(reply))

    def _mail(self, reply: Reply) -> Answer | None:
        assert self._envelope is not None
        if not reply.is_yes:
            return self._no(reply, Phase.MAIL)
        self._go_on(Phase.RCPT, self._envelope.rcpt)
        return None

    def _rcpt(self, reply: Reply) -> Answer | None:
        if not reply.is_yes:
            return self._no(reply, Phase.RCPT)
        self._recipient = True
        self._go_on(Phase.DATA, b"DATA\r\n")
        return None

    def _data(self, reply: Reply) -> Answer | None:
        assert self._envelope is not None
        if reply.code != 354:
            return self._no(reply, Phase.DATA)
        if not self._answered:
            self.in_content, self.out = True, self._envelope.content
            self._expected.append(Phase.CONTENT)
        elif self._recipient:  # the sender was refused, yet somebody would get this: nothing more is said
            self.nonsense()
        else:  # no recipient, yet it waits: RFC 2920, 3.1
            self._say(Phase.EMPTY, b".")
        return None

    def _content(self, reply: Reply) -> Answer | None:
        assert self._envelope is not None
        if reply.code < 400 and not reply.is_yes:
            self.nonsense()
            return None
        self.in_content, self._dirty = False, not reply.is_yes
        self.letters += 1
        return self._answer(judged(self._envelope.letter, reply, Phase.CONTENT))

    def _emptied(self, reply: Reply) -> None:
        self._finish()

    def _no(self, reply: Reply, phase: Phase) -> Answer | None:
        """A step was refused. The first refusal is the answer; what was said ahead is heard to its end."""
        assert self._envelope is not None
        if reply.code < 400:
            self.nonsense()
            return None
        answer = None if self._answered else judged(self._envelope.letter, reply, phase)
        self._answered = True
        if not self._expected:
            self._finish()
        return answer

    def _answer(self, answer: Answer) -> Answer:
        self._finish()
        return answer

    def _finish(self) -> None:
        self.mode, self._envelope = Mode.IDLE, None
