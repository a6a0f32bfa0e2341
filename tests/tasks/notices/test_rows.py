"""Notices and the ways they go, on both databases, through the engine that sends them."""

from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker

from integrations.channels.base import Call, Channel
from integrations.errors import OutcomeUnknown, Refused, Unavailable
from models.database import SetClock
from models.delivery import Delivery, State
from models.people import Person
from models.reason import because
from tasks.delivery.engine import Engine
from tasks.notices import rows
from tasks.notices.rows import MAIL, TELEGRAM, Message
from tests.fakes import NOW, QUICK_TERMS, FakeChannel

Sessions = sessionmaker[Session]
# The clock of these tests stands: a call that a busy machine has no time left for would never be due again.
PATIENT = replace(QUICK_TERMS, lease=timedelta(seconds=60), longest_call=timedelta(seconds=20))
ASK = Message("ask:1", "marina", "Согласование: 3 версии", "Клиент пишет: …", "https://desk.example/approval/1")


@pytest.fixture
def clock(sessions: Sessions) -> SetClock:
    """Marina has a chat with the bot, Olga has none, Boris has left."""
    with sessions.begin() as session:
        for key, chat, active in (("marina", "501", True), ("olga", "", True), ("boris", "503", False)):
            session.add(Person(key=key, name=key.title(), email=f"{key}@example.org", telegram=chat, active=active,
                               roles=["approver"], changed_at=NOW))  # fmt: skip
    return SetClock(NOW)


def tell(sessions: Sessions, clock: SetClock, *messages: Message) -> None:
    with sessions.begin() as session:
        rows.tell(session, clock, messages)


def sent(sessions: Sessions, clock: SetClock, ways: Mapping[str, Channel | Exception]) -> dict[str, str]:
    """The state of each way after the engine has been at it."""

    def provider_of(account: str) -> Channel:
        way = ways[account]
        if isinstance(way, Exception):
            raise way
        return way

    Engine(sessions, clock, provider_of, rows.contents, rows.KIND, "w", terms=PATIENT).run(timedelta(seconds=30))
    with sessions() as session:
        return {row.account: row.state for row in session.query(Delivery)}


class Way(FakeChannel):
    """Keeps the whole posts, and misbehaves as it is told."""

    def __init__(self, *faults: Exception) -> None:
        super().__init__(call_timeout=PATIENT.longest_call)
        self.faults, self.posts = deque(faults), []

    def act(self, call: Call) -> Any:
        if self.faults:
            raise self.faults.popleft()
        self.posts.append(call.post)
        return self.accept(call)


def test_a_notice_goes_every_way_there_is_once(sessions: Sessions, clock: SetClock) -> None:
    tell(sessions, clock, ASK, Message("ask:2", "olga", "x", "y"), Message("ask:3", "boris", "x", "y"))
    tell(sessions, clock, ASK)
    mail, bot = Way(), Way()
    sent(sessions, clock, {MAIL: mail, TELEGRAM: bot})
    tell(sessions, clock, ASK)
    sent(sessions, clock, {MAIL: mail, TELEGRAM: bot})
    assert sorted(post.to for post in mail.posts) == ["boris@example.org", "marina@example.org", "olga@example.org"]
    assert [post.to for post in bot.posts] == ["501"]


def test_only_the_heading_and_the_link_leave_by_the_bot(sessions: Sessions, clock: SetClock) -> None:
    tell(sessions, clock, ASK)
    mail, bot = Way(), Way()
    sent(sessions, clock, {MAIL: mail, TELEGRAM: bot})
    assert (bot.posts[0].title, bot.posts[0].link, bot.posts[0].text) == (ASK.subject, ASK.link, "")
    assert mail.posts[0].text == ASK.body


NO = Refused(because("no", code="no"))
LATER = Unavailable(because("later", code="later"), timedelta(hours=1))
LOST = OutcomeUnknown(because("lost", code="lost"))


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        pytest.param(NO, State.REJECTED, id="refused"),
        pytest.param(LATER, State.PLANNED, id="not now"),
        pytest.param(LOST, State.UNKNOWN, id="unknown"),
        pytest.param(ValueError("ours"), State.UNKNOWN, id="an error of ours"),
    ],
)
@pytest.mark.parametrize("failing", [MAIL, TELEGRAM])
def test_one_failing_way_never_stops_the_other(
    sessions: Sessions, clock: SetClock, failing: str, fault: Exception, state: State
) -> None:
    tell(sessions, clock, ASK)
    ways = {way: Way(*([fault] if way == failing else [])) for way in (MAIL, TELEGRAM)}
    other = MAIL if failing == TELEGRAM else TELEGRAM
    for _ in range(3):
        assert sent(sessions, clock, ways) == {failing: state, other: State.SENT}
    assert len(ways[other].posts) == 1 and ways[failing].posts == [], "and nobody is told twice"


@pytest.mark.parametrize("fault", [NO, RuntimeError("Prefect is away")], ids=["not set up", "cannot be asked"])
def test_a_way_that_is_not_set_up_stops_nothing(sessions: Sessions, clock: SetClock, fault: Exception) -> None:
    tell(sessions, clock, ASK)
    assert sent(sessions, clock, {MAIL: Way(), TELEGRAM: fault})[MAIL] == State.SENT


def test_what_was_asked_to_wait_goes_once_afterwards(sessions: Sessions, clock: SetClock) -> None:
    tell(sessions, clock, ASK)
    bot = Way(LATER)
    sent(sessions, clock, {MAIL: Way(), TELEGRAM: bot})
    clock.at += timedelta(hours=2)
    assert sent(sessions, clock, {MAIL: Way(), TELEGRAM: bot})[TELEGRAM] == State.SENT and len(bot.posts) == 1


def test_nobody_is_called_to_the_desk_days_late_but_the_letter_still_comes(sessions: Sessions, clock: SetClock) -> None:
    tell(sessions, clock, ASK)
    clock.at += rows.STALE_AFTER + timedelta(minutes=1)
    states = sent(sessions, clock, {MAIL: Way(), TELEGRAM: Way()})
    assert states == {MAIL: State.SENT, TELEGRAM: State.MISSED}
