"""Cards and points on the desk: given out, blocked, replaced, corrected; links to personal pages; the program."""

from fastapi import HTTPException, Request, Response
from pydantic import ValidationError

from integrations.web.access import Id, Routes, once_of, said, visitor_of
from integrations.web.premises import premises
from integrations.web.routes.customers import PATH, TYPED_MOST
from integrations.web.screen import after, show
from models.card_orders import (
    ADD,
    BLOCK,
    POINTS_MOST,
    REPLACE,
    TAKE,
    CardForm,
    ClosePageForm,
    CorrectPointsForm,
    IssueCardsForm,
    PointsProgramForm,
)
from models.desk.cards import CardLine
from models.locale import mark
from models.people import Permission
from models.reason import because

PROGRAM = "/staff/points"
NOT_CHOSEN = mark("Choose what happens to the card. Nothing has been changed.")
NO_NUMBER = mark("Write how many points, as a whole number from 1 to {most}. Nothing has been changed.")
NO_DAYS = mark("Write days as a whole number from 0 to 3650. Nothing has been changed.")
NO_SHARE = mark("Write the share as a whole number from 0 to 100, without the sign. Nothing has been changed.")
PROGRAM_FIELDS = {"per": 30, "worth": 30, "share": 10, "days": 10, "tiers": 1000, "window": 10, "since": 20}

routes = Routes()


@routes.post(PATH + "/{id}/card", Permission.CUSTOMERS)
def issue(request: Request, id: Id) -> Response:
    """Give the customer a card."""
    _known(request, id)
    form = IssueCardsForm(customer=id, person="")
    return after(
        request, f"{PATH}/{id}", *premises(request).verbs.issue_cards(visitor_of(request), once_of(request), form)
    )


@routes.post(PATH + "/{id}/card/{row}", Permission.CUSTOMERS)
def turn(request: Request, id: Id, row: Id) -> Response:
    """Block a card of theirs, or give another one for it."""
    if row not in {card.id for card in _known(request, id)}:
        raise HTTPException(404)
    what = {"block": BLOCK, "replace": REPLACE}.get(said(request, "what"))
    if what is None:
        return after(request, f"{PATH}/{id}", because(NOT_CHOSEN, code="not_chosen"))
    form = CardForm(card=row, what=what, person="", reason=said(request, "why", TYPED_MOST))
    told = premises(request).verbs.turn_card(visitor_of(request), once_of(request), form, id)
    return after(request, f"{PATH}/{id}", *told)


@routes.post(PATH + "/{id}/points", Permission.CUSTOMERS)
def correct(request: Request, id: Id) -> Response:
    """Add points or take them, with a reason."""
    _known(request, id)
    number, what = said(request, "points", 10), {"add": ADD, "take": TAKE}.get(said(request, "what"))
    points = int(number) if number.isascii() and number.isdecimal() else 0
    if what is None or not 1 <= points <= POINTS_MOST:
        return after(request, f"{PATH}/{id}", because(NO_NUMBER, code="no_number", most=POINTS_MOST))
    form = CorrectPointsForm(
        customer=id, what=what, points=points, person="", reason=said(request, "why", TYPED_MOST)
    )  # fmt: skip
    told = premises(request).verbs.correct_points(visitor_of(request), once_of(request), form)
    return after(request, f"{PATH}/{id}", *told)


@routes.post(PATH + "/{id}/link", Permission.CUSTOMERS)
def link(request: Request, id: Id) -> Response:
    """The link to the customer's page, to be scanned off the screen: made when it is asked for, and kept nowhere."""
    found = premises(request).verbs.personal_link(id)
    if found is None:
        raise HTTPException(404)
    return show(request, "customer_link.html", link=found, id=id)


@routes.post(PATH + "/{id}/link/close", Permission.CUSTOMERS)
def close(request: Request, id: Id) -> Response:
    """Let no link work that was given out so far."""
    _known(request, id)
    form = ClosePageForm(customer=id, person="", reason=said(request, "why", TYPED_MOST))
    told = premises(request).verbs.close_page(visitor_of(request), once_of(request), form)
    return after(request, f"{PATH}/{id}", *told)


@routes.get(PROGRAM, Permission.CUSTOMERS)
def program(request: Request) -> Response:
    return show(request, "points_program.html", page=premises(request).verbs.points_program(), fields=PROGRAM_FIELDS)


@routes.post(PROGRAM, Permission.CUSTOMERS)
def set_program(request: Request) -> Response:
    """Let another program hold from now on."""
    typed = {name: said(request, name, most) for name, most in PROGRAM_FIELDS.items()}
    typed["share"] = typed["share"].removesuffix("%").strip() or "0"
    try:
        form = PointsProgramForm.model_validate(typed | {"person": "", "reason": said(request, "why", TYPED_MOST)})
    except ValidationError as error:
        is_share = any("share" in one["loc"] for one in error.errors())
        wrong = because(NO_SHARE, code="no_share") if is_share else because(NO_DAYS, code="no_days")
        return after(request, PROGRAM, wrong)
    return after(request, PROGRAM, *premises(request).verbs.set_program(visitor_of(request), once_of(request), form))


@routes.post(PROGRAM + "/cards", Permission.CUSTOMERS)
def issue_to_group(request: Request) -> Response:
    """Give cards to all of a customer group who have none."""
    form = IssueCardsForm(group=said(request, "group", 100), person="")
    told = premises(request).verbs.issue_cards(visitor_of(request), once_of(request), form)
    return after(request, PROGRAM, *told)


def _known(request: Request, id: int) -> list[CardLine]:
    found = premises(request).verbs.customer(id)
    if found is None:
        raise HTTPException(404)
    return list(found.loyalty.cards)
