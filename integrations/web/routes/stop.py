"""The big switch: hold everything that is not yet out, see what is, let go again."""

from fastapi import Request, Response

from integrations.web.access import Id, Routes, said, visitor_of
from integrations.web.premises import premises
from integrations.web.screen import after, show
from models.locale import mark
from models.people import Permission
from models.reason import because
from models.stop import Scope

PATH = "/staff/stop"
NO_SCOPE = mark("Choose what to stop. Nothing has been stopped yet.")
NO_REASON_GIVEN = mark("Say why: whoever comes to the desk next must understand it. Nothing has been stopped yet.")

routes = Routes()


@routes.get(PATH, Permission.READ_PLAN)
def stops(request: Request, scope: str = "", key: str = "") -> Response:
    return show(request, "stop.html", stops=premises(request).verbs.stops(), scope=scope, key=key)


@routes.post(PATH, Permission.STOP)
def pull(request: Request) -> Response:
    """Stop all, a channel, a campaign or a piece."""
    scope, why = said(request, "scope"), said(request, "why")
    if scope not in set(Scope):
        return after(request, PATH, because(NO_SCOPE, code="no_scope"))
    if not why:
        return after(request, PATH, because(NO_REASON_GIVEN, code="no_reason"))
    key = said(request, scope) if scope != Scope.ALL else ""
    return after(request, PATH, premises(request).verbs.pull_stop(Scope(scope), key, visitor_of(request), why))


@routes.post(PATH + "/{id}/release", Permission.RELEASE)
def release(request: Request, id: Id) -> Response:
    return after(request, PATH, premises(request).verbs.release_stop(id, visitor_of(request)))
