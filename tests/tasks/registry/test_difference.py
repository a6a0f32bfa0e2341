"""Loading a table again and again: only what is new is new, what changed is corrected, what went is withdrawn."""

from datetime import date

import pytest

from models.database import reading, writing
from tasks.registry.difference import compare, withdrawn
from tasks.registry.rows import record, stated, tally
from tasks.registry.sheets import origins, read_expenses
from tests.tasks.registry.facts import CLOCK, on
from tests.tasks.registry.test_sheets import BOOKS, EXPENSES, STATING, sheet

DAY = date(2026, 11, 18)


def rows(*amounts, numbered=True, file="expenses.xlsx"):
    cells = [(n if numbered else None, DAY, f"{amount}", "operating") for n, amount in enumerate(amounts, 1)]
    return sheet(EXPENSES, *cells, file=file)


def load(database, table, recording=True):
    """Load a table as a step does: read, compare with what stands, record the difference."""
    found = read_expenses(table, BOOKS, STATING)
    with writing(database) as session:
        known = stated(session, "expense:")
        difference = compare(found.items, known, origins(table, "expense"), table.file)
        if recording:
            record(session, difference.observations, CLOCK)
    return difference


def spent(database):
    with reading(database) as session:
        return sum(one.cost or 0 for one in tally(session, (on(-30), on(30)))) // 100


def shape(difference):
    return len(difference.fresh), len(difference.changed), len(difference.gone), difference.same


@pytest.mark.parametrize("numbered", [True, False], ids=["numbered", "without numbers"])
def test_a_table_loaded_twice_says_nothing_new(database, numbered):
    table = rows(100, 200, 200, numbered=numbered)
    assert shape(load(database, table)) == (3, 0, 0, 0)
    assert shape(load(database, table)) == (0, 0, 0, 3)
    assert spent(database) == 500


def test_a_changed_amount_corrects_the_fact_and_back_again(database):
    load(database, rows(100, 200))
    assert shape(load(database, rows(100, 250))) == (0, 1, 0, 1)
    assert spent(database) == 350
    assert shape(load(database, rows(100, 200))) == (0, 1, 0, 1)
    assert spent(database) == 300


def test_a_removed_row_is_withdrawn_and_may_come_back(database):
    load(database, rows(100, 200))
    assert shape(load(database, rows(100))) == (0, 0, 1, 1)
    assert spent(database) == 100
    assert shape(load(database, rows(100))) == (0, 0, 0, 1)
    load(database, rows(100, 200))
    assert spent(database) == 300


def test_a_row_that_cannot_be_read_is_not_gone(database):
    load(database, rows(100, 200))
    broken = rows(100, "двести")
    assert shape(load(database, broken)) == (0, 0, 0, 1)
    assert spent(database) == 300


def test_a_row_put_between_unnumbered_ones_is_the_only_new_one(database):
    load(database, rows(100, 200, numbered=False))
    assert shape(load(database, rows(100, 50, 200, numbered=False))) == (1, 0, 0, 2)
    assert spent(database) == 350
    assert shape(load(database, rows(100, 50, 200, numbered=False))) == (0, 0, 0, 3)


def test_an_equal_row_put_between_is_new_all_the_same(database):
    load(database, rows(100, 200, numbered=False))
    assert shape(load(database, rows(100, 100, 200, numbered=False))) == (1, 0, 0, 2)
    assert spent(database) == 400


def test_a_renamed_file_says_nothing_new(database):
    load(database, rows(100, 200))
    assert shape(load(database, rows(100, 200, file="expenses (1).xlsx"))) == (0, 0, 0, 2)


def test_another_file_with_the_same_numbers_corrects_nothing(database):
    load(database, rows(100, 200))
    assert shape(load(database, rows(70, 80, file="december.xlsx"))) == (2, 0, 0, 0)
    assert spent(database) == 450


def test_what_is_only_shown_is_not_recorded(database):
    assert shape(load(database, rows(100), recording=False)) == (1, 0, 0, 0)
    assert spent(database) == 0


def test_a_withdrawal_says_nothing_of_a_value(database):
    load(database, rows(100))
    with reading(database) as session:
        (fact,) = stated(session, "expense:")
    assert (withdrawn(fact).value, withdrawn(fact).cost, withdrawn(fact).corrects) == (None, None, fact.id)
