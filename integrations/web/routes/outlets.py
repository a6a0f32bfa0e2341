"""Outlets as company.yaml names them, and the keys by which their tills come in."""

from typing import Any

from fastapi import HTTPException, Request, Response

from integrations.web.access import Id, Routes, once_of, said, visitor_of
from integrations.web.premises import premises
from integrations.web.screen import after, show
from models.desk.people import OutletPage
from models.locale import mark
from models.people import Permission
from models.reason import because
from models.staff import ALTER, CLEARED, CLOSE, OPEN, OutletForm

PATH = "/staff/outlets"
FIELDS = ("name", "city", "address", "zone", "phone", "hours")
LONGEST = 300
NOT_SURE = mark("Tick the box to say that you mean it. Nothing has been changed.")
SHOWN_BEFORE = mark("This key was shown once and is not shown again. Revoke it and make another one.")

routes = Routes()


@routes.get(PATH, Permission.READ_PEOPLE)
def outlets(request: Request) -> Response:
    verbs = premises(request).verbs
    return show(request, "outlets.html", outlets=verbs.outlets(), unreadable=verbs.outlets_unreadable())


@routes.get(PATH + "/new/form", Permission.MANAGE_PEOPLE)  # a key may be “new”
def newcomer(request: Request) -> Response:
    typed = dict.fromkeys((*FIELDS, "key"), "")
    return show(request, "outlet_new.html", typed=typed, objections=(), zones=premises(request).verbs.zones())


@routes.post(PATH, Permission.MANAGE_PEOPLE)
def open_outlet(request: Request) -> Response:
    """Write a new outlet into company.yaml; what cannot be is said above the form, with everything that was typed."""
    typed = {name: said(request, name, LONGEST) for name in (*FIELDS, "key")}
    form = OutletForm(what=OPEN, outlet=typed["key"], person="", **_fields(request, ""))
    told = premises(request).verbs.order_outlet(visitor_of(request), once_of(request), form)
    if any(reason.code != "done" for reason in told):
        zones = premises(request).verbs.zones()
        return show(request, "outlet_new.html", 422, typed=typed, objections=told, zones=zones)
    return after(request, PATH, *told)


@routes.get(PATH + "/{key}", Permission.READ_PEOPLE)
def outlet(request: Request, key: str) -> Response:
    return _page(request, key)


def _page(request: Request, key: str, secret: str = "") -> Response:
    may_change = visitor_of(request).may(Permission.MANAGE_PEOPLE)
    return show(
        request, "outlet.html", page=_found(request, key), secret=secret, may_change=may_change,
        zones=premises(request).verbs.zones(),
    )  # fmt: skip


def _found(request: Request, key: str) -> OutletPage:
    found = next((one for one in premises(request).verbs.outlets() if one.outlet.key == key), None)
    if found is None:
        raise HTTPException(404)
    return found


@routes.post(PATH + "/{key}", Permission.MANAGE_PEOPLE)
def alter(request: Request, key: str) -> Response:
    form = OutletForm(what=ALTER, outlet=key, person="", **_fields(request, CLEARED))
    verbs, shown = premises(request).verbs, said(request, "print", LONGEST)
    return after(request, f"{PATH}/{key}", *verbs.order_outlet(visitor_of(request), once_of(request), form, shown))


@routes.post(PATH + "/{key}/close", Permission.MANAGE_PEOPLE)
def close(request: Request, key: str) -> Response:
    """The outlet leaves company.yaml, and none of its tills comes in any more."""
    if not said(request, "sure"):
        return after(request, f"{PATH}/{key}", because(NOT_SURE, code="not_sure"))
    form = OutletForm(what=CLOSE, outlet=key, person="", reason=said(request, "why"))
    told = premises(request).verbs.order_outlet(visitor_of(request), once_of(request), form)
    is_done = all(reason.code == "done" for reason in told)
    return after(request, PATH if is_done else f"{PATH}/{key}", *told)


@routes.post(PATH + "/{key}/till", Permission.MANAGE_PEOPLE)
def make_key(request: Request, key: str) -> Response:
    """Make a key of a till; it is shown here and nowhere again."""
    _found(request, key)
    verbs, title = premises(request).verbs, said(request, "title", LONGEST)
    intake, coupons = bool(said(request, "intake")), bool(said(request, "coupons"))
    told, secret = verbs.make_till_key(visitor_of(request), once_of(request), key, title, intake, coupons)
    if not secret:
        refused = [reason for reason in told if reason.code != "done"]
        return after(request, f"{PATH}/{key}", *(refused or [because(SHOWN_BEFORE, code="shown")]))
    return _page(request, key, secret)


@routes.post(PATH + "/{key}/till/{id}/revoke", Permission.MANAGE_PEOPLE)
def revoke(request: Request, key: str, id: Id) -> Response:
    told = premises(request).verbs.revoke_till_key(visitor_of(request), once_of(request), id)
    return after(request, f"{PATH}/{key}", *told)


def _fields(request: Request, clear: str) -> dict[str, Any]:
    """A field that was emptied is cleared, for the form shows what it was; the name is never."""
    typed = {name: said(request, name, LONGEST) for name in FIELDS}
    return {name: words or ("" if name == "name" else clear) for name, words in typed.items()}
