"""What nobody may read: secrets, addresses and what was filled in are in no answer, error, representation or log."""

import logging
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from integrations.errors import Failure
from models.locale import spoken
from tests.integrations.mailers_http.harness import Harness


def test_no_secret_and_no_address_is_in_what_is_said(mailer: Harness) -> None:
    """Not in an answer, not in an error, not in a representation, whatever the provider quotes."""
    letters = [mailer.letter(number, mailer.form(), "Тайна Ивановна", to_name="") for number in (1, 2, 3)]
    hidden = [*mailer.secrets, "Тайна Ивановна", *(letter.to for letter in letters)]
    quoting = " ".join([*hidden, "and ivan@secret.example +7 916 123-45-67"])
    bodies: list[Any] = [
        {"message": quoting, "error_code": 13}, {"error": quoting, "code": "invalid_arg"},
        {"errors": [{"message": quoting}]}, {"result": [{"errors": [{"message": quoting}]}]},
        {"status": "error", "name": "ValidationError", "message": quoting, "code": 1},
        {"BulkEmailEntryResults": [{"Status": "MESSAGE_REJECTED", "Error": quoting}] * 3},
    ]  # fmt: skip
    said: list[str] = [repr(mailer.mailer().settings), str(mailer.mailer().settings)]
    for status in (200, 400, 403, 422, 500):
        for body in bodies:
            answer = httpx.Response(status, json=body, headers={"x-amzn-errortype": "MessageRejected"})
            with httpx.Client(
                transport=httpx.MockTransport(lambda request, answer=answer: let_in(request) or answer)
            ) as http:
                provider = mailer.over(http)
                try:
                    said += [
                        repr(answer) + str(answer.reason) for answer in mailer.send(letters, mailer=provider).values()
                    ]
                except Failure as no:
                    said += [repr(no) + str(no) + no.reason.model_dump_json()]
    for text in said:
        assert not [secret for secret in [*hidden, "secret.example", "123-45-67"] if secret in text]


def let_in(request: httpx.Request) -> httpx.Response | None:
    """Where a pass is fetched first, it is given: nothing of a letter is known there yet."""
    granted = {"access_token": "pass", "token_type": "Bearer", "expires_in": 3600}
    return httpx.Response(200, json=granted) if request.url.path == "/oauth/access_token" else None


def test_wrong_settings_do_not_repeat_what_was_typed(mailer: Harness) -> None:
    for wrong in (mailer.typed | {"api_url": "nowhere"}, mailer.typed | {"unheard_of": "1"}):
        with pytest.raises(ValueError) as caught:
            mailer.kind.mailer.Settings(**wrong)
        assert not any(secret in str(caught.value) + repr(caught.value) for secret in mailer.secrets)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_reason_is_said_in_both_languages(mailer: Harness, language: str) -> None:
    mailer.fault("close_after")
    with spoken(language):
        said = str(mailer.send(mailer.letters(1))[1].reason)
    assert any("а" <= sign <= "я" for sign in said.lower()) == (language == "ru")


def test_no_address_and_no_secret_is_in_the_log(mailer: Harness, caplog: pytest.LogCaptureFixture) -> None:
    """httpx logs the address of every request, and a look for a letter has its recipient there."""
    caplog.set_level(logging.DEBUG)
    mailer.send(mailer.letters(2))
    if mailer.kind.mailer.capabilities.finds:
        mailer.mailer().find(mailer.letters(2), datetime.now(UTC))
    said = caplog.text.replace("%40", "@")
    assert not [hidden for hidden in [*mailer.secrets, mailer.address(1), "гость"] if hidden in said]
