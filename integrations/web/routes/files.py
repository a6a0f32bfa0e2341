"""Files: pictures of the media store, our own style sheets, reports; and whether we are well."""

import re
from pathlib import Path

from fastapi import HTTPException, Request, Response
from fastapi.responses import FileResponse, JSONResponse

from integrations.errors import Refused
from integrations.folder import Folder
from integrations.web.access import Routes
from integrations.web.headers import REPORT_POLICY
from integrations.web.premises import premises
from integrations.web.screen import STATIC
from models.people import Permission

FOREVER = "public, max-age=31536000, immutable"
PICTURE = re.compile(r"[0-9a-f]{64}\.(jpg|png|webp|gif)")
PICTURE_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif"}
STATIC_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".js": "text/javascript; charset=utf-8"}
REPORT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv; charset=utf-8",
}
SHOWN_INSIDE = (".html", ".pdf")

routes = Routes()


@routes.get("/media/{name}", Permission.PUBLIC)
def picture(request: Request, name: str) -> Response:
    """A picture by the hash of its bytes: it never changes."""
    found = PICTURE.fullmatch(name)
    path = premises(request).media.root / name[:2] / name
    if not found or not path.is_file():
        raise HTTPException(404)
    headers = {"Cache-Control": FOREVER, "Content-Security-Policy": "default-src 'none'; sandbox"}
    return FileResponse(path, media_type=PICTURE_TYPES[found[1]], headers=headers)


@routes.get("/static/{name}", Permission.PUBLIC)
def static_file(request: Request, name: str) -> Response:
    return _static(name)


def _static(name: str) -> Response:
    known = {entry.name for entry in STATIC.iterdir() if Path(entry.name).suffix in STATIC_TYPES}
    if name not in known:
        raise HTTPException(404)
    media_type = STATIC_TYPES[Path(name).suffix]
    return Response((STATIC / name).read_bytes(), media_type=media_type, headers={"Cache-Control": FOREVER})


@routes.get("/favicon.ico", Permission.PUBLIC)
def favicon(request: Request) -> Response:
    return _static("favicon.svg")


@routes.get("/healthz", Permission.PUBLIC)
def health(request: Request) -> Response:
    well = premises(request).verbs.is_well()
    return JSONResponse(
        {"status": "ok" if well else "no database"}, 200 if well else 503, {"Cache-Control": "no-store"}
    )


@routes.get("/reports/{name:path}", Permission.READ_REPORTS)
def report(request: Request, name: str) -> Response:
    suffix = Path(name).suffix.lower()
    try:
        path = Folder(premises(request).settings.reports).place(name)
    except Refused:
        raise HTTPException(404) from None
    if suffix not in REPORT_TYPES or path.suffix.lower() != suffix or not path.is_file():
        raise HTTPException(404)
    shown = "inline" if suffix in SHOWN_INSIDE else "attachment"
    return FileResponse(
        path, media_type=REPORT_TYPES[suffix], filename=path.name, content_disposition_type=shown,
        headers={"Content-Security-Policy": REPORT_POLICY, "Cache-Control": "private, no-cache"},
    )  # fmt: skip
