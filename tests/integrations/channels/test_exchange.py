"""What an answer proves, whoever gave it."""

import logging
from datetime import timedelta

import httpx
import pytest

from integrations.channels import exchange
from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable


def raising(error: Exception) -> httpx.Client:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise error

    return httpx.Client(transport=httpx.MockTransport(refuse))


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        pytest.param(httpx.ConnectError("x"), Unavailable, id="no connection"),
        pytest.param(httpx.ConnectTimeout("x"), Unavailable, id="slow connection"),
        pytest.param(httpx.ReadTimeout("x"), OutcomeUnknown, id="no answer"),
        pytest.param(httpx.WriteError("x"), OutcomeUnknown, id="half a request"),
        pytest.param(httpx.RemoteProtocolError("x"), OutcomeUnknown, id="half an answer"),
    ],
)
def test_a_transport_of_another_make_fails_in_our_words(error: Exception, failure: type[Failure]) -> None:
    with pytest.raises(failure) as caught:
        exchange.send(raising(error), "https://example.org/bot1:secret/x")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "wait", "failure", "after"),
    [
        pytest.param(429, "7", Unavailable, timedelta(seconds=7), id="busy"),
        pytest.param(429, None, Unavailable, None, id="busy, no time named"),
        pytest.param(429, "Fri, 31 Dec 1999 23:59:59 GMT", Unavailable, None, id="busy until a date"),
        pytest.param(429, "1e999", Unavailable, None, id="busy for ever"),
        pytest.param(413, None, Refused, None, id="too large"),
        pytest.param(502, None, OutcomeUnknown, None, id="gateway"),
        pytest.param(200, None, OutcomeUnknown, None, id="not what was promised"),
    ],
)
def test_a_bare_status_proves_little(
    status: int, wait: str | None, failure: type[Failure], after: timedelta | None
) -> None:
    found = exchange.failure("VK", status, wait)
    assert type(found) is failure
    assert getattr(found, "retry_after", None) == after


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'"ok"', b"{", b"\xff\xfe", b"<html>"])
def test_what_is_not_an_object_proves_nothing(body: bytes) -> None:
    with pytest.raises(OutcomeUnknown):
        exchange.read("VK", httpx.Response(200, content=body))


@pytest.mark.parametrize("number", [0, -1, None, True, "7", 7.0, {}])
def test_only_a_positive_number_is_an_id(number: object) -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        exchange.identity("VK", number)
    assert caught.value.reason.code == "no_id"


def test_a_secret_is_cut_out_of_foreign_words_before_they_are_cut_short() -> None:
    said = exchange.redacted("x" * 295 + "secret-token rest", "secret-token")
    assert "secret" not in said and len(said) <= 300


def test_httpx_logs_no_paths(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "httpx")
    answer = httpx.MockTransport(lambda request: httpx.Response(200))
    with httpx.Client(transport=answer) as http:
        exchange.send(http, "https://example.org/bot1:secret/sendMessage?access_token=secret")
    assert "https://example.org/…" in caplog.text
    assert "secret" not in caplog.text
