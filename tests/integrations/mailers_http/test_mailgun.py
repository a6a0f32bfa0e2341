"""What only Mailgun has: variables for a thousand at once, events that can be looked through, words of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable
from integrations.mailers.batches import Unfit
from integrations.mailers.mailgun_answers import failure
from models.delivery import State
from models.letters import Happening
from tests.integrations.mailers_http import hooks
from tests.integrations.mailers_http.harness import Harness, beside
from tests.integrations.mailers_http.test_webhooks import NOW
from tests.servers.mailgun import EVENTS, MESSAGES


@pytest.fixture
def mail() -> Iterator[Harness]:
    with beside("mailgun") as harness:
        yield harness


def test_many_recipients_are_one_call_and_do_not_see_each_other(mail: Harness) -> None:
    line = mail.mailer().open()
    said = mail.send(mail.letters(4))
    assert len({answer.remote_id for answer in said.values()}) == 1
    assert mail.requests() == 1 and line.room() == 4


def test_its_own_tracking_is_switched_off(mail: Harness) -> None:
    mail.send(mail.letters(2))
    (told,) = mail.server.journal_events("received", MESSAGES)
    assert {told["parameters"][name] for name in ("o:tracking", "o:tracking-clicks", "o:tracking-opens")} == {"no"}


def test_what_looks_like_a_variable_goes_alone(mail: Harness) -> None:
    form = mail.form()
    letters = [mail.letter(1, form, "я"), mail.letter(2, form, "%recipient.v0%"), mail.letter(3, form, "я")]
    assert {answer.state for answer in mail.send(letters).values()} == {State.SENT}
    assert mail.requests() == 2
    assert {each.subject for each in mail.inbox()} == {"Чай для вас, я", "Чай для вас, %recipient.v0%"}


def test_its_own_words_are_hidden_in_html_and_refused_in_plain_text(mail: Harness) -> None:
    hidden = mail.letter(1, mail.form(html=("<p>%unsubscribe_url% ", 0)), "я")
    plain = mail.letter(2, mail.form(text=("%unsubscribe_url%",)), "я")
    value = mail.letter(3, mail.form(), "%recipient_email%")
    said = mail.send([hidden, plain, value])
    assert (said[1].state, said[2].state, said[3].state) == (State.SENT, State.REJECTED, State.REJECTED)
    assert said[2].reason.code == "template" and "%unsubscribe_url%" in str(said[2].reason)
    assert mail.inbox()[0].html == "<p>&#37;unsubscribe_url% я"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        pytest.param(
            400, {"message": "'to' parameter is not a valid address. please check documentation"}, Unfit, id="address"
        ),
        pytest.param(400, {"message": "Need at least one of 'text' or 'html'"}, Unfit, id="letter"),
        pytest.param(400, {"message": "'from' parameter is not a valid address"}, Refused, id="sender"),
        pytest.param(403, {"message": "Domain mg.example is not allowed to send: disabled"}, Refused, id="disabled"),
        pytest.param(401, "Forbidden", Refused, id="key"),
        pytest.param(402, {"message": "Request Failed"}, Refused, id="money"),
        pytest.param(404, {"message": "Domain not found: mg.example"}, Refused, id="domain"),
        pytest.param(413, {"message": "too large"}, Unfit, id="size"),
        pytest.param(429, {"message": "limit exceeded, try again after 120 seconds"}, Unavailable, id="too often"),
        pytest.param(500, {"message": "Internal Server Error"}, OutcomeUnknown, id="its own"),
        pytest.param(418, {"message": "tea"}, OutcomeUnknown, id="unheard of"),
    ],
)
def test_each_error_has_its_meaning(status: int, body: Any, kind: type[Failure]) -> None:
    found = failure(httpx.Response(status, json=body), [])
    assert type(found) is kind and str(found)
    assert status != 429 or (isinstance(found, Unavailable) and found.retry_after == timedelta(seconds=120))


def test_its_greeting_at_a_wrong_address_is_no_yes(mail: Harness) -> None:
    greeting = httpx.MockTransport(lambda request: httpx.Response(200, text="Mailgun Magnificent API"))
    with httpx.Client(transport=greeting) as http:
        answer = mail.send(mail.letters(1), mailer=mail.over(http))[1]
    assert (answer.state, answer.reason.code) == (State.PLANNED, "place")


# Looking.


def test_a_lost_call_is_found_letter_by_letter(mail: Harness) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    mail.send(mail.letters(2))
    mail.fault("close_after", times=4)
    letters = [mail.letter(number, mail.form(), "я") for number in range(11, 19)]
    lost = [each for each in letters if mail.send([each])[each.id].state is State.UNKNOWN]
    assert len(lost) == 4
    found = mail.mailer().find([*lost, mail.letter(99, mail.form(), "я")], since)
    assert {(answer.id, answer.state) for answer in found} == {(each.id, State.SENT) for each in lost}
    assert {answer.remote_id for answer in found} <= {each.id for each in mail.inbox()}


def test_that_an_event_is_not_there_proves_nothing(mail: Harness) -> None:
    assert mail.mailer().find(mail.letters(3), NOW) == []


@pytest.mark.parametrize("kind", ["close_after", "html", "5xx", "429"])
def test_a_look_that_fails_is_not_now(mail: Harness, kind: str) -> None:
    mail.server.add_faults(EVENTS, [kind])
    with pytest.raises(Unavailable):
        mail.mailer().find(mail.letters(1), NOW)


def test_the_next_page_is_asked_at_the_same_host_only(mail: Harness) -> None:
    """Whatever address an answer names: our key goes nowhere else."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        items = [{}] if len(asked) == 1 else []
        return httpx.Response(
            200, json={"items": items, "paging": {"next": "https://evil.example/v3/mg.seven-cups.example/events/x"}}
        )

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        mail.over(http).find(mail.letters(1), NOW)
    assert set(asked) == {"127.0.0.1"} and len(asked) == 2


# What comes back.


def event(id: str, name: str, minutes: int, **more: Any) -> dict[str, Any]:
    at = (NOW - timedelta(minutes=minutes)).timestamp()
    return {"id": id, "event": name, "timestamp": at, "recipient": "g@tea.example",
            "user-variables": {"otdel_key": "k"}, "message": {"headers": {"message-id": "7@mg"}}, **more}  # fmt: skip


def test_events_are_pulled_page_by_page_and_what_is_young_is_left_for_later(mail: Harness) -> None:
    mail.server.events += [event(f"e{n}", "delivered", 90 - n) for n in range(5)]  # type: ignore[attr-defined]
    mail.server.events += [event("young", "delivered", 5)]  # type: ignore[attr-defined]
    mailer, cursor, seen = mail.mailer(now=lambda: NOW), "", list[str]()
    for _ in range(4):
        page = mailer.pull(cursor)
        seen += [each.once.split(":")[1] for each in page.news]
        cursor = page.cursor
        if not page.more:
            break
    assert list(dict.fromkeys(seen)) == ["e0", "e1", "e2", "e3", "e4"]
    later = mail.mailer(now=lambda: NOW + timedelta(hours=1)).pull(cursor)
    assert [each.once.split(":")[1] for each in later.news][-1] == "young"


@pytest.mark.parametrize(
    ("name", "more", "what", "hard", "robot"),
    [
        (
            "failed",
            {"severity": "temporary", "delivery-status": {"code": 452, "message": "4.2.2 full"}},
            Happening.DEFERRED,
            False,
            False,
        ),
        (
            "failed",
            {"severity": "permanent", "delivery-status": {"code": 550, "message": "5.1.1 no such user g@tea.example"}},
            Happening.BOUNCED,
            True,
            False,
        ),
        (
            "failed",
            {"severity": "permanent", "delivery-status": {"code": 550, "message": "5.7.1 spam"}},
            Happening.BOUNCED,
            False,
            False,
        ),
        (
            "failed",
            {"severity": "permanent", "reason": "suppress-bounce", "delivery-status": {"code": 605}},
            Happening.BOUNCED,
            True,
            False,
        ),
        (
            "failed",
            {"severity": "permanent", "reason": "suppress-unsubscribe", "delivery-status": {"code": 606}},
            Happening.BOUNCED,
            False,
            False,
        ),
        ("rejected", {"reject": {"reason": "x"}}, Happening.REJECTED, False, False),
        ("opened", {"client-info": {"client-type": "robot"}}, Happening.OPENED, False, True),
        ("opened", {"client-info": {"client-type": "mobile browser", "bot": "apple"}}, Happening.OPENED, False, True),
        ("opened", {"client-info": {"client-type": "mobile browser"}}, Happening.OPENED, False, False),
        ("clicked", {"url": "https://tea.example"}, Happening.CLICKED, False, False),
        ("complained", {}, Happening.COMPLAINED, False, False),
        ("unsubscribed", {}, Happening.UNSUBSCRIBED, False, False),
    ],
)
def test_each_event_has_its_meaning(
    mail: Harness, name: str, more: dict[str, Any], what: Happening, hard: bool, robot: bool
) -> None:
    (found,) = mail.mailer().told(*hooks.mailgun("g@tea.example", "k", "7", NOW, name, **more), NOW)
    assert (found.what, found.hard, found.robot, found.url) == (what, hard, robot, more.get("url", ""))
    assert "tea.example" not in found.code


def test_a_kind_that_says_nothing_of_a_letter_is_left_out(mail: Harness) -> None:
    assert mail.mailer().told(*hooks.mailgun("g@tea.example", "k", "7", NOW, "stored"), NOW) == []
