"""Whom a row is of: by the code, else by an address; nobody is doubled, and no address is two customers'."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.customers import AddressKind
from tasks.customers.addresses import Found
from tasks.customers.matching import Matching, Outcome, Person, What, wanted
from tasks.customers.reading import CustomerRow

EMAIL, PHONE = AddressKind.EMAIL, AddressKind.PHONE


def row(number: int, code: str = "", email: str = "", phone: str = "", **said: Any) -> CustomerRow:
    addresses = [
        Found(kind=kind, value=value, written=value) for kind, value in ((EMAIL, email), (PHONE, phone)) if value
    ]
    return CustomerRow(number=number, code=code or None, addresses=addresses, **said)


def known(id: int, code: str = "", **addresses: str) -> Person:
    return Person(id=id, code=code, addresses={kind: (value, value) for kind, value in addresses.items()})


def of(told: list[Person]) -> list[tuple[int, str, dict[str, str]]]:
    return [(one.id, one.code, {kind: value for kind, (value, _) in one.addresses.items()}) for one in told]


@pytest.mark.parametrize(
    ("there", "rows", "expected"),
    [
        pytest.param([], [row(2, "1", "a@x.ru")], [(0, "1", {"email": "a@x.ru"})], id="new"),
        pytest.param([known(7, "1")], [row(2, "1", "a@x.ru")], [(7, "1", {"email": "a@x.ru"})], id="by the code"),
        pytest.param([known(7, email="a@x.ru")], [row(2, "", "a@x.ru", "+7")],
                     [(7, "", {"email": "a@x.ru", "phone": "+7"})], id="by the e-mail"),
        pytest.param([known(7, email="a@x.ru"), known(8, phone="+7")], [row(2, "", "a@x.ru", "+7")],
                     [(7, "", {"email": "a@x.ru"})], id="the e-mail before the phone"),
        pytest.param([known(7, email="a@x.ru")], [row(2, "1", "a@x.ru")], [(7, "1", {"email": "a@x.ru"})],
                     id="who had no code gets one"),
        pytest.param([known(7, "1", email="a@x.ru")], [row(2, "2", "a@x.ru")], [(0, "2", {})],
                     id="another code is another customer, and the first keeps the address"),
        pytest.param([known(7, "1"), known(8, email="a@x.ru", phone="+7")], [row(2, "1", "a@x.ru")],
                     [(7, "1", {"email": "a@x.ru", "phone": "+7"})], id="two who are one"),
        pytest.param([known(7, email="a@x.ru", phone="+7")], [row(2, "", "b@x.ru", "+7")],
                     [(0, "", {"email": "b@x.ru"})], id="a family with one phone"),
        pytest.param([], [row(2, "1", "a@x.ru"), row(3, "", "a@x.ru", "+7"), row(4, "", "", "+7")],
                     [(0, "1", {"email": "a@x.ru", "phone": "+7"})], id="one person in three rows"),
        pytest.param([known(7, "1", email="old@x.ru")], [row(2, "1", "new@x.ru"), row(3, "2", "old@x.ru")],
                     [(7, "1", {"email": "new@x.ru"}), (0, "2", {"email": "old@x.ru"})],
                     id="an address that was given up"),
    ],
)  # fmt: skip
def test_whom_a_row_is_of(there: list[Person], rows: list[CustomerRow], expected: list[Any]) -> None:
    assert of(Matching(there).take(rows)) == expected


def test_whose_row_wants_an_address_that_is_taken_is_said() -> None:
    matching = Matching([known(7, "1", email="a@x.ru")])
    matching.take([row(5, "2", "a@x.ru")])
    assert matching.outcomes == [Outcome(5, What.NEW, taken=("email",))]


def test_of_every_row_it_is_said_what_it_came_to() -> None:
    there = [known(7, "1", email="a@x.ru"), known(8, phone="+7")]
    matching = Matching(there)
    matching.take([
        row(2, "1", "a@x.ru"), row(3, "1", "b@x.ru", name="Oleg"), row(4, "1", "", "+7"),
        row(5, "2", "c@x.ru", name="Ira"), row(6, "2", "c@x.ru", name="Ira"), row(7, "2", "c@x.ru", name="Irina"),
    ])  # fmt: skip
    assert [(one.row, one.what, one.changed) for one in matching.outcomes] == [
        (2, "same", ()), (3, "changed", ("name", "email")), (4, "changed", ()), (5, "new", ()), (6, "same", ()),
        (7, "changed", ("name",)),
    ]  # fmt: skip


def test_who_is_absorbed_is_named_with_what_they_knew() -> None:
    other = known(8, email="a@x.ru")
    other.fields["city"] = "Omsk"
    [told] = Matching([known(7, "1"), other]).take([row(2, "1", "a@x.ru", name="Oleg")])
    assert (told.absorbed, told.fields["city"], told.fields["name"]) == ([8], "Omsk", "Oleg")


def test_an_empty_cell_says_nothing_and_the_later_row_counts() -> None:
    [told] = Matching().take([row(2, "1", name="Oleg", city="Omsk"), row(3, "1", name="Oleg Petrov")])
    assert (told.fields["name"], told.fields["city"]) == ("Oleg Petrov", "Omsk")


CODES, MAILS = st.sampled_from(["", "1", "2", "3"]), st.sampled_from(["", "a@x.ru", "b@x.ru", "c@x.ru"])
ROWS = st.lists(st.tuples(CODES, MAILS, st.sampled_from(["", "+1", "+2"])).filter(any), max_size=12).map(
    lambda told: [row(number, *one) for number, one in enumerate(told, 2)]
)


@given(ROWS)
def test_no_code_and_no_address_is_two_peoples(rows: list[CustomerRow]) -> None:
    matching = Matching()
    matching.take(rows)
    people = list(matching.people.values())
    codes = [one.code for one in people if one.code]
    addresses = [(kind, value) for one in people for kind, (value, _) in one.addresses.items()]
    assert len(codes) == len(set(codes)) and len(addresses) == len(set(addresses))
    assert set(codes) == {one.code for one in rows if one.code}
    assert {value for _, value in addresses} >= {one.value for one in rows[-1:] for one in one.addresses} - {
        one.value for out in matching.outcomes for one in _row(rows, out.row).addresses if one.kind in out.taken
    }  # fmt: skip


def _row(rows: list[CustomerRow], number: int) -> CustomerRow:
    return next(one for one in rows if one.number == number)


def loaded(there: list[Person], rows: list[CustomerRow]) -> list[Person]:
    """Who is known after the table was loaded."""
    matching = Matching(there)
    matching.take(rows)
    return [
        Person(id=n, code=one.code, addresses=dict(one.addresses), fields=dict(one.fields))
        for n, one in enumerate(matching.people.values(), 1)
    ]


@given(ROWS)
def test_a_table_loaded_again_and_again_comes_to_an_end(rows: list[CustomerRow]) -> None:
    """Even one that contradicts itself makes no customers for ever: nobody is more than a row of it."""
    people: list[Person] = []
    for _ in range(6):
        people = loaded(people, rows)
    assert len(people) <= len(rows) and len(loaded(people, rows)) == len(people)


@given(
    ROWS.filter(
        lambda rows: (
            len({one.value for row in rows for one in row.addresses}) == sum(len(row.addresses) for row in rows)
        )
    )
)
def test_a_table_that_names_no_address_twice_makes_nobody_new_the_second_time(rows: list[CustomerRow]) -> None:
    there = loaded([], rows)
    matching = Matching(there)
    matching.take(rows)
    assert {(one.what, one.taken) for one in matching.outcomes} <= {(What.SAME, ()), (What.CHANGED, ())}


def test_what_has_to_be_known_is_what_the_rows_name() -> None:
    codes, values = wanted([row(2, "1", "a@x.ru"), row(3, "", "", "+7")])
    assert codes == {"1"} and values[EMAIL] == {"a@x.ru"} and values[PHONE] == {"+7"}
