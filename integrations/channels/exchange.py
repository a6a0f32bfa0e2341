"""One question to a provider over HTTP, and what its answer proves; shared by the providers of this folder."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
from pydantic import BaseModel, ConfigDict

from integrations.channels.base import OpenPicture
from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable
from integrations.wire import LOST, NOT_REACHED
from models.locale import mark
from models.post import Picture
from models.reason import because

MISSHAPEN = (LookupError, TypeError, ValueError, AttributeError, OverflowError)

BUSY = mark("{who} asks to wait: there were too many requests. It will be tried again.")
FAILED = mark("{who} failed while it was answering (HTTP {status}). It may have been accepted: look at the channel.")
UNREADABLE = mark(
    "{who} gave an answer that cannot be read (HTTP {status}). It may have been accepted: look at the channel."
)
NO_ID = mark("{who} answered without the number of the post. It may be out: look at the channel.")
TOO_LARGE = mark("{who} says that the request is too large. Make the pictures smaller.")
NOT_READ = mark("{who} cannot be read now. It will be asked again.")
NO_PICTURE = mark("The picture {file} is not in the media store. Load the piece with its pictures again.")


class _AddressesCutShort(logging.Filter):
    """httpx logs the address of every request; Telegram's holds the token in its path, others theirs in the query."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = re.sub(r"(https?://[^/\s\"]+)[^\s\"]*", r"\1/…", record.getMessage()), None
        return True


logging.getLogger("httpx").addFilter(_AddressesCutShort())


class ProviderSettings(BaseModel):
    """What a person types; an error about it never repeats what was typed, for that may be a secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True)


def send(http: httpx.Client, url: str, method: str = "POST", **content: Any) -> httpx.Response:
    with over_the_wire():
        return http.request(method, url, **content)


@contextmanager
def over_the_wire() -> Iterator[None]:
    """What fails names neither the address nor what was sent: either may hold a secret."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise Unavailable(because(NOT_REACHED, code="unreachable", detail=type(error).__name__)) from None
    except httpx.HTTPError as error:
        raise OutcomeUnknown(because(LOST, code="lost", detail=type(error).__name__)) from None


def read(who: str, response: httpx.Response) -> dict[str, Any]:
    """The JSON object of an answer; raises what its absence proves."""
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        return answer
    raise failure(who, response.status_code, wait=response.headers.get("retry-after"))


def failure(who: str, status: int, wait: object = None) -> Failure:
    """What an HTTP status proves where no words of the provider say more."""
    if status == 429:
        return Unavailable(because(BUSY, code="busy", who=who), retry_after=seconds(wait))
    if status == 413:
        return Refused(because(TOO_LARGE, code="too_large", who=who))
    # 502 and 504 come from a gateway that may have passed the request on: no 5xx proves that nothing was done.
    text, code = (FAILED, "server") if status >= 500 else (UNREADABLE, "unreadable")
    return OutcomeUnknown(because(text, code=code, who=who, status=status))


def seconds(wait: object) -> timedelta | None:
    """A waiting time named in seconds; an HTTP date is not used by anybody we talk to."""
    try:
        return timedelta(seconds=max(0.0, float(str(wait))))
    except (ValueError, OverflowError):
        return None


def identity(who: str, number: object) -> int:
    """The number of what was made; without a positive one nothing proves that it was."""
    if isinstance(number, int) and not isinstance(number, bool) and number > 0:
        return number
    raise OutcomeUnknown(because(NO_ID, code="no_id", who=who))


@contextmanager
def harmless(who: str) -> Iterator[None]:
    """Call a lost answer, or one of another shape, "not now": a look, or an upload that nobody sees, may be made again.

    Also a decorator. What cannot be read never passes for "there is nothing".
    """
    try:
        yield
    except (OutcomeUnknown, *MISSHAPEN) as unknown:
        raise Unavailable(because(NOT_READ, code="unread", who=who)) from unknown


def opened(open_picture: OpenPicture, picture: Picture) -> bytes:
    try:
        return open_picture(picture)
    except (OSError, LookupError) as error:
        raise Refused(because(NO_PICTURE, code="no_picture", file=picture.file_name)) from error


def redacted(said: object, secret: str) -> str:
    """The provider's own words, without our secret should it be quoted in them, and not longer than a line or two."""
    text = str(said).strip().rstrip(".")
    return (text.replace(secret, "…") if secret else text)[:300]
