"""Offers: all of them, one whole, the form that writes one, and everything that is ordered about them."""

from collections.abc import Sequence
from typing import Any

from fastapi import HTTPException, Request, Response

from integrations.web.access import Routes, form_of, once_of, said, visitor_of
from integrations.web.premises import premises
from integrations.web.screen import after, show
from integrations.web.uploads import received
from integrations.web.verbs.offers import OfferVerbs
from models.desk.offers import (
    ANSWER_SAID,
    ANSWER_TITLES,
    BATCH_TITLES,
    HAPPENED_TITLES,
    ONLY_OF,
    OPEN_PARTS,
    PARTS,
    SAID_TITLES,
    STAGE_TITLES,
    OfferLook,
    OfferPage,
)
from models.figures import Figure
from models.locale import mark
from models.offer_orders import (
    A_NUMBER,
    APPROVE_IT,
    AS_QR,
    AS_SHEETS,
    AS_TABLE,
    CODES_MOST,
    RETURN_IT,
    SYMBOLS,
    TO_GROUPS,
    AskOfferForm,
    DecideOfferForm,
    ExtendOfferForm,
    ImportCodesForm,
    IssueCodesForm,
    OpenOfferForm,
    StopOfferForm,
    TakeCodesForm,
)
from models.people import Permission
from models.reason import Reason, because
from models.redemptions import OfferStage

PATH, NEW = "/staff/offers", "/staff/new-offer"
WHY_MOST, FILE_MOST, WRONG, NUMBER_MOST = 500, 20_000_000, 422, 999_999_999
TOO_MANY = mark("At most {most} codes are issued at once. Nothing has been issued.")
NO_FILE = mark("Choose a file with codes. Nothing has been taken in.")
TONES = {OfferStage.ASKED: "warn", OfferStage.OPEN: "good", OfferStage.STOPPED: "bad"}
TITLES: dict[str, Any] = {
    "stages": STAGE_TITLES, "tones": TONES, "Stage": OfferStage, "happened_titles": HAPPENED_TITLES,
    "said_titles": SAID_TITLES, "answer_titles": ANSWER_TITLES, "answer_said": ANSWER_SAID,
    "batch_titles": BATCH_TITLES, "symbols": SYMBOLS,
}  # fmt: skip

routes = Routes()


def desk(request: Request) -> OfferVerbs:
    return premises(request).verbs


def found_offer(request: Request, key: str) -> OfferPage:
    found = desk(request).offer_page(key, visitor_of(request))
    if found is None:
        raise HTTPException(404)
    return found


def number(request: Request, field: str) -> int:
    """A whole number of the form, 1 000 000 as well; 0 for anything else."""
    text = "".join(said(request, field, 20).split())
    return min(int(text), NUMBER_MOST) if text.isascii() and text.isdecimal() else 0


@routes.get(PATH, Permission.READ_PLAN)
def offers(request: Request) -> Response:
    """All offers, what waits for somebody first; and the way to a coupon."""
    return show(request, "offers.html", page=desk(request).offers_page(), **TITLES)


# The form.


@routes.get(NEW, Permission.CUSTOMERS)
def new(request: Request, like: str = "") -> Response:
    return _form(request, desk(request).new_offer(like[:61]))


@routes.post(NEW, Permission.CUSTOMERS)
def write_new(request: Request) -> Response:
    return _write(request, "")


@routes.get(PATH + "/{key}/form", Permission.CUSTOMERS)
def change(request: Request, key: str) -> Response:
    form = desk(request).offer_form(key)
    if form is None:
        raise HTTPException(404)
    return _form(request, form)


@routes.post(PATH + "/{key}/form", Permission.CUSTOMERS)
def write_again(request: Request, key: str) -> Response:
    if desk(request).offer_form(key) is None:
        raise HTTPException(404)
    return _write(request, key)


def _write(request: Request, key: str) -> Response:
    """Only “save” saves, and only where nothing is wrong; else the form shows what it comes to."""
    fields = [(name, value) for name, value in form_of(request).multi_items() if isinstance(value, str)]
    look = desk(request).offer_filled(fields, key)
    if said(request, "do", 10) != "save" or look.wrong or look.objections:
        return _form(request, look)
    answered = desk(request).write_offer(visitor_of(request), once_of(request), look)
    if answered.refused:
        return _form(request, look.model_copy(update={"objections": answered.said}))
    return after(request, f"{PATH}/{answered.about}", *answered.said)


def _form(request: Request, look: OfferLook) -> Response:
    status = WRONG if (look.wrong or look.objections) and "hx-request" not in request.headers else 200
    action = NEW if look.is_new else f"{PATH}/{look.key}/form"
    return show(request, "offer_form.html", status, look=look, action=action, parts_of=PARTS, open_parts=OPEN_PARTS,
                only_of=ONLY_OF)  # fmt: skip


# One of them.


@routes.get(PATH + "/{key}", Permission.READ_PLAN)
def offer(request: Request, key: str) -> Response:
    """One offer with all that is known of it."""
    return show(request, "offer.html", page=found_offer(request, key), **TITLES)


@routes.post(PATH + "/{key}/ask", Permission.CUSTOMERS)
def ask(request: Request, key: str) -> Response:
    form = AskOfferForm(offer=key, person="")
    return _back(request, key, desk(request).ask_offer(visitor_of(request), once_of(request), form))


@routes.post(PATH + "/{key}/decide", Permission.APPROVE)
def decide(request: Request, key: str) -> Response:
    """Approve the version that was looked at, or send it back with a reason."""
    form = DecideOfferForm(
        offer=key, decision=APPROVE_IT if said(request, "do", 10) == "approve" else RETURN_IT,
        version=said(request, "version", 100), reason=said(request, "why", WHY_MOST), person="",
    )  # fmt: skip
    return _back(request, key, desk(request).decide_offer(visitor_of(request), once_of(request), form))


@routes.post(PATH + "/{key}/stop", Permission.STOP)
def stop(request: Request, key: str) -> Response:
    """The whole offer, a batch, or one coupon."""
    form = StopOfferForm(
        offer=key, coupon=number(request, "coupon"), batch=number(request, "batch"),
        reason=said(request, "why", WHY_MOST), person="",
    )  # fmt: skip
    return _back(request, key, desk(request).stop_offer(visitor_of(request), once_of(request), form))


@routes.post(PATH + "/{key}/open", Permission.RELEASE)
def open_again(request: Request, key: str) -> Response:
    form = OpenOfferForm(
        offer=key, coupon=number(request, "coupon"), batch=number(request, "batch"),
        reason=said(request, "why", WHY_MOST), person="",
    )  # fmt: skip
    return _back(request, key, desk(request).open_offer(visitor_of(request), once_of(request), form))


@routes.post(PATH + "/{key}/extend", Permission.CUSTOMERS)
def extend(request: Request, key: str) -> Response:
    form = ExtendOfferForm(
        offer=key, coupon=number(request, "coupon"), batch=number(request, "batch"),
        last_day=said(request, "last_day", 20), reason=said(request, "why", WHY_MOST), person="",
    )  # fmt: skip
    return _back(request, key, desk(request).extend_offer(visitor_of(request), once_of(request), form))


@routes.post(PATH + "/{key}/issue", Permission.CUSTOMERS)
def issue(request: Request, key: str) -> Response:
    """So many codes, or one for each customer of groups."""
    chosen = [str(one)[:61] for one in form_of(request).getlist("include")]
    wanted = number(request, "number")
    if wanted > CODES_MOST:
        return after(request, f"{PATH}/{key}", because(TOO_MANY, code="too_many", most=Figure.number(CODES_MOST)))
    form = IssueCodesForm(
        offer=key, what=TO_GROUPS if said(request, "what", 10) == "groups" else A_NUMBER,
        number=wanted, include=", ".join(chosen),
        title=said(request, "title", 100), person="",
    )  # fmt: skip
    return _back(request, key, desk(request).issue_codes(visitor_of(request), once_of(request), form))


@routes.upload(PATH + "/{key}/import", Permission.CUSTOMERS, most=FILE_MOST)
def import_codes(request: Request, key: str) -> Response:
    files = received(request)
    if not files:
        return after(request, f"{PATH}/{key}", because(NO_FILE, code="no_file"))
    form = ImportCodesForm(offer=key, file=files[0].name, title=said(request, "title", 100), person="")
    told = desk(request).import_codes(visitor_of(request), once_of(request), form, files[0].path.read_bytes())
    return _back(request, key, told)


@routes.post(PATH + "/{key}/codes", Permission.CUSTOMERS)
def take_codes(request: Request, key: str) -> Response:
    """A file with the codes of a batch, to its browser only; who took it stays written down."""
    symbol = said(request, "symbol", 20)
    form = TakeCodesForm.model_validate({
        "offer": key, "batch": number(request, "batch"), "coupon": number(request, "coupon"),
        "what": AS_SHEETS if said(request, "what", 10) == "sheets" else AS_TABLE,
        "symbol": symbol if symbol in SYMBOLS else AS_QR, "reason": said(request, "why", WHY_MOST), "person": "",
    })  # fmt: skip
    file = desk(request).take_codes(visitor_of(request), once_of(request), form)
    if not file.data:
        return _back(request, key, file.told)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Cache-Control": "no-store"}
    return Response(file.data, media_type=file.media, headers=headers)


@routes.get(PATH + "/{key}/code.{kind}", Permission.CUSTOMERS)
def symbol(request: Request, key: str, kind: str, bars: str = "") -> Response:
    """The picture of the one code for everybody: QR, or bars."""
    found = desk(request).offer_symbol(key, kind, bool(bars)) if kind in ("svg", "png") else None
    if found is None:
        raise HTTPException(404)
    name = f"{key}{'-bars' if bars else ''}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(found[1], media_type=found[0], headers=headers)


def _back(request: Request, key: str, told: Sequence[Reason]) -> Response:
    """Go back to where the form stood: a coupon's page, or the offer's."""
    coupon = number(request, "coupon")
    return after(request, f"{PATH}/coupon/{coupon}" if coupon else f"{PATH}/{key}", *told)
