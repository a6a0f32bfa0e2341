"""What is written in files of tills, read by itself: each wrong row has its reason, each cut file its end missing."""

import pytest

from tasks.exchange.columns import read_table
from tasks.exchange.commerceml import Unreadable, parsed
from tasks.exchange.ends import is_unfinished
from tasks.redeeming.calls import Brought, Sale

HEAD = "касса;чек;дата и время;код;товар;количество;сумма до скидки;скидка"
GOOD = "1;1;2026-11-22 12:01:00;TEA001;чай;1;100,00;45,00"


def read(*rows: str, head: str = HEAD):
    text = "\r\n".join([head, *rows]) + "\r\n"
    return read_table(text.encode(), "day.csv", "center", "Europe/Moscow", "RUB")


BROKEN = [
    pytest.param("1;7;yesterday;TEA007;чай;1;100,00;45,00", "not a date with a time", id="time"),
    pytest.param("1;7;2026-11-22 12:00;TEA007;чай;1;сто;45,00", "is not a number", id="words"),
    pytest.param("1;7;2026-11-22 12:00;TEA007;чай;-1;100,00;45,00", "is not a number", id="below zero"),
    pytest.param("1;7;2026-11-22 12:00;TEA007;чай;0;100,00;45,00", "too large", id="nothing"),
    pytest.param("1;7;2026-11-22 12:00;TEA007;чай;1;100,00;145,00", "larger than the sum", id="discount"),
    pytest.param("1;7;2026-11-22 12:00;TEA007;чай;1;100,005;45,00", "is not a number", id="half a coin"),
    pytest.param("1;7;2026-11-22 12:00;TEA007;чай;1;1e99;45,00", "is not a number", id="huge"),
    pytest.param("1;7;2026-11-22 12:00;!!!;чай;1;100,00;45,00", "is no code", id="code"),
    pytest.param("1;;2026-11-22 12:00;TEA007;чай;1;100,00;45,00", "neither the number", id="no number"),
    pytest.param("1;" + "7" * 120 + ";2026-11-22 12:00;TEA007;чай;1;100,00;45,00", "longer than", id="long"),
]


@pytest.mark.parametrize(("row", "why"), BROKEN)
def test_a_broken_row_says_why_and_shows_no_code(row: str, why: str) -> None:
    found = read(GOOD, row)
    assert len(found.entries) == 1 and [one.row for one in found.troubles] == [3]
    assert why in str(found.troubles[0].said) and "TEA007" not in str(found.troubles)


@pytest.mark.parametrize("day", ["yesterday", ""])
def test_a_receipt_is_left_out_whole_though_the_day_of_one_row_cannot_be_read(day: str) -> None:
    found = read(GOOD, f"1;1;{day};;чашка;1;сто;0", GOOD.replace("1;1;", "1;2;"), GOOD.replace("1;1;", "2;1;"))
    assert [row for row, _ in found.entries] == [4, 5] and [one.row for one in found.troubles] == [2, 3]


def test_a_quotation_mark_that_is_not_closed_takes_in_no_other_row() -> None:
    rows = [GOOD, *(GOOD.replace("1;1;", f"1;{n};").replace("TEA001", f"TEA00{n}") for n in (2, 3, 4))]
    found = read(rows[0], rows[1].replace("чай", '"чай'), *rows[2:])
    assert [row for row, _ in found.entries] == [2, 3, 4, 5] and found.troubles == []
    found = read(rows[0], rows[1].replace("100", '"сто'), *rows[2:])
    assert [row for row, _ in found.entries] == [2, 4, 5] and [one.row for one in found.troubles] == [3]
    last = read(*rows[:2], rows[2] + ';"Анна', rows[3], head=HEAD + ";кассир")  # it would take in less than is too long
    assert [row for row, _ in last.entries] == [2, 3, 4, 5]
    over_two = read(rows[0].replace("чай", '"чай\r\nчёрный"'), rows[1])
    assert [row for row, _ in over_two.entries] == [2, 3]


@pytest.mark.parametrize(
    ("head", "why"),
    [
        pytest.param("чек;дата;код;сумма;итого;сумма", "say the same", id="twice"),
        pytest.param("чек;код;сумма", "дата и время", id="no time"),
        pytest.param("дата;код;сумма", "чек", id="no receipt"),
        pytest.param("чек;дата;сумма", "код", id="no code"),
    ],
)
def test_a_table_that_cannot_be_used_says_which_column_is_missing(head: str, why: str) -> None:
    found = read("1;2;3;4;5;6", head=head)
    assert found.entries == [] and found.troubles[0].row == 0 and why in str(found.troubles[0].said)


def test_two_codes_on_one_line_come_off_it_together() -> None:
    head = "операция;касса;чек;дата и время;код;строка;товар;количество;сумма;скидка"
    found = read(
        "a;1;1;2026-11-22 12:00;TEA001;1;чай;1;100;45", "a;1;1;2026-11-22 12:00;cup-002;1;чай;1;100;10",
        "a;1;1;2026-11-22 12:00;;2;чашка;1;50;0", head=head,
    )  # fmt: skip
    [(row, sale)] = found.entries
    assert isinstance(sale, Sale) and row == 2 and sale.call.codes == ("TEA001", "CUP002")
    assert sale.call.basket.amount == 15_000 and [one.amount for one in sale.given] == [4_500, 1_000]
    too_much = read(
        "a;1;1;2026-11-22 12:00;TEA001;1;чай;1;100;95", "a;1;1;2026-11-22 12:00;CUP002;1;чай;1;100;10", head=head
    )
    assert too_much.entries == [] and "larger than the sum" in str(too_much.troubles[0].said)


def test_a_return_of_a_sale_without_a_coupon_is_none_of_ours() -> None:
    head = "операция;вид;касса;дата и время;код;сумма;операция продажи"
    plain, with_coupon = "s1;продажа;1;2026-11-22 12:00;;100;", "s2;продажа;1;2026-11-22 12:00;TEA001;100;"
    back = "b{0};возврат;1;2026-11-22 13:00;;;s{0}"
    found = read(back.format(1), plain, with_coupon, back.format(2), back.format(3), head=head)
    assert [row for row, _ in found.entries] == [4, 5, 6] and (found.without, found.troubles) == (2, [])


def test_what_comes_back_may_be_written_below_zero() -> None:
    head = "операция;вид;касса;дата и время;код;строка;количество;сумма;операция продажи"
    [(_, back)] = read("b1;возврат;1;2026-11-22 13:00;;2;-1,5;−100,00;s1", head=head).entries
    assert isinstance(back, Brought) and [(one.n, one.quantity) for one in back.back.lines] == [(2, 1_500)]


def test_what_is_not_said_about_a_discount_is_not_made_up() -> None:
    [(_, sale)] = read("1;2026-11-22 12:00;TEA001;100", head="чек;дата;код;сумма").entries
    assert isinstance(sale, Sale) and sale.given == () and sale.call.key == "2026-11-22 1"
    units = read("1;2026-11-22 12:00;TEA001;100", head="Чек №:;Дата;Купон;Сумма до скидки, руб.").entries
    assert units[0][1] == sale.model_copy(update={"call": sale.call})
    assert sale.call.place.at.isoformat() == "2026-11-22T12:00:00+03:00"


UNFINISHED = [
    pytest.param("day.csv", HEAD + "\r\n" + GOOD, id="no end of the row"),
    pytest.param("day.xml", "<КоммерческаяИнформация><Документ><Ид>1</Ид>", id="no end of the root"),
    pytest.param("day.xml", "<КоммерческаяИнформация><Документ><И", id="within a tag"),
    pytest.param("day.xml", " ", id="nothing yet"),
]


@pytest.mark.parametrize("coding", ["utf-8", "cp1251", "utf-16"])
@pytest.mark.parametrize(("name", "text"), UNFINISHED)
def test_a_file_without_its_end_is_being_written(name: str, text: str, coding: str) -> None:
    head = f'<?xml version="1.0" encoding="{coding.replace("cp", "windows-")}"?>\n' if name.endswith("xml") else ""
    assert is_unfinished(name, (head + text).encode(coding))


WRONG = [
    pytest.param("<!DOCTYPE r [<!ENTITY a 'b'>]><КоммерческаяИнформация>&a;</КоммерческаяИнформация>", "entities",
                 id="entities"),
    pytest.param('<!DOCTYPE r SYSTEM "file:///etc/passwd"><КоммерческаяИнформация/>', "entities", id="a file"),
    pytest.param("<a></a>", "not CommerceML", id="other xml"),
    pytest.param("<a></b></КоммерческаяИнформация>", "no XML", id="not well-formed"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "why"), WRONG)
def test_xml_that_is_not_what_it_should_be_is_refused(text: str, why: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parsed(text.encode())
    assert why in str(refused.value.reason) and (why != "no XML" or not refused.value.is_cut)
