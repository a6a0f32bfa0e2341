"""The calendar of occasions, and the draft of a piece, of an occasion or of nothing but a brief."""

from typing import Any

from fastapi import HTTPException, Request, Response

from integrations.web.access import Routes, form_of, inside, once_of, said, visitor_of
from integrations.web.premises import premises
from integrations.web.screen import after, show
from integrations.web.written import month_written
from models.desk.campaigns import Answered
from models.desk.occasions import DraftForm
from models.people import Permission

CALENDAR, DRAFT = "/staff/occasions", "/staff/draft"
NEW = ("title", "on", "topic", "link")
LISTS = ("facts", "products", "steps")
TEXTS = ("purpose", "title", "offer", "call_to_action", "place", "starts", "deadline", "link", "on", "at", "group",
         "goal", "author", "occasion")  # fmt: skip
LONG = 5000
WRONG = 422

routes = Routes()


@routes.get(CALENDAR, Permission.READ_PLAN)
def occasions(request: Request, month: str = "", add: bool = False) -> Response:
    """The occasions of a month, by their days."""
    return _calendar(request, month, {} if add else None)


@routes.post(CALENDAR, Permission.EDIT)
def add_occasion(request: Request) -> Response:
    """One that a person knows of."""
    typed: dict[str, Any] = {name: said(request, name, 500) for name in NEW}
    importance = said(request, "importance", 1)
    fields = typed | {"what": "add", "importance": int(importance) if importance in ("1", "2", "3") else 2}
    answered = premises(request).verbs.correct_occasions(fields, visitor_of(request), once_of(request))
    if answered.refused:
        return _calendar(request, typed["on"][:7], fields, answered, WRONG)
    return after(request, f"{CALENDAR}?month={typed['on'][:7]}", *answered.said)


@routes.post(CALENDAR + "/{key}/aside", Permission.EDIT)
def put_aside(request: Request, key: str) -> Response:
    """It is not for us, for this reason."""
    return _corrected(request, {"what": "set aside", "occasion": key, "reason": said(request, "reason", 300)})


@routes.post(CALENDAR + "/{key}/back", Permission.EDIT)
def bring_back(request: Request, key: str) -> Response:
    return _corrected(request, {"what": "bring back", "occasion": key})


def _corrected(request: Request, fields: dict[str, Any]) -> Response:
    answered = premises(request).verbs.correct_occasions(fields, visitor_of(request), once_of(request))
    return after(request, inside(said(request, "next"), CALENDAR), *answered.said)


def _calendar(
    request: Request, month: str, form: dict[str, Any] | None, answered: Answered | None = None, status: int = 200
) -> Response:
    verbs = premises(request).verbs
    found = verbs.occasions(month_written(month) or verbs.today())
    return show(request, "occasions.html", status, found=found, form=form, answered=answered)


@routes.get(DRAFT, Permission.EDIT)
def draft(request: Request, occasion: str = "") -> Response:
    """A brief to fill in; of an occasion, where one is named."""
    form = premises(request).verbs.draft(occasion[:100])
    if occasion and form.occasion is None:
        raise HTTPException(404)
    fields = {"author": visitor_of(request).key} | dict(form.fields)
    return show(request, "draft.html", form=form.model_copy(update={"fields": fields}), answered=None)


@routes.post(DRAFT, Permission.EDIT)
def write_draft(request: Request) -> Response:
    """Write the draft into the plan, and go on to its piece."""
    verbs, typed = premises(request).verbs, {name: said(request, name, LONG) for name in (*TEXTS, *LISTS)}
    chosen = [str(one)[:100] for one in form_of(request).getlist("channels")]
    lists = {name: [line.strip() for line in typed[name].splitlines() if line.strip()] for name in LISTS}
    answered = verbs.write_draft({**typed, **lists, "channels": chosen}, visitor_of(request), once_of(request))
    if answered.refused:
        form: DraftForm = verbs.draft(typed["occasion"])
        filled = form.model_copy(update={"fields": typed, "chosen": tuple(chosen)})
        return show(request, "draft.html", WRONG, form=filled, answered=answered)
    return after(request, f"/staff/piece/{answered.about}" if answered.about else CALENDAR, *answered.said)
