"""Dropping things in: the content plan, pictures, the product feed, expenses, results, lists of customers."""

from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.responses import FileResponse

from integrations.web.access import Id, Routes, form_of, once_of, said, visitor_of
from integrations.web.premises import premises
from integrations.web.routes.files import PICTURE_TYPES
from integrations.web.screen import after, show
from integrations.web.uploads import received
from models.customers import KIND_TITLES as WAY_TITLES
from models.desk.drop import CHANGE_TITLES, COUNT_TITLES, REACH_TITLES, AllAgreed, Choices
from models.dropped import DROP_TITLES, KIND_TITLES, DropKind
from models.locale import mark
from models.people import Permission
from models.reason import because

PATH = "/staff/drop"
MOST = 120_000_000
CHOICES = tuple(kind for kind in DropKind if kind is not DropKind.UNKNOWN)
EXPENSE = ("date", "amount", "fund", "campaign", "channel", "document", "note")
NOTHING_CHOSEN = mark("No file was chosen. Choose one or several, then send them.")
RECEIVED = mark("Received: {number}. Each waits below for your yes.")

routes = Routes()


@routes.get(PATH, Permission.LOAD)
def page(request: Request) -> Response:
    """Where files are dropped, and what became of those that were."""
    found = premises(request).verbs.drop_page()
    return show(request, "drop.html", page=found, kinds=CHOICES, most=MOST, **_titles())


@routes.upload(PATH, Permission.LOAD, most=MOST)
def drop(request: Request) -> Response:
    """Take the files; a single one leads to its own page."""
    files = received(request)
    if not files:
        return after(request, PATH, because(NOTHING_CHOSEN, code="nothing"))
    ids = premises(request).verbs.drop(said(request, "kind", 20), files, visitor_of(request), once_of(request))
    if len(ids) == 1:
        return after(request, f"{PATH}/{ids[0]}")
    return after(request, PATH, because(RECEIVED, code="done", number=len(ids)))


@routes.get(PATH + "/{id}", Permission.LOAD)
def one(request: Request, id: Id) -> Response:
    """What a dropped file would do, what it did, or how far it is."""
    found = premises(request).verbs.dropped(id, visitor_of(request))
    if found is None:
        raise HTTPException(404)
    return show(request, "drop_one.html", drop=found, change_titles=CHANGE_TITLES, **_titles())


@routes.get(PATH + "/{id}/picture/{name}", Permission.LOAD)
def picture(request: Request, id: Id, name: str) -> Response:
    path = premises(request).verbs.dropped_picture(id, name)
    if path is None or not path.is_file():
        raise HTTPException(404)
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox"}
    return FileResponse(path, media_type=_type_of(path.read_bytes()[:12]), headers=headers)


def _type_of(head: bytes) -> str:
    """What it is by its first bytes; a name says nothing."""
    known = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif", b"RIFF": "webp"}
    return next((PICTURE_TYPES[kind] for first, kind in known.items() if head.startswith(first)), "text/plain")


@routes.post(PATH + "/{id}/apply", Permission.LOAD)
def apply(request: Request, id: Id) -> Response:
    """Apply it as it was seen, but for what was taken out."""
    verbs, seen = premises(request).verbs, said(request, "seen", 80)
    told = verbs.apply_drop(id, visitor_of(request), once_of(request), seen, _choices(request))
    return after(request, f"{PATH}/{id}", *told)


def _choices(request: Request) -> Choices:
    """Rows that were shown and are not ticked are left out."""
    shown, ticked = _all(request, "shown"), set(_all(request, "row"))
    kept = {name: said(request, f"same:{name}", 10) for name in _all(request, "picture")}
    return Choices(
        left_out=tuple(number for number in shown if number not in ticked), cancelled=_all(request, "gone"),
        replaced=tuple(name for name, choice in kept.items() if choice == "replace"),
        both=tuple(name for name, choice in kept.items() if choice == "both"),
        source=said(request, "source", 100), withdraw=bool(said(request, "withdraw", 10)), agreed=_agreed(request),
    )  # fmt: skip


def _agreed(request: Request) -> AllAgreed | None:
    """The document for all the consents of a table, where it is to be looked at again with it."""
    if not said(request, "again", 10):
        return None
    proof, on, wording = said(request, "proof", 200), said(request, "on", 40), said(request, "wording", 200)
    return AllAgreed(proof=proof, on=on, wording=wording)


def _all(request: Request, field: str) -> tuple[str, ...]:
    return tuple(value for value in form_of(request).getlist(field) if isinstance(value, str))


@routes.post(PATH + "/{id}/leave", Permission.LOAD)
def leave(request: Request, id: Id) -> Response:
    """Put it aside: it is not applied, and its file is removed."""
    return after(request, PATH, premises(request).verbs.leave_drop(id))


@routes.post(PATH + "/expense", Permission.RECORD_COSTS)
def expense(request: Request) -> Response:
    """Write down one expense by hand."""
    fields = {name: said(request, name, 300) for name in EXPENSE}
    return after(request, PATH, *premises(request).verbs.record_expense(visitor_of(request), once_of(request), fields))


def _titles() -> dict[str, Any]:
    return {
        "kind_titles": KIND_TITLES, "drop_titles": DROP_TITLES, "count_titles": COUNT_TITLES,
        "reach_titles": REACH_TITLES, "way_titles": WAY_TITLES,
    }  # fmt: skip
