"""Subscribing on the own site: the form, the same in a frame of other sites, and the page of the letter that asks.

Nobody learns by it whose address is known: a form that is whole always has the same answer. It needs no script and no
cookie. What shows that it was sent from a page of ours is the moment at which that was shown, signed; a form that other
sites have of their own brings an address and no more, and the page with the words comes in answer to it.
"""

from fastapi import HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from itsdangerous import BadSignature, Signer

from integrations.web.access import Routes, from_our_page, reader_language, said
from integrations.web.headers import FRAME, FRAME_POLICY
from integrations.web.premises import premises
from integrations.web.screen import show
from models.consent_texts import origin_of
from models.locale import mark
from models.people import Permission
from models.reason import Reason, because
from models.subscriptions import Answered, Asking, Offer, Taken

PATH, THANKS = "/subscribe", "/thanks"
TOO_QUICK, TOO_OLD = 2, 12 * 3600  # seconds: no person is so fast; texts may be others by then
FORMS_A_MINUTE, PRESSES_A_MINUTE, WRONG_A_MINUTE = 10, 20, 60
TRAP = "website"  # nobody sees this field, so whoever fills it in is no person
EMAIL_MOST, WORDING_MOST = 300, 120
NOT_TICKED = mark("Tick both: without the one we may not keep your address, without the other we may not write to it.")
NO_EMAIL = mark("Write your e-mail address, for example name@example.com.")
CHANGED = mark("The words have changed meanwhile, or the page is too old. Read them, tick, and send once more.")
ONCE_MORE = mark("That was very quick. Look whether everything is right, and send once more.")
FOREIGN = mark("This site is not among those that may send to our form. Its owner has to name it in company.yaml.")

routes = Routes()


@routes.get(PATH, Permission.PUBLIC)
def form_page(request: Request) -> Response:
    """The form with both consents, neither ticked."""
    return _form(request, framed=False)


@routes.post(PATH, Permission.PUBLIC, by_link=True)
def subscribe(request: Request) -> Response:
    return _taken(request, framed=False)


@routes.get(PATH + THANKS, Permission.PUBLIC)
def thanks(request: Request) -> Response:
    return _show(request, "subscribe_thanks.html", framed=False)


@routes.get(FRAME, Permission.PUBLIC)
def framed_form(request: Request) -> Response:
    """The same form in a frame of the sites that company.yaml names."""
    return _form(request, framed=True)


@routes.post(FRAME, Permission.PUBLIC, by_link=True)
def framed_subscribe(request: Request) -> Response:
    return _taken(request, framed=True)


@routes.get(FRAME + THANKS, Permission.PUBLIC)
def framed_thanks(request: Request) -> Response:
    return _show(request, "subscribe_thanks.html", framed=True)


@routes.get(PATH + "/text/{purpose}", Permission.PUBLIC)
def document(request: Request, purpose: str) -> Response:
    """What somebody agrees to by a tick: a document of its own (152-FZ, since 2025-09-01)."""
    here = premises(request)
    wording = here.verbs.subscription_wording(purpose, reader_language(request, here.verbs.face()))
    if wording is None:
        raise HTTPException(404)
    return show(request, "subscribe_text.html", wording=wording)


@routes.get("/s/{key}", Permission.PUBLIC)
def confirm_page(request: Request, key: str) -> Response:
    """A page with one button; opening it confirms nothing, for scanners follow every link."""
    return _answered(request, key, premises(request).verbs.subscription_standing(key))


@routes.post("/s/{key}", Permission.PUBLIC, by_link=True)
def confirm(request: Request, key: str) -> Response:
    """The button: whoever holds the letter owns the address."""
    if not premises(request).paces.may("confirm", key.lower(), PRESSES_A_MINUTE):
        return _too_often(request)
    answered = premises(request).verbs.confirm_subscription(key)
    return RedirectResponse(f"/s/{key}", 303) if answered else _answered(request, key, answered)


def _answered(request: Request, key: str, answered: Answered | None) -> Response:
    if answered is None:
        if not premises(request).paces.may("wrong", _here(request), WRONG_A_MINUTE):
            return _too_often(request)
        return show(request, "letters_wrong.html", 404, is_too_often=False)
    status = 410 if answered is Answered.TOO_LATE else 200
    return show(request, "subscribe_confirm.html", status, key=key, answered=answered.value)


def _taken(request: Request, framed: bool) -> Response:
    offer = _offer(request)
    if said(request, TRAP, EMAIL_MOST):
        return _thanked(framed)
    if _is_foreign(request, offer):
        return _form(request, framed, 403, because(FOREIGN, code="foreign"))
    if not said(request, "begun", 100):  # from a form that another site has of its own
        return _form(request, framed)
    if (objection := _objection(request, offer)) is not None:
        return _form(request, framed, 422, objection)
    if not premises(request).paces.may("subscribe", _here(request), FORMS_A_MINUTE):
        return _too_often(request)
    return _ask(request, framed)


def _ask(request: Request, framed: bool) -> Response:
    verbs = premises(request).verbs
    asking = Asking(
        email=said(request, "email", EMAIL_MOST), language=reader_language(request, verbs.face()),
        personal=said(request, "personal", WORDING_MOST), advertising=said(request, "advertising", WORDING_MOST),
        site=_site(request), network=_here(request),
    )  # fmt: skip
    match verbs.subscribe_address(asking):
        case Taken.THANKS:
            return _thanked(framed)
        case Taken.UNREADABLE:
            return _form(request, framed, 422, because(NO_EMAIL, code="email"))
        case Taken.OUTDATED:
            return _form(request, framed, 422, because(CHANGED, code="changed"))
        case _:
            raise HTTPException(404)


def _objection(request: Request, offer: Offer) -> Reason | None:
    age = _age(request)
    seen = (said(request, "personal", WORDING_MOST), said(request, "advertising", WORDING_MOST))
    if age is None or age > TOO_OLD or seen != (offer.personal.id, offer.advertising.id):
        return because(CHANGED, code="changed")
    if not said(request, "email", EMAIL_MOST):
        return because(NO_EMAIL, code="email")
    if not (said(request, "agree-personal") and said(request, "agree-advertising")):
        return because(NOT_TICKED, code="not_ticked")
    return because(ONCE_MORE, code="quick") if age < TOO_QUICK else None


def _form(request: Request, framed: bool, status: int = 200, objection: Reason | None = None) -> Response:
    """The form; ticks and address stay as they were sent, unless the words beside the ticks are others by now."""
    offer, is_sent = _offer(request), request.method == "POST"
    keeps = is_sent and objection is not None and objection.code != "changed"
    ticked = {name for name in ("personal", "advertising") if keeps and said(request, f"agree-{name}")}
    email = said(request, "email", EMAIL_MOST) if is_sent else ""
    return _show(
        request, "subscribe.html", framed, status, offer=offer, objection=objection, ticked=ticked, email=email,
        begun=_begun(request), site=_site(request), trap=TRAP,
        has_letters=bool(premises(request).verbs.archived_letters()),
    )  # fmt: skip


def _show(request: Request, template: str, framed: bool, status: int = 200, **words: object) -> Response:
    offer = _offer(request)
    if framed and not offer.origins:
        raise HTTPException(404)
    response = show(
        request, template, status, layout="subscribe_frame.html" if framed else "letters_base.html",
        target=FRAME if framed else PATH, framed=framed, **words,
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    if framed:
        response.headers["Content-Security-Policy"] = FRAME_POLICY.format(origins=" ".join(offer.origins))
    return response


def _offer(request: Request) -> Offer:
    here = premises(request)
    offer = here.verbs.subscription_offer(reader_language(request, here.verbs.face()))
    if offer is None:
        raise HTTPException(404)
    return offer


def _thanked(framed: bool) -> Response:
    return RedirectResponse((FRAME if framed else PATH) + THANKS, 303)


def _begun(request: Request) -> str:
    """When this page was shown, signed; a form that is shown again was begun when it was first."""
    if request.method == "POST" and _age(request) is not None:
        return said(request, "begun", 100)
    return _signer(request).sign(str(int(premises(request).paces.now().timestamp()))).decode()


def _age(request: Request) -> float | None:
    """How many seconds ago the page of this form was shown; None where it was none of ours."""
    try:
        begun = int(_signer(request).unsign(said(request, "begun", 100)))
    except (BadSignature, ValueError):
        return None
    return premises(request).paces.now().timestamp() - begun


def _signer(request: Request) -> Signer:
    return Signer(premises(request).settings.secret.get_secret_value(), salt="subscribe")


def _is_foreign(request: Request, offer: Offer) -> bool:
    """Whether the browser names a site that is neither ours nor one of those that may show the form."""
    origin = request.headers.get("origin", "null")
    return origin not in ("", "null") and not from_our_page(request) and origin not in offer.origins


def _site(request: Request) -> str:
    """The origin of the site that the form stands on; empty for our own."""
    offer, told = _offer(request), request.headers.get("referer", "")
    named = said(request, "site", 200) if request.method == "POST" else origin_of(told)
    origin = request.headers.get("origin", "") if request.method == "POST" and not from_our_page(request) else named
    return origin if origin in offer.origins else ""


def _here(request: Request) -> str:
    return request.client.host if request.client else ""


def _too_often(request: Request) -> Response:
    response = show(request, "letters_wrong.html", 429, is_too_often=True)
    response.headers["Retry-After"] = "60"
    return response
