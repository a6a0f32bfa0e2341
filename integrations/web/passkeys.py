"""Passkeys (Web Authentication, Level 3): what a browser is asked, and what its answer proves.

A passkey belongs to one name: the host of the staff address. A number is no name, and without TLS only this machine's
own name, localhost, is trusted by browsers.
"""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TypeVar
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, parse_client_data_json
from webauthn.helpers.parse_authentication_credential_json import parse_authentication_credential_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from models.desk import NewPasskey
from models.locale import mark
from models.reason import Reason, because

T = TypeVar("T")
LOG = logging.getLogger(__name__)
LOCAL = "localhost"
ANSWER_MOST = 20_000
NOT_PROVEN = mark("The passkey did not prove who you are. Try again, or come in another way.")


@dataclass(frozen=True)
class Place:
    """Where passkeys hold: `origin` is the only address whose answers count, `name` what the browser shows."""

    host: str
    origin: str
    name: str


@dataclass(frozen=True)
class Claimed:
    """What an answer says of itself, proven or not yet."""

    challenge: str
    credential_id: str = ""
    handle: str = ""


def place_of(staff_url: str, name: str) -> Place | None:
    """The place of this address; None where no browser would make a passkey."""
    parts = urlsplit(staff_url)
    host = _host(parts.hostname or "")
    if not host or (parts.scheme != "https" and host != LOCAL):
        return None
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    port = f":{parts.port}" if parts.port not in (None, usual) else ""
    return Place(host, f"{parts.scheme}://{host}{port}", name)


def _host(host: str) -> str:
    """The name a passkey is bound to: this machine's own number is called by its name, another number has none."""
    try:
        return LOCAL if ip_address(host).is_loopback else ""
    except ValueError:
        return host


def question_to_make(place: Place, challenge: str, handle: str, key: str, title: str, known: Sequence[str] = ()) -> str:
    """Ask for a new passkey of a person, on a device that holds none of the known ones; as JSON."""
    options = generate_registration_options(
        rp_id=place.host, rp_name=place.name, user_id=base64url_to_bytes(handle), user_name=key,
        user_display_name=title, challenge=base64url_to_bytes(challenge),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(id)) for id in known],
    )  # fmt: skip
    return str(options_to_json(options))


def question_to_come_in(place: Place, challenge: str) -> str:
    """Ask for any passkey of this place; as JSON."""
    options = generate_authentication_options(
        rp_id=place.host, challenge=base64url_to_bytes(challenge),
        user_verification=UserVerificationRequirement.REQUIRED,
    )  # fmt: skip
    return str(options_to_json(options))


def claimed(answer: str) -> Claimed | None:
    """What an answer says of itself; None where it cannot be read."""
    return _read(answer, _claimed)


def _claimed(answer: str) -> Claimed:
    read = json.loads(answer)
    response = read["response"]
    client = parse_client_data_json(base64url_to_bytes(response["clientDataJSON"]))
    return Claimed(bytes_to_base64url(client.challenge), str(read["id"]), str(response.get("userHandle") or ""))


def made(place: Place, answer: str, challenge: str) -> NewPasskey | Reason:
    """The passkey that an answer proves was made here, for this question; else why not."""
    return _read(answer, lambda said: _made(place, said, challenge)) or because(NOT_PROVEN, code="not_proven")


def _made(place: Place, answer: str, challenge: str) -> NewPasskey:
    proven = verify_registration_response(
        credential=answer, expected_challenge=base64url_to_bytes(challenge), expected_rp_id=place.host,
        expected_origin=place.origin, require_user_verification=True,
    )  # fmt: skip
    return NewPasskey(
        credential_id=bytes_to_base64url(proven.credential_id), public_key=proven.credential_public_key,
        sign_count=proven.sign_count,
    )  # fmt: skip


def count_of(place: Place, answer: str, challenge: str, public_key: bytes) -> int | None:
    """How often the key was used, by an answer that it has signed for this place and question; None: not proven.

    Whether the count may be so is judged where it is kept, together with the writing of it.
    """
    return _read(answer, lambda said: _count_of(place, said, challenge, public_key))


def _count_of(place: Place, answer: str, challenge: str, public_key: bytes) -> int:
    return verify_authentication_response(
        credential=parse_authentication_credential_json(answer), expected_challenge=base64url_to_bytes(challenge),
        expected_rp_id=place.host, expected_origin=place.origin, credential_public_key=public_key,
        credential_current_sign_count=0, require_user_verification=True,
    ).new_sign_count  # fmt: skip


def _read(answer: str, reading: Callable[[str], T]) -> T | None:
    """Strangers send anything: whatever cannot be read, or does not verify, is no proof and nothing else."""
    if len(answer) > ANSWER_MOST:
        return None
    try:
        return reading(answer)
    except Exception as error:
        LOG.info("a passkey's answer proves nothing: %s", type(error).__name__)
        return None
