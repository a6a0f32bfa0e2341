"""What goes around every answer: headers that keep a page ours, a limit to what is sent, a log that names nobody."""

import logging
import time
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
FOR_STAFF = {"Referrer-Policy": "same-origin", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}
PUBLIC_PATHS = ("/p/", "/l/", "/media/", "/static/", "/feed.atom", "/sitemap.xml", "/robots.txt", "/brand.css", "/logo",
                "/healthz", "/favicon")  # fmt: skip


def is_public(path: str) -> bool:
    return path == "/" or path.startswith(PUBLIC_PATHS)


class Guarded:
    """Adds the headers that an answer has not set itself, and refuses a body that is too large."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = ALWAYS if is_public(scope["path"]) else ALWAYS | FOR_STAFF

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = MutableHeaders(scope=message)
                for name, value in headers.items():
                    present.setdefault(name, value)
            await send(message)

        if _announced(scope) > BODY_MOST:
            await _too_large(with_headers)
            return
        await self.app(scope, _limited(receive), with_headers)


def _announced(scope: Scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


def _limited(receive: Receive) -> Receive:
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        # A body without an announced length is cut off: a form that is not whole proves nothing and is refused.
        return message if taken <= BODY_MOST else {"type": "http.disconnect"}

    return limited


async def _too_large(send: Send) -> None:
    await send({"type": "http.response.start", "status": 413, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"Too large."})


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
