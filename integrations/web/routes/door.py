"""The door: signing in by invitation or by password, and going out."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from integrations.web.access import (
    DOOR,
    LANGUAGE,
    SESSION,
    SESSION_OVER_TLS,
    Routes,
    form_of,
    inside,
    is_secure,
    keep,
    keep_session,
    said,
    session_token,
)
from integrations.web.kept import Kept, kept_from
from integrations.web.premises import premises
from integrations.web.screen import show, show_door
from models.desk import Ticket
from models.locale import LANGUAGES
from models.people import Permission
from models.reason import Reason

HOME = "/staff"
A_YEAR = 365 * 24 * 3600

routes = Routes()


@routes.get("/sign-in", Permission.PUBLIC)
def door(request: Request, next: str = HOME) -> Response:
    return show_door(request, "sign_in.html", next=inside(next, HOME), name="", objection=None, kept=None)


@routes.post("/sign-in", Permission.PUBLIC)
def sign_in(request: Request) -> Response:
    """Come in by name and password. The answer does not say which of the two was wrong."""
    verbs, next, name = premises(request).verbs, inside(said(request, "next"), HOME), said(request, "name", 200)
    answer = verbs.sign_in(name, _password(request), _address(request))
    if isinstance(answer, Reason):
        status = 429 if answer.code == "too_often" else 401
        kept = kept_from(form_of(request))
        return show_door(request, "sign_in.html", status, next=next, name=name, objection=answer, kept=kept)
    return come_in(request, answer, next, kept_from(form_of(request)))


@routes.get("/invite/{token}", Permission.PUBLIC)
def invitation(request: Request, token: str) -> Response:
    """A personal link; looking at it does not use it up, because mail programs look too."""
    name = premises(request).verbs.guest(token)
    return invited(request, token, name, 200 if name else 410)


@routes.post("/invite/{token}", Permission.PUBLIC)
def accept(request: Request, token: str) -> Response:
    """Choose a password and come in."""
    verbs, name = premises(request).verbs, premises(request).verbs.guest(token)
    answer = verbs.accept(token, _password(request))
    if isinstance(answer, Reason):
        status = 400 if name else 410
        return invited(request, token, name, status, answer)
    return come_in(request, answer, HOME)


def invited(request: Request, token: str, name: str | None, status: int, objection: Reason | None = None) -> Response:
    """The page of an invitation, or that it is good no longer."""
    login = premises(request).verbs.login_of(token)
    return show_door(request, "invitation.html", status, name=name, token=token, login=login, objection=objection)


@routes.post("/sign-out", Permission.SIGNED_IN)
def sign_out(request: Request) -> Response:
    premises(request).verbs.sign_out(session_token(request))
    response = RedirectResponse("/sign-in", 303)
    for name in (SESSION, SESSION_OVER_TLS, DOOR):
        response.delete_cookie(name, path="/", secure=is_secure(request), httponly=True, samesite="lax")
    return response


@routes.post("/language", Permission.SIGNED_IN)
def choose_language(request: Request) -> Response:
    """Speak another language to this browser."""
    response = RedirectResponse(inside(said(request, "next"), HOME), 303)
    if said(request, "language") in LANGUAGES:
        keep(request, response, LANGUAGE, said(request, "language"), A_YEAR)
    return response


def come_in(request: Request, ticket: Ticket, next: str, kept: Kept | None = None) -> Response:
    """Always a new session: one that somebody prepared beforehand is ended, not filled. What was typed is shown."""
    former = session_token(request)
    if former:
        premises(request).verbs.sign_out(former)
    response: Response = RedirectResponse("/welcome" if next == HOME else next, 303)
    if kept:
        request.state.visitor = premises(request).verbs.visitor(ticket.token)
        response = show(request, "kept.html", kept=kept)
    keep_session(request, response, ticket.token, int(ticket.lasts.total_seconds()))
    response.delete_cookie(DOOR, path="/", secure=is_secure(request), httponly=True, samesite="lax")
    return response


def _password(request: Request) -> str:
    """As it was typed: a password may begin with a space."""
    value = request.state.form.get("password", "")
    return value if isinstance(value, str) else ""


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
