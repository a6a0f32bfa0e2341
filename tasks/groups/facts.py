"""What a build tells the registry: of groups, never of customers. Pure."""

from collections.abc import Iterator
from datetime import datetime

from models.registry import Observation
from tasks.groups.building.rows import ANY, Built

EVERYBODY = "all"


def of_build(operation: str, built: Built, run: str = "") -> Iterator[Observation]:
    """The size of a group, who came and went, how many may be sent advertising."""
    values = {
        "group_size": built.size, "group_joined": built.joined, "group_left": built.left,
        "deliverable": built.open.get(ANY, 0),
    }  # fmt: skip
    for metric, value in values.items():
        yield _observation(operation, built.key, metric, value, built.at, f"build:{built.id}:{metric}", run, built.key)


def of_coverage(operation: str, covered: int, customers: int, at: datetime, run: str = "") -> Iterator[Observation]:
    """How many customers are in at least one group, and how many there are."""
    for metric, value in {"covered": covered, "base_size": customers}.items():
        yield _observation(operation, EVERYBODY, metric, value, at, f"coverage:{at:%Y%m%dT%H%M%S%f}:{metric}", run, "")


def _observation(
    operation: str, subject: str, metric: str, value: int, at: datetime, key: str, run: str, group: str
) -> Observation:
    return Observation(
        operation=operation, subject_kind="group", subject_id=subject, metric=metric, value=value, observed_at=at,
        source="measured", customer_group=group, key=f"{operation}:{key}", run=run,
    )  # fmt: skip
