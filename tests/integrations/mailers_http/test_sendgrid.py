"""What only SendGrid has: substitutions without an escape, a yes without a body, events signed by a curve."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable
from integrations.mailers.batches import Unfit
from integrations.mailers.sendgrid_answers import Tags, failure, message_number
from models.delivery import State
from models.letters import Happening
from tests.integrations.mailers_http import hooks
from tests.integrations.mailers_http.harness import Harness, beside
from tests.integrations.mailers_http.test_webhooks import NOW
from tests.servers.sendgrid import SEND


@pytest.fixture
def mail() -> Iterator[Harness]:
    with beside("sendgrid") as harness:
        yield harness


def test_its_own_tracking_and_texts_are_switched_off(mail: Harness) -> None:
    mail.send(mail.letters(2))
    (told,) = mail.server.journal_events("received", SEND)
    settings = told["parameters"]["tracking_settings"]
    assert [settings[name]["enable"] for name in sorted(settings)] == [False] * 4


def test_tags_stand_nowhere_in_the_letters_even_if_somebody_guessed_them(mail: Harness) -> None:
    letters = mail.letters(3)
    guessed = Tags(letters).prefix
    form = mail.form(text=(f"-{guessed}.0- ", 0))
    nasty = [mail.letter(number, form, f"-{guessed}.0- {number}") for number in (1, 2, 3)]
    assert Tags(nasty).prefix != guessed
    mail.send(nasty)
    assert {each.text for each in mail.inbox()} == {f"-{guessed}.0- -{guessed}.0- {number}" for number in (1, 2, 3)}


def test_a_letter_with_many_values_goes_alone(mail: Harness) -> None:
    form = mail.form()
    letters = [mail.letter(1, form, "я"), mail.letter(2, form, "ч" * 6000), mail.letter(3, form, "я")]
    assert {answer.state for answer in mail.send(letters).values()} == {State.SENT}
    assert mail.requests() == 2
    assert max(len(each.text) for each in mail.inbox()) > 6000


@pytest.mark.parametrize(
    ("status", "errors", "kind"),
    [
        pytest.param(
            400,
            [{"message": "Does not contain a valid address.", "field": "personalizations.3.to.0.email"}],
            Unfit,
            id="address",
        ),
        pytest.param(
            400, [{"message": "The from address does not match a verified Sender Identity."}], Refused, id="sender"
        ),
        pytest.param(400, [{"message": "bad", "field": "content"}], Unfit, id="letter"),
        pytest.param(401, [{"message": "revoked"}], Refused, id="key"),
        pytest.param(401, [{"message": "Maximum credits exceeded"}], Refused, id="money"),
        pytest.param(403, [{"message": "access forbidden"}], Refused, id="rights"),
        pytest.param(413, [], Unfit, id="size"),
        pytest.param(429, [{"message": "too many requests"}], Unavailable, id="too often"),
        pytest.param(400, [], OutcomeUnknown, id="no words"),
        pytest.param(500, [], OutcomeUnknown, id="its own"),
    ],
)
def test_each_error_has_its_meaning(status: int, errors: list[dict[str, str]], kind: type[Failure]) -> None:
    found = failure(httpx.Response(status, json={"errors": errors}), [])
    assert type(found) is kind and str(found)


@pytest.mark.parametrize(
    ("told", "number"),
    [
        ("14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0", "14c5d75ce93.dfd.64b469"),
        ("qNwBLgPQQjW6DJvKQwSAbw.filterdrecv-canary-547b64655b-cw6zx-1-6089EA4A-56.0", "qNwBLgPQQjW6DJvKQwSAbw"),
        ("qNwBLgPQQjW6DJvKQwSAbw.recvd-5d9c-1.0", "qNwBLgPQQjW6DJvKQwSAbw"),
        ("qNwBLgPQQjW6DJvKQwSAbw", "qNwBLgPQQjW6DJvKQwSAbw"),
    ],
)
def test_the_number_of_a_call_is_the_beginning_of_that_of_an_event(told: str, number: str) -> None:
    assert message_number(told) == number


@pytest.mark.parametrize(
    ("name", "more", "what", "hard", "robot"),
    [
        ("deferred", {"response": "451 4.7.1 later"}, Happening.DEFERRED, False, False),
        (
            "bounce",
            {"type": "bounce", "status": "5.1.1", "reason": "550 5.1.1 g@tea.example unknown"},
            Happening.BOUNCED,
            True,
            False,
        ),
        ("bounce", {"type": "bounce", "bounce_classification": "Invalid Address"}, Happening.BOUNCED, True, False),
        ("bounce", {"type": "blocked", "status": "5.1.1"}, Happening.BOUNCED, False, False),
        ("bounce", {"type": "bounce", "status": "5.7.1"}, Happening.BOUNCED, False, False),
        ("dropped", {"reason": "Bounced Address"}, Happening.BOUNCED, True, False),
        ("dropped", {"reason": "Unsubscribed Address"}, Happening.REJECTED, False, False),
        ("open", {"sg_machine_open": True}, Happening.OPENED, False, True),
        ("open", {"sg_machine_open": False}, Happening.OPENED, False, False),
        ("click", {"url": "https://tea.example"}, Happening.CLICKED, False, False),
        ("spamreport", {}, Happening.COMPLAINED, False, False),
        ("group_unsubscribe", {}, Happening.UNSUBSCRIBED, False, False),
    ],
)
def test_each_event_has_its_meaning(
    mail: Harness, name: str, more: dict[str, Any], what: Happening, hard: bool, robot: bool
) -> None:
    (found,) = mail.mailer().told(*hooks.sendgrid("g@tea.example", "k", "7", NOW, name, **more), NOW)
    assert (found.what, found.hard, found.robot, found.url) == (what, hard, robot, more.get("url", ""))
    assert "tea.example" not in found.code


def test_only_the_key_of_the_settings_signs(mail: Harness) -> None:
    stranger = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(Refused) as caught:
        mail.mailer().told(*hooks.signed_by_sendgrid(b"[]", NOW, stranger), NOW)
    assert caught.value.reason.code == "forged"


def test_the_key_may_have_its_frame_and_a_wrong_one_is_told(mail: Harness) -> None:
    framed = f"-----BEGIN PUBLIC KEY-----\n{hooks.SENDGRID_PUBLIC}\n-----END PUBLIC KEY-----"
    assert mail.mailer(webhook_public=framed).told(*hooks.sendgrid("g@tea.example", "k", "7", NOW), NOW)
    with pytest.raises(Refused) as caught:
        mail.mailer(webhook_public="c2VjcmV0").check()
    assert caught.value.reason.code == "webhook_key"
