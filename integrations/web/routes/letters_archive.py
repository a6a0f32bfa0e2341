"""The archive of letters: mailings that were marked for everybody, as a list, as pages, as a feed."""

from fastapi import HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from integrations.web import atom
from integrations.web.access import Routes
from integrations.web.premises import premises
from integrations.web.routes.letters import LETTER_POLICY
from integrations.web.routes.site import ATOM, FRESH, IN_THE_FEED, about, unless_known
from integrations.web.screen import show_public
from models.letters_archive import ArchivedLetter
from models.people import Permission
from models.post import Post
from models.site import SitePage

PATH, ON_A_PAGE = "/letters", 50

routes = Routes()


@routes.get(PATH, Permission.PUBLIC)
def letters(request: Request, page: int = 1) -> Response:
    """All letters that everybody may read, the newest first."""
    here = premises(request)
    found = here.verbs.archived_letters()
    last = max(1, -(-len(found) // ON_A_PAGE))
    if not 1 <= page <= last:
        raise HTTPException(404)
    shown = found[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    url = f"{here.settings.public_url}{PATH}" + (f"?page={page}" if page > 1 else "")
    response = show_public(request, "letters_archive.html", letters=shown, page=page, last=last, url=url)
    response.headers["Cache-Control"] = FRESH
    return response


@routes.get(PATH + ".atom", Permission.PUBLIC)
def feed(request: Request) -> Response:
    """The letters for feed readers."""
    here, face = premises(request), premises(request).verbs.face()
    pages = [as_page(one) for one in here.verbs.archived_letters()[:IN_THE_FEED]]
    return unless_known(request, ATOM, atom.feed(pages, about(here, face), atom.LETTERS))


@routes.get(PATH + "/{key}", Permission.PUBLIC)
def letter(request: Request, key: str) -> Response:
    """One letter as it went, with nobody's name in it; it may show itself and lead away, and do nothing else."""
    page = premises(request).verbs.archived_page(key)
    if page is None:
        raise HTTPException(404)
    return HTMLResponse(page, headers={"Content-Security-Policy": LETTER_POLICY, "Cache-Control": FRESH})


def as_page(one: ArchivedLetter) -> SitePage:
    """The letter as a page of the site is known: what feeds are made of."""
    post = Post(title=one.subject, text=one.text)
    return SitePage(key=f"letter:{one.key}", slug=one.key, post=post, published_at=one.at, changed_at=one.at)
