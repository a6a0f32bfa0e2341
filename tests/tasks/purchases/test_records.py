"""Rows of a CSV file read by blocks are the rows that csv's own reader finds in it, whatever stands there."""

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tasks.purchases import records
from tasks.purchases.records import Records, of_records, plain_rows, tidied

AT = {"first": 0, "third": 2}
CELLS = st.one_of(
    st.sampled_from(["", "a", "Чай", '"', '""', '"a"', '"a;b"', '"a""b"', '"a\nb"', '"a\r\n\r\nb"', 'a"b', '"a"b', " ",
                     "\x1c", "\x85", "\u2028", "\r", "\0"]),
    st.text(alphabet='a";\r\n ', max_size=4),
)  # fmt: skip
TEXTS = st.lists(
    st.tuples(st.lists(CELLS, max_size=4).map(";".join), st.sampled_from(["\n", "\r\n", "\r"])), max_size=8
)


def plainly(text: str) -> list[tuple[Any, ...]]:
    """What csv's own reader has, row by row."""
    read = enumerate(csv.reader(StringIO(text, newline=""), delimiter=";"), 1)
    return tidied(of_records([(n, cells) for n, cells in read if any(cell.strip() for cell in cells)], AT)).rows()


def by_blocks(text: str, size: int) -> list[tuple[Any, ...]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "BLOCK", size)
        reading, found = Records(BytesIO(text.encode()), "utf-8"), []
        while block := reading.rest():
            frame = reading.take(block, ";", AT)
            found += (tidied(of_records(list(reading.of_block(";")), AT)) if frame is None else frame).rows()
        return found


@given(TEXTS, st.integers(1, 12))
@example([('"a', "\n"), ('b";c', "\n"), ("d;e;f", "\n")], 2)
@example([("a;b;c", "\r"), ("d;e;f", "\r\n"), ('"', "\n")], 3)
def test_rows_read_by_blocks_are_those_that_csv_has(lines: list[tuple[str, str]], size: int) -> None:
    text = "".join(f"{line}{end}" for line, end in lines)
    assert by_blocks(text, size) == plainly(text)


@pytest.mark.parametrize(
    ("text", "is_plain"),
    [
        pytest.param("a;b;c\r\n;;\n d;e\n", True, id="lines"),
        pytest.param('"a;1";b;"c ""d"""\n', True, id="quoted whole cells"),
        pytest.param('5" pipe;b;c\n', True, id="a mark in the middle of a cell"),
        pytest.param('"a\nb";c;d\n', False, id="a row of two lines"),
        pytest.param('a;"b\nc;d;e\n', False, id="a mark that nothing closes"),
        pytest.param("a;b\rc;d\n", False, id="ends of lines of two kinds"),
        pytest.param(f"{'a' * records.LONGEST};b\n", False, id="a cell that is too long"),
    ],
)
def test_what_is_read_at_once(text: str, is_plain: bool) -> None:
    assert (plain_rows(text.encode(), ";", AT, 0) is not None) is is_plain


def test_what_is_no_utf_8_is_replaced_as_a_reader_does() -> None:
    reading = Records(BytesIO(b"a\xff;b;c\nd;e;f\n"), "utf-8")
    assert reading.take(reading.rest(), ";", AT) is None
    assert list(reading.of_block(";")) == [(1, ["a\ufffd", "b", "c"]), (2, ["d", "e", "f"])]


def test_a_row_that_is_odd_costs_its_block_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "BLOCK", 8)
    reading = Records(BytesIO(b'a;1;1\nb;"2\n";2\nc;3;3\nd;4;4\n'), "utf-8")
    quick = []
    while block := reading.rest():
        frame = reading.take(block, ";", AT)
        quick += frame["row"].to_list() if frame is not None else [-number for number, _ in reading.of_block(";")]
    assert quick == [1, -2, 3, 4]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (" a ", "a"),
        ("a  b", "a b"),
        ("a\tb", "a b"),
        ("a\r\n\u00a0b", "a b"),
        ("a\0b", "ab"),
        ("\0 a", "a"),
        ("a; b", "a; b"),
    ],
)
def test_a_cell_is_one_line_of_text(cell: str, expected: str) -> None:
    assert tidied(of_records([(2, [cell, "", "x "])], AT)).rows() == [(2, expected, "x")]
