"""Customers: how many may be written to and why not the others; one of them whole; what they said, written down."""

from fastapi import HTTPException, Request, Response

from integrations.web.access import Id, Routes, once_of, said, visitor_of
from integrations.web.premises import premises
from integrations.web.screen import after, show
from models.card_orders import POINTS_MOST
from models.customer_groups import CORRECTED_TITLES, TURN_TITLES
from models.customer_orders import (
    ADDRESSES,
    BAR,
    EVERY,
    GIVEN,
    LIFT,
    PURPOSES,
    TEXT_MOST,
    WITHDRAWN,
    ConsentForm,
    EraseCustomerForm,
    StopListForm,
)
from models.customers import ACT_TITLES, BARRED_TITLES, FIELD_TITLES, KIND_TITLES, PURPOSE_TITLES
from models.desk.cards import ACCOUNT_TITLES, CARD_TITLES, MOVED_TITLES
from models.desk.customers import VIA_TITLES, CustomerRecord
from models.desk.drop import COUNT_TITLES, REACH_TITLES
from models.locale import mark
from models.people import Permission
from models.reason import because

PATH = "/staff/customers"
TYPED_MOST = TEXT_MOST + 1  # what is too long is said, not cut
NOT_CHOSEN = mark("Choose what the customer said. Nothing has been changed.")
KINDS = ("json", "xlsx")
ASKED_MOST = 200

routes = Routes()


@routes.get(PATH, Permission.CUSTOMERS)
def customers(request: Request) -> Response:
    return _page(request, "")


@routes.post(PATH, Permission.CUSTOMERS)
def find(request: Request) -> Response:
    """Look for a customer. As a form: in an address, what is typed would stand in the logs of all who pass it on."""
    return _page(request, said(request, "q", ASKED_MOST))


def _page(request: Request, typed: str) -> Response:
    page = premises(request).verbs.customers_page(typed)
    return show(
        request, "customers.html", page=page, kind_titles=KIND_TITLES, reach_titles=REACH_TITLES,
        count_titles=COUNT_TITLES,
    )  # fmt: skip


@routes.get(PATH + "/{id}", Permission.CUSTOMERS)
def customer(request: Request, id: Id) -> Response:
    return show(
        request, "customer.html", one=_found(request, id), kind_titles=KIND_TITLES, field_titles=FIELD_TITLES,
        purpose_titles=PURPOSE_TITLES, act_titles=ACT_TITLES, barred_titles=BARRED_TITLES, via_titles=VIA_TITLES,
        today=premises(request).verbs.today(), most=TEXT_MOST, turn_titles=TURN_TITLES,
        corrected_titles=CORRECTED_TITLES, card_titles=CARD_TITLES, moved_titles=MOVED_TITLES,
        account_titles=ACCOUNT_TITLES, points_most=POINTS_MOST,
    )  # fmt: skip


def _found(request: Request, id: int) -> CustomerRecord:
    found = premises(request).verbs.customer(id)
    if found is None:
        raise HTTPException(404)
    return found


@routes.get(PATH + "/{id}/known.{kind}", Permission.CUSTOMERS)
def known(request: Request, id: Id, kind: str) -> Response:
    """Everything known of the customer as a file, for them to have."""
    file = premises(request).verbs.customer_given_out(id, kind) if kind in KINDS else None
    if file is None:
        raise HTTPException(404)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Cache-Control": "no-store"}
    return Response(file.content, media_type=file.media_type, headers=headers)


@routes.post(PATH + "/{id}/consent", Permission.CUSTOMERS)
def consent(request: Request, id: Id) -> Response:
    """Write down that a consent was given or withdrawn."""
    _found(request, id)
    what = {"given": GIVEN, "withdrawn": WITHDRAWN}.get(said(request, "act"))
    purpose = next((name for name, one in PURPOSES.items() if one == said(request, "purpose")), None)
    if what is None or purpose is None:
        return after(request, f"{PATH}/{id}", because(NOT_CHOSEN, code="not_chosen"))
    texts = {name: said(request, name, TYPED_MOST) for name in ("date", "proof", "wording")}
    form = ConsentForm(customer=id, what=what, purpose=purpose, address=_address(request), person="", **texts)
    verbs = premises(request).verbs
    return after(request, f"{PATH}/{id}", *verbs.order_consent(visitor_of(request), once_of(request), form))


@routes.post(PATH + "/{id}/stop", Permission.CUSTOMERS)
def stop(request: Request, id: Id) -> Response:
    """Put addresses of the customer into the stop-list."""
    return _stop_list(request, StopListForm(what=BAR, customer=id, address=_address(request), person=""))


@routes.post(PATH + "/{id}/stop/{row}/lift", Permission.CUSTOMERS)
def lift(request: Request, id: Id, row: Id) -> Response:
    """Take one line of the stop-list out of force."""
    return _stop_list(request, StopListForm(what=LIFT, customer=id, line=row, person=""))


def _stop_list(request: Request, form: StopListForm) -> Response:
    _found(request, form.customer)
    form, verbs = form.model_copy(update={"reason": said(request, "why", TYPED_MOST)}), premises(request).verbs
    told = verbs.order_stop_list(visitor_of(request), once_of(request), form)
    return after(request, f"{PATH}/{form.customer}", *told)


@routes.post(PATH + "/{id}/erase", Permission.CUSTOMERS)
def erase(request: Request, id: Id) -> Response:
    """Remove everything personal, as the customer has asked."""
    form = EraseCustomerForm(customer=id, sure=said(request, "sure") == "1", person="")
    told = premises(request).verbs.erase_customer(visitor_of(request), once_of(request), form)
    is_there = premises(request).verbs.customer(id) is not None
    return after(request, f"{PATH}/{id}" if is_there else PATH, *told)


def _address(request: Request) -> str:
    """The address that was chosen, as the forms of orders call it; all of them where none was."""
    return next((name for name, kind in ADDRESSES.items() if kind and kind == said(request, "kind")), EVERY)
