"""How programs hand in, described as OpenAPI 3.1 describes it: made of the very models that read what comes. Pure."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from models.intake import (
    BODY_MOST,
    ROWS_MOST,
    CustomerTold,
    Outcome,
    ReceiptTold,
    What,
)

ABOUT = f"""\
Customers with their consents, and receipts, as a till, a shop or a form elsewhere knows them.

Every call brings at most {ROWS_MOST} rows in a body of at most {BODY_MOST // 1_000_000} MB, and every row has an answer
of its own; a wrong row does not hold up the others. Nothing is doubled: the same row again is "same". A call with an
Idempotency-Key is answered once, however often it is made within a week. A row with changed_at that is older than the
last word about the same customer or receipt is "late", and changes nothing but consents, which count by their own
moment: so a webhook may come twice, late or out of order.
"""
ROWS: dict[What, type[BaseModel]] = {What.CUSTOMERS: CustomerTold, What.PURCHASES: ReceiptTold}
SUMMARY = {What.CUSTOMERS: "Hand in customers and consents", What.PURCHASES: "Hand in receipts"}
STATUSES = {
    400: "The body is no JSON.", 401: "No key, or one that was revoked.",
    403: "The key is not one for handing in.", 409: "The Idempotency-Key came with another body before.",
    413: "The body is too large.", 415: "The body does not say that it is JSON.",
    422: "The body has no list of 1 to 500 rows.", 429: "Too many calls; try again after Retry-After seconds.",
    503: "Not just now; try again in a minute.",
}  # fmt: skip
TEXT = {"type": "string"}


def described(url: str) -> dict[str, Any]:
    """The description; `url` is where the house's public pages stand."""
    _, schemas = models_json_schema([(one, "validation") for one in ROWS.values()],
                                    ref_template="#/components/schemas/{model}")  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {"title": "Intake", "version": "1", "description": ABOUT},
        "servers": [{"url": url}],
        "security": [{"key": []}],
        "paths": {f"/intake/{what}": {"post": _operation(what)} for what in What},
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "The key of a till."}},
            "schemas": {**schemas["$defs"], "Answer": _answer(), "Refusal": _refusal()},
        },
    }


def _operation(what: What) -> dict[str, Any]:
    rows = {
        "type": "array", "minItems": 1, "maxItems": ROWS_MOST,
        "items": {"$ref": f"#/components/schemas/{ROWS[what].__name__}"},
    }  # fmt: skip
    body = {"type": "object", "required": ["rows"], "additionalProperties": False, "properties": {"rows": rows}}
    once = {"name": "Idempotency-Key", "in": "header", "required": False, "schema": TEXT | {"maxLength": 200},
            "description": "A call made again under the same key is answered as it was, for a week."}  # fmt: skip
    refusals = {
        str(status): {"description": about, "content": _json({"$ref": "#/components/schemas/Refusal"})}
        for status, about in STATUSES.items()
    }
    return {
        "operationId": f"take_in_{what}", "summary": SUMMARY[what], "parameters": [once],
        "requestBody": {"required": True, "content": _json(body)},
        "responses": {
            "200": {"description": "What became of each row.",
                    "content": _json({"$ref": "#/components/schemas/Answer"})},
            **refusals,
        },
    }  # fmt: skip


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _answer() -> dict[str, Any]:
    trouble = {
        "type": "object",
        "properties": {
            "field": TEXT | {"description": "Its path in the row, as lines.0.amount."}, "code": TEXT,
            "said": TEXT | {"description": "What is wrong and how to mend it, in the language of Accept-Language."},
            "left_out": {"type": "boolean", "description": "Whether the whole row does not count for it."},
        },
    }  # fmt: skip
    texts = {"type": "array", "items": TEXT}
    row = {
        "type": "object",
        "properties": {
            "n": {"type": "integer", "description": "The place of the row, from 1."},
            "what": {"enum": [one.value for one in Outcome]},
            "customer": {"type": ["integer", "null"], "description": "Our number of the customer, where known."},
            "changed": texts, "taken": texts | {"description": "Addresses that are another customer's."},
            "consents": {"type": "integer"}, "troubles": {"type": "array", "items": trouble},
        },
    }  # fmt: skip
    counts = {"type": "object", "additionalProperties": {"type": "integer"}}
    properties = {"rows": {"type": "array", "items": row}, "counts": counts, "again": {"type": "boolean"}}
    return {"type": "object", "properties": properties}


def _refusal() -> dict[str, Any]:
    said = {"type": "object", "properties": {"code": TEXT, "said": TEXT}}
    return {"type": "object", "properties": {"error": said}}
