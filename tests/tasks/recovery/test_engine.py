"""Looking for what is unknown: no row keeps the others from it, and what nobody can find out a person is told of."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from integrations.channels.base import Call, Channel, Receipt
from integrations.errors import OutcomeUnknown, Refused, Unavailable
from models.database import SetClock
from models.delivery import Delivery, State
from models.locale import spoken
from models.reason import because
from tasks.posting import rows as posting
from tasks.recovery.engine import Search
from tests.fakes import NOW, QUICK_TERMS, Contents, FakeChannel, delivery
from tests.tasks.approval.test_rows import a_piece

Sessions = sessionmaker[Session]
NO = because("The token is no longer good.", code="token")


class Asked(FakeChannel):
    """Says of every row that it is not there, but for what it is told to raise by the row's text."""

    def __init__(self, **raises: Exception) -> None:
        super().__init__()
        self.raises, self.asked = raises, list[str]()

    def find(self, call: Call) -> Receipt | None:
        self.asked.append(call.post.text)
        if call.post.text in self.raises:
            raise self.raises[call.post.text]
        return None


def put(sessions: Sessions, *keys: str, **fields: Any) -> None:
    with sessions.begin() as session:
        session.add_all([delivery(key, state=State.UNKNOWN, **fields) for key in keys])


def search(sessions: Sessions, channel: Channel, **more: Any) -> tuple[int, int, int]:
    more = {"contents": Contents(), "provider_of": lambda account: channel} | more
    return Search(sessions, SetClock(NOW), kind="placement", terms=QUICK_TERMS, **more).run()


def row(sessions: Sessions, key: str) -> Delivery:
    with sessions() as session:
        return session.execute(select(Delivery).where(Delivery.key == key)).scalar_one()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("failure", "code", "again"),
    [
        pytest.param(Refused(NO), "blind", timedelta(hours=1), id="refused"),
        pytest.param(ValueError("a bug"), "blind", timedelta(hours=1), id="an error of ours"),
        pytest.param(Unavailable(NO), "not_answering", timedelta(seconds=60), id="away"),
        pytest.param(OutcomeUnknown(NO), "not_answering", timedelta(seconds=60), id="no answer"),
    ],
)
def test_a_row_that_cannot_be_asked_about_does_not_keep_the_others(
    sessions: Sessions, failure: Exception, code: str, again: timedelta
) -> None:
    put(sessions, "bad")
    put(sessions, "good", account="other")
    assert search(sessions, Asked(bad=failure)) == (0, 1, 1)
    left = row(sessions, "bad")
    assert (left.state, left.reason["code"], left.next_try_at) == (State.UNKNOWN, code, NOW + again)
    assert row(sessions, "good").state == State.PLANNED


def test_what_has_no_content_is_left_to_a_person_and_does_not_stand_in_the_way(sessions: Sessions) -> None:
    put(sessions, "empty", "good")
    with spoken("en"):
        assert search(sessions, Asked(), contents=Contents(missing={1})) == (0, 1, 0)
    left = row(sessions, "empty")
    assert (left.reason["code"], left.next_try_at) == ("blind", NOW + timedelta(days=1))
    assert "the version for this channel is missing" in left.reason["words"]["detail"]
    assert search(sessions, Asked(), contents=Contents(missing={1})) == (0, 0, 0)


def test_an_account_that_is_away_is_asked_once(sessions: Sessions) -> None:
    put(sessions, "a", "b", "c")
    channel = Asked(a=Unavailable(NO), b=Unavailable(NO), c=Unavailable(NO))
    assert search(sessions, channel) == (0, 0, 3)
    assert len(channel.asked) == 1
    assert {row(sessions, key).reason["code"] for key in "abc"} == {"not_answering"}


def test_a_search_ends_when_its_time_is_over(sessions: Sessions) -> None:
    put(sessions, "a", "b", "c")
    ticks = iter(range(99))
    channel = Asked()
    search(sessions, channel, now=lambda: float(next(ticks)), budget=timedelta(seconds=2))
    assert len(channel.asked) == 1
    assert search(sessions, channel) == (0, 2, 0)


def gone(account: str) -> Channel:
    raise Refused(because("There is no such channel.", code="no_channel"))


@pytest.mark.parametrize(
    ("provider_of", "told"),
    [
        pytest.param(gone, 1, id="the channel is gone"),
        pytest.param(lambda account: Asked(tea=Unavailable(NO)), 0, id="it may answer later"),
    ],
)
def test_people_are_told_of_what_only_they_can_find_out(
    sessions: Sessions, provider_of: Callable[[str], Channel], told: int
) -> None:
    a_piece(sessions, state=State.UNKNOWN)
    search(sessions, Asked(), provider_of=provider_of, contents=posting.posts)
    with sessions() as session:
        assert len(posting.untold(session)) == told
