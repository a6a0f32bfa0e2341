"""A mail server that swallows letters, counts them, and misbehaves on demand; fast enough to measure a sender against.

In this process: `with SmtpSink(...) as sink:`. In one of its own: `with launched_sink(journal=…) as sink:`. A letter is
in the journal, a line "recipient message-id", before it is accepted: the file tells also after the process was killed.
"""

import argparse
import hmac
import json
import os
import selectors
import signal
import socket
import ssl
import struct
import subprocess
import sys
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Condition, Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).parents[2]
RESET = struct.pack("ii", 1, 0)
END = {signal.SIGTERM, signal.SIGINT}
CHALLENGE = b"<1.2@sink>"


@dataclass
class Fault:
    """At which step what happens, how often, and to whose letters (a beginning of the address).

    `at`: greeting, ehlo, helo, starttls, tls, auth, rset, mail, rcpt, data, content (its first bytes), final (its dot),
    after (the answer was given). `do`: words of SMTP that are said instead; close, reset, stall; junk, endless; drip
    (the usual answer byte by byte); take+close, take+reset, take+stall, take+junk: the letter is kept, then that.
    """

    at: str
    do: str
    times: int = 1
    to: str = ""


@dataclass(frozen=True)
class Taken:
    """A letter that was accepted."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes
    params: str


@dataclass
class Manners:
    """What the server offers, and what it asks for."""

    pipelining: bool = True
    eight_bit: bool = True
    utf8: bool = True
    size: int = 50_000_000
    esmtp: bool = True
    starttls: str = ""  # folder of the certificate
    tls: str = ""
    user: str = ""
    password: str = ""
    mechanisms: str = "PLAIN LOGIN CRAM-MD5"
    letters_per_connection: int = 0
    connections: int = 0
    drip: bool = False
    keep: bool = True
    injects: str = ""  # said in clear behind the answer to STARTTLS
    faults: list[dict[str, Any]] = field(default_factory=list)


class Session:
    """One connection of a sender."""

    def __init__(self, plug: socket.socket, number: int) -> None:
        self.socket, self.number = plug, number
        self.read, self.out, self.seen, self.letters = bytearray(), bytearray(), 0, 0
        self.sender, self.recipients, self.params = "", list[str](), ""
        self.in_data = self.began = self.over = self.deaf = self.shaking = self.encrypted = False
        self.signed_in, self.auth, self.drips = False, list[str](), False


class SmtpSink:
    """The server. `taken` are the letters (where it keeps them), `said` the commands of all senders."""

    def __init__(self, port: int = 0, journal: Path | str | None = None, **manners: Any) -> None:
        self.manners = Manners(**manners)
        self.faults = [Fault(**each) for each in self.manners.faults]
        self.listener = socket.create_server(("127.0.0.1", port), backlog=512)
        self.listener.setblocking(False)
        self.port: int = self.listener.getsockname()[1]
        self.taken: list[Taken] = []
        self.said: list[str] = []
        self.sessions: dict[int, Session] = {}
        self.connected = self.accepted = self.content_bytes = 0
        self.happened = Condition()
        self._journal = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644) if journal else -1
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._trust = {folder: _served_by(folder) for folder in {self.manners.tls, self.manners.starttls} - {""}}
        self._ends = False
        self._commands: dict[str, Callable[[Session, str], None]] = {
            "EHLO": self._ehlo, "HELO": self._helo, "MAIL": self._mail, "RCPT": self._rcpt, "DATA": self._data,
            "RSET": self._rset, "STARTTLS": self._starttls, "AUTH": self._auth, "QUIT": self._quit, "NOOP": self._noop,
        }  # fmt: skip

    # Controls.

    def __enter__(self) -> "SmtpSink":
        self._thread = Thread(target=self.serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._thread.join(10)

    def stop(self) -> None:
        self._ends = True
        with suppress(OSError):
            self._wake.send(b"x")

    def fault(self, at: str, do: str, times: int = 1, to: str = "") -> None:
        self.faults.append(Fault(at, do, times, to))

    def wait(self, until: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait until it is so, and looked at after everything that happens here."""
        with self.happened:
            assert self.happened.wait_for(until, seconds), "the sink waited in vain"

    def recipients(self) -> list[str]:
        return [to for each in self.taken for to in each.recipients]

    # The loop.

    def serve(self) -> None:
        self._selector.register(self.listener, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)
        while not self._ends:
            for key, events in self._selector.select(0.002 if self._drips() else None):
                if key.fileobj is self.listener:
                    self._accept()
                elif key.data:
                    self._turn(key.data, events)
            with self.happened:
                self.happened.notify_all()
        for session in list(self.sessions.values()):
            self._end(session)
        for plug in (self.listener, self._wake, self._woken):
            plug.close()
        self._selector.close()
        if self._journal >= 0:
            os.close(self._journal)

    def _drips(self) -> bool:
        dripping = [session for session in self.sessions.values() if session.drips and session.out]
        for session in dripping:
            self._push(session, 1)
        return bool(dripping)

    def _accept(self) -> None:
        with suppress(BlockingIOError):
            while True:
                plug, _ = self.listener.accept()
                plug.setblocking(False)
                plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connected += 1
                session = self.sessions[plug.fileno()] = Session(plug, self.connected)
                session.drips = self.manners.drip
                self._selector.register(plug.fileno(), selectors.EVENT_READ, session)
                if self.manners.tls:
                    self._encrypt(session, self.manners.tls)
                else:
                    self._greet(session)

    def _greet(self, session: Session) -> None:
        most = self.manners.connections
        if most and len(self.sessions) > most:
            self._answer(session, "greeting", "421 4.7.0 too many connections")
        else:
            self._answer(session, "greeting", "220 sink ESMTP")
        self._push(session)

    def _turn(self, session: Session, events: int) -> None:
        try:
            if session.shaking:
                self._shake(session)
            elif events & selectors.EVENT_READ and not session.deaf:
                self._take_in(session)
            self._push(session)
        except (OSError, ValueError):
            self._end(session)

    def _take_in(self, session: Session) -> None:
        while True:
            try:
                data = session.socket.recv(262_144)
            except (BlockingIOError, ssl.SSLWantReadError):
                return
            if not data:
                self._end(session)
                return
            session.read += data
            self._understand(session)
            if session.over or session.deaf or session.shaking or not isinstance(session.socket, ssl.SSLSocket):
                return

    def _understand(self, session: Session) -> None:
        while session.read and not (session.over or session.deaf or session.shaking):
            if session.in_data:
                if not self._content(session):
                    return
                continue
            end = session.read.find(b"\r\n")
            if end < 0:
                return
            line = session.read[:end].decode("utf-8", "replace")
            del session.read[: end + 2]
            self._command(session, line)

    def _push(self, session: Session, most: int = 0) -> None:
        """Send what there is to say; of a drip only what the clock gives."""
        if session.socket.fileno() < 0 or session.shaking:
            return
        while session.out and (most or not session.drips):
            try:
                sent = session.socket.send(session.out[: most or len(session.out)])
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            except OSError:
                self._end(session)
                return
            del session.out[:sent]
            if most:
                break
        if session.over and not session.out:
            self._end(session)

    def _end(self, session: Session, reset: bool = False) -> None:
        number = session.socket.fileno()
        if number < 0:
            return
        self.sessions.pop(number, None)
        self._selector.unregister(number)
        if reset:
            session.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        session.socket.close()

    # What is said.

    def _answer(self, session: Session, at: str, usual: str) -> bool:
        """Say what is usual at this step, unless a fault stands there; whether it was the usual."""
        fault = self._due(session, at) if self.faults else None
        if fault is None:
            session.out += usual.encode() + b"\r\n"
            session.over = session.over or usual.startswith(("421", "221"))
            return True
        self._misbehave(session, fault, usual)
        return fault.do == "drip"

    def _due(self, session: Session, at: str) -> Fault | None:
        for fault in self.faults:
            whose = not fault.to or any(to.startswith(fault.to) for to in session.recipients)
            if fault.at == at and whose and fault.times > 0:
                fault.times -= 1
                return fault
        return None

    def _misbehave(self, session: Session, fault: Fault, usual: str) -> None:
        do = fault.do
        if do.startswith("take+"):
            self._keep(session, b"")
            do = do.removeprefix("take+")
        if do == "close":
            session.over = True
        elif do == "reset":
            self._end(session, reset=True)
        elif do == "stall":
            session.deaf = True
        elif do == "junk":
            session.out += b"HTTP/1.1 400 Bad Request\r\n\r\n"
        elif do == "endless":
            session.out += b"250-" + b"x" * 1_000_000
        elif do == "drip":
            session.drips = True
            session.out += usual.encode() + b"\r\n"
        else:
            session.out += do.replace("|", "\r\n").encode() + b"\r\n"
            session.over = do.startswith("421")

    def _command(self, session: Session, line: str) -> None:
        if self.manners.keep:
            self.said.append(line)
        if session.auth:
            self._challenged(session, line)
            return
        verb = line[:8].partition(" ")[0].upper()
        known = self._commands.get(verb)
        if known is None:
            self._answer(session, "unknown", "500 5.5.2 what?")
        else:
            known(session, line)

    def _ehlo(self, session: Session, line: str) -> None:
        manners = self.manners
        if not manners.esmtp:
            self._answer(session, "ehlo", "502 5.5.1 no EHLO here")
            return
        lines = ["sink"]
        lines += ["PIPELINING"] * manners.pipelining + ["8BITMIME"] * manners.eight_bit + ["SMTPUTF8"] * manners.utf8
        lines += [f"SIZE {manners.size}"] if manners.size >= 0 else []
        lines += ["STARTTLS"] if manners.starttls and not session.encrypted else []
        lines += [f"AUTH {manners.mechanisms}"] if manners.user else []
        lines += ["ENHANCEDSTATUSCODES"]
        said = [f"250-{each}" for each in lines[:-1]] + [f"250 {lines[-1]}"]
        self._answer(session, "ehlo", "\r\n".join(said))

    def _helo(self, session: Session, line: str) -> None:
        self._answer(session, "helo", "250 sink")

    def _noop(self, session: Session, line: str) -> None:
        self._answer(session, "noop", "250 2.0.0 ok")

    def _quit(self, session: Session, line: str) -> None:
        self._answer(session, "quit", "221 2.0.0 bye")

    def _mail(self, session: Session, line: str) -> None:
        most = self.manners.letters_per_connection
        if self.manners.user and not session.signed_in:
            self._answer(session, "mail", "530 5.7.0 sign in first")
        elif most and session.letters >= most:
            self._answer(session, "mail", "421 4.7.0 too many letters over this connection")
        elif session.sender:
            self._answer(session, "mail", "503 5.5.1 RSET first")
        elif self._answer(session, "mail", "250 2.1.0 ok"):
            address, _, params = line[5:].partition(":")[2].partition(">")
            session.sender, session.params = address.lstrip("< ") or "<>", params.strip()

    def _rcpt(self, session: Session, line: str) -> None:
        if not session.sender:
            self._answer(session, "rcpt", "503 5.5.1 MAIL first")
            return
        session.recipients.append(line.partition("<")[2].partition(">")[0])
        if not self._answer(session, "rcpt", "250 2.1.5 ok"):
            session.recipients.pop()

    def _data(self, session: Session, line: str) -> None:
        if not session.recipients:
            self._answer(session, "data", "554 5.5.1 no valid recipients")
            session.in_data = session.out.endswith(b"354 go ahead\r\n")
        elif self._answer(session, "data", "354 go ahead"):
            session.in_data = True
        session.began, session.seen = False, 0

    def _rset(self, session: Session, line: str) -> None:
        session.sender, session.recipients = "", []
        self._answer(session, "rset", "250 2.0.0 ok")

    # A letter.

    def _content(self, session: Session) -> bool:
        """Take in content; whether it has ended."""
        if not session.began:
            session.began = True
            if self.faults and (fault := self._due(session, "content")):
                self._misbehave(session, fault, "")
                if fault.do[0].isdigit() and (
                    then := self._due(session, "content")
                ):  # it answers, and then hears no more
                    self._misbehave(session, then, "")
                return False
        read = session.read
        end = 0 if read.startswith(b".\r\n") else read.find(b"\r\n.\r\n", max(0, session.seen - 4)) + 2
        if end == 1:
            session.seen = len(read)
            return False
        data = bytes(read[:end])
        del read[: end + 3]
        session.in_data, session.seen = False, 0
        self._finish(session, data)
        return True

    def _finish(self, session: Session, data: bytes) -> None:
        if not session.recipients:
            self._answer(session, "empty", "554 5.5.1 no valid recipients")
            return
        fault = self._due(session, "final") if self.faults else None
        if fault is None:
            self._keep(session, data)
            session.out += b"250 2.0.0 Ok: queued as Q%d\r\n" % self.accepted
        else:
            if fault.do.startswith("take+"):
                self._keep(session, data)
            self._misbehave(session, Fault("final", fault.do.removeprefix("take+")), "250 2.0.0 Ok: queued as Q")
        session.sender, session.recipients, session.letters = "", [], session.letters + 1
        if self.faults and (fault := self._due(session, "after")):
            self._misbehave(session, fault, "")

    def _keep(self, session: Session, data: bytes) -> None:
        if self._journal >= 0:
            at = data.find(b"\nMessage-ID: ")
            name = data[at + 13 : data.find(b"\r", at + 13)].decode("utf-8", "replace") if at >= 0 else ""
            os.write(self._journal, "".join(f"{to} {name}\n" for to in session.recipients).encode())
        if self.manners.keep:
            undotted = data.replace(b"\r\n..", b"\r\n.")
            undotted = undotted[1:] if undotted.startswith(b"..") else undotted
            self.taken.append(Taken(session.sender, tuple(session.recipients), undotted, session.params))
        self.accepted += 1
        self.content_bytes += len(data)

    # Encryption and signing in.

    def _starttls(self, session: Session, line: str) -> None:
        if self._answer(session, "starttls", "220 2.0.0 go ahead"):
            session.out += self.manners.injects.encode()
            drips, session.drips = session.drips, False
            self._push(session)
            session.drips = drips
            session.read.clear()  # what came in clear is not believed
            self._encrypt(session, self.manners.starttls)

    def _encrypt(self, session: Session, folder: str) -> None:
        number = session.socket.fileno()
        try:
            trust = self._trust[folder]
            session.socket.getpeername()  # wrapping one that is gone would leave it open (CPython, _create)
            session.socket = trust.wrap_socket(session.socket, server_side=True, do_handshake_on_connect=False)
            session.shaking = True
            self._shake(session)
        except OSError:  # the other side is gone already; then nothing is left of the socket
            self._end(session)
            self.sessions.pop(number, None)
            with suppress(KeyError):
                self._selector.unregister(number)

    def _shake(self, session: Session) -> None:
        try:
            assert isinstance(session.socket, ssl.SSLSocket)
            session.socket.do_handshake()
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return
        session.shaking, session.encrypted, session.sender = False, True, ""
        if self.manners.tls:
            self._greet(session)

    def _auth(self, session: Session, line: str) -> None:
        _, mechanism, *first = line.split(" ")
        session.auth = [mechanism.upper(), *first]
        if mechanism.upper() not in self.manners.mechanisms.split():
            session.auth = []
            self._answer(session, "auth", "504 5.5.4 not this way")
        elif first:
            self._judge(session)
        else:
            asked = {"LOGIN": b"Username:", "CRAM-MD5": CHALLENGE}.get(mechanism.upper(), b"")
            session.out += b"334 " + b64encode(asked) + b"\r\n"

    def _challenged(self, session: Session, line: str) -> None:
        session.auth.append(line)
        if session.auth[0] == "LOGIN" and len(session.auth) == 2:
            session.out += b"334 " + b64encode(b"Password:") + b"\r\n"
        else:
            self._judge(session)

    def _judge(self, session: Session) -> None:
        mechanism, *given = session.auth
        session.auth = []
        user, password = self.manners.user.encode(), self.manners.password.encode()
        right = {
            "PLAIN": b"\0" + user + b"\0" + password,
            "LOGIN": user + b" " + password,
            "CRAM-MD5": user + b" " + hmac.new(password, CHALLENGE, "md5").hexdigest().encode(),
        }
        try:
            came = b" ".join(b64decode(each) for each in given)
        except NotBase64:
            came = b""
        yes = came == right.get(mechanism)
        session.signed_in = self._answer(session, "auth", "235 2.7.0 welcome" if yes else "535 5.7.8 wrong") and yes


# Certificates.


def certificate(folder: Path, names: Iterable[str] = ("localhost", "127.0.0.1"), days: int = 2) -> Path:
    """Make a certificate that signs itself: cert.pem and key.pem in the folder. Trust it by naming cert.pem."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=10))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([_alternative(each) for each in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    form, lock = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, lock))
    return folder


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _served_by(folder: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(folder) / "cert.pem", Path(folder) / "key.pem")
    return context


# A process of its own.


@dataclass(frozen=True)
class RemoteSink:
    port: int
    pid: int
    journal: Path

    def lines(self) -> list[tuple[str, str]]:
        """Recipient and Message-ID of every letter that was accepted."""
        pairs = (line.split(" ") for line in self.journal.read_text(encoding="utf-8").splitlines())
        return [(to, name) for to, name in pairs]

    def counts(self) -> Counter[tuple[str, str]]:
        return Counter(self.lines())


@contextmanager
def launched_sink(journal: Path, port: int = 0, **manners: Any) -> Iterator[RemoteSink]:
    """Start the server as a process and end it."""
    order = [sys.executable, "-m", "tests.servers.smtp_sink", "--journal", str(journal), "--port", str(port)]
    order += ["--manners", json.dumps({"keep": False} | manners)]
    with subprocess.Popen(order, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            first = process.stdout.readline()
            if not first:
                raise RuntimeError(f"the sink did not start: exit {process.wait(10)}")
            yield RemoteSink(json.loads(first)["port"], process.pid, journal)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:  # a test left it frozen
                process.kill()


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.servers.smtp_sink", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--journal", required=True)
    parser.add_argument("--manners", default="{}", help="JSON: what it offers, and its faults")
    order, parent = parser.parse_args(), os.getppid()
    signal.pthread_sigmask(signal.SIG_BLOCK, END)  # before the server's thread starts, which inherits it
    with SmtpSink(order.port, order.journal, **json.loads(order.manners)) as sink:
        print(json.dumps({"port": sink.port}), flush=True)
        while not signal.sigtimedwait(END, 1) and os.getppid() == parent:
            pass


if __name__ == "__main__":
    main()
