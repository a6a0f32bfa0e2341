"""What a refusal weighs: an address is barred for what is said of it, never for what is said of us."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.locale import catalogue
from tasks.returns.fates import refused
from tasks.returns.policy import RULES, Weight, is_worn_out, weigh
from tests.fakes import NOW

DAY = timedelta(days=1)
HARD, SOFT, OURS = Weight.HARD, Weight.SOFT, Weight.OURS


@pytest.mark.parametrize(
    ("said", "weight"),
    [
        pytest.param(
            "550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual mailbox table",
            HARD,
            id="Postfix",
        ),
        pytest.param(
            "550-5.1.1 The email account that you tried to reach does not exist. Please try", HARD, id="Gmail"
        ),
        pytest.param("550 5.2.1 The email account that you tried to reach is inactive.", HARD, id="Gmail, inactive"),
        pytest.param(
            "450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents",
            OURS,
            id="Gmail, rate",
        ),
        pytest.param(
            "550 5.7.26 This mail has been blocked because the sender is unauthenticated.", OURS, id="Gmail, DMARC"
        ),
        pytest.param(
            "421-4.7.28 Our system has detected an unusual rate of unsolicited mail", OURS, id="Gmail, throttled"
        ),
        pytest.param(
            "552-5.2.2 The recipient's inbox is out of storage space and inactive. try later", SOFT, id="Gmail, full"
        ),
        pytest.param("550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", HARD, id="Microsoft"),
        pytest.param(
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup", HARD, id="Exchange"
        ),
        pytest.param(
            "550 5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus", OURS, id="Microsoft, list"
        ),
        pytest.param(
            "550 Not accepted -- invalid mailbox. Local mailbox a@b.example is unavailable: user not found",
            HARD,
            id="Mail.ru",
        ),
        pytest.param(
            "550 spam message rejected. Please visit https://help.example/notspam-support/id?c=x",
            OURS,
            id="Mail.ru, spam",
        ),
        pytest.param(
            "554 5.7.1 [2] Message rejected under suspicion of SPAM; https://ya.example/1IrBc", OURS, id="Yandex, spam"
        ),
        pytest.param("550 5.7.1 No such user!", SOFT, id="Yandex, no such user under a policy code"),
        pytest.param("452 4.2.2 Mailbox full", SOFT, id="full for now"),
        pytest.param(
            "552 Requested mail action aborted: exceeded storage allocation, mailbox is full", SOFT, id="full, no code"
        ),
        pytest.param("550 5.1.2 Host or domain name not found. Name service error", HARD, id="no domain"),
        pytest.param("556 5.1.10 Domain does not accept mail (nullMX)", HARD, id="null MX"),
        pytest.param("554 5.4.6 Hop count exceeded - possible mail loop", SOFT, id="loop"),
        pytest.param("554 5.4.4 Unable to route", SOFT, id="no route"),
        pytest.param("552 5.3.4 Message size exceeds fixed limit", OURS, id="too large"),
        pytest.param("550 5.6.0 Lone CR or LF in body", OURS, id="content"),
        pytest.param("501 5.5.4 Invalid domain name", OURS, id="protocol"),
        pytest.param("553 5.1.8 Sender address rejected: domain not found", OURS, id="our own address"),
        pytest.param("451 4.7.1 Greylisted, please try again in 300 seconds", OURS, id="greylist"),
        pytest.param("550 5.1.1 spamlover@example.net: User unknown", HARD, id="a word of the address is no verdict"),
        pytest.param("550 5.1.1 Blocked by policy, recipient unknown", OURS, id="in doubt nobody is barred"),
        pytest.param("550 Такой ящик не существует", HARD, id="in Russian"),
        pytest.param("550 Отклонено: письмо похоже на спам", OURS, id="spam in Russian"),
        pytest.param("550 administrative prohibition", SOFT, id="not understood"),
        pytest.param("421 Service not available", SOFT, id="421"),
        pytest.param("550", SOFT, id="a bare number"),
        pytest.param("", SOFT, id="nothing said"),
    ],
)
def test_what_servers_answer(said: str, weight: Weight) -> None:
    rule = refused(said).rule
    assert rule is not None and rule.weight is weight, rule


@given(st.integers(0, 99), st.text(max_size=80))
def test_a_policy_code_never_bars_at_once(detail: int, words: str) -> None:
    assert weigh(f"5.7.{detail}", words).weight is not HARD


@given(st.text(max_size=20), st.text(max_size=200))
def test_every_refusal_has_one_rule_with_a_reason(code: str, words: str) -> None:
    assert weigh(code, words).reason and not RULES[-1].codes and not RULES[-1].words


def test_every_reason_is_said_in_both_languages() -> None:
    assert {rule.reason for rule in RULES} <= set(catalogue("ru"))


def test_a_code_is_kept_without_words_and_addresses() -> None:
    fate = refused("550 5.1.1 anna@example.net: User unknown, see https://mx.example/5.1.2", "5.0.0")
    assert fate.code == "550 5.1.1"
    assert refused("User unknown", "5.1.1").code == "5.1.1"
    assert refused("host 192.0.2.5[10.5.1.1] said: 550 no").code == "550"


@pytest.mark.parametrize(
    ("bounces", "lived", "barred"),
    [
        pytest.param([1, 2, 3], [], True, id="three days"),
        pytest.param([1, 1, 1, 1], [], False, id="four on one day"),
        pytest.param([1, 2], [], False, id="two days"),
        pytest.param([1, 2, 40], [], False, id="one too long ago"),
        pytest.param([5, 6, 7], [4], False, id="read something since"),
        pytest.param([1, 2, 3, 9], [8], True, id="lived before them"),
        pytest.param([], [], False, id="nothing"),
    ],
)
def test_an_address_that_bounces_on_is_barred(bounces: list[int], lived: list[int], barred: bool) -> None:
    assert is_worn_out([NOW - n * DAY for n in bounces], [NOW - n * DAY for n in lived], NOW) is barred


@given(st.lists(st.integers(0, 60), max_size=8), st.lists(st.integers(0, 60), max_size=3))
def test_a_sign_of_life_never_bars(bounces: list[int], lived: list[int]) -> None:
    told = [NOW - n * DAY for n in bounces]
    before = is_worn_out(told, [NOW - n * DAY for n in lived], NOW)
    assert before or not is_worn_out(told, [NOW - n * DAY for n in lived] + [NOW], NOW)
