"""What a loaded plan makes of its pieces, on both databases: the same for one row and for thousands."""

from datetime import time

from sqlalchemy import select

from models.content import ChangeKind, PlanRow
from models.database import PORTION
from models.manuscript import Manuscript
from models.piece import HandVersion, Piece
from tasks.content import rows as pieces
from tasks.content.rows import Work, save_styled, save_version
from tasks.content.versions import written_out
from tasks.loading import rows
from tests.fakes import NOW
from tests.tasks.loading.conftest import Office, row, written

FIRST = [row(number) for number in range(1, 8)]
SECOND = [
    row(1), row(2, "Coffee"), row(3, at=time(8)), row(4, group="tea-lovers"), row(5, campaign="winter"), row(8, "Cake"),
]  # fmt: skip


def test_each_row_is_what_the_plan_says_of_it(office: Office) -> None:
    office.load(FIRST)
    before = office.pieces()
    office.load(SECOND)
    now = office.pieces()
    assert {number: piece.archived for number, piece in now.items()} == {
        number: number in ("6", "7") for number in "12345678"
    }
    assert {number: len(office.versions(number)) for number in now} == {n: 2 if n == "2" else 1 for n in "12345678"}
    assert all(PlanRow.model_validate(now[one.number].plan) == one for one in SECOND)
    assert all(now[one.number].row_hash == one.row_hash() for one in SECOND)
    assert {now[number].id for number in before} == {piece.id for piece in before.values()}
    assert (now["4"].customer_group, now["4"].group_overruled, now["5"].campaign) == ("tea-lovers", True, "winter")
    for number, piece in now.items():
        last = office.versions(number)[-1]
        assert piece.version_id == last.id and last.content["body"] == {"2": "Coffee", "8": "Cake"}.get(number, "Tea")
        assert (last.made_by, last.why, last.styled) == ("olga", "plan" if number == "2" else "new", False)


def test_the_same_again_changes_nothing(office: Office) -> None:
    office.load(FIRST)
    assert {change.kind for change in office.means(FIRST)} == {ChangeKind.SAME}


def test_a_row_that_is_back_is_the_same_piece_and_its_unchanged_text_no_version(office: Office) -> None:
    office.load(FIRST)
    office.load(FIRST[:6])
    assert office.pieces()["7"].archived
    was = office.pieces()["7"].id
    office.load(FIRST)
    assert (office.pieces()["7"].id, office.pieces()["7"].archived, len(office.versions("7"))) == (was, False, 1)


def test_a_former_version_is_never_changed(office: Office) -> None:
    office.load(FIRST)
    first = office.versions("2")[0].model_dump()
    office.load(SECOND)
    office.load([row(2, "Cocoa")])
    assert [version.ordinal for version in office.versions("2")] == [1, 2, 3]
    assert office.versions("2")[0].model_dump() == first


def test_a_styled_version_is_no_reason_for_another_while_the_row_says_the_same(office: Office) -> None:
    office.load(FIRST)
    house, piece = office.house, office.pieces()["1"]
    work = Work(piece.id or 0, piece.version_id or 0, written(FIRST[0]))
    with house.sessions.begin() as session:
        save_styled(session, house.clock, work, Manuscript(body="Tea.", channels=("fake", "wall")), [])
    office.load([row(1, at=time(7)), *FIRST[1:]])
    assert [(version.made_by, version.content["body"]) for version in office.versions("1")] == [
        ("olga", "Tea"), ("A6", "Tea."),
    ]  # fmt: skip


def test_texts_by_hand_stay_and_are_looked_at_again_where_the_file_changed_beside_them(office: Office) -> None:
    office.load(FIRST)
    with office.house.sessions.begin() as session:
        for number in ("2", "3"):
            piece = office.pieces()[number]
            session.add(HandVersion(piece_id=piece.id or 0, account="fake", text="By hand", by="olga", at=NOW,
                                    version_id=piece.version_id or 0, body_hash="h"))  # fmt: skip
    changes = [change for change in office.means(SECOND) if change.number in ("2", "3")]
    said = {"2": written_out(Manuscript(body="Coffee", text_for={"fake": "New"})), "3": written_out(written(SECOND[2]))}
    with office.house.sessions.begin() as session:
        rows.apply_changes(session, office.house.clock, changes, said, "olga")
        hands = {hand.piece_id: hand for hand in session.execute(select(HandVersion)).scalars()}
    now = office.pieces()
    assert office.versions("2")[-1].content["text_for"] == {"fake": "By hand"}
    assert (hands[now["2"].id or 0].body_hash, hands[now["3"].id or 0].body_hash) == ("", "h")


def test_what_was_edited_on_the_desk_stays_beside_what_the_file_changed(office: Office) -> None:
    office.load(FIRST)
    house, edit = office.house, {"by": "olga", "at": NOW.isoformat()}
    for number in ("1", "2"):
        with house.sessions.begin() as session:
            piece = session.get_one(Piece, office.pieces()[number].id)
            piece.loaded = {"row": piece.plan, "manuscript": written(FIRST[0]).model_dump(mode="json")}
            piece.edited = {"body": edit}
            save_version(session, house.clock, piece, written(row(1, "By olga")), "olga", "desk")
    office.load([row(1, at=time(7)), row(2, "Coffee"), *FIRST[2:]])
    now = office.pieces()
    assert [office.versions(number)[-1].content["body"] for number in ("1", "2")] == ["By olga", "Coffee"]
    assert (set(now["1"].edited), now["1"].loaded["row"]["at"], now["2"].edited, now["2"].loaded) == (
        {"body"}, "07:00:00", {}, {},
    )  # fmt: skip
    assert [version.why for version in office.versions("2")] == ["new", "desk", "plan"]


def longer(number: int) -> list[list[PlanRow]]:
    """Plans of so many rows: new, then all of them changed, moved, gone, back."""
    numbers = range(1, number + 1)
    return [
        [row(n) for n in numbers], [row(n, "Coffee") for n in numbers], [row(n, "Coffee", at=time(7)) for n in numbers],
        [], [row(n, "Coffee", at=time(7)) for n in numbers],
    ]  # fmt: skip


def test_a_thousand_rows_take_as_many_statements_as_one(office: Office) -> None:
    few = [office.load(plan) for plan in longer(1)]
    office.load([])
    lots = [office.load([one for one in plan if one.number != "1"]) for plan in longer(PORTION + 1)]
    assert lots == few and max(few) <= 8


def test_a_longer_plan_takes_as_many_more_as_it_has_portions(office: Office) -> None:
    portions = 3
    once = [office.load(plan) for plan in longer(2)][:3]
    office.load([])
    plans = [[one for one in plan if int(one.number) > 2] for plan in longer(portions * PORTION + 2)[:3]]
    more = [office.load(plan) for plan in plans]
    assert [m - 1 for m in more] == [(o - 1) * portions for o in once]  # one reading of the clock


def test_the_numbers_that_stand_are_those_of_the_plan(office: Office) -> None:
    office.load(FIRST)
    office.load(FIRST[:6])
    with office.house.reads() as session:
        assert pieces.numbers_standing(session) == set("123456")
        assert [known.row.number for known in pieces.known_rows(session)] == list("123456")
