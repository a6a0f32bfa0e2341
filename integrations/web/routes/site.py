"""The own site: ad pages, the feed, what search engines ask for, short links."""

from hashlib import sha256

from fastapi import HTTPException, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup

from integrations.web import atom, sitemap
from integrations.web.access import Routes
from integrations.web.brand import stylesheet
from integrations.web.markup import heading, is_safe, summary
from integrations.web.premises import Premises, premises
from integrations.web.robots import is_guess, is_robot
from integrations.web.screen import show_public
from models.desk import Face, VisitKind
from models.people import Permission
from models.post import Picture

ON_A_PAGE = 24
IN_THE_FEED = 50
XML = "application/xml; charset=utf-8"
ATOM = "application/atom+xml; charset=utf-8"
DAY = "public, max-age=86400"
SOON = "public, max-age=300"
FRESH = "no-cache"

routes = Routes()


@routes.get("/", Permission.PUBLIC)
def front_page(request: Request, page: int = 1) -> Response:
    """The newest pages with their pictures."""
    here = premises(request)
    cards = here.index.newest()
    last = max(1, -(-len(cards) // ON_A_PAGE))
    if not 1 <= page <= last:
        raise HTTPException(404)
    _count(request, VisitKind.FRONT, "/")
    shown = cards[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    url = f"{here.settings.public_url}/" + (f"?page={page}" if page > 1 else "")
    response = show_public(request, "site_front.html", cards=shown, page=page, last=last, url=url)
    response.headers["Cache-Control"] = FRESH
    return response


@routes.get("/p/{slug}", Permission.PUBLIC)
def ad_page(request: Request, slug: str) -> Response:
    """One publication; one that was removed is said to be gone."""
    here = premises(request)
    page = here.index.read(slug)
    if page is None:
        raise HTTPException(410 if here.index.was_there(slug) else 404)
    _count(request, VisitKind.VIEW, page.key)
    url = f"{here.settings.public_url}/p/{page.slug}"
    pictures = [picture_url(here, picture) for picture in page.post.pictures]
    json_ld = Markup(here.verbs.schema_org(page, url, pictures).replace("<", "\\u003c"))  # noqa: S704  no tag is left
    newest = [card for card in here.index.newest()[:5] if card.key != page.key][:4]
    response = show_public(
        request, "site_page.html", page=page, post=page.post, url=url, pictures=pictures, json_ld=json_ld,
        title=heading(page.post), about=summary(page.post), others=newest,
    )  # fmt: skip
    response.headers["Cache-Control"] = FRESH
    return response


@routes.get("/feed.atom", Permission.PUBLIC)
def feed(request: Request) -> Response:
    """The newest pages for feed readers and for networks that import them."""
    here, face = premises(request), premises(request).verbs.face()

    def made() -> bytes:
        cards = here.index.newest()[:IN_THE_FEED]
        return atom.feed([page for card in cards if (page := here.index.read(card.slug))], about(here, face))

    what = ("feed", face.site_title, face.description, face.name, face.locale)
    return unless_known(request, ATOM, here.index.kept(what, made))


@routes.get("/sitemap.xml", Permission.PUBLIC)
def site_map(request: Request) -> Response:
    here = premises(request)
    index, url = here.index, here.settings.public_url
    pages = index.kept("sitemap", lambda: sitemap.sitemap(index.newest(), url))
    return unless_known(request, XML, sitemap.with_letters(pages, here.verbs.archived_letters(), url))


@routes.get("/robots.txt", Permission.PUBLIC)
def robots(request: Request) -> Response:
    return Response(sitemap.robots(premises(request).settings.public_url), media_type="text/plain; charset=utf-8")


@routes.get("/l/{code}", Permission.PUBLIC)
def short_link(request: Request, code: str) -> Response:
    """On to where the link leads: only ever to the address it was made for."""
    address = premises(request).verbs.address_of(code)
    if address is None or not is_safe(address):
        raise HTTPException(404)
    _count(request, VisitKind.CLICK, code)
    return RedirectResponse(address, 302, {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"})


@routes.get("/brand.css", Permission.PUBLIC)
def brand(request: Request) -> Response:
    """The company's colours and letters."""
    face = premises(request).verbs.face()
    css = stylesheet(face.palette, face.fonts)
    return Response(css, media_type="text/css; charset=utf-8", headers={"Cache-Control": SOON})


@routes.get("/logo.png", Permission.PUBLIC)
def logo(request: Request) -> Response:
    found = premises(request).verbs.logo()
    if found is None:
        raise HTTPException(404)
    return Response(found, media_type="image/png", headers={"Cache-Control": DAY})


def about(here: Premises, face: Face) -> atom.About:
    return atom.About(
        title=face.site_title, subtitle=face.description, author=face.name, language=face.locale,
        url=here.settings.public_url, picture=lambda picture: picture_url(here, picture),
    )  # fmt: skip


def picture_url(here: Premises, picture: Picture) -> str:
    return f"{here.settings.public_url}/media/{picture.file_name}"


def _count(request: Request, kind: VisitKind, key: str) -> None:
    """Count a visit; looks of machines apart, what nobody saw (HEAD, fetching ahead) not at all."""
    purpose = request.headers.get("sec-purpose", "") + request.headers.get("purpose", "")
    if request.method == "GET" and not is_guess(purpose):
        premises(request).visits.add(kind, key, is_robot(request.headers.get("user-agent", "")))


def unless_known(request: Request, media_type: str, body: bytes) -> Response:
    """The file, or 304 where the asker has it already."""
    tag = f'"{sha256(body).hexdigest()[:20]}"'
    headers = {"ETag": tag, "Cache-Control": SOON}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)
