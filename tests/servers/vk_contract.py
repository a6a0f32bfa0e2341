"""Requests and answers of the VK API against tests/contracts/vk.json. Pure but for reading that file."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from tests.servers.contract import (
    Check,
    Wrong,
    all_of,
    anything,
    array_of,
    between,
    exactly,
    flag,
    integer,
    known,
    member,
    number,
    object_of,
    one_of,
    sized,
)

FILE = Path(__file__).parents[1] / "contracts" / "vk.json"
FLAGS = {"1": True, "0": False}
PLAIN: dict[str, Check] = {
    "string": exactly(str),
    "integer": exactly(int),
    "number": exactly(int, float),
    "boolean": exactly(bool),
}
COMMON = ("access_token", "v", "lang", "https", "test_mode", "captcha_sid", "captcha_key")
"""What every method takes beside its own parameters."""


@cache
def structure() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return loaded


def methods() -> frozenset[str]:
    return frozenset(structure()["methods"])


def codes() -> dict[int, str]:
    """Every code of an error with its name in the schema."""
    return {int(code): name for code, name in structure()["errors"].items()}


@cache
def named(name: str) -> Check:
    return check_of(structure()["definitions"][name])


def check_of(schema: dict[str, Any]) -> Check:
    """Compile a schema; a reference is followed when a value is met, for definitions refer to each other."""
    checks = [_later(_name(schema["$ref"]))] if "$ref" in schema and "properties" not in schema else []
    if "oneOf" in schema:
        checks.append(one_of([check_of(each) for each in schema["oneOf"]]))
    elif "allOf" in schema or ("properties" in schema and schema.get("type") != "string"):
        fields, required = _fields(schema)
        checks.append(object_of(fields, required))
    elif "type" in schema and "$ref" not in schema:
        checks.append(_typed(schema))
    checks += _bounds(schema)
    return all_of(checks) if checks else anything


def _name(reference: str) -> str:
    return reference.rsplit("/", 1)[-1]


def _later(name: str) -> Check:
    def check(value: Any, where: str) -> None:
        named(name)(value, where)

    return check


def _fields(schema: dict[str, Any]) -> tuple[dict[str, Check], tuple[str, ...]]:
    """Merge the parts of an object, so that its fields can be told from invented ones."""
    if "$ref" in schema:
        return _fields(structure()["definitions"][_name(schema["$ref"])])
    fields = {name: check_of(each) for name, each in schema.get("properties", {}).items()}
    required = tuple(schema.get("required", ()))
    for part in schema.get("allOf", ()):
        more, needed = _fields(part)
        fields, required = fields | more, required + needed
    return fields, required


def _typed(schema: dict[str, Any]) -> Check:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return one_of([_kind(kind, schema) for kind in kinds])


def _kind(kind: str, schema: dict[str, Any]) -> Check:
    if kind == "array":
        return array_of(check_of(schema.get("items", {})))
    return exactly(dict) if kind == "object" else PLAIN[kind]


def _bounds(schema: dict[str, Any]) -> list[Check]:
    checks = []
    if "enum" in schema:
        checks.append(member(schema["enum"]))
    if "minimum" in schema or "maximum" in schema:
        checks.append(between(schema.get("minimum"), schema.get("maximum")))
    for low, high in (("minItems", "maxItems"), ("minLength", "maxLength")):
        if low in schema or high in schema:
            checks.append(sized(schema.get(low), schema.get(high)))
    return checks


def request(method: str, parameters: dict[str, str]) -> dict[str, Any]:
    """Turn the texts of a form into typed values, or raise `Wrong`."""
    if method not in structure()["methods"]:
        raise Wrong(method, "is not a method")
    shape = structure()["methods"][method]
    given = {name: value for name, value in parameters.items() if name not in COMMON}
    known(given, shape["parameters"], shape["required"])
    values = {name: read(shape["parameters"][name], text, name) for name, text in given.items()}
    for name, value in values.items():
        _parameter(method, name)(value, name)
    return values


@cache
def _parameter(method: str, name: str) -> Check:
    schema = structure()["methods"][method]["parameters"][name]
    return check_of(schema)


def read(schema: dict[str, Any], text: str, where: str) -> Any:
    """Give a text of a form the type its parameter has; a list is joined by commas."""
    if "$ref" in schema and "type" not in schema:
        return read(structure()["definitions"][_name(schema["$ref"])], text, where)
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if kinds == ["array"]:
        return [read(schema["items"], each, f"{where}[{n}]") for n, each in enumerate(text.split(",")) if each]
    if kinds == ["boolean"]:
        return flag(text, where, FLAGS)
    if kinds == ["number"]:
        return number(text, where)
    if "integer" in kinds and (len(kinds) == 1 or text.lstrip("-").isdigit()):
        return integer(text, where)
    return _joined(schema, text, where)


def _joined(schema: dict[str, Any], text: str, where: str) -> str:
    """A `value_object` is a text that joins its properties by underscores."""
    if schema.get("format") == "value_object":
        names, parts = list(schema["properties"]), text.split("_")
        known(dict(zip(names, parts, strict=False)), schema["properties"], schema["required"])
        for name, part in zip(names, parts, strict=False):
            read(schema["properties"][name], part, f"{where}.{name}")
    return text


def answer(method: str, body: dict[str, Any], variant: str = "response") -> None:
    """Refuse an answer of ours that the documented method could not give. `variant` names one of its shapes."""
    responses = structure()["methods"][method]["responses"]
    named(_name(responses.get(variant, responses["response"])))(body, "answer")


def error(body: dict[str, Any]) -> None:
    """Refuse an error of ours that is not in the documented envelope or has a code that VK does not know."""
    pair = object_of({"key": exactly(str), "value": exactly(str)}, ("key", "value"))
    fields = {
        "error_code": all_of([exactly(int), member(tuple(codes()))]),
        "error_subcode": exactly(int),
        "error_msg": exactly(str),
        "request_params": array_of(pair),
        "captcha_sid": exactly(str),
        "captcha_img": exactly(str),
        "redirect_uri": exactly(str),
    }
    object_of({"error": object_of(fields, ("error_code", "error_msg", "request_params"))}, ("error",))(body, "answer")
