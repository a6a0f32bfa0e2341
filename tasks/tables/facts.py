"""What a loaded table tells the registry: how many customers and receipts, never whose. Pure."""

from collections.abc import Iterator

from models.customers import CustomerLoad
from models.registry import Observation

METRICS = {
    "new": "customers_new", "changed": "customers_changed", "receipts_new": "receipts_new",
    "receipts_changed": "receipts_changed",
}  # fmt: skip
LEFT_OUT = ("unread", "erased")


def of_load(operation: str, path: str, load: CustomerLoad, left_out: int, run: str = "") -> Iterator[Observation]:
    """The same whoever asks and however often: a kill between loading and recording loses nothing."""
    assert load.applied_at is not None
    counts = load.counts
    values = {metric: counts[what] for what, metric in METRICS.items() if counts.get(what)}
    left_out = left_out or sum(counts.get(what, 0) for what in LEFT_OUT)
    values |= {"rows_left_out": left_out} if left_out else {}
    for metric, value in values.items():
        yield Observation(
            operation=operation, subject_kind="table", subject_id=path, metric=metric, value=value,
            observed_at=load.applied_at, source="measured", run=run, key=f"{operation}:table:{load.id}:{metric}",
        )  # fmt: skip
