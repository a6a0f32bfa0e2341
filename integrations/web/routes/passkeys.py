"""Passkeys: coming in with one, and a person's own page, where they are added and removed."""

from fastapi import HTTPException, Request, Response

from integrations.web.access import DOOR, Id, Routes, form_of, inside, said, visitor_of
from integrations.web.kept import kept_from
from integrations.web.premises import premises
from integrations.web.routes.door import HOME, come_in, invited
from integrations.web.screen import after, show_door
from models.people import Permission
from models.reason import Reason

ME = "/me"
TITLE_MOST = 60

routes = Routes()


@routes.post("/sign-in/passkey/question", Permission.PUBLIC)
def ask_who_comes(request: Request) -> Response:
    """Put a question to this browser: any passkey of this house may answer it, once and soon."""
    return _question(premises(request).verbs.ask_who_comes(request.cookies.get(DOOR, "")))


@routes.post("/sign-in/passkey", Permission.PUBLIC)
def sign_in(request: Request) -> Response:
    next = inside(said(request, "next"), HOME)
    answer = premises(request).verbs.sign_in_by_passkey(_answer(request), request.cookies.get(DOOR, ""))
    if isinstance(answer, Reason):
        kept = kept_from(form_of(request))
        return show_door(request, "sign_in.html", 401, next=next, name="", objection=answer, kept=kept)
    return come_in(request, answer, next, kept_from(form_of(request)))


@routes.post("/invite/{token}/passkey/question", Permission.PUBLIC)
def ask_the_guest(request: Request, token: str) -> Response:
    return _question(premises(request).verbs.ask_the_guest(token))


@routes.post("/invite/{token}/passkey", Permission.PUBLIC)
def accept(request: Request, token: str) -> Response:
    """Begin with a passkey instead of a password."""
    verbs = premises(request).verbs
    answer = verbs.accept_by_passkey(token, _answer(request), _title(request))
    if isinstance(answer, Reason):
        name = verbs.guest(token)
        status = 400 if name else 410
        return invited(request, token, name, status, answer if name else None)
    return come_in(request, answer, HOME)


@routes.post(ME + "/passkey/question", Permission.SIGNED_IN)
def ask_for_another(request: Request) -> Response:
    return _question(premises(request).verbs.ask_for_another(visitor_of(request)))


@routes.post(ME + "/passkey", Permission.SIGNED_IN)
def add(request: Request) -> Response:
    verbs = premises(request).verbs
    return after(request, ME, verbs.add_passkey(visitor_of(request), _answer(request), _title(request)))


@routes.post(ME + "/passkey/{id}/remove", Permission.SIGNED_IN)
def remove(request: Request, id: Id) -> Response:
    return after(request, ME, premises(request).verbs.remove_passkey(visitor_of(request), id))


def _question(question: str) -> Response:
    if not question:
        raise HTTPException(410)
    return Response(question, media_type="application/json")


def _answer(request: Request) -> str:
    return said(request, "answer", 20_000)


def _title(request: Request) -> str:
    return said(request, "title", TITLE_MOST)
