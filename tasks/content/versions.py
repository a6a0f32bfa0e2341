"""What a piece says once it follows its row, and what its next version is: a version is never changed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from models.content import PlanRow, fingerprint
from models.manuscript import Manuscript
from models.piece import HandVersion

STYLING = "A6"
DESK, HAND, BACK = BY_A_PERSON = ("desk", "hand", "back")


def taken_over(row: PlanRow, plan: Mapping[str, Any], group: str) -> dict[str, Any]:
    """What a piece of this plan and customer group says once it says what the row says.

    A group that the row named and names no more is matched again.
    """
    named, is_matched_again = row.group, bool(group) and plan.get("group", "") == group
    grouped = {"customer_group": named, "group_overruled": bool(named)} if named or is_matched_again else {}
    return grouped | {
        "number": row.number, "plan": row.model_dump(mode="json"), "row_hash": row.row_hash(),
        "campaign": row.campaign, "goal": row.goal, "author": row.author,
    }  # fmt: skip


def file_of(loaded: Mapping[str, Any]) -> tuple[PlanRow, Manuscript]:
    """What the company's files said of an edited piece when they were loaded last."""
    return PlanRow.model_validate(loaded["row"]), Manuscript.model_validate(loaded["manuscript"])


class Present(Protocol):
    """The version that a piece has, as the next one must know it."""

    ordinal: Any
    content_hash: Any
    source_hash: Any
    styled: Any


@dataclass(frozen=True)
class Written:
    """A manuscript with its content as it is kept, and the prints of that; written out before anybody has to wait."""

    manuscript: Manuscript
    content: dict[str, Any]
    print: str
    of_body: str


def written_out(manuscript: Manuscript) -> Written:
    content = manuscript.model_dump(mode="json")
    return Written(manuscript, content, fingerprint(content), fingerprint(manuscript.body))


def next_version(
    present: Present | None,
    hands: Sequence[HandVersion],
    written: Written,
    by: str,
    why: str,
    now: datetime,
    plan: Mapping[str, Any],
    corrections: Sequence[Mapping[str, Any]] = (),
    note: str = "",
    settles: bool = False,
) -> dict[str, Any] | None:
    """What the version says that is to be kept of this manuscript, as `save_version` tells it.

    A file that `settles` edits is a version even if it says the same: the next edit is one of what it says.
    """
    if hands:
        written = written_out(with_hands(hands, written.manuscript, why))
    print_ = written.print
    is_same = present is not None and print_ in (present.content_hash, "" if by == STYLING else present.source_hash)
    if is_same and why not in BY_A_PERSON and not settles:
        return None
    return {
        "ordinal": (present.ordinal if present else 0) + 1, "made_by": by, "why": why, "note": note,
        "content": written.content, "content_hash": print_, "body_hash": written.of_body,
        "source_hash": present.content_hash if present and by == STYLING else print_, "plan": dict(plan),
        "corrections": [dict(c) for c in corrections], "made_at": now,
        "styled": by == STYLING or bool(present and print_ == present.content_hash and present.styled),
    }  # fmt: skip


def with_hands(hands: Sequence[HandVersion], manuscript: Manuscript, why: str) -> Manuscript:
    """The manuscript with the desk's texts for single channels in place of its own.

    Where a file says something else there than before, the text by hand is to be looked at again.
    """
    for hand in hands if why not in BY_A_PERSON else ():
        said = manuscript.text_for.get(hand.account, "")
        if said != hand.file_text:
            hand.file_text, hand.body_hash = said, ""
    texts = {**manuscript.text_for, **{hand.account: hand.text for hand in hands}}
    return manuscript.model_copy(update={"text_for": texts})
