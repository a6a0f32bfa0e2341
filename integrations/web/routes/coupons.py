"""One coupon: found by what a client reads out, and all that ever happened to it."""

from fastapi import HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from integrations.web.access import Id, Routes, once_of, said, visitor_of
from integrations.web.routes.offers import PATH, TITLES, WHY_MOST, desk
from integrations.web.screen import after, show
from models.desk.offers import COUPON_TITLES
from models.offer_orders import ReplaceCodeForm
from models.people import Permission
from models.redemptions import CouponState

FOUND = "/staff/coupons"
STATE_TONES = {CouponState.LIVE: "good", CouponState.STOPPED: "bad"}

routes = Routes()


@routes.get(FOUND, Permission.CUSTOMERS)
def blank(request: Request) -> Response:
    return show(request, "coupons.html", found=None, coupon_titles=COUPON_TITLES, state_tones=STATE_TONES)


@routes.post(FOUND, Permission.CUSTOMERS)
def find(request: Request) -> Response:
    """A typed code stands in no address, and is not shown again."""
    found = desk(request).find_coupon(said(request, "typed", 300))
    if len(found.ids) == 1:
        return RedirectResponse(f"{PATH}/coupon/{found.ids[0]}", 303)
    status = 422 if found.why else 200
    return show(request, "coupons.html", status, found=found, coupon_titles=COUPON_TITLES, state_tones=STATE_TONES)


@routes.get(PATH + "/coupon/{id}", Permission.CUSTOMERS)
def coupon(request: Request, id: Id) -> Response:
    """Its whole history, in order."""
    page = desk(request).coupon_page(id)
    if page is None:
        raise HTTPException(404)
    return show(request, "coupon.html", page=page, coupon_titles=COUPON_TITLES, state_tones=STATE_TONES,
                State=CouponState, **TITLES)  # fmt: skip


@routes.post(PATH + "/coupon/{id}/replace", Permission.CUSTOMERS)
def replace(request: Request, id: Id) -> Response:
    """Another one in its place; go on to that one's page."""
    page = desk(request).coupon_page(id)
    if page is None:
        raise HTTPException(404)
    form = ReplaceCodeForm(offer=page.offer, coupon=id, reason=said(request, "why", WHY_MOST), person="")
    new, told = desk(request).replace_code(visitor_of(request), once_of(request), form)
    return after(request, f"{PATH}/coupon/{new or id}", *told)
