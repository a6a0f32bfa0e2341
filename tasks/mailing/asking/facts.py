"""What the registry is told of writing and checking mailings. Pure."""

from datetime import datetime
from typing import Any

from models.locale import mark
from models.mailings import Mailing, Stage
from models.registry import Observation

WRITING, CHECKING = "C3", "C4"
STAGES = {
    Stage.DRAFT: mark("being written"),
    Stage.ASKED: mark("waiting for a decision"),
    Stage.APPROVED: mark("approved already"),
    Stage.SENDING: mark("being sent"),
    Stage.PAUSED: mark("on hold"),
    Stage.SENT: mark("sent already"),
    Stage.CANCELLED: mark("called off already"),
}


def about(row: Mailing) -> dict[str, Any]:
    """What every fact about a mailing says of it."""
    return {
        "subject_kind": "mailing", "subject_id": str(row.id), "campaign": row.campaign, "goal": row.goal,
        "channel": row.account, "source": "measured",
    }  # fmt: skip


def of_draft(row: Mailing, at: datetime) -> list[Observation]:
    """A mailing is ready to be looked at, for the first time."""
    return [
        Observation(operation=WRITING, metric="drafts", value=1, observed_at=at, person=row.made_by,
                    key=f"mailing:{row.id}:draft", **about(row))
    ]  # fmt: skip


def of_decision(row: Mailing, returned_before: bool, at: datetime) -> list[Observation]:
    """Whether it was approved at the first asking; nothing where it is not approved yet."""
    return [
        Observation(operation=WRITING, metric="approved_first", value=0 if returned_before else 1, observed_at=at,
                    person=row.made_by, key=f"mailing:{row.id}:approved_first", **about(row))
    ]  # fmt: skip


def of_check(row: Mailing, stops: bool, at: datetime) -> list[Observation]:
    """A mailing was checked, and passed or not."""
    said = {"operation": CHECKING, "observed_at": at, **about(row)}
    return [
        Observation(metric="checks", value=1, **said), Observation(metric="checks_passed", value=int(not stops), **said)
    ]  # fmt: skip
