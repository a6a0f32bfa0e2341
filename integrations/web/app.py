"""The web process: the routes together, and what is said where something went wrong."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException as PlainHTTPException

from integrations.media import MediaStore
from integrations.site_pages import SitePages
from integrations.web.access import (
    Forged,
    NotAllowed,
    NotSignedIn,
    from_our_page,
    most_by_path,
    reader_language,
    sign_in_path,
)
from integrations.web.headers import Guarded, Logged, headers_of
from integrations.web.kept import Kept, kept_of
from integrations.web.looks import LookCounter
from integrations.web.paces import Paces
from integrations.web.page_index import PageIndex
from integrations.web.premises import Premises, premises
from integrations.web.routes import (
    approval,
    campaigns,
    cards,
    cashier_page,
    cashiers,
    coupon_analysis,
    coupon_history,
    coupon_letters,
    coupons,
    customers,
    desk,
    door,
    drop,
    files,
    groups,
    intake,
    letters,
    letters_archive,
    local_mail,
    mailing_letter,
    mailing_report,
    mailing_sending,
    mailings,
    me,
    month,
    my,
    occasions,
    offers,
    orders,
    outlets,
    passkeys,
    people,
    piece,
    review,
    site,
    stop,
    subscribe,
    suggest,
    tills,
    trade,
    unknown,
    webhooks,
    week,
)
from integrations.web.routes.door import HOME
from integrations.web.screen import after, show, show_door
from integrations.web.settings import WebSettings
from integrations.web.uploads import TooLarge, sweep
from integrations.web.verbs import Verbs
from integrations.web.visits import FLUSH_SECONDS, VisitCounter
from models.locale import mark, spoken, translate
from models.people import PERMISSIONS, Permission
from models.reason import because

SUBJECTS = (
    site,
    files,
    door,
    passkeys,
    desk,
    orders,
    drop,
    approval,
    review,
    stop,
    local_mail,  # before people: a notice's name stands where its path does
    people,
    piece,
    outlets,
    trade,
    cashiers,
    cashier_page,
    customers,
    groups,
    me,
    suggest,
    unknown,
    week,
    campaigns,
    occasions,
    month,
    letters,
    coupon_letters,
    webhooks,
    subscribe,
    mailings,
    mailing_letter,
    mailing_sending,
    mailing_report,
    coupon_analysis,
    coupon_history,
    intake,
    tills,
    letters_archive,
    coupons,
    offers,
    cards,
    my,
)

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
    507: (mark("There is no room for it"), mark("Nothing has been kept. Tell the technician: the disk is full.")),
}  # fmt: skip
TOO_LARGE = mark("No more than {size} is taken here at once. Nothing has been kept: send less, or in parts.")
MEGABYTE, MEGABYTES = 1_000_000, mark("MB")
SIGNED_OUT = mark("You have been signed out meanwhile, so nothing has been done. Sign in, then press the button again.")
TOO_OLD = (mark("This form is too old"), mark("Open the page again and repeat what you did: nothing has been changed."))


def create_app(
    verbs: Verbs,
    settings: WebSettings,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    chance: Callable[[], str] = lambda: secrets.token_urlsafe(32),
    subjects: Sequence[Any] = SUBJECTS,
) -> FastAPI:
    """Build the web process around its verbs."""
    visits, looks = VisitCounter(verbs.count, now), LookCounter(lambda looks: verbs.letters_seen(looks), now)
    app = FastAPI(
        title="Otdel", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False,
        lifespan=lambda app: _working((visits, looks), settings.arriving),
    )  # fmt: skip
    app.state.premises = Premises(
        verbs=verbs, settings=settings, index=PageIndex(SitePages(settings.site)), media=MediaStore(settings.media),
        visits=visits, looks=looks, paces=Paces(now), chance=chance,
    )  # fmt: skip
    for subject in subjects:
        subject.routes.add_to(app)
    _answer_errors(app)
    app.add_middleware(Guarded, most_of=most_by_path(route for subject in subjects for route in subject.routes.listed))
    app.add_middleware(Logged)
    return app


@asynccontextmanager
async def _working(counters: Sequence[VisitCounter | LookCounter], arriving: Path) -> AsyncIterator[None]:
    await run_in_threadpool(lambda: list(sweep(arriving)))
    async with _counting(counters):
        yield


@asynccontextmanager
async def _counting(counters: Sequence[VisitCounter | LookCounter]) -> AsyncIterator[None]:
    """Write the counted visits every second, and what is left at the end."""

    async def flush() -> None:
        for counter in counters:
            await run_in_threadpool(counter.flush)

    async def keep_flushing() -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await flush()

    flushing = asyncio.create_task(keep_flushing())
    try:
        yield
    finally:
        flushing.cancel()
        with suppress(asyncio.CancelledError):
            await flushing
        await flush()


def _answer_errors(app: FastAPI) -> None:
    app.add_exception_handler(NotSignedIn, _to_the_door)
    app.add_exception_handler(NotAllowed, _not_allowed)
    app.add_exception_handler(Forged, _forged)
    app.add_exception_handler(TooLarge, _too_large)
    app.add_exception_handler(RequestValidationError, lambda request, error: _error(request, 404))
    app.add_exception_handler(PlainHTTPException, _http_error)
    app.add_exception_handler(Exception, _broken)


def _broken(request: Request, error: Exception) -> Response:
    """Said from outside of all that goes around an answer, so it brings the headers itself."""
    response = _error(request, 500)
    response.headers.update(headers_of(request.url.path))
    return response


def _to_the_door(request: Request, error: Exception) -> Response:
    """Sign in first; what was typed into a form of ours goes along.

    No door in the middle of a page (htmx). One that looks for itself again goes there as a whole; any other is answered
    nothing and stays, for it may hold a form that somebody is filling in.
    """
    if "hx-request" in request.headers:
        is_itself = urlsplit(request.headers.get("hx-current-url", "")).path == request.url.path
        return Response(status_code=204, headers={"HX-Redirect": sign_in_path(request)} if is_itself else None)
    if request.method != "POST" or not from_our_page(request):
        return RedirectResponse(sign_in_path(request), 303)
    if kept := _kept(request):
        return show_door(request, "sign_in.html", 401, next=HOME, name="", objection=None, kept=kept)
    return after(request, sign_in_path(request), because(SIGNED_OUT, code="signed_out"))


def _kept(request: Request) -> Kept | None:
    """Only of a form that the browser says stood on a page of ours: no other site puts words into anybody's mouth."""
    form: FormData | None = getattr(request.state, "form", None)
    return kept_of(request.url.path, form) if form is not None and from_our_page(request) else None


def _forged(request: Request, error: Exception) -> Response:
    """A form of an earlier session is shown again to whoever is signed in now; one from elsewhere is refused."""
    kept = _kept(request) if request.state.visitor else None
    return show(request, "kept.html", 403, kept=kept) if kept else _error(request, 403, TOO_OLD)


def _too_large(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooLarge)
    with spoken(reader_language(request, premises(request).verbs.face())):  # it may come before anybody was known
        size = f"{error.most // MEGABYTE}\u00a0{translate(MEGABYTES)}"
        return _error(request, 413, (SAID[413][0], str(because(TOO_LARGE, size=size))))


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException | PlainHTTPException)
    return _error(request, error.status_code)


def _not_allowed(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotAllowed)
    return _error(request, 403, roles=_who_may(error.permission))


def _who_may(permission: Permission) -> list[str]:
    return [role for role, permissions in PERMISSIONS.items() if permission in permissions]


def _error(request: Request, status: int, words: tuple[str, str] | None = None, **more: Any) -> Response:
    for for_programs, path in ((intake.refused_for, intake.PATH), (tills.refused_for, tills.PATH)):
        if request.url.path.startswith(path):  # they read no pages
            with spoken(reader_language(request, premises(request).verbs.face())):
                return for_programs(status)
    title, advice = words or SAID.get(status, SAID[500] if status >= 500 else SAID[400])
    return show(request, "error.html", status, title=title, advice=advice, **({"roles": []} | more))
