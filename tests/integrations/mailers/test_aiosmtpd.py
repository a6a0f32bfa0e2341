"""A server that others wrote: aiosmtpd understands us, with and without encryption and signing in."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from integrations.errors import Refused
from models.delivery import State
from tests.integrations.mailers.forms import FORM, VALUES, filled_in, letter, read
from tests.integrations.mailers.posting import sent, smtp
from tests.servers.smtp_sink import certificate


class Kept:
    """What aiosmtpd hands on, and whom it refuses."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes, list[str]]] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("nobody"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content, envelope.mail_options))
        return "250 2.0.0 OK: queued as A1"


@contextmanager
def serving(**how: Any) -> Iterator[tuple[Kept, Any]]:
    kept = Kept()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port, decode_data=False, **how)
    controller.start()
    try:
        yield kept, type("There", (), {"port": port})
    finally:
        controller.stop()


def test_letters_arrive_at_a_server_of_others() -> None:
    with serving(enable_SMTPUTF8=True) as (kept, there):
        letters = [letter(1), letter(2, to="nobody@example.com"), letter(3, to="анна@пример.рф"), letter(4)]
        answers = sent(smtp(there), *letters)
    assert [each.state for each in answers] == [State.SENT, State.REJECTED, State.SENT, State.SENT]
    assert answers[1].gone and answers[0].remote_id == "A1"
    assert sorted(to for _, [to], _, _ in kept.taken) == [
        "anna1@example.com", "anna4@example.com", "анна@xn--e1afmkfd.xn--p1ai",
    ]  # fmt: skip
    for _, _, data, options in kept.taken:
        found = read(data)
        assert (found.text, found.html) == (filled_in(FORM.text, VALUES), filled_in(FORM.html, VALUES))
        assert f"SIZE={len(data) + 4}" in options or f"SIZE={len(data) + 3}" in options


@pytest.mark.parametrize("user", ["anna", "boris"])
def test_encryption_and_signing_in_at_a_server_of_others(tmp_path: Path, user: str) -> None:
    folder = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")

    def judge(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        return AuthResult(handled=False, success=(data.login, data.password) == (b"anna", "слово".encode()))

    signing = {"require_starttls": True, "auth_required": True, "authenticator": judge}
    with serving(tls_context=context, **signing) as (kept, there):
        typed = {"encryption": "starttls", "ca_file": str(folder / "cert.pem"), "user": user, "password": "слово"}
        mailer = smtp(there, **typed)
        if user == "anna":
            assert [each.state for each in sent(mailer, letter(1), letter(2))] == [State.SENT] * 2
            assert len(kept.taken) == 2
        else:
            with pytest.raises(Refused):
                mailer.open()
