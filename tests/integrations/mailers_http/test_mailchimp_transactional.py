"""What only Mailchimp Transactional has: merge tags but in headers, a status for each, a search by metadata."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable
from integrations.mailers.batches import Unfit
from integrations.mailers.mailchimp_answers import failure, ours
from models.delivery import State
from models.letters import Happening, Holds
from tests.integrations.mailers_http import hooks
from tests.integrations.mailers_http.harness import Harness, beside
from tests.integrations.mailers_http.test_contract import UNSUBSCRIBE
from tests.integrations.mailers_http.test_webhooks import NOW
from tests.servers.mailchimp_transactional import SEARCH, SEND


@pytest.fixture
def mail() -> Iterator[Harness]:
    with beside("mailchimp_transactional") as harness:
        yield harness


def test_who_has_headers_of_their_own_goes_alone_and_others_share_a_call(mail: Harness) -> None:
    mail.send(mail.letters(6))
    assert mail.requests() == 1
    mail.send([mail.letter(number, mail.form(headers=UNSUBSCRIBE), "я") for number in (11, 12, 13)])
    assert mail.requests() == 4
    shared = mail.form(headers=(("X-Campaign", ("spring",)),))
    mail.send([mail.letter(number, shared, "я") for number in (21, 22, 23)])
    assert mail.requests() == 5


def test_its_own_tracking_is_switched_off_and_recipients_do_not_see_each_other(mail: Harness) -> None:
    mail.send(mail.letters(3), mailer=mail.mailer(subaccount="tea"))
    (told,) = mail.server.journal_events("received", SEND)
    said = told["parameters"]["message"]
    names = ("track_opens", "track_clicks", "auto_text", "auto_html", "inline_css", "preserve_recipients")
    assert [said[name] for name in names] == [False] * 6
    assert said["subaccount"] == "tea"


@pytest.mark.parametrize(
    ("why", "state", "holds", "gone"),
    [
        ("hard-bounce", State.REJECTED, Holds.LETTER, True), ("invalid", State.REJECTED, Holds.LETTER, True),
        ("soft-bounce", State.REJECTED, Holds.LETTER, False), ("spam", State.REJECTED, Holds.LETTER, False),
        ("unsub", State.REJECTED, Holds.LETTER, False), ("rule", State.REJECTED, Holds.LETTER, False),
        ("unsigned", State.PLANNED, Holds.ACCOUNT, False), ("invalid-sender", State.PLANNED, Holds.ACCOUNT, False),
        ("test-mode-limit", State.PLANNED, Holds.ACCOUNT, False),
    ],
)  # fmt: skip
def test_each_recipient_has_an_answer_of_their_own(
    mail: Harness, why: str, state: State, holds: Holds, gone: bool
) -> None:
    letters = mail.letters(4)
    mail.server.rejects = {letters[1].to: why}  # type: ignore[attr-defined]
    said = mail.send(letters)
    assert (said[2].state, said[2].holds, said[2].gone, said[2].reason.code) == (state, holds, gone, why)
    assert {said[id].state for id in (1, 3, 4)} == {State.SENT}


def test_a_recipient_of_whom_nothing_is_said_is_unknown(mail: Harness) -> None:
    letters = mail.letters(2)
    answer = httpx.Response(200, json=[{"email": letters[0].to.upper(), "status": "sent", "_id": "a"}])
    with httpx.Client(transport=httpx.MockTransport(lambda request: answer)) as http:
        said = mail.send(letters, mailer=mail.over(http))
    assert {id: answer.state for id, answer in said.items()} == {1: State.SENT, 2: State.UNKNOWN}


@pytest.mark.parametrize(
    ("status", "name", "said", "kind"),
    [
        (401, "Invalid_Key", "", Refused),
        (402, "PaymentRequired", "", Refused),
        (404, "Unknown_Subaccount", "", Refused),
        (429, "RequestLimitExceeded", "", Unavailable),
        (200, "RequestLimitExceeded", "", Unavailable),
        (400, "ValidationError", "You must specify a valid email in to", Unfit),
        (400, "ValidationError", "from_email is bad", Unfit),
        (413, "", "", Unfit),
        (500, "GeneralError", "", OutcomeUnknown),
        (200, "SomethingNew", "", OutcomeUnknown),
    ],
)
def test_each_error_has_its_meaning(status: int, name: str, said: str, kind: type[Failure]) -> None:
    found = failure(name, said, httpx.Response(status), [])
    assert type(found) is kind and str(found)


# Looking.


def test_a_lost_call_is_found_letter_by_letter(mail: Harness) -> None:
    since = datetime.now(UTC) - timedelta(minutes=1)
    letters = [mail.letter(number, mail.form(headers=UNSUBSCRIBE), "я") for number in range(1, 31)]
    mail.fault("close_after", times=30)
    assert {answer.state for answer in mail.send(letters).values()} == {State.UNKNOWN}
    found = mail.mailer().find([*letters, mail.letter(99, mail.form(), "я")], since)
    assert {(answer.id, answer.state) for answer in found} == {(each.id, State.SENT) for each in letters}
    assert len(mail.server.journal_events("received", SEARCH)) == 2


def test_an_address_that_two_letters_have_says_nothing_without_its_key(mail: Harness) -> None:
    form = mail.form()
    two = [mail.letter(1, form, "я", to="g@tea.example"), mail.letter(2, form, "я", to="g@tea.example")]
    shown = {"email": "g@tea.example", "_id": "a", "state": "sent"}
    assert ours([shown], two) == []
    assert [answer.id for answer in ours([shown | {"metadata": {"otdel_key": "key-0002"}}], two)] == [2]


@pytest.mark.parametrize("kind", ["close_after", "html", "5xx", "429"])
def test_a_look_that_fails_is_not_now(mail: Harness, kind: str) -> None:
    mail.server.add_faults(SEARCH, [kind])
    with pytest.raises(Unavailable):
        mail.mailer().find(mail.letters(1), NOW)


# What it tells.


def test_the_address_of_the_webhook_is_part_of_what_is_signed(mail: Harness) -> None:
    told = hooks.mailchimp("g@tea.example", "k", "7", NOW)
    with pytest.raises(Refused) as caught:
        mail.mailer(webhook_url="https://desk.example/another").told(*told, NOW)
    assert caught.value.reason.code == "forged"


@pytest.mark.parametrize(
    ("name", "more", "what", "hard", "robot"),
    [
        ("deferral", {}, Happening.DEFERRED, False, False),
        (
            "hard_bounce",
            {"msg": {"diag": "smtp;550 5.1.1 g@tea.example", "bounce_description": "bad_mailbox"}},
            Happening.BOUNCED,
            True,
            False,
        ),
        ("soft_bounce", {"msg": {"bounce_description": "mailbox_full"}}, Happening.BOUNCED, False, False),
        ("open", {"user_agent_parsed": {"type": "Robot"}}, Happening.OPENED, False, True),
        ("open", {"user_agent_parsed": None}, Happening.OPENED, False, False),
        ("click", {"url": "https://tea.example"}, Happening.CLICKED, False, False),
        ("spam", {}, Happening.COMPLAINED, False, False),
        ("unsub", {}, Happening.UNSUBSCRIBED, False, False),
        ("reject", {"msg": {"reject": {"reason": "unsub"}}}, Happening.REJECTED, False, False),
    ],
)
def test_each_event_has_its_meaning(
    mail: Harness, name: str, more: dict[str, Any], what: Happening, hard: bool, robot: bool
) -> None:
    (found,) = mail.mailer().told(*hooks.mailchimp("g@tea.example", "k", "7", NOW, name, **more), NOW)
    assert (found.what, found.hard, found.robot, found.url) == (what, hard, robot, more.get("url", ""))
    assert "tea.example" not in found.code


def test_kinds_that_say_nothing_of_a_letter_are_left_out(mail: Harness) -> None:
    for name in ("send", "whitelist", "inbound", "something_new"):
        assert mail.mailer().told(*hooks.mailchimp("g@tea.example", "k", "7", NOW, name), NOW) == []


def test_a_webhook_that_tries_itself_out_says_nothing(mail: Harness) -> None:
    assert mail.mailer().told(*hooks.signed_by_mailchimp("[]"), NOW) == []
