"""A passkey device of our own: keeps keys, signs what a browser would sign, and lies on request."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, NEW_KEY = 0x01, 0x04, 0x40


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def data(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Key:
    id: bytes
    handle: str
    private: ec.EllipticCurvePrivateKey
    count: int = 0


@dataclass
class Device:
    """`origin` is where the browser says it is, `host` the name it was asked for; flags say what the person did."""

    origin: str = "https://staff.example"
    host: str = "staff.example"
    flags: int = PRESENT | VERIFIED
    counts: bool = True
    keys: list[Key] = field(default_factory=list)

    def make(self, question: dict[str, Any], **lies: Any) -> str:
        """Make a key, and the answer that proves it."""
        key = Key(hashlib.sha256(str(len(self.keys)).encode() + id(self).to_bytes(8, "big")).digest(),
                  question["user"]["id"], ec.generate_private_key(ec.SECP256R1()))  # fmt: skip
        self.keys.append(key)
        numbers = key.private.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        about = bytes(16) + len(key.id).to_bytes(2, "big") + key.id + public
        seen = {"fmt": "none", "attStmt": {}, "authData": self._seen(key, NEW_KEY) + about}
        client = self._client("webauthn.create", question["challenge"], lies)
        return self._answer(key, {"clientDataJSON": text(client), "attestationObject": text(cbor2.dumps(seen))}, lies)

    def come_in(self, question: dict[str, Any], key: Key | None = None, **lies: Any) -> str:
        """Sign with a key, the last one unless another is named."""
        key = key or self.keys[-1]
        key.count = lies.get("count", key.count + self.counts)
        seen, client = self._seen(key), self._client("webauthn.get", question["challenge"], lies)
        signature = (lies.get("signer") or key).private.sign(seen + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        said = {"clientDataJSON": text(client), "authenticatorData": text(seen), "signature": text(signature),
                "userHandle": lies.get("handle", key.handle)}  # fmt: skip
        return self._answer(key, said, lies)

    def _seen(self, key: Key, more: int = 0) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        return host + bytes([self.flags | more]) + key.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str, lies: dict[str, Any]) -> bytes:
        said = {"type": lies.get("kind", kind), "challenge": lies.get("challenge", challenge), "origin": self.origin}
        return json.dumps(said).encode()

    @staticmethod
    def _answer(key: Key, response: dict[str, Any], lies: dict[str, Any]) -> str:
        id = lies.get("id", text(key.id))
        return json.dumps({"id": id, "rawId": id, "type": "public-key", "response": response})
