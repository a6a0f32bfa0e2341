"""A command's name=value fields as a form's parameters: typed by its schema, choices in any language. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from deployments.refusal import Exit, Refusal
from models.content import nearest
from models.locale import LANGUAGES, catalogue, mark
from models.reason import because

NO_FIELD = mark("The form has no field “{name}”.")
NO_FIELDS = mark("This form has no fields: write the command without them.")
FIELDS_ARE = mark("Its fields: {known}.")
NOT_WRITTEN = mark("“{said}” is no field of a form.")
WRITE_SO = mark("Write fields as name=value.")
NO_CHOICE = mark("“{said}” is no choice for “{name}”.")
NO_NUMBER = mark("“{said}” is no whole number, as “{name}” needs.")
CHOICES_ARE = mark("Choose one of: {known}.")
NOT_FILLED = mark("Not filled in: {names}.")
YES = {"true", "yes", "on", "1", "да"}
NO = {"false", "no", "off", "0", "нет"}


def filled(schema: Mapping[str, Any], fields: Sequence[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a run: the file's fields under the command's, as the form takes them. Raises Refusal."""
    form = form_of(schema)
    properties: Mapping[str, Any] = form.get("properties", {})
    said = dict(given) | dict(map(_pair, fields))
    values = {name: _value(name, value, _known(name, properties)) for name, value in said.items()}
    absent = [name for name in form.get("required", ()) if name not in values]
    if absent:
        raise Refusal(because(NOT_FILLED, names=", ".join(absent)), _fields_are(properties), Exit.USAGE)
    return {"form": values}


def form_of(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of the parameter `form`, wherever it is kept."""
    field = schema.get("properties", {}).get("form", {})
    reference = field.get("$ref") or next((part["$ref"] for part in field.get("allOf", ()) if "$ref" in part), "")
    name = reference.rpartition("/")[2]
    kept: Mapping[str, Any] = schema.get("definitions", schema.get("$defs", {})).get(name, field)
    return kept


def _pair(field: str) -> tuple[str, str]:
    name, equals, value = field.partition("=")
    if not equals:
        raise Refusal(because(NOT_WRITTEN, said=field), because(WRITE_SO), Exit.USAGE)
    return name.strip(), value


def _known(name: str, properties: Mapping[str, Any]) -> Mapping[str, Any]:
    if name not in properties:
        raise Refusal(because(NO_FIELD, name=name), _fields_are(properties, name), Exit.USAGE)
    found: Mapping[str, Any] = properties[name]
    return found


def _fields_are(properties: Mapping[str, Any], near: str = "") -> Any:
    if not properties:
        return because(NO_FIELDS)
    known = nearest(near, properties) if near else []
    return because(FIELDS_ARE, known=", ".join(dict.fromkeys([*known, *properties])))


def _value(name: str, value: Any, field: Mapping[str, Any]) -> Any:
    """A value that was typed, as the field takes it; one from a file that is no text is taken as it is."""
    if "enum" in field:
        return _choice(name, str(value), field["enum"])
    if not isinstance(value, str):
        return value
    match field.get("type"):
        case "integer":
            return _whole(name, value)
        case "boolean":
            return _yes_or_no(name, value)
        case "array":
            return [part.strip() for part in value.split(";") if part.strip()]
    return value


def _choice(name: str, value: str, choices: Sequence[str]) -> str:
    """A choice named as the form names it, or as any language of ours does."""
    for choice in choices:
        if value == choice or value in _other_names(choice):
            return choice
    raise Refusal(because(NO_CHOICE, said=value, name=name), because(CHOICES_ARE, known=", ".join(choices)), Exit.USAGE)


def _other_names(choice: str) -> set[str]:
    found = {choice}
    for language in LANGUAGES:
        found |= {
            name for msgid, text in catalogue(language).items() if choice in (msgid, text) for name in (msgid, text)
        }
    return found


def _whole(name: str, value: str) -> int:
    try:
        return int(value.strip().lstrip("№"))
    except ValueError:
        raise Refusal(because(NO_NUMBER, said=value, name=name), code=Exit.USAGE) from None


def _yes_or_no(name: str, value: str) -> bool:
    word = value.strip().casefold()
    if word not in YES | NO:
        known = because(CHOICES_ARE, known="true, false")
        raise Refusal(because(NO_CHOICE, said=value, name=name), known, Exit.USAGE)
    return word in YES
