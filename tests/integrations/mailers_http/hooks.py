"""What each provider tells by itself, made and signed as it does: a delivery, or what a test names otherwise."""

import hashlib
import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from integrations.mailers.amazon_notices import SIGNED
from integrations.mailers.webhooks import PATH_SECRET
from tests.servers import amazon_ses as ses
from tests.servers import mailchimp_transactional as mandrill
from tests.servers import mailgun as gun
from tests.servers import unisender as uni

Told = tuple[dict[str, str], bytes]
PATH = "path-secret-of-twenty"
ELLIPTIC = ec.generate_private_key(ec.SECP256R1())
SENDGRID_PUBLIC = b64encode(
    ELLIPTIC.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()
RSA_KEY = rsa.generate_private_key(65537, 2048)
CERT_URL = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-0123456789.pem"


def certificate(name: str = "sns.amazonaws.com", days: int = 400) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(RSA_KEY.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=800)).not_valid_after(now + timedelta(days=days))
    )  # fmt: skip
    return made.sign(RSA_KEY, SHA256()).public_bytes(Encoding.PEM)


CERTIFICATE = certificate()


def unisender(address: str, key: str, number: str, at: datetime, name: str = "ok_delivered", **more: Any) -> Told:
    event = {"event_name": "email_status", "event_time": f"{at:%Y-%m-%d %H:%M:%S}", "event_data": {
        "email": address, "email_id": number, "status": name, "metadata": {"otdel_key": key}, **more,
    }}  # fmt: skip
    body = {"auth": "0" * 32, "events_by_user": [{"login": "seven-cups", "Events": [event], "новое": 1}]}
    return signed_by_unisender(json.dumps(body).encode())


def signed_by_unisender(body: bytes, key: str = uni.KEY) -> Told:
    digest = hashlib.md5(body.replace(b"0" * 32, key.encode())).hexdigest()
    return {"Content-Type": "application/json"}, body.replace(b"0" * 32, digest.encode())


def sendpulse(address: str, key: str, number: str, at: datetime, name: str = "delivered", **more: Any) -> Told:
    event = {"event": name, "timestamp": int(at.timestamp()), "message_id": number, "recipient": address,
             "sender": "shop@seven-cups.example", "subject": "Чай", "новое": 1, **more}  # fmt: skip
    return {PATH_SECRET: PATH}, json.dumps([event]).encode()


def mailgun(address: str, key: str, number: str, at: datetime, name: str = "delivered", **more: Any) -> Told:
    event = {"event": name, "id": "ev1", "timestamp": at.timestamp(), "recipient": address, "новое": 1,
             "message": {"headers": {"message-id": number}}, "user-variables": {"otdel_key": key}, **more}  # fmt: skip
    stamp, token = str(int(at.timestamp())), "t" * 50
    proof = hmac.new(gun.SIGNING.encode(), (stamp + token).encode(), hashlib.sha256).hexdigest()
    signature = {"timestamp": stamp, "token": token, "signature": proof}
    return {}, json.dumps({"signature": signature, "event-data": event}).encode()


def sendgrid(address: str, key: str, number: str, at: datetime, name: str = "delivered", **more: Any) -> Told:
    event = {"event": name, "email": address, "timestamp": int(at.timestamp()), "sg_event_id": "ev1", "новое": 1,
             "sg_message_id": f"{number}.filter0001.16648.5515E0B88.0", "otdel_key": key, **more}  # fmt: skip
    return signed_by_sendgrid(json.dumps([event]).encode(), at)


def signed_by_sendgrid(body: bytes, at: datetime, key: ec.EllipticCurvePrivateKey = ELLIPTIC) -> Told:
    stamp = str(int(at.timestamp()))
    proof = b64encode(key.sign(stamp.encode() + body, ec.ECDSA(SHA256()))).decode()
    return {"X-Twilio-Email-Event-Webhook-Timestamp": stamp, "X-Twilio-Email-Event-Webhook-Signature": proof}, body


def amazon_ses(address: str, key: str, number: str, at: datetime, name: str = "Delivery", **more: Any) -> Told:
    mail = {"timestamp": at.isoformat(), "messageId": number, "destination": [address], "tags": {"otdel_key": [key]}}
    event = {"eventType": name, "mail": mail, "delivery": {"timestamp": at.isoformat(), "recipients": [address]}}
    return notice(json.dumps(event | {"новое": 1} | more), at)


def notice(message: str, at: datetime, version: str = "2", **more: Any) -> Told:
    envelope = {
        "Type": "Notification", "MessageId": "m1", "TopicArn": ses.TOPIC, "Message": message,
        "Timestamp": f"{at:%Y-%m-%dT%H:%M:%S.000Z}", "SignatureVersion": version, "SigningCertURL": CERT_URL, **more,
    }  # fmt: skip
    names = SIGNED[str(envelope["Type"])]
    text = "".join(f"{name}\n{envelope[name]}\n" for name in names if name in envelope)
    digest = SHA256() if version == "2" else SHA1()
    envelope["Signature"] = b64encode(RSA_KEY.sign(text.encode(), PKCS1v15(), digest)).decode()
    return {"x-amz-sns-message-type": str(envelope["Type"])}, json.dumps(envelope | {"Extra": 1}).encode()


def mailchimp(address: str, key: str, number: str, at: datetime, name: str = "delivered", **more: Any) -> Told:
    said = {"_id": number, "email": address, "metadata": {"otdel_key": key}, "ts": 1, **more.pop("msg", {})}
    event = {"event": name, "ts": int(at.timestamp()), "_id": number, "msg": said, "новое": 1, **more}
    return signed_by_mailchimp(json.dumps([event]))


def signed_by_mailchimp(events: str, key: str = mandrill.SIGNING, url: str = mandrill.HOOK) -> Told:
    proof = hmac.new(key.encode(), f"{url}mandrill_events{events}".encode(), hashlib.sha1).digest()
    body = urlencode({"mandrill_events": events}).encode()
    return {"X-Mandrill-Signature": b64encode(proof).decode()}, body
