import json
from collections.abc import Sequence
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.content import Change, ChangeKind, KnownRow, PlanRow
from models.delivery import Lateness
from models.locale import LANGUAGES, spoken
from models.schedule import Recurrence
from tasks.content.difference import compare, number_rows, overtaken, sentence
from tests.tasks.content.plans import PLAN_ROWS

TEA = PlanRow(number="7", row=2, on=date(2026, 11, 25), at=time(10), title="Чай", channels=("site", "tg"))
OPEN = KnownRow(row=TEA)
OUT = KnownRow(row=TEA, out=("site", "tg"), open=False)
PARTLY = KnownRow(row=TEA, out=("site",))


def only(rows: Sequence[PlanRow], known: Sequence[KnownRow], broken: Sequence[str] = ()) -> Change:
    (change,) = compare(rows, known, broken)
    return change


def but(**said: object) -> PlanRow:
    return TEA.model_copy(update=said)


@pytest.mark.parametrize(
    ("rows", "known", "kind", "said"),
    [
        pytest.param([TEA], [], ChangeKind.NEW, "№ 7 «Чай»: новая строка, 25.11.2026 10:00.", id="new"),
        pytest.param([but(row=9)], [OPEN], ChangeKind.SAME, "№ 7 «Чай»: без изменений.", id="only moved in the file"),
        pytest.param(
            [but(on=date(2026, 11, 26), at=None)], [OPEN], ChangeKind.MOVED,
            "№ 7 «Чай»: перенос с 25.11.2026 10:00 на 26.11.2026, в слот канала.", id="another day",
        ),
        pytest.param(
            [but(repeat=Recurrence(rule="week"), if_late=Lateness.SKIP)], [OPEN], ChangeKind.MOVED,
            "№ 7 «Чай»: изменилось расписание: повтор, если опоздали.", id="only the rest of the schedule",
        ),
        pytest.param(
            [but(text="Иначе")], [OPEN], ChangeKind.CHANGED,
            "№ 7 «Чай»: изменения (текст). Новую версию попросят согласовать.", id="other words",
        ),
        pytest.param(
            [but(text="Иначе", at=time(11))], [OPEN], ChangeKind.CHANGED,
            "№ 7 «Чай»: изменения (время, текст) и перенос с 25.11.2026 10:00 на 25.11.2026 11:00. "
            "Новую версию попросят согласовать.", id="other words at another time",
        ),
        pytest.param(
            [but(material="x")], [OPEN], ChangeKind.CHANGED,
            "№ 7 «Чай»: изменения (файл материала). Новую версию попросят согласовать.", id="the piece was edited",
        ),
        pytest.param(
            [but(text="Иначе")], [PARTLY], ChangeKind.CHANGED,
            "№ 7 «Чай»: изменения (текст). Новую версию попросят согласовать. "
            "Уже вышло: Сайт; там всё останется как есть.", id="out in one channel",
        ),
        pytest.param(
            [], [OPEN], ChangeKind.GONE,
            "№ 7 «Чай»: строки больше нет в файле. Отменить её публикацию или оставить?", id="gone",
        ),
        pytest.param([TEA], [OUT], ChangeKind.OUT, "№ 7 «Чай»: уже вышло, останется как есть.", id="out"),
        pytest.param([], [OUT], ChangeKind.OUT, "№ 7 «Чай»: уже вышло, останется как есть.", id="out and gone"),
        pytest.param(
            [but(text="Иначе")], [OUT], ChangeKind.OUT,
            "№ 7 «Чай»: уже вышло, поэтому отличия в файле не применяются (текст). "
            "Чтобы опубликовать ещё раз, добавьте новую строку.", id="out but written otherwise",
        ),
    ],
)  # fmt: skip
def test_every_change_is_told_in_a_sentence(
    rows: list[PlanRow], known: list[KnownRow], kind: ChangeKind, said: str
) -> None:
    with spoken("ru"):
        change = only(rows, known)
        assert (change.kind, sentence(change, {"site": "Сайт"})) == (kind, said)


def test_a_row_that_waits_to_be_mended_is_not_gone() -> None:
    change = only([], [OPEN], ["7"])
    assert change.kind is ChangeKind.BROKEN
    with spoken("en"):
        assert sentence(change) == "№ 7 “Чай”: stays as it was until its row in the file is mended."


def test_a_piece_is_called_by_its_title() -> None:
    row = PlanRow(number="1", on=date(2026, 11, 25), piece="tea.md")
    assert "“О чае”" in sentence(only([row], []), {"tea.md": "О чае"})


@pytest.mark.parametrize(
    ("then", "now", "drafts"),
    [
        pytest.param([], [OPEN], (), id="loaded by somebody else"),
        pytest.param([OPEN], [KnownRow(row=but(text="Иначе"))], (), id="edited by somebody else"),
        pytest.param([OPEN], [PARTLY], (), id="out in one channel"),
        pytest.param([PARTLY], [KnownRow(row=TEA, out=("site",), open=False)], (), id="nothing is to go any more"),
        pytest.param([OPEN], [], (), id="taken out of the plan"),
        pytest.param([], [], ("7",), id="a draft has the number"),
    ],
)
def test_a_change_that_was_overtaken_is_named(
    then: list[KnownRow], now: list[KnownRow], drafts: tuple[str, ...]
) -> None:
    changes = compare([but(text="Новое")], then)
    assert overtaken(changes, then) == set()
    assert overtaken(changes, now, drafts) == {"7"}


def test_rows_without_a_number_are_not_compared() -> None:
    with pytest.raises(ValueError, match="№"):
        compare([but(number="")], [])
    with pytest.raises(ValueError, match="№"):
        compare([TEA, TEA], [])


def test_a_free_number_is_above_all_that_were_ever_used() -> None:
    rows = [but(number="", row=2), but(number="3", row=3), but(number="", row=4, text="Иначе")]
    known = [KnownRow(row=but(number="12", text="Давно")), KnownRow(row=but(number="А-99", text="Раз"))]
    assert [row.number for row in number_rows(rows, known)] == ["13", "3", "14"]
    assert [row.number for row in number_rows(rows, known, ["20"], ["31"])] == ["32", "3", "33"]


def test_a_plan_kept_without_numbers_may_be_loaded_twice() -> None:
    file = [but(number="", row=row, text=text) for row, text in ((2, "Раз"), (3, "Два"), (4, "Два"))]
    first = number_rows(file, [])
    again = number_rows(file, [KnownRow(row=row) for row in first])
    assert [row.number for row in again] == ["1", "2", "3"]


def test_a_row_without_a_number_that_was_moved_is_known_by_what_it_says() -> None:
    moved = [but(number="", row=2, at=time(12))]
    assert [row.number for row in number_rows(moved, [OPEN])] == ["7"]
    assert [row.number for row in number_rows(moved, [OUT])] == ["8"]


def test_two_rows_that_say_the_same_are_not_guessed_apart() -> None:
    moved = [but(number="", row=2, at=time(12)), but(number="", row=3, at=time(13))]
    assert [row.number for row in number_rows(moved, [OPEN])] == ["8", "9"]


NUMBERS = st.integers(1, 12).map(str)


@st.composite
def numbered(draw: st.DrawFn) -> list[PlanRow]:
    numbers = draw(st.lists(NUMBERS, unique=True, max_size=8))
    return [draw(PLAN_ROWS).model_copy(update={"number": number}) for number in numbers]


@st.composite
def known_rows(draw: st.DrawFn) -> list[KnownRow]:
    channels = st.sampled_from([(), ("site",), ("site", "tg")])
    return [KnownRow(row=row, out=draw(channels), open=draw(st.booleans())) for row in draw(numbered())]


@given(numbered(), known_rows(), st.sets(NUMBERS), st.sampled_from(LANGUAGES))
def test_every_row_is_in_the_difference_exactly_once(
    rows: list[PlanRow], known: list[KnownRow], broken: set[str], language: str
) -> None:
    broken -= {row.number for row in rows}
    with spoken(language):
        changes = compare(rows, known, broken)
        said = [sentence(change) for change in changes]
    numbers = [change.number for change in changes]
    assert sorted(numbers) == sorted({row.number for row in rows} | {former.row.number for former in known})
    assert all(f"№ {change.number} " in text for change, text in zip(changes, said, strict=True))
    assert not [text for text in said if "{" in text]


@given(numbered(), known_rows(), st.sets(NUMBERS))
def test_what_is_out_is_never_touched_and_what_is_broken_never_gone(
    rows: list[PlanRow], known: list[KnownRow], broken: set[str]
) -> None:
    broken -= {row.number for row in rows}
    kinds = {change.number: change.kind for change in compare(rows, known, broken)}
    out = {former.row.number for former in known if former.out and not former.open}
    assert {number for number, kind in kinds.items() if kind is ChangeKind.OUT} == out
    assert not {number for number, kind in kinds.items() if kind is ChangeKind.GONE} & broken


@given(numbered())
def test_loading_the_same_again_changes_nothing(rows: list[PlanRow]) -> None:
    stored = [PlanRow.model_validate(json.loads(row.model_dump_json())) for row in rows]
    assert stored == rows
    assert {change.kind for change in compare(rows, [KnownRow(row=row) for row in stored])} <= {ChangeKind.SAME}


@given(st.lists(PLAN_ROWS, max_size=8), known_rows())
def test_every_row_gets_a_number_of_its_own(rows: list[PlanRow], known: list[KnownRow]) -> None:
    rows = [row.model_copy(update={"row": place}) for place, row in enumerate(rows, start=2)]
    numbers = [row.number for row in number_rows(rows, known)]
    assert all(numbers)
    assert len(set(numbers)) == len(numbers)


@given(numbered(), numbered())
def test_a_change_is_stored_and_read_back(rows: list[PlanRow], before: list[PlanRow]) -> None:
    for change in compare(rows, [KnownRow(row=row) for row in before]):
        assert Change.model_validate(json.loads(change.model_dump_json())) == change
