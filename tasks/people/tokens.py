"""Tokens and names as they are stored: never themselves, only their hashes. Pure."""

import hashlib
import hmac
from base64 import urlsafe_b64encode


def fingerprint(token: str) -> str:
    """The hash of a token nobody could guess; what is stored cannot be used to come in."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed(secret: str, *parts: str) -> str:
    """A name or an address under our key: without the key nobody can find out whose hash it is."""
    return hmac.new(secret.encode(), "\x00".join(parts).encode(), hashlib.sha256).hexdigest()


def till_key_hash(secret: str, key: str) -> str:
    """How the key of a till is kept."""
    return keyed(secret, "till", key)


def handle_of(secret: str, person: str) -> str:
    """What a passkey calls its owner by: theirs alone, and no name (WebAuthn, 14.6.1); as base64url."""
    digest = hmac.new(secret.encode(), f"passkey\x00{person}".encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")
