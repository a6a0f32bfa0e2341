"""Reactions by snapshots, comments with deadlines, our own counts: on both databases, against channels that answer."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from integrations.channels.base import Remark
from integrations.errors import Refused, Unavailable, Unsupported
from models.database import SetClock
from models.delivery import Verb
from models.desk import Visited, VisitKind
from models.post import Post
from models.reaction import AudienceSnapshot, Comment, Notice, Snapshot, TrackedLink, Watch
from models.reason import because
from models.registry import Fact
from tasks.approval.rules import Who
from tasks.reactions.engine import Reactions
from tasks.reactions.letters import Letters
from tasks.reactions.questions import Kind
from tasks.visits import rows as visits
from tasks.watching.duty import Duty
from tasks.watching.engine import Asker
from tests.fakes import NOW, FakeChannel, delivery
from tests.house import publish

Sessions = sessionmaker[Session]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TEA = Post(text="Tea of the day", title="Tea")
PEOPLE = {
    "olga": Who("olga", "Olga", ("author",)),
    "marina": Who("marina", "Marina", ("approver",)),
    "gleb": Who("gleb", "Gleb", ("technician",)),
}


class Square(FakeChannel):
    """Answers with what the test says; `fails` is raised instead."""

    def __init__(self, **capable: Any) -> None:
        super().__init__(**{"reactions_per_call": 2, "comments": True, "audience": True} | capable)
        self.metrics: dict[str, dict[str, int]] = {}
        self.remarks: dict[str, list[Remark]] = {}
        self.fails: Exception | None = None
        self.mute: Exception | None = None
        self.asked: list[list[str]] = []
        self.members = 100

    def reactions(self, remote_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        self.asked.append(list(remote_ids))
        if self.fails:
            raise self.fails
        return {id: self.metrics[id] for id in remote_ids if id in self.metrics}

    def comments(self, remote_id: str) -> list[Remark]:
        if self.mute:
            raise self.mute
        return self.remarks.get(remote_id, [])

    def audience(self) -> dict[str, int]:
        return {"members": self.members}


class Watcher:
    """The channel, the clock and all that was kept, of one test."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions, self.clock, self.channel = sessions, SetClock(NOW), Square()
        self.troubles: dict[str, Any] = {}

    def reactions(self) -> Reactions:
        asker = Asker(lambda account: self.channel, wait=lambda seconds: None)
        letters = Letters(Duty(self.clock.at.date(), PEOPLE, (), "marina"), "UTC", {"fake": "Square"})
        return Reactions(self.sessions, self.clock, asker, letters, self._deadline)

    @staticmethod
    def _deadline(kind: Kind, written_at: datetime) -> datetime:
        return written_at + (HOUR if kind is Kind.COMPLAINT else 4 * HOUR)

    def take(self, at: timedelta) -> Counter[str]:
        self.clock.at = NOW + at
        reactions = self.reactions()
        reactions.take()
        self.troubles = reactions.troubles
        return +reactions.counts

    def all(self, table: type[Any]) -> list[Any]:
        with self.sessions() as session:
            return list(session.execute(select(table).order_by(table.id)).scalars())

    def snapshots(self) -> list[tuple[str, int, timedelta]]:
        return [(one.metric, one.value, one.taken_at - NOW) for one in self.all(Snapshot)]

    def facts(self) -> list[tuple[str, int, str]]:
        return [(fact.metric, fact.value, fact.source) for fact in self.all(Fact)]

    def next_look(self, id: int) -> timedelta | None:
        with self.sessions() as session:
            watch = session.get(Watch, id)
            assert watch
            return watch.reactions_at and watch.reactions_at - NOW

    def visit(self, kind: VisitKind, key: str, number: int, at: timedelta = HOUR, robot: bool = False) -> None:
        hour = (NOW + at).replace(minute=0)
        with self.sessions.begin() as session:
            visits.count(session, [Visited(kind=kind, key=key, hour=hour, robot=robot, number=number)])

    def link(self, code: str, piece: int, account: str = "fake") -> None:
        with self.sessions.begin() as session:
            session.add(
                TrackedLink(code=code, url="https://shop.example", piece_id=piece, account=account, made_at=NOW)
            )


@pytest.fixture
def watcher(sessions: Sessions) -> Watcher:
    return Watcher(sessions)


def test_snapshots_are_kept_by_the_cadence_and_never_overwritten(watcher: Watcher) -> None:
    id = publish(watcher.sessions, "7", TEA)
    watcher.channel.metrics["7"] = {"likes": 1, "reach_total": 10, "hide": 0}
    assert watcher.take(14 * MINUTE) == {}
    assert watcher.take(15 * MINUTE) == {"looked": 1}
    assert watcher.next_look(id) == HOUR
    watcher.channel.metrics["7"] = {"likes": 3, "reach_total": 40, "hide": 0}
    watcher.take(HOUR)
    assert watcher.snapshots() == [
        ("likes", 1, 15 * MINUTE), ("reach", 10, 15 * MINUTE), ("hide", 0, 15 * MINUTE),
        ("likes", 3, HOUR), ("reach", 40, HOUR), ("hide", 0, HOUR),
    ]  # fmt: skip
    assert watcher.facts() == [("likes", 1, "fake"), ("reach", 10, "fake"), ("likes", 3, "fake"), ("reach", 40, "fake")]


def test_a_fact_says_of_what_it_is(watcher: Watcher) -> None:
    publish(watcher.sessions, "7", TEA)
    watcher.channel.metrics["7"] = {"likes": 1}
    watcher.take(HOUR)
    [fact] = watcher.all(Fact)
    assert (fact.operation, fact.subject_kind, fact.channel, fact.person) == ("A10", "piece", "fake", "olga")
    assert (fact.campaign, fact.goal, fact.customer_group) == ("winter-tea", "reach", "tea-lovers")
    assert fact.placement == "placement:1:fake:0" and fact.observed_at == NOW + HOUR


@pytest.mark.parametrize(
    ("mute", "next_look"),
    [
        pytest.param(Refused(because("Comments are closed.")), 3 * HOUR, id="for good"),
        pytest.param(Unavailable(because("Not now.")), HOUR + 15 * MINUTE, id="for now"),
    ],
)
def test_what_a_channel_counts_is_kept_though_it_shows_no_comments(
    watcher: Watcher, mute: Exception, next_look: timedelta
) -> None:
    id = publish(watcher.sessions, "7", TEA)
    watcher.channel.metrics["7"] = {"likes": 1}
    watcher.channel.mute = mute
    watcher.take(HOUR)
    assert watcher.facts() == [("likes", 1, "fake")] and "fake" in watcher.troubles
    assert watcher.next_look(id) == next_look


def test_missed_looks_are_taken_as_one(watcher: Watcher) -> None:
    id = publish(watcher.sessions, "7", TEA)
    watcher.channel.metrics["7"] = {"likes": 1}
    assert watcher.take(3 * DAY) == {"looked": 1}
    assert watcher.next_look(id) == 4 * DAY
    assert watcher.take(60 * DAY) == {"looked": 1}
    assert watcher.next_look(id) is None and len(watcher.snapshots()) == 2


def test_a_metric_that_is_not_there_is_absent(watcher: Watcher) -> None:
    publish(watcher.sessions, "7", TEA)
    publish(watcher.sessions, "8", TEA)
    watcher.channel.metrics["7"] = {"likes": 0}
    assert watcher.take(HOUR) == {"looked": 2}
    assert watcher.snapshots() == [("likes", 0, HOUR)]


def test_channels_are_asked_for_as_many_at_once_as_they_allow(watcher: Watcher) -> None:
    for number in range(5):
        publish(watcher.sessions, str(number), TEA)
    watcher.take(HOUR)
    assert sorted(map(len, watcher.channel.asked)) == [1, 2, 2]


def test_a_channel_that_is_away_is_asked_later_and_nothing_is_kept_for_it(watcher: Watcher) -> None:
    ids = [publish(watcher.sessions, str(number), TEA) for number in range(5)]
    watcher.channel.fails = Unavailable(because("wait"), HOUR)
    assert watcher.take(HOUR) == {"later": 5}
    assert len(watcher.channel.asked) == 1 and [watcher.next_look(id) for id in ids] == [2 * HOUR] * 5
    assert watcher.snapshots() == [] and list(watcher.troubles) == ["fake"]


def test_what_we_took_down_ourselves_is_counted_no_more(watcher: Watcher) -> None:
    id = publish(watcher.sessions, "7", TEA)
    with watcher.sessions.begin() as session:
        session.add(delivery("gone", verb=Verb.DELETE, state="sent", base_id=id))
    watcher.channel.metrics["7"] = {"likes": 1}
    assert watcher.take(HOUR) == {}
    assert watcher.next_look(id) is None and watcher.snapshots() == []


def test_a_closed_channel_is_no_trouble_and_our_own_counts_go_on(watcher: Watcher) -> None:
    publish(watcher.sessions, "7", TEA)
    watcher.link("abc", 1)
    watcher.visit(VisitKind.CLICK, "abc", 3)
    watcher.channel.fails = Refused(because("switched off", code="switched_off"))
    assert watcher.take(2 * HOUR) == {"looked": 1}
    assert watcher.troubles == {} and watcher.facts() == [("clicks", 3, "measured")]


# Our own counts.


def test_clicks_are_counted_by_us_for_every_channel(watcher: Watcher) -> None:
    publish(watcher.sessions, "7", TEA)
    publish(watcher.sessions, "8", TEA)
    watcher.channel.metrics["7"] = {"likes": 1}
    watcher.link("abc", 1)
    watcher.link("else", 1, "another")
    watcher.visit(VisitKind.CLICK, "abc", 3)
    watcher.visit(VisitKind.CLICK, "abc", 9, robot=True)
    watcher.visit(VisitKind.CLICK, "else", 5)
    watcher.take(2 * HOUR)
    assert watcher.facts() == [("clicks", 3, "measured"), ("likes", 1, "fake")]


def test_nobody_came_is_known_and_no_link_is_not(watcher: Watcher) -> None:
    publish(watcher.sessions, "7", TEA)
    publish(watcher.sessions, "8", TEA)
    watcher.link("abc", 1)
    watcher.visit(VisitKind.FRONT, "", 1)
    watcher.take(HOUR)
    assert watcher.facts() == [("clicks", 0, "measured")]


def test_where_nobody_was_ever_counted_nothing_is_known(watcher: Watcher) -> None:
    publish(watcher.sessions, "7", TEA)
    watcher.link("abc", 1)
    watcher.take(HOUR)
    assert watcher.facts() == []


def test_pages_of_our_own_are_counted_by_us(watcher: Watcher) -> None:
    publish(watcher.sessions, "page-1", TEA)
    publish(watcher.sessions, "page-2", TEA)
    watcher.channel.fails = Unsupported(because("counted here", code="counted_by_us"))
    watcher.visit(VisitKind.VIEW, "page-1", 12)
    watcher.visit(VisitKind.VIEW, "page-1", 2, at=2 * HOUR)
    watcher.visit(VisitKind.VIEW, "page-2", 7, robot=True)
    watcher.take(3 * HOUR)
    assert sorted(watcher.facts()) == [("views", 0, "measured"), ("views", 14, "measured")]


def test_clicks_of_a_repeated_publication_are_not_counted_twice(watcher: Watcher) -> None:
    first = publish(watcher.sessions, "7", TEA)
    with watcher.sessions.begin() as session:
        session.add(delivery("again", at=NOW + DAY, subject_id="1", state="sent", remote_id="8", sent_at=NOW + DAY))
    watcher.link("abc", 1)
    watcher.visit(VisitKind.CLICK, "abc", 3)
    watcher.visit(VisitKind.CLICK, "abc", 5, at=DAY + HOUR)
    watcher.take(DAY + 2 * HOUR)
    clicks = {one.delivery_id: one.value for one in watcher.all(Snapshot)}
    assert clicks == {first: 3, first + 1: 5}


# Comments.


def ask(watcher: Watcher, text: str, id: str = "c1", at: timedelta = HOUR, **more: Any) -> Remark:
    remark = Remark(id, "7", text, NOW + at, "501", **more)
    watcher.channel.remarks.setdefault("7", []).append(remark)
    return remark


def test_a_question_gets_a_deadline_and_is_told_to_the_author_once(watcher: Watcher) -> None:
    publish(watcher.sessions, "7", TEA)
    ask(watcher, "Is there any oolong?")
    ask(watcher, "Lovely!", "c2")
    assert watcher.take(2 * HOUR)["asked"] == 1
    assert watcher.take(3 * HOUR)["asked"] == 0
    question, praise = watcher.all(Comment)
    assert (question.question, question.answer_by, question.author_key) == (True, NOW + 5 * HOUR, "501")
    assert (praise.question, praise.answer_by) == (False, None)
    [letter] = watcher.all(Notice)
    assert (
        letter.person == "olga" and "Is there any oolong?" in letter.body and "answer by 23.11 14:00" in letter.subject
    )


def test_a_complaint_has_less_time(watcher: Watcher) -> None:
    publish(watcher.sessions, "7", TEA)
    ask(watcher, "Awful, never again")
    watcher.take(2 * HOUR)
    [complaint] = watcher.all(Comment)
    assert complaint.answer_by == NOW + 2 * HOUR
    assert watcher.all(Notice)[0].subject.startswith("A complaint under “Tea”, Square")


def test_our_answer_is_measured_and_is_no_comment(watcher: Watcher) -> None:
    publish(watcher.sessions, "7", TEA)
    ask(watcher, "Is there any oolong?")
    watcher.take(2 * HOUR)
    ask(watcher, "Yes, there is!", "c2", 2.5 * HOUR, ours=True)
    assert watcher.take(3 * HOUR)["answered"] == 1
    assert watcher.take(6 * HOUR)["answered"] == 0
    assert [one.answered_at for one in watcher.all(Comment)] == [NOW + 2.5 * HOUR]
    assert watcher.facts() == [("answered", 1, "fake"), ("answer_time", 5400, "fake")]


def test_no_comment_is_asked_for_where_there_is_none(watcher: Watcher) -> None:
    publish(watcher.sessions, "7", TEA)
    ask(watcher, "Is there any oolong?")
    watcher.channel.metrics["7"] = {"comments": 0}
    watcher.take(HOUR)
    assert watcher.all(Comment) == []


def test_who_waits_too_long_is_told_once_to_the_author_and_the_approver(watcher: Watcher) -> None:
    publish(watcher.sessions, "7", TEA)
    ask(watcher, "Is there any oolong?")
    watcher.take(2 * HOUR)
    for hours in (4, 6, 7):
        watcher.clock.at = NOW + hours * HOUR
        watcher.reactions().remind(["fake"])
    late = [one.person for one in watcher.all(Notice) if one.key.startswith("late")]
    assert late == ["marina", "olga"]


def test_nobody_is_reminded_where_our_answer_would_not_be_seen(watcher: Watcher) -> None:
    publish(watcher.sessions, "7", TEA)
    ask(watcher, "Is there any oolong?")
    watcher.take(2 * HOUR)
    watcher.channel = Square(comments=False)
    watcher.clock.at = NOW + DAY
    watcher.reactions().remind(["fake"])
    assert len(watcher.all(Notice)) == 1


# What stands out.


def usual(watcher: Watcher, views: Sequence[int]) -> None:
    """Publications of the days before, with their views after a day."""
    for number, value in enumerate(views):
        sent = NOW - timedelta(days=10 + number)
        id = publish(watcher.sessions, f"old{number}", TEA, sent_at=sent)
        with watcher.sessions.begin() as session:
            session.add(Snapshot(delivery_id=id, metric="views", value=value, taken_at=sent + DAY))
            session.add(Watch(delivery_id=id))


def test_what_stands_out_is_told_to_the_author_once(watcher: Watcher) -> None:
    usual(watcher, [90, 95, 100, 100, 105, 110, 120, 130])
    publish(watcher.sessions, "7", TEA)
    watcher.channel.metrics["7"] = {"views": 900}
    assert watcher.take(DAY)["anomalies"] == 1
    assert watcher.take(DAY + 6 * HOUR)["anomalies"] == 0
    [letter] = watcher.all(Notice)
    assert (letter.person, letter.subject) == ("olga", "Stands out: “Tea”, Square") and "900" in letter.body


def test_a_fall_is_told(watcher: Watcher) -> None:
    publish(watcher.sessions, "7", TEA)
    watcher.channel.metrics["7"] = {"reach_total": 300}
    watcher.take(HOUR)
    watcher.channel.metrics["7"] = {"reach_total": 20}
    assert watcher.take(3 * HOUR)["anomalies"] == 1
    assert "fell from 300 to 20" in watcher.all(Notice)[0].body


def test_a_piece_without_an_author_is_the_approvers(watcher: Watcher) -> None:
    publish(watcher.sessions, "7", TEA, author="")
    ask(watcher, "Is there any oolong?")
    watcher.take(2 * HOUR)
    assert [letter.person for letter in watcher.all(Notice)] == ["marina"]


# The audience.


def test_members_are_counted_every_few_hours(watcher: Watcher) -> None:
    for hours, members in ((0, 100), (3, 110), (6, 120), (13, 130)):
        watcher.clock.at, watcher.channel.members = NOW + hours * HOUR, members
        watcher.reactions().count_audience(["fake"])
    counted = [(one.metric, one.value) for one in watcher.all(AudienceSnapshot)]
    assert counted == [("members", 100), ("members", 120), ("members", 130)]
    assert watcher.facts() == [("members", 100, "fake"), ("members", 120, "fake"), ("members", 130, "fake")]


def test_members_are_counted_again_when_somebody_came(watcher: Watcher) -> None:
    watcher.reactions().count_audience(["fake"])
    with watcher.sessions.begin() as session:
        session.add(AudienceSnapshot(account="fake", metric="joined", value=1, taken_at=NOW + MINUTE))
    watcher.clock.at = NOW + 2 * MINUTE
    watcher.reactions().count_audience(["fake"])
    watcher.reactions().count_audience(["fake"])
    assert [one.metric for one in watcher.all(AudienceSnapshot)] == ["members", "joined", "members"]


# Interruptions.


def test_a_run_that_dies_before_it_writes_is_done_again_and_doubles_nothing(watcher: Watcher) -> None:
    publish(watcher.sessions, "7", TEA)
    watcher.channel.metrics["7"] = {"likes": 1}

    class Killed(Exception):
        pass

    reactions, watcher.clock.at = watcher.reactions(), NOW + HOUR
    reactions._keep_said = lambda session, said: (_ for _ in ()).throw(Killed)  # type: ignore[method-assign, assignment]
    with pytest.raises(Killed):
        reactions.take()
    assert watcher.snapshots() == [] and watcher.facts() == []
    assert watcher.take(HOUR) == {}
    assert watcher.take(HOUR + 15 * MINUTE) == {"looked": 1}
    assert len(watcher.snapshots()) == len(watcher.facts()) == 1
