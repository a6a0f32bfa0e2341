"""A mail from the mailbox of returns, read: what it tells of which letter, or that it is not ours. Pure.

It is believed by the letter's key, whose signature must hold, and that is looked for where a mail server puts it: the
address it was returned to, Message-IDs, the returned letter. Whoever has no letter of ours can say nothing of one.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.letters import Happening, MailNews
from tasks.returns import arf, dsn, marks, replies, written
from tasks.returns.fates import Fate
from tasks.returns.marks import Printed
from tasks.returns.mime import Headers, Piece, headers_of, pieces_of
from tasks.returns.policy import Weight
from tasks.returns.replies import Answered

ROUND_MOST = 60  # Received lines: a letter that has been through more goes round in circles (RFC 5321, 6.3: about 100)
RETURNED = (
    "message/rfc822",
    "text/rfc822-headers",
    "message/rfc822-headers",
    "message/global",
    "message/global-headers",
)
COPY_MOST = 200_000
OURS = ("message-id", "list-unsubscribe", "return-path", "x-letter")
TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to", "cc")
MAIL_ID_MOST = 300


class Sort(StrEnum):
    """What a mail turned out to be."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    REPLY = "reply"
    BY_MACHINE = "by_machine"
    OF_A_TEST = "of_a_test"
    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True)
class Reading:
    """`news` is empty for what is nobody's concern; a reply stays in the mailbox for a person to read in any case."""

    sort: Sort
    news: tuple[MailNews, ...] = ()


NOTHING = Reading(Sort.NOT_OURS)


def read(raw: bytes, received: datetime, printed: Printed) -> Reading:
    """Read a mail. `received` is when our own mailbox took it: its own date anybody may write."""
    headers, body = headers_of(raw)
    if len(headers.all("received")) > ROUND_MOST:
        return NOTHING
    mail = _Mail(headers, pieces_of(headers, body), received, printed, raw)
    if arf.is_report(mail.pieces):
        return mail.told(Sort.COMPLAINT, arf.fates(mail.pieces))
    if fates := dsn.fates(mail.pieces) or written.fates(headers, mail.pieces):
        return mail.told(Sort.BOUNCE, fates)
    return mail.left() or mail.answered()


@dataclass(frozen=True, slots=True)
class _Mail:
    headers: Headers
    pieces: Sequence[Piece]
    received: datetime
    printed: Printed
    raw: bytes

    def told(self, sort: Sort, fates: Sequence[Fate]) -> Reading:
        """What a report says, of the letter that it is about."""
        found = marks.find(self.printed, self._everywhere())
        if found and not found[1].counts:
            return Reading(Sort.OF_A_TEST)
        key, remote_id = found[0] if found else "", self._returned_id()
        if not fates or not (key or remote_id):
            return Reading(sort) if fates or key else NOTHING
        return Reading(sort, tuple(self._news(fate, key, remote_id, n) for n, fate in enumerate(fates)))

    def left(self) -> Reading | None:
        """Who left by the button of their mail program (RFC 2369): the subject is the letter's mark and nothing else.

        The program may say that it writes by itself: it was told to.
        """
        mark = self.headers.said("subject").strip().lower()
        marked = marks.read(self.printed, mark)
        if marked is None:
            return None
        if not marked.counts:
            return Reading(Sort.OF_A_TEST)
        return Reading(Sort.REPLY, (self._news(Fate(Happening.UNSUBSCRIBED, code="mailto"), mark, "", 0),))

    def answered(self) -> Reading:
        """What somebody answered: known by the letter's key in an address or a Message-ID, never by quoted words."""
        if replies.is_by_machine(self.headers):
            return Reading(Sort.BY_MACHINE)
        found = marks.find(self.printed, self._addressed())
        if found is None:
            return NOTHING
        if not found[1].counts:
            return Reading(Sort.OF_A_TEST)
        wanted = replies.sort(self.headers, self.pieces)
        if wanted is not Answered.UNSUBSCRIBE and replies.is_of_absence(self.headers, self.pieces):
            return Reading(Sort.BY_MACHINE)
        what = Happening.UNSUBSCRIBED if wanted is Answered.UNSUBSCRIBE else Happening.REPLIED
        fate = Fate(what, code="reply" if wanted is Answered.UNSUBSCRIBE else wanted.value)
        return Reading(Sort.REPLY, (self._news(fate, found[0], "", 0),))

    def _news(self, fate: Fate, key: str, remote_id: str, n: int) -> MailNews:
        """A refusal of the letter says nothing of its address, so it is no bounce."""
        is_ours = fate.rule is not None and fate.rule.weight is Weight.OURS
        return MailNews(
            what=Happening.REJECTED if is_ours else fate.what, at=self.received, once=self._once(key or remote_id, n),
            key=key, remote_id=remote_id, address=fate.address, hard=fate.hard, code=fate.code,
            detail={"confidence": f"{fate.confidence:.1f}"},
        )  # fmt: skip

    def _once(self, of: str, n: int) -> str:
        """The same for a mail that is read again, or was put into the mailbox twice."""
        origin = self.headers.get("message-id")[:MAIL_ID_MOST] or hashlib.sha256(self.raw).hexdigest()
        return "mail:" + hashlib.sha256(f"{origin}\n{of}\n{n}".encode("utf-8", "replace")).hexdigest()[:40]

    def _addressed(self) -> Iterator[str]:
        for name in TO:
            yield from self.headers.all(name)
        yield self.headers.get("in-reply-to")
        yield from self.headers.all("references")

    def _everywhere(self) -> Iterator[str]:
        yield from self._addressed()
        for headers in self._returned():
            yield from (value for name in OURS for value in headers.all(name))
        for piece in self.pieces:
            yield piece.text[:COPY_MOST]

    def _returned(self) -> Iterator[Headers]:
        """The headers of the letters that came back with it."""
        for piece in self.pieces:
            if piece.kind in RETURNED:
                yield headers_of(piece.bytes)[0]

    def _returned_id(self) -> str:
        """What the sending service may have called the letter."""
        ids = (headers.get("message-id").strip().strip("<>") for headers in self._returned())
        return next((id[:MAIL_ID_MOST] for id in ids if id), "")
