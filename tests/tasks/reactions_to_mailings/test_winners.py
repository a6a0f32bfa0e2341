"""The winner is let out once, at a moment settled beforehand, and only where it is proven or was settled so."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from models.database import SetClock
from models.delivery import State
from models.letters import Happening
from models.mailings import Mailing, Message, Stage
from models.reaction import Notice
from tasks.house import House
from tasks.mailing.lists.rows import WAITS
from tasks.reactions_to_mailings.winners import rows
from tasks.reactions_to_mailings.winners.engine import Winners
from tasks.reactions_to_mailings.winners.terms import Terms, terms_of
from tests.fakes import NOW
from tests.tasks.reactions_to_mailings.crowd import SENT, Crowd

HOUR = timedelta(hours=1)
SHARES = {"A": 250, "B": 250}


@pytest.fixture
def crowd(house: House) -> Crowd:
    return Crowd(house.sessions)


def tried(crowd: Crowd, better: int = 0, **split: Any) -> int:
    """Two variants to 200 each, whose links 20, and so many more of B, followed; 400 wait."""
    crowd.customers(800)
    mailing = crowd.mailing(variants="AB", stage=Stage.SENDING, finished_at=None, split={"shares": SHARES} | split)
    crowd.letters(range(1, 201), variant="A")
    crowd.letters(range(201, 401), variant="B")
    crowd.letters(range(401, 801), variant="", state=State.HELD, why=WAITS)
    crowd.happened(Happening.CLICKED, [*range(1, 21), *range(201, 221 + better)])
    return mailing


def at(clock: SetClock, hours: float) -> SetClock:
    clock.at = SENT + timedelta(hours=hours)
    return clock


def out(house: House) -> dict[str, int]:
    """How many are planned, by variant."""
    with house.reads() as session:
        found = session.execute(select(col(Message.variant)).where(col(Message.state) == State.PLANNED)).scalars().all()
    return {one: list(found).count(one) for one in set(found)}


def settled(house: House, mailing: int = 1) -> rows.Settled | None:
    with house.reads() as session:
        return rows.settled(session, mailing)


def test_what_is_proven_better_goes_to_those_who_wait_at_its_moment_and_once(
    house: House, crowd: Crowd, clock: SetClock
) -> None:
    tried(crowd, better=30)
    at(clock, 1)
    assert Winners(house).round() == [] and out(house) == {}
    found = settled(house)
    assert found is not None and found.decides_at == SENT + 24 * HOUR and found.decided_at is None
    at(clock, 23.9)
    assert Winners(house).round() == []
    at(clock, 24)
    [decision] = Winners(house).round()
    assert (decision.variant, decision.letters) == ("B", 400) and out(house) == {"B": 400}
    assert "variant B goes to the 400" in str(decision.said) and "better than each" in str(decision.said)
    assert Winners(house).round() == []
    found = settled(house)
    assert found is not None and (found.winner, found.chosen, found.why.code) == ("B", "B", "winner")


def test_the_moment_stands_whatever_comes_later(house: House, crowd: Crowd, clock: SetClock) -> None:
    tried(crowd, better=30, after_hours=4)
    at(clock, 1)
    Winners(house).round()
    with house.sessions.begin() as session:
        session.execute(update(Mailing).values(split={"shares": SHARES, "after_hours": 100}))
    at(clock, 4)
    assert len(Winners(house).round()) == 1


def test_nothing_is_settled_before_the_test_is_out(house: House, crowd: Crowd, clock: SetClock) -> None:
    tried(crowd, better=30)
    crowd.letters([1], occasion="late", state=State.PLANNED, variant="A")
    at(clock, 100)
    assert Winners(house).round() == [] and settled(house) is None
    with house.sessions.begin() as session:
        late = update(Message).where(col(Message.occasion) == "late")
        session.execute(late.values(state=State.SENT, sent_at=SENT + 90 * HOUR))
    assert Winners(house).round() == []
    found = settled(house)
    assert found is not None and found.decides_at == SENT + 114 * HOUR


def test_where_nothing_is_proven_a_person_is_asked_once(house: House, crowd: Crowd, clock: SetClock) -> None:
    tried(crowd, better=2)
    at(clock, 1)
    Winners(house).round()
    at(clock, 30)
    [decision] = Winners(house).round()
    assert (decision.variant, decision.letters) == ("", 0) and out(house) == {} and Winners(house).round() == []
    with house.reads() as session:
        notices = session.execute(select(Notice).order_by(col(Notice.person))).scalars().all()
    assert [one.person for one in notices] == ["olga", "vera"] and "400 recipients wait" in notices[0].body
    assert notices[0].link == "https://staff.example/staff/mailings/1" and "clicked" in notices[0].body


def test_or_what_was_settled_for_that_case_goes(house: House, crowd: Crowd, clock: SetClock) -> None:
    tried(crowd, better=2, otherwise="A")
    at(clock, 1)
    Winners(house).round()
    at(clock, 30)
    [decision] = Winners(house).round()
    assert (decision.variant, decision.letters) == ("A", 400) and "as was settled" in str(decision.said)
    found = settled(house)
    assert found is not None and (found.winner, found.chosen) == ("", "A")


def test_clicks_of_machines_choose_nothing(house: House, crowd: Crowd, clock: SetClock) -> None:
    tried(crowd)
    crowd.happened(Happening.CLICKED, range(230, 400), robot=True)
    at(clock, 1)
    Winners(house).round()
    at(clock, 30)
    assert Winners(house).round()[0].variant == ""


def test_purchases_may_choose(house: House, crowd: Crowd, clock: SetClock) -> None:
    tried(crowd, better=30, by="revenue", after_hours=48)
    crowd.bought(range(1, 121), 5000)
    crowd.bought(range(201, 241), 5000)
    at(clock, 47)
    Winners(house).round()
    at(clock, 48)
    assert Winners(house).round()[0].variant == "A"


@pytest.mark.parametrize("stage", [Stage.PAUSED, Stage.CANCELLED, Stage.SENT])
def test_only_of_what_is_being_sent(house: House, crowd: Crowd, clock: SetClock, stage: Stage) -> None:
    tried(crowd, better=30)
    at(clock, 1)
    Winners(house).round()
    with house.sessions.begin() as session:
        session.execute(update(Mailing).values(stage=stage))
    at(clock, 30)
    assert Winners(house).round() == [] and out(house) == {}


def test_a_person_who_chose_meanwhile_is_not_overruled(house: House, crowd: Crowd, clock: SetClock) -> None:
    tried(crowd, better=30)
    at(clock, 1)
    Winners(house).round()
    at(clock, 30)

    class Meanwhile(Winners):
        def _judge(self, *what: Any) -> Any:
            found = super()._judge(*what)
            with self.house.sessions.begin() as session:
                chosen = update(Message).where(col(Message.state) == State.HELD)
                session.execute(chosen.values(state=State.PLANNED, variant="A", why=""))
            return found

    assert Meanwhile(house).round() == [] and out(house) == {"A": 400}


def test_two_who_decide_at_once_decide_once(house: House, crowd: Crowd, clock: SetClock) -> None:
    tried(crowd, better=2)
    at(clock, 1)
    Winners(house).round()
    at(clock, 30)
    with ThreadPoolExecutor(4) as pool:
        decisions = [one for found in pool.map(lambda _: Winners(house).round(), range(4)) for one in found]
    assert len(decisions) == 1
    with house.reads() as session:
        assert len(session.execute(select(Notice)).scalars().all()) == 2


def test_of_variants_that_all_went_out_what_is_found_is_kept(house: House, crowd: Crowd, clock: SetClock) -> None:
    crowd.customers(400)
    crowd.mailing(variants="AB")
    crowd.letters(range(1, 201), variant="A")
    crowd.letters(range(201, 401), variant="B")
    crowd.happened(Happening.CLICKED, [*range(1, 21), *range(201, 261)])
    at(clock, 1)
    Winners(house).note(1)
    assert settled(house) == rows.Settled(SENT + 24 * HOUR)
    at(clock, 25)
    Winners(house).note(1)
    found = settled(house)
    assert found is not None and (found.winner, found.chosen, found.decided_at) == ("B", "", SENT + 25 * HOUR)
    crowd.happened(Happening.CLICKED, range(21, 201))
    at(clock, 50)
    Winners(house).note(1)
    assert settled(house) == found, "one look"


def test_of_two_who_look_at_once_the_first_is_kept(house: House, crowd: Crowd, clock: SetClock) -> None:
    crowd.customers(400)
    crowd.mailing(variants="AB")
    crowd.letters(range(1, 201), variant="A")
    crowd.letters(range(201, 401), variant="B")
    crowd.happened(Happening.CLICKED, [*range(1, 21), *range(201, 261)])
    at(clock, 1)
    Winners(house).note(1)
    at(clock, 25)

    class Late(Winners):
        def _judge(self, *what: Any) -> Any:
            Winners(house).note(1)
            crowd.happened(Happening.CLICKED, range(21, 201))
            at(clock, 26)
            return super()._judge(*what)

    Late(house).note(1)
    found = settled(house)
    assert found is not None and (found.winner, found.decided_at) == ("B", SENT + 25 * HOUR)


def test_one_variant_is_no_trial(house: House, crowd: Crowd, clock: SetClock) -> None:
    crowd.customers(3)
    crowd.mailing()
    crowd.letters([1, 2])
    crowd.letters([3], variant="control", state=State.CANCELLED)
    at(clock, 50)
    Winners(house).note(1)
    assert settled(house) is None


@pytest.mark.parametrize(
    ("split", "terms"),
    [
        pytest.param({}, Terms(), id="as usual"),
        pytest.param({"by": "opened", "after_hours": 1.5}, Terms("opened", 1.5 * HOUR), id="said"),
        pytest.param({"by": "revenue"}, Terms("revenue", 72 * HOUR), id="purchases take longer"),
        pytest.param({"otherwise": "B"}, Terms(otherwise="B"), id="the second"),
        pytest.param({"otherwise": "C"}, Terms(), id="a variant there is not"),
        pytest.param({"by": "luck", "after_hours": True, "otherwise": 7}, Terms(), id="nonsense"),
        pytest.param({"after_hours": -1}, Terms(), id="before it was sent"),
        pytest.param({"after_hours": 10_000}, Terms(), id="next year"),
    ],
)
def test_what_is_not_said_or_cannot_be_meant_is_as_usual(split: dict[str, Any], terms: Terms) -> None:
    assert terms_of(split, ["A", "B"]) == terms
    assert NOW > SENT
