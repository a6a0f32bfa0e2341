"""What a mail server says, and what it proves."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.mailers.smtp_replies import Junk, Phase, Replies, Reply, judged, queue_id
from models.delivery import State
from models.letters import Answer, Holds
from models.locale import catalogue

SAID = b"220 hello\r\n250-first\r\n250-second\r\n250 last\r\n354\r\n550 5.1.1 <anna@example.com> unknown\n"


def reply(said: str) -> Reply:
    [found] = Replies().feed(f"{said}\r\n".encode())
    return found


@given(st.lists(st.integers(0, len(SAID)), max_size=8))
def test_replies_are_the_same_however_they_are_cut(cuts: list[int]) -> None:
    replies, found, at = Replies(), [], 0
    for cut in [*sorted(cuts), len(SAID)]:
        found += replies.feed(SAID[at:cut])
        at = cut
    assert [each.code for each in found] == [220, 250, 354, 550]
    assert found[1].lines == ("first", "second", "last")
    assert found[3].name == "550 5.1.1"
    assert replies.is_empty


@pytest.mark.parametrize(
    "junk",
    [
        b"HTTP/1.1 400 Bad Request\r\n", b"\r\n", b"25 ok\r\n", b"250x ok\r\n", b"199 ok\r\n", b"650 ok\r\n",
        b"250-one\r\n550 two\r\n", b"\xff\xfe\r\n", b"x" * 5000, b"250-" + b"x" * 5000 + b"\r\n",
        b"250-again\r\n" * 300, "２５０ ok\r\n".encode(), b"\xc2\xb250 ok\r\n",
    ],
)  # fmt: skip
def test_what_is_no_reply_is_junk(junk: bytes) -> None:
    with pytest.raises(Junk):
        Replies().feed(junk)


@given(st.binary(max_size=200))
def test_any_bytes_are_replies_or_junk(data: bytes) -> None:
    try:
        found = Replies().feed(data)
    except Junk:
        return
    assert all(200 <= each.code < 600 for each in found)


GONE = [
    "550 5.1.1 No such user", "553 5.1.3 Bad address syntax", "550 5.1.2 Bad domain", "556 5.1.10 Null MX",
    "550 5.2.1 The account is disabled", "550 No such user here", "550 User unknown", "550 5.0.0 User unknown",
    "551 recipient does not exist", "550 unrouteable address", "550 Mailbox unavailable",
    "550 5.1.1 <anna@example.com>: Recipient address rejected: User unknown in virtual mailbox table",
    "550-5.1.1 The account that you tried to reach does not exist\r\n550 5.1.1 Try double-checking",
]  # fmt: skip
NOT_GONE = [
    "550 5.7.1 Message rejected as spam", "554 5.7.1 Service unavailable; host blocked", "550 5.2.2 Mailbox full",
    "550 Administrative prohibition", "550 rejected by policy: user unknown to our reputation", "552 5.2.2 full",
    "550 5.1.1 blocked as spam", "550 relay not permitted", "550 5.7.26 Unauthenticated email, DMARC", "550 no",
    "550 5.1.8 Sender address rejected: Domain not found", "503 5.5.1 bad sequence",
]  # fmt: skip


@pytest.mark.parametrize("said", GONE)
def test_an_address_that_is_not_there_is_gone(said: str) -> None:
    answer = judged(7, reply(said), Phase.RCPT)
    assert (answer.id, answer.state, answer.gone) == (7, State.REJECTED, True)


@pytest.mark.parametrize("said", NOT_GONE)
def test_a_rule_that_refuses_us_says_nothing_of_the_address(said: str) -> None:
    answer = judged(7, reply(said), Phase.RCPT)
    assert (answer.state, answer.gone) == (State.REJECTED, False)


@pytest.mark.parametrize("said", [*GONE, *NOT_GONE])
def test_a_refused_sender_is_no_lost_address(said: str) -> None:
    assert not judged(7, reply(said), Phase.MAIL).gone


@pytest.mark.parametrize(
    ("said", "phase", "holds", "minutes"),
    [
        ("421 4.7.0 too many connections", Phase.MAIL, Holds.ACCOUNT, 5),
        ("421 4.7.0 try later", Phase.RCPT, Holds.DOMAIN, 15),
        ("421 closing", Phase.CONTENT, Holds.ACCOUNT, 5),
        ("450 4.2.0 greylisted", Phase.RCPT, Holds.LETTER, 5),
        ("450 4.7.1 Greylisted, see postgrey", Phase.RCPT, Holds.LETTER, 5),
        ("450 4.7.1 Greylisted, try again in 300 seconds", Phase.RCPT, Holds.LETTER, 5),
        ("451 4.7.1 greylisted, retry after 2 hours", Phase.RCPT, Holds.LETTER, 120),
        ("451 wait 999999 hours", Phase.RCPT, Holds.LETTER, 720),
        ("452 4.2.2 mailbox full", Phase.RCPT, Holds.LETTER, 60),
        ("451 4.7.0 rate limited", Phase.RCPT, Holds.DOMAIN, 15),
        ("450 4.1.2 domain not found", Phase.RCPT, Holds.DOMAIN, 15),
        ("451 4.4.1 no answer from host", Phase.RCPT, Holds.DOMAIN, 15),
        ("452 4.3.1 insufficient system storage", Phase.RCPT, Holds.ACCOUNT, 5),
        ("452 4.5.3 too many recipients", Phase.RCPT, Holds.LETTER, 5),
        ("451 4.3.0 queue file write error", Phase.CONTENT, Holds.ACCOUNT, 5),
        ("451 4.7.1 content deferred", Phase.CONTENT, Holds.DOMAIN, 15),
        ("451 local error", Phase.CONTENT, Holds.LETTER, 5),
        ("451 local error", Phase.DATA, Holds.ACCOUNT, 5),
        ("450 4.7.1 sender deferred", Phase.MAIL, Holds.ACCOUNT, 5),
    ],
)
def test_not_now_says_whom_it_concerns_and_how_long(said: str, phase: Phase, holds: Holds, minutes: int) -> None:
    answer = judged(7, reply(said), phase)
    assert (answer.state, answer.holds) == (State.PLANNED, holds)
    assert answer.retry_after == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("said", "phase", "holds"),
    [
        ("550 5.7.1 sender not allowed", Phase.MAIL, Holds.ACCOUNT),
        ("530 5.7.0 authentication required", Phase.MAIL, Holds.ACCOUNT),
        ("552 5.3.4 too large", Phase.MAIL, Holds.LETTER),
        ("555 5.5.4 unknown parameter", Phase.MAIL, Holds.LETTER),
        ("553 5.1.8 sender domain does not exist", Phase.RCPT, Holds.ACCOUNT),
        ("550 5.1.1 no such user", Phase.RCPT, Holds.LETTER),
        ("554 5.7.1 spam", Phase.CONTENT, Holds.LETTER),
    ],
)
def test_no_says_whether_all_of_ours_would_be_refused(said: str, phase: Phase, holds: Holds) -> None:
    answer = judged(7, reply(said), phase)
    assert (answer.state, answer.holds) == (State.REJECTED, holds)


@pytest.mark.parametrize("said", [*GONE, *NOT_GONE, "421 bye anna@example.com", "450 4.2.1 anna@example.com", "552 a"])
def test_a_reason_is_said_in_russian_and_repeats_nothing(said: str) -> None:
    for phase in Phase:
        reason_is_fit(said, judged(7, reply(said), phase))


def reason_is_fit(said: str, answer: Answer) -> None:
    assert answer.reason.text in catalogue("ru")
    assert "anna" not in repr(answer) and "user" not in str(answer.reason.words)
    assert answer.reason.code == reply(said).name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("2.0.0 Ok: queued as 4F1X2abc", "4F1X2abc"),
        ("OK id=1pXyZa-0001Ab-2C", "1pXyZa-0001Ab-2C"),
        ("2.0.0 2AL7xKpQ012345 Message accepted for delivery", "2AL7xKpQ012345"),
        ("Ok 0102018a1b2c3d4e-12345678-000000", "0102018a1b2c3d4e-12345678-000000"),
        ("2.0.0 Ok: queued on mail-nwsmtp-1 1700000000-AbCdEf", "1700000000-AbCdEf"),
        ("2.6.0 <x@y> [InternalId=1234567] Queued mail for delivery", ""),
        ("ok", ""),
        ("queued as anna@example.com", ""),
        ("queued as " + "x" * 500, ""),
    ],
)  # fmt: skip
def test_the_name_that_a_server_gives_is_kept(said: str, name: str) -> None:
    assert queue_id(said) == name
