"""What the registry is told of offers and their codes. Pure."""

from datetime import datetime
from typing import Any

from models.redemptions import CouponBatch, OfferRow
from models.registry import Observation

OPERATION = "C8"


def about(row: OfferRow) -> dict[str, Any]:
    """What every fact about an offer says of it."""
    return {
        "operation": OPERATION, "subject_kind": "offer", "subject_id": row.key, "campaign": row.campaign,
        "goal": row.goal, "fund": row.fund, "source": "measured",
    }  # fmt: skip


def of_issue(row: OfferRow, batch: CouponBatch, at: datetime) -> list[Observation]:
    """A batch of codes is out, once for each size it has had: an import may grow."""
    return [
        Observation(metric="codes_issued", value=batch.made, observed_at=at, person=batch.made_by,
                    key=f"coupon-batch:{batch.id}:{batch.made}", **about(row))
    ] if batch.made else []  # fmt: skip


def of_beginning(row: OfferRow, is_ready: bool, at: datetime) -> list[Observation]:
    """The first day of an offer has come, and it was ready or not: approved, with codes out."""
    said = {"observed_at": at, "person": row.made_by, **about(row)}
    return [
        Observation(metric="offers_due", value=1, key=f"offer:{row.key}:due", **said),
        Observation(metric="offers_ready", value=int(is_ready), key=f"offer:{row.key}:ready", **said),
    ]  # fmt: skip
