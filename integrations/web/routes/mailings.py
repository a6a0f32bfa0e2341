"""Mailings: the list, a new one, one of them with what comes next, and what happens while it goes."""

from collections.abc import Sequence
from typing import Any

from fastapi import HTTPException, Request, Response

from integrations.web.access import Id, Routes, once_of, said, visitor_of
from integrations.web.composing.inbox import readable
from integrations.web.premises import premises
from integrations.web.screen import after, show
from integrations.web.verbs.mailings import MailingVerbs
from models.desk.mailings import LETTER_TITLES, NEEDS_SOMEBODY, STAGE_TITLES, MailingLine, MailingPage
from models.letters import Ground
from models.locale import mark
from models.mailing_orders import (
    AGAIN,
    ARRIVED,
    CANCEL,
    LEAVE,
    PAUSE,
    RESUME,
    MakeMailingForm,
    RunMailingForm,
    UnknownLettersForm,
    WinnerForm,
)
from models.mailings import Stage
from models.people import Permission
from models.reason import Reason, because

PATH = "/staff/mailings"
TITLE_MOST, WHY_MOST = 200, 500
NO_TITLE = mark("Give the mailing a name, so that colleagues find it. Nothing has been made yet.")
NOT_SURE = mark("Tick that you mean it: whoever has not got the letter will not get it. Nothing has been changed.")
NO_WHY = mark("Say why: whoever comes next must understand it. Nothing has been changed.")
NO_SUCH = mark("Choose one of the answers. Nothing has been changed.")
WHAT = {"pause": PAUSE, "resume": RESUME, "cancel": CANCEL}
OUTCOMES = {"arrived": ARRIVED, "again": AGAIN, "leave": LEAVE}
KINDS = {"advertising": "advertising", "service": "service message"}
GROUND_TITLES = {Ground.ADVERTISING: mark("an advertising mailing"), Ground.SERVICE: mark("a service mailing")}
TONES = {
    Stage.ASKED: "warn", Stage.PAUSED: "warn", Stage.SENDING: "good", Stage.APPROVED: "good", Stage.SENT: "good",
    Stage.CANCELLED: "bad",
}  # fmt: skip
TITLES: dict[str, Any] = {
    "stages": STAGE_TITLES, "tones": TONES, "letter_titles": LETTER_TITLES, "grounds": GROUND_TITLES,
    "needs_somebody": NEEDS_SOMEBODY, "Stage": Stage, "readable": readable,
}  # fmt: skip

routes = Routes()


def desk(request: Request) -> MailingVerbs:
    return premises(request).verbs


def found_mailing(request: Request, id: int) -> MailingPage:
    found = desk(request).mailing(id, visitor_of(request))
    if found is None:
        raise HTTPException(404)
    return found


@routes.get(PATH, Permission.READ_PLAN)
def mailings(request: Request) -> Response:
    """All mailings: those that go, or wait for somebody, first."""
    page = desk(request).mailings_page()
    first = [line for line in page.lines if line.stage in NEEDS_SOMEBODY]
    rest = [line for line in page.lines if line.stage not in NEEDS_SOMEBODY]
    return show(request, "mailings.html", page=page, first=first, rest=rest, **TITLES)


@routes.get(PATH + "/new", Permission.CUSTOMERS)
def blank(request: Request, like: int = 0) -> Response:
    begun = f"like:{like}" if like > 0 else ""
    return _blank(request, {"title": "", "kind": "", "begin": begun, "campaign": "", "goal": ""})


@routes.post(PATH + "/new", Permission.CUSTOMERS)
def make(request: Request) -> Response:
    """Begin a mailing, and go on to its letter."""
    names = ("title", "kind", "begin", "campaign", "goal")
    typed = {name: said(request, name, TITLE_MOST) for name in names}
    if not typed["title"]:
        return _blank(request, typed, (because(NO_TITLE, code="no_title"),), 422)
    what, _, which = typed["begin"].partition(":")
    form = MakeMailingForm(
        title=typed["title"], kind="service message" if typed["kind"] == "service" else "advertising",
        starter=which if what == "starter" else "",
        like=int(which) if what == "like" and which.isdecimal() and len(which) < 10 else 0,
        campaign=typed["campaign"], goal=typed["goal"], person="",
    )  # fmt: skip
    told = desk(request).make_mailing(visitor_of(request), once_of(request), form)
    if not any(one.code == "done" for one in told):
        return _blank(request, typed, told, 422)
    made = _newest(desk(request).mailings_page().lines, typed["title"])
    return after(request, f"{PATH}/{made}/letter" if made else PATH, *told)


def _newest(lines: Sequence[MailingLine], title: str) -> int:
    """The mailing that was just made: the last one of this name."""
    return max((line.id for line in lines if line.title == title), default=0)


def _blank(request: Request, typed: dict[str, str], told: Sequence[Reason] = (), status: int = 200) -> Response:
    choices = desk(request).mailing_choices()
    return show(request, "mailing_new.html", status, choices=choices, typed=typed, told_here=told)


@routes.get(PATH + "/{id}", Permission.READ_PLAN)
def mailing(request: Request, id: Id) -> Response:
    """How far a mailing is, and what comes next."""
    return _one(request, found_mailing(request, id))


def _one(
    request: Request, page: MailingPage, typed: dict[str, str] | None = None, told: Sequence[Reason] = (),
    status: int = 200,
) -> Response:  # fmt: skip
    return show(request, "mailing.html", status, page=page, typed=typed or {}, told_here=told, at="", **TITLES)


@routes.get(PATH + "/{id}/progress", Permission.READ_PLAN)
def progress(request: Request, id: Id) -> Response:
    """How far the letters are now: the part of the page that renews itself."""
    return show(request, "mailing_progress.html", page=found_mailing(request, id), **TITLES)


@routes.post(PATH + "/{id}/run", Permission.CUSTOMERS)
def run(request: Request, id: Id) -> Response:
    """Pause the mailing, let it go on, or call it off for whoever has not got it."""
    page, what, why = found_mailing(request, id), said(request, "do"), said(request, "why", WHY_MOST)
    typed = {"do": what, "why": why, "sure": said(request, "sure")}
    if what not in WHAT:
        return _one(request, page, typed, (because(NO_SUCH, code="no_answer"),), 422)
    if what == "cancel" and not why:
        return _one(request, page, typed, (because(NO_WHY, code="no_why"),), 422)
    if what == "cancel" and not typed["sure"]:
        return _one(request, page, typed, (because(NOT_SURE, code="not_sure"),), 422)
    form = RunMailingForm(mailing=id, what=WHAT[what], reason=why, person="")
    return after(request, f"{PATH}/{id}", *desk(request).run_mailing(visitor_of(request), once_of(request), form))


@routes.post(PATH + "/{id}/unknown", Permission.DECIDE_UNKNOWN)
def unknown(request: Request, id: Id) -> Response:
    """Say what became of letters of which nobody knows: of one, or of all of them."""
    page, what, letter = found_mailing(request, id), said(request, "what"), said(request, "letter", 12)
    if what not in OUTCOMES:
        return _one(request, page, told=(because(NO_SUCH, code="no_answer"),), status=422)
    number = int(letter) if letter.isascii() and letter.isdecimal() else 0
    form = UnknownLettersForm(
        mailing=id, what=OUTCOMES[what], letter=number, reason=said(request, "why", WHY_MOST), person=""
    )  # fmt: skip
    told = desk(request).unknown_letters(visitor_of(request), once_of(request), form)
    return after(request, f"{PATH}/{id}#unknown", *told)


@routes.post(PATH + "/{id}/winner", Permission.CUSTOMERS)
def winner(request: Request, id: Id) -> Response:
    """The better variant goes to everybody who waits for it."""
    found_mailing(request, id)
    form = WinnerForm(mailing=id, variant=said(request, "variant", 1), person="")
    return after(request, f"{PATH}/{id}", *desk(request).choose_winner(visitor_of(request), once_of(request), form))
