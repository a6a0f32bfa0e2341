"""Tokens and names as they are stored: never themselves, only their hashes. Pure."""

import hashlib
import hmac


def fingerprint(token: str) -> str:
    """The hash of a token nobody could guess; what is stored cannot be used to come in."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed(secret: str, *parts: str) -> str:
    """A name or an address under our key: without the key nobody can find out whose hash it is."""
    return hmac.new(secret.encode(), "\x00".join(parts).encode(), hashlib.sha256).hexdigest()
