"""What Amazon tells through SNS: the proof of its envelope, and the events within. Pure.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html and
https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html (read 2026-11-21).
"""

import re
from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm
from cryptography.x509.oid import NameOID

from integrations.mailers import webhooks
from integrations.mailers.amazon_answers import TAG, WHO, key_of
from models.letters import Happening, MailNews

NOTIFICATION, CONFIRMATION = "Notification", "SubscriptionConfirmation"
KEPT = timedelta(days=24)  # SNS may be told to try again for up to 23 days
SNS_HOST = re.compile(r"sns\.[a-z0-9-]{3,30}\.amazonaws\.com(\.cn)?")
SNS_NAME = re.compile(r"sns(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?")
SIGNED = {
    NOTIFICATION: ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    CONFIRMATION: ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
GONE_FOR = frozenset({"General", "NoEmail", "Suppressed", "OnAccountSuppressionList"})


def is_of_sns(url: object, path_ends: str = "") -> bool:
    """Whether an address leads to SNS itself, encrypted, and nowhere else."""
    try:
        place = urlsplit(url if isinstance(url, str) else "")
        plain = place.scheme == "https" and place.port in (None, 443) and not place.username
    except ValueError:
        return False
    return plain and bool(SNS_HOST.fullmatch(place.hostname or "")) and place.path.endswith(path_ends)


def demand_signature(envelope: dict[str, Any], certificate: bytes, now: datetime) -> None:
    """RSA over the named fields in their order, with SHA-1 or SHA-256 as the envelope says."""
    names = SIGNED.get(str(envelope.get("Type")), SIGNED[CONFIRMATION])
    fields = [(name, envelope[name]) for name in names if envelope.get(name) is not None]
    text = "".join(f"{name}\n{value}\n" for name, value in fields)
    # SNS's own choice for topics that were not set to version 2.
    digest: HashAlgorithm = SHA256() if envelope.get("SignatureVersion") == "2" else SHA1()  # noqa: S303
    try:
        proof = b64decode(webhooks.text(envelope.get("Signature")), validate=True)
        _key(certificate, now).verify(proof, text.encode(), PKCS1v15(), digest)
    except (InvalidSignature, ValueError):
        raise webhooks.forged(WHO) from None


def _key(certificate: bytes, now: datetime) -> RSAPublicKey:
    found = x509.load_pem_x509_certificate(certificate)
    names = [str(name.value) for name in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    key = found.public_key()
    valid = found.not_valid_before_utc <= now <= found.not_valid_after_utc
    if not (valid and isinstance(key, RSAPublicKey) and any(SNS_NAME.fullmatch(name) for name in names)):
        raise ValueError
    return key


def happened(event: dict[str, Any], now: datetime) -> Iterator[MailNews]:
    """One event, which may concern several recipients. A kind that we do not know says nothing."""
    name = str(event.get("eventType") or event["notificationType"])
    reader = READERS.get(name)
    if reader is not None:
        yield from reader(event, now)


def _news(event: dict[str, Any], what: Happening, at: datetime, once: str, **more: Any) -> MailNews:
    mail = event["mail"]
    number = str(mail["messageId"])
    tags = webhooks.field(mail, "tags", TAG)
    key = key_of(str(tags[0])) if isinstance(tags, list) and tags else ""
    return MailNews(what, at, once=f"ses:{number}:{once}", key=key, remote_id=number, **more)


def _bounced(event: dict[str, Any], now: datetime) -> Iterator[MailNews]:
    bounce = event["bounce"]
    at = webhooks.moment(WHO, bounce["timestamp"], now)
    permanent = bounce.get("bounceType") == "Permanent" and bounce.get("bounceSubType") in GONE_FOR
    for one in bounce["bouncedRecipients"]:
        address = str(one["emailAddress"])
        code = webhooks.codes(f"{one.get('status') or ''} {one.get('diagnosticCode') or ''}")
        said = code or f"{bounce.get('bounceType')} {bounce.get('bounceSubType')}"
        yield _news(event, Happening.BOUNCED, at, f"bounce:{address}", address=address, hard=permanent, code=said)


def _complained(event: dict[str, Any], now: datetime) -> Iterator[MailNews]:
    complaint = event["complaint"]
    at = webhooks.moment(WHO, complaint["timestamp"], now)
    listed = complaint.get("complaintSubType") == "OnAccountSuppressionList"
    what = Happening.REJECTED if listed else Happening.COMPLAINED
    code = str(complaint.get("complaintSubType") or complaint.get("complaintFeedbackType") or "")
    for one in complaint["complainedRecipients"]:
        address = str(one["emailAddress"])
        yield _news(event, what, at, f"complaint:{address}", address=address, code=code)


def _delivered(event: dict[str, Any], now: datetime) -> Iterator[MailNews]:
    at = webhooks.moment(WHO, event["delivery"]["timestamp"], now)
    for address in event["delivery"]["recipients"]:
        yield _news(event, Happening.DELIVERED, at, f"delivery:{address}", address=str(address))


def _delayed(event: dict[str, Any], now: datetime) -> Iterator[MailNews]:
    delay = event["deliveryDelay"]
    at, code = webhooks.moment(WHO, delay["timestamp"], now), str(delay.get("delayType") or "")
    for one in delay["delayedRecipients"]:
        address = str(one["emailAddress"])
        yield _news(event, Happening.DEFERRED, at, f"delay:{at.isoformat()}:{address}", address=address, code=code)


def _refused(event: dict[str, Any], now: datetime) -> Iterator[MailNews]:
    at = webhooks.moment(WHO, event["mail"]["timestamp"], now)
    code = "rendering" if event.get("eventType") == "Rendering Failure" else "content"
    yield _news(event, Happening.REJECTED, at, f"reject:{code}", address=_address(event), code=code)


def _opened(event: dict[str, Any], now: datetime) -> Iterator[MailNews]:
    at = webhooks.moment(WHO, event["open"]["timestamp"], now)
    yield _news(event, Happening.OPENED, at, f"open:{at.isoformat()}", address=_address(event))


def _clicked(event: dict[str, Any], now: datetime) -> Iterator[MailNews]:
    at, url = webhooks.moment(WHO, event["click"]["timestamp"], now), str(event["click"]["link"])
    yield _news(event, Happening.CLICKED, at, f"click:{at.isoformat()}:{url}", address=_address(event), url=url)


def _address(event: dict[str, Any]) -> str:
    found = event["mail"].get("destination") or []
    return str(found[0]) if len(found) == 1 else ""


READERS = {
    "Bounce": _bounced, "Complaint": _complained, "Delivery": _delivered, "DeliveryDelay": _delayed,
    "Reject": _refused, "Rendering Failure": _refused, "Open": _opened, "Click": _clicked,
}  # fmt: skip
