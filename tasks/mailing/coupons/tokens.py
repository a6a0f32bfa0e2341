"""What the coupon of a letter is known by on the web: a number and a signature, never the code itself. Pure.

It is another than the letter's mark, which stands in headers and envelopes that mail servers keep. The key comes by the
door: `printed` is `House.printed`.
"""

import re
from base64 import b32encode
from hmac import compare_digest

from tasks.returns.marks import DIGITS, SIGNATURE_BYTES, Printed

SIGNED = "letter_coupon"
WHOLE = re.compile(r"([0-9a-z]{1,13})([a-z2-7]{16})")
NOBODY = 0  # the coupon of tests and previews


def token_of(printed: Printed, message: int) -> str:
    """The token of the coupon in a letter of the ledger."""
    body = _base36(message)
    return body + _signature(printed, body)


def read(printed: Printed, text: str) -> int | None:
    """Which letter a token is of; None where it is forged, cut, or another house's."""
    found = WHOLE.fullmatch(text) if len(text) <= 40 else None
    if found is None or not compare_digest(_signature(printed, found[1]), found[2]):
        return None
    return int(found[1], 36)


def page_of(public_url: str, token: str) -> str:
    """Where the coupon stands by itself."""
    return f"{public_url.rstrip('/')}/q/{token}"


def picture_of(public_url: str, token: str) -> str:
    return f"{page_of(public_url, token)}.png"


def _signature(printed: Printed, body: str) -> str:
    return b32encode(bytes.fromhex(printed(SIGNED, body))[:SIGNATURE_BYTES]).decode().lower()


def _base36(number: int) -> str:
    written = ""
    while True:
        number, digit = divmod(number, 36)
        written = DIGITS[digit] + written
        if not number:
            return written
