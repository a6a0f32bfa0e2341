"""The web process: the routes together, and what is said where something went wrong."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException as PlainHTTPException

from integrations.media import MediaStore
from integrations.site_pages import SitePages
from integrations.web.access import Forged, NotAllowed, NotSignedIn, sign_in_path
from integrations.web.headers import Guarded, Logged
from integrations.web.page_index import PageIndex
from integrations.web.premises import Premises
from integrations.web.routes import approval, desk, door, files, passkeys, people, site, stop
from integrations.web.screen import show
from integrations.web.settings import WebSettings
from integrations.web.verbs import Verbs
from integrations.web.visits import FLUSH_SECONDS, VisitCounter
from models.locale import mark
from models.people import PERMISSIONS, Permission

SUBJECTS = (site, files, door, passkeys, desk, approval, stop, people)

# What is said for a status: the title, and what to do.
SAID = {
    400: (mark("The form could not be read"), mark("Go back, reload the page and fill it in again.")),
    403: (mark("This page is for others"), mark("Ask the administrator if you need it.")),
    404: (mark("There is no such page"), mark("Check the address, or begin at the first page.")),
    405: (mark("That cannot be done here"), mark("Go back and use the buttons of the page.")),
    410: (mark("This page has been removed"), mark("What was here is no longer published. See what is new.")),
    413: (mark("That is too large"), mark("Shorten the text and send it again.")),
    500: (mark("Something broke on our side"), mark("Try again. If it breaks again, tell the technician when.")),
    503: (mark("Not available just now"), mark("Try again in a minute.")),
}  # fmt: skip
TOO_OLD = (mark("This form is too old"), mark("Open the page again and repeat what you did: nothing has been changed."))


def create_app(
    verbs: Verbs,
    settings: WebSettings,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    chance: Callable[[], str] = lambda: secrets.token_urlsafe(32),
) -> FastAPI:
    """Build the web process around its verbs."""
    visits = VisitCounter(verbs.count, now)
    app = FastAPI(
        title="Otdel", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False,
        lifespan=lambda app: _counting(visits),
    )  # fmt: skip
    app.state.premises = Premises(
        verbs=verbs, settings=settings, index=PageIndex(SitePages(settings.site)), media=MediaStore(settings.media),
        visits=visits, chance=chance,
    )  # fmt: skip
    for subject in SUBJECTS:
        subject.routes.add_to(app)
    _answer_errors(app)
    app.add_middleware(Guarded)
    app.add_middleware(Logged)
    return app


@asynccontextmanager
async def _counting(visits: VisitCounter) -> AsyncIterator[None]:
    """Write the counted visits every second, and what is left at the end."""

    async def keep_flushing() -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await run_in_threadpool(visits.flush)

    flushing = asyncio.create_task(keep_flushing())
    try:
        yield
    finally:
        flushing.cancel()
        with suppress(asyncio.CancelledError):
            await flushing
        await run_in_threadpool(visits.flush)


def _answer_errors(app: FastAPI) -> None:
    app.add_exception_handler(NotSignedIn, _to_the_door)
    app.add_exception_handler(NotAllowed, _not_allowed)
    app.add_exception_handler(Forged, lambda request, error: _error(request, 403, TOO_OLD))
    app.add_exception_handler(RequestValidationError, lambda request, error: _error(request, 404))
    app.add_exception_handler(PlainHTTPException, _http_error)
    app.add_exception_handler(Exception, lambda request, error: _error(request, 500))


def _to_the_door(request: Request, error: Exception) -> Response:
    return RedirectResponse(sign_in_path(request), 303)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException | PlainHTTPException)
    return _error(request, error.status_code)


def _not_allowed(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotAllowed)
    return _error(request, 403, roles=_who_may(error.permission))


def _who_may(permission: Permission) -> list[str]:
    return [role for role, permissions in PERMISSIONS.items() if permission in permissions]


def _error(request: Request, status: int, words: tuple[str, str] | None = None, **more: Any) -> Response:
    title, advice = words or SAID.get(status, SAID[500] if status >= 500 else SAID[400])
    return show(request, "error.html", status, title=title, advice=advice, **({"roles": []} | more))
