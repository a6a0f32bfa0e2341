"""The desk: what waits for a person."""

from fastapi import Request, Response

from integrations.web.access import Routes, visitor_of
from integrations.web.premises import premises
from integrations.web.screen import show
from models.desk.unknown import TITLES, What
from models.people import Permission

DESK = "/staff"
TOP = 10  # of what is to be decided, so many stand on the first page

routes = Routes()


@routes.get("/staff", Permission.READ_PLAN)
def queue(request: Request) -> Response:
    """What waits for me, under a line about today."""
    verbs = premises(request).verbs
    needs = verbs.needs(visitor_of(request), None, False, TOP)
    outlets, people = verbs.recipients() if needs.of(What.QUESTION) else ((), ())
    return show(
        request, "queue.html", queue=verbs.queue(), strip=verbs.strip(), needs=needs, need_titles=TITLES, top=TOP,
        outlets=outlets, people=people, behind=verbs.behind(),
    )  # fmt: skip
