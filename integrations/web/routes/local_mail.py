"""The mail of this machine, for whoever may see customers: letters of local mailers, opened, answered, sent back."""

import re
from urllib.parse import urlsplit

from fastapi import HTTPException, Request, Response

from integrations.web.access import Id, Routes, once_of, said, visitor_of
from integrations.web.composing.inbox import readable
from integrations.web.premises import premises
from integrations.web.routes.letters import LETTER_POLICY, unsubscribe_at_once
from integrations.web.routes.mailing_letter import FRAMING_POLICY
from integrations.web.screen import after, show
from models.desk.local_mail import CAME_TITLES, WORDS_MOST, Back, LocalLetter, Opened
from models.desk.mailings import LETTER_TITLES
from models.letters import Happening
from models.locale import mark
from models.people import Permission
from models.reason import Reason, because

PATH = "/mailbox/mailings"
TESTS = PATH + "/tests"
ASKED_MOST = 200
NO_ONE_CLICK = mark("This letter has no address for one click: there is nothing to unsubscribe from.")
UNSUBSCRIBED = mark("Unsubscribed by one click. The consent to this address is withdrawn from this minute.")
NOT_OURS = mark("The address in the letter's header is not one of this house: nothing has been changed.")
NOT_CHOSEN = mark("Choose what comes back. Nothing was sent.")
READ_SOON = mark("It lies in the folder of returns, and is read within five minutes; or press “Read what came back”.")
TONES = {
    Happening.BOUNCED: "bad", Happening.COMPLAINED: "bad", Happening.REJECTED: "bad", Happening.UNSUBSCRIBED: "warn",
    Happening.OPENED: "good", Happening.CLICKED: "good", Happening.REPLIED: "good",
}  # fmt: skip
HEAD = re.compile(r"<head\b[^>]*>", re.I)
ELSEWHERE = '<base target="_blank">'  # a link of the letter opens beside the desk, never in it

routes = Routes()


@routes.get(PATH, Permission.CUSTOMERS)
def letters(request: Request, mailing: int = 0, customer: int = 0, page: int = 1) -> Response:
    """The letters that local mailers put down, the newest first."""
    found = premises(request).verbs.local_mail(_number(mailing), _number(customer), _number(page) or 1)
    return show(
        request, "local_mail.html", page=found, letter_titles=LETTER_TITLES, came_titles=CAME_TITLES, tones=TONES,
        readable=readable, query=_query(found.mailing, found.customer),
    )  # fmt: skip


@routes.post(PATH, Permission.CUSTOMERS)
def find(request: Request) -> Response:
    """Look for letters. As a form: in an address of a page, an e-mail would stand in the logs of all who pass it on."""
    chosen, typed, customer = said(request, "mailing", 9), said(request, "q", ASKED_MOST), 0
    mailing = int(chosen) if chosen.isascii() and chosen.isdecimal() else 0
    if typed:
        found = premises(request).verbs.local_mail_customer(typed)
        if isinstance(found, Reason):
            return after(request, PATH + _query(mailing, 0), found)
        customer = found
    return after(request, PATH + _query(mailing, customer))


def _query(mailing: int, customer: int) -> str:
    given = [f"{name}={number}" for name, number in (("mailing", mailing), ("customer", customer)) if number]
    return f"?{'&'.join(given)}" if given else ""


def _number(given: int) -> int:
    return given if 0 < given < 10**9 else 0


@routes.post(PATH + "/read", Permission.CUSTOMERS)
def read_now(request: Request) -> Response:
    """Read what came back, without waiting for its hour."""
    told = premises(request).verbs.read_returns_now(visitor_of(request), once_of(request))
    letter = said(request, "letter", 18)
    return after(request, f"{PATH}/{letter}" if letter.isascii() and letter.isdecimal() else PATH, *told)


@routes.get(PATH + "/{id}", Permission.CUSTOMERS)
def letter(request: Request, id: Id) -> Response:
    """A letter as it lies in its file, and what came back."""
    found = premises(request).verbs.local_letter(id)
    status = 404 if isinstance(found, Reason) else 200
    response = show(
        request, "local_letter.html", status, one=None if isinstance(found, Reason) else found,
        absent=found if isinstance(found, Reason) else None, letter_titles=LETTER_TITLES, came_titles=CAME_TITLES,
        tones=TONES, readable=readable, most=WORDS_MOST,
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = FRAMING_POLICY
    return response


def _found(request: Request, id: int) -> LocalLetter:
    found = premises(request).verbs.local_letter(id)
    if isinstance(found, Reason):
        raise HTTPException(404)
    return found


@routes.get(PATH + "/{id}/page", Permission.CUSTOMERS)
def page(request: Request, id: Id) -> Response:
    """The letter's own page, for the frame: it shows itself and leads away, and can do nothing else."""
    return _framed(request, _found(request, id).opened)


def _framed(request: Request, opened: Opened | None) -> Response:
    if opened is None or not opened.html:
        raise HTTPException(404)
    html = opened.html
    head = HEAD.search(html)
    place = head.end() if head else 0
    headers = {
        "Content-Security-Policy": _policy(premises(request).settings.public_url), "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "no-referrer",
    }  # fmt: skip
    framed = html[:place] + ELSEWHERE + html[place:]
    return Response(framed, media_type="text/html; charset=utf-8", headers=headers)


def _policy(public_url: str) -> str:
    """That of any letter's page, but in a frame of ours; its pictures come from where the house's own pages stand."""
    parts = urlsplit(public_url)
    site = f"img-src 'self' {parts.scheme}://{parts.netloc} " if parts.netloc else "img-src 'self' "
    framed = LETTER_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'").replace("img-src 'self' ", site)
    return framed.replace(" allow-top-navigation-by-user-activation", "")


@routes.get(PATH + "/{id}/letter.eml", Permission.CUSTOMERS)
def source(request: Request, id: Id) -> Response:
    """The file itself, for a mail program."""
    return _eml(premises(request).verbs.local_letter_file(id), f"letter-{id}.eml")


def _eml(raw: bytes | Reason, name: str) -> Response:
    if isinstance(raw, Reason):
        raise HTTPException(404)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(raw, media_type="message/rfc822", headers=headers)


@routes.get(TESTS + "/{id}", Permission.CUSTOMERS)
def test(request: Request, id: Id) -> Response:
    """A test letter to a colleague: its links lead on, and nothing of it is counted."""
    found = premises(request).verbs.local_test(id)
    absent = found if isinstance(found, Reason) else None
    response = show(request, "local_test.html", 404 if absent else 200, one=None if absent else found, absent=absent)
    response.headers["Content-Security-Policy"] = FRAMING_POLICY
    return response


@routes.get(TESTS + "/{id}/page", Permission.CUSTOMERS)
def test_page(request: Request, id: Id) -> Response:
    found = premises(request).verbs.local_test(id)
    return _framed(request, None if isinstance(found, Reason) else found.opened)


@routes.get(TESTS + "/{id}/letter.eml", Permission.CUSTOMERS)
def test_source(request: Request, id: Id) -> Response:
    return _eml(premises(request).verbs.local_test_file(id), f"test-{id}.eml")


@routes.post(PATH + "/{id}/unsubscribe", Permission.CUSTOMERS)
def unsubscribe(request: Request, id: Id) -> Response:
    """What a mail program's button does (RFC 8058): the address of the header, with its one click.

    The ledger says who pressed it: a consent that the recipient did not take back themselves is nobody's word but ours.
    """
    found = _found(request, id)
    if found.opened is None or not found.opened.mark:
        return after(request, f"{PATH}/{id}", found.held or because(NO_ONE_CLICK, code="no_one_click"))
    is_done = unsubscribe_at_once(request, found.opened.mark, visitor_of(request).key)
    told = because(UNSUBSCRIBED, code="done") if is_done else because(NOT_OURS, code="not_ours")
    return after(request, f"{PATH}/{id}", told)


@routes.post(PATH + "/{id}/back", Permission.CUSTOMERS)
def back(request: Request, id: Id) -> Response:
    """Let it come back, be complained of, or be answered."""
    wanted = said(request, "do", 10)
    if wanted not in set(Back):
        return after(request, f"{PATH}/{id}", because(NOT_CHOSEN, code="not_chosen"))
    words = said(request, "words", WORDS_MOST)
    told = premises(request).verbs.send_back(id, Back(wanted), once_of(request), words)
    more = [because(READ_SOON, code="note")] if told.code == "done" else []
    return after(request, f"{PATH}/{id}", told, *more)
