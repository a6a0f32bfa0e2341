"""Requests and answers of Telegram's Bot API against tests/contracts/telegram.json. Pure but for reading that file."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from tests.servers.contract import (
    Check,
    Wrong,
    array_of,
    exactly,
    flag,
    integer,
    known,
    number,
    object_of,
    one_of,
    word,
)
from tests.servers.forms import Upload

FILE = Path(__file__).parents[1] / "contracts" / "telegram.json"
FLAGS = {"true": True, "false": False, "True": True, "False": False, "1": True, "0": False}
PLAIN: dict[str, Check] = {
    "String": exactly(str),
    "Integer": exactly(int),
    "Float": exactly(int, float),
    "Boolean": exactly(bool),
    "InputFile": exactly(Upload),
}


@cache
def structure() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return loaded


@cache
def check_of(expression: str) -> Check:
    """Compile a type expression. Types refer to each other, so an object is compiled when it is first met."""
    kinds = expression.split("|")
    if len(kinds) > 1 and all(kind.startswith("[") for kind in kinds):
        # an album may hold several kinds side by side; which of them may stand together is a rule, not a type
        return array_of(one_of([check_of(kind[1:-1]) for kind in kinds]))
    if len(kinds) > 1:
        return one_of([check_of(kind) for kind in kinds])
    if expression.startswith("["):
        return array_of(check_of(expression[1:-1]))
    if expression.startswith("="):
        return word(expression[1:])
    return PLAIN.get(expression) or _later(expression)


def _later(name: str) -> Check:
    def check(value: Any, where: str) -> None:
        _type(name)(value, where)

    return check


@cache
def _type(name: str) -> Check:
    shape = structure()["types"][name]
    if "one_of" in shape:
        return one_of([check_of(each) for each in shape["one_of"]])
    required = shape.get("required", {})
    fields = required | shape.get("optional", {})
    return object_of({field: check_of(kind) for field, kind in fields.items()}, tuple(required))


def methods() -> frozenset[str]:
    return frozenset(structure()["methods"])


def request(method: str, parameters: dict[str, Any], files: dict[str, Upload]) -> dict[str, Any]:
    """Turn what was sent into typed values, or raise `Wrong`. `files` are the parts of a multipart body."""
    if method not in structure()["methods"]:
        raise Wrong(method, "is not a method")
    shape = structure()["methods"][method]
    required = shape.get("required", {})
    fields = required | shape.get("optional", {})
    given = parameters | {name: upload for name, upload in files.items() if name in fields}
    known(given, fields, tuple(required))
    values = {name: read(fields[name], value, name) for name, value in given.items()}
    for name, value in values.items():
        check_of(fields[name])(value, name)
    _all_attached(values, {name: upload for name, upload in files.items() if name not in fields})
    return values


def read(expression: str, value: Any, where: str) -> Any:
    """Give a text the type it stands for: forms carry texts only, and JSON may carry an object as a text too."""
    if not isinstance(value, str):
        return value
    kinds = expression.split("|")
    if any(kind[0] == "[" or (kind[0] != "=" and kind not in PLAIN) for kind in kinds):
        return _json(value, where)
    if "Integer" in kinds and (len(kinds) == 1 or value.lstrip("-").isdigit()):
        return integer(value, where)
    if kinds == ["Boolean"]:
        return flag(value, where, FLAGS)
    return number(value, where) if kinds == ["Float"] else value


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise Wrong(where, "is not JSON", "can't parse JSON object") from None


def _all_attached(values: dict[str, Any], parts: dict[str, Upload]) -> None:
    named = set(_attachments(values))
    for name in named - set(parts):
        raise Wrong(f"attach://{name}", "names a part that was not sent")
    for name in set(parts) - named:
        raise Wrong(name, "is a file that nothing refers to")


def _attachments(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value.removeprefix("attach://")] if value.startswith("attach://") else []
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [name for each in inner for name in _attachments(each)]


def answer(method: str, result: Any) -> None:
    """Refuse an answer of ours that the documented method could not give."""
    check_of(structure()["methods"][method]["returns"])(result, "result")


def error(body: dict[str, Any]) -> None:
    """Refuse an error of ours that is not in the documented envelope."""
    fields = {"ok": exactly(bool), "error_code": exactly(int), "description": exactly(str)}
    fields["parameters"] = check_of("ResponseParameters")
    object_of(fields, ("ok", "error_code", "description"))(body, "error")
