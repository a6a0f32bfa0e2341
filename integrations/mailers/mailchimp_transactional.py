"""Letters by Mailchimp Transactional (Mandrill), a thousand a call where they share their headers, else one a call:
https://mailchimp.com/developer/transactional/api/messages/send-new-message/ (API 1.4, read 2026-11-21). Not tried live.

Holes are merge tags of Handlebars in three braces, which put values in as they are; in headers no merge tag works. Our
key is metadata of each recipient, limited to 250 bytes, and comes back with every event. Mailchimp takes no key against
doubles. It finds letters by metadata once the field otdel_key is entered there under custom metadata; that it finds
nothing proves nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

import httpx
from pydantic import BaseModel, Field, SecretStr

from integrations.mailers import asking, webhooks
from integrations.mailers.base import MailerCapabilities, MailerLimits
from integrations.mailers.batches import Batches, Packing, utc_now
from integrations.mailers.mailchimp_answers import (
    KEY,
    WHO,
    alone,
    answers,
    demand_signature,
    failure,
    happened,
    message,
    ours,
    result,
)
from models.letters import Answer, Letter, MailNews
from models.locale import mark

PER_SEARCH = 20  # keys in one question; of these 20 are answered in a minute


class MailchimpTransactionalSettings(asking.ProviderSettings):
    api_key: SecretStr = Field(
        min_length=1, title=mark("API key"),
        description=mark("From the settings of your account at the provider, section API."),
    )  # fmt: skip
    subaccount: str = Field(
        "", pattern=r"^[^\s]{0,255}$", title=mark("Subaccount"),
        description=mark("Its ID, if your letters are kept apart in one; else leave it empty."),
    )  # fmt: skip
    webhook_secret: SecretStr = Field(
        SecretStr(""), title=mark("Signing key of webhooks"),
        description=mark("The HTTP webhook signing key, from the page of keys at the provider."),
    )  # fmt: skip
    webhook_url: str = Field(
        "", pattern=r"^(https?://\S+)?$", title=mark("Address of the webhook"),
        description=mark("Exactly as it was entered at the provider: it is part of what is signed."),
    )  # fmt: skip
    api_url: str = Field(
        "https://mandrillapp.com/api/1.4", pattern=r"^https?://\S+$", title=mark("API address"),
        description=mark("Change it only if the provider moves its API."),
    )  # fmt: skip


class MailchimpTransactional(asking.Unasked):
    name: ClassVar[str] = "mailchimp_transactional"
    title: ClassVar[str] = mark("Mailchimp Transactional")
    Settings: ClassVar[type[BaseModel]] = MailchimpTransactionalSettings
    limits: ClassVar[MailerLimits] = MailerLimits(
        letter_bytes_max=25_000_000,  # with its attachments, in base64; quoted by libraries, not in the file
        recipients_per_call=1000,  # a webhook holds as many; for calls no number is published
        subject_max=998,
    )
    capabilities: ClassVar[MailerCapabilities] = MailerCapabilities(
        connections=8, call_timeout=timedelta(seconds=60), finds=True, tells=True, fills=True
    )

    def __init__(
        self, settings: MailchimpTransactionalSettings, http: httpx.Client, now: Callable[[], datetime] = utc_now
    ) -> None:
        self.settings, self.http, self.now = settings, http, now
        self.url = settings.api_url.rstrip("/")

    def open(self) -> Batches:
        packing = Packing(self.limits.recipients_per_call, alone=alone)
        return Batches(self._take, self.limits, self.capabilities, self.now, packing)

    def _take(self, letters: Sequence[Letter]) -> list[Answer]:
        response = self._ask("/messages/send", message=message(letters, self.settings.subaccount))
        return answers(response, letters, asking.hidden(self.settings, letters))

    def _ask(self, path: str, **what: Any) -> httpx.Response:
        body = {"key": self.settings.api_key.get_secret_value(), **what}
        return asking.send(self.http, self.url + path, json=body)

    def find(self, letters: Sequence[Letter], since: datetime) -> list[Answer]:
        found: list[Answer] = []
        for start in range(0, len(letters), PER_SEARCH):
            found += self._found(letters[start : start + PER_SEARCH], since)
        return found

    @asking.harmless(WHO)
    def _found(self, letters: Sequence[Letter], since: datetime) -> list[Answer]:
        query = " OR ".join(f'u_{KEY}:"{letter.key}"' for letter in letters)
        days = {"date_from": f"{since:%Y-%m-%d}", "date_to": f"{self.now() + timedelta(days=1):%Y-%m-%d}"}
        response = self._ask("/messages/search", query=query, limit=1000, **days)
        return ours(result(response, asking.hidden(self.settings, letters)), letters)

    def told(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[MailNews]:
        settings = self.settings
        events = demand_signature(headers, body, settings.webhook_url, settings.webhook_secret.get_secret_value())
        with webhooks.shaped(WHO):
            found = [happened(event, now) for event in webhooks.objects_of(WHO, events)]
        return [news for news in found if news is not None]

    @asking.harmless(WHO)
    def check(self) -> None:
        response = self._ask("/users/ping2")
        told = asking.json_of(WHO, response)
        if told != {"PING": "PONG!"}:
            said, hide = webhooks.field(told, "message"), asking.hidden(self.settings)
            raise failure(str(webhooks.field(told, "name") or ""), said, response, hide)
