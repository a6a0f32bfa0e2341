"""What a mail system sends back about a letter, as the standards write it. Pure.

A report of delivery is RFC 3464 (for addresses beyond ASCII RFC 6533) in the multipart/report of RFC 6522, a complaint
RFC 5965, an answer a plain mail of RFC 5322. Each is told of by the letter's own Message-ID, as servers do.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from hashlib import sha256

from models.desk.local_mail import Back
from tasks.local_mail.reading import address_of
from tasks.returns.mime import headers_of, readable

HEAD = re.compile(rb"\r?\n[ \t]*\r?\n")
SERVER = "localhost.localdomain"
AGENT = "Otdel-Local-Mail/1"
COPY_MOST = 500_000  # of a letter that a complaint brings back


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a letter was not delivered, in a server's own words."""

    status: str
    diagnostic: str
    words: str


FAULTS = {
    Back.HARD: Fault("5.1.1", "smtp; 550 5.1.1 No such user here", "There is no such mailbox."),
    Back.SOFT: Fault("4.2.2", "smtp; 452 4.2.2 Mailbox full", "The mailbox is full; it was not emptied in time."),
}


@dataclass(frozen=True, slots=True)
class Written:
    """A mail that comes back, and the name of its file: the same for the same wish, so it comes once."""

    name: str
    raw: bytes


def written(letter: bytes, what: Back, at: datetime, once: str, words: str = "") -> Written:
    """The mail that comes back of this letter. `once` sets two wishes apart; the same one is the same mail."""
    of = _Letter(letter, at, sha256(f"{what.value}\n{once}\n".encode() + letter).hexdigest()[:32])
    return Written(f"{what.value}-{of.print}.eml", of.mail(what, words))


class _Letter:
    def __init__(self, raw: bytes, at: datetime, print: str) -> None:
        self.raw, self.at, self.print = raw, at, print
        self.headers, _ = headers_of(raw)
        self.to, self.sender = address_of(self.headers, "to"), address_of(self.headers, "from")
        self.message_id = _one_line(self.headers.get("message-id"))
        found = HEAD.search(raw)
        self.head = (raw[: found.start()] if found else raw) + b"\r\n"

    def mail(self, what: Back, words: str) -> bytes:
        if what in FAULTS:
            return self.bounce(FAULTS[what])
        return self.complaint() if what is Back.SPAM else self.reply(words)

    def bounce(self, fault: Fault) -> bytes:
        """A report that delivery has failed for good, whatever the mailbox's own fault is."""
        plain = self.to.isascii()
        fields = [
            f"Reporting-MTA: dns; {SERVER}", f"Arrival-Date: {format_datetime(self.at)}", "",
            f"Final-Recipient: {'rfc822' if plain else 'utf-8'}; {self.to}", "Action: failed",
            f"Status: {fault.status}", f"Diagnostic-Code: {fault.diagnostic}",
        ]  # fmt: skip
        told = f"This is the mail system at host {SERVER}.\r\n\r\n<{self.to}>: {fault.words}\r\n"
        kind = "delivery-status" if plain else "global-delivery-status"
        copy = (b"text/rfc822-headers", self.head)
        head = self._head(f"Mail Delivery System <MAILER-DAEMON@{SERVER}>", "Undelivered Mail Returned to Sender")
        return self._report(head, kind, told, fields, copy)

    def complaint(self) -> bytes:
        fields = [
            "Feedback-Type: abuse", f"User-Agent: {AGENT}", "Version: 1", f"Original-Rcpt-To: {self.to}",
            f"Arrival-Date: {format_datetime(self.at)}", f"Reported-Domain: {self.sender.rpartition('@')[2]}",
        ]  # fmt: skip
        told = f"This is an email abuse report for a letter received by {self.to}.\r\n"
        copy = (b"message/rfc822", self.raw[:COPY_MOST])
        head = self._head(f"Feedback <feedback@{SERVER}>", self._subject("FW: "))
        return self._report(head, "feedback-report", told, fields, copy)

    def reply(self, words: str) -> bytes:
        """What its recipient answers, to where answers are wanted."""
        fields = self._head(self.to, self._subject("Re: "), address_of(self.headers, "reply-to") or self.sender)
        fields += [f"In-Reply-To: {self.message_id}", f"References: {self.message_id}"] if self.message_id else []
        fields += ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
        return "\r\n".join([*fields, "", *words.splitlines(), ""]).encode("utf-8", "replace")

    def _head(self, sender: str, subject: str, to: str = "") -> list[str]:
        return [
            f"From: {_one_line(sender)}", f"To: {_one_line(to or self.sender)}", f"Subject: {subject}",
            f"Date: {format_datetime(self.at)}", f"Message-ID: <{self.print}@{SERVER}>", "MIME-Version: 1.0",
        ]  # fmt: skip

    def _subject(self, before: str) -> str:
        said = _one_line(readable(self.headers.get("subject")))[:300]
        return Header(before + said, "utf-8", maxlinelen=75).encode(linesep="\r\n")

    def _report(
        self, head: list[str], kind: str, told: str, fields: list[str], copy: tuple[bytes, bytes]
    ) -> bytes:  # fmt: skip
        """The three parts of RFC 6522: for people, for machines, and the letter that it is about."""
        boundary = f"=_{self.print}"
        kinds = f'Content-Type: multipart/report; report-type={kind};\r\n boundary="{boundary}"'
        of_server = ["Return-Path: <>", *head, "Auto-Submitted: auto-replied", kinds]
        parts = (
            (b"text/plain; charset=utf-8", told.encode("utf-8", "replace")),
            (f"message/{kind}".encode(), "\r\n".join([*map(_one_line, fields), ""]).encode("utf-8", "replace")),
            copy,
        )
        line = b"--" + boundary.encode()
        body = b"".join(line + b"\r\nContent-Type: " + of + b"\r\n\r\n" + part + b"\r\n" for of, part in parts)
        return "\r\n".join([*of_server, "", ""]).encode("utf-8", "replace") + body + line + b"--\r\n"


def _one_line(text: str) -> str:
    """No value becomes a header more."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
