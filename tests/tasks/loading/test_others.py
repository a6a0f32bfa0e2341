"""Other people while a long plan is loaded, with real threads on both databases: nobody fails, no word is lost."""

from collections.abc import Callable
from threading import Event, Thread

import pytest
from sqlalchemy import func, select

from models.approval import Approval, Decision
from models.database import PORTION
from models.delivery import Delivery
from models.manuscript import Manuscript
from models.orders import Signed
from models.piece import PieceVersion
from models.stop import Scope, StopOrder
from tasks.content.rows import Work, save_styled, wait_for_the_plan
from tasks.loading import rows
from tasks.posting import engine as posting
from tasks.stop.engine import Switch
from tests.tasks.loading.conftest import Office, row, written
from tests.verdicts import give

LONG = 5000
BY = Signed(person="olga", reason="wrong price")


class Others:
    """Colleagues who stop, release and decide, again and again, until they are told that the work is done."""

    def __init__(self, office: Office, subjects: list[str]) -> None:
        self.house, self.subjects, self.done, self.wrong = office.house, subjects, Event(), list[BaseException]()
        self.stops = self.decided = 0
        self.threads = [Thread(target=self._go, args=(work,)) for work in (self.stop, self.decide)]

    def _go(self, work: Callable[[], None]) -> None:
        try:
            while not self.done.is_set():
                work()
                self.done.wait(0.02)
        except BaseException as error:
            self.wrong.append(error)

    def stop(self) -> None:
        switch = Switch(self.house.sessions, self.house.clock, self.house.workspace)
        assert not switch.pull(Scope.ALL, "", BY).refusal
        self.stops += 1
        with self.house.sessions.begin() as session:
            session.query(StopOrder).delete()

    def decide(self) -> None:
        subject = self.subjects[self.decided % len(self.subjects)]
        with self.house.sessions.begin() as session:
            said = give(session, self.house.clock, subject, f"v{self.decided}", Decision.APPROVED, "marina",
                                   proven=True)  # fmt: skip
            assert said
        self.decided += 1

    def beside(self, work: Callable[[], None]) -> None:
        for thread in self.threads:
            thread.start()
        try:
            work()
        finally:
            self.done.set()
            for thread in self.threads:
                thread.join()
        assert self.wrong == []
        assert self.stops and self.decided
        with self.house.reads() as session:
            assert session.execute(select(func.count()).select_from(Approval)).scalar_one() == self.decided


def test_a_stop_and_an_approval_are_given_while_a_plan_of_five_thousand_rows_is_applied(office: Office) -> None:
    office.load([row(number) for number in range(1, 11)])
    others = Others(office, [f"{id}:fake" for id in range(1, 11)])
    changes = office.means([row(number, "Coffee") for number in range(1, LONG + 1)])

    def load() -> None:
        with office.house.sessions.begin() as session:
            wait_for_the_plan(session)
            rows.hold_pieces(session, changes)
            office.apply(session, changes)

    others.beside(load)
    assert len(office.pieces()) == LONG


def test_a_stop_and_an_approval_are_given_while_five_thousand_rows_are_laid_out(office: Office) -> None:
    office.load([row(number) for number in range(1, LONG + 1)])
    office.adapted()
    done: dict[str, int] = {}
    Others(office, [f"{id}:fake" for id in range(1, 11)]).beside(lambda: done.update(posting.lay_out(office.house)))
    assert done["new"] == 2 * LONG
    with office.house.reads() as session:
        assert session.execute(select(func.count()).select_from(Delivery)).scalar_one() == 2 * LONG


def test_who_waits_while_a_plan_is_laid_out_has_his_turn_before_it_is_done(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.load([row(number) for number in range(1, 61)])
    office.adapted()
    monkeypatch.setattr(posting, "AT_ONCE", 10)
    heard: list[str] = []
    begun, lay = Event(), posting._lay_out

    def laid(*arguments: object) -> dict[str, int]:
        begun.set()
        made = lay(*arguments)  # type: ignore[arg-type]
        heard.append("portion")
        return made

    def stop() -> None:
        switch = Switch(office.house.sessions, office.house.clock, office.house.workspace)
        assert begun.wait(30)
        assert not switch.pull(Scope.ALL, "", BY).refusal
        heard.append("stop")

    monkeypatch.setattr(posting, "_lay_out", laid)
    other = Thread(target=stop)
    other.start()
    try:
        posting.lay_out(office.house)
    finally:
        begun.set()
        other.join()
    assert heard.count("portion") == 6 and heard.index("stop") < len(heard) - 1


def test_whoever_styles_a_piece_that_is_being_loaded_waits_and_leaves_it(office: Office) -> None:
    """Else both would make the second version of it, and one of them would break off."""
    office.load([row(1)])
    house, piece = office.house, office.pieces()["1"]
    work, wrong = Work(piece.id or 0, piece.version_id or 0, written(row(1))), list[BaseException]()

    def style() -> None:
        try:
            with house.sessions.begin() as session:
                save_styled(session, house.clock, work, Manuscript(body="Tea."), [])
        except BaseException as error:
            wrong.append(error)

    other = Thread(target=style)
    changes = office.means([row(1, "Coffee")])
    with house.sessions.begin() as session:
        rows.hold_pieces(session, changes)
        office.apply(session, changes)
        other.start()
        other.join(0.3)
    other.join()
    assert wrong == []
    assert [(version.made_by, version.content["body"]) for version in office.versions("1")] == [
        ("olga", "Tea"), ("olga", "Coffee"),
    ]  # fmt: skip


def test_a_plan_of_several_portions_is_held_whole(office: Office) -> None:
    number = PORTION + 1
    office.load([row(n) for n in range(1, number + 1)])
    changes = office.means([row(n, "Coffee") for n in range(1, number + 1)])
    with office.house.sessions.begin() as session:
        session.connection()
        before = office.statements
        rows.hold_pieces(session, changes)
        assert office.statements - before == 2
        office.apply(session, changes)
        assert session.execute(select(func.count()).select_from(PieceVersion)).scalar_one() == 2 * number
