"""Coupons at the tills' own programs, as JSON, by the key of a till that was made for it.

Codes stand in bodies only: in no address, no log, no error and no answer.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from integrations.web.access import Routes, reader_language
from integrations.web.premises import premises
from integrations.web.programs import NOT_KEPT, NOT_NOW, Refusal, json_of, key_of, refused, too_large
from integrations.web.till_api import described
from models.locale import mark, spoken
from models.people import Permission
from models.reason import because
from models.till_calls import BODY_MOST, KEY_MOST, KEY_PATTERN, Caller, JournalAnswer, NotTaken

PATH = "/till/v1/"
CALLS_A_MINUTE, LISTS_A_MINUTE, WRONG_A_MINUTE = 600, 6, 60
NO_KEY = mark("Send the key of a till: Authorization: Bearer <key>. It is made on the desk, on the page of the outlet.")
NOT_FOR_THIS = mark("This key is not one for coupons. Make one with that tick on the page of the outlet.")
TOO_OFTEN = mark("Too many calls within a minute. Try again after a minute.")
NO_CALL_KEY = mark(
    "Every sale and every return has a key of its own: send Idempotency-Key with 1 to {most} letters, digits and signs."
)
NO_SUCH = mark("There is nothing here. What there is stands in /till/v1/openapi.json.")

routes = Routes()
Verb = Callable[..., BaseModel]


@routes.post(PATH + "validate", Permission.PUBLIC, most=BODY_MOST, by_link=True)
async def validate(request: Request) -> Response:
    """What would come off."""
    return await _answered(request, premises(request).verbs.coupons_validated)


@routes.post(PATH + "reserve", Permission.PUBLIC, most=BODY_MOST, by_link=True)
async def reserve(request: Request) -> Response:
    """Hold room for a while."""
    return await _answered(request, premises(request).verbs.coupons_reserved, keyed=True)


@routes.post(PATH + "redeem", Permission.PUBLIC, most=BODY_MOST, by_link=True)
async def redeem(request: Request) -> Response:
    """The receipt is closed."""
    return await _answered(request, premises(request).verbs.coupons_redeemed, keyed=True)


@routes.post(PATH + "release", Permission.PUBLIC, most=BODY_MOST, by_link=True)
async def release(request: Request) -> Response:
    """Let a reservation go."""
    return await _answered(request, premises(request).verbs.coupons_released)


@routes.post(PATH + "return", Permission.PUBLIC, most=BODY_MOST, by_link=True)
async def give_back(request: Request) -> Response:
    """Something is brought back."""
    return await _answered(request, premises(request).verbs.coupons_returned, keyed=True)


@routes.post(PATH + "points", Permission.PUBLIC, most=BODY_MOST, by_link=True)
async def points_quoted(request: Request) -> Response:
    """What a card has, and how much may pay."""
    return await _answered(request, premises(request).verbs.points_quoted)


@routes.post(PATH + "points/spend", Permission.PUBLIC, most=BODY_MOST, by_link=True)
async def points_spent(request: Request) -> Response:
    """Points pay part of a receipt."""
    return await _answered(request, premises(request).verbs.points_spent, keyed=True)


@routes.post(PATH + "points/return", Permission.PUBLIC, most=BODY_MOST, by_link=True)
async def points_returned(request: Request) -> Response:
    """Points that paid for what is brought back."""
    return await _answered(request, premises(request).verbs.points_returned, keyed=True)


@routes.post(PATH + "journal", Permission.PUBLIC, most=BODY_MOST, by_link=True)
async def journal(request: Request) -> Response:
    """What has happened without the network."""
    return await _answered(request, premises(request).verbs.coupons_journal)


@routes.get(PATH + "list", Permission.PUBLIC)
async def held_list(request: Request) -> Response:
    """The signed list that a till may hold without the network."""
    return await _answered(request, premises(request).verbs.coupons_list, reads=False)


@routes.get(PATH + "openapi.json", Permission.PUBLIC)
def description(request: Request) -> Response:
    """How to ask, as programs read it."""
    return JSONResponse(described(premises(request).settings.staff_url))


async def _answered(request: Request, verb: Verb, keyed: bool = False, reads: bool = True) -> Response:
    language = reader_language(request, await run_in_threadpool(premises(request).verbs.face))
    with spoken(language):
        try:
            caller = await run_in_threadpool(_caller, request, not reads)
            given: list[Any] = [await json_of(request, BODY_MOST)] if reads else []
            given += [_call_key(request)] if keyed else []
            return _said(await run_in_threadpool(partial(verb, caller, *given)))
        except Refusal as no:
            return refused(no.status, no.reason)
        except NotTaken as no:
            fields = {"fields": [one.model_dump() for one in no.troubles]} if no.troubles else {}
            wait = {"Retry-After": str(no.seconds)} if no.seconds else {}
            return refused(no.status, no.reason, fields, wait)


def _said(answer: BaseModel) -> Response:
    later = answer.later if isinstance(answer, JournalAnswer) else 0
    headers = NOT_KEPT | ({"Retry-After": str(later)} if later else {})
    return JSONResponse(answer.model_dump(mode="json"), headers=headers)


def _caller(request: Request, for_list: bool) -> Caller:
    """Whose key it is. Who tries many keys is slowed down, and so is a till that calls without end."""
    key, here, paces = key_of(request), request.client.host if request.client else "", premises(request).paces
    found = premises(request).verbs.till_caller(key, here) if key else None
    if found is None:
        status = 401 if paces.may("till-wrong", here, WRONG_A_MINUTE) else 429
        raise Refusal(status, because(NO_KEY, code="no_key") if status == 401 else because(TOO_OFTEN, code="too_many"))
    if not found.may:
        raise Refusal(403, because(NOT_FOR_THIS, code="not_for_this"))
    what, most = ("till-list", LISTS_A_MINUTE) if for_list else ("till", CALLS_A_MINUTE)
    if not paces.may(what, str(found.id), most):
        raise Refusal(429, because(TOO_OFTEN, code="too_many"))
    return found


def _call_key(request: Request) -> str:
    key = request.headers.get("idempotency-key", "")
    if not re.fullmatch(KEY_PATTERN, key):
        raise Refusal(400, because(NO_CALL_KEY, code="idempotency_key", most=KEY_MOST))
    return key


def refused_for(status: int) -> Response:
    """The same for what goes wrong around a call: another method, a body that announces too much, a broken house."""
    reason = too_large(BODY_MOST) if status == 413 else because(NOT_NOW, code="not_now")
    known = {404: because(NO_SUCH, code="no_such"), 405: because(NO_SUCH, code="no_such")}
    return refused(status, known.get(status, reason))
