"""One at a time reads a dropped file, one applies it: whoever is alive is waited for, whoever is cut off is not."""

from threading import Event
from typing import Any

import pytest

from models.dropped import DropState
from tasks.dropping import engine, rows
from tasks.dropping.applying import engine as applying
from tasks.dropping.looks import Look
from tasks.dropping.tables import engine as tables
from tasks.orderbook import rows as orders
from tasks.orders.answers import Report
from tests.tasks.costs.test_engine import FIRST, SECOND, book
from tests.tasks.dropping.conftest import ROWS, Dropping, plan


class Killed(BaseException):
    pass


def load(dropping: Dropping, id: int, person: str = "olga") -> Report:
    return applying.load_plan(dropping.house, id, "", (), (), person)


def other_cake(dropping: Dropping, cake: str = "Pie") -> int:
    return dropping.drop(my__csv=plan(*ROWS[:2], f"3;27.11.2026;;{cake};wall;"))


def passes(dropping: Dropping, times: float = 2) -> None:
    dropping.house.clock.at += rows.SILENT * times  # type: ignore[attr-defined]


def test_who_is_killed_while_applying_keeps_it_only_for_a_minute(
    dropping: Dropping, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> None:
        raise Killed

    first, second = other_cake(dropping), other_cake(dropping, "Bun")
    monkeypatch.setattr(applying, "load_dropped", killed)
    with pytest.raises(Killed):
        load(dropping, first)
    monkeypatch.undo()
    assert "is applying it" in str(load(dropping, first, "vera").refusal)
    assert "Olga Author is loading" in str(load(dropping, second, "vera").refusal)
    passes(dropping)
    assert load(dropping, second, "vera").lines[0].done
    assert dropping.row(first).state == DropState.READ and dropping.pieces()["3"] == ("Bun", False)


def test_what_breaks_while_it_is_applied_may_be_applied_at_once_again(
    dropping: Dropping, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise MemoryError

    id = other_cake(dropping)
    monkeypatch.setattr(applying, "load_dropped", broken)
    with pytest.raises(MemoryError):
        load(dropping, id)
    monkeypatch.undo()
    assert load(dropping, id, "vera").lines[0].done


def test_what_is_cut_off_and_a_month_old_is_removed_too(dropping: Dropping) -> None:
    id = other_cake(dropping)
    with dropping.house.sessions.begin() as session:
        assert rows.take(session, id, "olga", dropping.row(id).seen, None)
        assert rows.begin_applying(session, dropping.house.clock, id, "olga")
    dropping.house.clock.at += rows.KEPT * 2  # type: ignore[attr-defined]
    assert engine.forget_old(dropping.house) == 1


def test_who_comes_while_the_desk_is_still_recording_is_told_so(
    dropping: Dropping, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = dropping.drop(a__xlsx=book(FIRST, SECOND))
    seen, exchange, said = dropping.row(id).seen, tables.exchange, []

    def record() -> Report:
        return applying.record_table(dropping.house, id, False, seen, "vera")

    def meanwhile(*arguments: Any) -> None:
        exchange(*arguments)
        monkeypatch.undo()
        said.append(record())

    monkeypatch.setattr(tables, "exchange", meanwhile)
    assert record().lines[0].done and "is applying it" in str(said[0].refusal)
    assert dropping.row(id).state == DropState.APPLIED and record().lines[0].done


@pytest.mark.parametrize("by_run", [True, False], ids=["handed on", "the desk's own"])
def test_the_run_of_an_order_is_started_once_nobody_applies_its_file(dropping: Dropping, by_run: bool) -> None:
    id, at = other_cake(dropping), dropping.house
    with at.sessions.begin() as session:
        order, _ = orders.give(session, at.clock, "o", "load-plan", {}, "olga", ("drop", str(id)), by_run=by_run)
        assert rows.take(session, id, "olga", dropping.row(id).seen, order.id if by_run else None)
        assert rows.begin_applying(session, at.clock, id, "olga")
    wanted = []
    for beats in (True, True, False, False):
        passes(dropping, times=2 / 3)
        with at.sessions.begin() as session:
            wanted.append(len(orders.runs_wanted(session, at.clock)))
            if beats:
                rows.beat(session, at.clock, id)
    assert wanted == [0, 0, 0, 1]


def test_while_the_work_lasts_it_gives_signs_of_life(dropping: Dropping, monkeypatch: pytest.MonkeyPatch) -> None:
    given, beat = Event(), rows.beat

    def heard(*arguments: Any) -> None:
        beat(*arguments)
        given.set()

    monkeypatch.setattr(engine, "BEATS_EVERY", 0.01)
    monkeypatch.setattr(rows, "beat", heard)
    id = dropping.drop(my__csv=plan(*ROWS), read=False)
    with dropping.house.sessions.begin() as session:
        assert rows.begin_reading(session, dropping.house.clock, id)
    passes(dropping)
    with engine.beating(dropping.house, id):
        assert given.wait(30)
    assert not engine.read_dropped(dropping.house, id)


def test_a_second_reader_that_fails_leaves_what_the_first_has_read(
    dropping: Dropping, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = engine._look

    def while_the_first_ends(at: Any, row: Any, tick: Any) -> Look:
        found = look(at, row, tick)
        with at.sessions.begin() as session:
            assert rows.keep_reading(session, row.id, **found.columns())
        raise MemoryError

    id = dropping.drop(my__csv=plan(*ROWS), read=False)
    monkeypatch.setattr(engine, "_look", while_the_first_ends)
    assert not engine.read_dropped(dropping.house, id)
    assert dropping.row(id).state == DropState.READ and list(engine.files_of(dropping.house, id)) == ["my.csv"]
