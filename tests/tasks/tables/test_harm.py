"""What a person looks at before it is loaded: a table that takes much away, never one that only adds."""

import pytest

from models.desk.drop import CustomersFound
from tasks.tables import harm


@pytest.mark.parametrize(
    ("lost", "changed", "code"),
    [
        pytest.param(0, 0, "", id="nothing of it"),
        pytest.param(19, 0, "", id="a few, however few there are"),
        pytest.param(199, 0, "", id="less than a fifth of the addresses"),
        pytest.param(200, 0, "loses", id="a fifth of the addresses"),
        pytest.param(0, 999, "", id="less than half of the customers"),
        pytest.param(0, 1000, "changes", id="half of the customers"),
        pytest.param(1000, 2000, "loses", id="what is taken away is said first"),
    ],
)
def test_what_would_be_taken_away_decides(lost: int, changed: int, code: str) -> None:
    found = CustomersFound(rows=5000, counts={"new": 5000, "changed": changed}, lost=lost)
    assert harm.of_customers(found, 1000, 2000).code == code


def test_it_is_said_in_numbers() -> None:
    found = CustomersFound(lost=400)
    assert str(harm.of_customers(found, 1000, 2000)) == "it would close 400 of 1000 addresses that may be written to"


@pytest.mark.parametrize(
    ("new", "changed", "same", "code"),
    [
        pytest.param(50_000, 0, 10, "", id="however many are new"),
        pytest.param(0, 19, 0, "", id="a few"),
        pytest.param(0, 20, 81, "", id="less than a fifth of those known"),
        pytest.param(0, 20, 80, "rewrites", id="a fifth of those known"),
    ],
)
def test_of_receipts_those_that_are_known_decide(new: int, changed: int, same: int, code: str) -> None:
    counts = {"receipts_new": new, "receipts_changed": changed, "receipts_same": same}
    assert harm.of_purchases(counts).code == code
