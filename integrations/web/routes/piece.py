"""A piece: its page, its form with a preview, its versions, its texts by hand, its comments."""

from typing import Annotated, Literal

from fastapi import HTTPException, Path, Query, Request, Response

from integrations.web.access import Id, Routes, form_of, once_of, said, visitor_of
from integrations.web.premises import premises
from integrations.web.screen import after, show
from integrations.web.uploads import received
from models.content import PictureSource
from models.desk.piece import Fields
from models.locale import mark
from models.people import Permission
from models.reason import because

PIECE = "/staff/piece/{id}"
FORM_MOST = 8_000_000  # a text that is far too long comes back with a sentence, not with an error
PICTURE_MOST = 21_000_000
TEXT_MOST = 2_000_000
LINE_MOST = 2_000
PICTURES_MOST = 40
NO_PICTURE = mark("Choose a picture first. Nothing was changed.")

Ordinal = Annotated[int, Query(ge=1, le=2**31 - 1)]
Account = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]

routes = Routes()


@routes.get(PIECE, Permission.READ_PLAN)
def piece(request: Request, id: Id) -> Response:
    """A piece as it will look in every channel, its publications, comments and versions, and what happened to it."""
    verbs = premises(request).verbs
    found = verbs.piece(id, visitor_of(request))
    if found is None:
        raise HTTPException(404)
    return show(request, "piece.html", piece=found, story=verbs.story(id))


@routes.get(PIECE + "/edit", Permission.EDIT)
def form(request: Request, id: Id) -> Response:
    found = premises(request).verbs.piece_form(id)
    if found is None:
        raise HTTPException(404)
    return show(request, "piece_form.html", form=found)


@routes.post(PIECE + "/preview", Permission.EDIT, most=FORM_MOST)
def preview(request: Request, id: Id) -> Response:
    """How what is typed would look; to htmx only that part, to a browser without it the whole form. Saves nothing."""
    found = premises(request).verbs.preview(id, _typed(request), _number(request, "begun"), _number(request, "seen"))
    if found is None:
        raise HTTPException(404)
    page = "piece_looks.html" if request.headers.get("hx-request") else "piece_form.html"
    return show(request, page, form=found.model_copy(update={"why": said(request, "why")}))


@routes.post(PIECE + "/edit", Permission.EDIT, most=FORM_MOST)
def correct(request: Request, id: Id) -> Response:
    """Save a new version; whoever was overtaken gets the form back, with what the other one saved."""
    do = said(request, "do")
    how: Literal["save", "over", "join"] = "over" if do == "over" else "join" if do == "join" else "save"
    saved = premises(request).verbs.correct(
        id, _typed(request), _number(request, "begun"), _number(request, "seen"), how, said(request, "why", 500),
        visitor_of(request), once_of(request),
    )  # fmt: skip
    if saved is None:
        raise HTTPException(404)
    if saved.form is not None:
        return show(request, "piece_form.html", 409 if saved.form.meanwhile else 422, form=saved.form)
    return after(request, f"/staff/piece/{id}", *saved.said)


@routes.upload(PIECE + "/picture", Permission.EDIT, most=PICTURE_MOST)
def add_picture(request: Request, id: Id) -> Response:
    """Put a picture behind those of the piece."""
    files, path = received(request, "picture"), f"/staff/piece/{id}"
    if not files:
        return after(request, path, because(NO_PICTURE, code="no_picture"))
    alt, once = said(request, "alt", 500), once_of(request)
    told = premises(request).verbs.add_picture(id, files[0].path, alt, visitor_of(request), once)
    return after(request, path, *told)


@routes.get(PIECE + "/versions", Permission.READ_PLAN)
def versions(request: Request, id: Id, before: Ordinal, after: Ordinal) -> Response:
    """What is different between two versions."""
    verbs = premises(request).verbs
    difference, found = verbs.difference(id, before, after), verbs.piece(id, visitor_of(request))
    if difference is None or found is None:
        raise HTTPException(404)
    return show(request, "piece_versions.html", difference=difference, piece=found)


@routes.post(PIECE + "/restore", Permission.EDIT)
def take_back(request: Request, id: Id) -> Response:
    ordinal = _number(request, "version")
    told = premises(request).verbs.take_back(id, ordinal, visitor_of(request), once_of(request))
    return after(request, f"/staff/piece/{id}", *told)


@routes.get(PIECE + "/hand/{key}", Permission.EDIT)
def hand(request: Request, id: Id, key: Account) -> Response:
    """The text for one channel alone."""
    found = premises(request).verbs.hand_page(id, key)
    if found is None:
        raise HTTPException(404)
    return show(request, "piece_hand.html", page=found)


@routes.post(PIECE + "/hand/{key}", Permission.EDIT, most=FORM_MOST)
def by_hand(request: Request, id: Id, key: Account) -> Response:
    """Look at the text for one channel, write it, keep it, or take the common one."""
    verbs, text, begun = premises(request).verbs, said(request, "text", TEXT_MOST), _number(request, "begun")
    do = said(request, "do")
    if do == "preview" or request.headers.get("hx-request"):
        return _tried(request, id, key, text, begun)
    what: Literal["write", "keep", "take"] = "keep" if do == "keep" else "take" if do == "take" else "write"
    told = verbs.by_hand(id, key, what, text, begun, visitor_of(request), once_of(request))
    if any(one.code not in ("done", "note") for one in told):
        overtaken = told[0].code == "overtaken"  # what stands there is shown now, so the next try begins with that
        found = verbs.hand_page(id, key, text if what == "write" else None, 0 if overtaken else begun)
        if found is None:
            raise HTTPException(404)
        page = found.model_copy(update={"objection": told[0]})
        return show(request, "piece_hand.html", 409 if overtaken else 422, page=page)
    return after(request, f"/staff/piece/{id}", *told)


def _tried(request: Request, id: int, key: str, text: str, begun: int) -> Response:
    found = premises(request).verbs.hand_page(id, key, text, begun)
    if found is None:
        raise HTTPException(404)
    page = "piece_hand_look.html" if request.headers.get("hx-request") else "piece_hand.html"
    return show(request, page, page=found)


@routes.post(PIECE + "/comment", Permission.COMMENT)
def comment(request: Request, id: Id) -> Response:
    """Say something to colleagues; it never goes out."""
    account, text = said(request, "channel", 100), said(request, "text", 5000)
    told = premises(request).verbs.comment(id, account, text, visitor_of(request), once_of(request))
    return after(request, f"/staff/piece/{id}", *told)


def _number(request: Request, field: str) -> int:
    value = said(request, field, 12)
    return int(value) if value.isascii() and value.isdecimal() and int(value) < 2**31 else 0


def _typed(request: Request) -> Fields:
    """The fields as they were typed, pictures in the order that their numbers say."""
    channels = [key for key in form_of(request).getlist("channels") if isinstance(key, str)]
    lines = {
        name: said(request, name, LINE_MOST)
        for name in ("title", "description", "date", "time", "campaign", "goal", "group", "author", "offer_until")
    }
    return Fields(
        **lines, text=said(request, "text", TEXT_MOST), channels=tuple(dict.fromkeys(channels)),
        pictures=tuple(_pictures(request)),
    )  # fmt: skip


def _pictures(request: Request) -> list[PictureSource]:
    kept: list[tuple[int, int, PictureSource]] = []
    for place in range(1, min(_number(request, "pictures"), PICTURES_MOST) + 1):
        file, alt = said(request, f"picture-{place}", 300), said(request, f"alt-{place}", LINE_MOST)
        if file and not said(request, f"remove-{place}"):
            kept.append((_number(request, f"place-{place}") or place, place, PictureSource(file=file, alt=alt)))
    added = said(request, "picture-new", 300)
    new = [PictureSource(file=added, alt=said(request, "alt-new", LINE_MOST))] if added else []
    return [picture for _, _, picture in sorted(kept, key=lambda one: one[:2])] + new
