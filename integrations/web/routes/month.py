"""The month's page for the director, the head's conclusion on it, and the list of reports."""

from datetime import date

from fastapi import HTTPException, Request, Response

from integrations.folder import Folder
from integrations.web.access import Routes, once_of, said, visitor_of
from integrations.web.premises import premises
from integrations.web.report_list import Listed, language_of, listed
from integrations.web.routes.files import REPORT_TYPES
from integrations.web.screen import after, show
from integrations.web.written import month_written
from models.desk.campaigns import Answered
from models.locale import mark
from models.people import Permission
from models.reason import because

MONTH, REPORTS = "/staff/month", "/reports"
LONGEST, SHOWN, HEAD = 1500, 60, 200
WRONG = 422
TOO_LONG = mark("The conclusion has {number} characters; {longest} fit on the page. Shorten it: it is not kept yet.")
HANDED_ON = mark("The report is being made: look here again in a minute. The head is told when it is ready.")

routes = Routes()


@routes.get(MONTH, Permission.READ_REPORTS)
def month(request: Request, month: str = "") -> Response:
    """One page: money, plan against fact, best and worst, what went wrong, what the head concludes."""
    day = month_written(month)
    if month and day is None:
        raise HTTPException(404)
    return _month(request, day)


@routes.post(MONTH, Permission.PLAN)
def conclude(request: Request) -> Response:
    """Keep the head's words; what somebody else wrote meanwhile is shown beside them."""
    day = month_written(said(request, "month"))
    if day is None:
        raise HTTPException(404)
    text = said(request, "text", 20_000).replace("\r\n", "\n")
    if len(text) > LONGEST:
        told = because(TOO_LONG, code="too_long", number=len(text), longest=LONGEST)
        return _month(request, day, text, Answered(said=(told,), refused=True), WRONG)
    seen = said(request, "follows", 10)
    follows = int(seen) if seen.isascii() and seen.isdecimal() else -1
    answered = premises(request).verbs.conclude(day, text, follows, visitor_of(request), once_of(request))
    if answered.refused:
        return _month(request, day, text, answered, WRONG)
    return after(request, f"{MONTH}?month={day:%Y-%m}", *answered.said)


def _month(
    request: Request, day: date | None, text: str | None = None, answered: Answered | None = None, status: int = 200
) -> Response:
    found = premises(request).verbs.month(day)
    return show(request, "month.html", status, found=found, text=text, answered=answered, longest=LONGEST)


@routes.get(REPORTS, Permission.READ_REPORTS)
def reports(request: Request, all: bool = False) -> Response:
    """The reports there are, the newest first; and how far those are that were ordered."""
    root = premises(request).settings.reports
    found, others = listed(Folder(root).names("", REPORT_TYPES))
    shown = [_spoken(request, one) for one in (found if all else found[:SHOWN])]
    return show(
        request, "reports.html", reports=shown, older=len(found) - len(shown), others=others,
        makings=premises(request).verbs.makings(),
    )  # fmt: skip


def _spoken(request: Request, report: Listed) -> Listed:
    """With the language that its page is written in."""
    if "html" not in report.files:
        return report
    with (premises(request).settings.reports / report.files["html"]).open("rb") as page:
        return report.model_copy(update={"language": language_of(page.read(HEAD))})


@routes.post(REPORTS, Permission.READ_REPORTS)
def make(request: Request) -> Response:
    """Order a report: its run makes it."""
    kind, on = said(request, "kind", 10), said(request, "month", 10)
    if kind not in ("week", "month"):
        raise HTTPException(404)
    day = month_written(on)
    wanted = day.isoformat() if kind == "month" and day else ""
    premises(request).verbs.make_report(kind, wanted, visitor_of(request), once_of(request))
    return after(request, REPORTS, because(HANDED_ON, code="done"))
