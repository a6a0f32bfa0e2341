"""The coupon of a letter: its picture, which the letter shows, and its page, which a short message leads to.

The address holds a token and never the code, so no log of ours or of others holds one. Looking changes nothing but
counters: the picture is an opening of its letter, the page is a person's look where a browser shows it.
"""

from fastapi import HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from integrations.web.access import Routes, said
from integrations.web.letter_readers import is_machine_clicking, is_machine_opening
from integrations.web.premises import premises
from integrations.web.robots import is_guess
from integrations.web.routes.letters import NEVER_KEPT, WRONG_A_MINUTE
from integrations.web.screen import show
from models.people import Permission
from models.reason import NO_REASON, Reason

PICTURE, ANSWERS_A_MINUTE = ".png", 20

routes = Routes()


@routes.get("/q/{name}", Permission.PUBLIC)
def coupon(request: Request, name: str) -> Response:
    """The picture where the address ends in .png, else the page."""
    return _picture(request, name.removesuffix(PICTURE)) if name.endswith(PICTURE) else _page(request, name)


def _picture(request: Request, token: str) -> Response:
    found = premises(request).verbs.letter_coupon_picture(token)
    if found is None:
        return _wrong(request)
    picture, mark = found
    if mark and _is_looking(request):
        premises(request).looks.add(mark, None, is_machine_opening(request.headers))
    return Response(picture, media_type="image/png", headers=NEVER_KEPT)


@routes.post("/q/{name}/answer", Permission.PUBLIC, by_link=True)
def answer(request: Request, name: str) -> Response:
    """The invited come, or cannot: only by a button, never by a look, so nothing that follows links answers."""
    verbs, do = premises(request).verbs, said(request, "do", 10)
    if verbs.letter_coupon(name) is None:
        return _wrong(request)
    if not premises(request).paces.may("answer", name, ANSWERS_A_MINUTE):
        return show(request, "letters_wrong.html", 429, is_too_often=True)
    if do not in ("come", "cannot"):
        raise HTTPException(400)
    why = (
        verbs.answer_letter(name, said(request, "sitting", 200), said(request, "guests", 5)) if do == "come"
        else verbs.decline_letter(name)
    )  # fmt: skip
    if why is None:
        return _wrong(request)
    return _page(request, name, why) if why else RedirectResponse(f"/q/{name}", 303, NEVER_KEPT)


def _page(request: Request, token: str, why: Reason = NO_REASON) -> Response:
    found = premises(request).verbs.letter_coupon(token)
    if found is None:
        return _wrong(request)
    if found.mark and _is_looking(request):
        premises(request).looks.add(found.mark, None, is_machine_clicking(request.headers))
    response = show(
        request, "letters_coupon.html", 409 if why else 200, coupon=found, picture=f"/q/{token}{PICTURE}",
        to=f"/q/{token}/answer", why=why,
    )  # fmt: skip
    response.headers.update(NEVER_KEPT)
    return response


def _is_looking(request: Request) -> bool:
    hints = (request.headers.get(name, "") for name in ("sec-purpose", "purpose", "x-purpose", "x-moz"))
    return request.method == "GET" and not is_guess(" ".join(hints))


def _wrong(request: Request) -> Response:
    """Who tries many is slowed down; a coupon that is good is never refused for it."""
    here = request.client.host if request.client else ""
    may = premises(request).paces.may("wrong", here, WRONG_A_MINUTE)
    return show(request, "letters_wrong.html", 404 if may else 429, is_too_often=not may)
