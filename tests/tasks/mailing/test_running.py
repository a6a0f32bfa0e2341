"""A mailing on its way: begun once, to whom it should, never wrong, and nothing of it is lost or doubled."""

import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import col

from integrations.errors import Unavailable
from integrations.mailboxes.imap import Imap, ImapSettings
from models.customers import Act, AddressKind, ConsentAct
from models.delivery import State
from models.letters import Answer, Letter
from models.mailing_orders import (
    AGAIN,
    ARRIVED,
    CANCEL,
    LEAVE,
    PAUSE,
    RESUME,
    RunMailingForm,
    TestMailingForm,
    UnknownLettersForm,
    WinnerForm,
)
from models.mailings import MailEvent, Mailing, MailTest, Message, Stage
from models.reaction import Notice
from models.reason import because
from models.registry import Fact
from tasks.composing.filling import filled
from tasks.mailing.jobs import Landed
from tasks.mailing.rows import settle
from tasks.mailing.running.engine import Running
from tasks.mailing.shown.engine import Shown
from tasks.mailing.steering.engine import Steering
from tasks.mailing.testing.engine import Testing
from tasks.mailing.writing import fields, rows
from tasks.mailing.writing.caps import Cap
from tasks.registry.rows import stands
from tasks.returns.engine import Returns
from tests.fakes import NOW
from tests.laws.source import ROOT
from tests.servers.imap_box import PASSWORD, USER, ImapBox
from tests.tasks.mailing.fake_mailer import taken
from tests.tasks.mailing.office import CARDS, COMPANY, FindingMailer, Office, letter, open_office

LOST = because("lost", code="lost")


@pytest.fixture
def office(tmp_path: Path, database: Engine) -> Office:
    found = open_office(tmp_path / "company", database)
    found.customers(range(1, 8), phones=[7, 8, 9])
    found.group("tea", range(1, 10))
    return found


def lost(letter: Letter, time: int) -> Answer:
    return Answer(letter.id, State.UNKNOWN, reason=LOST)


def order(office: Office, id: int, what: Any, person: str = "olga", **more: Any) -> Any:
    return Steering(office.house).run(RunMailingForm(mailing=id, what=what, person=person, **more))


def unknown(office: Office, id: int, what: Any, person: str = "gleb", letter: int = 0) -> Any:
    form = UnknownLettersForm(mailing=id, what=what, person=person, letter=letter)
    return Steering(office.house).unknown(form)


def told(office: Office, metric: str) -> dict[str, int | None]:
    """What the registry holds of a metric, by account and reason."""
    with office.house.reads() as session:
        found = session.execute(select(Fact).where(col(Fact.metric) == metric, stands())).scalars().all()
    return {f"{one.channel}{one.placement.partition(':why')[2]}": one.value for one in found}


# Begun and sent.


def test_from_the_list_to_the_last_letter(office: Office) -> None:
    id = office.approved()
    office.minute()
    assert office.post.got == [] and office.row(id).stage == Stage.APPROVED  # its hour has not come
    office.at(hours=1)
    office.minute()
    assert sorted(one.to for one in office.post.got) == [f"c{n}@example.org" for n in range(1, 8)]
    assert (office.row(id).stage, office.states(id)) == (Stage.SENT, {"sent": 7})
    one = next(letter for letter in office.post.got if letter.to == "c3@example.org")
    assert "Name 3" in one.values and one.to_name == "Name 3"
    assert "List-Unsubscribe" in dict(one.form.headers)
    office.minute()
    assert len(office.post.got) == 7
    assert told(office, "letters_sent") == {"post": 7} == told(office, "letters_listed")
    with office.house.reads() as session:
        [fact] = session.execute(select(Fact).where(col(Fact.metric) == "letters_sent")).scalars()
        assert (fact.cost, fact.currency, fact.subject_id) == (350, "RUB", str(id))


def test_whoever_has_no_letter_gets_a_short_message(office: Office) -> None:
    id = office.made()
    office.saved(id, sms="Winter tea has come, {{ first_name }}. Leave: {{ unsubscribe_url }}")
    office.set_up(id, cascade="sms")
    assert not office.ask(id).refusal
    office.decide(id)
    office.at(hours=1)
    office.minute()
    assert len(office.post.got) == 7
    assert sorted(one.to for one in office.sms.got) == ["+79160000008", "+79160000009"]
    assert all(not one.form.html and not one.to_name for one in office.sms.got)
    assert told(office, "letters_sent") == {"post": 7, "sms": 2}


def test_a_cascade_without_a_text_is_not_asked_about(office: Office) -> None:
    id = office.made()
    office.saved(id)
    office.set_up(id, cascade="sms")
    assert "no text of one" in str(office.ask(id).refusal)


def test_a_control_group_and_whoever_is_left_out_get_nothing(office: Office) -> None:
    office.group("cake", [5, 6])
    office.group("tests", [1, 2, 3, 4, 5], control=[2])
    id = office.approved(include="tests", exclude="cake")
    office.at(hours=1)
    office.minute()
    assert sorted(one.to for one in office.post.got) == [f"c{n}@example.org" for n in (1, 3, 4)]
    assert office.row(id).stage == Stage.SENT
    left = [one for one in office.letters(id) if one.variant == "control"]
    assert [(one.customer_id, one.state, one.why, one.sent_at) for one in left] == [
        (2, State.CANCELLED, "control", None)
    ]


def test_a_list_that_came_to_nobody_is_closed_with_its_reason(office: Office) -> None:
    from models.customers import Address

    id = office.approved()
    office.change(Address, col(Address.id) > 0, open=False)
    office.at(hours=1)
    office.minute()
    row = office.row(id)
    assert row.stage == Stage.SENT and row.reason["code"] == "empty" and office.states(id) == {}


def test_a_mailing_that_cannot_begin_holds_no_other(office: Office) -> None:
    """Its shares name a variant that it does not have any more."""
    one, other = office.approved("One"), office.approved("Other")
    office.change(Mailing, col(Mailing.id) == one, split={"shares": {"A": 500, "B": 500}})
    office.at(hours=1)
    begun, _ = office.minute()
    assert [(each.mailing, bool(each.why)) for each in begun] == [(one, True), (other, False)]
    assert (office.row(one).stage, office.row(one).reason["code"]) == (Stage.PAUSED, "no_variant")
    assert office.row(other).stage == Stage.SENT and len(office.post.got) == 7


def test_a_list_is_made_once_whoever_else_makes_it(office: Office) -> None:
    office.approved()
    office.at(hours=1)
    with ThreadPoolExecutor(max_workers=3) as pool:
        begun = [one for found in pool.map(lambda _: Running(office.house).begin_due(), range(3)) for one in found]
    assert [one.listed for one in begun] == [7]


def test_a_run_that_is_started_a_moment_before_its_minute_begins_what_is_due_in_it(office: Office) -> None:
    """Prefect was seen to start it 0.15 seconds early (2026-11): the mailing would go a whole minute late."""
    id = office.approved()
    office.at(hours=1, seconds=-0.15)
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        office.clock.at += timedelta(seconds=seconds)

    running = Running(office.house, wait)
    assert [one.listed for one in running.begin_due()] == [7] and waited == [0.15]
    running.send(timedelta(seconds=60))
    assert office.states(id) == {"sent": 7}
    office.at(hours=1, seconds=30)
    running.begin_due()
    assert waited == [0.15]


def test_in_each_ones_own_zone(office: Office) -> None:
    from models.customers import Customer

    office.change(Customer, col(Customer.id) == 1, outlet="far")
    office.change(Customer, col(Customer.id) == 2, zone="Asia/Yekaterinburg")
    id = office.approved(at="2026-11-24 10:00", by_recipient=True)
    office.clock.at = datetime.fromisoformat("2026-11-24T00:00:00+00:00")
    office.minute()
    assert [one.to for one in office.post.got] == ["c1@example.org"]
    due = {one.customer_id: one.due_at.hour for one in office.letters(id)}
    assert due[1] == 0 and due[2] == 5 and due[3] == 7

    progress = Shown(office.house).mailings().lines[0].progress
    first, last = (datetime(2026, 11, 24, hour, tzinfo=UTC) for hour in (5, 7))
    assert (progress.waiting.number, progress.waiting.first, progress.waiting.last) == (6, first, last)
    assert progress.ends_at == last, "no letter goes before its own moment, however fast they went until now"


# Late.


def test_what_was_not_begun_in_time_is_held_and_said(office: Office) -> None:
    id = office.approved()
    office.at(hours=4)
    office.minute()
    row = office.row(id)
    assert (row.stage, row.reason["code"]) == (Stage.PAUSED, "late") and office.post.got == []
    with office.house.reads() as session:
        assert session.execute(select(func.count()).where(col(Notice.subject) == "Paused: Winter")).scalar_one() == 1
    assert order(office, id, RESUME).lines[0].done
    office.minute()
    assert len(office.post.got) == 7


@pytest.mark.parametrize(("rule", "stage", "sent"), [("skip", Stage.CANCELLED, 0), ("publish", Stage.SENT, 7)])
def test_a_mailing_may_have_another_rule_for_being_late(office: Office, rule: str, stage: Stage, sent: int) -> None:
    id = office.approved()
    office.change(Mailing, col(Mailing.id) == id, lateness=rule)
    office.at(hours=4)
    office.minute()
    assert (office.row(id).stage, len(office.post.got)) == (stage, sent)


# Never wrong.


def priced(office: Office) -> int:
    office.offers(T1=45000)
    id = office.made()
    assert not office.saved(
        id, blocks=[*letter()["blocks"], {"kind": "products", "id": "goods", "ids": ["T1"]}]
    ).refusal
    office.set_up(id)
    for report in (office.ask(id), office.decide(id)):
        assert not report.refusal, report.refusal
    return id


def test_a_price_that_changed_before_its_hour_holds_it(office: Office) -> None:
    id = priced(office)
    office.offers(T1=39000)
    office.at(hours=1)
    office.minute()
    row = office.row(id)
    assert (row.stage, row.reason["code"], office.states(id)) == (Stage.PAUSED, "price_differs", {})


def test_a_price_that_changes_meanwhile_pauses_it_and_the_rest_goes_out_right(office: Office) -> None:
    id = priced(office)
    office.post.connections = 2
    office.at(hours=1)

    def dearer(some: Any) -> None:
        office.offers(T1=52000)
        office.clock.at += timedelta(minutes=4)

    Running(office.house).begin_due()
    office.post.before = dearer
    Running(office.house).send(timedelta(minutes=3))
    went = len(office.post.got)
    office.post.before = lambda some: None
    office.minute()
    assert 0 < went < 7 and len(office.post.got) == went
    row = office.row(id)
    assert (row.stage, row.reason["code"]) == (Stage.PAUSED, "price_differs")
    assert office.ask(id).lines[0].done and office.decide(id).lines[0].done
    assert office.row(id).stage == Stage.PAUSED
    order(office, id, RESUME)
    office.minute()
    assert len({one.to for one in office.post.got}) == 7 == len(office.post.got)
    texts = ["".join(part for part in one.form.text if isinstance(part, str)) for one in office.post.got]
    assert ["450" in text for text in texts] == [True] * went + [False] * (7 - went)
    assert all("520" in text for text in texts[went:])


def test_what_was_edited_after_its_approval_never_goes_out(office: Office) -> None:
    id = office.approved()
    office.saved(id, subject="Nobody has read this one")
    office.at(hours=1)
    office.minute()
    assert office.post.got == [] and office.states(id) == {}


def test_an_edit_while_it_is_paused_stands_only_when_it_is_approved(office: Office) -> None:
    id = office.approved()
    office.at(hours=1)
    Running(office.house).begin_due()
    assert office.saved(id, subject="Not now").refusal.code == "sending"
    order(office, id, PAUSE)
    assert office.saved(id, subject="Corrected, and to be read").lines[0].done
    assert order(office, id, RESUME).refusal.code == "not_paused"
    office.minute()
    assert office.post.got == []
    office.ask(id)
    office.decide(id)
    order(office, id, RESUME)
    office.minute()
    assert len(office.post.got) == 7
    assert {"".join(str(part) for part in one.form.subject) for one in office.post.got} == {"Corrected, and to be read"}


# Caps.


def test_nobody_gets_more_advertising_than_the_cap(office: Office) -> None:
    first = office.approved("First", cap_number=1)
    office.at(hours=1)
    office.minute()
    second = office.approved("Second", at="2026-11-23 14:00", cap_number=1)
    office.at(hours=2)
    office.minute()
    assert len(office.post.got) == 7 and office.states(second) == {"cancelled": 7}
    assert {one.why for one in office.letters(second)} == {"cap"}
    assert told(office, "letters_cancelled") == {"post:cap": 7}
    third = office.approved("Third", at="2026-12-02 14:00", cap_number=1)
    office.clock.at = NOW + timedelta(days=9, hours=2)
    office.minute()
    assert office.states(third) == {"sent": 7} == office.states(first)


def test_the_cap_leaves_out_the_same_people_of_the_control_group(office: Office) -> None:
    office.customers([21, 22])
    office.group("two", [1, 21])
    office.group("all", [1, 2, 21, 22], control=[21, 22])
    office.approved("First", include="two")
    office.at(hours=1)
    office.minute()
    later = office.approved("Later", at="2026-11-23 14:00", include="all", cap_number=1)
    office.at(hours=2)
    office.minute()
    found = {one.customer_id: (one.why, one.variant) for one in office.letters(later)}
    assert found == {1: ("cap", "A"), 21: ("cap", "A"), 22: ("control", "control"), 2: ("", "A")}
    assert told(office, "letters_cancelled") == {"post:cap": 2}


def test_of_two_lists_made_at_once_the_second_sees_the_first(office: Office) -> None:
    first, second = office.approved("First", cap_number=1), office.approved("Second", cap_number=1)
    office.at(hours=1)
    office.minute()
    assert len(office.post.got) == 7
    assert sorted([office.states(first), office.states(second)], key=str) == [{"cancelled": 7}, {"sent": 7}]


def test_a_list_that_is_paused_counts_in_the_cap_too(office: Office) -> None:
    first = office.approved("First", cap_number=1)
    office.at(hours=1)
    Running(office.house).begin_due()
    office.change(Mailing, col(Mailing.id) == first, stage=Stage.PAUSED)
    second = office.approved("Second", at="2026-11-23 14:00", cap_number=1)
    office.at(hours=2)
    Running(office.house).begin_due()
    office.change(Mailing, col(Mailing.id) == first, stage=Stage.SENDING)
    office.minute()
    assert office.states(second) == {"cancelled": 7} and office.states(first) == {"sent": 7}


@pytest.mark.parametrize("state", [State.INTENT, State.UNKNOWN])
def test_a_letter_that_may_have_arrived_counts_in_the_cap(office: Office, state: State) -> None:
    first = office.approved("First")
    second = office.approved("Second", at="2026-11-23 14:00", cap_number=1)
    office.at(hours=1)
    Running(office.house).begin_due()
    one = office.letters(first)[0]
    away = NOW + timedelta(days=2)
    office.change(Message, col(Message.mailing_id) == first, due_at=away)
    office.at(hours=2)
    Running(office.house).begin_due()
    office.change(Message, col(Message.mailing_id) == second, state=State.PLANNED, why="", settled_at=None)
    office.change(Message, col(Message.id) == one.id, state=state)
    with office.house.reads() as session:
        customers = {letter.customer_id for letter in office.letters(second)}
        full = rows.capped(session, office.house.clock, second, customers, Cap(1, timedelta(days=7)))
    assert full == {one.customer_id}


def test_the_cap_is_looked_at_again_when_a_letter_is_written(office: Office) -> None:
    long = office.approved("Long", cap_number=1)
    office.at(hours=1)
    Running(office.house).begin_due()
    office.change(Message, col(Message.mailing_id) == long, due_at=NOW + timedelta(days=1))
    quick = office.approved("Quick", at="2026-11-23 14:00")
    office.at(hours=2)
    office.minute()
    assert office.states(quick) == {"sent": 7}
    office.at(days=1, hours=1)
    office.minute()
    assert office.states(long) == {"cancelled": 7} and {one.why for one in office.letters(long)} == {"cap"}


def test_the_company_has_a_cap_and_a_service_message_has_none(tmp_path: Path, database: Engine) -> None:
    office = open_office(tmp_path / "company", database, COMPANY.replace("cap_number: 0", "cap_number: 1"))
    office.customers([1, 2, 3])
    office.group("tea", [1, 2, 3], control=[3])
    office.approved("First")
    service = office.made("Service", kind="service message")
    office.saved(service)
    office.set_up(service)
    said = office.document(service) | {"ground": "service"}
    assert not office.save(service, said).refusal
    for report in (office.ask(service), office.decide(service)):
        assert not report.refusal, (report.refusal, report.notes)
    office.at(hours=1)
    office.minute()
    assert len(office.post.got) == 5 and {one.variant for one in office.letters(service)} == {"A"}


# Paused, cancelled, the winner.


def test_paused_goes_on_and_cancelled_does_not(office: Office) -> None:
    id = office.approved()
    office.at(hours=1)
    Running(office.house).begin_due()
    assert order(office, id, PAUSE, reason="a doubt").lines[0].done
    office.minute()
    assert office.post.got == [] and office.row(id).reason["words"]["why"] == "a doubt"
    assert order(office, id, PAUSE).refusal.code == "not_running"
    assert order(office, id, CANCEL).refusal.code == "no_why"
    assert "7 letters" in order(office, id, CANCEL, reason="sold out").lines[0].said
    office.minute()
    assert office.post.got == [] and office.states(id) == {"cancelled": 7}
    assert order(office, id, RESUME).refusal.code == "not_paused"
    assert told(office, "letters_cancelled") == {"post:cancelled": 7}


def test_what_a_killed_cancellation_left_is_cancelled_too(office: Office) -> None:
    id = office.approved()
    office.at(hours=1)
    Running(office.house).begin_due()
    office.change(Mailing, col(Mailing.id) == id, stage=Stage.CANCELLED)
    office.minute()
    assert office.states(id) == {"cancelled": 7} and office.post.got == []


@pytest.mark.parametrize(("person", "what"), [("nina", PAUSE), ("marina", CANCEL)])
def test_not_everybody_steers(office: Office, person: str, what: Any) -> None:
    assert order(office, office.approved(), what, person, reason="x").refusal.code == "not_entitled"


def test_the_winner_goes_to_whoever_waited(office: Office) -> None:
    office.customers(range(10, 110))
    office.group("many", range(10, 110))
    id = office.made()
    said = office.document(id) | {"variants": [letter(), letter(name="B", subject="Another subject for the same tea")]}
    assert not office.save(id, said).refusal
    office.set_up(id, include="many", shares="A 20, B 20")
    office.ask(id)
    office.decide(id)
    office.at(hours=1)
    office.minute()
    went = len(office.post.got)
    assert 15 < went < 65 and office.row(id).stage == Stage.SENDING
    steering = Steering(office.house)
    assert steering.winner(WinnerForm(mailing=id, variant="C", person="olga")).refusal.code == "no_variant"
    assert (
        f"{100 - went} customers" in steering.winner(WinnerForm(mailing=id, variant="b", person="olga")).lines[0].said
    )
    assert steering.winner(WinnerForm(mailing=id, variant="A", person="olga")).refusal.code == "nobody_waits"
    office.minute()
    assert len(office.post.got) == 100 and office.row(id).stage == Stage.SENT
    assert sum("Another" in str(one.form.subject) for one in office.post.got) > 60


# Unknown.


def doubtful(office: Office, verdict: Any = lost, **more: Any) -> int:
    id = office.approved(**more)
    office.post.verdict = verdict
    office.at(hours=1)
    office.minute()
    office.post.verdict = taken
    assert office.states(id) == {"unknown": 7}
    return id


def test_what_the_mailer_finds_is_settled_and_what_it_has_not_goes_again(tmp_path: Path, database: Engine) -> None:
    mailer = FindingMailer()
    office = open_office(tmp_path / "company", database, post=mailer)
    office.customers([1, 2])
    office.group("tea", [1, 2])
    id = office.approved()
    mailer.verdict = lost
    office.at(hours=1)
    office.minute()
    keys = [one.key for one in mailer.got]
    first = [one for one in mailer.got if one.to == "c1@example.org"]
    mailer.got, mailer.verdict = first, taken
    absent = Answer(office.letters(id)[1].id or 0, State.PLANNED)
    found = mailer.find
    mailer.find = lambda letters, since: [*found(letters, since), absent]  # type: ignore[method-assign]
    office.minute()
    assert office.states(id) == {"unknown": 2}  # its calls may not have ended yet
    office.at(hours=1, minutes=5)
    office.minute()
    office.minute()
    assert office.states(id) == {"sent": 2} and office.row(id).stage == Stage.SENT
    again = [one for one in mailer.got if one.to == "c2@example.org"]
    assert len(again) == 1 and again[0].key not in keys and again[0].key.startswith(keys[1] + ".")
    assert told(office, "letters_sent") == {"post": 2} and told(office, "letters_unknown") == {"post": 0}


def test_a_mailing_that_says_so_sends_again_by_itself_but_not_for_ever(office: Office) -> None:
    id = doubtful(office, resend_unknown=True)
    office.post.verdict = lost
    for minutes in range(10, 60, 10):
        office.at(hours=1, minutes=minutes)
        office.minute()
        office.minute()
    assert office.states(id) == {"unknown": 7} and len(office.post.got) == 4 * 7
    assert len({one.key for one in office.post.got}) == 4 * 7
    office.post.verdict = taken


def test_while_the_mailer_cannot_be_asked_nothing_is_sent_again(tmp_path: Path, database: Engine) -> None:
    """It would say that they arrived; to send them again before it has said so would double them."""
    mailer = FindingMailer()
    office = open_office(tmp_path / "company", database, post=mailer)
    office.customers([1, 2])
    office.group("tea", [1, 2])
    id = office.approved(resend_unknown=True)
    mailer.verdict = lost
    office.at(hours=1)
    office.minute()
    mailer.verdict, find = taken, mailer.find

    def away(letters: Any, since: Any) -> list[Answer]:
        raise Unavailable(because("away", code="away"))

    mailer.find = away  # type: ignore[method-assign]
    office.at(hours=1, minutes=10)
    office.minute()
    office.minute()
    assert office.states(id) == {"unknown": 2} and len(mailer.got) == 2
    mailer.find = find  # type: ignore[method-assign]
    office.minute()
    assert office.states(id) == {"sent": 2} and len(mailer.got) == 2


def test_what_has_been_unknown_for_long_is_asked_about_every_hour(tmp_path: Path, database: Engine) -> None:
    mailer = FindingMailer()
    office = open_office(tmp_path / "company", database, post=mailer)
    office.customers([1, 2])
    office.group("tea", [1, 2])
    id = office.approved()
    mailer.verdict = lost
    office.at(hours=1)
    office.minute()
    for hours, minutes, state in ((4, 30, "unknown"), (4, 59, "unknown"), (5, 4, "sent")):
        office.at(hours=hours, minutes=minutes)
        office.minute()
        assert office.states(id) == {state: 2}


def test_what_a_killed_sender_had_sent_costs_what_it_costs(tmp_path: Path, database: Engine) -> None:
    mailer = FindingMailer()
    office = open_office(tmp_path / "company", database, post=mailer)
    office.customers([1, 2])
    office.group("tea", [1, 2])
    id = office.approved()
    mailer.verdict = lost
    office.at(hours=1)
    office.minute()
    office.change(Message, col(Message.mailing_id) == id, pieces=0, why="cut_off")  # as a kill leaves them
    office.at(hours=1, minutes=10)
    office.minute()
    assert office.states(id) == {"sent": 2}
    with office.house.reads() as session:
        found = session.execute(select(Fact).where(col(Fact.metric) == "letters_sent", stands())).scalars()
        assert [(fact.value, fact.cost) for fact in found] == [(2, 100)]


def test_a_letter_that_a_frozen_sender_gives_back_goes_though_its_mailing_was_closed(office: Office) -> None:
    """Frozen past its lease, it learns on waking that it had never begun the letter: nobody else would send it."""
    id = doubtful(office)
    assert office.row(id).stage == Stage.SENT
    one = office.letters(id)[0]
    with office.house.sessions.begin() as session:
        settle(session, office.clock.at, one.token, [Landed(one.id or 0, State.PLANNED, retry_in=timedelta(0))])
    office.minute()
    office.minute()
    assert office.states(id) == {"unknown": 6, "sent": 1} and len(office.post.got) == 8
    assert office.row(id).stage == Stage.SENT and told(office, "letters_sent") == {"post": 1}


@pytest.mark.parametrize("by_rule", [True, False], ids=["by rule", "by order"])
def test_what_is_unknown_of_a_cancelled_mailing_stays_so(office: Office, by_rule: bool) -> None:
    """It may have arrived: to write “cancelled” over it would be a lie, and nothing of it goes out again."""
    id = doubtful(office, resend_unknown=by_rule)
    office.change(Mailing, col(Mailing.id) == id, stage=Stage.CANCELLED)
    office.at(hours=1, minutes=10)
    if not by_rule:
        assert unknown(office, id, AGAIN).refusal.code == "cancelled"
    office.minute()
    assert office.states(id) == {"unknown": 7} and len(office.post.got) == 7
    assert "7 letters" in unknown(office, id, ARRIVED).lines[0].said


def test_otherwise_it_waits_for_a_person(office: Office) -> None:
    id = doubtful(office)
    office.at(hours=3)
    office.minute()
    assert office.states(id) == {"unknown": 7} and len(office.post.got) == 7
    first = office.letters(id)[0].id or 0
    assert unknown(office, id, ARRIVED, "olga").refusal.code == "not_entitled"
    assert unknown(office, id, ARRIVED, letter=999).refusal.code == "no_letter"
    assert "1 letter" in unknown(office, id, ARRIVED, letter=first).lines[0].said
    assert "6 letters stay" in unknown(office, id, LEAVE).lines[0].said
    assert office.states(id) == {"unknown": 6, "sent": 1}
    assert told(office, "letters_unknown") == {"post": 6}
    unknown(office, id, AGAIN)
    assert office.row(id).stage == Stage.SENDING
    office.minute()
    assert office.states(id) == {"sent": 7} and len(office.post.got) == 13
    assert told(office, "letters_sent") == {"post": 7} and told(office, "letters_unknown") == {"post": 0}


# Tests to colleagues.


def trial(office: Office, id: int, once: str = "order:1", **more: Any) -> Any:
    form = TestMailingForm.model_validate({"mailing": id, "to": "olga, Marina Approver", "person": "olga"} | more)
    return Testing(office.house).send(form, once)


def test_a_test_goes_to_colleagues_once_and_is_counted_nowhere(office: Office) -> None:
    id = office.ready()
    assert all(line.done for line in trial(office, id, customer=3).lines)
    assert [one.to for one in office.post.got] == ["olga@example.org", "marina@example.org"]
    one = office.post.got[0]
    assert "".join(str(part) for part in one.form.subject).startswith("TEST: ") and "Name 3" in one.values
    assert "before" in trial(office, id, customer=3).lines[0].said and len(office.post.got) == 2
    assert len({one.key for one in office.post.got}) == 2
    trial(office, id, "order:2")
    assert len(office.post.got) == 4 and office.states(id) == {}
    with office.house.reads() as session:
        assert session.execute(select(func.count()).select_from(Fact)).scalar_one() == 0
        assert session.execute(select(func.count()).select_from(MailTest)).scalar_one() == 4
        assert session.execute(select(func.count()).select_from(Message)).scalar_one() == 0


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        pytest.param({"to": "ole"}, "unknown_people", id="no such colleague"),
        pytest.param({"to": " "}, "nobody", id="nobody named"),
        pytest.param({"customer": 99}, "no_customer", id="no such customer"),
        pytest.param({"variant": "C"}, "no_variant", id="no such variant"),
        pytest.param({"person": "nina"}, "not_entitled", id="a cashier"),
    ],
)
def test_a_test_that_cannot_be_sent_says_why(office: Office, asked: dict[str, Any], code: str) -> None:
    assert trial(office, office.ready(), **asked).refusal.code == code


def test_a_test_whose_answer_was_lost_is_not_sent_again(office: Office) -> None:
    id = office.ready()
    office.post.verdict = lost
    assert not trial(office, id).lines[0].done
    office.post.verdict = taken
    trial(office, id)
    assert len(office.post.got) == 2


def test_the_companys_controls_get_what_was_approved(tmp_path: Path, database: Engine) -> None:
    company = COMPANY.replace("cap_number: 0", "controls: [vera, nina]")
    office = open_office(tmp_path / "company", database, company)
    office.customers([1])
    office.group("tea", [1])
    id = office.approved()
    office.at(hours=1)
    office.minute()
    assert [one.to for one in office.post.got] == ["vera@example.org", "nina@example.org", "c1@example.org"]
    assert office.states(id) == {"sent": 1}


def test_who_leaves_by_the_button_of_a_mail_program_is_heard(tmp_path: Path, database: Engine) -> None:
    """From the header of a letter that went, by a mail, over the mailbox that is read, to the consent that ended."""
    bounces = "bounces: {host: 127.0.0.1, user: bounces@letters.example.org}"
    office = open_office(tmp_path / "read", database, cards=CARDS.replace('price: "0.50"', f'price: "0.50", {bounces}'))
    office.customers([1, 2])
    office.group("tea", [1, 2])
    office.approved()
    office.at(hours=1)
    office.minute()
    letter = next(one for one in office.post.got if one.to == "c2@example.org")
    header = filled(dict(letter.form.headers)["List-Unsubscribe"], letter.values)
    found = re.search(r"<mailto:([^?>]+)\?subject=([^>]+)>", header)
    assert found is not None and found[1] == "bounces@letters.example.org" and header.startswith("<https://")
    with ImapBox() as box:
        raw = f"From: c2@example.org\nTo: {found[1]}\nSubject: {found[2]}\nMessage-ID: <1@x.example>\n\n"
        box.inbox.put(raw.encode(), office.clock.at)
        settings = {"host": "127.0.0.1", "port": box.port, "user": USER, "password": PASSWORD, "security": "none"}
        mailbox = Imap(ImapSettings.model_validate(settings), lambda: office.clock.at)
        done = Returns(office.house).collect(mailbox, "mailer:post")
    assert done.mails == {"reply": 1} and done.new == 1
    with office.house.reads() as session:
        query = select(col(MailEvent.what), col(MailEvent.code), col(Message.customer_id))
        [left] = session.execute(query.join(Message, col(Message.id) == col(MailEvent.message_id))).tuples()
        acts = session.execute(select(ConsentAct).where(col(ConsentAct.customer_id) == 2)).scalars().all()
    assert left == ("unsubscribed", "mailto", 2)
    assert [one.act for one in acts if one.act == Act.WITHDRAWN] == [Act.WITHDRAWN]


def test_without_a_mailbox_that_is_read_no_letter_names_one(office: Office) -> None:
    office.approved()
    office.at(hours=1)
    office.minute()
    assert all(
        "mailto:" not in filled(dict(one.form.headers)["List-Unsubscribe"], one.values) for one in office.post.got
    )


# Fields that others bring.


def test_fields_of_others_are_looked_up_for_a_portion_at_once(office: Office) -> None:
    asked: list[int] = []

    def visits(house: Any, session: Any, due: Any) -> dict[int, Any]:
        asked.append(len(due))
        return {one.id: {"code": f"K{one.customer_id}"} for one in due if one.customer_id != 4}

    fields.make_known("visit", ["visit.code"], visits)
    try:
        id = office.made()
        block = {"kind": "text", "id": "text", "text": "Your code is {{ visit.code }}."}
        assert not office.saved(id, blocks=[block, letter()["blocks"][2]]).refusal
        office.set_up(id)
        for report in (office.ask(id), office.decide(id)):
            assert not report.refusal, report.refusal
        office.at(hours=1)
        asked.clear()
        office.minute()
    finally:
        fields.forget_known("visit")
    assert asked == [7]
    assert {one.to: "K3" in one.values for one in office.post.got}["c3@example.org"]
    assert office.states(id) == {"sent": 6, "held": 1}
    assert [one.why for one in office.letters(id) if one.state == "held"] == ["missing"]


def test_a_block_for_a_group_is_seen_by_its_members_only(office: Office) -> None:
    office.group("cake", [2])
    id = office.made()
    shown = {"kind": "text", "id": "cake", "text": "Cake for you.", "shown_to": {"groups": ["cake"]}}
    office.saved(id, blocks=[*letter()["blocks"], shown])
    office.set_up(id)
    office.ask(id)
    office.decide(id)
    office.at(hours=1)
    office.minute()
    sees = {one.to for one in office.post.got if any("Cake for you" in value for value in one.values)}
    assert sees == {"c2@example.org"}


# Pages.


def test_the_page_says_how_far_it_is(office: Office) -> None:
    from models.desk import Visitor

    id = office.approved()
    writer, decider = Visitor(key="olga", name="O", roles=("author",)), Visitor(key="m", name="M", roles=("approver",))
    shown = Shown(office.house)
    page = shown.mailing(id, writer)
    assert page and page.line.stage == Stage.APPROVED and page.set_up["at"] == "2026-11-23 13:00"
    assert page.reach["email"][""] == 7 and page.line.recipients == 7
    assert page.approved and page.approved.decided_by == "Marina Approver" and page.approved.hash == page.version_hash
    assert "save-mailing" in page.may and "decide-mailing" not in page.may
    office.at(hours=1)
    office.post.connections = 3
    office.minute()
    [line] = shown.mailings().lines
    assert (line.stage, line.progress.states, line.progress.total) == (Stage.SENT, {"sent": 7}, 7)
    done = shown.mailing(id, decider)
    assert done and done.may == frozenset() and done.took is not None and done.line.opened == 0
    assert (page.report, done.report) == ("", "/staff/mailings/1/report") and done.line.revenue_per_1000 is None
    assert shown.mailing(99, writer) is None


def test_a_preview_shows_a_customer_or_somebody_made_up(office: Office) -> None:
    id = office.ready()
    shown = Shown(office.house)
    one = shown.preview(id, "A", 3)
    assert one.subject == "Winter tea has come, Name 3" and "Come and taste it, Name." in one.text and not one.held
    assert "Anna Peters" in shown.preview(id, "A", 0).subject
    assert shown.preview(id, "B", 0).held.code == "no_variant"
    assert shown.preview(id, "A", 99).held.code == "no_customer"
    draft = '{"key": "x"}'
    assert shown.preview(id, "A", 0, draft).held


# Killed.


KILLED = """
import sys
from pathlib import Path
from sqlalchemy import event
from models.database import connect
from tests.tasks.mailing.office import open_office
from tasks.mailing.running.engine import Running

engine = connect(sys.argv[1])
office = open_office(Path(sys.argv[2]), engine)
office.at(hours=1)
seen = []

def stop(connection, cursor, statement, *rest):
    if "INSERT INTO message " in statement or statement.startswith("UPDATE message "):
        seen.append(1)
        if len(seen) == int(sys.argv[3]):
            print("now", flush=True)
            sys.stdin.read()

event.listen(engine, "after_cursor_execute", stop)
Running(office.house).begin_due()
print("done", flush=True)
"""


@pytest.mark.parametrize("step", [1, 2])
def test_a_kill_while_the_list_is_made_leaves_it_whole_or_not_at_all(
    office: Office, database_url: str, tmp_path: Path, step: int
) -> None:
    id = office.approved(cap_number=1)
    given = (sys.executable, "-c", KILLED, database_url, str(tmp_path / "company"), str(step))
    with subprocess.Popen(given, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          env=os.environ | {"PYTHONPATH": str(ROOT)}) as process:  # fmt: skip
        assert process.stdout
        assert process.stdout.readline().strip() == "now"
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    assert office.row(id).stage == Stage.APPROVED and office.states(id) == {}
    office.at(hours=1)
    office.minute()
    assert office.states(id) == {"sent": 7} and len(office.post.got) == 7


def test_short_messages_alone_need_no_cascade(office: Office) -> None:
    id = office.made()
    office.saved(id, sms="Winter tea has come")
    office.set_up(id, account="sms")
    for report in (office.ask(id), office.decide(id)):
        assert not report.refusal, (report.refusal, report.notes)
    office.at(hours=1)
    office.minute()
    assert sorted(one.to for one in office.sms.got) == [f"+7916000000{n}" for n in (7, 8, 9)]
    assert {one.kind for one in office.letters(id)} == {AddressKind.PHONE}
