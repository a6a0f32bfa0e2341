"""The big switch: hold everything that is not yet out, see what is, let go again."""

from fastapi import HTTPException, Request, Response

from integrations.web.access import Id, Routes, once_of, said, visitor_of
from integrations.web.fields import named, typed
from integrations.web.premises import premises
from integrations.web.screen import after, show
from models.desk.stop import Outlook
from models.desk.suggest import Kind, Naming
from models.locale import mark
from models.people import Permission
from models.reason import NO_REASON, Reason, because
from models.stop import Scope

PATH = "/staff/stop"
NO_SCOPE = mark("Choose what to stop. Nothing has been stopped yet.")
NO_REASON_GIVEN = mark("Say why: whoever comes to the desk next must understand it. Nothing has been stopped yet.")
NO_PIECE_GIVEN = mark("Name the piece by its №. Nothing has been stopped yet.")
RELEASED_BEFORE = mark("This Stop has been released already.")

routes = Routes()


@routes.get(PATH, Permission.READ_PLAN)
def stops(request: Request, scope: str = "", key: str = "") -> Response:
    """What is stopped, and the switch; `scope` and `key` are filled in where a page leads here about one thing."""
    return _page(request, scope=scope, key=key)


@routes.get(PATH + "/look", Permission.STOP)
def look(request: Request, scope: str = "", channel: str = "", campaign: str = "", piece: str = "") -> Response:
    """What a Stop would hold, as a part of the page: shown while it is chosen."""
    names = {Scope.ALL: "", Scope.CHANNEL: channel, Scope.CAMPAIGN: campaign, Scope.PIECE: piece}
    outlook: Outlook | Reason = NO_REASON
    if scope in set(Scope) and (scope == Scope.ALL or names[Scope(scope)].strip()):
        outlook = premises(request).verbs.stop_outlook(Scope(scope), names[Scope(scope)])
    return show(request, "stop_outlook.html", outlook=outlook)


@routes.post(PATH, Permission.STOP)
def pull(request: Request) -> Response:
    """Stop all, a channel, a campaign or a piece at once; or show first what that would hold."""
    scope, why = said(request, "scope"), said(request, "why")
    if scope not in set(Scope):
        return _page(request, 422, because(NO_SCOPE, code="no_scope"), why=why)
    key, piece = said(request, scope), ""
    if scope == Scope.PIECE:
        naming = named(request, "piece", Kind.PIECE)
        if not naming.is_known:
            wrong = NO_REASON if naming.objection else because(NO_PIECE_GIVEN, code="no_piece")
            return _page(request, 422, wrong, scope=scope, naming=naming, why=why)
        key = piece = naming.key
    if said(request, "do") == "look":
        return _look_first(request, Scope(scope), key, why)
    if not why:
        return _page(
            request, 422, because(NO_REASON_GIVEN, code="no_reason"), scope=scope, key=key, naming=piece, why=why
        )  # fmt: skip
    told = premises(request).verbs.pull_stop(Scope(scope), key, visitor_of(request), once_of(request), why)
    return after(request, PATH, *told)


def _look_first(request: Request, scope: Scope, key: str, why: str) -> Response:
    outlook = premises(request).verbs.stop_outlook(scope, key)
    if isinstance(outlook, Reason):
        return _page(request, 422, outlook, scope=scope, key=key, naming=typed(request, "piece"), why=why)
    return show(request, "stop_look.html", outlook=outlook, scope=scope, key=key, why=why)


@routes.get(PATH + "/{id}/release", Permission.RELEASE)
def before_release(request: Request, id: Id) -> Response:
    """What goes out once this Stop is released, and what is late by now: nobody lets forty go by mistake."""
    letting = premises(request).verbs.letting(id)
    if letting is None:
        if any(stop.id == id for stop in premises(request).verbs.stops().past):
            return after(request, PATH, because(RELEASED_BEFORE, code="before"))
        raise HTTPException(404)
    return show(request, "stop_release.html", letting=letting)


@routes.post(PATH + "/{id}/release", Permission.RELEASE)
def release(request: Request, id: Id) -> Response:
    keep_late = said(request, "late") == "keep"
    return after(
        request, PATH, *premises(request).verbs.release_stop(id, visitor_of(request), once_of(request), keep_late)
    )


def _page(
    request: Request, status: int = 200, wrong: Reason = NO_REASON, scope: str = "", key: str = "",
    naming: Naming | str = "", why: str = "",
) -> Response:  # fmt: skip
    """The page, with what was typed in it."""
    verbs = premises(request).verbs
    return show(
        request, "stop.html", status, cards=verbs.stop_cards(), stops=verbs.stops(), scope=scope, key=key,
        naming=naming or (key if scope == Scope.PIECE else ""), why=why, wrong=wrong,
    )  # fmt: skip
