"""The base of every form a person fills in: strict, and in the reader's language when its schema is made."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from models.locale import translate


def in_the_readers_language(schema: dict[str, Any]) -> None:
    """Translate titles and descriptions where the schema is made: translation at import would freeze one language."""
    for part in (schema, *schema.get("properties", {}).values()):
        for name in ("title", "description"):
            if isinstance(part.get(name), str):
                part[name] = translate(part[name])


class Form(BaseModel):
    """A form of a flow. Unknown fields are refused: an old answer to a renamed field must not run with the default."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra=in_the_readers_language)
