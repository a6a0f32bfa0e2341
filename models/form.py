"""The base of every form a person fills in: strict, and in the reader's language when its schema is made."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from models.locale import LANGUAGES, catalogue, mark, translate

FROM_THE_LIST, IN_OWN_WORDS = mark("From the list"), mark("In your own words")
Lists = Mapping[str, Sequence[str]]
_OFFERED: ContextVar[Lists | None] = ContextVar("offered", default=None)
_usually: list[Callable[[], Lists]] = []


def in_the_readers_language(schema: dict[str, Any]) -> None:
    """Translate titles and descriptions where the schema is made: translation at import would freeze one language.

    Every field says its place too: a database that keeps schemas as JSONB gives them back in another order.
    """
    fields = schema.get("properties", {}).values()
    for part in (schema, *fields):
        for name in ("title", "description"):
            if isinstance(part.get(name), str):
                part[name] = translate(part[name])
    for place, field in enumerate(fields):
        field.setdefault("position", place)
        default = field.get("default")
        if default == "":
            _offer_nothing_first(field)
        if isinstance(default, str) and default not in field.get("enum", [default]):
            field["default"] = translate(default)


class Form(BaseModel):
    """A form of a flow. Unknown fields are refused: an old answer to a renamed field must not run with the default."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=in_the_readers_language)


@contextmanager
def offering(lists: Lists) -> Iterator[None]:
    """While schemas are made here, fields that name something existing offer these names, by kind."""
    before = _OFFERED.set(lists)
    try:
        yield
    finally:
        _OFFERED.reset(before)


def offer_usually(lists: Callable[[], Lists]) -> None:
    """What fields of this process offer wherever nothing else is said: so Prefect's own tool registers the same."""
    _usually[:] = [lists]


def _offered() -> Lists:
    said = _OFFERED.get()
    return said if said is not None else _usually[0]() if _usually else {}


class OneOf:
    """Beside a name of something that exists: Prefect offers the list there is when the schema is made, and free text.

    The schema takes any text, so a list that has grown old refuses nothing: the order itself says what it does not
    know. Prefect's pages show the two as a switch, the list first; an empty field stays empty in the list as well.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema, names = handler(core), list(_offered().get(self.kind, ()))
        if not names:
            return schema
        listed = {"type": "string", "enum": names, "title": translate(FROM_THE_LIST)}
        return {"anyOf": [listed, {"type": "string", "title": translate(IN_OWN_WORDS)}]}


def _offer_nothing_first(field: dict[str, Any]) -> None:
    """A field that may stay empty has the empty choice too, or Prefect would open it as free text."""
    for choice in field.get("anyOf", ()):
        if "enum" in choice:
            choice["enum"] = ["", *choice["enum"]]


class InWords:
    """Beside a Literal: its values are offered in the reader's language, each being its own msgid, and read from any.

    Prefect shows the values of a choice and nothing else, so they are what must be translated; in JSON they are too.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        values = get_args(source)

        def read(said: Any) -> Any:
            return next((value for value in values if said in names_of(value)), said)

        said = core_schema.plain_serializer_function_ser_schema(translate, when_used="json")
        return core_schema.no_info_before_validator_function(read, handler(source), serialization=said)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core)
        return schema | {"enum": [translate(value) for value in schema["enum"]]}


def names_of(value: str) -> set[str]:
    """What a value of a choice is called in any of our languages."""
    return {value, *(catalogue(language).get(value, value) for language in LANGUAGES)}
