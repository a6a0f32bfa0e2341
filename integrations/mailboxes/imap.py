"""A mailbox over IMAP (RFC 3501, MOVE of RFC 6851, UIDPLUS of RFC 4315), read with imapclient 4.

A mail is known by UIDVALIDITY and UID, which only rise (RFC 3501, 2.3.1.1); where a server begins its numbers anew,
everything is read again and whoever records knows it by itself. Tried against the server of the tests; no live provider
was.
"""

import os
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Timer
from typing import ClassVar, Literal

from imapclient import IMAPClient, SocketTimeout, exceptions  # type: ignore[import-untyped]
from pydantic import BaseModel, Field, SecretStr

from integrations.errors import Refused, Unavailable
from integrations.mailboxes.base import Arrived, Portion
from models.locale import mark
from models.reason import Reason, because

MAILS_MOST = 100  # in one portion
PORTION_BYTES = 8_000_000
MAIL_BYTES = 1_000_000  # of one mail: what tells a bounce stands in its beginning
NUMBERS_AT_ONCE = 10_000  # a longer answer to a search is a line that is refused for its length
SEARCHES_MOST = 500
MOVED_AT_ONCE = 1_000
LONGEST_GREETING = 15.0  # seconds
SEEN_NOWHERE = mark("There is no mail server at {host}:{port} just now. It will be tried again.")
NOT_LET_IN = mark(
    "The mail server does not let us in. Check the name and the password; many providers want one for apps."
)
NO_FOLDER = mark("There is no folder “{folder}” in the mailbox. Choose one of those there are.")
NOT_MOVED = mark("Read mails cannot be moved to the folder “{folder}”. Make it, or leave the field empty.")
NOT_TRUSTED = mark("The certificate of {host} is not valid, so the password was not sent. Correct the server's name.")
OPEN_LINE = mark("The password would go over an open line. Choose TLS or STARTTLS.")
NO_SENSE = mark("The mail server answers what cannot be understood. It will be tried again.")
NO_ANSWER_NOW = mark("The mail server is busy just now. It will be tried again.")
BUSY = ("UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "OVERQUOTA")


class ImapSettings(BaseModel):
    """The mailbox that bounces and answers come to. `authority`: who vouches for the server, where it is our own."""

    host: str = Field(title=mark("IMAP server"))
    port: int = Field(default=993, title=mark("Port"))
    user: str = Field(title=mark("User name"))
    password: SecretStr = Field(title=mark("Password"))
    security: Literal["tls", "starttls", "none"] = Field(default="tls", title=mark("Encryption"))
    folder: str = Field(default="INBOX", title=mark("Folder"))
    move_to: str = Field(default="", title=mark("Move read mails to"))
    authority: Path | None = Field(default=None, title=mark("Certificate of the server's authority"))
    seconds: float = Field(default=30.0, gt=0, title=mark("Patience, in seconds"))
    visit_seconds: float = Field(default=300.0, gt=0, title=mark("The longest visit, in seconds"))


@dataclass(frozen=True, slots=True)
class Folder:
    """An open folder: its UIDVALIDITY, the number that its next mail will have, how many it holds."""

    validity: int
    ahead: int
    mails: int


class Imap:
    """One folder of one mailbox."""

    name: ClassVar[str] = "imap"
    title: ClassVar[str] = mark("Mailbox over IMAP")
    Settings: ClassVar[type[BaseModel]] = ImapSettings

    def __init__(self, settings: ImapSettings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.settings, self.now = settings, now

    def read(self, cursor: str) -> Portion:
        """What came after the cursor, the oldest first: at most so many mails and so many bytes."""
        with self._open(readonly=True) as (box, folder):
            last = _last(cursor, folder.validity)
            numbers, reached = self._numbers(box, last, folder.ahead)
            chosen = self._chosen(box, numbers)
            mails = tuple(mail for number, size in chosen if (mail := self._fetched(box, number, size)))
            behind = chosen[-1][0] if len(chosen) < len(numbers) else reached
            return Portion(mails, f"{folder.validity}:{behind}", more=behind < folder.ahead - 1)

    def put_away(self, cursor: str) -> int:
        if not self.settings.move_to:
            return 0
        with self._open(readonly=False) as (box, folder):
            last, left, moved = _last(cursor, folder.validity), folder.mails, 0
            while left and last:
                # The oldest stand first, so a bounded look at them finds whatever is left to move.
                numbers = box.search([f"1:{min(left, MOVED_AT_ONCE)}", "UID", f"1:{last}"])
                numbers = [number for number in numbers if number <= last]
                if not numbers:
                    break
                self._move(box, numbers)
                moved, left = moved + len(numbers), left - len(numbers)
            return moved

    def folders(self) -> Sequence[str]:
        with self._connected() as box:
            return [str(name) for _, _, name in box.list_folders()]

    def check(self) -> None:
        with self._open(readonly=True) as (box, _):
            if self.settings.move_to and not box.folder_exists(self.settings.move_to):
                raise Refused(because(NOT_MOVED, code="no_folder", folder=self.settings.move_to))

    def _numbers(self, box: IMAPClient, last: int, ahead: int) -> tuple[list[int], int]:
        """Some numbers behind the last, and up to which number that are all there are."""
        first = last + 1
        for _ in range(SEARCHES_MOST):
            if first >= ahead:
                break
            until = min(first + NUMBERS_AT_ONCE, ahead) - 1
            # A server answers "7:*" with its last mail even where that is number 5, so what is asked is checked.
            found = sorted({number for number in box.search(["UID", f"{first}:{until}"]) if first <= number <= until})
            if found:
                return found[:MAILS_MOST], until if len(found) <= MAILS_MOST else found[MAILS_MOST - 1]
            first = until + 1
        return [], max(last, min(first, ahead) - 1)

    def _chosen(self, box: IMAPClient, numbers: list[int]) -> list[tuple[int, int]]:
        """As many as fit into a portion, with their sizes; at least one."""
        told = box.fetch(numbers, ["RFC822.SIZE"]) if numbers else {}
        chosen: list[tuple[int, int]] = []
        room = PORTION_BYTES
        for number in numbers:
            size = int(told.get(number, {}).get(b"RFC822.SIZE", 0))
            room -= min(size, MAIL_BYTES)
            if chosen and room < 0:
                break
            chosen.append((number, size))
        return chosen

    def _fetched(self, box: IMAPClient, number: int, size: int) -> Arrived | None:
        """A mail, or its beginning; None for one that is gone meanwhile. One without content is an empty one."""
        told = box.fetch([number], [f"BODY.PEEK[]<0.{MAIL_BYTES}>", "INTERNALDATE"]).get(number)
        if told is None:
            return None
        raw = next((value for key, value in told.items() if key.startswith(b"BODY[]")), None)
        received = told.get(b"INTERNALDATE")
        at = received if isinstance(received, datetime) and received.tzinfo else self.now()
        return Arrived(number, raw if isinstance(raw, bytes) else b"", min(at, self.now()), size)

    def _move(self, box: IMAPClient, numbers: list[int]) -> None:
        try:
            if box.has_capability("MOVE"):
                box.move(numbers, self.settings.move_to)
                return
            box.copy(numbers, self.settings.move_to)
            box.delete_messages(numbers, silent=True)
            box.expunge(numbers if box.has_capability("UIDPLUS") else None)
        except exceptions.IMAPClientError as error:
            raise _refusal(error, because(NOT_MOVED, code="no_folder", folder=self.settings.move_to)) from None

    @contextmanager
    def _open(self, readonly: bool) -> Iterator[tuple[IMAPClient, Folder]]:
        with self._connected() as box:
            try:
                told = box.select_folder(self.settings.folder, readonly=readonly)
            except exceptions.IMAPClientError as error:
                raise _refusal(error, because(NO_FOLDER, code="no_folder", folder=self.settings.folder)) from None
            numbers = [told.get(key) for key in (b"UIDVALIDITY", b"UIDNEXT", b"EXISTS")]
            if not all(isinstance(number, int) for number in numbers):
                raise Unavailable(because(NO_SENSE, code="no_sense"))
            yield box, Folder(*(int(number or 0) for number in numbers))

    @contextmanager
    def _connected(self) -> Iterator[IMAPClient]:
        s = self.settings
        if s.security == "none" and not _is_here(s.host):
            raise Refused(because(OPEN_LINE, code="open_line"))
        with _only_ours(s.host, s.port), self._client() as box:
            _sign_in(box, s)
            yield box

    @contextmanager
    def _client(self) -> Iterator[IMAPClient]:
        """A connection that ends when its time is over, however slowly the server drips."""
        s = self.settings
        context = None if s.security == "none" else ssl.create_default_context(cafile=s.authority)
        implicit = context if s.security == "tls" else None
        patience = SocketTimeout(min(s.seconds, LONGEST_GREETING), s.seconds)
        box = IMAPClient(s.host, s.port, ssl=implicit is not None, ssl_context=implicit, timeout=patience)
        box.normalise_times = False
        plug = socket.socket(fileno=os.dup(box.socket().fileno()))  # STARTTLS leaves the former object without its own
        end = Timer(s.visit_seconds, _cut, [plug])
        end.daemon = True
        end.start()
        try:
            if s.security == "starttls":
                box.starttls(context)
            yield box
        finally:
            end.cancel()
            with suppress(Exception):
                box.logout()
            with suppress(Exception):
                box.shutdown()
            plug.close()


def _sign_in(box: IMAPClient, settings: ImapSettings) -> None:
    try:
        box.login(settings.user, settings.password.get_secret_value())
    except exceptions.LoginError as error:
        told = error.__context__ if isinstance(error.__context__, exceptions.IMAPClientError) else error
        raise _refusal(told, because(NOT_LET_IN, code="not_let_in")) from None


def _refusal(error: Exception, otherwise: Reason) -> Exception:
    """What a "no" is: of a connection that broke, or of a server that is busy (RFC 5530), it is "not now"."""
    if isinstance(error, exceptions.IMAPClientAbortError):
        return Unavailable(because(NO_SENSE, code="no_sense"))
    if any(f"[{busy}]" in str(error).upper() for busy in BUSY):
        return Unavailable(because(NO_ANSWER_NOW, code="busy"))
    return Refused(otherwise)


@contextmanager
def _only_ours(host: str, port: int) -> Iterator[None]:
    """Nothing else leaves but our own failures, and no text of the server's, which may repeat what a mail says."""
    try:
        yield
    except (Refused, Unavailable):
        raise
    except ssl.SSLCertVerificationError:
        raise Refused(because(NOT_TRUSTED, code="not_trusted", host=host)) from None
    except OSError:
        raise Unavailable(because(SEEN_NOWHERE, code="no_answer", host=host, port=port)) from None
    except (exceptions.IMAPClientError, ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError):
        raise Unavailable(because(NO_SENSE, code="no_sense"), timedelta(minutes=5)) from None


def _last(cursor: str, validity: int) -> int:
    """The last number that was read; 0 where nothing was, or where the server counts anew."""
    of, _, number = cursor.partition(":")
    return int(number) if of == str(validity) and number.isdecimal() else 0


def _cut(plug: socket.socket) -> None:
    """End a connection that another thread waits on; closing it would wait for that thread."""
    with suppress(OSError):
        plug.shutdown(socket.SHUT_RDWR)


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
