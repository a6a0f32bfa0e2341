"""Observations for tests: one line each, everything of no interest to the test filled in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from models.database import SetClock
from models.registry import METRICS, Observation, Unit

MONDAY = datetime(2026, 11, 16, tzinfo=UTC)
CLOCK = SetClock(MONDAY + timedelta(days=30))


def on(day: float) -> datetime:
    """So many days after Monday."""
    return MONDAY + timedelta(days=day)


def seen(metric: str, value: int | None, day: float = 1, **told: Any) -> Observation:
    """A piece in a channel had this value that many days after Monday."""
    usual: dict[str, Any] = {"operation": "A10", "subject_kind": "piece", "subject_id": "1", "source": "vk"}
    if METRICS[metric].unit == Unit.MONEY or "cost" in told:
        usual["currency"] = "RUB"
    return Observation(**usual | {"metric": metric, "value": value, "observed_at": on(day)} | told)
