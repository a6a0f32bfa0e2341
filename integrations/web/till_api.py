"""How the program of a till asks about coupons, as OpenAPI 3.1 describes it: made of the very models. Pure."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from models import till_calls as calls
from models import till_points as points

ABOUT = f"""\
Coupons at a till: what comes off a receipt, redeemed exactly once, given back, also without the network. And points of
clients' cards that pay part of a receipt.

Amounts are whole minor units of the company's currency, quantities thousandths (1000 is one piece). Codes stand in
bodies only. A sale has one key, sent as Idempotency-Key with its reservation and its redemption: the same call again
has no second effect and the same answer. A return has a key of its own. What is refused is an answer (200, "ok":
false): "staff" is precise and for the staff, "public" is for the buyer and tells nothing. Wrong codes are counted: who
sends too many is answered 429 for a while, and the staff are told. Up to {calls.CODES_MOST} codes and 1000 lines a
receipt, {calls.ENTRIES_MOST} entries and {calls.BODY_MOST // 1_000_000} MB a call.
"""
KEYED = "The key of the sale (of the return): the same call again has no second effect."
OPERATIONS: dict[str, tuple[str, type[BaseModel] | None, type[BaseModel], str]] = {
    "validate": ("What would come off this receipt", calls.Validate, calls.Verdict, ""),
    "reserve": ("Hold room for this receipt for a while", calls.Reserve, calls.Verdict, KEYED),
    "redeem": ("The receipt is closed: redeem", calls.Redeem, calls.Verdict, KEYED),
    "release": ("Let a reservation go", calls.Release, calls.Released, ""),
    "return": ("Something is brought back, whole or by line", calls.Return, calls.Returned, KEYED),
    "points": (
        "What a card has, and how much of it may pay on this receipt",
        points.PointsQuote,
        points.PointsAnswer,
        "",
    ),
    "points/spend": ("The receipt is closed: points pay part of it", points.PointsSpend, points.PointsAnswer, KEYED),
    "points/return": ("Points that paid for what is brought back", points.PointsReturn, points.PointsAnswer, KEYED),
    "journal": ("Hand in what has happened without the network", calls.Journal, calls.JournalAnswer, ""),
    "list": ("The signed list of codes to hold without the network", None, calls.ListAnswer, ""),
}
STATUSES = {
    400: "The body is no JSON, or the Idempotency-Key is missing or too long.", 401: "No key, or one that was revoked.",
    403: "The key is not one for coupons.", 409: "The Idempotency-Key came with another call before.",
    413: "The body is too large.", 415: "The body does not say that it is JSON.",
    422: "Fields that cannot be read; “fields” names each.",
    429: "Too many calls, or too many wrong codes; again after Retry-After seconds.",
    503: "Not just now; the same call again after Retry-After seconds.",
}  # fmt: skip
BODILESS = (401, 403, 409, 429, 503)
TEXT = {"type": "string"}


def described(url: str) -> dict[str, Any]:
    """The description; `url` is where the house's staff and tills find it."""
    asked = [(model, "validation") for _, model, _, _ in OPERATIONS.values() if model]
    told = [(model, "serialization") for _, _, model, _ in OPERATIONS.values()]
    unique: list[Any] = list(dict.fromkeys([*asked, *told, (calls.Trouble, "serialization")]))
    _, schemas = models_json_schema(unique, ref_template="#/components/schemas/{model}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Coupons at the till", "version": "1", "description": ABOUT},
        "servers": [{"url": url}],
        "security": [{"key": []}],
        "paths": {f"/till/v1/{name}": _path(name) for name in OPERATIONS},
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "The key of a till."}},
            "schemas": {**schemas["$defs"], "Refusal": _refusal()},
            "headers": {"RetryAfter": {"description": "Seconds to wait.", "schema": {"type": "integer"}}},
        },
    }  # fmt: skip


def _path(name: str) -> dict[str, Any]:
    summary, asked, told, keyed = OPERATIONS[name]
    statuses = [status for status in STATUSES if asked or status in BODILESS]
    responses = {str(status): _refused(status) for status in statuses if keyed or asked is None or status != 409}
    success: dict[str, Any] = {"description": "The answer; also where it is a refusal.", "content": _json(told)}
    if name == "journal":
        success["headers"] = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
    operation: dict[str, Any] = {
        "operationId": f"coupons_{name.replace('/', '_')}", "summary": summary,
        "responses": {"200": success, **responses},
    }  # fmt: skip
    if keyed:
        schema = TEXT | {"pattern": calls.KEY_PATTERN}
        operation["parameters"] = [
            {"name": "Idempotency-Key", "in": "header", "required": True, "description": keyed, "schema": schema}
        ]
    if asked is None:
        return {"get": operation}
    return {"post": operation | {"requestBody": {"required": True, "content": _json(asked)}}}


def _refused(status: int) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    wait = {"headers": {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}} if status in (429, 503) else {}
    return {"description": STATUSES[status], "content": content, **wait}


def _json(model: type[BaseModel]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}}


def _refusal() -> dict[str, Any]:
    fields = {"type": "array", "items": {"$ref": "#/components/schemas/Trouble"}}
    error = {"type": "object", "required": ["code", "said"], "additionalProperties": False,
             "properties": {"code": TEXT, "said": TEXT, "fields": fields}}  # fmt: skip
    return {"type": "object", "required": ["error"], "additionalProperties": False, "properties": {"error": error}}
