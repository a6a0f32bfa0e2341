"""Encryption: STARTTLS and TLS from the beginning, verified, over sockets that never block."""

import ssl
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from integrations.errors import Refused, Unavailable
from models.delivery import State
from models.letters import LetterForm
from tests.integrations.mailers.forms import letter, read
from tests.integrations.mailers.posting import QUICK, STEADY, gathered, sent, smtp
from tests.servers.smtp_sink import SmtpSink, certificate


class Serve(Protocol):
    def __call__(self, **manners: Any) -> SmtpSink: ...


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda **manners: stack.enter_context(SmtpSink(**manners))


@pytest.fixture(scope="session")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("ours"))


KINDS = pytest.mark.parametrize("kind", ["starttls", "tls"])


def trusting(folder: Path, kind: str, **more: Any) -> dict[str, Any]:
    return {"encryption": kind, "ca_file": str(folder / "cert.pem"), **more}


@KINDS
@pytest.mark.parametrize("manners", [{}, {"pipelining": False}, {"drip": True}, {"letters_per_connection": 2}])
def test_letters_go_encrypted(serve: Serve, ours: Path, kind: str, manners: dict[str, Any]) -> None:
    sink = serve(**{kind: str(ours)}, **manners)
    answers = sent(smtp(sink, **trusting(ours, kind)), *(letter(n) for n in range(6)))
    assert {each.state for each in answers} == {State.SENT}
    assert sorted(sink.recipients()) == [f"anna{n}@example.com" for n in range(6)]


@KINDS
def test_a_large_letter_goes_whole_through_encryption(serve: Serve, ours: Path, kind: str) -> None:
    sink = serve(**{kind: str(ours)})
    form = LetterForm("large", "news@example.org", ("s",), ("чай с бергамотом\n" * 100_000,))
    [answer] = sent(smtp(sink, **trusting(ours, kind)), letter(1, form=form))
    assert answer.state is State.SENT
    assert len(sink.taken[0].data) > 3_000_000 and read(sink.taken[0].data).subject == "s"


@KINDS
def test_the_name_in_the_certificate_may_be_a_name_or_an_address(serve: Serve, ours: Path, kind: str) -> None:
    sink = serve(**{kind: str(ours)})
    for host in ("localhost", "127.0.0.1"):
        smtp(sink, host=host, **trusting(ours, kind)).check()


@KINDS
@pytest.mark.parametrize(
    "made",
    [
        pytest.param({"names": ["elsewhere.example"]}, id="another name"),
        pytest.param({"days": -1}, id="expired"),
    ],
)
def test_a_certificate_that_does_not_hold_is_refused(
    serve: Serve, tmp_path: Path, kind: str, made: dict[str, Any]
) -> None:
    folder = certificate(tmp_path, **made)
    sink = serve(**{kind: str(folder)}, user="anna", password="word")
    with pytest.raises(Refused) as caught:
        smtp(sink, **trusting(folder, kind), user="anna", password="word").open()
    assert caught.value.reason.code == "untrusted"
    assert not any("AUTH" in said or "MAIL" in said for said in sink.said)


@KINDS
def test_an_unknown_authority_is_refused(serve: Serve, ours: Path, tmp_path: Path, kind: str) -> None:
    sink = serve(**{kind: str(certificate(tmp_path))})
    with pytest.raises(Refused):
        smtp(sink, **trusting(ours, kind)).open()
    with pytest.raises(Refused):
        smtp(sink, encryption=kind).open()


@KINDS
@pytest.mark.parametrize("host", ["mail_server", "example.org."])
def test_a_name_that_no_certificate_can_have_is_refused(serve: Serve, ours: Path, kind: str, host: str) -> None:
    mailer = smtp(serve(**{kind: str(ours)}), host=host, **trusting(ours, kind))
    mailer.resolver = lambda host, port: ["127.0.0.1"]
    with pytest.raises(Refused) as caught:
        mailer.open()
    assert caught.value.reason.code == "untrusted"
    for odd in ("x" * 300, ".example.org"):
        mailer = smtp(mailer.settings, **trusting(ours, kind, host=odd))
        mailer.resolver = lambda host, port: ["127.0.0.1"]
        with pytest.raises((Refused, Unavailable)):
            mailer.open()


def test_a_file_of_the_authority_that_is_not_there_is_told(serve: Serve, tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        smtp(serve(), **trusting(tmp_path, "tls")).open()
    assert caught.value.reason.code == "no_ca"


def test_a_server_without_starttls_gets_nothing(serve: Serve, ours: Path) -> None:
    sink = serve(user="anna", password="word")
    with pytest.raises(Refused) as caught:
        smtp(sink, **trusting(ours, "starttls"), user="anna", password="word").open()
    assert caught.value.reason.code == "no_encryption"
    assert not any("AUTH" in said for said in sink.said)


@pytest.mark.parametrize("injected", ["250 AUTH PLAIN\r\n", "220 go ahead\r\n", "250-half"])
def test_words_that_came_in_clear_behind_starttls_end_it(serve: Serve, ours: Path, injected: str) -> None:
    sink = serve(starttls=str(ours), injects=injected)
    with pytest.raises(Unavailable) as caught:
        smtp(sink, STEADY, **trusting(ours, "starttls")).open()
    assert caught.value.reason.code in ("injected", "tls", "cut")


def test_encryption_that_is_refused_now_is_not_now(serve: Serve, ours: Path) -> None:
    sink = serve(starttls=str(ours))
    sink.fault("starttls", "454 4.7.0 not available")
    with pytest.raises(Unavailable):
        smtp(sink, **trusting(ours, "starttls")).open()


@pytest.mark.parametrize("do", ["junk", "close", "reset", "stall"])
def test_a_broken_handshake_is_not_now(serve: Serve, ours: Path, do: str) -> None:
    sink = serve(starttls=str(ours))
    sink.fault("starttls", f"220 go|{'HTTP/1.1 400' if do == 'junk' else ''}" if do in ("junk", "stall") else do)
    with pytest.raises(Unavailable):
        smtp(sink, QUICK, **trusting(ours, "starttls")).open()


def test_a_server_that_speaks_plainly_where_tls_was_expected_is_not_now(serve: Serve, ours: Path) -> None:
    with pytest.raises(Unavailable):
        smtp(serve(), QUICK, **trusting(ours, "tls")).open()


@KINDS
def test_we_sign_in_within_encryption(serve: Serve, ours: Path, kind: str) -> None:
    sink = serve(**{kind: str(ours)}, user="anna", password="word")
    [answer] = sent(smtp(sink, **trusting(ours, kind), user="anna", password="word"), letter(1))
    assert answer.state is State.SENT


@KINDS
@pytest.mark.parametrize("do", ["close", "reset", "stall"])
@pytest.mark.parametrize(("at", "state"), [("rcpt", State.PLANNED), ("final", State.UNKNOWN)])
def test_what_breaks_within_encryption_breaks_as_without(
    serve: Serve, ours: Path, kind: str, do: str, at: str, state: State
) -> None:
    sink = serve(**{kind: str(ours)})
    sink.fault(at, do, times=3)
    line = smtp(sink, QUICK, connections=1, **trusting(ours, kind)).open()
    found = gathered(line, [letter(1)])
    assert found[1].state is state
    line.close()


def test_nothing_older_than_tls_1_2_is_spoken(serve: Serve, ours: Path) -> None:
    mailer = smtp(serve(tls=str(ours)), **trusting(ours, "tls"))
    assert mailer._trust.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert mailer._trust.verify_mode is ssl.CERT_REQUIRED and mailer._trust.check_hostname
