"""A dropped plan on both databases: seen first, loaded as it was seen or not at all, as easily the fifth time."""

import threading
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from models.desk.drop import PlanFound
from models.dropped import DropKind, DropState
from models.editing import Correction
from models.piece import PieceVersion, PlanLoad
from tasks.content import rows as pieces
from tasks.content.difference import edits
from tasks.dropping import engine, rows
from tasks.dropping.applying.engine import load_plan
from tasks.dropping.shelf.engine import shelf
from tasks.editing.engine import Editing
from tasks.loading.engine import open_plan
from tasks.orders.answers import Report
from tests.tasks.dropping.conftest import HEADER, ROWS, Dropping, feed, picture, plan

NEW = (
    "1;25.11.2026;10:00;Tea, hot;fake;tea", "2;28.11.2026;15:30;Milk;wall;", ";29.11.2026;09:00;Jam;fake, wall;",
    ";31.31.2026;09:00;Broken;fake;",
)  # fmt: skip


def load(dropping: Dropping, id: int, seen: str = "", person: str = "olga", **more: Any) -> Report:
    chosen = {"left_out": (), "cancelled": ()} | more
    return load_plan(dropping.house, id, seen, person=person, **chosen)


def loads(dropping: Dropping) -> list[tuple[str, str]]:
    with dropping.house.reads() as session:
        return [
            (load.loaded_by, load.file) for load in session.execute(select(PlanLoad).order_by(PlanLoad.id)).scalars()
        ]  # type: ignore[arg-type]


def test_a_dropped_plan_is_compared_row_by_row_and_nothing_is_changed(dropping: Dropping) -> None:
    before = dropping.pieces(), dropping.kept("content/plan.csv")
    id = dropping.drop(my__csv=plan(*NEW))
    row, found = dropping.row(id), PlanFound.model_validate(dropping.row(id).found)
    assert (row.kind, row.state, row.total) == ("plan", "read", 4)
    assert dropping.changes(id) == {"1": "changed", "2": "moved", "4": "new", "3": "gone"}
    moved = next(shown for shown in found.rows if shown.number == "2")
    assert moved.before and moved.after and (str(moved.before.on), str(moved.after.at)) == ("2026-11-26", "15:30:00")
    [problem] = row.problems
    assert (problem["place"]["row"], problem["place"]["field"]) == (5, "Date")
    assert (dropping.pieces(), dropping.kept("content/plan.csv")) == before


def test_it_is_loaded_as_it_was_seen_and_becomes_the_companys_plan(dropping: Dropping) -> None:
    former = dropping.kept("content/plan.csv")
    id = dropping.drop(my__csv=plan(*NEW))
    report = load(dropping, id, dropping.row(id).seen, "vera")
    assert str(report.lines[0]) == "my.csv — 3 rows of the plan are loaded."
    assert dropping.pieces() == {
        "1": ("Tea, hot", False),
        "2": ("Milk", False),
        "3": ("Cake", False),
        "4": ("Jam", False),
    }
    assert dropping.times()["2"] == "2026-11-28 15:30:00"
    assert dropping.kept("content/plan.csv").decode().splitlines()[3].startswith("4;29.11.2026")
    [copy] = (dropping.house.var / "plans").iterdir()
    assert copy.read_bytes() == former
    assert (dropping.row(id).state, dropping.row(id).applied_by) == ("applied", "vera")
    assert loads(dropping)[-1] == ("vera", "content/plan.csv")


def test_rows_taken_out_stay_as_they_are_and_are_offered_again(dropping: Dropping) -> None:
    id = dropping.drop(my__csv=plan(*NEW))
    load(dropping, id, left_out=("1", "4"))
    assert dropping.pieces()["1"] == ("Tea", False) and "4" not in dropping.pieces()
    again = dropping.drop(my__csv=dropping.kept("content/plan.csv"))
    assert dropping.changes(again) == {"1": "changed", "4": "new", "3": "gone"}


def test_what_is_gone_is_cancelled_only_where_it_was_ticked(dropping: Dropping) -> None:
    id = dropping.drop(my__csv=plan(ROWS[0]))
    assert dropping.changes(id) == {"2": "gone", "3": "gone"}
    load(dropping, id, cancelled=("3",))
    assert (dropping.pieces()["2"][1], dropping.pieces()["3"][1]) == (False, True)


def test_the_fifth_load_is_as_easy_as_the_first(dropping: Dropping) -> None:
    for minute in range(5):
        lines = [*ROWS[:2], f"3;27.11.2026;11:0{minute};Cake;wall;"]
        id = dropping.drop(plan__csv=plan(*lines))
        assert dropping.changes(id) == {"3": "moved"}
        assert load(dropping, id, dropping.row(id).seen).lines[0].done
    assert len(loads(dropping)) == 6 and len(list((dropping.house.var / "plans").iterdir())) >= 1
    assert dropping.times()["3"] == "2026-11-27 11:04:00"


def test_the_same_plan_again_means_nothing(dropping: Dropping) -> None:
    id = dropping.drop(plan__csv=dropping.kept("content/plan.csv"))
    assert (dropping.changes(id), dropping.row(id).state) == ({}, "read")
    assert load(dropping, id).ending.done == 1


def test_a_workbook_takes_the_place_of_a_text_table_which_is_kept(dropping: Dropping, tmp_path: Path) -> None:
    book = Workbook()
    for line in (HEADER, *ROWS[:2], ";29.11.2026;09:00;=HYPERLINK(1);fake;"):
        book.active.append([cell or None for cell in line.split(";")])  # type: ignore[union-attr]
    book.active["D4"].data_type = "s"  # type: ignore[index]
    book.save(tmp_path / "my.xlsx")
    id = dropping.drop(my__xlsx=(tmp_path / "my.xlsx").read_bytes())
    assert load(dropping, id).lines[0].done
    assert dropping.kept("content/plan.csv") is None
    assert open_plan(dropping.house).file == "content/plan.xlsx"
    sheet = load_workbook(dropping.house.root / "content/plan.xlsx").active
    assert sheet is not None and [cell.value for cell in sheet["A"]] == ["№", "1", "2", 4]
    assert len(list((dropping.house.var / "plans").glob("*.csv"))) == 1


def test_a_text_table_that_lies_there_already_takes_the_place_of_a_workbook(dropping: Dropping) -> None:
    place, data = dropping.house.root / "content", dropping.kept("content/plan.csv")
    book = Workbook()
    for line in (HEADER, "1;25.11.2026;10:00;Old;fake;tea"):
        book.active.append(line.split(";"))  # type: ignore[union-attr]
    book.save(place / "plan.xlsx")
    assert load(dropping, dropping.drop(my__csv=data)).lines[0].done
    assert open_plan(dropping.house).file == "content/plan.csv" and dropping.kept("content/plan.csv") == data


def test_a_difference_that_is_too_old_is_refused_whole_and_shown_anew(dropping: Dropping) -> None:
    first, second = (dropping.drop(my__csv=plan(*ROWS[:2], f"3;27.11.2026;;{cake};wall;")) for cake in ("Pie", "Bun"))
    seen = dropping.row(second).seen
    load(dropping, first, dropping.row(first).seen, "vera")
    before = dropping.pieces(), dropping.kept("content/plan.csv")
    late = load(dropping, second, seen)
    assert "the plan or its rows were changed meanwhile" in str(late.refusal)
    assert (dropping.pieces(), dropping.kept("content/plan.csv")) == before
    row = dropping.row(second)
    assert row.state == DropState.READ and row.seen != seen
    found = PlanFound.model_validate(row.found).rows[0]
    assert [(field.before, field.after) for field in found.fields] == [("Pie", "Bun")]
    assert load(dropping, second, row.seen).lines[0].done
    assert dropping.pieces()["3"] == ("Bun", False)


def test_a_plan_edited_in_the_folder_meanwhile_is_not_written_over(dropping: Dropping) -> None:
    id = dropping.drop(my__csv=plan(*NEW))
    seen = dropping.row(id).seen
    theirs = plan(*ROWS, "9;30.11.2026;;Their own;wall;")
    (dropping.house.root / "content/plan.csv").write_bytes(theirs)
    assert load(dropping, id, seen).refusal
    assert dropping.kept("content/plan.csv") == theirs and len(dropping.pieces()) == 3


def test_an_edit_of_the_desk_after_the_look_is_shown_before_the_file_puts_it_away(dropping: Dropping) -> None:
    id = dropping.drop(my__csv=plan("1;25.11.2026;10:00;Tea of the file;fake;tea", *ROWS[1:]))
    seen = dropping.row(id).seen
    assert not Editing(dropping.house).correct(Correction(piece="1", person="olga", text="Tea of the desk")).refusal
    assert "changed meanwhile" in str(load(dropping, id, seen, "vera").refusal)
    assert dropping.edited() == {"1": ["body"]}
    [shown] = PlanFound.model_validate(dropping.row(id).found).rows
    assert edits(shown.edited)[0].startswith("Edited on the desk by Olga Author") and shown.edited[0].is_lost
    assert load(dropping, id, dropping.row(id).seen, "vera").lines[0].done and dropping.edited() == {}


@pytest.mark.parametrize(
    ("before", "after", "stays"),
    [
        pytest.param("all", "all", True, id="the company has one channel more"),
        pytest.param("all", "fake, wall, vk", False, id="all are named now"),
        pytest.param("fake, wall", "all", False, id="all are meant now"),
        pytest.param("", "", True, id="neither the row nor the piece names any"),
    ],
)
def test_an_edit_of_the_channels_stays_until_the_file_itself_names_others(
    dropping: Dropping, before: str, after: str, stays: bool
) -> None:
    (dropping.house.root / "content/pieces/tea.md").write_text("---\ntitle: Tea\n---\nTea of the piece.\n")
    row, header = "1;25.11.2026;{};Tea;{};tea;tea.md", HEADER + ";Piece"
    assert load(dropping, dropping.drop(a__csv=plan(row.format("10:00", before), header=header))).lines[0].done
    assert not Editing(dropping.house).correct(Correction(piece="1", person="olga", channels="wall")).refusal
    channels = dropping.house.root / "channels.yaml"
    channels.write_text(channels.read_text() + '  - {key: vk, provider: folder, title: "VK"}\n')
    load(dropping, dropping.drop(b__csv=plan(row.format("11:00", after), header=header)))
    with dropping.house.reads() as session:
        piece = pieces.by_number(session, "1")
        assert piece is not None and piece.version_id
        said = session.get_one(PieceVersion, piece.version_id).content["channels"]
    assert (dropping.edited(), said) == (({"1": ["channels"]}, ["wall"]) if stays else ({}, ["fake", "wall", "vk"]))


def test_what_stays_the_same_is_counted_and_not_written_down(dropping: Dropping) -> None:
    load(dropping, dropping.drop(my__csv=plan(*NEW)))
    load(dropping, dropping.drop(my__csv=dropping.kept("content/plan.csv")))
    with dropping.house.reads() as session:
        (_, by, last), (_, _, former), _ = rows.loads(session)
        written = session.execute(select(PlanLoad).order_by(PlanLoad.id)).scalars().all()[-1]  # type: ignore[arg-type]
    assert (by, last) == ("olga", {"same": 3, "gone": 1, "problems": 1})
    assert [change["kind"] for change in written.difference["changes"]] == ["gone"]
    assert former == {"changed": 1, "moved": 1, "new": 1, "gone": 1, "problems": 1}


def test_a_row_changed_on_the_desk_between_the_look_and_the_loading_refuses_it(
    dropping: Dropping, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = dropping.drop(my__csv=plan(*NEW))
    look = pieces.wait_for_the_plan

    def edited(session: Any) -> None:
        piece = pieces.by_number(session, "2")
        assert piece is not None
        piece.plan = piece.plan | {"at": "08:00:00"}
        session.flush()
        look(session)

    monkeypatch.setattr(pieces, "wait_for_the_plan", edited)
    assert load(dropping, id, dropping.row(id).seen).refusal
    monkeypatch.undo()
    assert (dropping.times()["2"], len(dropping.pieces())) == ("2026-11-26 12:00:00", 3)


def test_a_file_that_cannot_take_its_place_loads_nothing(dropping: Dropping, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: Any) -> None:
        raise OSError(13, "Permission denied")

    id = dropping.drop(my__csv=plan(*NEW))
    monkeypatch.setattr("integrations.folder.Folder.renew", closed)
    said = load(dropping, id)
    assert "Permission denied" in str(said.refusal)
    assert (len(dropping.pieces()), len(loads(dropping)), dropping.row(id).state) == (3, 1, "read")
    monkeypatch.undo()
    assert load(dropping, id).lines[0].done


def test_killed_after_the_file_and_before_the_rows_it_can_be_loaded_again(
    dropping: Dropping, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tasks.dropping.plans import engine as plans

    class Killed(BaseException):
        pass

    def killed(*arguments: Any, **more: Any) -> None:
        exchange(*arguments, **more)
        raise Killed

    exchange = plans.exchange
    id = dropping.drop(my__csv=plan(*NEW))
    monkeypatch.setattr(plans, "exchange", killed)
    with pytest.raises(Killed):
        load(dropping, id)
    monkeypatch.undo()
    assert len(dropping.pieces()) == 3
    with dropping.house.sessions.begin() as session:
        rows.let_go(session, id, "olga")
    assert load(dropping, id).refusal  # the folder holds another plan than the one that was seen
    assert load(dropping, id).lines[0].done and len(dropping.pieces()) == 4


def test_of_two_who_apply_at_once_one_wins_and_the_other_is_told(dropping: Dropping) -> None:
    id = dropping.drop(my__csv=plan(*NEW))
    seen, gate, said = dropping.row(id).seen, threading.Barrier(2), []

    def go(person: str) -> None:
        gate.wait()
        said.append(load(dropping, id, seen, person))

    threads = [threading.Thread(target=go, args=(person,)) for person in ("olga", "vera")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [report for report in said if not report.refusal]
    assert len(won) == 1 and len(loads(dropping)) == 2
    [lost] = [str(report.refusal) for report in said if report.refusal]
    assert "was first" in lost or "is applying it" in lost


def test_of_two_plans_dropped_at_once_the_second_is_refused_whole(dropping: Dropping) -> None:
    ids = [dropping.drop(my__csv=plan(*ROWS[:2], f"3;27.11.2026;;{cake};wall;")) for cake in ("Pie", "Bun")]
    seen, gate, said = [dropping.row(id).seen for id in ids], threading.Barrier(2), []

    def go(place: int) -> None:
        gate.wait()
        said.append(load(dropping, ids[place], seen[place], ("olga", "vera")[place]))

    threads = [threading.Thread(target=go, args=(place,)) for place in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(bool(report.refusal) for report in said) == [False, True]
    assert len(loads(dropping)) == 2
    assert sorted(dropping.row(id).state for id in ids) == ["applied", "read"]


def test_who_may_not_load_is_told_and_nothing_is_loaded(dropping: Dropping) -> None:
    id = dropping.drop(my__csv=plan(*NEW))
    assert "may not load files" in str(load(dropping, id, person="marina").refusal)
    assert (dropping.row(id).state, len(dropping.pieces())) == ("read", 3)


def test_a_file_of_another_kind_or_none_is_a_sentence(dropping: Dropping) -> None:
    other = dropping.drop(feed__xml=feed(tea=1))
    for id in (other, 99):
        assert "There is no dropped file" in str(load(dropping, id).refusal)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(plan(*ROWS, header="№;When;Time;Text;Channels;Products"), "no column “date”", id="no date"),
        pytest.param(b"PK\x03\x04 rubbish", "damaged", id="damaged"),
        pytest.param(b"\xd0\xcf\x11\xe0 old", "old .xls", id="old or locked"),
        pytest.param(b"", "There is no table", id="empty"),
        pytest.param(b"a;b\n1;2\n", "none of those", id="unknown"),
    ],
)
def test_what_cannot_be_used_says_why_and_can_be_left(dropping: Dropping, data: bytes, said: str) -> None:
    id = dropping.drop(my__csv=data)
    row = dropping.row(id)
    assert row.state == DropState.REFUSED and said in str(engine.refusal_of(row))
    with dropping.house.sessions.begin() as session:
        assert rows.leave(session, id)


def test_a_picture_the_plan_names_may_come_first(dropping: Dropping) -> None:
    line = (*ROWS[:2], "3;27.11.2026;;Cake;wall;;cup.jpg")
    text = plan(*line, header=HEADER + ";Picture")
    assert "cup.jpg" in str(dropping.row(dropping.drop(my__csv=text)).problems)
    (dropping.house.root / "content/pictures/cup.jpg").write_bytes(picture())
    assert dropping.changes(dropping.drop(my__csv=text)) == {"3": "changed"}


def test_a_company_whose_files_are_broken_loads_nothing(dropping: Dropping) -> None:
    id = dropping.drop(my__csv=plan(*NEW))
    (dropping.house.root / "channels.yaml").write_text("channels: [")
    assert load(dropping, id).refusal and len(dropping.pieces()) == 3


def test_whoever_is_killed_while_reading_has_it_read_by_the_next(dropping: Dropping) -> None:
    id = dropping.drop(my__csv=plan(*NEW), read=False)
    with dropping.house.sessions.begin() as session:
        assert rows.begin_reading(session, dropping.house.clock, id)
    assert not engine.read_dropped(dropping.house, id)
    dropping.house.clock.at += rows.SILENT * 2  # type: ignore[attr-defined]
    assert engine.read_dropped(dropping.house, id)
    assert dropping.row(id).state == DropState.READ


def test_what_breaks_while_reading_is_told(dropping: Dropping, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(engine, "sheet_of", broken)
    id = dropping.drop(my__csv=plan(*NEW))
    assert "Reading broke off (RuntimeError)" in str(engine.refusal_of(dropping.row(id)))


def test_what_was_dropped_a_month_ago_is_removed(dropping: Dropping) -> None:
    id = dropping.drop(my__csv=plan(*NEW))
    assert (engine.forget_old(dropping.house), shelf(dropping.house, id).exists()) == (0, True)
    dropping.house.clock.at += rows.KEPT * 2  # type: ignore[attr-defined]
    assert (engine.forget_old(dropping.house), shelf(dropping.house, id).exists()) == (1, False)
    with dropping.house.reads() as session:
        assert rows.one(session, id) is None


def test_a_kind_that_was_named_is_believed(dropping: Dropping) -> None:
    id = dropping.drop(DropKind.PLAN, my__csv=b"a;b\n1;2\n")
    assert "no column “date”" in str(engine.refusal_of(dropping.row(id)))
