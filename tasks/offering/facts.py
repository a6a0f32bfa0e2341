"""What the registry is told of offers and their codes. Pure."""

from datetime import datetime, timedelta
from typing import Any

from models.redemptions import CouponBatch, OfferRow
from models.registry import Observation

OPERATION, OF_BATCHES, A_DAY = "C8", "coupon-batch:", timedelta(days=1)


def about(row: OfferRow) -> dict[str, Any]:
    """What every fact about an offer says of it."""
    return {
        "operation": OPERATION, "subject_kind": "offer", "subject_id": row.key, "campaign": row.campaign,
        "goal": row.goal, "fund": row.fund, "source": "measured",
    }  # fmt: skip


def origin_of(batch: int) -> str:
    """What the facts about a batch have in common."""
    return f"{OF_BATCHES}{batch}"


def of_issue(row: OfferRow, batch: CouponBatch, told: int, at: datetime) -> list[Observation]:
    """What has come to a batch since `told` of it were: those of mailings and of codes in place of others grow."""
    origin = origin_of(batch.id or 0)
    return [
        Observation(metric="codes_made", value=batch.made - told, observed_at=at, person=batch.made_by, origin=origin,
                    key=f"{origin}:{batch.made}", **about(row))
    ] if batch.made > told else []  # fmt: skip


def of_beginning(row: OfferRow, ready: datetime | None, at: datetime) -> list[Observation]:
    """The first day of an offer has come, and it was ready by then or not: approved, with codes out since `ready`.

    One that was written on that day, or later, has until a day after its beginning; nothing is told before.
    """
    begins = row.starts_at or row.made_at
    due = begins if row.made_at < begins else begins + A_DAY
    is_ready = ready is not None and ready <= due
    if at < due and not is_ready:
        return []
    said = {"observed_at": at, "person": row.made_by, **about(row)}
    return [
        Observation(metric="offers_due", value=1, key=f"offer:{row.key}:due", **said),
        Observation(metric="offers_ready", value=int(is_ready), key=f"offer:{row.key}:ready", **said),
    ]  # fmt: skip
