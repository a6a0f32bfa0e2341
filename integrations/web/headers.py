"""What goes around every answer: headers that keep a page ours, a limit to what is sent, a log that names nobody."""

import logging
import time
from collections.abc import Callable
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG = logging.getLogger("otdel.web")
BODY_MOST = 1_000_000
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
SCRIPT_POLICY = f"{POLICY}; script-src 'self'; connect-src 'self'"
# A report is a file with its own style inside; it may do nothing else, not even be of our origin.
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# Addresses of staff hold ids and once a token: no other site is told them, no search engine, no shared computer.
FOR_STAFF = {
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "Content-Security-Policy": SCRIPT_POLICY,
}
# The form for subscribing, in a frame of the sites that the company names; nothing else of ours stands in a frame.
FRAME = "/subscribe/frame"
FRAME_POLICY = POLICY.replace("frame-ancestors 'none'", "frame-ancestors {origins}")
# What a letter points to holds the key of its recipient: no other site is told it, nothing keeps it.
LETTER_PATHS = ("/o/", "/u/", "/c/", "/v/", "/s/")
FOR_LETTERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
# A personal page is the same, and a phone may keep it: its worker and manifest are its own, and nobody else's.
PERSONAL = "/my/"
FOR_ONE = FOR_LETTERS | {"Content-Security-Policy": f"{SCRIPT_POLICY}; manifest-src 'self'; worker-src 'self'"}
PUBLIC_PATHS = (*LETTER_PATHS, PERSONAL, "/hooks/", "/p/", "/l/", "/media/", "/static/", "/feed.atom", "/sitemap.xml",
                "/robots.txt", "/subscribe", "/letters", "/intake/", "/brand.css", "/logo",
                "/healthz", "/favicon")  # fmt: skip


def is_public(path: str) -> bool:
    return path == "/" or path.startswith(PUBLIC_PATHS)


def headers_of(path: str) -> dict[str, str]:
    """What every answer at this path carries."""
    if path.startswith(LETTER_PATHS):
        return ALWAYS | FOR_LETTERS
    if path.startswith(PERSONAL):
        return ALWAYS | FOR_ONE
    if path.startswith(FRAME):  # whom it may stand with says its policy, and a browser that knows both minds the older
        return {name: value for name, value in ALWAYS.items() if name != "X-Frame-Options"}
    return ALWAYS if is_public(path) else ALWAYS | FOR_STAFF


class Guarded:
    """Adds the headers that an answer has not set itself, and cuts off a body that is larger than its path takes.

    Of a body that announces too much nothing is read; the route says so (`Demand`).
    """

    def __init__(self, app: ASGIApp, most_of: Callable[[str], int] = lambda path: BODY_MOST) -> None:
        self.app, self.most_of = app, most_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = headers_of(scope["path"])

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = MutableHeaders(scope=message)
                for name, value in headers.items():
                    present.setdefault(name, value)
            await send(message)

        most = self.most_of(scope["path"])
        await self.app(scope, _limited(receive, most, announced(scope)), with_headers)


def announced(scope: Scope) -> int:
    """How many bytes a request says it has."""
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


def _limited(receive: Receive, most: int, announced: int) -> Receive:
    taken = announced if announced > most else 0

    async def limited() -> Message:
        nonlocal taken
        if taken > most:
            return {"type": "http.disconnect"}
        message = await receive()
        taken += len(message.get("body", b""))
        # A body without an announced length is cut off: a form that is not whole proves nothing and is refused.
        return message if taken <= most else {"type": "http.disconnect"}

    return limited


class Logged:
    """One line per answer: method, the route's pattern, status, milliseconds. No address, no id, no query."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.perf_counter(), [500]

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            spent = (time.perf_counter() - began) * 1000
            LOG.info("%s %s %s %.0f ms", scope["method"], _pattern(scope), status[0], spent)


def _pattern(scope: Scope) -> str:
    route: Any = scope.get("route")
    return getattr(route, "path", "-")
