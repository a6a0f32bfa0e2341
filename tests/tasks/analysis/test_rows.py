"""The rows of analysis, on both databases."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models.content import Occasion
from models.database import SetClock
from models.delivery import State
from models.piece import OccasionRow
from models.post import Post
from models.reaction import AccountState, AudienceSnapshot, Snapshot
from models.registry import Fact, Observation
from tasks.analysis import rows
from tasks.analysis.events import Event, gather
from tasks.registry.rows import record
from tests.fakes import NOW
from tests.house import publish

Sessions = sessionmaker[Session]
CLOCK = SetClock(NOW)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = date(2026, 11, 23)
TEA_DAY = Occasion(key="tea-day", title="International tea day", on=date(2026, 12, 15), link="https://a.example/1")


def seen(sessions: Sessions, id: int, metric: str, value: int, after: timedelta) -> None:
    with sessions.begin() as session:
        session.add(Snapshot(delivery_id=id, metric=metric, value=value, taken_at=NOW + after))


def members(sessions: Sessions, value: int, after: timedelta, account: str = "fake") -> None:
    with sessions.begin() as session:
        session.add(AudienceSnapshot(account=account, metric="members", value=value, taken_at=NOW + after))


def test_a_reading_knows_its_age_and_the_members_of_that_moment(sessions: Sessions) -> None:
    id = publish(sessions, "7", Post(text="tea"))
    members(sessions, 100, 2 * HOUR)
    members(sessions, 120, DAY)
    seen(sessions, id, "likes", 1, HOUR)
    seen(sessions, id, "likes", 5, 3 * HOUR)
    seen(sessions, id, "reach", 90, 2 * DAY)
    seen(sessions, id, "hide", 1, 2 * DAY)
    with sessions() as session:
        found = rows.readings(session, NOW - DAY, NOW + 9 * DAY)
    assert [(r.metric, r.value, r.age, r.audience) for r in found] == [
        ("likes", 1, HOUR, None), ("likes", 5, 3 * HOUR, 100), ("reach", 90, 2 * DAY, 120),
    ]  # fmt: skip


def test_readings_are_of_publications_of_the_period_that_are_out(sessions: Sessions) -> None:
    for number, more in enumerate([{}, {"sent_at": NOW - 9 * DAY}, {"state": State.UNKNOWN}, {"kind": "notice"}]):
        seen(sessions, publish(sessions, str(number), Post(text="tea"), **more), "likes", number, HOUR)
    with sessions() as session:
        assert [r.value for r in rows.readings(session, NOW - DAY, NOW + DAY)] == [0]


def test_what_a_channel_cost_is_added_up_and_what_is_not_known_is_absent(sessions: Sessions) -> None:
    spent = {"subject_kind": "channel", "subject_id": "-", "metric": "expenses", "source": "stated", "operation": "A11"}
    facts = [
        Observation(value=0, cost=cost, currency=currency, channel=channel, observed_at=NOW + at, key=key, **spent)
        for key, cost, currency, channel, at in (
            ("a", 5000, "RUB", "vk", HOUR), ("b", 7000, "RUB", "vk", 2 * HOUR), ("c", 100, "EUR", "vk", HOUR),
            ("d", 900, "RUB", "", HOUR), ("e", 900, "RUB", "vk", -DAY),
        )
    ]  # fmt: skip
    with sessions.begin() as session:
        record(session, facts, CLOCK)
        assert rows.costs(session, NOW, NOW + DAY, "RUB") == {"vk": 12000}


def test_what_is_recommended_now_takes_the_place_of_the_former(sessions: Sessions) -> None:
    with sessions.begin() as session:
        session.add(AccountState(account="vk", cursor="77"))
    with sessions.begin() as session:
        rows.remember_slots(session, {"vk": ("mon-fri 09:00",), "site": ("sat,sun 11:00",)})
    with sessions.begin() as session:
        rows.remember_slots(session, {"site": ()})
        assert rows.recommended_slots(session) == {"vk": ("mon-fri 09:00",)}
        assert session.get(AccountState, "vk").cursor == "77"  # type: ignore[union-attr]


def keep(sessions: Sessions, *entries: Occasion) -> int:
    with sessions.begin() as session:
        return rows.keep_events(session, CLOCK, gather(entries, rows.known_occasions(session, TODAY)))


def kept(sessions: Sessions) -> list[OccasionRow]:
    with sessions() as session:
        return list(session.execute(select(OccasionRow).order_by(OccasionRow.key)).scalars())  # type: ignore[arg-type]


def test_an_event_is_kept_once_however_often_it_is_told(sessions: Sessions) -> None:
    again = TEA_DAY.model_copy(update={"key": "other", "link": "https://b.example/2", "source": "other"})
    assert (keep(sessions, TEA_DAY), keep(sessions, TEA_DAY), keep(sessions, again)) == (1, 0, 0)
    [row] = kept(sessions)
    assert (row.key, row.on_date, row.importance) == ("tea-day", "2026-12-15", 1)
    with sessions() as session:
        facts = session.execute(select(Fact)).scalars().all()
    assert [(f.operation, f.metric, f.subject_kind, f.subject_id, f.value) for f in facts] == [
        ("A2", "found", "occasion", "tea-day", 1)
    ]


def test_an_event_that_was_put_off_moves_and_keeps_its_piece(sessions: Sessions) -> None:
    keep(sessions, TEA_DAY)
    with sessions.begin() as session:
        session.get(OccasionRow, "tea-day").piece_id = 5  # type: ignore[union-attr]
    found_at = kept(sessions)[0].found_at
    keep(sessions, TEA_DAY.model_copy(update={"on": date(2026, 12, 20)}))
    [row] = kept(sessions)
    assert (row.on_date, row.piece_id, row.found_at) == ("2026-12-20", 5, found_at)


def test_what_nothing_tells_of_now_stays_as_it_was(sessions: Sessions) -> None:
    keep(sessions, TEA_DAY.model_copy(update={"title": "International tea day, a holiday"}))
    [before] = kept(sessions)
    with sessions.begin() as session:
        rows.keep_events(session, CLOCK, [Event(TEA_DAY, (), importance=1)])
    assert kept(sessions)[0].importance == before.importance == 2


def test_an_occasion_that_became_a_piece_is_accepted_once(sessions: Sessions) -> None:
    keep(sessions, TEA_DAY, TEA_DAY.model_copy(update={"key": "b", "title": "Pottery fair", "on": date(2026, 12, 1)}))
    with sessions.begin() as session:
        session.get(OccasionRow, "tea-day").piece_id = 5  # type: ignore[union-attr]
    with sessions.begin() as session:
        assert (rows.record_used(session, CLOCK), rows.record_used(session, CLOCK)) == (1, 0)


def test_what_comes_is_shown_by_its_day_and_importance(sessions: Sessions) -> None:
    with sessions.begin() as session:
        for key, on, importance in (("past", -1, 3), ("small", 2, 1), ("great", 2, 3), ("today", 0, 1), ("far", 61, 3)):
            day = (TODAY + timedelta(days=on)).isoformat()
            session.add(OccasionRow(key=key, title=key, on_date=day, importance=importance, found_at=NOW))
    with sessions() as session:
        assert [row.key for row in rows.coming(session, TODAY, 60)] == ["today", "great", "small"]
