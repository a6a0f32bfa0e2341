"""Signing a request to Amazon, Signature Version 4. Pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html (read 2026-11-21).
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, repr=False)
class Credentials:
    """Who signs, and for which place: the key never leaves, only what is derived from it for one day."""

    key_id: str
    secret: str
    region: str
    service: str


def signed(who: Credentials, method: str, url: str, body: bytes, at: datetime) -> dict[str, str]:
    """The headers of a signed request: host, moment and authorization."""
    place, moment = urlsplit(url), f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    headers = {"host": place.netloc, "x-amz-date": moment}
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    # Paths are encoded once more than they are sent, for every service but S3.
    request = "\n".join([method, quote(place.path or "/"), place.query, lines, names, _digest(body)])
    scope = f"{moment[:8]}/{who.region}/{who.service}/aws4_request"
    proof = _hmac(
        _key_of_the_day(who, moment[:8]), f"{ALGORITHM}\n{moment}\n{scope}\n{_digest(request.encode())}"
    ).hex()
    told = f"{ALGORITHM} Credential={who.key_id}/{scope}, SignedHeaders={names}, Signature={proof}"
    return headers | {"authorization": told}


def _key_of_the_day(who: Credentials, day: str) -> bytes:
    key = f"AWS4{who.secret}".encode()
    for part in (day, who.region, who.service, "aws4_request"):
        key = _hmac(key, part)
    return key


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
