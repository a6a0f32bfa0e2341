"""What an offer's coupons came to, on one page, as a workbook and on paper."""

from collections.abc import Mapping

from fastapi import HTTPException, Request, Response

from integrations.web.access import Routes
from integrations.web.premises import premises
from integrations.web.screen import show
from models.people import Permission
from models.reason import NO_REASON, Reason

PATH = "/staff/offers/{key}/analysis"
BEFORE = "/staff/offers/{key}/before"
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
COSTS = ("handling", "each_issued", "fixed", "partner")
LONGEST = 40

routes = Routes()


@routes.get(PATH, Permission.READ_REPORTS)
def page(request: Request, key: str) -> Response:
    """With the costs beside the discount that stand in the address: nothing is kept of them."""
    costs, objection = _costs(request), NO_REASON
    analyse = premises(request).verbs.coupon_analysis
    found = analyse(key, costs)
    if isinstance(found, Reason):
        objection, found = found, analyse(key, {})
    if found is None or isinstance(found, Reason):
        raise HTTPException(404)
    card = None if found.boxes else premises(request).verbs.coupon_before(key)
    return show(request, "coupon_analysis.html", found=found, costs=costs, objection=objection, card=card,
                query=f"?{request.url.query}" if any(costs.values()) and not objection else "")  # fmt: skip


@routes.get(BEFORE, Permission.READ_PLAN)
def before(request: Request, key: str) -> Response:
    """What is known before the launch: a card, which the offers' own pages show too."""
    found = premises(request).verbs.coupon_before(key)
    if found is None:
        raise HTTPException(404)
    return show(request, "coupon_before.html", found=found)


def _costs(request: Request) -> Mapping[str, str]:
    return {name: request.query_params.get(name, "")[:LONGEST] for name in COSTS}


@routes.get(PATH + ".xlsx", Permission.READ_REPORTS)
def workbook(request: Request, key: str) -> Response:
    return _file(request, key, "xlsx")


@routes.get(PATH + ".pdf", Permission.READ_REPORTS)
def paper(request: Request, key: str) -> Response:
    return _file(request, key, "pdf")


def _file(request: Request, key: str, suffix: str) -> Response:
    content = premises(request).verbs.coupon_analysis_file(key, _costs(request), suffix)
    if content is None:
        raise HTTPException(404)
    headers = {"Content-Disposition": f'attachment; filename="coupons.{suffix}"', "Cache-Control": "no-store"}
    return Response(content, media_type=TYPES[suffix], headers=headers)
