"""What speaks against a draft before anybody is asked to save it: each thing at its field, in words. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from integrations.web.composing.draft import OF_LETTER, OF_TEXT, Draft
from models.locale import mark
from models.mail_document import MailDocument
from models.reason import Reason, because
from models.schedule import Unreadable

EMPTY = mark("Fill this in.")
TOO_LONG = mark("At most {most} characters: shorten it.")
TOO_MUCH, TOO_LITTLE = mark("At most {most} here."), mark("At least {least} here.")
NO_NUMBER = mark("Write a whole number.")
NO_DAY = mark("Write a day of the calendar.")
BAD_ERID = mark("A token has only Latin letters and digits, without spaces.")
WRONG = mark("This cannot be taken as it is.")
_SAID: Mapping[str, tuple[str, tuple[str, str]]] = {
    "string_too_long": (TOO_LONG, ("most", "max_length")),
    "too_long": (TOO_MUCH, ("most", "max_length")),
    "less_than_equal": (TOO_MUCH, ("most", "le")),
    "greater_than_equal": (TOO_LITTLE, ("least", "ge")),
}
_PLAIN = {
    "string_too_short": EMPTY, "too_short": EMPTY, "missing": EMPTY, "int_parsing": NO_NUMBER, "int_type": NO_NUMBER,
    "literal_error": WRONG, "date_from_datetime_parsing": NO_DAY, "date_parsing": NO_DAY,
}  # fmt: skip


@dataclass(frozen=True)
class Objection:
    """`variant` is empty for what concerns the whole mailing; `path` the way to the block, `field` its field."""

    variant: str
    path: str
    field: str
    reason: Reason

    @property
    def place(self) -> str:
        return f"{self.path}:{self.field}"


def objections(document: Mapping[str, Any]) -> tuple[Objection, ...]:
    """Everything that keeps this from being a letter, in the order in which it stands there."""
    try:
        MailDocument.model_validate(document)
    except ValidationError as wrong:
        errors = wrong.errors()
        # What holds something wrong is called too short besides, for that is not counted.
        inner = [error for error in errors if not any(_is_inside(one["loc"], error["loc"]) for one in errors)]
        found = (_objection(document, error["loc"], _reason(error)) for error in inner)
        return tuple({(one.variant, one.place): one for one in found}.values())
    return ()


def _is_inside(loc: Sequence[int | str], other: Sequence[int | str]) -> bool:
    return len(loc) > len(other) and tuple(loc[: len(other)]) == tuple(other)


def showable(draft: Draft) -> str:
    """The variant looked at, without the blocks that cannot be shown yet, as JSON; empty where nothing is left."""
    document = deepcopy({**draft.document, "variants": [draft.here]})
    for _ in range(3):  # what stands in a block is judged only when the block itself can be read
        found = objections(document)
        if not found:
            return json.dumps(document, ensure_ascii=False)
        if not _without(document, found):
            return ""
    return ""


def _without(document: dict[str, Any], found: Sequence[Objection]) -> bool:
    changed = False
    for variant in document["variants"]:
        bad = {one.path.partition(".")[0] for one in found if one.variant == variant.get("name")}
        left = [block for block in variant.get("blocks", ()) if block.get("id") not in bad]
        changed |= len(left) < len(variant.get("blocks", ()))
        variant["blocks"] = left
        if f"{OF_TEXT}:subject" in {one.place for one in found if one.variant == variant.get("name")}:
            variant["subject"], changed = "—", True
        if f"{OF_TEXT}:sms" in {one.place for one in found if one.variant == variant.get("name")}:
            variant["sms"], changed = "", True
    return changed


def _reason(error: Mapping[str, Any]) -> Reason:
    context = error.get("ctx", {})
    if isinstance(context.get("error"), Unreadable):
        reason: Reason = context["error"].reason
        return reason
    if error["type"] in _SAID:
        text, (word, limit) = _SAID[error["type"]]
        return because(text, code=error["type"], **{word: context.get(limit, "")})
    if error["type"] == "string_pattern_mismatch":
        return because(BAD_ERID, code="erid")
    return because(_PLAIN.get(error["type"], WRONG), code=error["type"])


def _objection(document: Mapping[str, Any], loc: Sequence[str | int], reason: Reason) -> Objection:
    if len(loc) < 2 or loc[0] != "variants" or not isinstance(loc[1], int):
        return Objection("", OF_LETTER, ".".join(str(step) for step in loc), reason)
    variant = document["variants"][loc[1]]
    name, rest = str(variant.get("name", "")), list(loc[2:])
    if len(rest) < 2 or rest[0] != "blocks" or not isinstance(rest[1], int):
        return Objection(name, OF_TEXT, str(rest[0]) if rest else "", reason)
    block = variant["blocks"][rest[1]]
    path, field = _inside(str(block.get("id", "")), list(_steps(block, rest[2:])))
    return Objection(name, path, field, reason)


def _steps(block: Mapping[str, Any], rest: Sequence[str | int]) -> Iterator[str | int]:
    """The way without the names of kinds, by which a union says which of its members it means."""
    yield from rest[1:] if rest and rest[0] == block.get("kind") else rest


def _inside(path: str, rest: list[str | int]) -> tuple[str, str]:
    """On into the columns: columns, 1, blocks, 0, text, then the field."""
    if len(rest) >= 4 and rest[0] == "columns" and rest[2] == "blocks":
        return f"{path}.{rest[1]}.{rest[3]}", str(rest[5]) if len(rest) > 5 else ""
    return path, str(rest[0]) if rest else ""


def at(found: Sequence[Objection], variant: str) -> dict[str, Reason]:
    """The objections to what one variant's page shows, by their places."""
    return {one.place: one.reason for one in found if one.variant in ("", variant)}
