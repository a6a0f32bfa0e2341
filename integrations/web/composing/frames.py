"""A letter as it is looked at on the desk: in a frame that runs nothing, by day or by night, narrow or wide. Pure."""

import re

# The letter is somebody else's page as far as ours are concerned: it shows itself in our frame, and can do nothing.
# It keeps our origin only so that the page around it can hold its place when it is drawn again; no script runs in it.
FRAME_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' https: data:; font-src https: data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
FRAME_HEADERS = {
    "Content-Security-Policy": FRAME_POLICY,
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "no-referrer",
}
CLIPPED_KB, NEAR_KB = 102, 95  # where Gmail cuts a letter off, and where it is time to be careful

_SCHEME = re.compile(r"@media\s*\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)")
_CANVAS = re.compile(r'(<meta\s+name="(?:supported-)?color-schemes?"\s+content=")[^"]*(")')


def by(scheme: str, html: str) -> str:
    """The letter as a mailbox shows it by day or by night, whatever this computer is set to."""
    chosen = "dark" if scheme == "dark" else "light"
    said = _SCHEME.sub(lambda found: "@media all" if found[1] == chosen else "@media not all", html)
    return _CANVAS.sub(lambda found: f"{found[1]}{chosen}{found[2]}", said)
