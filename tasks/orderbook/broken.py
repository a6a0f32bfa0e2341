"""An order of the desk that nobody has answered: cut off by a kill or an error. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from models.locale import mark
from models.reason import Reason, because
from tasks.orders.answers import Report

CODE = "broken_off"
BROKEN_OFF = mark(
    "This order was broken off, and nobody knows whether it was carried out. Look at what stands there now; where it "
    "is not done, give the order again."
)
SOON = timedelta(minutes=10)


def broken_off() -> Report:
    return Report(title="", refusal=because(BROKEN_OFF, code=CODE))


def is_broken_off(said: Mapping[str, Any]) -> bool:
    refusal = said.get("refusal") or {}
    return Reason.model_validate(refusal).code == CODE


def may_follow(given_at: datetime, now: datetime) -> bool:
    """Whether an order that may be given late is not so late that whoever gave it has long done something else."""
    return now - given_at <= SOON
