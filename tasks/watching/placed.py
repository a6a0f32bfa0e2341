"""A publication that is out, and when it is looked at. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.post import Post
from models.registry import Observation


@dataclass(frozen=True)
class Purpose:
    """What is looked at, by its columns: when next, and when last."""

    next_at: str
    last_at: str


LIVE = Purpose("check_at", "checked_at")
REACTIONS = Purpose("reactions_at", "reactions_taken_at")


@dataclass(frozen=True)
class Placed:
    """A publication that is out. `post` is what it should say: the last correction that went out, else itself.

    `is_changing`: a correction or a removal is on its way; `is_removed`: we took it down ourselves.
    """

    id: int
    key: str
    account: str
    remote_id: str
    url: str
    detail: dict[str, Any]
    sent_at: datetime
    looked_at: datetime | None
    subject_id: str
    title: str = ""
    number: str = ""
    author: str = ""
    campaign: str = ""
    goal: str = ""
    customer_group: str = ""
    content_id: int = 0
    content_hash: str = ""
    post: Post | None = None
    is_changing: bool = False
    is_removed: bool = False

    def fact(self, operation: str, metric: str, value: int, at: datetime, source: str, key: str) -> Observation:
        """A fact about this publication; `key` tells it from the other facts of the metric."""
        return Observation(
            operation=operation, subject_kind="piece", subject_id=self.subject_id, metric=metric, value=value,
            observed_at=at, source=source, placement=self.key, campaign=self.campaign, goal=self.goal,
            channel=self.account, customer_group=self.customer_group, person=self.author,
            key=f"{operation}:{self.key}:{metric}:{key}",
        )  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """Looks that are ours, until the lease is over."""

    until: datetime
    placed: tuple[Placed, ...] = ()


@dataclass(frozen=True)
class Due:
    """When a publication is looked at next, None for never again; `looked_at` is None where nothing was seen."""

    delivery_id: int
    next_at: datetime | None
    looked_at: datetime | None = None
