"""Orders about single publications: each of them is a flow in Prefect too."""

from collections.abc import Sequence

from fastapi import Request, Response

from integrations.web.access import Id, Routes, inside, once_of, said, visitor_of
from integrations.web.premises import premises
from integrations.web.screen import after
from models.locale import mark
from models.orders import Verdict
from models.people import Permission
from models.reason import Reason, because

DESK = "/staff"
NO_VERDICT = mark("Choose what you saw on the channel. Nothing has been changed.")
BAD_LINK = mark("A link begins with https://. Nothing has been changed: copy it from the channel again.")

routes = Routes()


@routes.post("/staff/placement/{id}/publish", Permission.SCHEDULE)
def publish_now(request: Request, id: Id) -> Response:
    urgent = bool(said(request, "urgent"))
    return _back(request, premises(request).verbs.publish_now(id, visitor_of(request), once_of(request), urgent))


@routes.post("/staff/placement/{id}/cancel", Permission.SCHEDULE)
def cancel(request: Request, id: Id) -> Response:
    why = said(request, "why")
    return _back(request, premises(request).verbs.cancel(id, visitor_of(request), once_of(request), why))


@routes.post("/staff/placement/{id}/hold", Permission.SCHEDULE)
def hold(request: Request, id: Id) -> Response:
    why = said(request, "why")
    return _back(request, premises(request).verbs.hold(id, visitor_of(request), once_of(request), why))


@routes.post("/staff/placement/{id}/restore", Permission.SCHEDULE)
def restore(request: Request, id: Id) -> Response:
    verbs, date, time = premises(request).verbs, said(request, "date"), said(request, "time")
    return _back(request, verbs.restore(id, visitor_of(request), once_of(request), date, time, said(request, "why")))


@routes.post("/staff/placement/{id}/move", Permission.SCHEDULE)
def move(request: Request, id: Id) -> Response:
    verbs, date, time = premises(request).verbs, said(request, "date"), said(request, "time")
    return _back(request, verbs.move(id, visitor_of(request), once_of(request), date, time, said(request, "why")))


@routes.post("/staff/placement/{id}/decide", Permission.DECIDE_UNKNOWN)
def decide_unknown(request: Request, id: Id) -> Response:
    """Say what became of a placement whose outcome nobody knows."""
    verdict, url = said(request, "verdict"), said(request, "url")
    if verdict not in set(Verdict):
        return _back(request, [because(NO_VERDICT, code="no_verdict")])
    if url and not url.startswith(("http://", "https://")):
        return _back(request, [because(BAD_LINK, code="bad_link")])
    verbs = premises(request).verbs
    return _back(request, verbs.decide_unknown(id, Verdict(verdict), visitor_of(request), once_of(request), url))


def _back(request: Request, told: Sequence[Reason]) -> Response:
    return after(request, inside(said(request, "next"), DESK), *told)
