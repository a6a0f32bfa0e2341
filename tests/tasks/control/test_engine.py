"""What is live against what was approved, on both databases: observed and asked about, never repaired by itself."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from integrations.channels.base import Live, Presence
from integrations.errors import Refused, Unavailable, Unsupported
from models.content import PlanRow
from models.database import SetClock
from models.delivery import Delivery, State, Verb
from models.orders import Answer as Done
from models.post import Post
from models.reaction import Check, Notice, TrackedLink, Watch
from models.reason import because
from models.registry import Fact
from models.schedule import Recurrence
from tasks.control import rows
from tasks.control.compare import Answer, Kind
from tasks.control.engine import Control
from tasks.control.rows import Look
from tasks.delivery.engine import Engine
from tasks.posting.layout import Rhythm, times
from tasks.posting.rows import Placement, lay_out, posts, times_of
from tasks.watching.engine import Asker
from tasks.watching.letter import Letter
from tests.fakes import NOW, QUICK_TERMS, FakeChannel
from tests.house import publish

Sessions = sessionmaker[Session]
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TEA = Post(text="Tea of the day: oolong")


class Seen(FakeChannel):
    """Shows what the test says: `shows[remote_id]` is a text, a Live, or what is raised instead."""

    def __init__(self, **capable: Any) -> None:
        super().__init__(**capable)
        self.shows: dict[str, Any] = {}
        self.looked: Counter[str] = Counter()

    def observe(self, remote_id: str, detail: dict[str, Any]) -> Live:
        self.looked[remote_id] += 1
        shown = self.shows.get(remote_id, TEA.text)
        if isinstance(shown, BaseException):
            raise shown
        return shown if isinstance(shown, Live) else Live(Presence.LIVE, text=shown)


class Desk:
    """The channel, the clock and the questions of one test."""

    def __init__(self, sessions: Sessions) -> None:
        self.sessions, self.clock, self.channel = sessions, SetClock(NOW), Seen()
        self.opens: Callable[[str], object] = lambda url: None
        self.opened: Counter[str] = Counter()

    def look(self, after: timedelta = timedelta()) -> Counter[str]:
        self.clock.at += after
        asker = Asker(lambda account: self.channel, wait=lambda seconds: None)
        self.control = Control(self.sessions, self.clock, asker, self._open, self._letters, self._blind, "https://o.ur")
        return +self.control.run()

    def _open(self, url: str) -> object:
        self.opened[url] += 1
        return self.opens(url)

    def _letters(self, check_id: int, look: Look) -> list[Letter]:
        return [Letter(f"difference:{check_id}", "marina", "?", "\n".join(str(d.reason) for d in look.differences))]

    def _blind(self, account: str, why: Any) -> list[Letter]:
        return [Letter(f"blind:{account}", "gleb", "blind", str(why))]

    def decide(self, check_id: int, answer: Answer) -> Done:
        with self.sessions.begin() as session:
            return rows.decide_difference(session, self.clock, check_id, answer, "marina")

    def all(self, table: type[Any]) -> list[Any]:
        with self.sessions() as session:
            return list(session.execute(select(table).order_by(table.id)).scalars())

    def checks(self) -> list[tuple[str, list[str]]]:
        return [(check.state, [finding["kind"] for finding in check.findings]) for check in self.all(Check)]

    def delivery(self, id: int) -> Delivery:
        with self.sessions() as session:
            found = session.get(Delivery, id)
            assert found
            return found

    def next_look(self, id: int) -> timedelta | None:
        with self.sessions() as session:
            watch = session.get(Watch, id)
            assert watch
            return watch.check_at and watch.check_at - NOW

    def facts(self) -> Counter[str]:
        return Counter(f"{fact.metric} {fact.value}" for fact in self.all(Fact))


@pytest.fixture
def desk(sessions: Sessions) -> Desk:
    return Desk(sessions)


def test_what_stands_as_approved_is_confirmed_and_looked_at_ever_more_seldom(desk: Desk) -> None:
    id = publish(desk.sessions, "7", TEA)
    assert desk.look(MINUTE) == {"seen": 1}
    assert desk.delivery(id).state == State.CONFIRMED
    assert desk.next_look(id) == HOUR
    assert desk.look() == {}
    desk.look(HOUR)
    assert desk.next_look(id) == DAY
    assert desk.checks() == [] and desk.facts() == {"checked 1": 2, "correct 1": 2}


def test_a_night_without_looks_is_made_up_by_one(desk: Desk) -> None:
    id = publish(desk.sessions, "7", TEA)
    assert desk.look(8 * DAY) == {"seen": 1}
    assert desk.next_look(id) == 14 * DAY


def test_a_persons_edit_is_asked_about_once_and_nothing_is_changed(desk: Desk) -> None:
    id = publish(desk.sessions, "7", TEA)
    desk.channel.shows["7"] = "Tea of the day: green"
    assert desk.look(MINUTE)["asked"] == 1
    assert desk.delivery(id).state == State.SENT
    assert desk.look(HOUR)["asked"] == 0
    assert desk.checks() == [("open", [Kind.TEXT])]
    [letter] = desk.all(Notice)
    assert letter.person == "marina" and "oolong" in letter.body and "green" in letter.body
    assert [row.verb for row in desk.all(Delivery)] == [Verb.PUBLISH, Verb.PUBLISH]  # the placement and the letter
    assert desk.facts() == {"checked 1": 2, "correct 0": 2}


def test_another_difference_takes_the_place_of_the_former(desk: Desk) -> None:
    publish(desk.sessions, "7", TEA)
    desk.channel.shows["7"] = "Tea of the day: green"
    desk.look(MINUTE)
    desk.channel.shows["7"] = "Tea of the day: black"
    desk.look(HOUR)
    assert [state for state, _ in desk.checks()] == ["over", "open"]


def test_a_difference_that_was_mended_by_hand_is_over(desk: Desk) -> None:
    id = publish(desk.sessions, "7", TEA)
    desk.channel.shows["7"] = Live(Presence.GONE)
    desk.look(MINUTE)
    assert desk.checks() == [("open", [Kind.GONE])]
    desk.channel.shows["7"] = TEA.text
    desk.look(HOUR)
    assert desk.checks() == [("over", [Kind.GONE])]
    assert desk.delivery(id).state == State.CONFIRMED
    assert desk.decide(1, Answer.TAKE_DOWN) is Done.TOO_LATE


def test_what_was_accepted_is_right_and_not_asked_about_again(desk: Desk) -> None:
    id = publish(desk.sessions, "7", TEA)
    desk.channel.shows["7"] = "Tea of the day: green"
    desk.look(MINUTE)
    assert desk.decide(1, Answer.ACCEPT) is Done.DONE
    assert desk.decide(1, Answer.RESTORE) is Done.TOO_LATE
    assert desk.look(HOUR)["asked"] == 0
    assert desk.delivery(id).state == State.CONFIRMED
    desk.channel.shows["7"] = "Tea of the day: black"
    assert desk.look(DAY)["asked"] == 1
    assert [state for state, _ in desk.checks()] == ["accept", "open"]


def test_a_decision_about_nothing_changes_nothing(desk: Desk) -> None:
    assert desk.decide(99, Answer.RESTORE) is Done.ABSENT
    assert desk.all(Delivery) == []


def carry_out(desk: Desk) -> None:
    """Let the delivery mechanism do what was ordered."""
    loader = lambda session, claims: posts(session, claims)  # noqa: E731
    Engine(desk.sessions, desk.clock, lambda account: desk.channel, loader, "placement", "w", terms=QUICK_TERMS).run()


def test_restoring_is_an_edit_of_what_was_approved(desk: Desk) -> None:
    id = publish(desk.sessions, "7", TEA)
    desk.channel.shows["7"] = "Tea of the day: green"
    desk.look(MINUTE)
    assert desk.decide(1, Answer.RESTORE) is Done.DONE
    [edit] = [row for row in desk.all(Delivery) if row.verb == Verb.EDIT]
    base = desk.delivery(id)
    assert (edit.base_id, edit.key, edit.kind) == (id, f"{base.key}:edit:check1", "placement")
    assert edit.approved_hash == edit.content_hash == TEA.content_hash() and edit.content_id == base.content_id
    looked = desk.channel.looked["7"]
    assert desk.look(rows.SOON) == {} and desk.channel.looked["7"] == looked  # on its way: not compared
    carry_out(desk)
    assert desk.channel.texts() == [TEA.text]
    desk.channel.shows["7"] = TEA.text
    assert desk.look(10 * MINUTE) == {"seen": 1}
    assert desk.checks() == [("restore", [Kind.TEXT])]


def test_the_same_hand_after_a_restoration_is_asked_about_anew(desk: Desk) -> None:
    publish(desk.sessions, "7", TEA)
    desk.channel.shows["7"] = "Tea of the day: green"
    desk.look(MINUTE)
    desk.decide(1, Answer.RESTORE)
    carry_out(desk)
    assert desk.look(10 * MINUTE)["asked"] == 1
    assert desk.decide(2, Answer.RESTORE) is Done.DONE
    assert len([row for row in desk.all(Delivery) if row.verb == Verb.EDIT]) == 2


def test_taking_down_is_a_removal_and_the_end_of_watching(desk: Desk) -> None:
    id = publish(desk.sessions, "7", TEA)
    desk.channel.shows["7"] = "Tea of the day: green"
    desk.look(MINUTE)
    desk.decide(1, Answer.TAKE_DOWN)
    [removal] = [row for row in desk.all(Delivery) if row.verb == Verb.DELETE]
    assert (removal.base_id, removal.heeds_quiet_hours) == (id, False)
    carry_out(desk)
    looked = desk.channel.looked["7"]
    desk.look(rows.SOON)
    assert desk.next_look(id) is None and desk.channel.looked["7"] == looked


def test_what_is_gone_is_restored_as_a_publication_of_its_own(desk: Desk) -> None:
    id = publish(desk.sessions, "7", TEA)
    desk.channel.shows["7"] = Live(Presence.GONE)
    desk.look(MINUTE)
    desk.decide(1, Answer.RESTORE)
    again = desk.all(Delivery)[-1]
    assert (again.verb, again.base_id, again.approved_hash) == (Verb.PUBLISH, None, TEA.content_hash())
    assert again.key.endswith(":fake:-1")  # on no grid of the plan
    assert desk.next_look(id) is None
    carry_out(desk)
    desk.look(MINUTE)
    assert desk.next_look(again.id) is not None


def test_the_plan_laid_out_anew_leaves_a_restored_publication_alone(desk: Desk) -> None:
    publish(desk.sessions, "7", TEA)
    desk.channel.shows["7"] = Live(Presence.GONE)
    desk.look(MINUTE)
    desk.decide(1, Answer.RESTORE)
    row, rhythm = PlanRow(on=NOW.date(), at=NOW.time(), repeat=Recurrence(rule="day", times=3)), Rhythm("UTC")
    with desk.sessions.begin() as session:
        given = times_of(session, [1])[1, "fake"]
        wanted = [Placement(1, "fake", 1, TEA.content_hash(), time) for time in times(row, rhythm, NOW, given, [])]
        assert lay_out(session, desk.clock, wanted, [1]) == {"new": 2, "moved": 0, "changed": 0, "gone": 0}
    assert [r.state for r in desk.all(Delivery) if r.key.endswith(":-1")] == [State.PLANNED]


def test_of_two_who_decide_at_once_one_is_told_that_it_is_too_late(desk: Desk) -> None:
    publish(desk.sessions, "7", TEA)
    desk.channel.shows["7"] = "Tea of the day: green"
    desk.look(MINUTE)
    done: list[Done] = []
    start = Barrier(2)

    def decide(answer: Answer) -> None:
        start.wait()
        done.append(desk.decide(1, answer))

    threads = [Thread(target=decide, args=(answer,)) for answer in (Answer.RESTORE, Answer.TAKE_DOWN)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [Done.DONE, Done.TOO_LATE]
    assert len([row for row in desk.all(Delivery) if row.base_id]) == 1


def test_a_channel_that_shows_nothing_is_told_once_and_not_checked(desk: Desk) -> None:
    ids = [publish(desk.sessions, remote_id, TEA) for remote_id in ("7", "8")]
    desk.channel.shows = dict.fromkeys(("7", "8"), Unsupported(because("Telegram shows nothing.")))
    assert desk.look(MINUTE) == {}
    assert [desk.next_look(id) for id in ids] == [None, None]
    assert [desk.delivery(id).state for id in ids] == [State.SENT, State.SENT]
    assert [(n.person, n.body) for n in desk.all(Notice)] == [("gleb", "Telegram shows nothing.")]
    assert desk.facts() == {}


def test_a_channel_that_is_away_is_asked_once_in_a_run_and_again_later(desk: Desk) -> None:
    ids = [publish(desk.sessions, remote_id, TEA) for remote_id in ("7", "8")]
    desk.channel.shows = dict.fromkeys(("7", "8"), Unavailable(because("wait"), timedelta(minutes=30)))
    assert desk.look(MINUTE) == {"later": 2}
    assert sum(desk.channel.looked.values()) == 1
    assert [desk.next_look(id) for id in ids] == [31 * MINUTE, 31 * MINUTE]
    assert desk.checks() == [] and desk.facts() == {}
    assert [str(reason) for reason in desk.control.troubles.values()] == ["wait"]


def test_a_channel_that_the_company_has_closed_is_no_trouble(desk: Desk) -> None:
    id = publish(desk.sessions, "7", TEA)
    desk.channel.shows["7"] = Refused(because("switched off", code="switched_off"))
    assert desk.look(MINUTE) == {} and desk.control.troubles == {}
    assert desk.next_look(id) == DAY + MINUTE


def test_one_refused_look_does_not_keep_the_others(desk: Desk) -> None:
    publish(desk.sessions, "7", TEA)
    publish(desk.sessions, "8", TEA)
    desk.channel.shows["7"] = Refused(because("no such number"))
    assert desk.look(MINUTE) == {"seen": 1, "later": 1}


def test_a_link_that_does_not_open_is_a_difference_and_is_opened_once_in_a_run(desk: Desk) -> None:
    post = Post(text="Tea https://shop.example/tea and https://o.ur/l/abc")
    for remote_id in ("7", "8"):
        publish(desk.sessions, remote_id, post)
        desk.channel.shows[remote_id] = post.text
    with desk.sessions.begin() as session:
        session.add(TrackedLink(code="abc", url="https://shop.example/cup", piece_id=1, account="fake", made_at=NOW))

    def opens(url: str) -> None:
        if url.endswith("/cup"):
            raise Refused(because("gone", code="status_404", status=404))

    desk.opens = opens
    assert desk.look(MINUTE)["asked"] == 2
    assert desk.opened == {"https://shop.example/tea": 1, "https://shop.example/cup": 1}
    assert desk.checks() == [("open", [Kind.DEAD_LINK])] * 2
    desk.opens = lambda url: None
    desk.look(HOUR)
    assert [state for state, _ in desk.checks()] == ["over", "over"]


def test_an_accepted_text_does_not_hide_a_link_that_dies_later(desk: Desk) -> None:
    post = Post(text="Tea https://shop.example/tea")
    publish(desk.sessions, "7", post)
    desk.channel.shows["7"] = "Green tea https://shop.example/tea"
    desk.look(MINUTE)
    desk.decide(1, Answer.ACCEPT)

    def gone(url: str) -> None:
        raise Refused(because("gone", code="status_410", status=410))

    desk.opens = gone
    assert desk.look(HOUR)["asked"] == 1


def test_a_run_that_dies_before_it_writes_is_done_again(desk: Desk) -> None:
    publish(desk.sessions, "7", TEA)
    desk.channel.shows["7"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        desk.look(MINUTE)
    assert desk.facts() == {} and desk.checks() == []
    desk.channel.shows["7"] = "Tea of the day: green"
    assert desk.look(10 * MINUTE)["asked"] == 1
    assert len(desk.all(Check)) == 1 and desk.facts() == {"checked 1": 1, "correct 0": 1}
