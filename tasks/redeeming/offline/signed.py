"""The list an offline till holds: codes as hashes, what is left of each, until when; signed by the house. Pure.

A till that is stolen gives no codes away for nothing: the hashes are slow (PBKDF2, RFC 8018) and salted for this till.
The signature is Ed25519 (RFC 8032) with a key made of the house's own, so a till proves it with the public half alone.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from hashlib import pbkdf2_hmac
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from models.post import Value
from tasks.redeeming.whose import Printed

ROUNDS, HASH_BYTES, VERSION = 100, 16, 1
KEY = ("redeeming", "the key that signs lists of offline tills")


class SignedList(Value):
    """`body` is JSON as it was signed, byte for byte; both others are hexadecimal."""

    body: str
    signature: str
    public_key: str

    @property
    def said(self) -> dict[str, Any]:
        return dict(json.loads(self.body))


def hashed(code: str, salt: str, rounds: int = ROUNDS) -> str:
    """A code as the list names it."""
    return pbkdf2_hmac("sha256", code.encode(), bytes.fromhex(salt), rounds, HASH_BYTES).hex()


def listed(printed: Printed, till: str, items: Iterable[Any], now: datetime, until: datetime) -> dict[str, Any]:
    """The list for this till. `left` is empty where a code has no limit; terms stand once for all their codes."""
    salt = printed("salt of an offline till", till)[:32]
    offers: dict[str, Any] = {}
    codes = []
    for item in items:
        offers.setdefault(item.key, {"hash": item.hash, "terms": item.terms})
        codes.append([
            hashed(item.code, salt), item.key, item.most - item.used - item.held if item.most else None,
            item.ends_at.isoformat() if item.ends_at else None,
        ])  # fmt: skip
    return {
        "version": VERSION, "till": till, "made_at": now.isoformat(), "good_until": until.isoformat(), "salt": salt,
        "rounds": ROUNDS, "offers": offers, "codes": codes,
    }  # fmt: skip


def signed(content: dict[str, Any], printed: Printed) -> SignedList:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(printed(*KEY)))
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return SignedList(body=body, signature=key.sign(body.encode()).hex(), public_key=public.hex())


def is_genuine(one: SignedList, public_key: str) -> bool:
    """Whether the house that a till was paired with has said so."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(
            bytes.fromhex(one.signature), one.body.encode()
        )
    except (InvalidSignature, ValueError):
        return False
    return True
