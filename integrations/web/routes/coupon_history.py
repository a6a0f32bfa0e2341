"""A stranger's history of coupons: dropped, analysed, read and taken along; no ledger is touched."""

from fastapi import HTTPException, Request, Response

from integrations.web.access import Routes, once_of, said, visitor_of
from integrations.web.premises import premises
from integrations.web.routes.coupon_analysis import COSTS, LONGEST, TYPES
from integrations.web.screen import after, show
from integrations.web.uploads import received
from models.locale import mark
from models.people import Permission
from models.reason import NO_REASON, Reason, because

PATH = "/staff/coupon-history"
MOST = 200_000_000
NOTHING_CHOSEN = mark("No table was chosen. Choose coupons, redemptions and purchases, then send them.")

routes = Routes()


@routes.get(PATH, Permission.READ_REPORTS)
def page(request: Request) -> Response:
    """Where tables are dropped, and what was analysed lately."""
    return show(request, "coupon_history.html", lines=premises(request).verbs.histories(), most=MOST,
                objection=NO_REASON)  # fmt: skip


@routes.upload(PATH, Permission.READ_REPORTS, most=MOST)
def take(request: Request) -> Response:
    """Analyse the tables, and lead to the report; what cannot be used is said where they were sent from."""
    verbs, files = premises(request).verbs, received(request)
    costs = {name: said(request, name, LONGEST) for name in COSTS}
    found: str | Reason = because(NOTHING_CHOSEN, code="nothing")
    if files:
        found = verbs.take_history(files, said(request, "groups", 2000), costs, visitor_of(request), once_of(request))
    if isinstance(found, Reason):
        return show(request, "coupon_history.html", 422, lines=verbs.histories(), most=MOST, objection=found)
    return after(request, f"{PATH}/{found}")


@routes.get(PATH + "/{name}", Permission.READ_REPORTS)
def report(request: Request, name: str) -> Response:
    found = premises(request).verbs.history(name)
    if found is None:
        raise HTTPException(404)
    return show(request, "coupon_history_report.html", found=found, name=name)


@routes.get(PATH + "/{name}/coupons.xlsx", Permission.READ_REPORTS)
def workbook(request: Request, name: str) -> Response:
    return _file(request, name, "xlsx")


@routes.get(PATH + "/{name}/coupons.pdf", Permission.READ_REPORTS)
def paper(request: Request, name: str) -> Response:
    return _file(request, name, "pdf")


@routes.get(PATH + "/{name}/coupons.html", Permission.READ_REPORTS)
def alone(request: Request, name: str) -> Response:
    """A page that stands alone, to be kept or sent on."""
    return _file(request, name, "html")


def _file(request: Request, name: str, suffix: str) -> Response:
    content = premises(request).verbs.history_file(name, suffix)
    if content is None:
        raise HTTPException(404)
    headers = {"Content-Disposition": f'attachment; filename="coupons.{suffix}"', "Cache-Control": "no-store"}
    return Response(content, media_type=TYPES.get(suffix, "text/html; charset=utf-8"), headers=headers)
