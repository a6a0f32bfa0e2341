"""What can be changed in a file of the company: an item of a list, or a field; and what the file then says. Pure."""

import hashlib
import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from integrations.errors import Refused
from models.locale import mark
from models.reason import because

NO_ITEM = mark("“{what}” no longer stands in the file under “{section}”. Open the page again.")
OTHERWISE = mark(
    "Somebody has changed “{what}” meanwhile, so nothing was written. The page shows it as it is now: repeat it."
)


@dataclass(frozen=True)
class Add:
    """A new item at the end of a list; a field without a value is not written."""

    section: str
    item: Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """Fields of the item that has these values; None or an empty value removes the field, the others stay.

    `former` is the print of the item as it was shown to whoever changes it; empty where nobody looked.
    """

    section: str
    where: Mapping[str, Any]
    fields: Mapping[str, Any]
    former: str = ""


@dataclass(frozen=True)
class Remove:
    """The item that has these values."""

    section: str
    where: Mapping[str, Any]
    former: str = ""


@dataclass(frozen=True)
class SetField:
    """A field of the file, or of a group in it: ("approval", "approver"); None removes it."""

    path: tuple[str, ...]
    value: Any = None


Edit = Add | Change | Remove | SetField


def print_of(item: Any) -> str:
    """What tells an item, or a whole file, from itself after a change."""
    return hashlib.sha256(json.dumps(said(item), sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def said(value: Any) -> Any:
    """A value as the file's reader gives it back: texts, in lists and groups; what is empty is not written."""
    if isinstance(value, Mapping):
        return {str(name): said(inner) for name, inner in value.items() if not is_empty(inner)}
    if isinstance(value, list | tuple):
        return [said(inner) for inner in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, str | Mapping | list | tuple) and not value)


def place_of(value: Mapping[str, Any], section: str, where: Mapping[str, Any], former: str = "") -> int:
    """Which item of the list is meant. Raises Refused where it is gone, or is no longer what was shown."""
    wanted = said(where)
    items = value.get(section) or []
    for index, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict) and all(said(item.get(name, "")) == meant for name, meant in wanted.items()):
            if former and print_of(item) != former:
                raise Refused(because(OTHERWISE, code="otherwise", what=_called(item)))
            return index
    raise Refused(because(NO_ITEM, code="no_item", what=_called(wanted), section=section))


def _called(item: Mapping[str, Any]) -> str:
    """An item as a person calls it."""
    named = next((str(item[name]) for name in ("name", "title", "key", "person") if item.get(name)), "")
    return named or ", ".join(str(value) for value in item.values())


def after(value: Mapping[str, Any], edit: Edit) -> dict[str, Any]:
    """What the file says after the edit: the measure the edited text is held against."""
    changed = deepcopy(dict(value))
    if isinstance(edit, SetField):
        _set(changed, edit.path, edit.value)
        return changed
    items = changed.get(edit.section) or []
    if isinstance(edit, Add):
        changed[edit.section] = [*items, said(edit.item)]
        return changed
    place = place_of(value, edit.section, edit.where, edit.former)
    if isinstance(edit, Remove):
        changed[edit.section] = items[:place] + items[place + 1 :]
        return changed
    for name, new in edit.fields.items():
        _set(items[place], (name,), new)
    return changed


def _set(group: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        group = group.setdefault(name, {})
    if is_empty(value):
        group.pop(path[-1], None)
    else:
        group[path[-1]] = said(value)
