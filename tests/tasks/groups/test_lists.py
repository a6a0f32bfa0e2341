"""Lists of customers as people write them: typed, or a table; nothing of them is repeated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.groups.lists import Named, read_list


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("17\n\n18", [(1, ["code 17"]), (3, ["code 18"])], id="codes"),
        pytest.param("Oleg@Mail.ru, ira@mail.ru", [(1, ["code Oleg@Mail.ru", "email oleg@mail.ru"]),
                     (1, ["code ira@mail.ru", "email ira@mail.ru"])], id="typed with commas"),
        pytest.param("8 912 000-00-01", [(1, ["code 8 912 000-00-01", "phone +79120000001"])], id="a phone"),
        pytest.param("@olegpetrov", [(1, ["code @olegpetrov", "telegram olegpetrov"])], id="a name on Telegram"),
        pytest.param("Код;Почта\n17;a@mail.ru\n;b@mail.ru\n;", [(2, ["code 17", "email a@mail.ru"]),
                     (3, ["email b@mail.ru"])], id="under a heading a row is one"),
        pytest.param("имя;телефон\nОлег;8 912 000-00-01\nИра;нет", [(2, ["phone +79120000001"]), (3, [])],
                     id="who cannot be known by anything"),
        pytest.param('"17"\t"18"\n', [(1, ["code 17"]), (1, ["code 18"])], id="quoted, with tabs"),
    ],
)  # fmt: skip
def test_whom_a_list_names(text: str, expected: list[tuple[int, list[str]]]) -> None:
    assert [(one.row, [f"{kind} {value}" for kind, value in one.whos]) for one in read_list(text, "RU")] == expected


@given(st.text(max_size=200))
def test_any_text_is_a_list_of_somebody_or_nobody(text: str) -> None:
    assert all(isinstance(one, Named) and one.row >= 1 for one in read_list(text, "RU"))


def test_a_cell_that_is_too_long_for_a_table_doubles_no_row() -> None:
    named = read_list(f"17\n18\n{'x' * 140_000}\n19\n", "RU")
    assert [(one.row, one.whos[0][1][:5]) for one in named] == [(1, "17"), (2, "18"), (3, "xxxxx"), (4, "19")]
