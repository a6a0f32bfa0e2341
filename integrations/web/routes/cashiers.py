"""The desk's page about the cashier's page of an outlet: devices are paired, PINs given, conflicts dealt with."""

from typing import Any

from fastapi import HTTPException, Request, Response
from markupsafe import Markup

from integrations.web.access import Id, Routes, once_of, said, visitor_of
from integrations.web.premises import premises
from integrations.web.screen import after, show
from models.locale import mark
from models.people import Permission
from models.reason import because

PATH = "/staff/outlets/{key}/cashiers"
LONGEST, NOTE_MOST = 60, 300
SHOWN_BEFORE = mark("It was shown once and is not shown again. Make a new one.")
DEALT_WITH = mark("Written down: it has been dealt with.")
ALREADY = mark("Somebody has dealt with it already.")

routes = Routes()


@routes.get(PATH, Permission.READ_PEOPLE)
def cashiers(request: Request, key: str) -> Response:
    return _page(request, key)


def _page(request: Request, key: str, **shown: Any) -> Response:
    page = premises(request).verbs.cashiers_page(key)
    if page is None:
        raise HTTPException(404)
    may_change = visitor_of(request).may(Permission.MANAGE_PEOPLE)
    words = {"pairing": None, "picture": "", "pin": "", "pin_of": ""} | shown
    return show(request, "cashiers.html", page=page, may_change=may_change, **words)


@routes.post(PATH + "/pair", Permission.MANAGE_PEOPLE)
def pair(request: Request, key: str) -> Response:
    """A pairing code; it is shown here and nowhere again."""
    told, pairing = premises(request).verbs.make_pairing(
        visitor_of(request), once_of(request), key, said(request, "title", LONGEST)
    )
    if pairing is None:
        refused = [reason for reason in told if reason.code != "done"]
        return after(request, _path(key), *(refused or [because(SHOWN_BEFORE, code="shown")]))
    return _page(request, key, pairing=pairing, picture=Markup(pairing.picture))  # noqa: S704  we drew it


@routes.post(PATH + "/pin", Permission.MANAGE_PEOPLE)
def give_pin(request: Request, key: str) -> Response:
    name, person = said(request, "name", LONGEST), said(request, "who", LONGEST)
    return _pin(request, key, name, person, 0)


@routes.post(PATH + "/{id}/pin", Permission.MANAGE_PEOPLE)
def renew_pin(request: Request, key: str, id: Id) -> Response:
    return _pin(request, key, "", "", id)


def _pin(request: Request, key: str, name: str, person: str, number: int) -> Response:
    told, pin = premises(request).verbs.give_pin(
        visitor_of(request), once_of(request), key, name, person, number
    )  # fmt: skip
    if not pin:
        refused = [reason for reason in told if reason.code != "done"]
        return after(request, _path(key), *(refused or [because(SHOWN_BEFORE, code="shown")]))
    return _page(request, key, pin=pin, pin_of=number or name or person)


@routes.post(PATH + "/{id}/off", Permission.MANAGE_PEOPLE)
def cashier_off(request: Request, key: str, id: Id) -> Response:
    told = premises(request).verbs.take_off(visitor_of(request), once_of(request), key, "cashier", id)
    return after(request, _path(key), *told)


@routes.post(PATH + "/device/{id}/off", Permission.MANAGE_PEOPLE)
def device_off(request: Request, key: str, id: Id) -> Response:
    told = premises(request).verbs.take_off(visitor_of(request), once_of(request), key, "device", id)
    return after(request, _path(key), *told)


@routes.post(PATH + "/conflict/{id}", Permission.READ_PEOPLE)
def conflict(request: Request, key: str, id: Id) -> Response:
    """Somebody says what was done about a redemption that would not have been allowed."""
    done = premises(request).verbs.conflict_seen(visitor_of(request), key, id, said(request, "note", NOTE_MOST))
    return after(request, _path(key), because(DEALT_WITH, code="done") if done else because(ALREADY, code="already"))


def _path(key: str) -> str:
    return PATH.replace("{key}", key)
