"""DKIM signatures (RFC 6376, RFC 8463 for Ed25519): relaxed/relaxed, what a form fixes canonicalised once. Pure.

One-click unsubscribing (RFC 8058) wants its two headers signed, so every header of ours is; From is named once more
than it stands there, so that a second one breaks the signature.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from integrations.errors import Refused
from integrations.mailers.addresses import domain_on_wire
from integrations.mailers.mime import Filled, FormBytes
from models.locale import mark
from models.reason import because

UNREADABLE = mark(
    "The DKIM key cannot be read. It is a private key without a password, in PEM: it begins with “-----BEGIN”. "
    "Enter it whole."
)
OTHER_KEY = mark("The DKIM key is neither RSA nor Ed25519. Make one of these and publish its public half in the DNS.")
WEAK = mark("The DKIM key has {bits} bits, too few to be trusted. Make one of 2048 bits and publish its public half.")
NO_DOMAIN = mark("The DKIM domain or selector is not a name of the DNS. Enter them as in selector._domainkey.domain.")

BITS_MIN = 2048
UNSIGNED = frozenset({b"content-transfer-encoding"})  # a relay may change it; then the body says so
LINE = 72
LONG_LIST = re.compile(r"[^ ]{40,60}:")  # a space after some of its colons, so that it may be folded there
SPACES, UNEVEN = re.compile(rb"[ \t\r\n]+"), re.compile(rb"[\t\r\n]|  ")


class Signer:
    """Signs letters with one key. Raises Refused where the key or its names are unfit."""

    def __init__(self, domain: str, selector: str, pem: str) -> None:
        self.domain, self.selector = domain_on_wire(domain), selector
        if not self.domain or not domain_on_wire(selector):
            raise Refused(because(NO_DOMAIN, code="dkim"))
        self._sign, self.algorithm, self._public = _signing(_read(pem))
        self._shapes: WeakKeyDictionary[FormBytes, _Shape] = WeakKeyDictionary()

    def field(self, letter: Filled, now: datetime) -> bytes:
        """The DKIM-Signature of a letter, to stand before its other fields."""
        shape = self._shapes.get(letter.made) or self._shape(letter)
        second, digest = b"%d" % now.timestamp(), b64encode(hashlib.sha256(letter.relaxed_body).digest())
        own = b"\r\n".join(map(_relaxed, letter.fields))
        signed = b64encode(self._sign(b"%b%b\r\n%b" % (shape.fixed, own, shape.signed % (second, digest))))
        lines = b"\r\n ".join([signed[at : at + LINE] for at in range(0, len(signed), LINE)])
        return b"%b\r\n %b" % (shape.written % (second, digest), lines)

    def _shape(self, letter: Filled) -> "_Shape":
        """What the signatures of all letters of a form have in common: their fields are the same, in the same order."""
        fixed = [field for field in map(_relaxed, letter.made.fixed) if field.partition(b":")[0] not in UNSIGNED]
        names = [field.partition(b":")[0].lower().decode() for field in (*fixed, *letter.fields)]
        listed = LONG_LIST.sub(r"\g<0> ", ":".join([*names, "from"]))
        signature = (
            f"v=1; a={self.algorithm}; c=relaxed/relaxed; d={self.domain}; s={self.selector};"
            f" t=%b; h={listed}; bh=%b; b="
        )
        shape = _Shape(
            b"".join(field + b"\r\n" for field in fixed), f"dkim-signature:{signature}".encode(), _folded(signature)
        )
        self._shapes[letter.made] = shape
        return shape

    @property
    def record(self) -> tuple[str, str]:
        """What has to stand in the DNS: the name and its TXT."""
        kind = "ed25519" if self.algorithm.startswith("ed25519") else "rsa"
        text = f"v=DKIM1; k={kind}; p={b64encode(self._public).decode()}"
        return f"{self.selector}._domainkey.{self.domain}", text


@dataclass(frozen=True)
class _Shape:
    """The fixed fields as they are signed, and the signature's own field as it is signed and as it is written."""

    fixed: bytes
    signed: bytes
    written: bytes


Key = RSAPrivateKey | Ed25519PrivateKey


def _read(pem: str) -> Key:
    """The key, also where its line breaks were typed as \\n in one line."""
    try:
        key = serialization.load_pem_private_key(pem.strip().replace("\\n", "\n").encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Refused(because(UNREADABLE, code="dkim")) from None
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise Refused(because(OTHER_KEY, code="dkim"))
    if isinstance(key, RSAPrivateKey) and key.key_size < BITS_MIN:
        raise Refused(because(WEAK, code="dkim", bits=key.key_size))
    return key


def _signing(key: Key) -> tuple[Callable[[bytes], bytes], str, bytes]:
    """How it signs, what that is called, and the public half as the DNS has it."""
    encoding, kind = serialization.Encoding, serialization.PublicFormat
    if isinstance(key, Ed25519PrivateKey):
        raw = key.public_key().public_bytes(encoding.Raw, kind.Raw)
        return (lambda data: key.sign(hashlib.sha256(data).digest())), "ed25519-sha256", raw
    scheme, digest = padding.PKCS1v15(), hashes.SHA256()
    der = key.public_key().public_bytes(encoding.DER, kind.SubjectPublicKeyInfo)
    return (lambda data: key.sign(data, scheme, digest)), "rsa-sha256", der


def _relaxed(field: bytes) -> bytes:
    """RFC 6376, 3.4.2: the name in small letters, no folding, white space as one space."""
    name, _, value = field.partition(b":")
    value = value.strip(b" \t\r\n")
    return name.lower() + b":" + (SPACES.sub(b" ", value) if UNEVEN.search(value) else value)


def _folded(signature: str) -> bytes:
    """The field up to its b=, broken where white space counts as one space; the digest has a line of its own."""
    lines = ["DKIM-Signature:"]
    for word in signature.split(" "):
        if len(lines[-1]) + 1 + len(word) > LINE or word.startswith("bh="):
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines).encode()
