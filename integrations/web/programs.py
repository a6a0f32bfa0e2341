"""What programs are answered where they hand in or ask: JSON, whole refusals, nothing of theirs repeated."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from models.locale import mark
from models.reason import Reason, because

TOO_LARGE = mark("The body is larger than {most} MB. Send fewer rows in one call.")
NOT_JSON = mark("The body does not say that it is JSON. Send Content-Type: application/json.")
UNREADABLE = mark("The body is no JSON, from character {place} on. Check quotes and commas there.")
NOT_NOW = mark("Not available just now. Try again in a minute.")
NOT_KEPT = {"Cache-Control": "no-store"}
MORE = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "60"}, 503: {"Retry-After": "60"}}


class Refusal(Exception):
    """The whole call is refused: nothing of it was taken in."""

    def __init__(self, status: int, reason: Reason) -> None:
        super().__init__(reason.code)
        self.status, self.reason = status, reason


def refused(
    status: int, reason: Reason, more: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """Why the whole call is refused, as a program reads it; said in the language of the moment."""
    error = {"code": reason.code or str(status), "said": str(reason), **(more or {})}
    return JSONResponse({"error": error}, status, headers=NOT_KEPT | MORE.get(status, {}) | dict(headers or {}))


def key_of(request: Request) -> str:
    """The key a program brings in its header; "" where it brings none."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


async def json_of(request: Request, most: int) -> Any:
    """The body as JSON, its fractions exact. Raises Refusal."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(415, because(NOT_JSON, code="not_json"))
    try:
        body = await request.body()
    except ClientDisconnect:  # what is too large was cut off
        raise Refusal(413, too_large(most)) from None
    try:
        return json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, because(UNREADABLE, code="unreadable", place=getattr(error, "pos", 0))) from None


def too_large(most: int) -> Reason:
    return because(TOO_LARGE, code="too_large", most=most // 1_000_000)


def _no_number(said: str) -> Any:
    raise ValueError("JSON has no such number")
