"""Handing in by programs: customers and receipts as JSON, authorised by the key of a till that was made for it.

Nothing of what is handed in stands in a log, in an error, or in an answer: fields are named, their values are not.
"""

from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from integrations.web.access import Routes, reader_language
from integrations.web.intake_api import described
from integrations.web.premises import premises
from integrations.web.programs import NOT_KEPT, NOT_NOW, Refusal, json_of, key_of, refused, too_large
from models.intake import BODY_MOST, DEPTH_MOST, ROWS_MOST, Answer, Caller, RowAnswer, What
from models.locale import mark, spoken
from models.people import Permission
from models.reason import Reason, because

PATH = "/intake/"
CALLS_A_MINUTE, WRONG_A_MINUTE, ONCE_MOST = 120, 30, 200
NO_KEY = mark("Send the key of a till: Authorization: Bearer <key>. It is made on the desk, on the page of the outlet.")
NOT_FOR_THIS = mark("This key is not one for handing in. Make one with that tick on the page of the outlet.")
TOO_MANY = mark("Too many calls within a minute. Send up to {most} rows in one call, and try again after a minute.")
NO_ROWS = mark("The body is an object with one list of 1 to {most} rows, “rows”. Send it so.")
LONG_KEY = mark("The Idempotency-Key has more than {most} characters, or others than letters, digits and signs.")
NO_SUCH = mark("There is nothing here. Send POST to /intake/customers or /intake/purchases.")

routes = Routes()


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


def _caller(request: Request) -> Caller:
    """Whose key it is. Who tries many is slowed down, and so is a till that calls without end."""
    key = key_of(request)
    here, paces = request.client.host if request.client else "", premises(request).paces
    found = premises(request).verbs.intake_caller(key) if key else None
    if found is None:
        status = 401 if paces.may("intake-wrong", here, WRONG_A_MINUTE) else 429
        raise Refusal(status, because(NO_KEY if status == 401 else TOO_MANY, code="no_key", most=ROWS_MOST))
    if not found.may:
        raise Refusal(403, because(NOT_FOR_THIS, code="not_for_this"))
    if not paces.may("intake", str(found.id), CALLS_A_MINUTE):
        raise Refusal(429, because(TOO_MANY, code="too_many", most=ROWS_MOST))
    return found


async def _rows(request: Request) -> list[Any]:
    read = await json_of(request, BODY_MOST)
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
    reason = too_large(BODY_MOST) if status == 413 else because(NOT_NOW, code="not_now")
    known = {404: because(NO_SUCH, code="no_such"), 405: because(NO_SUCH, code="no_such")}
    return refused(status, known.get(status, reason))
