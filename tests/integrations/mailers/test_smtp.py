"""SMTP over real sockets: every letter has exactly one answer, and it says what is true."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from integrations.errors import Refused, Unavailable, Unsupported
from integrations.mailers.addresses import key_of
from integrations.mailers.smtp import SmtpSettings
from integrations.mailers.smtp_plug import Patience
from models.delivery import State
from models.letters import Answer, Holds, LetterForm
from tests.integrations.mailers.forms import FORM, VALUES, filled_in, letter, read
from tests.integrations.mailers.posting import QUICK, STEADY, gathered, sent, smtp
from tests.integrations.mailers.test_dkim import holds, pem, signer
from tests.servers.smtp_sink import SmtpSink


class Serve(Protocol):
    def __call__(self, **manners: Any) -> SmtpSink: ...


@pytest.fixture
def serve() -> Iterator[Serve]:
    with ExitStack() as stack:
        yield lambda **manners: stack.enter_context(SmtpSink(**manners))


MANNERS = [
    pytest.param({}, id="all"),
    pytest.param({"pipelining": False}, id="no pipelining"),
    pytest.param({"eight_bit": False}, id="no 8bit"),
    pytest.param({"esmtp": False}, id="helo"),
    pytest.param({"drip": True}, id="dripping"),
    pytest.param({"size": -1}, id="no size"),
    pytest.param({"letters_per_connection": 3}, id="three letters a connection"),
    pytest.param({"connections": 1}, id="one connection"),
]


@pytest.mark.parametrize("manners", MANNERS)
def test_letters_arrive_whole_and_once(serve: Serve, manners: dict[str, Any]) -> None:
    sink = serve(**manners)
    letters = [letter(n) for n in range(1, 11)]
    for answer in sent(smtp(sink, connections=3), *letters):
        assert (answer.state, answer.remote_id[:1]) == (State.SENT, "Q"), answer
    assert sorted(sink.recipients()) == sorted(each.to for each in letters)
    for taken in sink.taken:
        found = read(taken.data)
        assert (found.text, found.html) == (filled_in(FORM.text, VALUES), filled_in(FORM.html, VALUES))
        assert taken.data.isascii() == (not sink.manners.eight_bit or not sink.manners.esmtp)
        assert taken.sender == "news@example.org"


def test_a_connection_is_kept_over_many_letters(serve: Serve) -> None:
    sink = serve()
    sent(smtp(sink, connections=1), *(letter(n) for n in range(20)))
    assert sink.connected == 1


def test_as_many_connections_as_letters_and_no_more_than_allowed(serve: Serve) -> None:
    sink = serve()
    mailer = smtp(sink, connections=5)
    line = mailer.open()
    assert line.room() == 5 and sink.connected == 1
    gathered(line, [letter(n) for n in range(30)])
    line.close()
    assert 1 < sink.connected <= 5
    assert line.room() == 0


def test_our_own_limit_of_letters_per_connection_is_kept(serve: Serve) -> None:
    sink = serve()
    sent(smtp(sink, connections=1, letters_per_connection=2), *(letter(n) for n in range(6)))
    assert sink.connected == 3


def test_fewer_connections_are_used_where_the_server_takes_no_more(serve: Serve) -> None:
    sink = serve(connections=2)
    line = smtp(sink, connections=10).open()
    found = gathered(line, [letter(n) for n in range(30)])
    assert {each.state for each in found.values()} == {State.SENT}
    assert line.room() == 2
    line.close()


def test_more_letters_than_there_is_room_for_are_put_off(serve: Serve) -> None:
    line = smtp(serve(), connections=1).open()
    line.post([letter(1), letter(2)], datetime.now(UTC) + timedelta(seconds=20))
    found = {}
    while len(found) < 2:
        found |= {each.id: each.state for each in line.answers(timedelta(seconds=5))}
    assert found == {1: State.SENT, 2: State.PLANNED}
    line.close()


# What a server may answer at each step.

STEPS = ["mail", "rcpt", "data", "final"]


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("at", STEPS)
@pytest.mark.parametrize(
    ("said", "state", "gone"),
    [
        ("550 5.1.1 no such user", State.REJECTED, True),
        ("554 5.7.1 against our rules", State.REJECTED, False),
        ("451 4.2.0 later", State.PLANNED, False),
        ("421 4.3.2 shutting down", State.PLANNED, False),
    ],
)
def test_what_is_answered_to_a_step_is_the_answer(
    serve: Serve, at: str, said: str, state: State, gone: bool, pipelining: bool
) -> None:
    sink = serve(pipelining=pipelining)
    sink.fault(at, said)
    first, second = sent(smtp(sink, connections=1), letter(1), letter(2))
    assert (first.state, first.gone, first.reason.code) == (state, gone and at != "mail", said[:9])
    assert (first.retry_after is not None) == (state is State.PLANNED)
    assert second.state is State.SENT
    assert sink.recipients() == ["anna2@example.com"]
    assert sink.connected == (2 if said.startswith("421") else 1)


def test_data_that_was_allowed_for_nobody_sends_nothing(serve: Serve) -> None:
    sink = serve()
    sink.fault("rcpt", "550 5.1.1 no")
    sink.fault("data", "354 go ahead")
    first, second = sent(smtp(sink, connections=1), letter(1), letter(2))
    assert (first.state, second.state) == (State.REJECTED, State.SENT)
    assert sink.recipients() == ["anna2@example.com"] and sink.connected == 1


BEFORE = [(at, do) for at in ("mail", "rcpt", "data") for do in ("close", "reset", "junk", "endless", "stall")]


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(("at", "do"), BEFORE)
def test_what_breaks_before_the_content_is_not_now(serve: Serve, at: str, do: str, pipelining: bool) -> None:
    sink = serve(pipelining=pipelining)
    sink.fault(at, do, times=5)
    [answer] = sent(smtp(sink, QUICK, connections=1), letter(1))
    assert answer.state is State.PLANNED and answer.retry_after
    assert sink.content_bytes == 0


@pytest.mark.parametrize("at", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("do", ["close", "reset"])
def test_a_letter_whose_connection_broke_goes_over_another(serve: Serve, at: str, do: str) -> None:
    """Nothing of its content has left, and a kept connection may have died long ago."""
    sink = serve()
    sink.fault(at, do)
    [answer] = sent(smtp(sink, QUICK, connections=1), letter(1))
    assert answer.state is State.SENT
    assert sink.recipients() == ["anna1@example.com"] and sink.connected == 2


def test_connections_that_died_while_nobody_looked_cost_no_letter(serve: Serve) -> None:
    sink = serve()
    line = smtp(sink, connections=4).open()
    gathered(line, [letter(n) for n in range(8)])
    former = sink.connected
    for session in list(sink.sessions.values()):
        session.socket.shutdown(socket.SHUT_RDWR)
    sink.wait(lambda: not sink.sessions)
    found = gathered(line, [letter(n) for n in range(8, 16)])
    assert {each.state for each in found.values()} == {State.SENT}
    assert sink.connected > former
    line.close()


AFTER = [(at, do) for at in ("content", "final") for do in ("close", "reset", "junk", "endless", "stall")]


@pytest.mark.parametrize(
    ("at", "do"), [*AFTER, *(("final", f"take+{do}") for do in ("close", "reset", "stall", "junk"))]
)
def test_what_breaks_after_the_content_began_is_unknown(serve: Serve, at: str, do: str) -> None:
    sink = serve()
    sink.fault(at, do)
    first, second = sent(smtp(sink, QUICK, connections=1), letter(1), letter(2))
    assert (first.state, first.retry_after) == (State.UNKNOWN, None)
    assert second.state is State.SENT
    assert sink.recipients().count("anna1@example.com") == do.startswith("take")


def test_a_reply_that_drips_is_a_reply(serve: Serve) -> None:
    sink = serve()
    sink.fault("mail", "drip")
    [answer] = sent(smtp(sink, connections=1), letter(1))
    assert answer.state is State.SENT


HUGE = LetterForm("huge", "news@example.org", ("s",), ("чай\n" * 2_000_000,))


@pytest.mark.parametrize(
    ("said", "state"), [("552 5.3.4 too large", State.REJECTED), ("250 taken already", State.UNKNOWN)]
)
def test_an_answer_before_the_content_has_ended_is_believed_only_where_it_refuses(
    serve: Serve, said: str, state: State
) -> None:
    sink = serve(size=0)
    sink.fault("content", f"{said}")
    sink.fault("content", "stall")
    [answer] = sent(smtp(sink, STEADY, connections=1), letter(1, form=HUGE))
    assert answer.state is state
    assert sink.recipients() == []


def test_a_good_bye_after_the_answer_costs_nothing(serve: Serve) -> None:
    sink = serve()
    sink.fault("after", "421 4.3.2 bye", times=10)
    answers = sent(smtp(sink, connections=2), *(letter(n) for n in range(6)))
    assert {each.state for each in answers} == {State.SENT}
    assert len(sink.taken) == 6


# Time.


@pytest.mark.parametrize("at", ["mail", "data", "final"])
def test_a_silent_server_costs_no_more_than_the_letters_time(serve: Serve, at: str) -> None:
    sink = serve()
    sink.fault(at, "stall")
    began = time.monotonic()
    [answer] = sent(smtp(sink, connections=1), letter(1), within=timedelta(seconds=0.3))
    assert answer.state is (State.UNKNOWN if at == "final" else State.PLANNED)
    assert time.monotonic() - began < 5


class Skewed:
    """A wall clock that can be moved on, as a process finds it that was frozen."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


def test_a_process_that_was_frozen_before_the_first_byte_sends_nothing(serve: Serve) -> None:
    sink, clock = serve(), Skewed()
    line = smtp(sink, clock=clock, connections=1).open()
    clock.ahead = 60.0
    line.post([letter(1)], datetime.now(UTC) + timedelta(seconds=20))
    [answer] = line.answers(timedelta(seconds=5))
    assert answer.state is State.PLANNED
    line.close()
    assert not any(said.startswith("MAIL") for said in sink.said)


def test_a_process_that_was_frozen_before_the_content_sends_none_of_it(serve: Serve) -> None:
    sink, clock = serve(), Skewed()
    line = smtp(sink, clock=clock, connections=1).open()
    line.post([letter(1)], datetime.now(UTC) + timedelta(seconds=20))
    sink.wait(lambda: "DATA" in sink.said)
    clock.ahead = 60.0
    [answer] = line.answers(timedelta(seconds=5))
    assert answer.state is State.PLANNED
    line.close()
    sink.wait(lambda: not sink.sessions)
    assert sink.taken == [] and not any(session.began for session in list(sink.sessions.values()))


def test_a_process_that_was_frozen_within_the_content_never_finishes_it(serve: Serve) -> None:
    sink, clock = serve(size=0), Skewed()
    sink.fault("content", "stall")
    line = smtp(sink, clock=clock, connections=1).open()
    line.post([letter(1, form=HUGE)], datetime.now(UTC) + timedelta(seconds=20))
    while not any(session.deaf for session in list(sink.sessions.values())):
        assert line.answers(timedelta(seconds=0.05)) == []
    clock.ahead = 60.0
    [stalled] = [session for session in list(sink.sessions.values()) if session.deaf]
    for _ in range(100):
        if answers := line.answers(timedelta(seconds=0.1)):
            break
    assert [each.state for each in answers] == [State.UNKNOWN]
    line.close()
    assert len(stalled.read) < 12_000_000


def test_a_clock_that_is_set_back_gives_no_more_time(serve: Serve) -> None:
    sink, clock = serve(), Skewed()
    sink.fault("final", "stall")
    line = smtp(sink, clock=clock, connections=1).open()
    line.post([letter(1)], datetime.now(UTC) + timedelta(seconds=0.4))
    clock.ahead = -3600.0
    began = time.monotonic()
    answers: list[Answer] = []
    while not answers:
        answers = line.answers(timedelta(seconds=1))
    assert answers[0].state is State.UNKNOWN and time.monotonic() - began < 5
    line.close()


def test_letters_whose_time_has_passed_are_not_begun(serve: Serve) -> None:
    sink = serve()
    [answer] = sent(smtp(sink, connections=1), letter(1), within=timedelta(seconds=-1))
    assert answer.state is State.PLANNED and sink.taken == []


def test_closing_answers_everything_in_flight(serve: Serve) -> None:
    sink = serve()
    sink.fault("final", "stall", to="anna1@")
    sink.fault("rcpt", "stall", to="anna2@")
    line = smtp(sink, connections=3).open()
    line.post([letter(1), letter(2)], datetime.now(UTC) + timedelta(seconds=20))
    while sum(session.deaf for session in list(sink.sessions.values())) != 2:
        assert line.answers(timedelta(seconds=0.02)) == []
    found = {each.id: each.state for each in line.close()}
    assert found == {1: State.UNKNOWN, 2: State.PLANNED}
    assert line.close() == [] and line.answers(timedelta(seconds=1)) == []
    line.post([letter(3)], datetime.now(UTC) + timedelta(seconds=20))
    assert [each.state for each in line.close()] == [State.PLANNED]


def test_nothing_in_flight_is_nothing_to_wait_for(serve: Serve) -> None:
    line, began = smtp(serve()).open(), time.monotonic()
    assert line.answers(timedelta(seconds=30)) == []
    assert time.monotonic() - began < 5
    line.close()


# Opening.


@pytest.mark.parametrize(
    ("at", "do", "kind"),
    [
        ("greeting", "554 5.3.2 go away", Refused), ("greeting", "421 4.7.0 busy", Unavailable),
        ("greeting", "close", Unavailable), ("greeting", "reset", Unavailable), ("greeting", "junk", Unavailable),
        ("greeting", "endless", Unavailable), ("greeting", "stall", Unavailable), ("ehlo", "421 x", Unavailable),
        ("ehlo", "close", Unavailable), ("ehlo", "stall", Unavailable), ("ehlo", "450 x", Unavailable),
    ],
)  # fmt: skip
def test_who_cannot_be_talked_to_is_told_at_once(serve: Serve, at: str, do: str, kind: type[Exception]) -> None:
    sink = serve()
    sink.fault(at, do)
    with pytest.raises(kind):
        smtp(sink, Patience(opening=0.4)).open()


def test_nobody_there_is_not_now() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    mailer = smtp(type("Nobody", (), {"port": port}))  # type: ignore[arg-type]
    for ask in (mailer.open, mailer.check):
        with pytest.raises(Unavailable):
            ask()


def test_a_dead_address_of_a_name_gives_way_to_the_next(serve: Serve) -> None:
    sink = serve()
    mailer = smtp(sink, Patience(connect=0.3), host="mail.test", unencrypted_allowed=True)
    mailer.resolver = lambda host, port: ["127.0.0.9", "127.0.0.1"]
    [answer] = sent(mailer, letter(1))
    assert answer.state is State.SENT


@pytest.mark.parametrize("found", [[], OSError("unknown"), UnicodeError("label too long")])
def test_a_name_that_leads_nowhere_is_not_now(serve: Serve, found: list[str] | Exception) -> None:
    def resolver(host: str, port: int) -> list[str]:
        if isinstance(found, Exception):
            raise found
        return found

    mailer = smtp(serve(), host="nowhere.test", unencrypted_allowed=True)
    mailer.resolver = resolver
    with pytest.raises(Unavailable):
        mailer.open()


def test_a_server_that_went_away_puts_all_letters_off(serve: Serve) -> None:
    sink = serve()
    line = smtp(sink, QUICK, connections=3).open()
    sink.stop()
    sink._thread.join(10)
    found = gathered(line, [letter(n) for n in range(3)])
    assert {each.state for each in found.values()} == {State.PLANNED}
    assert Holds.ACCOUNT in {each.holds for each in found.values()}
    line.close()


# What a letter needs.


def test_an_address_in_letters_needs_a_server_that_can_write_it(serve: Serve) -> None:
    for utf8 in (True, False):
        sink = serve(utf8=utf8)
        cyrillic, latin = sent(smtp(sink), letter(1, to="анна@пример.рф"), letter(2, to="anna@пример.рф"))
        assert latin.state is State.SENT
        assert cyrillic.state is (State.SENT if utf8 else State.REJECTED)
        assert utf8 or cyrillic.reason.code == "smtputf8"
        by = {taken.recipients[0]: taken for taken in sink.taken}
        assert "SMTPUTF8" not in by["anna@xn--e1afmkfd.xn--p1ai"].params
        if utf8:
            taken = by["анна@xn--e1afmkfd.xn--p1ai"]
            assert "SMTPUTF8" in taken.params and read(taken.data).to[1] == "анна@xn--e1afmkfd.xn--p1ai"


def test_a_letter_larger_than_the_server_takes_is_refused_unsent(serve: Serve) -> None:
    sink = serve(size=5000)
    big, small = sent(smtp(sink), letter(1, values=("x" * 800, "y" * 4000, "z")), letter(2))
    assert (big.state, big.reason.code, small.state) == (State.REJECTED, "too_large", State.SENT)
    assert sink.recipients() == ["anna2@example.com"]
    [taken] = sink.taken
    assert f"SIZE={len(taken.data) + 4}" in taken.params.replace("BODY=8BITMIME ", "")


def test_an_unfit_letter_or_form_is_refused_and_others_go(serve: Serve) -> None:
    sink = serve()
    bad_form = LetterForm("bad", "no sender", ("s",), ("t",))
    letters = [letter(1, to="nobody"), letter(2, form=bad_form), letter(3, values=("a\nb", "x", "y")), letter(4)]
    answers = sent(smtp(sink, connections=1), *letters)
    assert [each.state for each in answers] == [State.REJECTED] * 3 + [State.SENT]
    assert sink.recipients() == ["anna4@example.com"]
    assert not any("nobody" in repr(each) or "no sender" in repr(each) for each in answers)


def test_two_forms_of_one_name_are_two_forms(serve: Serve) -> None:
    sink = serve()
    other = LetterForm(FORM.id, FORM.sender, ("Другое",), ("Другое",))
    sent(smtp(sink, connections=1), letter(1), letter(2, form=other), letter(3))
    assert [read(taken.data).subject[:6] for taken in sink.taken] == ["Чай дл", "Другое", "Чай дл"]


def test_a_bounce_comes_back_with_the_letters_key(serve: Serve) -> None:
    sink = serve()
    sent(smtp(sink, bounce="bounces@example.org", bounce_numbered=True), letter(1))
    [taken] = sink.taken
    assert taken.sender == "bounces+key00000001@example.org"
    assert key_of(taken.sender, "bounces@example.org") == "key00000001"
    assert read(taken.data).sender[1] == "news@example.org"


def test_letters_are_signed(serve: Serve) -> None:
    sink, key = serve(), signer("rsa")
    mailer = smtp(sink, dkim_domain="example.org", dkim_selector="otdel", dkim_private_key=PEM)
    sent(mailer, *(letter(n) for n in range(3)), letter(9, values=("Анна", ".", "x")))
    judge = mailer._signer
    assert judge is not None and judge is not key
    assert all(holds(taken.data, judge) for taken in sink.taken)


def test_a_key_file_is_read_and_what_is_wrong_with_it_is_told_when_opening(serve: Serve, tmp_path: Any) -> None:
    (tmp_path / "key.pem").write_text(PEM)
    sink = serve()
    usual = {"dkim_domain": "example.org", "dkim_selector": "otdel"}
    sent(smtp(sink, **usual, dkim_key_file=str(tmp_path / "key.pem")), letter(1))
    assert b"DKIM-Signature" in sink.taken[0].data
    for wrong in ({"dkim_key_file": str(tmp_path / "none.pem")}, {}, {"dkim_private_key": "nonsense"}):
        with pytest.raises(Refused):
            smtp(sink, **(usual | wrong)).open()


@pytest.mark.parametrize("mechanisms", ["PLAIN", "LOGIN", "CRAM-MD5", "PLAIN LOGIN CRAM-MD5"])
def test_we_sign_in(serve: Serve, mechanisms: str) -> None:
    sink = serve(user="anna", password="пароль", mechanisms=mechanisms)
    mailer = smtp(sink, user="anna", password="пароль")
    mailer.check()
    assert [each.state for each in sent(mailer, letter(1))] == [State.SENT]


def test_a_wrong_password_is_refused(serve: Serve) -> None:
    sink = serve(user="anna", password="right")
    with pytest.raises(Refused) as caught:
        smtp(sink, user="anna", password="wrong-secret").check()
    assert "wrong-secret" not in repr(caught.value.reason) + str(caught.value)


def test_who_must_sign_in_and_does_not_is_told(serve: Serve) -> None:
    [answer] = sent(smtp(serve(user="anna", password="x")), letter(1))
    assert (answer.state, answer.holds) == (State.REJECTED, Holds.ACCOUNT)


def test_what_smtp_cannot_do_is_unsupported(serve: Serve) -> None:
    mailer = smtp(serve())
    now = datetime.now(UTC)
    for ask in (lambda: mailer.find([], now), lambda: mailer.pull(""), lambda: mailer.told({}, b"", now)):
        with pytest.raises(Unsupported):
            ask()


PEM = pem(ed25519.Ed25519PrivateKey.generate())


@pytest.mark.parametrize(
    "wrong",
    [
        {"encryption": "none", "host": "smtp.example.org"},
        {"encryption": "none", "host": "smtp.example.org", "unencrypted_allowed": True, "user": "a"},
        {"connections": 0}, {"connections": 201}, {"port": 0}, {"helo": "a\r\nb"}, {"helo": "a b"}, {"host": "a b"},
        {"bounce": "x" * 40 + "@example.org", "bounce_numbered": True}, {"unheard_of": 1}, {"encryption": "ssl"},
    ],
)  # fmt: skip
def test_unsafe_settings_are_not_taken(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError) as caught:
        SmtpSettings(**({"host": "127.0.0.1", "password": "secret-word"} | wrong))
    assert "secret-word" not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_letters_may_go_unencrypted_within_this_computer(host: str) -> None:
    assert SmtpSettings(host=host, encryption="none", user="anna").host == host
