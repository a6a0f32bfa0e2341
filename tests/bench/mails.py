"""What the wire of mailings costs beside bare sockets: `python -m tests.bench.mails wire`.

In one run, against a sink in a process of its own: a sender of ready bytes over plain sockets with PIPELINING; the same
that fills the twenty holes of a form for each letter; and our line, which fills them too. Then with DKIM, where the
bare one signs a block of the same length. Figures are wall and CPU of this process; the ratios are the result.
"""

import argparse
import json
import resource
import selectors
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from integrations.mailers.mime import FormBytes, filled
from integrations.mailers.smtp import Smtp, SmtpSettings
from models.delivery import State
from models.letters import Letter, LetterForm
from tests.servers.smtp_sink import RemoteSink, launched_sink

HOLES = 20
Sign = Callable[[], Any]
SIGNED_BYTES = 900  # about as many as the headers that DKIM signs


@dataclass(frozen=True)
class Cost:
    """Seconds of wall and of this process's CPU for a number of letters."""

    wall: float
    cpu: float
    number: int

    def __str__(self) -> str:
        return f"{self.number / self.wall:8.0f} letters/s, {1000 * self.cpu / self.number:6.4f} ms CPU each"


def measured(work: Callable[[], None], number: int) -> Cost:
    used = resource.getrusage(resource.RUSAGE_SELF)
    begun, cpu = time.perf_counter(), used.ru_utime + used.ru_stime
    work()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return Cost(time.perf_counter() - begun, used.ru_utime + used.ru_stime - cpu, number)


def form() -> LetterForm:
    """A letter of 10 KB with twenty holes, half text and half page, as a newsletter has them."""
    line = "Новый улун из провинции Фуцзянь: мягкий, цветочный, с долгим послевкусием, собран весной. "
    line += "Скидка до воскресенья. "
    cell = '<tr><td style="padding:0 16px;width:100%">'
    text: list[str | int] = []
    html: list[str | int] = ["<table>\n"]
    for hole in range(HOLES):
        text += [line, hole, ".\n"]
        html += [cell, line, hole, "</td></tr>\n"]
    html.append("</table>\n")
    headers = (
        ("List-Unsubscribe", ("<https://example.org/u/", 1, ">")),
        ("List-Unsubscribe-Post", ("List-Unsubscribe=One-Click",)),
    )
    subject = ("Чай для вас, ", 0, " 🍵")
    return LetterForm(
        "bench", "news@example.org", subject, tuple(text), tuple(html), "Семь чашек", "shop@example.org", headers
    )


def letters(number: int) -> list[Letter]:
    one = form()
    return [
        Letter(n, f"bench{n:08d}", f"customer{n}@example.com", one, _values(n))
        for n in range(number)
    ]  # fmt: skip


def _values(number: int) -> tuple[str, ...]:
    """A name, a token of ASCII that stands in List-Unsubscribe, and words."""
    return (f"Имя{number % 997}", f"{number:08d}-abc", *(f"Слово{number % 997}-{hole}" for hole in range(2, HOLES)))


class _Connection:
    def __init__(self, port: int, hello: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.recv(1000)
        self.socket.sendall(hello)
        self.socket.recv(1000)
        self.socket.setblocking(False)
        self.content = b""
        self.heard = 0


def bare(port: int, ready: Iterator[tuple[bytes, bytes]], connections: int) -> int:
    """Send ready bytes, envelope and content, over kept connections with PIPELINING. Returns how many were taken."""
    plugs = [_Connection(port, b"EHLO bench\r\n") for _ in range(connections)]
    taken = 0
    with selectors.DefaultSelector() as selector:
        for plug in plugs:
            selector.register(plug.socket, selectors.EVENT_READ, plug)
        busy = sum(_next(plug, ready) for plug in plugs)
        while busy:
            for key, _ in selector.select():
                plug = key.data
                said = plug.socket.recv(65_536)
                if plug.content:
                    plug.heard += said.count(b"\r\n")
                    if plug.heard == 3:
                        assert plug.socket.send(plug.content) == len(plug.content)
                        plug.content, plug.heard = b"", 0
                elif said.startswith(b"250"):
                    taken += 1
                    busy -= not _next(plug, ready)
    for plug in plugs:
        plug.socket.close()
    return taken


def _next(plug: _Connection, ready: Iterator[tuple[bytes, bytes]]) -> bool:
    for envelope, content in ready:
        plug.socket.send(envelope)
        plug.content = content
        return True
    return False


def written(posted: Sequence[Letter]) -> Iterator[tuple[bytes, bytes]]:
    """Envelope and content of each letter."""
    made = FormBytes(posted[0].form, True)
    envelope = b"MAIL FROM:<news@example.org> BODY=8BITMIME SIZE=10000\r\nRCPT TO:<%b>\r\nDATA\r\n"
    for letter in posted:
        one = filled(made, letter, datetime.now(UTC))
        yield envelope % one.to.wire, one.on_wire()


def through_line(sink: RemoteSink, posted: Sequence[Letter], connections: int, **signing: Any) -> Cost:
    typed = {"host": "127.0.0.1", "port": sink.port, "encryption": "none", "connections": connections, **signing}
    mailer = Smtp(SmtpSettings(**typed))

    def work() -> None:
        line, at, sent, patience = mailer.open(), 0, 0, timedelta(seconds=5)
        while sent < len(posted):
            if room := min(line.room(), len(posted) - at):
                line.post(posted[at : at + room], datetime.now(UTC) + timedelta(minutes=1))
                at += room
            for answer in line.answers(patience):
                assert answer.state is State.SENT, answer.reason
                sent += 1
        line.close()

    return measured(work, len(posted))


def through_bare(
    sink: RemoteSink, posted: Sequence[Letter], connections: int, *, ready: bool = True, sign: Sign | None = None
) -> Cost:
    """Ready bytes are written beforehand; with `sign` a bare signature is made for each letter."""
    source = written(posted)
    if ready:
        source = iter(list(source))

    def signed() -> Iterator[tuple[bytes, bytes]]:
        for one in source:
            if sign:
                sign()
            yield one

    def work() -> None:
        assert bare(sink.port, signed(), connections) == len(posted)

    return measured(work, len(posted))


def wire(number: int, connections: int, rounds: int) -> dict[str, str | float]:
    """Both, in turns, the best of some rounds each."""
    key = rsa.generate_private_key(65537, 2048)
    scheme, digest, block = padding.PKCS1v15(), hashes.SHA256(), b"x" * SIGNED_BYTES
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    signing = {"dkim_domain": "example.org", "dkim_selector": "otdel", "dkim_private_key": pem}
    posted = letters(number)
    signed = posted[: number // 4]
    with tempfile.TemporaryDirectory() as folder, launched_sink(Path(folder) / "journal") as sink:
        turns = [
            (
                through_bare(sink, posted, connections),
                through_bare(sink, posted, connections, ready=False),
                through_line(sink, posted, connections),
            )
            for _ in range(rounds)
        ]
        ready, filling, ours = (min(each, key=lambda cost: cost.wall) for each in zip(*turns, strict=True))
        bare_signed = through_bare(sink, signed, connections, sign=lambda: key.sign(block, scheme, digest))
        ours_signed = through_line(sink, signed, connections, **signing)
        assert set(sink.counts().values()) == {3 * rounds, 3 * rounds + 2}
    return {
        "bare sockets, ready bytes": str(ready), "bare sockets, holes filled": str(filling), "our line": str(ours),
        "bare sockets, RSA-2048 each": str(bare_signed), "our line, DKIM RSA-2048": str(ours_signed),
        "line / ready bytes, letters/s (goal >= 0.8)": round(ready.wall / ours.wall, 2),
        "line / holes filled, letters/s": round(filling.wall / ours.wall, 2),
        "line - ready bytes, ms CPU each": round(1000 * (ours.cpu - ready.cpu) / number, 4),
        "with DKIM: line / bare, letters/s": round(bare_signed.wall / ours_signed.wall, 2),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["wire"])
    parser.add_argument("--number", type=int, default=20_000)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    order = parser.parse_args()
    figures = wire(order.number, order.connections, order.rounds)
    title = f"wire: {order.number} letters of about 10 KB, {HOLES} holes, {order.connections} connections"
    print(
        json.dumps(figures, ensure_ascii=False)
        if order.json
        else "\n".join([title, *(f"  {k:44} {v}" for k, v in figures.items())])
    )


if __name__ == "__main__":
    main()
