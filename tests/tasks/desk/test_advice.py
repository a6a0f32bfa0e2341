"""What a person is advised, and what the buttons may do: never more than the rows allow."""

from itertools import product

import pytest

from models.delivery import State, may_become
from models.desk import Order
from tasks.desk.advice import advice, orders

BECOMES = {
    Order.PUBLISH_NOW: State.PLANNED, Order.MOVE: State.PLANNED, Order.RESTORE: State.PLANNED, Order.HOLD: State.HELD,
    Order.CANCEL: State.CANCELLED, Order.DECIDE: State.SENT,
}  # fmt: skip


@pytest.mark.parametrize(("state", "approved"), [*product(State, [True, False])])
def test_no_button_offers_what_the_state_forbids(state: State, approved: bool) -> None:
    becoming = {BECOMES[order] for order in orders(state, approved)} - {state}
    assert all(may_become(state, then) for then in becoming)


def test_what_nobody_approved_is_not_published_by_a_button() -> None:
    assert not any(Order.PUBLISH_NOW in orders(state, False) for state in State)


@pytest.mark.parametrize(
    ("state", "code", "approved", "stopped", "expected"),
    [
        pytest.param(State.UNKNOWN, "interrupted", True, False, "look", id="unknown"),
        pytest.param(State.HELD, "returned", False, False, "sent_back", id="sent back"),
        pytest.param(State.HELD, "not_approved", False, False, "decide", id="not approved"),
        pytest.param(State.HELD, "price_differs", True, False, "mend", id="price"),
        pytest.param(State.MISSED, "late", True, False, "mend", id="missed"),
        pytest.param(State.PLANNED, "", True, True, "stopped", id="stopped"),
        pytest.param(State.PLANNED, "", True, False, "waits", id="late"),
        pytest.param(State.SENT, "", True, False, "", id="out"),
        pytest.param(State.CANCELLED, "cancelled", True, False, "", id="cancelled"),
    ],
)
def test_every_trouble_has_its_advice(state: State, code: str, approved: bool, stopped: bool, expected: str) -> None:
    assert advice(state, code, approved, stopped).code == expected
