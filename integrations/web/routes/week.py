"""The week: a calendar or a list, filtered by its address, and the same as a file."""

from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from integrations.web.access import Routes
from integrations.web.premises import premises
from integrations.web.screen import show
from models.desk.week import PATH, STANDING_TITLES, STATE_WORDS, File
from models.people import Permission

routes = Routes()


@routes.get(PATH, Permission.READ_PLAN)
def week(request: Request) -> Response:
    """The publications of a week, and what may be ordered about each."""
    found = premises(request).verbs.week(request.query_params)
    return show(request, "week.html", week=found, states=STATE_WORDS, standing_titles=STANDING_TITLES)


@routes.get("/staff/plan", Permission.READ_PLAN)
def plan(request: Request) -> Response:
    """The page by its former address."""
    asked = urlencode(request.query_params.multi_items())
    return RedirectResponse(f"{PATH}?{asked}" if asked else PATH, 301)


@routes.get(PATH + ".xlsx", Permission.READ_PLAN)
def sheet(request: Request) -> Response:
    return _taken(premises(request).verbs.week_sheet(request.query_params))


@routes.get(PATH + ".ics", Permission.READ_PLAN)
def agenda(request: Request) -> Response:
    return _taken(premises(request).verbs.week_agenda(request.query_params))


def _taken(file: File) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(file.data, media_type=file.media_type, headers=headers)
