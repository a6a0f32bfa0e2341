"""What only Amazon has: signed requests, a status for each recipient, notices with a certificate."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable
from integrations.mailers.amazon_answers import failure, key_of, latin, tag_of
from integrations.mailers.amazon_notices import is_of_sns
from integrations.mailers.amazon_signature import Credentials, signed
from integrations.mailers.batches import Unfit
from models.delivery import State
from models.letters import Happening, Holds
from tests.integrations.mailers_http import hooks
from tests.integrations.mailers_http.harness import Harness, beside
from tests.integrations.mailers_http.test_webhooks import NOW
from tests.servers.amazon_ses import SEND


@pytest.fixture
def mail() -> Iterator[Harness]:
    with beside("amazon_ses") as harness:
        yield harness


def test_a_request_is_signed_as_amazons_own_example() -> None:
    """“get-vanilla” of the test suite for Signature Version 4."""
    who = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service")
    head = signed(who, "GET", "https://example.amazonaws.com/", b"", datetime(2015, 8, 30, 12, 36, tzinfo=UTC))
    assert head["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    )
    assert "wJalr" not in repr(who) + str(head)


@pytest.mark.parametrize(
    ("status", "state", "holds"),
    [
        ("MESSAGE_REJECTED", State.REJECTED, Holds.LETTER),
        ("INVALID_PARAMETER", State.REJECTED, Holds.LETTER),
        ("TRANSIENT_FAILURE", State.PLANNED, Holds.LETTER),
        ("FAILED", State.PLANNED, Holds.LETTER),
        ("ACCOUNT_THROTTLED", State.PLANNED, Holds.ACCOUNT),
        ("ACCOUNT_DAILY_QUOTA_EXCEEDED", State.PLANNED, Holds.ACCOUNT),
        ("ACCOUNT_SUSPENDED", State.PLANNED, Holds.ACCOUNT),
        ("MAIL_FROM_DOMAIN_NOT_VERIFIED", State.PLANNED, Holds.ACCOUNT),
        ("CONFIGURATION_SET_SENDING_PAUSED", State.PLANNED, Holds.ACCOUNT),
    ],
)
def test_each_recipient_has_an_answer_of_their_own(mail: Harness, status: str, state: State, holds: Holds) -> None:
    letters = mail.letters(4)
    mail.server.statuses = {letters[2].to: status}  # type: ignore[attr-defined]
    said = mail.send(letters)
    assert (said[3].state, said[3].holds, said[3].reason.code) == (state, holds, status)
    assert {said[id].state for id in (1, 2, 4)} == {State.SENT}
    assert len({said[id].remote_id for id in (1, 2, 4)}) == 3


def test_a_status_that_is_not_known_and_a_short_list_prove_nothing(mail: Harness) -> None:
    for results in ([{"Status": "NEW"}] * 2, [{"Status": "SUCCESS", "MessageId": "1"}]):
        answer = httpx.Response(200, json={"BulkEmailEntryResults": results})
        with httpx.Client(transport=httpx.MockTransport(lambda request, answer=answer: answer)) as http:
            said = mail.send(mail.letters(2), mailer=mail.over(http))
        assert {answer.state for answer in said.values()} == {State.UNKNOWN}


@pytest.mark.parametrize(
    ("status", "name", "said", "kind"),
    [
        (403, "SignatureDoesNotMatch", "", Refused), (403, "ExpiredTokenException", "", Refused),
        (400, "AccountSuspendedException", "", Refused), (400, "SendingPausedException", "", Refused),
        (400, "MailFromDomainNotVerifiedException", "", Refused), (404, "NotFoundException", "", Refused),
        (400, "MessageRejected", "Email address is not verified. The following identities failed", Refused),
        (429, "TooManyRequestsException", "", Unavailable), (400, "LimitExceededException", "", Unavailable),
        (400, "BadRequestException", "Illegal address", Unfit), (400, "MessageRejected", "virus", Unfit),
        (413, "", "", Unfit), (400, "BadRequestException", "template", Unfit),
        (500, "InternalFailure", "", OutcomeUnknown), (503, "ServiceUnavailable", "", OutcomeUnknown),
        (400, "SomethingNew", "", OutcomeUnknown),
    ],
)  # fmt: skip
def test_each_error_has_its_meaning(status: int, name: str, said: str, kind: type[Failure]) -> None:
    found = failure(name, said, httpx.Response(status), [])
    assert type(found) is kind and str(found)


def test_tracking_of_its_own_is_switched_off_and_the_configuration_set_is_named(mail: Harness) -> None:
    mail.send(mail.letters(2), mailer=mail.mailer(configuration_set="news"))
    (told,) = mail.server.journal_events("received", SEND)
    said = told["parameters"]
    assert said["ConfigurationSetName"] == "news"
    assert said["ConfigurationOverrides"]["Tracking"] == {
        "OpenTrackingEnabled": "DISABLED",
        "ClickTrackingEnabled": "DISABLED",
    }


def test_headers_that_amazon_does_not_take_are_refused_before_they_are_sent(mail: Harness) -> None:
    many = mail.form(headers=tuple((f"X-{number}", ("a",)) for number in range(16)))
    long = mail.form(headers=(("X-Long", ("a" * 996,)),))
    said = mail.send([mail.letter(1, many, "я"), mail.letter(2, long, "я")])
    assert {(answer.state, answer.reason.code) for answer in said.values()} == {(State.REJECTED, "headers")}
    assert mail.requests() == 0


def test_addresses_are_written_as_amazon_takes_them(mail: Harness) -> None:
    assert latin("tea@tea.example") == "tea@tea.example"
    assert latin("tea@чай.рф") == "tea@xn--80as4b.xn--p1ai"
    assert latin("tea@straße.example") == "tea@xn--strae-oqa.example"  # strasse.example is somebody else
    answer = mail.send([mail.letter(1, mail.form(), "я", to="чай@tea.example")])[1]
    assert (answer.state, answer.reason.code, answer.gone) == (State.REJECTED, "address", False)


@given(st.text(min_size=1, max_size=150))
def test_any_key_comes_back_out_of_its_tag(key: str) -> None:
    key = key.encode(errors="ignore").decode()
    assert key_of(tag_of(key)) == key
    assert all(sign.isalnum() or sign in "_-" for sign in tag_of(key)) or not key


def test_a_paused_account_does_not_pass_the_check(mail: Harness) -> None:
    mail.server.enabled = False  # type: ignore[attr-defined]
    with pytest.raises(Refused) as caught:
        mail.mailer().check()
    assert caught.value.reason.code == "paused"


# Notices.


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        (hooks.CERT_URL, True),
        ("https://sns.cn-north-1.amazonaws.com.cn/a.pem", True),
        ("http://sns.eu-central-1.amazonaws.com/a.pem", False),
        ("https://sns.eu-central-1.amazonaws.com.evil.example/a.pem", False),
        ("https://evil.example/sns.eu-central-1.amazonaws.com/a.pem", False),
        ("https://sns.eu-central-1.amazonaws.com@evil.example/a.pem", False),
        ("https://user@sns.eu-central-1.amazonaws.com/a.pem", False),
        ("https://sns.eu-central-1.amazonaws.com:8443/a.pem", False),
        ("https://s3.eu-central-1.amazonaws.com/a.pem", False),
        ("https://sns.eu-central-1.amazonaws.com/a.exe", False),
        ("https://[bad/a.pem", False),
        (None, False),
    ],
)
def test_a_certificate_comes_from_sns_only(mail: Harness, url: Any, ours: bool) -> None:
    assert is_of_sns(url, ".pem") == ours
    if not ours:
        told = hooks.notice("{}", NOW, SigningCertURL=url)
        with pytest.raises(Refused):
            mail.mailer().told(*told, NOW)
        assert mail.transport.asked == []


def test_a_certificate_is_fetched_once(mail: Harness) -> None:
    mailer = mail.mailer()
    for _ in range(3):
        assert mailer.told(*hooks.amazon_ses("g@tea.example", "k", "7", NOW), NOW)
    assert mail.transport.asked == [hooks.CERT_URL]


@pytest.mark.parametrize("version", ["1", "2"])
def test_both_kinds_of_signature_hold(mail: Harness, version: str) -> None:
    _, body = hooks.amazon_ses("g@tea.example", "k", "7", NOW)
    message = json.loads(body)["Message"]
    assert mail.mailer().told(*hooks.notice(message, NOW, version, Subject="Тема"), NOW)


@pytest.mark.parametrize("made", [{"name": "evil.example"}, {"days": -1}])
def test_a_certificate_of_somebody_else_or_of_yesterday_proves_nothing(mail: Harness, made: dict[str, Any]) -> None:
    bad = hooks.certificate(**made)
    foreign = httpx.MockTransport(lambda request: httpx.Response(200, content=bad))
    with httpx.Client(transport=foreign) as http, pytest.raises(Refused) as caught:
        mail.over(http).told(*hooks.amazon_ses("g@tea.example", "k", "7", NOW), NOW)
    assert caught.value.reason.code == "forged"


def test_another_topic_is_not_believed(mail: Harness) -> None:
    with pytest.raises(Refused) as caught:
        mail.mailer().told(*hooks.notice("{}", NOW, TopicArn="arn:aws:sns:eu-central-1:666:mail"), NOW)
    assert caught.value.reason.code == "forged"
    assert mail.transport.asked == []


def test_a_subscription_is_confirmed_at_sns_only(mail: Harness) -> None:
    good = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
    told = hooks.notice("You have chosen", NOW, Type="SubscriptionConfirmation", Token="t", SubscribeURL=good)
    assert mail.mailer().told(*told, NOW) == []
    assert mail.transport.asked == [hooks.CERT_URL, good]
    bad = hooks.notice("You", NOW, Type="SubscriptionConfirmation", Token="t", SubscribeURL="https://evil.example/")
    with pytest.raises(Refused):
        mail.mailer().told(*bad, NOW)


def test_a_certificate_that_cannot_be_fetched_is_not_now(mail: Harness) -> None:
    with (
        httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(503))) as http,
        pytest.raises(Unavailable),
    ):
        mail.over(http).told(*hooks.amazon_ses("g@tea.example", "k", "7", NOW), NOW)


def test_what_ses_says_when_a_topic_is_connected_says_nothing(mail: Harness) -> None:
    said = "Successfully validated SNS topic for Amazon SES event publishing."
    assert mail.mailer().told(*hooks.notice(said, NOW), NOW) == []


AT = {"timestamp": NOW.isoformat()}
TWO = [{"emailAddress": "g@tea.example", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 g@tea.example"},
       {"emailAddress": "h@tea.example"}]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "more", "what", "hard", "count"),
    [
        (
            "Bounce",
            {"bounce": {**AT, "bounceType": "Permanent", "bounceSubType": "General", "bouncedRecipients": TWO}},
            Happening.BOUNCED,
            True,
            2,
        ),
        (
            "Bounce",
            {"bounce": {**AT, "bounceType": "Permanent", "bounceSubType": "ContentRejected", "bouncedRecipients": TWO}},
            Happening.BOUNCED,
            False,
            2,
        ),
        (
            "Bounce",
            {"bounce": {**AT, "bounceType": "Transient", "bounceSubType": "MailboxFull", "bouncedRecipients": TWO[1:]}},
            Happening.BOUNCED,
            False,
            1,
        ),
        ("Complaint", {"complaint": {**AT, "complainedRecipients": TWO[1:]}}, Happening.COMPLAINED, False, 1),
        (
            "Complaint",
            {"complaint": {**AT, "complaintSubType": "OnAccountSuppressionList", "complainedRecipients": TWO[1:]}},
            Happening.REJECTED,
            False,
            1,
        ),
        (
            "DeliveryDelay",
            {"deliveryDelay": {**AT, "delayType": "MailboxFull", "delayedRecipients": TWO}},
            Happening.DEFERRED,
            False,
            2,
        ),
        ("Reject", {"reject": {"reason": "Bad content"}}, Happening.REJECTED, False, 1),
        ("Rendering Failure", {"failure": {"errorMessage": "x"}}, Happening.REJECTED, False, 1),
        ("Open", {"open": AT}, Happening.OPENED, False, 1),
        ("Click", {"click": {**AT, "link": "https://tea.example"}}, Happening.CLICKED, False, 1),
        ("Send", {"send": {}}, None, False, 0),
        ("Subscription", {"subscription": {}}, None, False, 0),
    ],
)
def test_each_event_has_its_meaning(
    mail: Harness, name: str, more: dict[str, Any], what: Happening | None, hard: bool, count: int
) -> None:
    found = mail.mailer().told(*hooks.amazon_ses("g@tea.example", "k", "7", NOW, name, **more), NOW)
    assert [(each.what, each.hard, each.key) for each in found] == [(what, hard, "k")] * count
    assert len({each.once for each in found}) == count
    assert not any("tea.example" in each.code for each in found)
