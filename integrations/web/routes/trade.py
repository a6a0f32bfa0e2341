"""Coupons in trade: the page an outlet's link opens, and the desk's list of who has confirmed."""

from fastapi import HTTPException, Request, Response

from integrations.web.access import Id, Routes, once_of, reader_language, said, visitor_of
from integrations.web.premises import premises
from integrations.web.screen import after, show, show_door
from integrations.web.verbs import Verbs
from models.locale import mark, speak_here
from models.people import Permission
from models.reason import NO_REASON, Reason, because
from models.trade import InstructionPage

PATH, BY_LINK = "/staff/trade", "/trade/{token}"
NAME_MOST, NUMBER_MOST = 80, 9
NO_NAME = mark("Write your name: it stands beside the confirmation.")
CHANGED = mark("The offer has changed while this page was open. Read it as it is now, then confirm.")
PDF = {"content-disposition": 'inline; filename="instruction.pdf"'}

routes = Routes()


@routes.get(BY_LINK, Permission.PUBLIC)
def instruction(request: Request, token: str) -> Response:
    """The instruction of an outlet. Looking at it confirms nothing: programs of mail look at links too."""
    return _page(request, token, _verbs(request).instruction_by_link(token))


@routes.post(BY_LINK, Permission.PUBLIC)
def confirm(request: Request, token: str) -> Response:
    """The outlet has read it."""
    verbs, name = _verbs(request), said(request, "name", NAME_MOST)
    if not name:
        return _page(request, token, verbs.instruction_by_link(token), because(NO_NAME, code="no_name"))
    seen = said(request, "seen", NUMBER_MOST)
    number = int(seen) if seen.isascii() and seen.isdecimal() else 0
    page = verbs.confirm_by_link(token, name, number)
    is_other = page is not None and number not in (0, page.id) and not (page.is_over or page.confirmed_at)
    return _page(request, token, page, because(CHANGED, code="changed") if is_other else NO_REASON)


def _page(request: Request, token: str, page: InstructionPage | None, objection: Reason = NO_REASON) -> Response:
    status = 410 if page is None else 400 if objection else 200
    return show_door(request, "trade_link.html", status, page=page, token=token, objection=objection)


@routes.get(BY_LINK + "/sheet.pdf", Permission.PUBLIC)
def sheet_by_link(request: Request, token: str) -> Response:
    return _pdf(_verbs(request).sheet_by_link(token))


def _verbs(request: Request) -> Verbs:
    """In the language of whoever reads: nobody has signed in here."""
    verbs = premises(request).verbs
    speak_here(reader_language(request, verbs.face()))
    return verbs


@routes.get(PATH, Permission.READ_PLAN)
def trade(request: Request) -> Response:
    verbs = premises(request).verbs
    return show(request, "trade.html", offers=verbs.offers_in_trade(), files=verbs.files_of_tills())


@routes.get(PATH + "/{key}", Permission.READ_PLAN)
def offer(request: Request, key: str) -> Response:
    """One offer: who was told, who has confirmed, whom to call."""
    found = next((one for one in premises(request).verbs.offers_in_trade() if one.key == key), None)
    if found is None:
        raise HTTPException(404)
    return show(request, "trade_offer.html", offer=found)


@routes.get(PATH + "/sheet/{id}", Permission.READ_PLAN)
def sheet(request: Request, id: Id) -> Response:
    return _pdf(premises(request).verbs.sheet(id))


@routes.post(PATH + "/{key}/{id}/confirmed", Permission.SCHEDULE)
def confirmed(request: Request, key: str, id: Id) -> Response:
    """A colleague was told so by telephone, or has the signed sheet."""
    verbs, who = premises(request).verbs, said(request, "name", NAME_MOST)
    return after(request, f"{PATH}/{key}", *verbs.confirm_instruction(id, who, visitor_of(request), once_of(request)))


def _pdf(content: bytes | None) -> Response:
    if content is None:
        raise HTTPException(404)
    return Response(content, media_type="application/pdf", headers=PDF)
