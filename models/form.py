"""The base of every form a person fills in: strict, and in the reader's language when its schema is made."""

from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from models.locale import LANGUAGES, catalogue, translate


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
        if isinstance(default, str) and default not in field.get("enum", [default]):
            field["default"] = translate(default)


class Form(BaseModel):
    """A form of a flow. Unknown fields are refused: an old answer to a renamed field must not run with the default."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=in_the_readers_language)


class InWords:
    """Beside a Literal: its values are offered in the reader's language, each being its own msgid, and read from any.

    Prefect shows the values of a choice and nothing else, so they are what must be translated; in JSON they are too.
    """

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        values = get_args(source)

        def read(said: Any) -> Any:
            return next((value for value in values if said in _names_of(value)), said)

        said = core_schema.plain_serializer_function_ser_schema(translate, when_used="json")
        return core_schema.no_info_before_validator_function(read, handler(source), serialization=said)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        schema = handler(core)
        return schema | {"enum": [translate(value) for value in schema["enum"]]}


def _names_of(value: str) -> set[str]:
    return {value, *(catalogue(language).get(value, value) for language in LANGUAGES)}
