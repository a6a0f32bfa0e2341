"""Reading what a provider tells by itself: its body, its moment, its proof. Pure.

Everybody may knock at a webhook. What has no proof, is too old or comes from the future is refused with its reason;
what is told twice has the same `once`.
"""

import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.channels.exchange import MISSHAPEN
from integrations.errors import Refused
from models.locale import mark
from models.reason import because

NOT_READ = mark("What {who} is said to have told cannot be read. Check the address of the webhook in its settings.")
FORGED = mark("What {who} is said to have told does not bear its signature. Check the key of the webhook.")
NO_PROOF = mark("{who}: no key for what it tells is set. Enter it in the settings.")
TOO_OLD = mark("What {who} told is too old ({at}): somebody may have kept it and sent it again.")
AHEAD = mark("What {who} told is from the future ({at}). Check the clock of this computer.")

# Whoever routes a webhook takes this header away from what came in and sets it to the last part of the path.
PATH_SECRET = "x-otdel-path-secret"  # noqa: S105 - the name of a header
AHEAD_AT_MOST = timedelta(minutes=10)
LARGEST = 10_000_000


def forged(who: str) -> Refused:
    return Refused(because(FORGED, code="forged", who=who))


def unread(who: str) -> Refused:
    return Refused(because(NOT_READ, code="unread", who=who))


def same(ours: str, theirs: object) -> bool:
    """Compare proofs in constant time."""
    return isinstance(theirs, str) and hmac.compare_digest(bytes_of(ours), bytes_of(theirs))


def bytes_of(said: str) -> bytes:
    """Whatever JSON holds, half of a surrogate pair as well."""
    return said.encode(errors="surrogatepass")


def demand_key(who: str, key: str) -> str:
    """A key that is not set proves nothing: an empty one would let everybody in."""
    if not key:
        raise Refused(because(NO_PROOF, code="no_key", who=who))
    return key


def demand_path(who: str, headers: Mapping[str, str], secret: str) -> None:
    """Where a provider signs nothing, only who knows the secret part of the address is believed."""
    if not same(demand_key(who, secret), header(headers, PATH_SECRET)):
        raise forged(who)


def header(headers: Mapping[str, str], name: str) -> str:
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")


def object_of(who: str, body: bytes | str) -> dict[str, Any]:
    found = _parsed(who, body)
    if not isinstance(found, dict):
        raise unread(who)
    return found


def objects_of(who: str, body: bytes | str) -> list[dict[str, Any]]:
    """A list of events; one alone may come without its list."""
    found = _parsed(who, body)
    events = found if isinstance(found, list) else [found]
    if not all(isinstance(event, dict) for event in events):
        raise unread(who)
    return events


def _parsed(who: str, body: bytes | str) -> Any:
    if len(body) > LARGEST:
        raise unread(who)
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise unread(who) from None


@contextmanager
def shaped(who: str) -> Iterator[None]:
    """What a provider never says so is refused, not half read."""
    try:
        yield
    except MISSHAPEN:
        raise unread(who) from None


def moment(who: str, at: object, now: datetime, oldest: timedelta | None = None) -> datetime:
    """A moment by its Unix seconds or its ISO text, checked against the clock."""
    told = read_moment(who, at)
    if told > now + AHEAD_AT_MOST:
        raise Refused(because(AHEAD, code="ahead", who=who, at=told.isoformat(timespec="seconds")))
    if oldest is not None and told < now - oldest:
        raise Refused(because(TOO_OLD, code="old", who=who, at=told.isoformat(timespec="seconds")))
    return told


def read_moment(who: str, at: object) -> datetime:
    with shaped(who):
        told = datetime.fromisoformat(str(at)) if isinstance(at, str) and not _is_number(at) else _unix(at)
        return told if told.tzinfo else told.replace(tzinfo=UTC)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


def _unix(at: object) -> datetime:
    if isinstance(at, bool) or not isinstance(at, int | float | str):
        raise TypeError
    try:
        return datetime.fromtimestamp(float(at), UTC)
    except OSError:
        raise ValueError from None


def text(value: object) -> str:
    """A text of an event; whatever else stands there is nothing."""
    return value if isinstance(value, str) else ""


def field(found: object, *path: str) -> Any:
    """What stands at a path of names, None where there is nothing: providers leave fields away and add new ones."""
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def codes(value: object) -> str:
    """Only the codes of an answer of a mail server, as "550 5.1.1": its words may quote the address."""
    digits = str(value)[:400].replace("-", " ").replace(";", " ").replace("#", " ").split()
    wanted = [word for word in digits if _is_code(word)]
    return " ".join(dict.fromkeys(wanted[:2]))


def _is_code(word: str) -> bool:
    parts = word.split(".")
    three = len(parts) == 3 and all(part.isdecimal() and len(part) <= 3 for part in parts) and parts[0] in "245"
    return three or (word.isdecimal() and len(word) == 3 and word[0] in "245")


def is_hard(code: str) -> bool:
    """Whether a mail server's code says that the address does not exist (RFC 3463: 5.1.x but not the sender's)."""
    return any(word in ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1") for word in code.split())
