"""The desk: what waits for a person, the plan by day, orders about single placements."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fastapi import HTTPException, Request, Response

from integrations.web.access import Id, Routes, inside, said, visitor_of
from integrations.web.premises import premises
from integrations.web.screen import after, show
from models.desk import Line
from models.people import Permission

DAYS = 7
BEFORE = timedelta(days=1)
DESK = "/staff"

routes = Routes()


@routes.get("/staff", Permission.READ_PLAN)
def queue(request: Request) -> Response:
    """What waits for me."""
    return show(request, "queue.html", queue=premises(request).verbs.queue())


@routes.get("/staff/plan", Permission.READ_PLAN)
def plan(request: Request, first: date | None = None, channel: str = "") -> Response:
    """The placements of a week, by the company's days."""
    verbs = premises(request).verbs
    today, accounts = verbs.today(), verbs.accounts()
    since = min(max(first or today - BEFORE, date(2000, 1, 1)), date(2200, 1, 1))
    lines = verbs.plan(since, DAYS, channel if channel in accounts else "")
    days = _by_day(lines, verbs.face().zone)
    return show(
        request, "plan.html", days=days, today=today, first=since, last=since + timedelta(days=DAYS - 1),
        before=since - timedelta(days=DAYS), following=since + timedelta(days=DAYS), channel=channel, accounts=accounts,
    )  # fmt: skip


def _by_day(lines: Sequence[Line], zone: str) -> list[tuple[date, list[Line]]]:
    days: defaultdict[date, list[Line]] = defaultdict(list)
    for line in lines:
        days[_day(line.due_at, zone)].append(line)
    return sorted(days.items())


def _day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


@routes.get("/staff/proof/{rendition_id}", Permission.READ_PLAN)
def proof(request: Request, rendition_id: Id) -> Response:
    """One version as it will look, with its placements."""
    verbs = premises(request).verbs
    found = verbs.proof(rendition_id, visitor_of(request))
    if found is None:
        raise HTTPException(404)
    return show(request, "proof.html", proof=found, lines=verbs.placements(rendition_id))


@routes.post("/staff/placement/{id}/publish", Permission.SCHEDULE)
def publish_now(request: Request, id: Id) -> Response:
    return after(request, _back(request), premises(request).verbs.publish_now(id, visitor_of(request)))


@routes.post("/staff/placement/{id}/cancel", Permission.SCHEDULE)
def cancel(request: Request, id: Id) -> Response:
    return after(request, _back(request), premises(request).verbs.cancel(id, visitor_of(request), said(request, "why")))


@routes.post("/staff/placement/{id}/decide", Permission.DECIDE_UNKNOWN)
def decide_unknown(request: Request, id: Id) -> Response:
    """Say what became of a placement whose outcome nobody knows."""
    verdict, url = said(request, "verdict"), said(request, "url")
    return after(request, _back(request), premises(request).verbs.decide_unknown(id, verdict, visitor_of(request), url))


def _back(request: Request) -> str:
    return inside(said(request, "next"), DESK)
