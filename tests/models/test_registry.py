"""What may be a fact, and how a fact is known from another."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from models.locale import catalogue
from models.registry import DIMENSIONS, METRICS, Fact, Kind, Observation
from tests.tasks.registry.facts import CLOCK, seen

NOT_A_CLIENT = {"client", "customer", "email", "phone", "name", "address"}


def test_every_metric_has_a_russian_title():
    assert [m.key for m in METRICS.values() if m.title not in catalogue("ru")] == []


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"metric": "likeability"}, id="a metric the vocabulary lacks"),
        pytest.param({"operation": "Z1"}, id="an operation of no direction"),
        pytest.param({"operation": "A"}, id="an operation without a number"),
        pytest.param({"value": None}, id="nothing, where nothing is corrected"),
        pytest.param({"cost": 100}, id="money without a currency"),
        pytest.param({"metric": "views", "cost": 100, "currency": "RUB"}, id="a cost counted at every look"),
        pytest.param({"observed_at": datetime(2026, 11, 16)}, id="a moment without a zone"),  # noqa: DTZ001
        pytest.param({"client": "Anna"}, id="a client"),
    ],
)
def test_what_is_no_fact_is_refused(told):
    fact = seen("published", 1).model_dump() | told
    with pytest.raises(ValidationError):
        Observation(**fact)


def test_the_same_look_has_the_same_key_whatever_it_saw_and_whichever_run_looked():
    assert seen("views", 5, run="one").identity() == seen("views", 6, run="two").identity()


@pytest.mark.parametrize(
    "told",
    [{"channel": "vk"}, {"source": "measured"}, {"subject_id": "2"}, {"observed_at": datetime(2026, 1, 1, tzinfo=UTC)}],
    ids=str,
)
def test_another_look_has_another_key(told):
    assert seen("views", 5).identity() != Observation(**seen("views", 5).model_dump() | told).identity()


def test_a_key_of_ones_own_is_kept():
    assert seen("views", 5, key="A10:7").identity() == "A10:7"


def test_a_row_fits_the_table_and_back():
    expense = seen("expenses", 12_500, cost=12_500, fund="operating", document="№ 5", campaign="tea")
    row = expense.row(CLOCK.at)
    assert set(row) == {column.name for column in Fact.__table__.c} - {"id"}
    assert row["direction"] == "A" and row["unit"] == "money"
    assert Fact(**row).observation() == expense


def test_no_column_names_a_client():
    assert not NOT_A_CLIENT & {column.name for column in Fact.__table__.c}
    assert set(DIMENSIONS) <= {column.name for column in Fact.__table__.c}


def test_a_snapshot_is_never_summed():
    levels = {"members", "group_size", "deliverable", "covered", "base_size"}
    levels |= {"coupon_use_cost", "coupon_open_cost", "coupon_open_most", "coupon_shift", "coupon_signals"}
    levels |= {f"coupon_{what}{end}" for what in ("brought", "profit") for end in ("", "_low", "_high")}
    levels |= {"coupons_oversold", "cards_good", "points_open", "points_liability"}
    assert {key for key, metric in METRICS.items() if metric.kind == Kind.LEVEL} == levels
    assert METRICS["views"].kind == Kind.COUNTER and METRICS["published"].kind == Kind.SUM
