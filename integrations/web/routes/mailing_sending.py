"""Before a mailing goes: to whom and when, what the check has found, a try on colleagues, the approval."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from fastapi import HTTPException, Request, Response

from integrations.web.access import Id, Routes, form_of, once_of, said, visitor_of
from integrations.web.composing.fields import COUPON, KINDS
from integrations.web.composing.summing_up import blocks_by_id, shares_of, shares_said, summed_up
from integrations.web.premises import premises
from integrations.web.routes.mailing_letter import FRAMING_POLICY
from integrations.web.routes.mailings import PATH, TITLES, desk, found_mailing
from integrations.web.screen import after, show
from models.customers import KIND_TITLES
from models.desk.customers import reach_of
from models.desk.drop import REACH_TITLES
from models.desk.mailings import MailingPage
from models.locale import mark
from models.mailing_orders import (
    APPROVE,
    RETURN,
    AskMailingForm,
    DecideMailingForm,
    SetUpMailingForm,
    TestMailingForm,
)
from models.people import Permission
from models.reason import Reason, because
from models.trial import BY_TITLES, HOURS_MOST, USUAL_HOURS, by_of

USUAL_NUMBERS = {"cap_number": "0", "cap_days": "7", "after_hours": "0"}
TICKS = ("by_recipient", "resend_unknown", "public")
LINES = (
    "account", "cascade", "offer", "date", "time", "hours", "cap_number", "cap_days", "judged_by", "after_hours",
    "otherwise",
)  # fmt: skip
NO_DECISION = mark("Say whether you approve it. Nothing has been decided.")
NO_WHY = mark("Say what to mend: the author reads it. Nothing has been decided.")
NOBODY = mark("Choose at least one colleague. Nothing has been sent.")
NO_NUMBER = mark("“{said}” is not a number of days, hours or letters. Nothing has been changed.")
TOO_LATE = mark(
    "Nobody waits {said} hours for the better variant. Judge them after {most} at most. Nothing has been changed."
)
NO_CUSTOMER = mark("“{said}” is not a number of a customer. Nothing has been sent.")
SEVERITIES = {
    "stops": mark("It does not go out so"), "warns": mark("Look at it, then decide"), "notes": mark("Good to know"),
}  # fmt: skip

routes = Routes()


@routes.get(PATH + "/{id}/recipients", Permission.READ_PLAN)
def recipients(request: Request, id: Id) -> Response:
    """To whom and when."""
    page = found_mailing(request, id)
    return _recipients(request, page, as_typed(page.set_up, page.line.at))


@routes.post(PATH + "/{id}/recipients", Permission.CUSTOMERS)
def set_up(request: Request, id: Id) -> Response:
    page, typed = found_mailing(request, id), _typed(request)
    if said(request, "do") == "off-archive":
        return _off_the_archive(request, page)
    numbers = {name: typed[name] or usual for name, usual in USUAL_NUMBERS.items()}
    wrong = [text for text in numbers.values() if not (text.isascii() and text.isdecimal() and len(text) < 5)]
    if wrong:
        return _recipients(request, page, typed, (because(NO_NUMBER, code="number", said=wrong[0]),), 422)
    if int(numbers["after_hours"]) > HOURS_MOST:
        late = because(TOO_LATE, code="too_late", said=numbers["after_hours"], most=HOURS_MOST)
        return _recipients(request, page, typed, (late,), 422)
    lines = {name: typed[name] for name in ("account", "cascade", "offer", "hours")}
    form = SetUpMailingForm(
        mailing=id, include=", ".join(typed["include"]), exclude=", ".join(typed["exclude"]), **lines,
        at=f"{typed['date']} {typed['time']}".strip(), by_recipient=typed["by_recipient"],
        shares=shares_said(typed["shares"]), cap_number=min(int(numbers["cap_number"]), 100),
        cap_days=min(max(int(numbers["cap_days"]), 1), 365), resend_unknown=typed["resend_unknown"],
        public=typed["public"], judged_by=BY_TITLES[by_of(typed["judged_by"])],
        after_hours=int(numbers["after_hours"]), otherwise=typed["otherwise"], person="",
    )  # fmt: skip
    told = desk(request).set_up_mailing(visitor_of(request), once_of(request), form)
    if not any(one.code == "done" for one in told):
        return _recipients(request, page, typed, told, 422)
    return after(request, f"{PATH}/{id}/recipients", *told)


def _off_the_archive(request: Request, page: MailingPage) -> Response:
    """What has gone is no longer shown to everybody; all else stays as it is kept."""
    form = SetUpMailingForm.model_validate({**page.set_up, "mailing": page.line.id, "public": False, "person": ""})
    told = desk(request).set_up_mailing(visitor_of(request), once_of(request), form)
    return after(request, f"{PATH}/{page.line.id}/recipients", *told)


def _typed(request: Request) -> dict[str, Any]:
    form = form_of(request)
    several = {name: [one for one in form.getlist(name) if isinstance(one, str)] for name in ("include", "exclude")}
    ticks = {name: bool(said(request, name)) for name in TICKS}
    shares = {name: said(request, f"share-{name}", 10) for name in "ABC" if said(request, f"share-{name}", 10)}
    return {name: said(request, name, 200) for name in LINES} | several | ticks | {"shares": shares}


def as_typed(kept: Mapping[str, Any], at: Any) -> dict[str, Any]:
    """What is kept, as the form shows it."""
    said_at = str(kept.get("at") or "")
    date, _, time = said_at.replace("T", " ").partition(" ")
    lines = {
        name: str(kept.get(name) or "") for name in ("account", "cascade", "offer", "hours", "judged_by", "otherwise")
    }
    keys = {
        name: [one.strip() for one in str(kept.get(name) or "").split(",") if one.strip()]
        for name in ("include", "exclude")
    }
    return {
        **lines, **keys, "date": date, "time": time[:5], **{name: bool(kept.get(name)) for name in TICKS},
        "cap_number": str(kept.get("cap_number") or 0), "cap_days": str(kept.get("cap_days") or 7),
        "after_hours": str(kept.get("after_hours") or ""), "shares": shares_of(str(kept.get("shares") or "")),
    }  # fmt: skip


def _recipients(
    request: Request, page: MailingPage, typed: Mapping[str, Any], told: Sequence[Reason] = (), status: int = 200
) -> Response:
    return show(request, "mailing_recipients.html", status, page=page, typed=typed, told_here=told,
                site=premises(request).settings.public_url, **_about(page))  # fmt: skip


def _about(page: MailingPage) -> dict[str, Any]:
    counted = {(kind, why): number for kind, whys in page.reach.items() for why, number in whys.items()}
    return {
        "judged": BY_TITLES.values(), "usual_hours": USUAL_HOURS["clicked"], "hours_most": HOURS_MOST,
        "reach": reach_of(counted), "reach_titles": REACH_TITLES, "kind_titles": KIND_TITLES,
        "summary": partial(summed_up, page), "variants": [str(one.get("name")) for one in _variants(page)], **TITLES,
    }  # fmt: skip


def _variants(page: MailingPage) -> list[Mapping[str, Any]]:
    found = page.document.get("variants")
    return list(found) if isinstance(found, list | tuple) else []


@routes.get(PATH + "/{id}/check", Permission.READ_PLAN)
def check(request: Request, id: Id) -> Response:
    """What the check has found, what stops it first; and a try on colleagues."""
    return _check(request, found_mailing(request, id), {"to": [], "view-customer": "", "variant": "A"})


@routes.post(PATH + "/{id}/check", Permission.CUSTOMERS)
def test(request: Request, id: Id) -> Response:
    """Send a test to colleagues."""
    page = found_mailing(request, id)
    to = [one for one in form_of(request).getlist("colleague") if isinstance(one, str)]
    customer = said(request, "view-customer", 12)
    typed = {"to": to, "view-customer": customer, "variant": said(request, "variant", 1) or "A"}
    if not to:
        return _check(request, page, typed, (because(NOBODY, code="nobody"),), 422)
    if customer and not (customer.isascii() and customer.isdecimal() and len(customer) < 10):
        return _check(request, page, typed, (because(NO_CUSTOMER, code="customer", said=customer),), 422)
    form = TestMailingForm(
        mailing=id, to=", ".join(to), customer=int(customer or 0), variant=str(typed["variant"]), person=""
    )  # fmt: skip
    told = desk(request).test_mailing(visitor_of(request), once_of(request), form)
    if not any(one.code == "done" for one in told):
        return _check(request, page, typed, told, 422)
    return after(request, f"{PATH}/{id}/check", *told)


def _check(
    request: Request, page: MailingPage, typed: Mapping[str, Any], told: Sequence[Reason] = (), status: int = 200
) -> Response:
    by_severity = {severity: [one for one in page.findings if one.severity == severity] for severity in SEVERITIES}
    return show(
        request, "mailing_check.html", status, page=page, typed=typed, told_here=told, by_severity=by_severity,
        severities=SEVERITIES, blocks=blocks_by_id(page.document), kinds=KINDS, has_coupons=page.choices.knows(COUPON),
        **_about(page),
    )  # fmt: skip


@routes.get(PATH + "/{id}/approval", Permission.READ_PLAN)
def approval(request: Request, id: Id) -> Response:
    """The whole mailing on one page, for whoever approves it."""
    return _approval(request, found_mailing(request, id))


@routes.post(PATH + "/{id}/ask", Permission.CUSTOMERS)
def ask(request: Request, id: Id) -> Response:
    """Ask whoever approves."""
    found_mailing(request, id)
    told = desk(request).ask_mailing(
        visitor_of(request), once_of(request), AskMailingForm(mailing=id, reason=said(request, "why", 500), person="")
    )
    return after(request, f"{PATH}/{id}/approval", *told)


@routes.post(PATH + "/{id}/decide", Permission.APPROVE)
def decide(request: Request, id: Id) -> Response:
    """Approve it as it was looked at, or send it back with a reason."""
    page, why, do = found_mailing(request, id), said(request, "why", 1000), said(request, "do")
    decision = {"approve": APPROVE, "return": RETURN}.get(do)
    if decision is None:
        return _approval(request, page, why, (because(NO_DECISION, code="no_decision"),), 422)
    if decision == RETURN and not why:
        return _approval(request, page, why, (because(NO_WHY, code="no_why"),), 422)
    form = DecideMailingForm(
        mailing=id, decision=decision, version=said(request, "version", 100), reason=why, person=""
    )  # fmt: skip
    told = desk(request).decide_mailing(visitor_of(request), once_of(request), form)
    if not any(one.code == "done" for one in told):
        return _approval(request, found_mailing(request, id), why, told, 409)
    return after(request, f"{PATH}/{id}", *told)


def _approval(
    request: Request, page: MailingPage, why: str = "", told: Sequence[Reason] = (), status: int = 200
) -> Response:
    if not _variants(page):
        raise HTTPException(404)
    looks = {
        name: desk(request).mailing_preview(page.line.id, name, 0, "")
        for name in (str(one.get("name")) for one in _variants(page))
    }
    response = show(
        request, "mailing_approval.html", status, page=page, why=why, told_here=told, looks=looks,
        severities=SEVERITIES, blocks=blocks_by_id(page.document), kinds=KINDS, typed=as_typed(page.set_up, None),
        site=premises(request).settings.public_url, **_about(page),
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = FRAMING_POLICY
    return response
