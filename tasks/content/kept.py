"""What of a desk's edits stands when the plan is loaded again: a field the file left alone stays as edited. Pure."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from models.content import PlanRow
from models.edit import DeskEdit
from models.manuscript import Manuscript

# The fields that are edited on the desk: those of the manuscript, and those of the row of the plan.
OF_MANUSCRIPT = ("title", "body", "description", "pictures", "channels", "offer_until")
OF_ROW = ("on", "at", "campaign", "goal", "group", "author")


def edits_of(edited: Mapping[str, Any]) -> tuple[DeskEdit, ...]:
    """The edits as they are kept beside a piece, in the order of the fields."""
    return tuple(
        DeskEdit(field=name, by=edited[name]["by"], at=datetime.fromisoformat(edited[name]["at"]))
        for name in (*OF_MANUSCRIPT, *OF_ROW) if name in edited
    )  # fmt: skip


def changed_in_file(
    fields: Collection[str], before: tuple[PlanRow, Manuscript], now: tuple[PlanRow, Manuscript]
) -> set[str]:
    """Of these fields, those that the file says differently now than when it was loaded last."""
    return {name for name in fields if _said(before, name) != _said(now, name)}


def _said(of: tuple[PlanRow, Manuscript], name: str) -> Any:
    if name == "channels" and of[0].everywhere:  # a channel that the company has got since is no word of the file
        return "everywhere", of[0].except_channels
    return getattr(of[1] if name in OF_MANUSCRIPT else of[0], name)


def with_edits(
    fields: Collection[str], file: tuple[PlanRow, Manuscript], desk: tuple[PlanRow, Manuscript]
) -> tuple[PlanRow, Manuscript]:
    """What the file says, but these fields as the desk has them."""
    row, manuscript = file
    said = {name: getattr(desk[1], name) for name in OF_MANUSCRIPT if name in fields}
    planned = {name: getattr(desk[0], name) for name in OF_ROW if name in fields}
    if "channels" in fields:
        planned |= {"channels": desk[0].channels, "except_channels": desk[0].except_channels}
    return row.model_copy(update=planned), manuscript.model_copy(update=said)
