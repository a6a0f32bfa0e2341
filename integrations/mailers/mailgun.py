"""Letters by Mailgun, a thousand a call: https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages
(API 3.0.0, read 2026-11-21). Not tried live.

Every recipient's values are recipient variables (%recipient.v0%), our key is one too and comes back as a user variable
of every event. A letter that itself contains what looks like a variable goes alone, filled in, and without variables
nothing is replaced. Mailgun takes no key against doubles. What it has taken is found among its events, which it keeps
for three days at least; that an event is not there (yet) proves nothing.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, Field, SecretStr

from integrations.mailers import asking, webhooks
from integrations.mailers.base import MailerCapabilities, MailerLimits, Pulled
from integrations.mailers.batches import Batches, Packing, Unfit, utc_now
from integrations.mailers.mailgun_answers import (
    ITS_OWN,
    KEY,
    WHO,
    alone,
    clashes,
    demand_signature,
    failure,
    happened,
    its_own,
    number_of,
    together,
)
from models.delivery import State
from models.letters import Answer, Letter, MailNews
from models.locale import mark
from models.reason import NO_REASON, because

PER_LOOK = 50  # addresses in one question
PAGE = 300  # events on a page
SETTLED_AFTER = timedelta(minutes=30)  # what is older is listed for certain, and in its order
REFUSED = asking.no(asking.SAID_NO, WHO, "rejected", "rejected")
TAKEN = {"accepted": State.SENT, "rejected": State.REJECTED}


class MailgunSettings(asking.ProviderSettings):
    api_key: SecretStr = Field(
        min_length=1, title=mark("API key"),
        description=mark("From the settings of your account at the provider, section API."),
    )  # fmt: skip
    domain: str = Field(
        pattern=r"^[A-Za-z0-9.-]+$", title=mark("Domain at Mailgun"),
        description=mark("The domain that letters are sent from, as it is called there, for example mg.example.org."),
    )  # fmt: skip
    webhook_secret: SecretStr = Field(
        SecretStr(""), title=mark("Signing key of webhooks"),
        description=mark("The HTTP webhook signing key, from the page of keys at the provider."),
    )  # fmt: skip
    api_url: str = Field(
        "https://api.mailgun.net", pattern=r"^https?://\S+$", title=mark("API address"),
        description=mark("https://api.eu.mailgun.net if your domain is in the region EU."),
    )  # fmt: skip


class Mailgun(asking.Unasked):
    name: ClassVar[str] = "mailgun"
    title: ClassVar[str] = mark("Mailgun")
    Settings: ClassVar[type[BaseModel]] = MailgunSettings
    limits: ClassVar[MailerLimits] = MailerLimits(
        letter_bytes_max=25_000_000,
        recipients_per_call=1000,  # of a call with recipient variables
        # Calls in a second are limited by plan, and the limit is told only when it is exceeded.
    )
    capabilities: ClassVar[MailerCapabilities] = MailerCapabilities(
        connections=4, call_timeout=timedelta(seconds=60), finds=True, pulls=True, tells=True, fills=True
    )

    def __init__(self, settings: MailgunSettings, http: httpx.Client, now: Callable[[], datetime] = utc_now) -> None:
        self.settings, self.http, self.now = settings, http, now
        self.url = f"{settings.api_url.rstrip('/')}/v3/{quote(settings.domain, safe='')}"

    def open(self) -> Batches:
        packing = Packing(self.limits.recipients_per_call, alone=clashes)
        return Batches(self._take, self.limits, self.capabilities, self.now, packing)

    def _take(self, letters: Sequence[Letter]) -> list[Answer]:
        own = next((word for letter in letters if (word := its_own(letter))), "")
        if own:
            raise Unfit(because(ITS_OWN, code="template", word=f"%{own}%"), of_letter=True)
        if len(letters) == 1:
            fields = alone(letters[0])
        else:
            fields, variables = together(letters)
            fields += [("recipient-variables", json.dumps(variables, ensure_ascii=False))]
        response = self._ask("/messages", files=[(name, (None, value)) for name, value in fields])
        number = number_of(response, asking.hidden(self.settings, letters))
        return [Answer(letter.id, State.SENT, number) for letter in letters]

    def _ask(self, path: str, method: str = "POST", **what: Any) -> httpx.Response:
        secret = self.settings.api_key.get_secret_value()
        return asking.send(self.http, self.url + path, method, auth=("api", secret), **what)

    def find(self, letters: Sequence[Letter], since: datetime) -> list[Answer]:
        """By our key among the events of these addresses. One number is shared by a whole call, so it is no proof."""
        ours = {letter.key: letter.id for letter in letters}
        found: dict[int, Answer] = {}
        for start in range(0, len(letters), PER_LOOK):
            for event in self._events_of(letters[start : start + PER_LOOK], since):
                id = ours.get(webhooks.text(webhooks.field(event, "user-variables", KEY)))
                state = TAKEN.get(webhooks.text(event.get("event")))
                if id is not None and state is not None:
                    number = webhooks.text(webhooks.field(event, "message", "headers", "message-id")).strip("<>")
                    found.setdefault(id, Answer(id, state, number, NO_REASON if state is State.SENT else REFUSED))
        return list(found.values())

    def _events_of(self, letters: Sequence[Letter], since: datetime) -> Iterator[dict[str, Any]]:
        addresses = " OR ".join(f'"{letter.to}"' for letter in letters)
        wanted = {"begin": f"{since.timestamp():.0f}", "ascending": "yes", "limit": PAGE}
        page = self._page("/events", params=wanted | {"recipient": addresses, "event": "accepted OR rejected"})
        while page["items"]:
            yield from page["items"]
            page = self._page(self._next(page))

    def _next(self, page: dict[str, Any]) -> str:
        """Only the path is taken from the address of the next page: our key goes nowhere else."""
        place = str(page["paging"]["next"]).partition(f"/{self.settings.domain}/events")
        if not place[1]:
            raise asking.busy(WHO)
        return f"/events{place[2]}"

    @asking.harmless(WHO)
    def _page(self, path: str, **what: Any) -> dict[str, Any]:
        response = self._ask(path, "GET", **what)
        if response.status_code != 200:
            raise failure(response, asking.hidden(self.settings))
        page = asking.json_of(WHO, response)
        if not all(isinstance(event, dict) for event in page["items"]):
            raise TypeError
        return {"items": page["items"], "paging": page["paging"]}

    def pull(self, cursor: str) -> Pulled:
        """A page of events, for where no webhook can come in. What is younger than half an hour is left for later:
        until then Mailgun may still put something before it."""
        page = self._page(
            cursor or "/events", **({} if cursor else {"params": {"ascending": "yes", "limit": PAGE, "begin": "0"}})
        )
        settled = self.now() - SETTLED_AFTER
        with asking.harmless(WHO):
            items = [event for event in page["items"] if webhooks.read_moment(WHO, event["timestamp"]) <= settled]
            news = [told for event in items if (told := happened(event, self.now()))]
        complete = len(items) == len(page["items"])
        return Pulled(tuple(news), self._next(page) if items and complete else cursor, bool(items) and complete)

    def told(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[MailNews]:
        told = webhooks.object_of(WHO, body)
        demand_signature(told, self.settings.webhook_secret.get_secret_value(), now)
        with webhooks.shaped(WHO):
            news = happened(told["event-data"], now)
        return [news] if news else []

    def check(self) -> None:
        """A look at its events: a key that may only send is told so by the first letter."""
        self._page("/events", params={"limit": 1})
