"""The conversation with a mail server, without a socket: what is said when, whatever is heard and however it is cut."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from integrations.errors import Refused, Unavailable
from integrations.mailers.smtp_dialogue import Dialogue, Envelope
from integrations.mailers.smtp_opening import Mode, Terms
from models.delivery import State
from models.letters import Answer

TERMS = Terms("us.example", encryption="none")
FULL = "250-sink|250-PIPELINING|250-8BITMIME|250-SMTPUTF8|250-SIZE 1000|250 ENHANCEDSTATUSCODES"
LETTER = Envelope(7, b"MAIL FROM:<a@example.org>\r\n", b"RCPT TO:<b@example.com>\r\n", b"Hello\r\n.\r\n")
GROUP = b"MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n"


def said(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for each in lines for line in each.split("|")).encode()


def opened(*lines: str, terms: Terms = TERMS, encrypted: bool = False, loopback: bool = True) -> Dialogue:
    dialogue = Dialogue(terms, encrypted, loopback)
    for line in lines:
        dialogue.heard(said(line))
    return dialogue


def ready(*, pipelining: bool = True) -> Dialogue:
    dialogue = opened("220 hi", FULL if pipelining else FULL.replace("250-PIPELINING|", ""))
    dialogue.take()
    assert dialogue.mode is Mode.IDLE
    return dialogue


def exchange(dialogue: Dialogue, *lines: str) -> tuple[list[Answer], list[bytes]]:
    """Say one thing after another to it; its answers, and what it said to each."""
    answers, out = [], []
    for line in lines:
        answer = dialogue.heard(said(line))
        answers += [answer] if answer else []
        out.append(dialogue.take())
    return answers, out


def test_a_letter_is_introduced_in_one_write() -> None:
    dialogue = ready()
    dialogue.post(LETTER)
    assert dialogue.take() == GROUP
    answers, out = exchange(dialogue, "250 ok|250 ok|354 go", "250 2.0.0 queued as Q1")
    assert out == [LETTER.content, b""]
    assert (answers[0].id, answers[0].state, answers[0].remote_id) == (7, State.SENT, "Q1")
    dialogue.post(LETTER)
    assert dialogue.take() == GROUP


def test_without_pipelining_each_step_waits() -> None:
    dialogue = ready(pipelining=False)
    dialogue.post(LETTER)
    assert dialogue.take() == LETTER.mail
    _, out = exchange(dialogue, "250 ok", "250 ok", "354 go", "250 ok")
    assert out == [LETTER.rcpt, b"DATA\r\n", LETTER.content, b""]


@pytest.mark.parametrize("pipelining", [True, False])
def test_after_a_refusal_the_connection_is_kept_and_reset(pipelining: bool) -> None:
    dialogue = ready(pipelining=pipelining)
    dialogue.post(LETTER)
    dialogue.take()
    lines = ["250 ok|550 5.1.1 no|503 no recipients"] if pipelining else ["250 ok", "550 5.1.1 no"]
    [answer], _ = exchange(dialogue, *lines)
    assert answer.gone and dialogue.mode is Mode.IDLE
    dialogue.post(LETTER)
    assert dialogue.take() == (b"RSET\r\n" + GROUP if pipelining else b"RSET\r\n")
    lines = (
        ["250 reset|250 ok|250 ok|354 go", "250 ok"] if pipelining else ["250 r", "250 ok", "250 ok", "354", "250 ok"]
    )
    [answer], _ = exchange(dialogue, *lines)
    assert answer.state is State.SENT


def test_data_that_was_allowed_for_nobody_ends_with_a_dot() -> None:
    """RFC 2920, 3.1: the only recipient was refused, yet the server waits for content."""
    dialogue = ready()
    dialogue.post(LETTER)
    dialogue.take()
    [answer], out = exchange(dialogue, "250 ok|550 5.1.1 no|354 go", "554 nobody")
    assert answer.state is State.REJECTED
    assert out == [b".\r\n", b""]
    assert dialogue.mode is Mode.IDLE and not dialogue.in_content


def test_data_that_was_allowed_without_a_sender_ends_the_connection() -> None:
    """An empty letter to somebody who was accepted would be a letter."""
    dialogue = ready()
    dialogue.post(LETTER)
    dialogue.take()
    [answer], out = exchange(dialogue, "550 5.1.8 no|250 ok|354 go")
    assert answer.state is State.REJECTED
    assert out == [b""] and dialogue.mode is Mode.OVER


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        (["421 4.3.2 bye"], State.PLANNED),
        (["250 ok|421 bye"], State.PLANNED),
        (["250 ok|250 ok|421 bye"], State.PLANNED),
        (["250 ok|250 ok|354 go", "421 bye"], State.PLANNED),
        (["250 ok|250 ok|354 go", "250 ok|421 bye"], State.SENT),
        (["250 ok|550 5.1.1 no|421 bye"], State.REJECTED),
        (["550 5.7.1 no|503 no|503 no"], State.REJECTED),
        (["250 ok|250 ok|451 later"], State.PLANNED),
        (["250 ok|250 ok|354 go", "554 5.7.1 spam"], State.REJECTED),
        (["250 ok|250 ok|354 go", "452 4.3.1 full"], State.PLANNED),
    ],
)
def test_each_reply_has_its_meaning(lines: list[str], state: State) -> None:
    dialogue = ready()
    dialogue.post(LETTER)
    dialogue.take()
    answers, _ = exchange(dialogue, *lines)
    assert [each.state for each in answers] == [state]
    assert (dialogue.mode is Mode.OVER) == ("421" in lines[-1])


@pytest.mark.parametrize(
    "lines",
    [
        ["354 what"], ["250 ok|354 what"], ["250 ok|250 ok|250 what"], ["250 ok|250 ok|354 go", "354 what"],
        ["HTTP/1.1 200 OK"], ["250 ok|250 ok|354 go", "hello"], ["250 ok|250 ok|354 go", "250-one|550 two"],
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_no_answer(lines: list[str]) -> None:
    dialogue = ready()
    dialogue.post(LETTER)
    dialogue.take()
    answers, out = exchange(dialogue, *lines)
    assert answers == [] and out[-1] == b""
    assert dialogue.mode is Mode.OVER and isinstance(dialogue.trouble, Unavailable)


TALKS = [
    ["250 2.1.0 ok|250 2.1.5 ok|354 go", "250 2.0.0 queued as Q1"],
    ["250-a|250 ok|251 ok|354", "250-taken|250 queued as Q2"],
    ["250 ok|550 5.1.1 no|354 go", "554 nobody"],
    ["250 ok|250 ok|354 go", "250 ok|421 bye"],
    ["451 later|503 no|503 no"],
]


@given(st.sampled_from(TALKS), st.data())
def test_the_answer_is_the_same_however_the_replies_are_cut(talk: list[str], data: st.DataObject) -> None:
    whole, cut = ready(), ready()
    for dialogue in (whole, cut):
        dialogue.post(LETTER)
        dialogue.take()
    for line in talk:
        expected = whole.heard(said(line))
        found = [each for piece in pieces(said(line), data) if (each := cut.heard(piece))]
        assert found == ([expected] if expected else [])
        assert whole.take() == cut.take()
    assert (whole.mode, whole.letters, whole.in_content) == (cut.mode, cut.letters, cut.in_content)
    if whole.mode is Mode.IDLE:
        for dialogue in (whole, cut):
            dialogue.post(LETTER)
        assert whole.take() == cut.take()


def pieces(text: bytes, data: st.DataObject) -> Iterator[bytes]:
    at = 0
    for cut in [*sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5))), len(text)]:
        if cut > at:
            yield text[at:cut]
            at = cut


@settings(max_examples=300)
@given(st.lists(st.sampled_from([
    "250 ok", "250-more", "354 go", "421 bye", "450 4.2.0 x", "550 5.1.1 x", "503 x", "junk", "", "220 x", "334 x",
]), max_size=8))  # fmt: skip
def test_whatever_is_heard_a_letter_has_at_most_one_answer(lines: list[str]) -> None:
    dialogue = ready()
    dialogue.post(LETTER)
    dialogue.take()
    answers, out = exchange(dialogue, *lines)
    assert len(answers) <= 1
    assert out.count(LETTER.content) <= 1
    if answers and answers[0].state is State.SENT:
        assert LETTER.content in out
    assert not any(re.search(rb"MAIL|RCPT", each) for each in out)


# Opening.


def test_an_old_server_is_greeted_the_old_way() -> None:
    dialogue = opened("220 hi")
    assert dialogue.take() == b"EHLO us.example\r\n"
    _, out = exchange(dialogue, "502 what", "250 hello")
    assert out[0] == b"HELO us.example\r\n"
    assert dialogue.mode is Mode.IDLE and not dialogue.offers.pipelining


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (["554 go away"], Refused), (["421 busy"], Unavailable), (["450 busy"], Unavailable),
        (["220 x", "421 x"], Unavailable),
        (["220 x", "502 x", "550 x"], Refused), (["HTTP/1.1 200 OK"], Unavailable), (["220 x", "250-a|x"], Unavailable),
    ],
)  # fmt: skip
def test_who_does_not_want_us_is_told_apart(lines: list[str], kind: type) -> None:
    dialogue = opened(*lines)
    assert dialogue.mode is Mode.OVER and isinstance(dialogue.trouble, kind)


def test_nothing_heard_before_encryption_is_believed() -> None:
    terms = Terms("us.example", "starttls")
    dialogue = opened("220 hi", f"{FULL.replace('250 ENH', '250-ENH')}|250 STARTTLS", terms=terms)
    assert dialogue.take().endswith(b"STARTTLS\r\n")
    dialogue.heard(said("220 go"))
    assert dialogue.mode is Mode.WANTS_TLS
    dialogue.secured()
    assert dialogue.take() == b"EHLO us.example\r\n"
    assert not dialogue.offers.pipelining


@pytest.mark.parametrize("injected", ["220 go|250 ok", "220 go|220 go", "220 go|250-half"])
def test_words_slipped_in_before_encryption_end_it(injected: str) -> None:
    dialogue = opened("220 hi", "250-x|250 STARTTLS", terms=Terms("us.example", "starttls"))
    dialogue.heard(said(injected))
    assert dialogue.mode is Mode.OVER and dialogue.trouble and dialogue.trouble.reason.code == "injected"


def test_a_server_without_encryption_is_refused() -> None:
    dialogue = opened("220 hi", "250 x", terms=Terms("us.example", "starttls"))
    assert isinstance(dialogue.trouble, Refused)


SIGNED = Terms("us.example", "none", "anna", SecretStr("пароль"))


@pytest.mark.parametrize("offered", ["PLAIN LOGIN CRAM-MD5", "CRAM-MD5"])
def test_a_password_is_never_said_in_clear_beyond_this_computer(offered: str) -> None:
    dialogue = opened("220 hi", f"250-x|250 AUTH {offered}", terms=SIGNED, loopback=False)
    assert isinstance(dialogue.trouble, Refused) and dialogue.trouble.reason.code == "in_clear"
    assert b"AUTH" not in dialogue.take()


@pytest.mark.parametrize(
    ("offered", "first"),
    [("PLAIN LOGIN", b"AUTH PLAIN AGFubmEA0L/QsNGA0L7Qu9GM"), ("LOGIN", b"AUTH LOGIN"), ("CRAM-MD5", b"AUTH CRAM-MD5")],
)
def test_signing_in_takes_what_is_offered(offered: str, first: bytes) -> None:
    dialogue = opened("220 hi", f"250-x|250 AUTH={offered}", terms=SIGNED, encrypted=True, loopback=False)
    assert dialogue.take().splitlines()[-1] == first


def test_no_known_way_to_sign_in_is_refused() -> None:
    dialogue = opened("220 hi", "250-x|250 AUTH GSSAPI", terms=SIGNED, encrypted=True)
    assert isinstance(dialogue.trouble, Refused)


def test_another_way_is_tried_where_one_is_not_taken_after_all() -> None:
    dialogue = opened("220 hi", "250-x|250 AUTH PLAIN LOGIN", terms=SIGNED, encrypted=True)
    dialogue.take()
    _, out = exchange(dialogue, "504 5.5.4 not this", "334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 welcome")
    assert out == [b"AUTH LOGIN\r\n", b"YW5uYQ==\r\n", b"0L/QsNGA0L7Qu9GM\r\n", b""]
    assert dialogue.mode is Mode.IDLE


@pytest.mark.parametrize(("reply", "kind"), [("535 5.7.8 wrong", Refused), ("454 4.7.0 later", Unavailable)])
def test_who_is_not_let_in_knows_why(reply: str, kind: type) -> None:
    dialogue = opened("220 hi", "250-x|250 AUTH PLAIN", reply, terms=SIGNED, encrypted=True)
    assert isinstance(dialogue.trouble, kind)
    assert "пароль" not in repr(dialogue.trouble.reason)
