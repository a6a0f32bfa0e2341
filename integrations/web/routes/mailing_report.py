"""What a mailing came to, on one page; as a file; and once more to those who did not open it."""

from fastapi import HTTPException, Request, Response

from integrations.web.access import Id, Routes, once_of, visitor_of
from integrations.web.composing.inbox import readable
from integrations.web.premises import premises
from integrations.web.screen import after, show
from models.people import Permission

PATH = "/staff/mailings/{id}/report"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

routes = Routes()


@routes.get(PATH, Permission.READ_REPORTS)
def report(request: Request, id: Id) -> Response:
    found = premises(request).verbs.mailing_report(id)
    if found is None:
        raise HTTPException(404)
    return show(request, "mailing_report.html", found=found, readable=readable)


@routes.get("/staff/mailings/{id}/report.xlsx", Permission.READ_REPORTS)
def file(request: Request, id: Id) -> Response:
    content = premises(request).verbs.mailing_report_file(id)
    if content is None:
        raise HTTPException(404)
    headers = {"Content-Disposition": f'attachment; filename="mailing-{id}.xlsx"', "Cache-Control": "no-store"}
    return Response(content, media_type=XLSX, headers=headers)


@routes.post(PATH, Permission.CUSTOMERS)
def once_more(request: Request, id: Id) -> Response:
    """Begin a draft of it for those who did not open it."""
    verbs = premises(request).verbs
    return after(request, PATH.format(id=id), *verbs.order_non_openers(id, visitor_of(request), once_of(request)))
