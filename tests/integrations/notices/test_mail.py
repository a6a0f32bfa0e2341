"""Letters: into the local mailbox, and to a mail server that answers as real ones do, or does not."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from pydantic import SecretStr

from integrations.channels.base import Call
from integrations.errors import OutcomeUnknown, Refused, Unavailable, Unsupported
from integrations.notices.mail import Mail, MailSettings
from models.delivery import Verb
from models.post import Post

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
POST = Post(
    title="Согласование: 3 версии", text="Ждут решения.", link="http://desk/approval/1", to="marina@example.org"
)
CLOSE = ""  # the answer of a server that hangs up


class MailServer:
    """One conversation at a time; `says` replaces its answer to a verb, CLOSE hangs up instead."""

    def __init__(self, says: dict[str, str]) -> None:
        self.says, self.letters, self.heard = says, [], []
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as lines:
                self.converse(connection, lines.readline)

    def converse(self, connection: socket.socket, line: Callable[[], bytes]) -> None:
        connection.sendall(b"220 here\r\n")
        while said := line().decode().strip():
            verb = said.split(" ")[0].split(":")[0].upper()
            self.heard.append(verb)
            answer = self.says.get(
                verb, {"DATA": "354 go on", "QUIT": "221 bye", "EHLO": "250-here\r\n250 AUTH PLAIN"}.get(verb, "250 ok")
            )
            if answer == CLOSE:
                return
            connection.sendall(answer.encode() + b"\r\n")
            if verb == "DATA" and answer.startswith("354"):
                letter = b"".join(iter(line, b".\r\n"))
                self.letters.append(letter)
                after = self.says.get(".", "250 taken")
                if after == CLOSE:
                    return
                connection.sendall(after.encode() + b"\r\n")
            if verb == "QUIT":
                return


@contextmanager
def mail_server(**says: str) -> Iterator[MailServer]:
    server = MailServer({{"end": "."}.get(verb, verb): answer for verb, answer in says.items()})
    server.thread.start()
    yield server
    server.listening.shutdown(socket.SHUT_RDWR)
    server.listening.close()
    server.thread.join()


def mail(server: MailServer, **settings: object) -> Mail:
    made = MailSettings.model_validate({"host": "127.0.0.1", "port": server.port, "encrypted": False} | settings)
    return Mail(made, now=lambda: AT)


def call(post: Post = POST) -> Call:
    return Call(Verb.PUBLISH, "letter", "key-1", post)


def test_a_letter_is_kept_in_the_mailbox_once(tmp_path: Path) -> None:
    made = Mail(MailSettings(mailbox=tmp_path / "mailbox"), now=lambda: AT)
    assert made.act(call()) == made.act(call())
    [kept] = (tmp_path / "mailbox").iterdir()
    letter = message_from_bytes(kept.read_bytes(), policy=default)
    assert (letter["To"], letter["Subject"]) == ("marina@example.org", "Согласование: 3 версии")
    assert "http://desk/approval/1" in letter.get_content()


def test_a_letter_reaches_the_server_as_mail_should() -> None:
    with mail_server() as server:
        receipt = mail(server).act(call(POST.model_copy(update={"title": "В две\nстроки"})))
    [sent] = server.letters
    letter = message_from_bytes(sent, policy=default)
    assert receipt.remote_id == letter["Message-ID"] == "<key-1@otdel>"
    assert letter["Date"].datetime == AT and letter["Auto-Submitted"] == "auto-generated"
    assert letter["Subject"] == "В две строки", "a heading is one line, whatever the title was"


@pytest.mark.parametrize(
    ("says", "error", "code"),
    [
        pytest.param({"RCPT": "550 no such user"}, Refused, "smtp", id="no such person"),
        pytest.param({"RCPT": "451 later"}, Unavailable, "smtp", id="greylisted"),
        pytest.param({"MAIL": "553 who are you"}, Refused, "smtp", id="sender refused"),
        pytest.param({"end": "554 spam"}, Refused, "smtp", id="letter refused"),
        pytest.param({"end": "452 disk full"}, Unavailable, "smtp", id="not now"),
        pytest.param({"MAIL": CLOSE}, Unavailable, "unreachable", id="hung up before the letter"),
        pytest.param({"RCPT": CLOSE}, Unavailable, "unreachable", id="hung up at the address"),
        pytest.param({"end": CLOSE}, OutcomeUnknown, "lost", id="hung up after the letter"),
    ],
)
def test_what_the_server_answers_is_what_is_known(says: dict[str, str], error: type[Exception], code: str) -> None:
    with mail_server(**says) as server, pytest.raises(error) as caught:
        mail(server).act(call())
    assert caught.value.reason.code == code  # type: ignore[attr-defined]


def test_a_lost_goodbye_leaves_the_letter_sent() -> None:
    with mail_server(QUIT=CLOSE) as server:
        assert mail(server).act(call()).remote_id
    with mail_server(QUIT="500 what") as server:
        assert mail(server).act(call()).remote_id and len(server.letters) == 1


def test_a_wrong_password_is_called_that_and_is_said_nowhere() -> None:
    with mail_server(AUTH="535 no") as server, pytest.raises(Unavailable) as caught:
        mail(server, user="otdel", password="tainaya-stroka").act(call())
    assert caught.value.reason.code == "no_entry" and "OTDEL_SMTP_PASSWORD" in str(caught.value)
    assert "tainaya" not in str(caught.value) + repr(mail(server, password=SecretStr("tainaya-stroka")).settings)


def test_a_server_without_encryption_is_not_used_in_the_open() -> None:
    with mail_server() as server, pytest.raises(Unavailable) as caught:
        mail(server, encrypted=True).act(call())
    assert caught.value.reason.code == "no_entry" and "MAIL" not in server.heard


def test_a_server_that_is_not_there_is_asked_later() -> None:
    with mail_server() as server:
        pass
    for attempt in (mail(server).check, lambda: mail(server).act(call())):
        with pytest.raises(Unavailable):
            attempt()


def test_the_check_lets_no_letter_out() -> None:
    with mail_server() as server:
        mail(server).check()
        Mail(MailSettings(mailbox=Path("anywhere"))).check()
    assert "MAIL" not in server.heard


def test_nobody_is_written_to_without_an_address(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        Mail(MailSettings(mailbox=tmp_path)).act(call(Post(title="x")))
    assert caught.value.reason.code == "no_address"


def test_mail_says_what_it_cannot_do(tmp_path: Path) -> None:
    made = Mail(MailSettings(mailbox=tmp_path))
    for ask in (lambda: made.find(call()), lambda: made.observe("1", {}), lambda: made.reactions(["1"]),
                lambda: made.comments("1"), made.audience):  # fmt: skip
        with pytest.raises(Unsupported):
            ask()
