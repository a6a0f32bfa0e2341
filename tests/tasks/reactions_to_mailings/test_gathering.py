"""What comes back is gathered once, whoever tells it, however often, and whatever breaks meanwhile."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlmodel import col

from integrations.errors import Refused, Unavailable
from integrations.mailboxes.base import Arrived, Portion
from integrations.mailers.base import MailerCapabilities
from integrations.mailers.unisender import UniSender
from models.customer_groups import CustomerTouched
from models.database import SetClock
from models.delivery import State
from models.letters import Happening, MailNews
from models.mailings import MailEvent, MailLane, Message, Stage
from models.reason import because
from tasks.house import House
from tasks.reactions_to_mailings.collecting import rows
from tasks.reactions_to_mailings.collecting.engine import Gathering
from tests.fakes import NOW, FakeChannel
from tests.house import furnished
from tests.integrations.mailers_http.harness import beside
from tests.tasks.reactions_to_mailings.fakes import TellingMailer, ticking, with_mailers
from tests.tasks.returns.mailed import SENT, Mailed, news
from tests.tasks.returns.test_engine import bounce

A_DAY = timedelta(days=1)
AWAY = Unavailable(because("The mailer is away.", code="away"))


@pytest.fixture
def house(tmp_path: Path, database: Engine) -> House:
    return furnished(tmp_path, database, {"fake": FakeChannel()}, SetClock(NOW))


@pytest.fixture
def mailed(house: House) -> Mailed:
    made = Mailed(house.sessions, house.clock)  # type: ignore[arg-type]
    made.customers(3)
    made.mailing(stage=Stage.SENDING)
    for n in (1, 2, 3):
        made.letter(n, remote_id=f"remote-{n}")
    return made


def lane(house: House, account: str = "smtp") -> str:
    with house.reads() as session:
        return rows.cursor(session, account)


def delivered(*letters: int) -> list[MailNews]:
    return [news(Happening.DELIVERED, letter) for letter in letters]


def test_a_service_is_asked_on_from_where_it_was_asked_to(house: House, mailed: Mailed) -> None:
    mailer = TellingMailer([delivered(1), delivered(2)])
    there = with_mailers(house, {"smtp": mailer})
    done = Gathering(there).round()
    assert (done.recorded.new, done.accounts, done.answered, done.troubles) == (2, 1, 1, [])
    assert lane(house) == "2" and mailed.state(1) == State.CONFIRMED
    mailer.pages.append(delivered(3))
    assert Gathering(there).round().recorded.new == 1 and mailer.asked == ["", "1", "2"]
    assert Gathering(there).round().recorded.new == 0 and len(mailed.events()) == 3


def test_the_place_is_kept_with_what_was_read_there_or_not_at_all(house: House, mailed: Mailed) -> None:
    """The second page's transaction fails, as if the process had been killed in it: the first stands."""

    class Broken(TellingMailer):
        def pull(self, cursor: str) -> Any:
            page = super().pull(cursor)
            return replace(page, cursor=None) if cursor == "1" else page  # no database takes such a place

    with pytest.raises(Exception, match="cursor"):
        Gathering(with_mailers(house, {"smtp": Broken([delivered(1), delivered(2)])})).round()
    assert lane(house) == "1" and len(mailed.events()) == 1
    Gathering(with_mailers(house, {"smtp": TellingMailer([delivered(1), delivered(2)])})).round()
    assert lane(house) == "2" and len(mailed.events()) == 2


def test_a_lane_that_sends_just_now_is_left_to_its_sender(house: House, mailed: Mailed) -> None:
    with house.sessions.begin() as session:
        session.add(MailLane(account="smtp", token=7, worker="w", cursor=""))
    Gathering(with_mailers(house, {"smtp": TellingMailer([delivered(1)])})).round()
    with house.reads() as session:
        found = session.get_one(MailLane, "smtp")
    assert (found.token, found.worker, found.cursor) == (7, "w", "1")


def test_one_who_is_away_keeps_nobody_else_waiting(house: House, mailed: Mailed) -> None:
    other, tired = TellingMailer([delivered(2)]), TellingMailer([delivered(1)], trouble=AWAY)
    there = with_mailers(house, {"smtp": tired, "smtp2": other, "off": Refused(because("No key.", code="no_key"))})
    with house.sessions.begin() as session:
        session.execute(update(Message).where(col(Message.id) == 2).values(account="smtp2"))
    done = Gathering(there).round()
    assert (done.recorded.new, done.accounts, done.answered) == (1, 3, 1)
    assert [str(trouble) for trouble in done.troubles] == ["Mailer “Mailer smtp”: The mailer is away.",
                                                           "Mailer “Mailer off”: No key."]  # fmt: skip
    assert Gathering(there).round().recorded.new == 1


def test_an_account_tells_of_its_own_letters_only(house: House, mailed: Mailed) -> None:
    told = MailNews(Happening.COMPLAINED, NOW, once="c1", remote_id="remote-1")
    done = Gathering(with_mailers(house, {"another": TellingMailer([[told]])})).round()
    assert done.recorded.new == 0 and done.recorded.doubted.total() == 1 and mailed.open(1)["email"]
    done = Gathering(with_mailers(house, {"smtp": TellingMailer([[told]])})).round()
    assert done.recorded.barred == 1 and not mailed.open(1)["email"]


def test_a_round_ends_in_its_time_and_the_next_one_goes_on(house: House, mailed: Mailed) -> None:
    mailer = TellingMailer([delivered(1), delivered(2), delivered(3)])
    hurried = replace(with_mailers(house, {"smtp": mailer}), now=ticking(NOW, timedelta(seconds=40)))
    assert Gathering(hurried).round().recorded.new < 3
    assert Gathering(with_mailers(house, {"smtp": mailer}), stopped=lambda: True).round().recorded.new == 0
    Gathering(with_mailers(house, {"smtp": mailer})).round()
    assert len(mailed.events()) == 3


def test_a_mailbox_of_bounces_is_read_beside(house: House, mailed: Mailed) -> None:

    class Box:
        def read(self, cursor: str) -> Portion:
            mails = () if cursor else (Arrived(1, bounce(1), NOW, 100),)
            return Portion(mails, "1:1")

        def put_away(self, cursor: str) -> int:
            return 0

    mailer = TellingMailer(capabilities=MailerCapabilities())
    there = with_mailers(house, {"smtp": mailer}, {"smtp": Box()})  # type: ignore[dict-item]
    done = Gathering(there).round()
    assert (done.mails, done.recorded.new, done.accounts, done.answered) == (1, 1, 1, 1)
    assert not mailed.open(1)["email"] and Gathering(there).round().mails == 0


def test_what_was_told_before_the_ledger_knew_moves_the_letter_later(house: House, mailed: Mailed) -> None:
    lost = mailed.letter(1, mailed.mailing("lost", stage=Stage.SENDING), State.UNKNOWN, sent_at=None)
    with house.sessions.begin() as session:
        event = {"message_id": lost, "mailing_id": 2, "what": "delivered", "once": "x", "at": NOW, "recorded_at": NOW}
        session.add(MailEvent(**event))
    done = Gathering(with_mailers(house, {})).round()
    assert done.moved == 2 and mailed.state(lost) == State.CONFIRMED


def test_unisender_is_asked_by_its_numbers_for_what_is_still_open(house: House, mailed: Mailed) -> None:
    with beside("unisender") as harness:
        numbers = [101, 102, 103]
        for letter, number in zip((1, 2, 3), numbers, strict=True):
            with house.sessions.begin() as session:
                session.execute(update(Message).where(col(Message.id) == letter).values(remote_id=str(number)))
        server: Any = harness.server
        server.statuses |= {"101": "ok_delivered", "102": "err_user_unknown", "103": "not_sent"}
        there = with_mailers(house, {"smtp": harness.mailer(lambda: NOW)})
        assert isinstance(there.mailer_of(there.mailers[0]), UniSender)
        done = Gathering(there).round()
        assert (done.recorded.new, done.recorded.barred, done.troubles) == (2, 1, [])
        server.statuses["103"] = "ok_fbl"
        assert Gathering(there).round().recorded.new == 2
        with house.reads() as session:
            assert rows.outstanding(session, house.clock, "smtp", "", 10) == [("1", "101")]
            assert rows.outstanding(session, house.clock, "smtp", "1", 10) == []
            assert rows.outstanding(session, house.clock, "another", "", 10) == []
    assert {event[0] for event in mailed.events()} == {"delivered", "bounced", "complained"}


@pytest.mark.parametrize(("days", "state", "asked"), [(1, "sent", 1), (8, "confirmed", 0), (8, "sent", 1),
                                                      (31, "sent", 0), (1, "planned", 0)])  # fmt: skip
def test_a_fate_is_asked_for_as_long_as_it_may_change(
    house: House, mailed: Mailed, days: int, state: str, asked: int
) -> None:
    with house.sessions.begin() as session:
        session.execute(update(Message).values(sent_at=NOW - days * A_DAY, state=state))
        found = rows.outstanding(session, house.clock, "smtp", "2", 10)
    assert len(found) == asked


def touched(house: House) -> list[int]:
    with house.sessions.begin() as session:
        found = sorted(session.execute(select(col(CustomerTouched.customer_id))).scalars())
        session.query(CustomerTouched).delete()
        return found


def test_whoever_was_sent_something_is_looked_at_by_groups(house: House, mailed: Mailed) -> None:
    clock: Any = house.clock
    with house.sessions.begin() as session:
        session.execute(update(Message).values(settled_at=SENT))
    touched(house)
    Gathering(with_mailers(house, {})).round()
    assert touched(house) == [1, 2, 3], "everybody, the first time"
    clock.at += A_DAY
    mailed.letter(2, occasion="again", settled_at=clock.at - timedelta(minutes=30))
    mailed.letter(3, occasion="no", state=State.CANCELLED, settled_at=clock.at)
    Gathering(with_mailers(house, {})).round()
    assert touched(house) == [2]
    clock.at += A_DAY
    Gathering(with_mailers(house, {})).round()
    assert touched(house) == []
