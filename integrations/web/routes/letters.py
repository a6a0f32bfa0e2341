"""Where letters point to: links, the open pixel, leaving with one press, preferences, the letter as a page.

A mark in the path is the only key there is: whoever holds the letter needs no login, no cookie, and may come from any
mail program. Looking (GET, HEAD) changes nothing but counters: scanners follow every link there is.
"""

from base64 import b64decode

from fastapi import HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from integrations.web.access import Routes, form_of, said
from integrations.web.letter_readers import is_machine_clicking, is_machine_opening
from integrations.web.markup import is_safe
from integrations.web.premises import premises
from integrations.web.robots import is_guess
from integrations.web.screen import show
from models.customers import AddressKind
from models.mail_returns import WHY_TITLES, Preferences, Why
from models.people import Permission

PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
NEVER_KEPT = {"Cache-Control": "no-store, max-age=0", "Pragma": "no-cache", "X-Robots-Tag": "noindex"}
ONE_CLICK = "One-Click"
WORDING = "letter-preferences-1"  # of letters_preferences.html and letters_leave.html: other words, another number
WRONG_A_MINUTE, CHOICES_A_MINUTE = 60, 20
TRAP = 0
# A letter is somebody else's page as far as ours are concerned: it may show itself, and lead away.
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: data:; font-src https: data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox "
    "allow-top-navigation-by-user-activation"
)
SAVED = "saved"

routes = Routes()


@routes.get("/l/{mark}/{link}", Permission.PUBLIC)
def letter_link(request: Request, mark: str, link: str) -> Response:
    """On to where a link of the letter leads: only ever to the address that is stored for it."""
    n, _, version = link.partition(".")
    numbers = [
        int(part) if part.isascii() and part.isdecimal() and len(part) < 7 else -1 for part in (n, version or "0")
    ]
    if min(numbers) < 0 or not premises(request).verbs.knows_mark(mark):
        return _wrong(request)
    is_trap = numbers[0] == TRAP
    url = "/" if is_trap else premises(request).verbs.letter_link(mark, *numbers)
    if url is None or not (is_trap or is_safe(url)):
        return _wrong(request)
    if _is_looking(request):
        premises(request).looks.add(mark.lower(), numbers[0], is_trap or is_machine_clicking(request.headers))
    return RedirectResponse(url, 302, NEVER_KEPT | {"Referrer-Policy": "no-referrer"})


@routes.get("/o/{name}", Permission.PUBLIC)
def pixel(request: Request, name: str) -> Response:
    """The picture of one dot; it comes whatever its name is worth, for nobody reads a page in its place."""
    mark = name.removesuffix(".gif")
    if _is_looking(request) and premises(request).verbs.knows_mark(mark):
        premises(request).looks.add(mark.lower(), None, is_machine_opening(request.headers))
    return Response(PIXEL, media_type="image/gif", headers=NEVER_KEPT)


@routes.get("/u/{mark}", Permission.PUBLIC)
def leave_page(request: Request, mark: str) -> Response:
    """A page with one button; opening it unsubscribes nobody."""
    return _page(request, "letters_leave.html", mark)


@routes.post("/u/{mark}", Permission.PUBLIC, by_link=True)
def leave(request: Request, mark: str) -> Response:
    """Unsubscribe: by the button, or by the mail program's own (RFC 8058), which follows no redirect."""
    verbs = premises(request).verbs
    is_one_click = form_of(request).get("List-Unsubscribe") == ONE_CLICK
    if not verbs.knows_mark(mark):
        return _wrong(request)
    if not (is_one_click or _may_choose(request, mark)):
        return _too_often(request)
    do = said(request, "do", 10)
    if is_one_click:
        unsubscribe_at_once(request, mark)
    elif do == "leave":
        verbs.unsubscribe(mark, None, "page")
    elif do == "back":
        verbs.subscribe(mark, _offered(verbs.letter_preferences(mark)), WORDING)
    elif do == "why" and said(request, "answer", 30) in set(Why):
        verbs.say_why_left(mark, Why(said(request, "answer", 30)))
    elif do != "why":
        raise HTTPException(400)
    return _page(request, "letters_leave.html", mark) if is_one_click else _to(f"/u/{mark}")


def unsubscribe_at_once(request: Request, mark: str, by: str = "") -> bool:
    """One click of a mail program, this machine's own (`by` is who pressed it there) or any other; False for a mark
    that is not ours.
    """
    return premises(request).verbs.unsubscribe(mark, None, "one_click", by)


@routes.get("/c/{mark}", Permission.PUBLIC)
def preferences_page(request: Request, mark: str) -> Response:
    return _page(request, "letters_preferences.html", mark)


@routes.post("/c/{mark}", Permission.PUBLIC, by_link=True)
def choose(request: Request, mark: str) -> Response:
    """Take what is ticked for what may come, and the rest for what may not; or everything off at once."""
    verbs = premises(request).verbs
    if not verbs.knows_mark(mark):
        return _wrong(request)
    if not _may_choose(request, mark):
        return _too_often(request)
    chosen = verbs.letter_preferences(mark)
    do = said(request, "do", 10)
    if chosen is None or do not in ("save", "none"):
        raise HTTPException(400)
    wanted = {value for value in form_of(request).getlist("kind") if isinstance(value, str)} if do == "save" else set()
    ending = [way.kind for way in chosen.ways if way.kind not in wanted]
    beginning = [way.kind for way in chosen.ways if way.kind in wanted and not way.open and way.can_open]
    if ending:
        verbs.unsubscribe(mark, ending, "page")
    if beginning:
        verbs.subscribe(mark, beginning, WORDING)
    return _to(f"/c/{mark}?{SAVED}=1")


@routes.get("/v/{mark}", Permission.PUBLIC)
def letter_page(request: Request, mark: str) -> Response:
    """The letter itself, for whose mail program cannot show it."""
    verbs = premises(request).verbs
    page = verbs.letter_page(mark) if verbs.knows_mark(mark) else None
    if page is None:
        return _wrong(request)
    return HTMLResponse(page, headers=NEVER_KEPT | {"Content-Security-Policy": LETTER_POLICY})


def _page(request: Request, template: str, mark: str) -> Response:
    found = premises(request).verbs.letter_preferences(mark)
    if found is None:
        return _wrong(request)
    return show(
        request, template, mark=mark, chosen=found, reasons=WHY_TITLES, is_saved=SAVED in request.query_params,
    )  # fmt: skip


def _offered(found: Preferences | None) -> list[AddressKind]:
    """What the page offers to subscribe to again: a consent to words that it has not shown is none."""
    return [found.this.kind] if found and found.this and found.this.can_open else []


def _to(path: str) -> Response:
    return RedirectResponse(path, 303)


def _is_looking(request: Request) -> bool:
    """Whether somebody opens it now; what is only fetched ahead may never be opened."""
    hints = (request.headers.get(name, "") for name in ("sec-purpose", "purpose", "x-purpose", "x-moz"))
    return request.method == "GET" and not is_guess(" ".join(hints))


def _may_choose(request: Request, mark: str) -> bool:
    return premises(request).paces.may("choose", mark.lower(), CHOICES_A_MINUTE)


def _wrong(request: Request) -> Response:
    """A mark that is none. Who tries many is slowed down; a letter that is good is never refused for it."""
    here = request.client.host if request.client else ""
    if not premises(request).paces.may("wrong", here, WRONG_A_MINUTE):
        return _too_often(request)
    return show(request, "letters_wrong.html", 404, is_too_often=False)


def _too_often(request: Request) -> Response:
    response = show(request, "letters_wrong.html", 429, is_too_often=True)
    response.headers["Retry-After"] = "60"
    return response
