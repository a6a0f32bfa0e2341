"""The key of a letter that asks to confirm: a subscription's number and a signature over it, small letters and digits.
Pure.

It is no letter's mark: marks stand in the Message-ID and the envelope, where servers read them, and whoever has read
one must not be able to agree in another's name.
"""

import re
from base64 import b32encode
from hmac import compare_digest

from tasks.returns.marks import SIGNATURE_BYTES, Printed

SIGNED = "subscription_key"
WHOLE = re.compile(r"([1-9][0-9]{0,9})([a-z][a-z2-7]{15})")


def key_of(printed: Printed, subscription: int) -> str:
    """The key of a subscription: the same whenever it is asked for."""
    return f"{subscription}{_signature(printed, subscription)}"


def path_of(key: str) -> str:
    return f"/s/{key}"


def read(printed: Printed, text: str) -> int | None:
    """The number of the subscription; None where the key is forged, cut, or another house's."""
    found = WHOLE.fullmatch(text.strip().lower())
    if found is None:
        return None
    number = int(found[1])
    return number if compare_digest(_signature(printed, number), found[2]) else None


def _signature(printed: Printed, number: int) -> str:
    """Its first sign is a letter, so that it is clear where the number ends: what base32 has for it, or “z”."""
    digest = bytes.fromhex(printed(SIGNED, str(number)))[:SIGNATURE_BYTES]
    signed = b32encode(digest).decode().lower()
    return signed if signed[0].isalpha() else f"z{signed[1:]}"
