"""People of the company, their invitations, and the local mailbox."""

from fastapi import HTTPException, Request, Response

from integrations.web.access import NotAllowed, Routes, visitor_of
from integrations.web.mailbox import letter, letters
from integrations.web.premises import premises
from integrations.web.screen import show
from models.people import Permission, Role

routes = Routes()


@routes.get("/staff/people", Permission.MANAGE_PEOPLE)
def people(request: Request) -> Response:
    return show(request, "people.html", people=premises(request).verbs.people(), invited=None, link="")


@routes.post("/staff/people/{key}/invite", Permission.MANAGE_PEOPLE)
def invite(request: Request, key: str) -> Response:
    """Make a personal link; it is shown here and nowhere again."""
    verbs = premises(request).verbs
    link = verbs.invite(key)
    if link is None:
        raise HTTPException(404)
    known = verbs.people()
    invited = next((person for person in known if person.key == key), None)
    return show(request, "people.html", people=known, invited=invited, link=link)


@routes.get("/mailbox", Permission.SIGNED_IN)
def mailbox(request: Request) -> Response:
    """The notices that stayed on this machine."""
    folder = premises(request).settings.mailbox
    _refuse_strangers(request)
    return show(request, "mailbox.html", letters=letters(folder) if folder else [], in_use=folder is not None)


@routes.get("/mailbox/{name}", Permission.SIGNED_IN)
def one_letter(request: Request, name: str) -> Response:
    folder = premises(request).settings.mailbox
    _refuse_strangers(request)
    found = letter(folder, name) if folder else None
    if found is None:
        raise HTTPException(404)
    return show(request, "letter.html", letter=found)


def _refuse_strangers(request: Request) -> None:
    """Where notices go out by mail, what lies here is only for those who answer for the department."""
    roles = set(visitor_of(request).roles)
    if premises(request).settings.mailbox is None and not roles & {Role.HEAD, Role.ADMIN}:
        raise NotAllowed(Permission.MANAGE_PEOPLE)
