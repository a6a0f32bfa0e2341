"""Handing in by programs: customers and receipts as JSON, authorised by the key of a till that was made for it.

Nothing of what is handed in stands in a log, in an error, or in an answer: fields are named, their values are not.
"""

import json
from decimal import Decimal
from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from integrations.web.access import Routes, reader_language
from integrations.web.intake_api import described
from integrations.web.premises import premises
from models.intake import BODY_MOST, DEPTH_MOST, ROWS_MOST, Answer, Caller, RowAnswer, What
from models.locale import mark, spoken
from models.people import Permission
from models.reason import Reason, because

PATH = "/intake/"
CALLS_A_MINUTE, WRONG_A_MINUTE, ONCE_MOST = 120, 30, 200
NO_KEY = mark("Send the key of a till: Authorization: Bearer <key>. It is made on the desk, on the page of the outlet.")
NOT_FOR_THIS = mark("This key is not one for handing in. Make one with that tick on the page of the outlet.")
TOO_MANY = mark("Too many calls within a minute. Send up to {most} rows in one call, and try again after a minute.")
TOO_LARGE = mark("The body is larger than {most} MB. Send fewer rows in one call.")
NOT_JSON = mark("The body does not say that it is JSON. Send Content-Type: application/json.")
UNREADABLE = mark("The body is no JSON, from character {place} on. Check quotes and commas there.")
NO_ROWS = mark("The body is an object with one list of 1 to {most} rows, “rows”. Send it so.")
LONG_KEY = mark("The Idempotency-Key has more than {most} characters, or others than letters, digits and signs.")
NO_SUCH = mark("There is nothing here. Send POST to /intake/customers or /intake/purchases.")
NOT_NOW = mark("Not available just now. Try again in a minute.")

routes = Routes()


class Refusal(Exception):
    """The whole call is refused: nothing of it was taken in."""

    def __init__(self, status: int, reason: Reason) -> None:
        super().__init__(reason.code)
        self.status, self.reason = status, reason


@routes.post(PATH + "customers", Permission.PUBLIC, most=BODY_MOST, by_link=True)
async def customers(request: Request) -> Response:
    """Customers with their consents."""
    return await _taken(request, What.CUSTOMERS)


@routes.post(PATH + "purchases", Permission.PUBLIC, most=BODY_MOST, by_link=True)
async def purchases(request: Request) -> Response:
    """Receipts of tills and orders of shops."""
    return await _taken(request, What.PURCHASES)


@routes.get(PATH + "openapi.json", Permission.PUBLIC)
def description(request: Request) -> Response:
    """How to hand in, as programs read it."""
    return JSONResponse(described(premises(request).settings.public_url))


async def _taken(request: Request, what: What) -> Response:
    verbs = premises(request).verbs
    language = reader_language(request, await run_in_threadpool(verbs.face))
    with spoken(language):
        try:
            caller = await run_in_threadpool(_caller, request)
            rows, once = await _rows(request), _once(request)
            answer = await run_in_threadpool(verbs.take_in, caller, what, rows, once)
            if isinstance(answer, Reason):
                raise Refusal(409 if answer.code == "another_body" else 503, answer)
            return JSONResponse(_said(answer), headers=NOT_KEPT)
        except Refusal as refusal:
            return refused(refusal.status, refusal.reason)


NOT_KEPT = {"Cache-Control": "no-store"}
MORE = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "60"}, 503: {"Retry-After": "60"}}


def refused(status: int, reason: Reason) -> Response:
    """Why the whole call is refused, as a program reads it; said in the language of the moment."""
    error = {"code": reason.code or str(status), "said": str(reason)}
    return JSONResponse({"error": error}, status, headers=NOT_KEPT | MORE.get(status, {}))


def _caller(request: Request) -> Caller:
    """Whose key it is. Who tries many is slowed down, and so is a till that calls without end."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    here, paces = request.client.host if request.client else "", premises(request).paces
    found = premises(request).verbs.intake_caller(key.strip()) if scheme.lower() == "bearer" and key.strip() else None
    if found is None:
        status = 401 if paces.may("intake-wrong", here, WRONG_A_MINUTE) else 429
        raise Refusal(status, because(NO_KEY if status == 401 else TOO_MANY, code="no_key", most=ROWS_MOST))
    if not found.may:
        raise Refusal(403, because(NOT_FOR_THIS, code="not_for_this"))
    if not paces.may("intake", str(found.id), CALLS_A_MINUTE):
        raise Refusal(429, because(TOO_MANY, code="too_many", most=ROWS_MOST))
    return found


async def _rows(request: Request) -> list[Any]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(415, because(NOT_JSON, code="not_json"))
    try:
        body = await request.body()
    except ClientDisconnect:  # what is too large was cut off
        raise Refusal(413, because(TOO_LARGE, code="too_large", most=BODY_MOST // 1_000_000)) from None
    try:
        read = json.loads(body.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Refusal(400, because(UNREADABLE, code="unreadable", place=getattr(error, "pos", 0))) from None
    rows = read.get("rows") if isinstance(read, dict) and read.keys() == {"rows"} else None
    if not isinstance(rows, list) or not 1 <= len(rows) <= ROWS_MOST or _is_deep(rows):
        raise Refusal(422, because(NO_ROWS, code="no_rows", most=ROWS_MOST))
    return rows


def _is_deep(rows: list[Any]) -> bool:
    level: list[Any] = [rows]
    for _ in range(DEPTH_MOST):
        level = [inner for one in level for inner in (one.values() if isinstance(one, dict) else one)
                 if isinstance(inner, dict | list)]  # fmt: skip
    return bool(level)


def _no_number(said: str) -> Any:
    raise ValueError("JSON has no such number")


def _once(request: Request) -> str:
    once = request.headers.get("idempotency-key", "").strip()
    if len(once) > ONCE_MOST or not once.isprintable():
        raise Refusal(400, because(LONG_KEY, code="idempotency_key", most=ONCE_MOST))
    return once


def _said(answer: Answer) -> dict[str, Any]:
    return {"rows": [_row(row) for row in answer.rows], "counts": answer.counts, "again": answer.again}


def _row(row: RowAnswer) -> dict[str, Any]:
    troubles = [
        {"field": one.field, "code": one.reason.code, "said": str(one.reason), "left_out": one.left_out}
        for one in row.troubles
    ]  # fmt: skip
    return row.model_dump(mode="json", exclude={"troubles"}) | {"troubles": troubles}


def refused_for(status: int) -> Response:
    """The same for what goes wrong around a call: another method, a body that announces too much, a broken house."""
    most = BODY_MOST // 1_000_000
    reason = because(TOO_LARGE, code="too_large", most=most) if status == 413 else because(NOT_NOW, code="not_now")
    known = {404: because(NO_SUCH, code="no_such"), 405: because(NO_SUCH, code="no_such")}
    return refused(status, known.get(status, reason))
