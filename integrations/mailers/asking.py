"""One call to a provider of mail over HTTP, and what its answer proves; shared by the mailers that call an API.

No words of a provider are repeated unless addresses, numbers, secrets and what was filled in are cut out of them.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, ClassVar, NoReturn

import httpx
from pydantic import BaseModel, SecretStr

from integrations.channels.exchange import BUSY, MISSHAPEN, ProviderSettings, over_the_wire, seconds
from integrations.errors import Failure, OutcomeUnknown, Refused, Unavailable, Unsupported
from integrations.mailers.base import Pulled
from models.letters import Answer, Letter, MailNews
from models.locale import mark
from models.reason import Reason, because

BAD_KEY = mark("{who} does not accept the key. Make a new one there and enter it in the settings.")
NOT_NOW = mark("{who} does not send for this account now: {said} (code {number}). Look into its cabinet.")
SAID_NO = mark("{who} refused the letter: {said} (code {number}). Mend the letter, or its sender.")
BAD_ADDRESS = mark("{who} says that the address cannot be written to (code {number}).")
TOO_LARGE = mark("{who} says that the letter is too large. Make it smaller.")
FAILED = mark("{who} failed while it was answering (code {number}). The letter may have gone out.")
UNREADABLE = mark("{who} gave an answer that cannot be read (HTTP {status}). The letter may have gone out.")
NO_ID = mark("{who} answered without the number of the letter. It may have gone out.")
NOT_READ = mark("{who} cannot be asked now. It will be asked again.")
BLIND = mark("{who} cannot be asked what became of a letter whose answer was lost.")
NOT_ASKED = mark("{who} cannot be asked what came back; it tells by itself.")
UNWRITABLE = mark(
    "With a key or an address of the mailer's settings nothing can be asked: a sign in it is wrong. Enter both anew."
)
NOT_TOLD = mark("{who} tells nothing by itself; it has to be asked.")

ADDRESS = re.compile(r"\S*@\S*")
NUMBER = re.compile(r"\+?\d[\d ()-]{5,}\d")
LONGEST_WORDS = 200
LONGEST_WAIT = timedelta(hours=12)  # what asks for more is looked at again all the same, as with a mail server

__all__ = ["MISSHAPEN", "ProviderSettings", "seconds"]


def send(http: httpx.Client, url: str, method: str = "POST", auth: Any = None, **content: Any) -> httpx.Response:
    """Send a request. Raises Refused where the settings cannot be written into one: then nothing has left."""
    try:
        request = http.build_request(method, url, **content)
    except (httpx.InvalidURL, UnicodeError):
        raise unwritable() from None
    with over_the_wire():
        return http.send(request, auth=auth)


def hidden(settings: BaseModel, letters: Sequence[Letter] = ()) -> list[str]:
    """What must not come back in anybody's words, the longest first: our secrets, and what these letters hold."""
    words = {word for letter in letters for word in (letter.to, letter.to_name, *letter.values)}
    words |= {value.get_secret_value() for _, value in settings if isinstance(value, SecretStr)}
    return sorted((word for word in words if len(word) > 1), key=len, reverse=True)


def scrubbed(said: object, hide: Iterable[str] = ()) -> str:
    """A provider's own words without anything of a person or of ours in them, not longer than a line or two."""
    text = " ".join(str(said).split())
    for word in hide:
        text = text.replace(word, "…")
    return NUMBER.sub("…", ADDRESS.sub("…", text))[:LONGEST_WORDS].rstrip(".") or "?"


def no(text: str, who: str, code: object, said: str = "") -> Reason:
    """A provider's no by its own code."""
    return because(text, code=str(code)[:40], number=str(code)[:40], who=who, said=said)


def json_of(who: str, response: httpx.Response) -> Any:
    """The JSON of an answer; one that is none proves what its status does."""
    try:
        return response.json()
    except (ValueError, RecursionError):
        raise by_status(who, response) from None


def by_status(who: str, response: httpx.Response) -> Failure:
    """What an HTTP status proves where no words of the provider say more."""
    status, wait = response.status_code, response.headers.get("retry-after")
    if status == 429:
        return busy(who, wait)
    if status in (401, 403):
        return bad_key(who)
    # 502 and 504 come from a gateway that may have passed the request on: no 5xx proves that nothing was done.
    if status >= 500:
        return OutcomeUnknown(no(FAILED, who, status))
    return OutcomeUnknown(because(UNREADABLE, code="unreadable", who=who, status=status))


def busy(who: str, wait: object = None) -> Unavailable:
    asked = seconds(wait)
    return Unavailable(because(BUSY, code="busy", who=who), None if asked is None else min(asked, LONGEST_WAIT))


def unwritable() -> Refused:
    return Refused(because(UNWRITABLE, code="settings"))


def bad_key(who: str) -> Refused:
    return Refused(because(BAD_KEY, code="credentials", who=who))


def identity(who: str, number: object) -> str:
    """The number of what was taken; without one nothing proves that it was."""
    if isinstance(number, bool) or not isinstance(number, int | str) or number in (0, "0", ""):
        raise OutcomeUnknown(because(NO_ID, code="no_id", who=who))
    return str(number)


@contextmanager
def harmless(who: str) -> Iterator[None]:
    """Call a lost answer, or one of another shape, "not now": a look may be made again. Also a decorator."""
    try:
        yield
    except (OutcomeUnknown, *MISSHAPEN) as unknown:
        raise Unavailable(because(NOT_READ, code="unread", who=who)) from unknown


@contextmanager
def whole(who: str, status: int) -> Iterator[None]:
    """Call an answer of another shape "don't know": it proves nothing about what was handed over."""
    try:
        yield
    except MISSHAPEN:
        raise OutcomeUnknown(because(UNREADABLE, code="unreadable", who=who, status=status)) from None


class Unasked:
    """What a provider cannot do is said; a mailer takes over what it can. Raises Unsupported."""

    title: ClassVar[str] = ""

    def find(self, letters: Sequence[Letter], since: datetime) -> list[Answer]:
        self._cannot(BLIND, "blind")

    def pull(self, cursor: str) -> Pulled:
        self._cannot(NOT_ASKED, "not_asked")

    def _tells_nothing(self) -> list[MailNews]:
        self._cannot(NOT_TOLD, "not_told")

    def _cannot(self, text: str, code: str) -> NoReturn:
        raise Unsupported(because(text, code=code, who=self.title))
