"""Somebody else's codes, however they saved them: each once, and what is wrong is said by its row without the code."""

import io
from datetime import date
from threading import Barrier, Thread

import openpyxl
import pytest

from models.database import SetClock
from models.locale import spoken
from models.redemptions import BatchKind
from tasks.codes.engine import Codes
from tasks.codes.folding import fold
from tasks.codes.imported import read_codes
from tests.fakes import NOW
from tests.tasks.codes.coupons import batches, coupons, offer, order

TABLE = "№;Промокод;Кому\n1;Summer-2026;Анна\n2; чай 10 ;Пётр\n3;SUMMER2026;\n4;АВС/1;\n5;;\n6;A;\n7;4,60123E+12;\n"


def workbook(*rows):
    book, kept = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(kept)
    return kept.getvalue()


def wrong(column):
    return [(one.place.row, one.reason.code) for one in column.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_a_table_is_read_whatever_saved_it(encoding, separator):
    table = TABLE.replace("4,60123E+12", "4.60123E+12").replace(";", separator)
    column = read_codes(table.encode(encoding), "codes.csv")
    assert column.rows == {"SUMMER2026": 2, "ЧAЙ10": 3}
    assert wrong(column) == [(4, "twice"), (5, "strange_sign"), (7, "too_short"), (8, "shortened")]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_what_is_wrong_names_the_row_and_shows_no_code(language):
    with spoken(language):
        said = [str(one) for one in read_codes(TABLE.encode(), "codes.csv").problems]
    assert "SUMMER" not in " ".join(said).upper() and all("codes.csv" in one for one in said)


def test_a_workbook_is_read_and_its_mangled_numbers_are_told():
    data = workbook(["Code", "x"], ["AB-12", 1], [46012345, 2], [4.5e-7, 3], [date(2026, 3, 5), 4], ["'0077", 5],
                    [4601234567890120, 6], [460123456789012, 7], ["4601234567890123", 8])  # fmt: skip
    column = read_codes(data, "codes.xlsx")
    assert column.rows == {"AB12": 2, "46012345": 3, "0077": 6, "460123456789012": 8, "4601234567890123": 9}
    assert wrong(column) == [(4, "shortened"), (5, "shortened"), (7, "shortened")]


def test_one_column_needs_no_heading():
    assert list(read_codes(b"AAA-1\nBBB-2\n", "codes.csv").rows) == ["AAA1", "BBB2"]
    assert list(read_codes(b"code\nAAA-1\n", "codes.csv").rows) == ["AAA1"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(b"code\n", "no_codes", id="a heading only"),
        pytest.param(b"name,price\nTea,10\n", "no_column", id="another table"),
        pytest.param(b"PK\x03\x04broken", "unreadable", id="a broken workbook"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(data, code):
    column = read_codes(data, "codes.csv")
    assert not column.rows and [one.reason.code for one in column.problems] == [code]


def taken_in(sessions, data, once="o1", of=1):
    return Codes(sessions, SetClock(NOW)).take_in(order(once=once, offer=of, title="Partner"), data, "codes.csv")


def test_codes_are_taken_in_once_however_often_the_file_comes(sessions):
    offer(sessions)
    for _ in range(2):
        came = taken_in(sessions, TABLE.encode())
        assert came.codes == 2 and len(came.problems) == 4
    assert [one.code for one in coupons(sessions)] == ["SUMMER2026", "ЧAЙ10"]
    assert [(one.kind, one.made, one.wanted) for one in batches(sessions)] == [(BatchKind.IMPORTED, 2, 2)]


def test_a_code_of_another_offer_stays_there_and_is_told_by_row(sessions):
    offer(sessions)
    offer(sessions, 2)
    taken_in(sessions, b"code\nAAA-1\nBBB-2\n")
    came = taken_in(sessions, b"code\nCCC-3\nbbb2\n!\n", "o2", 2)
    assert came.codes == 1
    assert [(one.place.row, one.reason.code) for one in came.problems] == [(3, "taken"), (4, "strange_sign")]
    assert came.problems[0].reason.words["offer"] == "Offer 1"
    assert [(one.code, one.offer_id) for one in coupons(sessions)] == [("AAA1", 1), ("BBB2", 1), ("CCC3", 2)]


def test_a_code_that_somebody_took_meanwhile_is_told_and_the_others_are_taken_in(sessions, monkeypatch):
    """Between the look and the write another import may have committed: the write says so, and nothing is lost."""
    from tasks.codes import rows

    offer(sessions)
    offer(sessions, 2)
    taken_in(sessions, b"code\nBBB-2\n")
    look, blind = rows.owners, iter([True])
    monkeypatch.setattr(rows, "owners", lambda session, codes: {} if next(blind, False) else look(session, codes))
    came = taken_in(sessions, b"code\nAAA-1\nBBB-2\nCCC-3\n", "o2", 2)
    assert came.codes == 2 and [one.place.row for one in came.problems] == [3]
    assert [one.code for one in coupons(sessions)] == ["BBB2", "AAA1", "CCC3"]


def test_two_imports_of_the_same_codes_at_once_share_them_and_lose_none(sessions):
    """Each from another end: whoever is second is told what is taken, and neither waits for the other for ever."""
    for id in (1, 2):
        offer(sessions, id)
    names = [f"P-{n:05}" for n in range(4000)]
    came, start = {}, Barrier(2)

    def work(of, codes):
        start.wait()
        came[of] = taken_in(sessions, "\n".join(["code", *codes]).encode(), f"o{of}", of)

    workers = [Thread(target=work, args=one) for one in ((1, names), (2, names[::-1]))]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sorted(one.code for one in coupons(sessions)) == [fold(name) for name in names]
    assert came[1].codes + came[2].codes == 4000 == len(came[1].problems) + len(came[2].problems)


def test_a_file_that_was_changed_under_the_same_order_is_refused(sessions):
    from integrations.errors import Refused

    offer(sessions)
    taken_in(sessions, b"code\nAAA-1\n")
    with pytest.raises(Refused) as refused:
        taken_in(sessions, b"code\nAAA-1\nBBB-2\n")
    assert refused.value.reason.code == "other_order"


def test_more_than_one_transaction_takes_are_taken_in(sessions):
    offer(sessions)
    data = "code\n" + "\n".join(f"P-{n:06}" for n in range(21_000))
    assert taken_in(sessions, data.encode()).codes == 21_000 == len(coupons(sessions))
