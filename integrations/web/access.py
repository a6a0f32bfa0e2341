"""Who may open what: every route demands a permission, every form proves that it came from our own page."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, FastAPI, HTTPException, Path, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.params import Depends
from itsdangerous import Signer
from starlette.datastructures import FormData
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, compile_path

from integrations.web import uploads
from integrations.web.headers import BODY_MOST, announced
from integrations.web.language import preferred
from integrations.web.premises import Premises, premises
from integrations.web.uploads import TooLarge
from models.desk import Face, Visitor
from models.locale import speak_here
from models.people import Permission

SESSION, DOOR, LANGUAGE = "otdel_session", "otdel_door", "otdel_language"
SESSION_OVER_TLS = f"__Host-{SESSION}"
ONCE_MOST = 80
NUL = "\0"

Endpoint = Callable[..., Any]
Id = Annotated[int, Path(ge=1, le=2**31 - 1)]  # what both databases take for a key


class NotSignedIn(Exception):
    """Somebody has to sign in first."""


class NotAllowed(Exception):
    """Signed in, but this is not theirs to do."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission)
        self.permission = permission


class Forged(Exception):
    """A form that was not sent from a page of ours, or from one that is too old."""


class Demand:
    """What a route demands. It runs before the route does, whatever the route is."""

    def __init__(
        self, permission: Permission, most: int = BODY_MOST, takes_files: bool = False, by_link: bool = False,
        is_raw: bool = False,
    ) -> None:  # fmt: skip
        self.permission, self.most, self.takes_files, self.by_link = permission, most, takes_files, by_link
        self.is_raw = is_raw

    async def __call__(self, request: Request) -> None:
        request.state.visitor = None
        if NUL in request.url.path or b"%00" in request.scope["query_string"]:
            raise HTTPException(400)  # no name holds it, and no database takes it
        if self.permission is not Permission.PUBLIC:
            request.state.visitor = await run_in_threadpool(whoever_is_there, request)
            speak_here(reader_language(request, await run_in_threadpool(premises(request).verbs.face)))
        if self.is_raw:
            request.state.body = await self._raw(request)
        elif request.method == "POST":
            request.state.form = readable(await self._form(request))
        self._judge(request)

    async def _raw(self, request: Request) -> bytes:
        """The body as it came: its proof is over its bytes. One that was cut off proves nothing."""
        if announced(request.scope) > self.most:
            raise TooLarge(self.most)
        try:
            return await request.body()
        except ClientDisconnect:
            raise TooLarge(self.most) from None

    async def _form(self, request: Request) -> FormData:
        if self.takes_files:  # what may be large is not even looked at where it may not be sent
            self._admit(request)
        if announced(request.scope) > self.most:
            self._admit(request)
            raise TooLarge(self.most)
        return await (self._form_with_files if self.takes_files else self._plain_form)(request)

    async def _plain_form(self, request: Request) -> FormData:
        """The form, whole; one that was cut off for its size proves nothing."""
        try:
            return await request.form(max_fields=2000, max_files=0, max_part_size=self.most)
        except ClientDisconnect:
            raise TooLarge(self.most) from None

    async def _form_with_files(self, request: Request) -> FormData:
        request.state.files = []
        if not from_our_page(request):
            raise Forged
        try:
            here = premises(request).settings.arriving
            return await uploads.receive(request, here, self.most, lambda given: _is_csrf_of(request, given))
        except uploads.NotProven:
            raise Forged from None

    def _judge(self, request: Request) -> None:
        self._admit(request)
        if self.by_link:
            return
        if request.method == "POST" and not (from_our_page(request) and _is_csrf_of(request, said(request, "csrf"))):
            raise Forged

    def _admit(self, request: Request) -> None:
        visitor: Visitor | None = request.state.visitor
        if visitor is None and self.permission is not Permission.PUBLIC:
            raise NotSignedIn
        if visitor is not None and not visitor.may(self.permission):
            raise NotAllowed(self.permission)


@dataclass(frozen=True)
class Route:
    path: str
    endpoint: Endpoint
    permission: Permission
    methods: tuple[str, ...]
    most: int = BODY_MOST
    takes_files: bool = False
    by_link: bool = False
    is_raw: bool = False

    @property
    def demands(self) -> list[Any]:
        demand = Depends(Demand(self.permission, self.most, self.takes_files, self.by_link, self.is_raw))
        return [demand, Depends(uploads.forgetting)] if self.takes_files else [demand]


class Routes:
    """The routes of one subject: none can be listed without the permission it demands."""

    def __init__(self) -> None:
        self.listed: list[Route] = []

    def get(self, path: str, permission: Permission) -> Callable[[Endpoint], Endpoint]:
        return self._listing(path, permission, ("GET", "HEAD"))

    def post(
        self, path: str, permission: Permission, most: int = BODY_MOST, by_link: bool = False
    ) -> Callable[[Endpoint], Endpoint]:
        """`most` is what the form may weigh, in bytes. `by_link`: a signed key in the path is all there is to prove.

        Then it may come from anywhere, without a cookie, as the button of a mail program does (RFC 8058).
        """
        return self._listing(path, permission, ("POST",), most, by_link=by_link)

    def hook(self, path: str, most: int) -> Callable[[Endpoint], Endpoint]:
        """What services call: no form and no cookie, but a body whose bytes bear its proof."""
        return self._listing(path, Permission.PUBLIC, ("POST",), most, by_link=True, is_raw=True)

    def upload(self, path: str, permission: Permission, most: int) -> Callable[[Endpoint], Endpoint]:
        """A form that brings files: see `uploads`."""
        return self._listing(path, permission, ("POST",), most, takes_files=True)

    def _listing(
        self, path: str, permission: Permission, methods: tuple[str, ...], most: int = BODY_MOST,
        takes_files: bool = False, by_link: bool = False, is_raw: bool = False,
    ) -> Callable[[Endpoint], Endpoint]:  # fmt: skip
        def listing(endpoint: Endpoint) -> Endpoint:
            self.listed.append(Route(path, endpoint, permission, methods, most, takes_files, by_link, is_raw))
            return endpoint

        return listing

    def add_to(self, app: FastAPI) -> None:
        app.router.routes.extend(self._made)

    @cached_property
    def _made(self) -> list[BaseRoute]:
        """The routes as FastAPI has them: they know nothing of an app, and serve each that is built."""
        router = APIRouter()
        for route in self.listed:
            router.add_api_route(
                route.path, route.endpoint, methods=list(route.methods), response_model=None,
                dependencies=route.demands,
            )  # fmt: skip
        return router.routes


def most_by_path(routes: Iterable[Route]) -> Callable[[str], int]:
    """What may be sent to a path, in bytes: `Guarded` cuts off the rest."""
    larger = [(compile_path(route.path)[0], route.most) for route in routes if route.most > BODY_MOST]
    return lambda path: max((most for pattern, most in larger if pattern.match(path)), default=BODY_MOST)


def demanded(route: Any) -> Permission | None:
    """What a route of an app demands; None is a hole."""
    calls = (dependency.dependency for dependency in getattr(route, "dependencies", ()))
    return next((call.permission for call in calls if isinstance(call, Demand)), None)


def whoever_is_there(request: Request) -> Visitor | None:
    token = session_token(request)
    return premises(request).verbs.visitor(token) if token else None


def reader_language(request: Request, face: Face) -> str:
    return preferred(request.headers.get("accept-language", ""), request.cookies.get(LANGUAGE, ""), face.locale)


def session_token(request: Request) -> str:
    return request.cookies.get(SESSION_OVER_TLS if is_secure(request) else SESSION, "")


def readable(form: FormData) -> FormData:
    """The form without what no keyboard writes and no database takes."""
    fields = form.multi_items()
    return FormData(
        [(name.replace(NUL, ""), value.replace(NUL, "") if isinstance(value, str) else value) for name, value in fields]
    )


def form_of(request: Request) -> FormData:
    form: FormData = request.state.form
    return form


def said(request: Request, field: str, longest: int = 2000) -> str:
    """A field of the form, as text; an absent one is empty."""
    value = form_of(request).get(field, "")
    return value.strip()[:longest] if isinstance(value, str) else ""


def once_of(request: Request) -> str:
    """What tells this form from every other one that was shown: the same form sent twice is one order."""
    return said(request, "once", ONCE_MOST) or premises(request).chance()


def visitor_of(request: Request) -> Visitor:
    """Whoever is signed in; only behind a Demand that asks for it."""
    visitor: Visitor = request.state.visitor
    return visitor


def is_secure(request: Request) -> bool:
    return request.url.scheme == "https"


def from_our_page(request: Request) -> bool:
    """Whether the browser says that the form stood on a page of ours (Origin, RFC 6454)."""
    origin = request.headers.get("origin", "")
    here = premises(request).settings
    ours = {_origin(url) for url in (here.staff_url, here.public_url) if url}
    return origin in ours or (bool(origin) and urlsplit(origin).netloc == request.headers.get("host"))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def csrf_of(request: Request) -> str:
    """What a form on this page must repeat: the session's, on a page for everybody the browser's own."""
    visitor: Visitor | None = getattr(request.state, "visitor", None)
    return visitor.csrf if visitor else door_sign(premises(request), request.cookies.get(DOOR, ""))


def door_sign(here: Premises, door: str) -> str:
    return Signer(here.settings.secret.get_secret_value(), salt="door").get_signature(door).decode() if door else ""


def _is_csrf_of(request: Request, given: str) -> bool:
    wanted = csrf_of(request)
    return bool(wanted) and secrets.compare_digest(wanted.encode(), given.encode())


def keep(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    """Set a cookie that scripts and other sites never see."""
    response.set_cookie(
        name, value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=is_secure(request)
    )


def keep_session(request: Request, response: Response, token: str, seconds: int) -> None:
    keep(request, response, SESSION_OVER_TLS if is_secure(request) else SESSION, token, seconds)


def inside(target: str, otherwise: str) -> str:
    """Where to go next: a path of ours, or `otherwise` for anything that could lead away."""
    plain = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if plain and "\\" not in target and target.isprintable() and " " not in target else otherwise


def sign_in_path(request: Request) -> str:
    """The way to the door and back: to this page, or to where the form was to lead."""
    form: FormData | None = getattr(request.state, "form", None)
    if request.method in ("GET", "HEAD"):
        back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    else:
        back = str(form.get("next", "")) if form else ""
    return f"/sign-in?next={quote(back, safe='')}" if inside(back, "") else "/sign-in"
