"""The laws of what is told: proven, of now, once, and junk refused; for every mailer that tells by itself."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.errors import Refused, Unsupported
from models.letters import Happening
from tests.integrations.mailers_http.answers import JSON
from tests.integrations.mailers_http.harness import Harness

NOW = datetime.now(UTC).replace(microsecond=0)


def tell(telling: Harness, at: datetime = NOW, **more: Any) -> tuple[dict[str, str], bytes]:
    assert telling.kind.tell
    return telling.kind.tell("guest1@tea.example", "key-0001", "4711", at, **more)


def test_a_delivery_is_told(telling: Harness) -> None:
    (news,) = telling.mailer().told(*tell(telling), NOW)
    assert (news.what, news.at, news.address) == (Happening.DELIVERED, NOW, "guest1@tea.example")
    assert news.remote_id == "4711"
    assert news.key == ("key-0001" if telling.kind.keyed else "")


def test_what_is_told_twice_has_one_name(telling: Harness) -> None:
    mailer, told = telling.mailer(), tell(telling)
    assert mailer.told(*told, NOW)[0].once == mailer.told(*told, NOW + timedelta(hours=1))[0].once
    other = telling.kind.tell("guest1@tea.example", "key-0001", "4712", NOW + timedelta(seconds=1))  # type: ignore[misc]
    if telling.name not in ("mailgun", "sendgrid"):  # they name every event themselves
        assert mailer.told(*other, NOW)[0].once != mailer.told(*told, NOW)[0].once


def test_what_was_changed_on_the_way_is_refused(telling: Harness) -> None:
    headers, body = tell(telling)
    changed = {name: value[:-2] + "xx" for name, value in headers.items()}
    tries = [
        ({}, body),
        (changed, body),
        (headers, body.replace(b"guest1", b"guest2")),
        (headers, body.replace(b"4711", b"4712")),
    ]
    if telling.name == "sendpulse":  # it signs nothing: only the address of the webhook is secret
        tries = tries[:2]
    if telling.name in ("unisender", "mailgun", "amazon_ses"):  # their proof is within the body
        tries = tries[2:] if telling.name != "mailgun" else []  # of which Mailgun signs the moment only
        tries += [(headers, body.replace(b'ignature": "', b'ignature": "0').replace(b'"auth": "', b'"auth": "f'))]
    for told in tries:
        with pytest.raises(Refused) as caught:
            telling.mailer().told(*told, NOW)
        assert caught.value.reason.code in ("forged", "unread")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"signature": {"timestamp": "1", "token": "t", "signature": "\ud83d"}}, id="proof"),
        pytest.param({"signature": {"timestamp": "1", "token": "\ud83d", "signature": "0"}}, id="token"),
        pytest.param({"TopicArn": "\ud83d", "Signature": "\ud83d"}, id="topic"),
    ],
)
def test_half_a_sign_in_a_proof_is_no_proof(telling: Harness, body: Any) -> None:
    """JSON may say "\\ud83d", which no encoding has: anybody may knock with that."""
    with pytest.raises(Refused):
        telling.mailer().told({}, json.dumps(body).encode(), NOW)


def test_without_a_key_nothing_is_believed(telling: Harness) -> None:
    key = next((name for name in ("webhook_secret", "webhook_public", "topic") if name in telling.typed), None)
    if key is not None:
        with pytest.raises(Refused) as caught:
            telling.mailer(**{key: ""}).told(*tell(telling), NOW)
        assert caught.value.reason.code == "no_key"


def test_what_comes_from_the_future_is_refused(telling: Harness) -> None:
    told = tell(telling, NOW + timedelta(hours=6))
    if telling.name == "unisender":  # its zone is not published, so nothing is later than now
        assert telling.mailer().told(*told, NOW)[0].at == NOW
        return
    with pytest.raises(Refused) as caught:
        telling.mailer().told(*told, NOW)
    assert caught.value.reason.code == "ahead"


def test_what_somebody_kept_and_sends_again_later_is_refused_where_its_moment_is_signed(telling: Harness) -> None:
    told = tell(telling)
    if telling.name in ("mailgun", "sendgrid", "amazon_ses"):
        with pytest.raises(Refused) as caught:
            telling.mailer().told(*told, NOW + timedelta(days=30))
        assert caught.value.reason.code == "old"


@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(st.binary(max_size=60) | JSON.map(lambda said: json.dumps(said).encode()))
def test_junk_is_refused_with_a_reason(mailer: Harness, body: bytes) -> None:
    headers = tell(mailer)[0] if mailer.kind.tell else {}
    try:
        mailer.mailer().told(headers, body, NOW)
    except (Refused, Unsupported) as no:
        assert str(no)
    else:
        assert mailer.name == "sendpulse"  # what is let in by the address, and is empty, says nothing
