"""What only UniSender has: errors in good answers, letters asked for by number, short messages in parts."""

from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest

from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable
from integrations.mailers.batches import Unfit
from integrations.mailers.unisender_api import failure, news
from models.customers import AddressKind
from models.delivery import State
from models.letters import Happening, Holds
from tests.integrations.mailers_http import hooks
from tests.integrations.mailers_http.harness import Harness, beside
from tests.integrations.mailers_http.test_webhooks import NOW


@pytest.fixture
def mail() -> Iterator[Harness]:
    with beside("unisender") as harness:
        yield harness


@pytest.fixture
def sms() -> Iterator[Harness]:
    with beside("unisender_sms") as harness:
        yield harness


@pytest.mark.parametrize(
    ("code", "said", "kind"),
    [
        pytest.param("invalid_api_key", "", Refused, id="key"),
        pytest.param("access_denied", "", Refused, id="rights"),
        pytest.param("not_enough_money", "", Refused, id="money"),
        pytest.param("src_invalid", "", Refused, id="name of the sender"),
        pytest.param("invalid_arg", "sender_email is not confirmed", Refused, id="sender"),
        pytest.param("retry_later", "", Unavailable, id="later"),
        pytest.param("api_call_limit_exceeded_for_ip", "", Unavailable, id="too often"),
        pytest.param("dest_invalid", "", Unfit, id="number"),
        pytest.param("invalid_arg", "body is bad", Unfit, id="letter"),
        pytest.param("something_new", "", Unfit, id="unheard of"),
        pytest.param("unspecified", "", OutcomeUnknown, id="for everything"),
        pytest.param("", "", OutcomeUnknown, id="no code"),
        pytest.param("invalid_arg", "ref_key has been used", OutcomeUnknown, id="given before"),
    ],
)
def test_each_error_has_its_meaning(code: str, said: str, kind: type[Failure]) -> None:
    found = failure(code, said, [])
    assert type(found) is kind and str(found)
    assert not isinstance(found, Unavailable) or found.retry_after


def test_its_own_tracking_is_switched_off_and_its_key_is_ours(mail: Harness) -> None:
    mail.send(mail.letters(1))
    (told,) = mail.server.journal_events("received", "sendEmail")
    said = told["parameters"]
    assert (said["track_read"], said["track_links"], said["ref_key"]) == ("0", "0", "key-0001")
    assert said["email"] == "guest1@tea.example"


def test_a_key_that_was_given_before_does_not_send_it_again(mail: Harness) -> None:
    (letter,) = mail.letters(1)
    mail.fault("close_after")
    assert mail.send([letter])[1].state is State.UNKNOWN
    assert mail.send([letter])[1].state is State.UNKNOWN
    assert len(mail.inbox()) == 1


def test_errors_by_recipient_are_read_too(mail: Harness) -> None:
    """What error_checking answers, as libraries read it; no page of UniSender's shows it."""
    said: list[tuple[dict[str, Any], State]] = [
        ({"index": 0, "email": "x", "errors": [{"code": "invalid_email", "message": "x"}]}, State.REJECTED),
        ({"index": 0, "email": "x", "errors": [{"code": "not_enough_money", "message": "x"}]}, State.PLANNED),
        ({"index": 0, "email": "x", "id": 5}, State.SENT),
        ({"index": 0, "email": "x"}, State.UNKNOWN),
    ]
    for item, state in said:
        answer = httpx.Response(200, json={"result": [item]})
        with httpx.Client(transport=httpx.MockTransport(lambda request, answer=answer: answer)) as http:
            assert mail.send(mail.letters(1), mailer=mail.over(http))[1].state is state


class Numbers:
    """What was sent and is not settled, as the engine would give it."""

    def __init__(self, numbers: Sequence[str]) -> None:
        self.numbers = numbers
        self.asked: list[tuple[str, int]] = []

    def __call__(self, place: str, count: int) -> list[tuple[str, str]]:
        self.asked.append((place, count))
        behind = [(f"{at:04d}", number) for at, number in enumerate(self.numbers, 1)]
        return [each for each in behind if each[0] > place][:count]


def test_what_became_of_letters_is_asked_by_their_numbers(mail: Harness) -> None:
    said = mail.send(mail.letters(3))
    numbers = [said[id].remote_id for id in (1, 2, 3)]
    mail.server.statuses |= {numbers[0]: "ok_read", numbers[1]: "err_user_unknown"}
    asking = Numbers(numbers)
    mailer = mail.mailer()
    mailer.outstanding = asking
    first, again = mailer.pull(""), mailer.pull("")
    assert [(each.remote_id, each.what, each.hard) for each in first.news] == [
        (numbers[0], Happening.DELIVERED, False), (numbers[0], Happening.OPENED, False),
        (numbers[1], Happening.BOUNCED, True),
    ]  # fmt: skip
    assert [each.once for each in first.news] == [each.once for each in again.news]
    assert (first.cursor, first.more) == ("", False)


def test_many_letters_are_asked_page_by_page_and_then_anew(mail: Harness) -> None:
    mail.server.statuses |= {str(number): "ok_delivered" for number in range(1, 701)}
    mailer = mail.mailer()
    mailer.outstanding = Numbers([str(number) for number in range(1, 701)])
    first = mailer.pull("")
    second = mailer.pull(first.cursor)
    assert (len(first.news), first.more, len(second.news), second.more, second.cursor) == (500, True, 200, False, "")
    assert mailer.pull("0700").news == ()


@pytest.mark.parametrize(
    ("status", "happened", "hard"),
    [
        pytest.param("not_sent", [], False, id="waits"),
        pytest.param("ok_sent", [], False, id="on its way"),
        pytest.param("ok_something_new", [], False, id="goes on somehow"),
        pytest.param("ok_link_visited", [Happening.DELIVERED, Happening.CLICKED], False, id="clicked"),
        pytest.param("ok_fbl", [Happening.DELIVERED, Happening.COMPLAINED], False, id="complained"),
        pytest.param("err_will_retry", [Happening.DEFERRED], False, id="later"),
        pytest.param("err_mailbox_full", [Happening.BOUNCED], False, id="full"),
        pytest.param("err_domain_inactive", [Happening.BOUNCED], True, id="dead domain"),
        pytest.param("err_unsubscribed", [Happening.REJECTED], False, id="unsubscribed there"),
        pytest.param("err_something_new", [Happening.BOUNCED], False, id="failed somehow"),
    ],
)
def test_each_status_has_its_meaning(status: str, happened: list[Happening], hard: bool) -> None:
    found = news("7", status, NOW)
    assert [each.what for each in found] == happened
    assert any(each.hard for each in found) == hard


def test_a_webhook_may_tell_one_event_or_an_unsubscription(mail: Harness) -> None:
    body = (
        b'{"auth":"' + b"0" * 32 + b'","event_name":"unsubscribe","event_time":"2026-11-20 10:00:00",'
        b'"event_data":{"email":"guest1@tea.example"}}'
    )
    (found,) = mail.mailer().told(*hooks.signed_by_unisender(body), NOW)
    assert (found.what, found.address) == (Happening.UNSUBSCRIBED, "guest1@tea.example")
    other = b'{"auth":"' + b"0" * 32 + b'","event_name":"user_payment","event_time":"2026-11-20 10:00:00"}'
    assert mail.mailer().told(*hooks.signed_by_unisender(other), NOW) == []


def test_a_list_that_is_not_there_does_not_pass_the_check(mail: Harness) -> None:
    with pytest.raises(Refused) as caught:
        mail.mailer(list_id=5).check()
    assert caught.value.reason.code == "list"


# Short messages.


def test_a_short_message_is_paid_by_its_parts(sms: Harness) -> None:
    form = sms.form(text=(0,))
    letters = [sms.letter(1, form, "ч" * 70), sms.letter(2, form, "ч" * 71), sms.letter(3, form, "a" * 160)]
    assert {id: answer.pieces for id, answer in sms.send(letters).items()} == {1: 1, 2: 2, 3: 1}
    assert {mail.to for mail in sms.inbox()} == {letter.to for letter in letters}


def test_too_long_a_short_message_is_refused_before_it_is_sent(sms: Harness) -> None:
    answer = sms.send([sms.letter(1, sms.form(text=(0,)), "ч" * 1001)])[1]
    assert (answer.state, answer.reason.code, answer.gone) == (State.REJECTED, "size", False)
    assert sms.requests() == 0


def test_the_sender_of_the_settings_is_used_where_the_form_has_none(sms: Harness) -> None:
    sms.send([sms.letter(1, sms.form(sender=""), "я"), sms.letter(2, sms.form(sender="Tea"), "я")])
    assert {mail.to[-1]: mail.sender for mail in sms.inbox()} == {"1": "SevenCups", "2": "Tea"}


@pytest.mark.parametrize("sender", ["ДлинноеИмя", "TwelveLetters", "a b", ""])
def test_a_sender_that_no_operator_takes_is_refused_in_the_settings(sms: Harness, sender: str) -> None:
    with pytest.raises(ValueError):
        sms.mailer(sender=sender)


def test_what_became_of_short_messages_is_asked_one_by_one(sms: Harness) -> None:
    said = sms.send(sms.letters(25))
    numbers = [said[id].remote_id for id in range(1, 26)]
    sms.server.statuses |= dict.fromkeys(numbers, "ok_delivered")
    mailer = sms.mailer()
    mailer.outstanding = Numbers(numbers)
    first = mailer.pull("")
    assert (len(first.news), first.more) == (20, True)
    assert len(mailer.pull(first.cursor).news) == 5
    assert {each.kind for each in first.news} == {AddressKind.PHONE}


def test_a_number_that_does_not_exist_is_gone(sms: Harness) -> None:
    sms.server.bad = {"+79160000001"}
    answer = sms.send(sms.letters(1))[1]
    assert (answer.state, answer.gone, answer.holds) == (State.REJECTED, True, Holds.LETTER)
