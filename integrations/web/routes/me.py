"""A person's own page: who they are here, how they come in, when they are away; and the first page they ever see."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from integrations.web.access import Routes, once_of, visitor_of
from integrations.web.premises import premises
from integrations.web.routes.people import absence_form, back_form
from integrations.web.screen import after, show
from models.desk.people import ROLE_WORDS
from models.people import Permission

ME, HOME, LETTERS = "/me", "/staff", "/mailbox"

routes = Routes()


@routes.get(ME, Permission.SIGNED_IN)
def me(request: Request) -> Response:
    verbs, visitor = premises(request).verbs, visitor_of(request)
    return show(
        request, "me.html", page=verbs.my_page(visitor), passkeys=verbs.passkeys(visitor),
        has_password=verbs.has_password(visitor), role_words=ROLE_WORDS,
    )  # fmt: skip


@routes.post(ME + "/absence", Permission.SIGNED_IN)
def away(request: Request) -> Response:
    """Write down when I am away, and who answers."""
    visitor = visitor_of(request)
    told = premises(request).verbs.order_absence(visitor, once_of(request), absence_form(request, visitor.key))
    return after(request, ME, *told)


@routes.post(ME + "/absence/remove", Permission.SIGNED_IN)
def back(request: Request) -> Response:
    visitor = visitor_of(request)
    told = premises(request).verbs.order_absence(visitor, once_of(request), back_form(request, visitor.key))
    return after(request, ME, *told)


@routes.get("/welcome", Permission.SIGNED_IN)
def welcome(request: Request) -> Response:
    """Who is new reads once what they can do here; everybody else goes on to the desk."""
    verbs, visitor = premises(request).verbs, visitor_of(request)
    if not verbs.is_new(visitor):
        return RedirectResponse(_home(request), 303)
    login = verbs.my_page(visitor).email or visitor.key
    return show(request, "welcome.html", role_words=ROLE_WORDS, home=_home(request), login=login)


@routes.post("/welcome", Permission.SIGNED_IN)
def welcomed(request: Request) -> Response:
    premises(request).verbs.welcomed(visitor_of(request))
    return RedirectResponse(_home(request), 303)


def _home(request: Request) -> str:
    """The desk, or where there is nothing on it for this person, their letters."""
    return HOME if visitor_of(request).may(Permission.READ_PLAN) else LETTERS
