"""What only SendPulse has: passes for an hour, codes with several meanings, letters looked for by what they are."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable
from integrations.mailers.batches import Unfit
from integrations.mailers.sendpulse_answers import failure
from models.delivery import State
from models.letters import Happening
from tests.integrations.mailers_http import hooks
from tests.integrations.mailers_http.harness import Harness, beside
from tests.integrations.mailers_http.test_webhooks import NOW
from tests.servers.sendpulse import PASS


@pytest.fixture
def mail() -> Iterator[Harness]:
    with beside("sendpulse") as harness:
        yield harness


def passes(mail: Harness) -> int:
    return len(mail.server.journal_events("received", PASS))


def test_one_pass_is_enough_for_an_hour(mail: Harness) -> None:
    clock = [datetime.now(UTC)]
    mailer = mail.mailer(now=lambda: clock[0])
    mail.send(mail.letters(5), mailer=mailer)
    mail.send(mail.letters(1), mailer=mailer)
    assert passes(mail) == 1
    clock[0] += timedelta(minutes=59)
    mail.send(mail.letters(1), mailer=mailer, within=timedelta(hours=2))
    assert passes(mail) == 2


def test_a_pass_that_was_taken_away_is_fetched_anew_and_the_letter_goes_out_once(mail: Harness) -> None:
    mailer = mail.mailer()
    mail.send(mail.letters(1), mailer=mailer)
    mail.server.forget_passes()  # type: ignore[attr-defined]
    assert mail.send(mail.letters(1), mailer=mailer)[1].state is State.SENT
    assert (passes(mail), len(mail.inbox())) == (2, 2)


@pytest.mark.parametrize(
    ("status", "code", "said", "kind"),
    [
        pytest.param(401, 401, "Unauthorized!", Refused, id="key"),
        pytest.param(403, 403, "Account expired", Refused, id="expired"),
        pytest.param(422, 10, "Argument from.email is invalid", Refused, id="sender"),
        pytest.param(422, 422, "Sender is not valid", Refused, id="sender by its words"),
        pytest.param(
            422, 422, "Sending from your account is currently limited. Please try later.", Refused, id="limited"
        ),
        pytest.param(422, 422, "Sending quota or bandwidth exceeded", Refused, id="quota"),
        pytest.param(400, 707, "Account balance depleted", Refused, id="money"),
        pytest.param(422, 422, "Recipient email is invalid", Unfit, id="address by its words"),
        pytest.param(422, 11, "Argument email.to is invalid", Unfit, id="address"),
        pytest.param(422, 422, "Message size limit exceeded", Unfit, id="size"),
        pytest.param(422, 12, "Argument subject missing", Unfit, id="letter"),
        pytest.param(200, 2020202020, "More than 10 requests per second", Unavailable, id="too fast"),
        pytest.param(429, 0, "", Unavailable, id="too fast by its status"),
        pytest.param(500, 1, "oops", OutcomeUnknown, id="its own"),
    ],
)
def test_each_error_has_its_meaning(status: int, code: int, said: str, kind: type[Failure]) -> None:
    found = failure(code, said, httpx.Response(status), [])
    assert type(found) is kind and str(found)


# Looking.


def test_a_lost_letter_is_found_by_what_it_is(mail: Harness) -> None:
    since = datetime.now(UTC) - timedelta(seconds=5)
    mail.fault("close_after")
    letters = mail.letters(2)
    said = mail.send(letters)
    (lost,) = [letter for letter in letters if said[letter.id].state is State.UNKNOWN]
    (found,) = mail.mailer().find([lost], since)
    assert (found.id, found.state) == (lost.id, State.SENT)
    assert found.remote_id == next(each.id for each in mail.inbox() if each.to == lost.to)


def test_what_is_not_certain_is_not_found(mail: Harness) -> None:
    """Another subject, another day, two of the same, or a clock ahead of ours: nobody guesses."""
    since = datetime.now(UTC) - timedelta(seconds=5)
    mail.send(mail.letters(1))
    (letter,) = mail.letters(1)
    other = mail.letter(1, mail.form(subject=("Другое",), text=("x",), html=()))
    mailer = mail.mailer()
    assert mailer.find([other], since) == []
    assert mailer.find([letter], datetime.now(UTC) + timedelta(seconds=5)) == []
    mail.server.records[0]["send_date"] = f"{datetime.now(UTC) + timedelta(hours=3):%Y-%m-%d %H:%M:%S}"  # type: ignore[attr-defined]
    assert mailer.find([letter], since) == []
    mail.send(mail.letters(1))
    mail.server.records[0]["send_date"] = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"  # type: ignore[attr-defined]
    assert mailer.find([letter], since) == []


def test_a_look_that_fails_is_not_now(mail: Harness) -> None:
    mail.server.add_faults("GET /smtp/emails", ["html"])
    with pytest.raises(Unavailable):
        mail.mailer().find(mail.letters(1), NOW)


# What it tells.


@pytest.mark.parametrize(
    ("name", "more", "what", "hard"),
    [
        ("opened", {}, Happening.OPENED, False),
        ("clicked", {"link_url": "https://tea.example"}, Happening.CLICKED, False),
        ("unsubscribed", {}, Happening.UNSUBSCRIBED, False),
        ("spam_by_user", {}, Happening.COMPLAINED, False),
        (
            "soft_bounces",
            {"smtp_server_response_code": "452", "smtp_server_response": "4.2.2 full"},
            Happening.BOUNCED,
            False,
        ),
        ("hard_bounces", {"smtp_server_response_code": "550"}, Happening.BOUNCED, True),
        (
            "undelivered",
            {"smtp_server_response_code": "550", "smtp_server_response_subcode": "5.1.1"},
            Happening.BOUNCED,
            True,
        ),
    ],
)
def test_each_event_has_its_meaning(
    mail: Harness, name: str, more: dict[str, str], what: Happening, hard: bool
) -> None:
    (found,) = mail.mailer().told(*hooks.sendpulse("g@tea.example", "", "7", NOW, name, **more), NOW)
    assert (found.what, found.hard, found.url) == (what, hard, more.get("link_url", ""))


def test_a_kind_that_is_not_known_says_nothing(mail: Harness) -> None:
    assert mail.mailer().told(*hooks.sendpulse("g@tea.example", "", "7", NOW, "resubscribed"), NOW) == []
