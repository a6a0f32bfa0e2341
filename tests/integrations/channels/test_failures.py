"""The laws of the port: how every channel fails, and what it keeps to itself."""

import logging
import traceback
from contextlib import suppress
from datetime import timedelta

import pytest

from integrations.errors import OutcomeUnknown, Refused, Unavailable
from integrations.wire import deadline
from models.locale import catalogue
from models.post import Post
from tests.integrations.channels.harness import PATIENCE, SLOW, SOON, TEXT, Harness, failure_of
from tests.servers import KINDS

LOST = sorted(KINDS - {"429", "ok_with_error"})
QUICK = [*sorted(KINDS - SLOW), "timeout_after"]


def test_what_never_left_is_not_now(wired: Harness) -> None:
    with pytest.raises(Unavailable):
        wired.deliver(Post(text=TEXT), api_url="http://127.0.0.1:1")
    with pytest.raises(Unavailable):
        wired.deliver(Post(text=TEXT), within=timedelta(0))
    assert wired.requests() == 0


@pytest.mark.parametrize("kind", LOST)
def test_an_answer_that_proves_nothing_is_unknown(wired: Harness, kind: str) -> None:
    assert isinstance(failure_of(wired, kind), OutcomeUnknown)


def test_a_missing_id_is_not_delivered(wired: Harness) -> None:
    assert failure_of(wired, "no_id").reason.code == "no_id"


@pytest.mark.parametrize("kind", LOST)
def test_an_answer_that_proves_nothing_leaves_a_look_for_later(wired: Harness, kind: str) -> None:
    wired.server.add_faults("*", [{"kind": kind, "delay_ms": 100 if kind == "slow" else 700 if kind in SLOW else 0}])
    provider = wired.provider()
    with deadline(SOON if kind in SLOW else PATIENCE), suppress(Unavailable):
        assert provider.audience() in ({}, {"members": 100})  # a look has no id to lose


def test_too_many_requests_wait_as_long_as_the_provider_says(wired: Harness) -> None:
    failure = failure_of(wired, "429", retry_after=7)
    assert isinstance(failure, Unavailable)
    assert failure.retry_after
    assert wired.accepted() == 0


def test_an_error_in_a_good_answer_is_not_delivered(wired: Harness) -> None:
    failure = failure_of(wired, "ok_with_error", code=100)
    assert isinstance(failure, Refused)
    assert wired.accepted() == 0


def test_dead_credentials_are_refused_with_what_to_do(wired: Harness) -> None:
    for dead in ("100200300:dead", "dead", "de ad/../\u00e9"):
        with pytest.raises(Refused) as caught:
            wired.deliver(Post(text=TEXT), token=dead)
        assert caught.value.reason.code == "credentials"
    assert wired.accepted() == 0


@pytest.mark.parametrize("kind", QUICK)
def test_what_a_specialist_reads_is_said_in_russian(wired: Harness, kind: str) -> None:
    assert failure_of(wired, kind).reason.text in catalogue("ru")


@pytest.mark.parametrize("kind", [*QUICK, None])
def test_a_secret_is_nowhere(wired: Harness, kind: str | None, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    try:
        told: list[object] = [failure_of(wired, kind)] if kind else [wired.deliver(Post(text=TEXT))]
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
    assert not any(wired.secret in text for text in shown)


def test_wrong_settings_do_not_repeat_what_was_typed(wired: Harness) -> None:
    settings = wired.provider().Settings
    for wrong in (wired.typed | {"api_url": "nowhere"}, wired.typed | {"unheard_of": "1"}, {"token": wired.secret}):
        with pytest.raises(ValueError) as caught:
            settings(**wrong)
        assert wired.secret not in str(caught.value) + repr(caught.value)
