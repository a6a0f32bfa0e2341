"""The cashier's page: a shell that works without the network, and what it asks of the house.

A device proves itself by a secret of its own in a cookie that no script sees. An order comes as JSON from a page of
ours, or not at all: another site can send neither that type nor that origin. Codes and PINs stand in bodies only.
"""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError

from integrations.errors import Unavailable
from integrations.web.access import Routes, from_our_page, is_secure, reader_language
from integrations.web.headers import SCRIPT_POLICY
from integrations.web.premises import premises
from integrations.web.screen import STATIC, show, static
from models.cashier_page import BODY_MOST, AskedAbout, At, Journal, Left, Paired, Pin, Undo
from models.cashier_points import PointsAsked, PointsPaid, PointsUndone
from models.locale import mark, spoken, translate
from models.people import Permission
from models.reason import Reason, because

PATH = "/till/page"
COOKIE, YEAR = "otdel_till", 365 * 24 * 3600
COOKIE_OVER_TLS = f"__Host-{COOKIE}"
CALLS_A_MINUTE, PAIRINGS_A_MINUTE, PINS_A_MINUTE, LISTS_A_MINUTE = 240, 10, 10, 6
POLICY = f"{SCRIPT_POLICY}; manifest-src 'self'; worker-src 'self'"
SHELL = {
    "Content-Security-Policy": POLICY, "Cache-Control": "no-cache",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
}  # fmt: skip
SCRIPTS = (
    "cashier_code.js",
    "cashier_store.js",
    "cashier_offline.js",
    "cashier_camera.js",
    "cashier_receipt.js",
    "cashier_points.js",
    "cashier.js",
)
SHELVED = ("cashier.css", "zxing.min.js", "favicon.svg", *SCRIPTS)
NOT_PAIRED = mark("This device is not paired with an outlet. Open the pairing code from the desk on it.")
NO_SHIFT = mark("The shift is over. Sign in with your PIN.")
NOT_OURS = mark("This did not come from the cashier's page. Reload the page and repeat it.")
UNREADABLE = mark("The page and the house do not understand each other. Reload the page.")
TOO_OFTEN = mark("Too many calls within a minute. Wait a minute.")
NOT_NOW = mark("The house is busy. Press once more.")
TITLE = mark("Coupons at the till")

routes = Routes()
Body = TypeVar("Body", bound=BaseModel)


class No(Exception):
    """The whole call is refused."""

    def __init__(self, status: int, text: str, code: str) -> None:
        super().__init__(code)
        self.status, self.reason = status, because(text, code=code)


@routes.get(PATH, Permission.PUBLIC)
def page(request: Request) -> Response:
    """The shell: the same for every device, with nothing of anybody in it."""
    response = show(request, "cashier_page.html", scripts=SCRIPTS)
    response.headers.update(SHELL)
    return response


@routes.get(PATH + "/worker.js", Permission.PUBLIC)
def worker(request: Request) -> Response:
    """The service worker: another one whenever a file of the page, or its words, have changed."""
    files = [PATH, *(static(name) for name in SHELVED)]
    print_ = hashlib.sha256("".join([*files, _shell_print()]).encode()).hexdigest()[:12]
    listed = ", ".join(f'"{file}"' for file in files)
    text = (STATIC / "cashier_worker.js").read_text(encoding="utf-8")
    body = f'"use strict";\nconst KEPT_AS = "cashier-{print_}";\nconst FILES = [{listed}];\n{text}'
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": PATH}
    return Response(body, media_type="text/javascript; charset=utf-8", headers=headers)


def _shell_print() -> str:
    template = STATIC.joinpath("..", "templates", "cashier_page.html")
    return hashlib.sha256(template.read_bytes()).hexdigest()


@routes.get(PATH + "/app.webmanifest", Permission.PUBLIC)
def manifest(request: Request) -> Response:
    """What a phone needs to keep the page among its apps."""
    with spoken(_language(request)):
        said = {
            "name": translate(TITLE), "short_name": translate(TITLE), "start_url": PATH, "scope": PATH,
            "display": "standalone", "background_color": "#f7f6f3", "theme_color": "#24706a",
            "icons": [{"src": static("favicon.svg"), "sizes": "any", "type": "image/svg+xml"}],
        }  # fmt: skip
    return JSONResponse(said, media_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


@routes.get(PATH + "/state", Permission.PUBLIC)
def state(request: Request) -> Response:
    """Who we are to the house: paired or not, signed in or not, and what was redeemed in the shift."""
    verbs = premises(request).verbs
    with spoken(_language(request)):
        at = _at(request)
        response = _answer(verbs.till_state(at))
        if at is not None:  # its year begins anew: a device that is in use is not forgotten
            _keep(request, response, request.cookies[_cookie(request)])
        return response


@routes.get(PATH + "/list", Permission.PUBLIC)
def list_(request: Request) -> Response:
    """What a device holds for an outage. Many codes cost the house seconds, so few devices get it at once."""

    def work(at: At) -> Any:
        if not premises(request).paces.may("till-list", "all", LISTS_A_MINUTE):
            raise No(429, TOO_OFTEN, "too_often")
        return premises(request).verbs.till_list(at)

    return _for_the_device(request, work, shift=True)


# Orders.


@routes.hook(PATH + "/pair", BODY_MOST)
def pair(request: Request) -> Response:
    verbs = premises(request).verbs

    def work() -> Response:
        body = _body(request, Paired)
        if not premises(request).paces.may("till-pair", _address(request), PAIRINGS_A_MINUTE):
            raise No(429, TOO_OFTEN, "too_often")
        secret = verbs.pair_device(body.token)
        if isinstance(secret, Reason):
            return _refused(403, secret)
        response = _answer({"paired": True})
        _keep(request, response, secret)
        return response

    return _said(request, work)


@routes.hook(PATH + "/sign-in", BODY_MOST)
def sign_in(request: Request) -> Response:
    def work(at: At) -> Response:
        body = _body(request, Pin)
        if not premises(request).paces.may("till-pin", str(at.device), PINS_A_MINUTE):
            raise No(429, TOO_OFTEN, "too_often")
        done = premises(request).verbs.cashier_signs_in(at, body.cashier, body.pin)
        return _refused(403, done.reason) if done.reason else _answer({"shift": done.shift})

    return _said(request, lambda: work(_device(request)))


@routes.hook(PATH + "/end", BODY_MOST)
def end(request: Request) -> Response:
    def work(at: At) -> Any:
        premises(request).verbs.cashier_leaves(at)
        return {"ended": True}

    return _for_the_device(request, work)


@routes.hook(PATH + "/ask", BODY_MOST)
def ask(request: Request) -> Response:
    return _for_the_device(request, lambda at: _about_a_code(request, at, premises(request).verbs.till_asks), True)


@routes.hook(PATH + "/redeem", BODY_MOST)
def redeem(request: Request) -> Response:
    return _for_the_device(request, lambda at: _about_a_code(request, at, premises(request).verbs.till_redeems), True)


@routes.hook(PATH + "/leave", BODY_MOST)
def leave(request: Request) -> Response:
    def work(at: At) -> Any:
        left = _body(request, Left)
        premises(request).verbs.till_lets_go(at, (left.key, *left.instead))
        return {"left": True}

    return _for_the_device(request, work)


@routes.hook(PATH + "/undo", BODY_MOST)
def undo(request: Request) -> Response:
    def work(at: At) -> Response:
        reason = premises(request).verbs.till_undoes(at, _body(request, Undo).key)
        return _refused(409, reason) if reason else _answer({"undone": True})

    return _for_the_device(request, work, True)


@routes.hook(PATH + "/points", BODY_MOST)
def points(request: Request) -> Response:
    return _for_the_device(request, lambda at: _about_points(request, at, _body(request, PointsAsked)), True)


@routes.hook(PATH + "/points/pay", BODY_MOST)
def pay_with_points(request: Request) -> Response:
    def work(at: At) -> Any:
        body = _body(request, PointsPaid)
        _demand_shift(at, body.key)
        return _about_points(request, at, body)

    return _for_the_device(request, work, True)


@routes.hook(PATH + "/points/undo", BODY_MOST)
def undo_points(request: Request) -> Response:
    def work(at: At) -> Any:
        return premises(request).verbs.till_undoes_points(at, _body(request, PointsUndone).key).model_dump(mode="json")

    return _for_the_device(request, work, True)


def _about_points(request: Request, at: At, body: PointsAsked) -> Any:
    return premises(request).verbs.till_points(at, body, _address(request)).model_dump(mode="json")


@routes.hook(PATH + "/journal", BODY_MOST)
def journal(request: Request) -> Response:
    """What happened without the network: taken in whether the shift is still open or not."""

    def work(at: At) -> Any:
        entered = premises(request).verbs.till_journal(at, _body(request, Journal), _address(request))
        return {"entered": [one.model_dump(mode="json") for one in entered]}

    return _for_the_device(request, work)


def _about_a_code(request: Request, at: At, verb: Callable[[At, AskedAbout, str], Any]) -> Any:
    body = _body(request, AskedAbout)
    _demand_shift(at, body.key)
    return verb(at, body, _address(request)).model_dump(mode="json")


def _demand_shift(at: At, key: str) -> None:
    if not key.startswith(f"{at.shift}-"):
        raise No(401, NO_SHIFT, "no_shift")


# How.


def _for_the_device(request: Request, work: Callable[[At], Any], shift: bool = False) -> Response:
    """Answer a device, and with `shift` only one at which somebody works."""

    def at_it() -> Response:
        at = _device(request)
        if shift and not at.shift:
            raise No(401, NO_SHIFT, "no_shift")
        found = work(at)
        return found if isinstance(found, Response) else _answer(found)

    return _said(request, at_it)


def _said(request: Request, work: Callable[[], Response]) -> Response:
    with spoken(_language(request)):
        try:
            return work()
        except No as no:
            return _refused(no.status, no.reason)
        except Unavailable as no:
            guessing = no.reason.code == "guessing"
            return _refused(429 if guessing else 503, no.reason if guessing else because(NOT_NOW, code="not_now"))


def _device(request: Request) -> At:
    """Raises No where the device is none of ours, or something else than our page speaks in its name."""
    if request.method == "POST":
        _demand_our_page(request)
    at = _at(request)
    if at is None:
        raise No(401, NOT_PAIRED, "not_paired")
    if not premises(request).paces.may("till-page", str(at.device), CALLS_A_MINUTE):
        raise No(429, TOO_OFTEN, "too_often")
    return at


def _demand_our_page(request: Request) -> None:
    is_json = request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"
    if not is_json or not from_our_page(request):
        raise No(403, NOT_OURS, "not_ours")


def _at(request: Request) -> At | None:
    secret = request.cookies.get(_cookie(request), "")
    return premises(request).verbs.till_at(secret) if secret else None


def _keep(request: Request, response: Response, secret: str) -> None:
    response.set_cookie(
        _cookie(request), secret, max_age=YEAR, path="/", httponly=True, samesite="strict", secure=is_secure(request)
    )


def _cookie(request: Request) -> str:
    return COOKIE_OVER_TLS if is_secure(request) else COOKIE


def _body(request: Request, shape: type[Body]) -> Body:
    """Raises No; what was sent is not repeated: it may hold a code or a PIN."""
    _demand_our_page(request)
    try:
        return shape.model_validate_json(request.state.body)
    except ValidationError:
        raise No(422, UNREADABLE, "unreadable") from None


def _language(request: Request) -> str:
    return reader_language(request, premises(request).verbs.face())


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _answer(said: Any) -> Response:
    return JSONResponse(said, headers={"Cache-Control": "no-store"})


def _refused(status: int, reason: Reason) -> Response:
    return JSONResponse({"code": reason.code, "said": str(reason)}, status, headers={"Cache-Control": "no-store"})
