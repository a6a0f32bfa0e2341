"""Letters on their way out: each once, none without consent at that moment, none lost."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlmodel import col

from integrations.errors import Unavailable
from models.customers import Address, Customer, Suppression
from models.database import SetClock, writing
from models.delivery import State
from models.letters import Answer, Ground, Holds, Letter
from models.mailers import WarmUp
from models.mailings import TRANSITIONS, Mailing, MailLane, MailPace, Message, Stage
from models.reason import because
from models.stop import Scope, StopOrder
from tasks.mailing import rows
from tasks.mailing.jobs import Going, Landed, Terms
from tests.fakes import NOW
from tests.tasks.mailing.department import A_DAY, CARD, letters, mailing, people, render, send, sender, states
from tests.tasks.mailing.fake_mailer import FakeLine, FakeMailer, taken

LATER = because("not now", code="450 4.2.1")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def sessions(database: Engine) -> sessionmaker[Session]:
    return sessionmaker(database, expire_on_commit=False)


def prepared(sessions: sessionmaker[Session], number: int = 120, **fields: Any) -> None:
    with sessions.begin() as session:
        people(session, number)
        mailing(session, **fields)
        letters(session, range(1, number + 1))


def iter_of_seconds() -> Callable[[], datetime]:
    """A clock that goes on by a second whenever it is asked: every turn looks anew."""
    told = count()
    return lambda: NOW + timedelta(seconds=next(told))


def going(session: Session) -> Going:
    return rows.going(session, "post")[0]


def letter(session: Session, customer: int) -> Message:
    return session.execute(select(Message).where(col(Message.customer_id) == customer)).scalar_one()


def test_each_letter_goes_once_and_the_ledger_says_so(database: Engine, sessions: Any, clock: SetClock) -> None:
    prepared(sessions)
    mailer = FakeMailer()
    tally = send(database, mailer, clock)
    assert tally.sent == 120 and tally.is_over
    assert sorted(one.to for one in mailer.got) == sorted(f"c{id}@example.org" for id in range(1, 121))
    assert len({one.key for one in mailer.got}) == 120
    assert {one.values for one in mailer.got if one.to == "c7@example.org"} == {("Name 7",)}
    assert send(database, mailer, clock).sent == 0 and len(mailer.got) == 120
    with sessions() as session:
        sent = letter(session, 7)
        assert (sent.state, sent.remote_id, sent.attempts) == (State.SENT, f"q{sent.id}", 1)
        assert sent.sent_at == NOW and sent.settled_at == NOW


def test_no_more_are_in_the_air_than_there_are_connections(database: Engine, sessions: Any, clock: SetClock) -> None:
    prepared(sessions)
    seen: list[int] = []

    def before(some: Sequence[Letter]) -> None:
        with sessions() as session:
            seen.append(states(session).get(State.INTENT, 0))

    send(database, FakeMailer(before=before, connections=7), clock)
    assert max(seen) == 7 and min(seen) >= 1


# Who may be written to at that moment.


def test_a_list_of_many_domains_is_sent_whole_and_fills_no_memory(
    database: Engine, sessions: Any, clock: SetClock
) -> None:
    """A heap of letters for each of them would be the whole list."""
    domains, of_each, room = 30, 45, 600
    with sessions.begin() as session:
        mailing(session)
        for n in range(domains):
            first = n * of_each + 1
            people(session, of_each, first, domain=f"d{n}.example")
            letters(session, range(first, first + of_each), domain=f"d{n}.example")
    kept: list[int] = []
    mailer = FakeMailer(before=lambda _: kept.append(len(sending.shelf)))
    sending = sender(database, mailer, clock)
    sending.shelf.room = room
    assert sending.run(A_DAY).sent == domains * of_each == len({one.id for one in mailer.got})
    assert room / 2 < max(kept) <= room


def test_whoever_withdraws_while_it_goes_gets_none(database: Engine, sessions: Any, clock: SetClock) -> None:
    prepared(sessions)

    def withdraw(some: Sequence[Letter]) -> None:
        with sessions.begin() as session:
            session.execute(update(Address).where(col(Address.customer_id) > 100).values(open=False))

    mailer = FakeMailer(before=withdraw)
    tally = send(database, mailer, clock)
    assert tally.sent == 100 and tally.states[State.CANCELLED] == 20
    assert not {f"c{id}@example.org" for id in range(101, 121)} & {one.to for one in mailer.got}
    with sessions() as session:
        assert letter(session, 110).why == "no_consent"


def test_whoever_was_erased_or_has_no_such_address_gets_none(database: Engine, sessions: Any, clock: SetClock) -> None:
    prepared(sessions, 3)
    with sessions.begin() as session:
        session.execute(delete(Address).where(col(Address.customer_id) == 2))
        session.execute(delete(Customer).where(col(Customer.id) == 2))
    mailer = FakeMailer()
    assert send(database, mailer, clock).sent == 2
    with sessions() as session:
        assert (letter(session, 2).state, letter(session, 2).why) == (State.CANCELLED, "no_address")


def test_whoever_has_moved_gets_it_at_the_new_address(database: Engine, sessions: Any, clock: SetClock) -> None:
    prepared(sessions, 60)

    def move(some: Sequence[Letter]) -> None:
        with sessions.begin() as session:
            of = update(Address).where(col(Address.customer_id) == 60)
            session.execute(of.values(written="new@example.org", value="new@example.org", print="print new"))

    mailer = FakeMailer(before=move)
    assert send(database, mailer, clock).sent == 60
    assert [one.to for one in mailer.got if one.to.startswith(("new", "c60@"))] == ["new@example.org"]


def test_a_service_letter_needs_no_consent_but_heeds_the_stop_list(
    database: Engine, sessions: Any, clock: SetClock
) -> None:
    with sessions.begin() as session:
        people(session, 3, opened=False)
        mailing(session, ground=Ground.SERVICE)
        letters(session, [1, 2, 3])
        session.add(Suppression(kind="email", print="print 2", why="by_hand", since=NOW))
        session.add(Suppression(kind="email", print="print 3", why="by_hand", since=NOW, lifted_at=NOW))
    mailer = FakeMailer()
    send(database, mailer, clock)
    assert {one.to for one in mailer.got} == {"c1@example.org", "c3@example.org"}


# Held back, paused, stopped.


def test_a_letter_that_cannot_be_written_is_held_and_the_others_go(
    database: Engine, sessions: Any, clock: SetClock
) -> None:
    prepared(sessions, 5)

    def holed(going: Any, due: Any) -> Any:
        written = list(render(going, due))
        return [because("no name", code="no_value") if one[0].customer_id == 3 else letter
                for one, letter in zip(due, written, strict=True)]  # fmt: skip

    tally = send(database, FakeMailer(), clock, render=holed)
    assert (tally.sent, tally.states[State.HELD]) == (4, 1)
    with sessions() as session:
        assert (letter(session, 3).state, letter(session, 3).why) == (State.HELD, "no_value")


def paused(sessions: Any) -> None:
    with sessions.begin() as session:
        session.execute(update(Mailing).values(stage=Stage.PAUSED))


def stopped(sessions: Any) -> None:
    with sessions.begin() as session:
        session.add(StopOrder(scope=Scope.CAMPAIGN, scope_key="tea", pulled_by="maria", pulled_at=NOW))


@pytest.mark.parametrize("how", [paused, stopped])
def test_it_holds_within_one_window_and_goes_on_where_it_stood(
    database: Engine, sessions: Any, clock: SetClock, how: Callable[[Any], None]
) -> None:
    prepared(sessions, campaign="tea")
    held: list[int] = []

    def hold(some: Sequence[Letter]) -> None:
        if not held:
            how(sessions)
        held.append(len(some))

    mailer = FakeMailer(before=hold, connections=10)
    assert send(database, mailer, clock).sent == 10
    assert held == [10]
    with sessions.begin() as session:
        session.execute(update(Mailing).values(stage=Stage.SENDING))
        session.execute(update(StopOrder).values(released_at=NOW))
    mailer.before = lambda some: None
    assert send(database, mailer, clock).sent == 110
    assert len({one.id for one in mailer.got}) == len(mailer.got) == 120


def test_a_version_that_changed_meanwhile_is_written_anew(database: Engine, sessions: Any, clock: SetClock) -> None:
    prepared(sessions, 30)
    seen: list[str] = []

    def change(some: Sequence[Letter]) -> None:
        with sessions.begin() as session:
            session.execute(update(Mailing).values(approved_hash="other"))

    def noted(going: Any, due: Any) -> Any:
        seen.append(going.approved_hash)
        return render(going, due)

    mailer = FakeMailer(before=change, connections=10)
    assert send(database, mailer, clock, render=noted).sent == 30
    assert seen[0] == "hash 1" and seen[-1] == "other" and len(mailer.got) == 30


def test_what_is_waited_for_goes_before_a_thousand_others(database: Engine, sessions: Any, clock: SetClock) -> None:
    prepared(sessions, 100)
    with sessions.begin() as session:
        mailing(session, id=2, ground=Ground.SERVICE, standing=True, priority=0)
        letters(session, [5], mailing=2)
    mailer = FakeMailer(connections=10)
    send(database, mailer, clock)
    assert mailer.got[0].to == "c5@example.org" and len(mailer.got) == 101


def test_who_may_be_written_to_is_cancelled_for_nothing_that_concerned_their_mailing(
    sessions: Any, clock: SetClock
) -> None:
    """Paused when the intents were asked for and going on a moment later: nobody of them has withdrawn."""
    prepared(sessions, 3)
    with sessions.begin() as session:
        session.execute(update(Address).where(col(Address.customer_id) == 2).values(open=False))
        session.add(Suppression(kind="email", print="print 3", why="by_hand", since=NOW))
        session.flush()
        of = {one.id or 0: one.customer_id for one in session.execute(select(Message)).scalars()}
        mine = [(id, f"print {customer}") for id, customer in of.items()]
        assert [of[id] for id in rows.turned_away(session, Ground.ADVERTISING, mine)] == [2]
        assert [of[id] for id in rows.turned_away(session, Ground.SERVICE, mine)] == [3]


# No, not now, don't know.


def answering(answer: Callable[[Letter], Answer], only: str = "c1@example.org") -> Callable[[Letter, int], Answer]:
    return lambda letter, time: answer(letter) if letter.to == only and not time else taken(letter, time)


def test_not_now_is_tried_again_later_under_the_same_key(database: Engine, sessions: Any, clock: SetClock) -> None:
    prepared(sessions, 3)
    mailer = FakeMailer(verdict=answering(lambda one: Answer(one.id, State.PLANNED, reason=LATER)))
    assert send(database, mailer, clock).sent == 2
    with sessions() as session:
        waiting = letter(session, 1)
        assert (waiting.state, waiting.attempts, waiting.why) == (State.PLANNED, 1, "450 4.2.1")
        assert waiting.due_at > NOW
        clock.at = waiting.due_at
    assert send(database, mailer, clock).sent == 1
    assert len({one.key for one in mailer.got if one.to == "c1@example.org"}) == 1


def test_after_two_days_of_not_now_it_is_given_up(database: Engine, sessions: Any, clock: SetClock) -> None:
    prepared(sessions, 1)
    mailer = FakeMailer(verdict=lambda one, time: Answer(one.id, State.PLANNED, reason=LATER))
    for _ in range(20):
        send(database, mailer, clock)
        with sessions() as session:
            clock.at = max(clock.at, letter(session, 1).due_at)
    assert timedelta(days=1) < clock.at - NOW < timedelta(days=3)
    with sessions() as session:
        assert (letter(session, 1).state, letter(session, 1).why) == (State.REJECTED, "given_up 450 4.2.1")


def test_a_rare_domain_that_never_takes_it_is_given_up_too(database: Engine, sessions: Any, clock: SetClock) -> None:
    """Nobody counts such a domain, so it cannot rest: its letters wait one by one, and their mailing ends."""
    prepared(sessions, 1)
    said = Answer(0, State.PLANNED, reason=LATER, holds=Holds.DOMAIN)
    mailer = FakeMailer(verdict=lambda one, time: replace(said, id=one.id))
    for _ in range(20):
        send(database, mailer, clock)
        with sessions() as session:
            clock.at = max(clock.at, letter(session, 1).due_at)
    assert timedelta(days=1) < clock.at - NOW < timedelta(days=3)
    with sessions() as session:
        assert (letter(session, 1).state, letter(session, 1).why) == (State.REJECTED, "given_up 450 4.2.1")


def test_a_domain_that_wants_rest_gets_it_and_the_others_go_on(
    database: Engine, sessions: Any, clock: SetClock
) -> None:
    with sessions.begin() as session:
        people(session, 20)
        mailing(session)
        letters(session, range(1, 11), domain="mail.example")
        letters(session, range(11, 21))

    def busy(one: Letter, time: int) -> Answer:
        mine = int(one.to[1:].partition("@")[0]) <= 10
        said = Answer(one.id, State.PLANNED, reason=LATER, holds=Holds.DOMAIN, retry_after=timedelta(minutes=9))
        return said if mine else taken(one, time)

    mailer = FakeMailer(verdict=busy, connections=4)
    tally = send(database, mailer, clock)
    assert tally.sent == 10 and not tally.is_over
    with sessions() as session:
        assert max(one.attempts for one in session.execute(select(Message)).scalars()) == 1
        assert letter(session, 1).attempts == 0, "it was not the letter's fault"
    mailer.verdict = taken
    assert send(database, mailer, clock).sent == 0
    clock.at = NOW + timedelta(minutes=10)
    assert send(database, mailer, clock, now=lambda: clock.at).sent == 10


def test_an_account_that_wants_rest_is_left_alone(database: Engine, sessions: Any, clock: SetClock) -> None:
    prepared(sessions, 50)
    said = Answer(0, State.PLANNED, reason=LATER, holds=Holds.ACCOUNT, retry_after=timedelta(minutes=5))
    mailer = FakeMailer(verdict=lambda one, time: Answer(one.id, said.state, "", said.reason, False, said.retry_after,
                                                         said.holds), connections=10)  # fmt: skip
    tally = send(database, mailer, clock)
    assert tally.sent == 0 and tally.why == LATER and len(mailer.got) == 10
    assert send(database, FakeMailer(), clock).why is not None
    clock.at = NOW + timedelta(minutes=6)
    assert send(database, FakeMailer(), clock, now=lambda: clock.at).sent == 50


def test_a_refusal_of_the_sender_costs_no_letter(database: Engine, sessions: Any, clock: SetClock) -> None:
    prepared(sessions, 20)
    no = because("no such sender", code="550 5.7.1")
    verdict = lambda one, time: Answer(one.id, State.REJECTED, reason=no, holds=Holds.ACCOUNT)  # noqa: E731
    tally = send(database, FakeMailer(verdict=verdict, connections=5), clock)
    assert tally.why == no and tally.states[State.REJECTED] == 0
    clock.at = NOW + timedelta(hours=2)
    assert send(database, FakeMailer(), clock, now=lambda: clock.at).sent == 20


def test_a_mailer_that_does_not_answer_costs_no_letter(database: Engine, sessions: Any, clock: SetClock) -> None:
    prepared(sessions, 5)
    tally = send(database, FakeMailer(refuses=Unavailable(because("away", code="away"))), clock)
    assert tally.why is not None and tally.why.code == "away"
    clock.at = NOW + timedelta(hours=1)
    assert send(database, FakeMailer(), clock, now=lambda: clock.at).sent == 5


def test_a_refusal_is_kept_with_its_code_and_never_repeated(database: Engine, sessions: Any, clock: SetClock) -> None:
    prepared(sessions, 3)
    no = because("no", code="550 5.1.1")
    mailer = FakeMailer(verdict=answering(lambda one: Answer(one.id, State.REJECTED, reason=no, gone=True)))
    send(database, mailer, clock)
    with sessions() as session:
        assert (letter(session, 1).state, letter(session, 1).why) == (State.REJECTED, "550 5.1.1")
    clock.at = NOW + timedelta(days=9)
    assert send(database, mailer, clock, now=lambda: clock.at).sent == 0


def test_what_is_not_known_is_never_sent_again(database: Engine, sessions: Any, clock: SetClock) -> None:
    prepared(sessions, 3)
    lost = because("lost", code="lost")
    mailer = FakeMailer(verdict=answering(lambda one: Answer(one.id, State.UNKNOWN, reason=lost)))
    send(database, mailer, clock)
    clock.at = NOW + timedelta(days=9)
    assert send(database, mailer, clock, now=lambda: clock.at).sent == 0
    with sessions() as session:
        assert letter(session, 1).state == State.UNKNOWN


def test_a_database_that_is_away_for_a_moment_leaves_nothing_in_doubt(
    database: Engine, sessions: Any, clock: SetClock
) -> None:
    """Every other look fails while letters are in the air: their answers are taken all the same."""
    prepared(sessions, 30)
    mailer, looks = FakeMailer(connections=5), [0]
    one = sender(database, mailer, clock, now=iter_of_seconds())
    reads = one.reads

    def away() -> Any:
        looks[0] += 1
        if looks[0] % 2:
            raise OperationalError("SELECT", {}, Exception("the server closed the connection"))
        return reads()

    one.reads = away  # type: ignore[assignment]
    assert one.run(timedelta(days=1)).sent == 30 and looks[0] > 2
    with sessions() as session:
        assert states(session) == {"sent": 30}


# Killed, frozen, two at once.


class Killed(BaseException):
    """The process is gone between two steps."""


def test_what_a_killed_sender_had_in_the_air_is_unknown_once_its_calls_have_ended(
    database: Engine, sessions: Any, clock: SetClock
) -> None:
    prepared(sessions, 30)
    with sessions.begin() as session:
        assert rows.take_lane(session, clock, "post", "dead", timedelta(seconds=60), timedelta(seconds=20)) == 1
        ids = [one.id for one in session.execute(select(Message).limit(10)).scalars()]
        assert len(rows.intend(session, going(session), "post", [(id, f"print {id}") for id in ids], 1)) == 10
    assert send(database, FakeMailer(), clock).is_busy
    clock.at = NOW + timedelta(seconds=79)
    assert send(database, FakeMailer(), clock).is_busy
    clock.at = NOW + timedelta(seconds=81)
    mailer = FakeMailer()
    tally = send(database, mailer, clock)
    assert (tally.orphaned, tally.sent) == (10, 20)
    assert not set(ids) & {one.id for one in mailer.got}


def test_a_sender_that_lost_its_account_posts_nothing_more(database: Engine, sessions: Any, clock: SetClock) -> None:
    prepared(sessions)

    def stolen(some: Sequence[Letter]) -> None:
        with sessions.begin() as session:
            session.execute(update(MailLane).values(token=99))

    mailer = FakeMailer(before=stolen, connections=10)
    tally = send(database, mailer, clock)
    assert tally.is_busy and len(mailer.got) == 10


def test_its_last_word_still_counts_when_another_has_taken_over(
    database: Engine, sessions: Any, clock: SetClock
) -> None:
    prepared(sessions, 5)
    with sessions.begin() as session:
        rows.take_lane(session, clock, "post", "slow", timedelta(seconds=60), timedelta())
        [id] = [one.id for one in session.execute(select(Message).limit(1)).scalars()]
        rows.intend(session, going(session), "post", [(id, f"print {id}")], 1)
        clock.at = NOW + timedelta(minutes=5)
        rows.take_lane(session, clock, "post", "other", timedelta(seconds=60), timedelta())
        rows.orphaned(session, clock, "post", 2)
        rows.settle(session, clock.at, 1, [Landed(id, State.SENT, "q1")])
    with sessions() as session:
        said = session.get(Message, id)
        assert said is not None and (said.state, said.remote_id) == (State.SENT, "q1")


def test_a_refusal_of_the_sender_costs_no_letter_when_its_line_is_closed(
    database: Engine, sessions: Any, clock: SetClock
) -> None:
    """The account is lost while letters are in the air; the line's last answers are a refusal of the sender itself."""
    prepared(sessions, 4)
    no = because("no such sender", code="550 5.7.1")

    class Closing(FakeLine):
        def answers(self, patience: timedelta) -> list[Answer]:
            with sessions.begin() as session:
                session.execute(update(MailLane).values(token=99))
            return []

        def close(self) -> list[Answer]:
            first, *others = self.flying
            refused = [Answer(one.id, State.REJECTED, reason=no, holds=Holds.ACCOUNT) for one in others]
            return [Answer(first.id, State.SENT, "q1"), *refused]

    mailer = FakeMailer()
    mailer.open = lambda: Closing(mailer)  # type: ignore[method-assign]
    tally = send(database, mailer, clock)
    assert tally.is_busy and +tally.states == {State.SENT: 1, State.PLANNED: 3}
    with sessions() as session:
        assert states(session) == {"sent": 1, "planned": 3}
        assert {pace.domain: pace.sent for pace in rows.paces(session, "post").values()} == {"": 1}


def test_of_two_at_once_one_sends(database: Engine, sessions: Any, clock: SetClock) -> None:
    prepared(sessions, 200)
    mailers = [FakeMailer(connections=5) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: send(database, one, clock), mailers))
    got = [letter.id for mailer in mailers for letter in mailer.got]
    assert len(got) == len(set(got)) == 200


def test_nothing_is_sent_when_the_lease_is_nearly_over(database: Engine, sessions: Any, clock: SetClock) -> None:
    prepared(sessions, 3)
    mailer = FakeMailer()
    send(database, mailer, clock, terms=Terms(lease=timedelta(seconds=30), margin=timedelta(seconds=12)))
    assert mailer.until == [NOW + timedelta(seconds=18)]


# When, and how fast.


def test_where_the_day_is_over_it_goes_on_the_next_morning(database: Engine, sessions: Any, clock: SetClock) -> None:
    with sessions.begin() as session:
        people(session, 4)
        mailing(session, hours="daily 09:00-20:00")
        letters(session, [1, 2], zone="Asia/Vladivostok")
        letters(session, [3, 4])
    mailer = FakeMailer()
    at = NOW.replace(hour=12)
    clock.at = at
    assert send(database, mailer, clock, now=lambda: at).sent == 2
    assert sorted(one.to for one in mailer.got) == ["c3@example.org", "c4@example.org"]
    with sessions() as session:
        morning = letter(session, 1).due_at
    assert morning.astimezone().utctimetuple()[3:5] == (23, 0), "nine in Vladivostok is 23:00 UTC the day before"


def test_the_hours_of_a_mailer_hold_for_advertising_and_what_serves_goes_at_any_hour(
    database: Engine, sessions: Any, clock: SetClock
) -> None:
    with sessions.begin() as session:
        people(session, 4)
        mailing(session, 1)
        mailing(session, 2, ground=Ground.SERVICE)
        mailing(session, 3, ground=Ground.SERVICE, hours="daily 09:00-20:00")
        for number in (1, 2, 3):
            letters(session, [number], mailing=number)
    clock.at = at = NOW.replace(hour=20)  # 23:00 in Moscow
    card, mailer = CARD.model_copy(update={"hours": ("daily 09:00-21:00",)}), FakeMailer()
    assert send(database, mailer, clock, card=card, now=lambda: at).sent == 1
    assert [one.to for one in mailer.got] == ["c2@example.org"], "hours of its own hold for a service message too"
    clock.at = morning = at + timedelta(hours=10, minutes=1)
    assert send(database, mailer, clock, card=card, now=lambda: morning).sent == 2


def test_a_new_sender_is_warmed_up(database: Engine, sessions: Any, clock: SetClock) -> None:
    prepared(sessions, 40)
    card = CARD.model_copy(update={"warm_up": WarmUp(first_day=10, factor=2)})
    mailer = FakeMailer(connections=4)
    counts = []
    for _ in range(3):
        send(database, mailer, clock, card=card, now=lambda: clock.at)
        assert send(database, mailer, clock, card=card, now=lambda: clock.at).sent == 0
        counts.append(len(mailer.got))
        clock.at += timedelta(days=1)
    assert counts == [10, 30, 40]


def test_what_a_killed_sender_had_not_counted_counts_for_the_day(
    database: Engine, sessions: Any, clock: SetClock
) -> None:
    prepared(sessions, 40)
    card = CARD.model_copy(update={"warm_up": WarmUp(first_day=10, factor=2)})
    assert send(database, FakeMailer(connections=4), clock, card=card).sent == 10
    with sessions.begin() as session:
        session.execute(delete(MailPace))  # it was killed before it counted them
    assert send(database, FakeMailer(), clock, card=card).sent == 0


# The table of transitions.


@pytest.mark.parametrize("before", list(State))
def test_no_statement_takes_a_way_that_is_not_in_the_table(
    before: State, database: Engine, sessions: Any, clock: SetClock
) -> None:
    settled = (State.SENT, State.REJECTED, State.UNKNOWN, State.PLANNED)

    def intend(session: Session, id: int) -> None:
        rows.intend(session, going(session), "post", [(id, "print 1")], 1)

    ways: list[Callable[[Session, int], Any]] = [
        intend,
        lambda session, id: rows.orphaned(session, clock, "post", 2),
        lambda session, id: rows.drop(session, clock, [id], State.HELD, "x"),
        lambda session, id: rows.drop(session, clock, [id], State.CANCELLED, "x"),
        *(lambda session, id, then=then: rows.settle(session, NOW, 1, [Landed(id, then)]) for then in settled),
    ]
    prepared(sessions, 1)
    for way in ways:
        with writing(database) as session:
            session.execute(update(Message).values(state=before, token=1))
            [id] = session.execute(select(col(Message.id))).scalars()
            way(session, id or 0)
            [after] = session.execute(select(col(Message.state))).scalars()
            assert after == before or State(after) in TRANSITIONS[before]
    assert sender(database, FakeMailer(), clock).token == 0
