"""Campaigns, goals and funds: what is planned beside what came of it; the head adds and changes them here."""

from collections.abc import Mapping
from typing import Any

from fastapi import HTTPException, Request, Response

from integrations.web.access import Routes, once_of, said, visitor_of
from integrations.web.premises import premises
from integrations.web.screen import after, show
from models.desk.campaigns import STAGE_OF_ONE, STAGE_TITLES, Answered, Filled
from models.people import Permission
from models.planning import NOTHING

CAMPAIGNS, GOALS = "/staff/campaigns", "/staff/goals"
FIELDS = {
    "campaign": ("key", "title", "starts_on", "ends_on", "budget", "goal"),
    "goal": ("key", "title", "metric", "target", "starts_on", "ends_on"),
    "fund": ("key", "title", "budget"),
}
WRONG = 422

routes = Routes()


@routes.get(CAMPAIGNS, Permission.READ_PLAN)
def campaigns(request: Request, all: bool = False, change: str = "") -> Response:
    """Campaigns by where they are in their days."""
    form = premises(request).verbs.planned("campaign") if change else None
    return _campaigns(request, all, form)


@routes.post(CAMPAIGNS, Permission.PLAN)
def add_campaign(request: Request) -> Response:
    answered, form = _ordered(request, "campaign", "")
    if answered.refused:
        return _campaigns(request, False, form, answered, WRONG)
    return after(request, CAMPAIGNS, *answered.said)


def _campaigns(
    request: Request, everything: bool, form: Filled | None, answered: Answered | None = None, status: int = 200
) -> Response:
    found = premises(request).verbs.campaigns(everything)
    return show(
        request, "campaigns.html", status, found=found, everything=everything, form=form, answered=answered,
        stages=STAGE_TITLES,
    )  # fmt: skip


@routes.get(CAMPAIGNS + "/{key}", Permission.READ_PLAN)
def campaign(request: Request, key: str, change: bool = False) -> Response:
    """One campaign: pieces, money, results, what happened."""
    return _campaign(request, key, premises(request).verbs.planned("campaign", key) if change else None)


@routes.post(CAMPAIGNS + "/{key}", Permission.PLAN)
def change_campaign(request: Request, key: str) -> Response:
    answered, form = _ordered(request, "campaign", key)
    if answered.refused:
        return _campaign(request, key, form, answered, WRONG)
    return after(request, f"{CAMPAIGNS}/{key}", *answered.said)


def _campaign(
    request: Request, key: str, form: Filled | None, answered: Answered | None = None, status: int = 200
) -> Response:
    found = premises(request).verbs.campaign(key)
    if found is None:
        raise HTTPException(404)
    return show(
        request, "campaign.html", status, found=found, form=form, answered=answered, stages_of_one=STAGE_OF_ONE, key=key
    )


@routes.get(GOALS, Permission.READ_PLAN)
def goals(request: Request, all: bool = False, goal: str | None = None, fund: str | None = None) -> Response:
    """Goals with plan against fact, and the year's funds; `goal` or `fund` opens the form of one, "" of a new one."""
    kind, key = ("goal", goal) if goal is not None else ("fund", fund)
    form = premises(request).verbs.planned(kind, key) if key is not None else None
    return _goals(request, kind, key or "", form, everything=all)


@routes.post(GOALS, Permission.PLAN)
def add_goal(request: Request) -> Response:
    return _planned(request, "goal", "")


@routes.post(GOALS + "/{key}", Permission.PLAN)
def change_goal(request: Request, key: str) -> Response:
    return _planned(request, "goal", key)


@routes.post("/staff/funds", Permission.PLAN)
def add_fund(request: Request) -> Response:
    return _planned(request, "fund", "")


@routes.post("/staff/funds/{key}", Permission.PLAN)
def change_fund(request: Request, key: str) -> Response:
    return _planned(request, "fund", key)


def _planned(request: Request, kind: str, key: str) -> Response:
    answered, form = _ordered(request, kind, key)
    if answered.refused:
        return _goals(request, kind, key, form, answered, WRONG)
    return after(request, GOALS, *answered.said)


def _goals(
    request: Request, kind: str, key: str, form: Filled | None, answered: Answered | None = None, status: int = 200,
    everything: bool = False,
) -> Response:  # fmt: skip
    return show(
        request, "goals.html", status, found=premises(request).verbs.goals(everything), kind=kind, key=key, form=form,
        answered=answered, everything=everything, stages=STAGE_TITLES,
    )  # fmt: skip


def _ordered(request: Request, kind: str, key: str) -> tuple[Answered, Filled | None]:
    """Carry it out; where it was refused, the form comes back as it was filled in."""
    verbs, typed = premises(request).verbs, {name: said(request, name, 300) for name in FIELDS[kind]}
    answered = verbs.plan(
        kind, key, _meant(typed, bool(key)), visitor_of(request), once_of(request), said(request, "former", 80)
    )
    blank = verbs.planned(kind, key) if answered.refused else None
    return answered, blank.model_copy(update={"fields": typed}) if blank else None


def _meant(typed: Mapping[str, str], is_change: bool) -> dict[str, Any]:
    """On a page that shows what stands, an emptied field means that nothing shall stand there."""
    if not is_change:
        return dict(typed)
    emptied = {"budget": "0", "goal": NOTHING}
    return {name: value or emptied.get(name, "") for name, value in typed.items()}
