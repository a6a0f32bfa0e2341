"""News written down, on both databases: each once, in any order, believed only of letters that went out."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session, sessionmaker

from models.customers import Address, AddressKind, Suppression
from models.database import SetClock
from models.delivery import State
from models.letters import Happening, MailNews
from models.mailings import MailEvent, Message
from tasks.returns import marks, rows
from tasks.returns.believing import SKEW, Doubt, Fact, doubt
from tasks.returns.rows import Recorded, Telling
from tests.depth import examples
from tests.fakes import NOW
from tests.tasks.returns.mailed import LINKS, SENT, Mailed, email, news
from tests.tasks.returns.mails import others, printed

MAILBOX = Telling(printed, "mailbox")
SERVICE = Telling(printed, "service", "smtp", trusted=True)
BOUNCED, CLICKED, OPENED, LEFT = Happening.BOUNCED, Happening.CLICKED, Happening.OPENED, Happening.UNSUBSCRIBED
DAY = timedelta(days=1)


@pytest.fixture
def mailed(sessions: sessionmaker[Session]) -> Mailed:
    made = Mailed(sessions, SetClock(NOW))
    made.customers(3, (AddressKind.EMAIL, AddressKind.PHONE))
    made.mailing()
    return made


def record(mailed: Mailed, *told: MailNews, by: Telling = MAILBOX) -> Recorded:
    with mailed.sessions.begin() as session:
        return rows.record(session, mailed.clock, told, by)


def test_news_is_written_down_once_however_often_it_is_told(mailed: Mailed) -> None:
    id = mailed.letter(1)
    told = [news(OPENED, id), news(CLICKED, id, detail={"link": "2"})]
    assert (record(mailed, *told).new, record(mailed, *told[::-1], told[0]).known) == (2, 3)
    [opened, clicked] = sorted(mailed.rows(MailEvent), key=lambda event: event.what, reverse=True)
    assert (opened.message_id, opened.mailing_id, opened.what, opened.link) == (id, 1, "opened", None)
    assert (clicked.link, clicked.source, clicked.at, clicked.recorded_at) == (2, "mailbox", NOW, NOW)


def test_a_link_that_is_told_by_its_address_alone_has_its_number(mailed: Mailed) -> None:
    id = mailed.letter(1)
    record(mailed, news(CLICKED, id, "a", url=LINKS[3]), news(CLICKED, id, "b", url="https://evil.example"), by=SERVICE)
    assert [event.link for event in mailed.rows(MailEvent)] == [3, None]


@pytest.mark.parametrize(
    ("state", "what", "then"),
    [
        (State.SENT, OPENED, State.CONFIRMED),
        (State.SENT, Happening.DELIVERED, State.CONFIRMED),
        (State.SENT, Happening.COMPLAINED, State.CONFIRMED),
        (State.SENT, BOUNCED, State.SENT),
        (State.SENT, Happening.DEFERRED, State.SENT),
        (State.UNKNOWN, BOUNCED, State.SENT),
        (State.UNKNOWN, Happening.DEFERRED, State.SENT),
        (State.UNKNOWN, CLICKED, State.CONFIRMED),
        (State.UNKNOWN, Happening.REJECTED, State.UNKNOWN),
        (State.INTENT, CLICKED, State.INTENT),
        (State.CONFIRMED, BOUNCED, State.CONFIRMED),
    ],
)
def test_what_came_back_proves_where_a_letter_is(mailed: Mailed, state: State, what: Happening, then: State) -> None:
    id = mailed.letter(1, state=state, sent_at=None if state is State.UNKNOWN else SENT)
    assert record(mailed, news(what, id)).new == 1
    assert mailed.state(id) is then
    [row] = mailed.rows(Message)
    assert row.sent_at == (NOW if state is State.UNKNOWN and then is not state else row.sent_at)
    assert (row.sent_at is None) is (state is State.UNKNOWN and then is state)


def test_what_was_told_before_the_answer_was_known_is_made_up_for(mailed: Mailed) -> None:
    quick, lost = mailed.letter(1, state=State.INTENT, sent_at=None), mailed.letter(2, state=State.INTENT, sent_at=None)
    record(mailed, news(CLICKED, quick), news(BOUNCED, lost))
    with mailed.sessions.begin() as session:
        session.get_one(Message, quick).state = State.SENT
        session.get_one(Message, lost).state = State.UNKNOWN
        session.get_one(Message, quick).sent_at = SENT
    for _ in range(2):
        with mailed.sessions.begin() as session:
            rows.catch_up(session, mailed.clock, 1)
        assert (mailed.state(quick), mailed.state(lost)) == (State.CONFIRMED, State.SENT)
    assert [row.sent_at for row in mailed.rows(Message)] == [SENT, NOW]


@pytest.mark.parametrize("state", sorted(set(State) - {State.INTENT, State.SENT, State.CONFIRMED, State.UNKNOWN}))
def test_nothing_is_believed_of_a_letter_that_never_went_out(mailed: Mailed, state: State) -> None:
    id = mailed.letter(1, state=state, sent_at=None)
    done = record(mailed, news(BOUNCED, id, hard=True), news(LEFT, id), by=SERVICE)
    assert done.doubted == {Doubt.NEVER_SENT: 2} and not mailed.rows(MailEvent) and mailed.state(id) is state
    assert mailed.open(1)["email"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param({"key": marks.mark_of(printed, 99)}, Doubt.NO_LETTER, id="no such letter"),
        pytest.param({"key": marks.mark_of(others, 1)}, Doubt.NO_LETTER, id="a forged key"),
        pytest.param({"key": "1"}, Doubt.NO_LETTER, id="a bare number"),
        pytest.param({"key": ""}, Doubt.NO_LETTER, id="no key"),
        pytest.param({"key": "", "address": email(1)}, Doubt.NO_LETTER, id="an address alone"),
        pytest.param({"key": "", "remote_id": "q-1"}, Doubt.UNPROVEN, id="the service's number alone"),
        pytest.param({"key": "", "remote_id": "q-1", "address": email(2)}, Doubt.UNPROVEN, id="with another's address"),
        pytest.param({"key": marks.test_mark(printed, 1, "A")}, Doubt.NOT_COUNTED, id="a test"),
        pytest.param({"at": NOW + SKEW + timedelta(seconds=1)}, Doubt.IN_FUTURE, id="from the future"),
        pytest.param({"at": SENT - SKEW - timedelta(seconds=1)}, Doubt.TOO_EARLY, id="before it was sent"),
    ],
)
def test_a_forged_report_bars_nobody(mailed: Mailed, change: dict[str, object], why: Doubt) -> None:
    id = mailed.letter(1, remote_id="q-1")
    told = replace(news(BOUNCED, id, hard=True), **change)  # type: ignore[arg-type]
    assert record(mailed, told).doubted == {why: 1}
    assert not mailed.rows(MailEvent) and not mailed.barred() and mailed.open(1)["email"]


def test_the_services_own_number_is_believed_with_the_address_or_from_the_service(mailed: Mailed) -> None:
    id = mailed.letter(1, remote_id="q-1")
    mailed.letter(2, remote_id="q-1", account="another")
    bounce = MailNews(BOUNCED, NOW, "one", remote_id="q-1", address="Customer1@Example.NET", hard=True)
    assert record(mailed, bounce, by=Telling(printed, "mailbox", "smtp")).new == 1
    assert record(mailed, MailNews(OPENED, NOW, "two", remote_id="q-1"), by=SERVICE).new == 1
    assert {event.message_id for event in mailed.rows(MailEvent)} == {id} and len(mailed.barred()) == 1


def test_who_left_or_complained_by_address_alone_is_known_by_the_last_letter_of_the_account(mailed: Mailed) -> None:
    """UniSender's "unsubscribe" says nothing else. Only the service itself is believed so, and of nothing else."""
    mailed.letter(1, sent_at=SENT - DAY)
    last, later = mailed.letter(1, mailing=mailed.mailing("two")), mailed.letter(1, mailing=mailed.mailing("three"))
    mailed.letter(2, account="another")
    mailed.letter(3, state=State.PLANNED, sent_at=None)
    with mailed.sessions.begin() as session:
        session.get_one(Message, later).sent_at = NOW + DAY
    left = MailNews(LEFT, NOW, "one", address="Customer1@Example.NET")
    assert record(mailed, left).doubted == {Doubt.NO_LETTER: 1}, "a mailbox, where anybody writes"
    told = [left, *(MailNews(LEFT, NOW, f"n{n}", address=one) for n, one in enumerate((email(2), email(3), "nobody")))]
    done = record(mailed, *told, MailNews(OPENED, NOW, "two", address=email(1)), by=SERVICE)
    assert (done.new, done.withdrawn, done.doubted) == (1, 1, {Doubt.NO_LETTER: 4})
    assert [event.message_id for event in mailed.rows(MailEvent)] == [last] and not mailed.open(1)["email"]
    assert mailed.open(2)["email"] and mailed.open(3)["email"]
    spam = MailNews(Happening.COMPLAINED, NOW, "three", address=email(1))
    assert record(mailed, spam, by=SERVICE).barred == 1 and record(mailed, spam, left, by=SERVICE).known == 2


def test_an_event_a_little_ahead_of_our_clock_happened_now(mailed: Mailed) -> None:
    id = mailed.letter(1)
    assert record(mailed, news(LEFT, id, at=NOW + timedelta(minutes=5))).withdrawn == 1
    [event] = mailed.rows(MailEvent)
    assert event.at == NOW and not mailed.open(1)["email"], "else the withdrawal would not hold yet"


def test_a_hard_bounce_bars_at_once_and_says_where_it_comes_from(mailed: Mailed) -> None:
    id = mailed.letter(1)
    done = record(mailed, news(BOUNCED, id, hard=True, code="550 5.1.1", address=email(1)))
    assert (done.barred, mailed.barred()) == (1, [("bounced", "mailing:1", "550 5.1.1")])
    assert mailed.open(1) == {"email": False, "phone": True} and mailed.open(2)["email"]
    assert record(mailed, news(BOUNCED, id, "another", hard=True)).barred == 0


def test_a_bounce_of_the_address_it_was_forwarded_to_bars_nobody(mailed: Mailed) -> None:
    record(mailed, news(BOUNCED, mailed.letter(1), hard=True, address="other@elsewhere.example"))
    assert mailed.events() == [("bounced", False, False)] and not mailed.barred()
    record(mailed, news(BOUNCED, mailed.letter(2), hard=True, address="no address"))
    assert len(mailed.barred()) == 1, "what cannot be read does not contradict the key"


def test_a_complaint_bars_and_a_wish_ends_the_consent(mailed: Mailed) -> None:
    first, second = mailed.letter(1), mailed.letter(2)
    done = record(mailed, news(Happening.COMPLAINED, first, code="abuse"), news(LEFT, second, at=NOW - DAY / 48))
    assert (done.barred, done.withdrawn) == (1, 1)
    assert mailed.barred() == [("complained", "mailing:1", "abuse")]
    [line] = mailed.said()
    assert (line.customer_id, line.kind, line.via, line.source) == (2, "email", "letter", "mailing:1")
    assert line.proof == f"message {second}, event unsubscribed:{second}" and line.at == NOW - DAY / 48
    assert mailed.open(1) == mailed.open(2) == {"email": False, "phone": True}


def test_a_late_wish_does_not_undo_a_newer_consent(mailed: Mailed) -> None:
    id = mailed.letter(1, sent_at=NOW - 60 * DAY)
    record(mailed, news(LEFT, id, at=NOW - 40 * DAY))
    assert mailed.open(1)["email"], "the consent was given thirty days ago"
    assert len(list(mailed.said())) == 1


def test_soft_bounces_on_three_days_bar(mailed: Mailed) -> None:
    for n in range(3):
        mailed.clock.at = NOW + n * DAY
        mailing = mailed.mailing(f"m{n}")
        done = [
            record(mailed, news(BOUNCED, mailed.letter(1, mailing), code="452 4.2.2", at=mailed.clock.at)),
            record(mailed, news(BOUNCED, mailed.letter(2, mailing), code="554 5.7.1", at=mailed.clock.at)),
            record(mailed, news(Happening.REJECTED, mailed.letter(3, mailing), code="554 5.7.1", at=mailed.clock.at)),
        ]
    assert [one.barred for one in done] == [1, 0, 0]
    assert [(line.why, line.note) for line in mailed.rows(Suppression)] == [("bounced", "soft")]
    assert [mailed.open(n)["email"] for n in (1, 2, 3)] == [False, True, True]


def test_a_sign_of_life_between_soft_bounces_counts(mailed: Mailed) -> None:
    for n in range(4):
        mailed.clock.at = NOW + n * DAY
        id = mailed.letter(1, mailed.mailing(f"m{n}"))
        told = news(OPENED if n == 1 else BOUNCED, id, code="452 4.2.2", at=mailed.clock.at)
        record(mailed, told)
    assert not mailed.barred()


def test_it_makes_no_difference_in_which_order_it_is_told(mailed: Mailed) -> None:
    id = mailed.letter(1)
    told = [news(LEFT, id), news(OPENED, id), news(BOUNCED, id, hard=True), news(Happening.COMPLAINED, id)]
    for one in (*told[::-1], *told):
        record(mailed, one)
    assert len(mailed.rows(MailEvent)) == 4 and mailed.state(id) is State.CONFIRMED and not mailed.open(1)["email"]


def test_a_letter_whose_customer_was_erased_is_still_believed(mailed: Mailed) -> None:
    id = mailed.letter(1)
    with mailed.sessions.begin() as session:
        session.query(Address).filter(Address.customer_id == 1).delete()  # type: ignore[arg-type]
    assert record(mailed, news(BOUNCED, id, hard=True), news(LEFT, id)).barred == 1
    assert [line.print for line in mailed.said()] == [printed("email", email(1))]


def test_a_number_that_holds_an_address_is_not_kept(mailed: Mailed) -> None:
    id = mailed.letter(1)
    record(mailed, news(LEFT, id, once=f"unsub:{email(1)}:5"), by=SERVICE)
    assert record(mailed, news(LEFT, id, once=f"unsub:{email(1)}:5"), by=SERVICE).known == 1
    kept = " ".join(str(row.model_dump()) for row in (*mailed.rows(MailEvent), *mailed.said()))
    assert "@" not in kept


def test_many_at_once_from_two_sides_are_written_once(mailed: Mailed) -> None:
    ids = [mailed.letter(n % 3 + 1, mailed.mailing(f"m{n}")) for n in range(60)]
    told = [news(what, id, hard=what is BOUNCED) for id in ids for what in (OPENED, BOUNCED, LEFT)]

    def write(n: int) -> Recorded:
        return record(mailed, *(told if n % 2 else told[::-1]))

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(write, range(4)))
    assert sum(one.new for one in done) == len(told) == len(mailed.rows(MailEvent))
    assert len(mailed.barred()) == 3 and not any(mailed.open(n)["email"] for n in (1, 2, 3))


HOSTILE = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    ["\0", "a\0b", "9" * 40, "a@b", "\ud800"]
)


@given(st.lists(st.tuples(HOSTILE, HOSTILE, HOSTILE, HOSTILE), max_size=5))
@settings(max_examples=examples(15, 100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_told_the_database_takes_it(mailed: Mailed, told: list[tuple[str, str, str, str]]) -> None:
    """One hostile mail would else keep all those behind it waiting for ever."""
    id = mailed.letter(1, mailed.mailing(f"h{len(mailed.rows(Message))}", {}))
    news_of = [
        news(Happening.BOUNCED, id, once or "x", code=code, address=f"{address}@example.net", detail={"link": link})
        for once, code, address, link in told
    ]  # fmt: skip
    by_number = [MailNews(OPENED, NOW, "n", remote_id=once, address=address) for once, _, address, _ in told]
    record(mailed, *news_of, *by_number)
    assert all("@" not in event.code and "@" not in event.once for event in mailed.rows(MailEvent))


def test_nothing_told_writes_nothing(mailed: Mailed) -> None:
    assert record(mailed) == Recorded()


def test_where_a_link_leads_is_what_is_stored(mailed: Mailed) -> None:
    id, other = mailed.letter(1), mailed.letter(2, variant="C")
    with mailed.sessions() as session:
        assert rows.address_of_link(session, id, 2, 0) == LINKS[2] == rows.address_of_link(session, id, 2, 1)
        for missing in ((id, 9, 0), (id, 2, 7), (99, 2, 0), (other, 2, 0)):
            assert rows.address_of_link(session, *missing) is None
        assert rows.link_of_version(session, 1, "B", 1) == LINKS[1] and rows.link_of_version(session, 1, "C", 1) is None


@given(
    st.sampled_from(State), st.integers(-60, 60), st.booleans(), st.booleans(), st.sampled_from([True, False, None]),
)  # fmt: skip
def test_only_who_must_know_is_believed(
    state: State, minutes: int, keyed: bool, trusted: bool, same: bool | None
) -> None:
    fact = Fact(state, NOW, keyed, same)
    why = doubt(NOW + timedelta(minutes=minutes), fact, NOW, trusted)
    if why is None:
        assert keyed or trusted or same
        assert abs(minutes) <= 15
