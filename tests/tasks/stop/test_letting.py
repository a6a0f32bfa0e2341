"""What letting go of a Stop means, on both databases: nobody lets forty late publications go by mistake."""

from datetime import timedelta

from models.approval import Decision
from models.delivery import Delivery, Lateness, State
from models.desk.stop import Fate
from models.orders import Signed
from models.reason import Reason
from models.stop import Scope, StopOrder
from tasks.stop import rows
from tasks.stop.engine import Switch
from tests.fakes import NOW
from tests.tasks.orders.company import HOUR, Company
from tests.verdicts import give

BY = Signed(person="olga", reason="wrong price")
HEAD = Signed(person="Vera")


def switch(company: Company) -> Switch:
    return Switch(company.house.sessions, company.clock, company.house.workspace)


def order(company: Company, number: int = 1) -> StopOrder:
    with company.house.reads() as session:
        return session.get_one(StopOrder, number)


def late_ones(company: Company) -> int:
    """A Stop of everything, under which four publications miss their time; a fifth is to come. Returns its number."""
    company.plan("1", at=NOW + HOUR, lateness=Lateness.PUBLISH, late_at=NOW + 2 * HOUR)
    company.plan("2", at=NOW + HOUR, lateness=Lateness.ASK, late_at=NOW + 2 * HOUR)
    company.plan("3", at=NOW + HOUR, lateness=Lateness.SKIP, late_at=NOW + 2 * HOUR)
    company.plan("4", at=NOW + HOUR, approved=False, late_at=NOW + 8 * HOUR)
    company.plan("5", "vk", at=NOW + 9 * HOUR)
    number = switch(company).pull(Scope.ALL, "", BY).number
    company.clock.at += 5 * HOUR
    return number


def states(company: Company) -> dict[str, tuple[State, str]]:
    with company.house.reads() as session:
        found = session.query(Delivery).order_by(Delivery.id)
        return {row.subject_id: (State(row.state), Reason.model_validate(row.reason or {}).code) for row in found}


def test_it_says_what_becomes_of_what_is_late(company: Company) -> None:
    stop = order(company, late_ones(company))
    with company.house.reads() as session:
        fates = rows.fates(session, company.clock, stop)
        late = rows.late(session, company.clock, stop, 100)
        coming = rows.coming(session, *rows.let_go_by(stop), rows.is_to_come(company.clock))
    assert fates == {Fate.GOES_OUT: 1, Fate.IS_ASKED: 1, Fate.IS_SKIPPED: 1, Fate.NOT_APPROVED: 1}
    assert [(row.number, row.fate) for row in late] == [
        ("1", "goes_out"), ("2", "is_asked"), ("3", "is_skipped"), ("4", "not_approved"),
    ]  # fmt: skip
    assert [(account, number, next_at) for account, number, next_at in coming] == [("vk", 1, NOW + 9 * HOUR)]


def test_what_was_said_before_the_release_is_what_happens_after_it(company: Company) -> None:
    number = late_ones(company)
    released = switch(company).release(number, None, "", HEAD)
    assert released.report.lines[0].done and not released.report.lines[0].notes
    company.publish_due()
    found = states(company)
    assert found["1"][0] is State.SENT
    assert found["5"][0] is State.PLANNED


def test_what_is_late_can_be_kept_back(company: Company) -> None:
    number = late_ones(company)
    released = switch(company).release(number, None, "", HEAD, keep_late=True)
    assert "3 publications" in released.report.lines[0].notes[0]
    company.publish_due()
    assert [state for state, _ in states(company).values()] == [State.HELD] * 4 + [State.PLANNED]
    assert [code for state, code in states(company).values() if state is State.HELD] == ["late"] * 3 + ["not_approved"]
    with company.house.sessions.begin() as session:
        give(session, company.clock, f"{company.pieces['4']}:fake", "h4fake", Decision.APPROVED, "marina", proven=True)
    assert states(company)["4"] == (State.PLANNED, "")


def test_keeping_back_what_is_late_under_nothing_is_a_plain_release(company: Company) -> None:
    company.plan("1")
    number = switch(company).pull(Scope.ALL, "", BY).number
    released = switch(company).release(number, None, "", HEAD, keep_late=True)
    assert released.report.ending.title == "Done" and states(company)["1"][0] is State.PLANNED


def test_what_another_stop_holds_is_not_let_go(company: Company) -> None:
    company.plan("1", at=NOW + HOUR)
    company.plan("2", "vk", at=NOW + HOUR)
    everything = switch(company).pull(Scope.ALL, "", BY).number
    switch(company).pull(Scope.CHANNEL, "vk", BY)
    company.clock.at += 2 * HOUR
    with company.house.reads() as session:
        stop = order(company, everything)
        assert rows.still_stopped(session, stop) == 1
        assert sum(rows.fates(session, company.clock, stop).values()) == 1
    switch(company).release(everything, None, "", HEAD, keep_late=True)
    assert {state for state, _ in states(company).values()} == {State.HELD, State.PLANNED}


def test_of_two_who_release_at_once_the_second_keeps_nothing_back(company: Company) -> None:
    number = late_ones(company)
    switch(company).release(number, None, "", HEAD)
    again = switch(company).release(number, None, "", HEAD, keep_late=True)
    assert again.refusal and State.HELD not in {state for state, _ in states(company).values()}


def test_it_says_what_it_would_hold_before_it_is_pulled(company: Company) -> None:
    company.plan("1", "fake", "vk", at=NOW + HOUR)
    company.plan("2", "fake", at=NOW + timedelta(minutes=5))
    [going] = company.plan("3", "fake")
    company.set(going, State.INTENT)
    with company.house.reads() as session:
        wanted = switch(company).meant(session, Scope.CHANNEL, "Fake")
        assert [tuple(row) for row in rows.coming(session, *rows.held_by(wanted))] == [
            ("fake", 2, NOW + timedelta(minutes=5))
        ]
        assert rows.going(session, wanted) == 1
        assert not rows.stops_in_force(session)


def test_the_band_names_the_piece_and_the_person(company: Company) -> None:
    company.plan("7")
    switch(company).pull(Scope.PIECE, "7", BY)
    switch(company).pull(Scope.ALL, "", HEAD)
    with company.house.reads() as session:
        found = rows.band(session)
    assert [(band.scope, band.title) for band in found] == [(Scope.PIECE, "№ 7 · Tea 7"), (Scope.ALL, "")]
    switch(company).release(1, None, "", HEAD)
    with company.house.reads() as session:
        assert [band.id for band in rows.band(session)] == [2]
