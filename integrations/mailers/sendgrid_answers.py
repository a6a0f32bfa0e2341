"""What SendGrid's answers prove, what it tells, and how a form is written for it. Pure.

Errors are {"errors": [{"message", "field"}]}; a 4xx proves that nothing was taken. Events:
https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event (read 2026-11-21).
"""

import hashlib
import re
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import httpx
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from integrations.errors import Failure, Refused
from integrations.mailers import asking, webhooks
from integrations.mailers.batches import Unfit
from integrations.mailers.filling import filled, headers_of, joined
from models.letters import Happening, Letter, MailNews, Pattern
from models.locale import mark
from models.reason import because

WHO = "SendGrid"
KEY = "otdel_key"
SUBSTITUTIONS_BYTES_MAX = 10_000  # of one recipient; the reference says so, a newer guide 50,000
KEPT = timedelta(days=2)  # a webhook is tried again for a day
BAD_WEBHOOK_KEY = mark(
    "The key of SendGrid's webhook cannot be read. Copy the public key of the signed event webhook anew."
)

RECIPIENT = re.compile(r"^personalizations\.(\d+)\.to")
OF_THE_ACCOUNT = (
    "from address",
    "sender identity",
    "authenticat",
    "credits",
    "suspend",
    "banned",
    "not authorized",
    "permission",
)

EVENTS = {
    "delivered": Happening.DELIVERED,
    "deferred": Happening.DEFERRED,
    "bounce": Happening.BOUNCED,
    "dropped": Happening.REJECTED,
    "open": Happening.OPENED,
    "click": Happening.CLICKED,
    "spamreport": Happening.COMPLAINED,
    "unsubscribe": Happening.UNSUBSCRIBED,
    "group_unsubscribe": Happening.UNSUBSCRIBED,
}


def number_of(response: httpx.Response, hide: Sequence[str]) -> str:
    if response.status_code == 202:
        return asking.identity(WHO, response.headers.get("x-message-id", ""))
    raise failure(response, hide)


def failure(response: httpx.Response, hide: Sequence[str]) -> Failure:
    status, errors = response.status_code, _errors(response)
    said = "; ".join(str(error.get("message") or "") for error in errors)
    words, low = asking.scrubbed(said, hide), said.lower()
    if status == 429:
        return asking.busy(WHO, response.headers.get("retry-after"))
    if status == 401:
        return asking.bad_key(WHO)
    if status == 413:
        return Unfit(because(asking.TOO_LARGE, code="size", who=WHO), of_letter=True)
    if errors and all(RECIPIENT.match(str(error.get("field") or "")) for error in errors):
        return Unfit(asking.no(asking.BAD_ADDRESS, WHO, str(status)), of_letter=True, gone=True)
    if status in (402, 403, 404) or (status == 400 and any(word in low for word in OF_THE_ACCOUNT)):
        return Refused(asking.no(asking.NOT_NOW, WHO, str(status), words))
    if status in (400, 422) and errors:
        return Unfit(asking.no(asking.SAID_NO, WHO, str(status), words))
    return asking.by_status(WHO, response)


def _errors(response: httpx.Response) -> list[dict[str, Any]]:
    try:
        return [error for error in response.json()["errors"] if isinstance(error, dict)]
    except asking.MISSHAPEN:
        return []


# How a form is written.


def too_many_bytes(letter: Letter) -> bool:
    """Whether its values are more than one recipient may have; then it goes alone, filled in."""
    return sum(len(value.encode()) + 24 for value in letter.values) > SUBSTITUTIONS_BYTES_MAX


def request(letters: Sequence[Letter]) -> dict[str, Any]:
    """One call. SendGrid's own tracking and its unsubscribe texts are switched off: ours are in the letter."""
    form = letters[0].form
    tag = Tags(letters) if len(letters) > 1 else None
    written = tag.written if tag else lambda pattern: filled(pattern, letters[0].values)
    content = [{"type": "text/plain", "value": written(form.text) or " "}] if form.text else []
    content += [{"type": "text/html", "value": written(form.html)}] if form.html else []
    off = {"enable": False}
    return {
        "personalizations": [_envelope(letter, tag) for letter in letters],
        "from": {"email": form.sender} | ({"name": form.sender_name} if form.sender_name else {}),
        "subject": written(form.subject), "content": content,
        "tracking_settings": {
            "click_tracking": off | {"enable_text": False}, "open_tracking": off, "subscription_tracking": off,
            "ganalytics": off,
        },
        **({"reply_to": {"email": form.reply_to}} if form.reply_to else {}),
    }  # fmt: skip


def _envelope(letter: Letter, tag: "Tags | None") -> dict[str, Any]:
    to = {"email": letter.to} | ({"name": letter.to_name} if letter.to_name else {})
    headers = headers_of(letter)
    return {
        "to": [to], "custom_args": {KEY: letter.key},
        **({"headers": headers} if headers else {}), **({"substitutions": tag.values(letter)} if tag else {}),
    }  # fmt: skip


class Tags:
    """Substitution tags that stand nowhere in these letters.

    SendGrid replaces any text by any other, in the values too, and knows no escape; so the tags are made of letters
    that none of the texts and values has.
    """

    def __init__(self, letters: Sequence[Letter]) -> None:
        form = letters[0].form
        patterns = (form.subject, form.text, form.html)
        texts = [part for pattern in patterns for part in joined(pattern) if isinstance(part, str)]
        texts += [value for letter in letters for value in letter.values]
        names = (_name(form.id, number) for number in count())
        self.prefix = next(name for name in names if not any(name in text for text in texts))

    def written(self, pattern: Pattern) -> str:
        return "".join(part if isinstance(part, str) else self._tag(part) for part in pattern)

    def values(self, letter: Letter) -> dict[str, str]:
        return {self._tag(number): letter.values[number] for number in range(letter.form.holes)}

    def _tag(self, number: int) -> str:
        return f"-{self.prefix}.{number}-"


def _name(form: str, number: int) -> str:
    return "v" + hashlib.sha256(f"{form}:{number}".encode()).hexdigest()[:10]


# What it tells.


def demand_signature(headers: Mapping[str, str], body: bytes, key: str, now: datetime) -> None:
    """ECDSA with SHA-256 over the moment and the body as it came (signed event webhook)."""
    stamp = webhooks.header(headers, "x-twilio-email-event-webhook-timestamp")
    signature = webhooks.header(headers, "x-twilio-email-event-webhook-signature")
    try:
        proof = b64decode(signature, validate=True)
        public_key(webhooks.demand_key(WHO, key)).verify(proof, stamp.encode() + body, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        raise webhooks.forged(WHO) from None
    webhooks.moment(WHO, stamp, now, oldest=KEPT)


def public_key(key: str) -> EllipticCurvePublicKey:
    bare = "".join(line for line in key.split() if line not in ("-----BEGIN", "PUBLIC", "KEY-----", "-----END"))
    try:
        found = load_der_public_key(b64decode(bare, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        found = None
    if not isinstance(found, EllipticCurvePublicKey):
        raise Refused(because(BAD_WEBHOOK_KEY, code="webhook_key"))
    return found


def happened(event: dict[str, Any], now: datetime) -> MailNews | None:
    """One event; None for a kind that says nothing of what became of a letter."""
    name = str(event["event"])
    what = EVENTS.get(name)
    if what is None:
        return None
    at = webhooks.moment(WHO, event["timestamp"], now)
    said = f"{event.get('status') or ''} {event.get('response') or event.get('reason') or ''}"
    code = webhooks.codes(said) or str(event.get("bounce_classification") or "")
    if what is Happening.REJECTED and event.get("reason") in ("Bounced Address", "Invalid"):
        what = Happening.BOUNCED  # it was not even tried: the address is on SendGrid's list of the dead
    # A “blocked” bounce is the receiver's no of today (spam, a full mailbox), not the end of the address.
    gone = event.get("type") != "blocked" and (webhooks.is_hard(code) or name == "dropped" or _is_dead(event))
    key = webhooks.text(event.get(KEY))
    return MailNews(
        what, at, once=f"sendgrid:{event['sg_event_id']}", key=key,
        remote_id=message_number(webhooks.text(event.get("sg_message_id"))),
        address=webhooks.text(event.get("email")), hard=what is Happening.BOUNCED and gone,
        robot=event.get("sg_machine_open") is True, url=webhooks.text(event.get("url")),
        code=code or (webhooks.text(event.get("reason")) if name == "dropped" else ""),
    )  # fmt: skip


def _is_dead(event: Mapping[str, Any]) -> bool:
    return str(event.get("bounce_classification")).lower() == "invalid address"


def message_number(told: str) -> str:
    """The number a call was answered with; what an event is known by has the machine that sent it behind that."""
    return re.split(r"\.(?:filter|recvd|canary)", told, maxsplit=1)[0]
