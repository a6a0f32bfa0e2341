"""The personal page of a client: card, coupons, points; opened by a signed link, kept by the phone for no network.

The link in the path is the only key there is: no login, no cookie. Looking changes nothing. One that is wrong, closed,
too old or whose client is gone is answered by one text, and tells the phone to forget what it has kept.
"""

from fastapi import HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from integrations.web.access import LANGUAGE, Routes, keep, reader_language, said
from integrations.web.premises import premises
from integrations.web.screen import STATIC, show
from models.desk.cards import MyPage
from models.locale import LANGUAGES
from models.people import Permission
from models.reason import NO_REASON

PATH = "/my/{token}"
WRONG_A_MINUTE, LOOKS_A_MINUTE, CLOSES_A_MINUTE, ANSWERS_A_MINUTE = 60, 120, 5, 20
TOLD, WHOLE, GONE = "X-Personal-Page", "whole", "gone"
SCRIPT = "text/javascript; charset=utf-8"
A_YEAR, A_DAY = 365 * 24 * 3600, "public, max-age=86400"

routes = Routes()


@routes.get(PATH, Permission.PUBLIC)
def my_page(request: Request, token: str) -> Response:
    """Card, points, live coupons with their whole codes, history."""
    page = _page(request, token)
    if not isinstance(page, MyPage):
        return page
    response = show(request, "my.html", token=token, page=page, why=NO_REASON, why_of=0)
    response.headers[TOLD] = WHOLE
    return response


@routes.get(PATH + "/now", Permission.PUBLIC)
def my_page_now(request: Request, token: str) -> Response:
    """Whether the page that the phone shows is still what there is."""
    page = _page(request, token)
    if not isinstance(page, MyPage):
        return page
    return JSONResponse({"print": page.print}, headers={TOLD: WHOLE})


@routes.get(PATH + "/app.webmanifest", Permission.PUBLIC)
def manifest(request: Request, token: str) -> Response:
    """What a phone needs to keep the page as an application: of this page only, and without anybody's name."""
    if not premises(request).verbs.knows_link(token):
        return _wrong(request)
    face, here = premises(request).verbs.face(), request.url.path.rpartition("/")[0]
    icons = [
        {"src": f"{here}/icon/{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512) for purpose in ("any", "maskable")
    ]  # fmt: skip
    told = {
        "id": here, "start_url": here, "scope": here, "name": face.name, "short_name": face.name[:12],
        "display": "standalone", "lang": face.locale, "icons": icons, "background_color": "#ffffff",
        "theme_color": "#ffffff",
    }  # fmt: skip
    return JSONResponse(told, media_type="application/manifest+json")


@routes.get(PATH + "/worker.js", Permission.PUBLIC)
def worker(request: Request, token: str) -> Response:
    """The part of the phone that answers where no network is; it serves this page and no other."""
    if not premises(request).verbs.knows_link(token):
        return _wrong(request)
    here = request.url.path.rpartition("/")[0]
    content = (STATIC / "my_worker.js").read_bytes()
    return Response(content, media_type=SCRIPT, headers={"Service-Worker-Allowed": here, "Cache-Control": "no-cache"})


@routes.get(PATH + "/icon/{name}", Permission.PUBLIC)
def icon(request: Request, token: str, name: str) -> Response:
    verbs, size = premises(request).verbs, name.removesuffix(".png")
    found = verbs.card_icon(int(size)) if size.isascii() and size.isdecimal() and len(size) < 5 else None
    if found is None or not verbs.knows_link(token):
        raise HTTPException(404)
    return Response(found, media_type="image/png", headers={"Cache-Control": A_DAY})


@routes.post(PATH + "/language", Permission.PUBLIC, by_link=True)
def choose(request: Request, token: str) -> Response:
    """Speak another language to this browser."""
    if not premises(request).verbs.knows_link(token):
        return _wrong(request)
    response = RedirectResponse(request.url.path.rpartition("/")[0], 303)
    if said(request, "language", 10) in LANGUAGES:
        keep(request, response, LANGUAGE, said(request, "language", 10), A_YEAR)
    return response


@routes.post(PATH + "/answer", Permission.PUBLIC, by_link=True)
def answer(request: Request, token: str) -> Response:
    """The invited come, or cannot."""
    verbs, do, coupon = premises(request).verbs, said(request, "do", 10), said(request, "coupon", 18)
    if not verbs.knows_link(token):
        return _wrong(request)
    if not premises(request).paces.may("answer", token.lower(), ANSWERS_A_MINUTE):
        return _too_often(request)
    if do not in ("come", "cannot") or not (coupon.isascii() and coupon.isdecimal()):
        raise HTTPException(400)
    why = (
        verbs.answer_invitation(token, int(coupon), said(request, "sitting", 200), said(request, "guests", 5))
        if do == "come" else verbs.decline_invitation(token, int(coupon))
    )  # fmt: skip
    if why is None:
        return _wrong(request)
    here = request.url.path.rpartition("/")[0]
    if not why:
        return RedirectResponse(f"{here}#coupon-{coupon}", 303)
    page = _page(request, token)
    if not isinstance(page, MyPage):
        return page
    return show(request, "my.html", 409, token=token, page=page, why=why, why_of=int(coupon))


@routes.post(PATH + "/close", Permission.PUBLIC, by_link=True)
def close(request: Request, token: str) -> Response:
    """Close all links of this client: somebody else has got hold of one."""
    if not premises(request).verbs.knows_link(token):
        return _wrong(request)
    if not premises(request).paces.may("close", token.lower(), CLOSES_A_MINUTE):
        return _too_often(request)
    if said(request, "sure", 5) == "1":
        premises(request).verbs.close_personal_page(token)
    return RedirectResponse(request.url.path.rpartition("/")[0], 303)


def _page(request: Request, token: str) -> MyPage | Response:
    """What a link opens, else the answer to whoever has none. Only links of ours are counted: guesses take no room."""
    verbs = premises(request).verbs
    if not verbs.knows_link(token):
        return _wrong(request)
    if not premises(request).paces.may("my", token.lower(), LOOKS_A_MINUTE):
        return _too_often(request)
    return verbs.personal_page(token, reader_language(request, verbs.face())) or _wrong(request)


def _wrong(request: Request) -> Response:
    """Who tries many is slowed down; a link that is good is never refused for it."""
    here = request.client.host if request.client else ""
    if not premises(request).paces.may("wrong", here, WRONG_A_MINUTE):
        return _too_often(request)
    response = show(request, "my_wrong.html", 404, is_too_often=False)
    response.headers[TOLD] = GONE
    return response


def _too_often(request: Request) -> Response:
    response = show(request, "my_wrong.html", 429, is_too_often=True)
    response.headers["Retry-After"] = "60"
    return response
