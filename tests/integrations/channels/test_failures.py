"""The laws of the port: how every channel fails, and what it keeps to itself."""

import json
import logging
import traceback
from contextlib import suppress
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.channels.base import Presence, Receipt
from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable
from integrations.wire import deadline
from models.delivery import Verb
from models.locale import catalogue
from tests.depth import examples
from tests.integrations.channels.harness import PATIENCE, SLOW, SOON, TEXT, Harness, call, failure_of
from tests.servers import KINDS

LOST = sorted(KINDS - {"429", "ok_with_error"})
WORDS = (
    "ok", "result", "response", "error", "error_code", "error_msg", "description", "parameters", "retry_after", "chat",
    "message_id", "post_id", "id", "url", "text", "date", "type", "items", "groups", "count", "likes", "views", "photo",
    "attachments", "thread", "from_id", "owner_id", "upload_url", "hash", "server", "pictures", "status", "user",
)  # fmt: skip
QUICK = [*sorted(KINDS - SLOW), "timeout_after"]


def test_what_never_left_is_not_now(wired: Harness) -> None:
    with pytest.raises(Unavailable):
        wired.deliver(wired.post(TEXT), api_url="http://127.0.0.1:1")
    with pytest.raises(Unavailable):
        wired.deliver(wired.post(TEXT), within=timedelta(0))
    assert wired.requests() == 0


@pytest.mark.parametrize("kind", LOST)
def test_an_answer_that_proves_nothing_is_unknown(wired: Harness, kind: str) -> None:
    assert isinstance(failure_of(wired, kind), OutcomeUnknown)


def test_a_missing_id_is_not_delivered(wired: Harness) -> None:
    assert failure_of(wired, "no_id").reason.code == "no_id"


@pytest.mark.parametrize("kind", LOST)
def test_an_answer_that_proves_nothing_leaves_a_look_for_later(wired: Harness, kind: str) -> None:
    provider, receipt = wired.provider(), wired.deliver(wired.post(TEXT))
    wired.server.add_faults("*", [{"kind": kind, "delay_ms": 100 if kind == "slow" else 700 if kind in SLOW else 0}])
    with deadline(SOON if kind in SLOW else PATIENCE), suppress(Unavailable):
        if provider.capabilities.audience:
            assert provider.audience() in ({}, {"members": 100})  # a look has no id to lose
        elif provider.capabilities.observes:
            assert provider.observe(receipt.remote_id, receipt.detail).presence is Presence.LIVE
        else:
            provider.check()


def test_too_many_requests_wait_as_long_as_the_provider_says(wired: Harness) -> None:
    failure = failure_of(wired, "429", retry_after=7)
    assert isinstance(failure, Unavailable)
    assert failure.retry_after
    assert wired.accepted() == 0


def test_an_error_in_a_good_answer_is_not_delivered(wired: Harness) -> None:
    failure = failure_of(wired, "ok_with_error", code=100)
    assert isinstance(failure, Refused)
    assert wired.accepted() == 0


@pytest.mark.parametrize("dead", ["100200300:dead", "dead", "de ad/../\u00e9"])
def test_dead_credentials_are_refused_with_what_to_do(wired: Harness, dead: str) -> None:
    for secret in wired.secrets:
        with pytest.raises(Refused) as caught:
            wired.deliver(wired.post(TEXT), **{secret: dead})
        assert caught.value.reason.code == "credentials"
    assert wired.accepted() == 0


def test_dead_credentials_prove_nothing_about_a_post(wired: Harness) -> None:
    """A look that was refused is not "it is gone": people would be asked about a deletion that nobody made."""
    base = wired.deliver(wired.post(TEXT))
    for secret in wired.secrets:
        provider = wired.provider(**{secret: "100200300:dead"})
        with deadline(PATIENCE), pytest.raises(Failure):
            provider.observe(base.remote_id, base.detail)
        with deadline(PATIENCE), pytest.raises(Failure):
            provider.find(wired.last_call(wired.post(TEXT)))


@pytest.mark.parametrize("kind", QUICK)
def test_what_a_specialist_reads_is_said_in_russian(wired: Harness, kind: str) -> None:
    assert failure_of(wired, kind).reason.text in catalogue("ru")


@pytest.mark.parametrize("kind", [*QUICK, None])
def test_a_secret_is_nowhere(wired: Harness, kind: str | None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    try:
        told: list[object] = [failure_of(wired, kind)] if kind else [wired.deliver(wired.post(TEXT))]
        told += ["".join(traceback.format_exception(error)) for error in told if isinstance(error, Exception)]
    finally:
        caplog.set_level(logging.NOTSET)
    provider = wired.provider()
    shown = [
        repr(provider),
        str(vars(provider)),
        *(str(vars(v)) for v in vars(provider).values() if hasattr(v, "ask")),
        repr(provider.Settings(**wired.typed)),
        caplog.text,
        *map(repr, told),
    ]
    assert "HTTP Request" in caplog.text or kind in SLOW | {"close_before", "close_after", "truncated_wire"}
    assert not any(secret in text for text in shown for secret in wired.secrets.values())


def test_wrong_settings_do_not_repeat_what_was_typed(wired: Harness) -> None:
    settings = wired.provider().Settings
    for wrong in (wired.typed | {"api_url": "nowhere"}, wired.typed | {"unheard_of": "1"}):
        with pytest.raises(ValueError) as caught:
            settings(**wrong)
        assert not any(secret in str(caught.value) + repr(caught.value) for secret in wired.secrets.values())


ENVELOPES = (
    lambda said: said, lambda said: {"ok": True, "result": said}, lambda said: {"response": said},
    lambda said: {"items": [said]}, lambda said: {"response": {"items": [said, said], "groups": [said]}},
    lambda said: {"ok": False, "description": said, "error_code": said, "parameters": said},
    lambda said: {"error": {"error_code": said, "error_msg": said}},
)  # fmt: skip


@pytest.mark.parametrize("answer", [{}, {"ok": True}, {"response": {}}, {"result": {}}, {"items": None}])
def test_an_answer_of_another_shape_never_proves_that_nothing_is_there(wired: Harness, answer: object) -> None:
    """Or the post would be planned again, and its readers would see it twice."""
    foreign = httpx.MockTransport(lambda request: httpx.Response(200, json=answer))
    with httpx.Client(transport=foreign) as http:
        provider = wired.speaking_over(http)
        for ask in (lambda: provider.find(wired.last_call(wired.post(TEXT))), lambda: provider.observe("1", {})):
            with pytest.raises(Failure):
                ask()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2**70) | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=10,
)


@settings(
    max_examples=examples(40, 400), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.sampled_from([200, 201, 302, 400, 404, 429, 500]), st.sampled_from(ENVELOPES), JSON, st.integers(0, 2))
def test_no_answer_is_more_than_a_failure(
    wired: Harness, status: int, envelope: Any, said: object, pictures: int
) -> None:
    """Whatever an API may say one day: a receipt, a look, or one of the four errors."""
    body = json.dumps(envelope(said)).encode()
    with httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(status, content=body))) as http:
        provider, base = wired.speaking_over(http), Receipt("1", detail={})
        post = wired.post(TEXT, pictures)
        calls = [call(post, verb, part.name, "row", base, {}) for verb in Verb for part in provider.parts(verb, post)]
        asked = [
            *((lambda each=each: provider.act(each)) for each in calls),
            *((lambda each=each: provider.find(each)) for each in calls),
            lambda: provider.observe("1", {}),
            lambda: provider.reactions(["1"]),
            lambda: provider.comments("1"),
            provider.audience,
            provider.check,
        ]
        for ask in asked:
            with suppress(Failure):
                ask()
