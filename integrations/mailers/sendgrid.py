"""Letters by SendGrid, a thousand a call: https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send and
its published OpenAPI file (v3, read 2026-11-21). Not tried live.

Every recipient has a personalization with substitutions for the holes, headers of its own, and our key as a custom
argument, which comes back with every event. SendGrid takes no key against doubles, and what it has taken can only be
looked up by who pays for it; so an unknown outcome is settled by its events, which are signed.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

import httpx
from pydantic import BaseModel, Field, SecretStr

from integrations.mailers import asking, webhooks
from integrations.mailers.base import MailerCapabilities, MailerLimits
from integrations.mailers.batches import Batches, Packing, utc_now
from integrations.mailers.sendgrid_answers import (
    WHO,
    demand_signature,
    failure,
    happened,
    number_of,
    public_key,
    request,
    too_many_bytes,
)
from models.delivery import State
from models.letters import Answer, Letter, MailNews
from models.locale import mark


class SendGridSettings(asking.ProviderSettings):
    api_key: SecretStr = Field(
        min_length=1, title=mark("API key"),
        description=mark("From the settings of your account at the provider, section API."),
    )  # fmt: skip
    webhook_public: str = Field(
        "", title=mark("Public key of the event webhook"),
        description=mark("From the page of the signed event webhook; without it nothing that is told is believed."),
    )  # fmt: skip
    api_url: str = Field(
        "https://api.sendgrid.com", pattern=r"^https?://\S+$", title=mark("API address"),
        description=mark("https://api.eu.sendgrid.com for a subuser of the region EU."),
    )  # fmt: skip


class SendGrid(asking.Unasked):
    name: ClassVar[str] = "sendgrid"
    title: ClassVar[str] = mark("SendGrid")
    Settings: ClassVar[type[BaseModel]] = SendGridSettings
    limits: ClassVar[MailerLimits] = MailerLimits(
        letter_bytes_max=30_000_000,  # of a letter with everything; quoted by libraries, not in the file
        recipients_per_call=1000,  # personalizations
        # Calls in a second are not limited for mail/send in the file; a 429 is heeded.
    )
    capabilities: ClassVar[MailerCapabilities] = MailerCapabilities(
        connections=4, call_timeout=timedelta(seconds=60), tells=True, fills=True
    )

    def __init__(self, settings: SendGridSettings, http: httpx.Client, now: Callable[[], datetime] = utc_now) -> None:
        self.settings, self.http, self.now = settings, http, now
        self.url = settings.api_url.rstrip("/")

    def open(self) -> Batches:
        packing = Packing(self.limits.recipients_per_call, alone=too_many_bytes)
        return Batches(self._take, self.limits, self.capabilities, self.now, packing)

    def _take(self, letters: Sequence[Letter]) -> list[Answer]:
        response = self._ask("POST", "/v3/mail/send", json=request(letters))
        number = number_of(response, asking.hidden(self.settings, letters))
        return [Answer(letter.id, State.SENT, number) for letter in letters]

    def _ask(self, method: str, path: str, json: object = None) -> httpx.Response:
        head = {"Authorization": f"Bearer {self.settings.api_key.get_secret_value()}"}
        return asking.send(self.http, self.url + path, method, headers=head, json=json)

    def told(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[MailNews]:
        demand_signature(headers, body, self.settings.webhook_public, now)
        with webhooks.shaped(WHO):
            found = [happened(event, now) for event in webhooks.objects_of(WHO, body)]
        return [news for news in found if news is not None]

    @asking.harmless(WHO)
    def check(self) -> None:
        """A look at the rights of the key, which every key may have; and at the webhook's key, if there is one."""
        response = self._ask("GET", "/v3/scopes")
        if response.status_code != 200:
            raise failure(response, asking.hidden(self.settings))
        asking.json_of(WHO, response)["scopes"]
        if self.settings.webhook_public:
            public_key(self.settings.webhook_public)
