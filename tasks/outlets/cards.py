"""What a form about an outlet means for company.yaml. Pure."""

from collections.abc import Mapping
from typing import Any

from integrations.errors import Refused
from models.locale import mark
from models.reason import because
from models.staff import CLEARED, OutletForm
from tasks.company_file.edits import Add, Change, Edit
from tasks.content.references import fold, refer, unknown

NO_NAME = mark("Write the name of the outlet, as customers read it. Nothing was written.")
SAME_NAME = mark("There is an outlet “{name}” already ({key}). Give this one another name.")
FIELDS = ("name", "city", "address", "zone", "phone", "hours")


def outlets(value: Mapping[str, Any]) -> dict[str, str]:
    """The outlets of the file: their names by their keys."""
    listed = value.get("outlets")
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return {str(one.get("key", "")): str(one.get("name", one.get("key", ""))) for one in found}


def called(name: str, known: Mapping[str, str]) -> str:
    """The key of the outlet a person means. Raises Refused with the nearest."""
    key = refer(name, known)
    if key is None:
        raise Refused(unknown("outlets", name, known))
    return key


def opened(form: OutletForm, key: str, known: Mapping[str, str]) -> list[Edit]:
    if not form.name.strip():
        raise Refused(because(NO_NAME, code="no_name"))
    for other, name in known.items():
        if fold(name) == fold(form.name):
            raise Refused(because(SAME_NAME, code="same_name", name=name, key=other))
    return [Add("outlets", {"key": key, **{field: _kept(getattr(form, field)) for field in FIELDS}})]


def altered(form: OutletForm, key: str, former: str) -> list[Edit]:
    """What the form names is changed, what it leaves empty stays."""
    fields = {field: getattr(form, field) for field in FIELDS}
    return [
        Change("outlets", {"key": key}, {field: _kept(new) for field, new in fields.items() if new.strip()}, former)
    ]


def _kept(text: str) -> str:
    return "" if text.strip() in (CLEARED, "—", "–") else " ".join(text.split())
