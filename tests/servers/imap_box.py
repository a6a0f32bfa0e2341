"""A mailbox over IMAP for tests: as much of RFC 3501 as reading takes, over a real socket, and misbehaviour on demand.

`with ImapBox() as box:` listens on 127.0.0.1. `says` replaces the answer to a verb ("" hangs up, HANG says nothing any
more); `tls` wraps every connection; `lies_about_star` answers a search behind the end with the last mail, as the
standard allows.
"""

import re
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

HANG, HANG_UP = "HANG", ""
USER, PASSWORD = "returns", "secret words"
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
ATOM = re.compile(rb'"((?:[^"\\]|\\.)*)"|(\([^)]*\)|[^\s"]+)')


@dataclass
class Mail:
    number: int
    raw: bytes
    at: datetime = AT
    deleted: bool = False


@dataclass
class Folder:
    mails: list[Mail] = field(default_factory=list)
    validity: int = 1
    ahead: int = 1

    def put(self, raw: bytes, at: datetime = AT) -> int:
        self.mails.append(Mail(self.ahead, raw, at))
        self.ahead += 1
        return self.ahead - 1


class ImapBox:
    """Folders in memory; `heard` are the verbs that came, in their order."""

    def __init__(
        self,
        says: dict[str, str] | None = None,
        capabilities: str = "IMAP4rev1 UIDPLUS MOVE",
        tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        lies_about_star: bool = True,
        before: dict[str, Callable[["ImapBox"], None]] | None = None,
    ) -> None:
        self.folders = {"INBOX": Folder()}
        self.says, self.capabilities, self.tls, self.starttls = says or {}, capabilities, tls, starttls
        self.lies_about_star, self.before = lies_about_star, before or {}
        self.heard: list[str] = []
        self.lock, self.ended = threading.RLock(), threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]

    @property
    def inbox(self) -> Folder:
        return self.folders["INBOX"]

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.ended.set()
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for plug in self._open:
            with suppress(OSError):
                plug.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                plug, _ = self._listening.accept()
            except OSError:
                return
            self._open.append(plug)
            self._threads.append(threading.Thread(target=self._meet, args=(plug,)))
            self._threads[-1].start()

    def _meet(self, plug: socket.socket) -> None:
        with suppress(OSError, ssl.SSLError):
            plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                plug = self.tls.wrap_socket(plug, server_side=True)
            visit = Visit(self, plug)
            try:
                visit.last()
            finally:
                visit.close()
        with suppress(OSError):
            plug.close()


class Visit:
    """One connection."""

    def __init__(self, box: ImapBox, plug: socket.socket) -> None:
        self.box, self.plug, self.folder = box, plug, box.inbox
        self.lines = plug.makefile("rb")

    def last(self) -> None:
        self.send(f"* OK [CAPABILITY {self.box.capabilities}] here")
        while line := self.lines.readline():
            tag, _, rest = line.rstrip(b"\r\n").partition(b" ")
            words = [(quoted or plain).decode() for quoted, plain in ATOM.findall(rest)]
            verb = words[0].upper() if words else ""
            name = f"UID {words[1].upper()}" if verb == "UID" else verb
            with self.box.lock:
                self.box.heard.append(name)
                if name in self.box.before:
                    self.box.before.pop(name)(self.box)
            said = self.box.says.get(name)
            if said == HANG:
                self.box.ended.wait()
                return
            if said == HANG_UP or not self.answer(tag.decode(), name, words, said):
                return

    def close(self) -> None:
        for one in (self.lines, self.plug):
            with suppress(OSError):
                one.close()

    def answer(self, tag: str, name: str, words: list[str], said: str | None) -> bool:
        """Answer one command; False ends the connection."""
        if said is not None:
            self.send(said.replace("TAG", tag))
            return True
        if name == "STARTTLS" and self.box.starttls:
            self.send(f"{tag} OK go on")
            self.lines.close()
            self.plug = self.box.starttls.wrap_socket(self.plug, server_side=True)
            self.lines = self.plug.makefile("rb")
            return True
        do = getattr(self, "do_" + name.replace(" ", "_").lower(), None)
        with self.box.lock:
            self.send(f"{tag} {do(words) if do else 'BAD what?'}")
        return name != "LOGOUT"

    def send(self, line: str | bytes) -> None:
        self.plug.sendall((line.encode() if isinstance(line, str) else line) + b"\r\n")

    def do_capability(self, words: list[str]) -> str:
        self.send(f"* CAPABILITY {self.box.capabilities}")
        return "OK done"

    def do_login(self, words: list[str]) -> str:
        return "OK in" if words[1:3] == [USER, PASSWORD] else "NO [AUTHENTICATIONFAILED] wrong"

    def do_logout(self, words: list[str]) -> str:
        self.send("* BYE")
        return "OK done"

    def do_noop(self, words: list[str]) -> str:
        return "OK done"

    def do_list(self, words: list[str]) -> str:
        wanted = words[2] if len(words) > 2 else "*"
        for name in self.box.folders:
            if wanted in ("*", name):
                self.send(f'* LIST (\\HasNoChildren) "/" "{name}"')
        return "OK done"

    def do_select(self, words: list[str]) -> str:
        if words[1] not in self.box.folders:
            return "NO [NONEXISTENT] no such folder"
        self.folder = self.box.folders[words[1]]
        self.send(f"* {len(self.folder.mails)} EXISTS")
        self.send("* FLAGS (\\Deleted \\Seen)")
        self.send(f"* OK [UIDVALIDITY {self.folder.validity}] kept")
        self.send(f"* OK [UIDNEXT {self.folder.ahead}] next")
        return "OK [READ-WRITE] open"

    def do_examine(self, words: list[str]) -> str:
        return self.do_select(words).replace("READ-WRITE", "READ-ONLY")

    def do_uid_search(self, words: list[str]) -> str:
        mails, asked = self.folder.mails, words[2:]
        while asked:
            key = asked.pop(0)
            if key.upper() == "UID":
                numbers = asked.pop(0)
                mails = [mail for mail in mails if self.holds(numbers, mail.number)]
            elif key[0].isdigit():
                first, _, last = key.partition(":")
                if int(last or first) > len(self.folder.mails):
                    return "BAD no such message"
                mails = [mail for mail in mails if mail in self.folder.mails[int(first) - 1 : int(last or first)]]
        found = [mail.number for mail in mails]
        if not found and self.box.lies_about_star and self.folder.mails and words[2].upper() == "UID":
            found = [self.folder.mails[-1].number]
        self.send(" ".join(["* SEARCH", *map(str, found)]))
        return "OK done"

    def holds(self, numbers: str, number: int) -> bool:
        for part in numbers.split(","):
            first, _, last = part.partition(":")
            if int(first) <= number <= int(last or first):
                return True
        return False

    def meant(self, words: list[str]) -> list[tuple[int, Mail]]:
        return [(n, mail) for n, mail in enumerate(self.folder.mails, 1) if self.holds(words[2], mail.number)]

    def do_uid_fetch(self, words: list[str]) -> str:
        what = " ".join(words[3:]).upper()
        partial = re.search(r"BODY\.PEEK\[\]<(\d+)\.(\d+)>", what)
        for n, mail in self.meant(words):
            said = [f"UID {mail.number}".encode()]
            if "RFC822.SIZE" in what:
                said.append(f"RFC822.SIZE {len(mail.raw)}".encode())
            if "INTERNALDATE" in what:
                at = mail.at.astimezone(UTC)
                said.append(f'INTERNALDATE "{at:%d}-{MONTHS[at.month - 1]}-{at:%Y %H:%M:%S} +0000"'.encode())
            if partial:
                body = mail.raw[int(partial[1]) : int(partial[1]) + int(partial[2])]
                said.append(b"BODY[]<%d> {%d}\r\n%s" % (int(partial[1]), len(body), body))
            self.send(b"* %d FETCH (%s)" % (n, b" ".join(said)))
        return "OK done"

    def do_uid_copy(self, words: list[str]) -> str:
        if words[3] not in self.box.folders:
            return "NO [TRYCREATE] no such folder"
        for _, mail in self.meant(words):
            self.box.folders[words[3]].put(mail.raw, mail.at)
        return "OK copied"

    def do_uid_move(self, words: list[str]) -> str:
        said = self.do_uid_copy(words)
        if said.startswith("OK"):
            self.drop(lambda mail: self.holds(words[2], mail.number))
        return said

    def do_uid_store(self, words: list[str]) -> str:
        for _, mail in self.meant(words):
            mail.deleted = True
        return "OK stored"

    def do_uid_expunge(self, words: list[str]) -> str:
        self.drop(lambda mail: mail.deleted and self.holds(words[2], mail.number))
        return "OK gone"

    def do_expunge(self, words: list[str]) -> str:
        self.drop(lambda mail: mail.deleted)
        return "OK gone"

    def drop(self, which: Callable[[Mail], bool]) -> None:
        for n in range(len(self.folder.mails), 0, -1):
            if which(self.folder.mails[n - 1]):
                del self.folder.mails[n - 1]
                self.send(f"* {n} EXPUNGE")
