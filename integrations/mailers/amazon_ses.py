"""Letters by Amazon SES, fifty a call: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendBulkEmail.html
(API 2019-09-27, read 2026-11-21). Not tried live.

The form goes along as an inline template ({{v0}}, put in as it is), every recipient has values, headers and a tag of
its own; the tag carries our key and comes back with every event. SES takes no key against doubles and shows nothing of
what it took, so an unknown outcome is settled by its events, which come through an SNS topic: event publishing of a
configuration set with this topic as its destination.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

import httpx
from pydantic import BaseModel, Field, SecretStr

from integrations.errors import Refused
from integrations.mailers import asking, webhooks
from integrations.mailers.amazon_answers import WHO, answers, error_name, failure, request
from integrations.mailers.amazon_notices import CONFIRMATION, KEPT, NOTIFICATION, demand_signature, happened, is_of_sns
from integrations.mailers.amazon_signature import Credentials, signed
from integrations.mailers.base import MailerCapabilities, MailerLimits
from integrations.mailers.batches import Batches, Packing, utc_now
from models.letters import Answer, Letter, MailNews
from models.locale import mark
from models.reason import because

PAUSED = mark("Amazon does not let this account send. Look into its console, under reputation.")
VALUES_BYTES_MAX = 500_000  # a call with its template in it may have 1 MB
CERTIFICATES_KEPT = 8
TRIED_OUT = "Successfully validated SNS topic"  # what SES says once, when the topic becomes its destination


class AmazonSesSettings(asking.ProviderSettings):
    key_id: str = Field(
        min_length=1, title=mark("Access key ID"),
        description=mark("Of a user that may do ses:SendBulkEmail, ses:SendEmail and ses:GetAccount."),
    )  # fmt: skip
    key_secret: SecretStr = Field(
        min_length=1, title=mark("Secret access key"), description=mark("It was shown once, when the key was made.")
    )
    region: str = Field(
        "eu-central-1", pattern=r"^[a-z]{2}(-[a-z]+)+-\d$", title=mark("Region"),
        description=mark("Where your senders are confirmed, for example eu-central-1."),
    )  # fmt: skip
    configuration_set: str = Field(
        "", pattern=r"^[A-Za-z0-9_-]{0,64}$", title=mark("Configuration set"),
        description=mark("Its events go to the SNS topic below; without one nothing comes back."),
    )  # fmt: skip
    topic: str = Field(
        "", pattern=r"^(arn:aws[a-z-]*:sns:\S+)?$", title=mark("SNS topic"),
        description=mark("Its ARN, as arn:aws:sns:eu-central-1:123456789012:mail; nothing else is believed."),
    )  # fmt: skip
    api_url: str = Field(
        "https://email.{region}.amazonaws.com", pattern=r"^https?://\S+$", title=mark("API address"),
        description=mark("Change it only if the provider moves its API."),
    )  # fmt: skip


class AmazonSes(asking.Unasked):
    name: ClassVar[str] = "amazon_ses"
    title: ClassVar[str] = mark("Amazon SES")
    Settings: ClassVar[type[BaseModel]] = AmazonSesSettings
    limits: ClassVar[MailerLimits] = MailerLimits(
        letter_bytes_max=900_000,  # 1 MB of JSON with an inline template, 40 MB without
        recipients_per_call=50,
        # Letters in a second are the account's own quota: GetAccount tells it, and a status says when it is used up.
    )
    capabilities: ClassVar[MailerCapabilities] = MailerCapabilities(
        connections=4, call_timeout=timedelta(seconds=60), tells=True, fills=True
    )

    def __init__(self, settings: AmazonSesSettings, http: httpx.Client, now: Callable[[], datetime] = utc_now) -> None:
        self.settings, self.http, self.now = settings, http, now
        self.url = settings.api_url.replace("{region}", settings.region).rstrip("/")
        self._certificates: dict[str, bytes] = {}

    def open(self) -> Batches:
        packing = Packing(self.limits.recipients_per_call, VALUES_BYTES_MAX)
        return Batches(self._take, self.limits, self.capabilities, self.now, packing)

    def _take(self, letters: Sequence[Letter]) -> list[Answer]:
        body = request(letters, self.settings.configuration_set)
        response = self._ask("POST", "/v2/email/outbound-bulk-emails", body)
        return answers(response, letters, asking.hidden(self.settings, letters))

    def _ask(self, method: str, path: str, body: bytes = b"") -> httpx.Response:
        secret, url = self.settings.key_secret.get_secret_value(), self.url + path
        who = Credentials(self.settings.key_id, secret, self.settings.region, "ses")
        try:
            head = signed(who, method, url, body, self.now()) | {"content-type": "application/json"}
        except ValueError:  # the address is none
            raise asking.unwritable() from None
        return asking.send(self.http, url, method, headers=head, content=body)

    def told(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[MailNews]:
        """A notice of the topic, or the question whether we want its notices, which is answered at once."""
        envelope = webhooks.object_of(WHO, body)
        if envelope.get("TopicArn") != webhooks.demand_key(WHO, self.settings.topic):
            raise webhooks.forged(WHO)
        with webhooks.shaped(WHO):
            demand_signature(envelope, self._certificate(envelope.get("SigningCertURL")), now)
            webhooks.moment(WHO, envelope["Timestamp"], now, oldest=KEPT)
            if envelope["Type"] == CONFIRMATION:
                self._confirm(envelope["SubscribeURL"])
            if envelope["Type"] != NOTIFICATION or str(envelope["Message"]).startswith(TRIED_OUT):
                return []
            return list(happened(webhooks.object_of(WHO, envelope["Message"]), now))

    def _certificate(self, url: object) -> bytes:
        """Fetched from SNS itself only, and kept: the same one signs for months."""
        if not isinstance(url, str) or not is_of_sns(url, ".pem"):
            raise webhooks.forged(WHO)
        if url not in self._certificates:
            with asking.harmless(WHO):
                response = asking.send(self.http, url, "GET")
            if response.status_code != 200:
                raise asking.busy(WHO)
            if len(self._certificates) >= CERTIFICATES_KEPT:
                self._certificates.clear()
            self._certificates[url] = response.content
        return self._certificates[url]

    def _confirm(self, url: object) -> None:
        if not isinstance(url, str) or not is_of_sns(url):
            raise webhooks.forged(WHO)
        with asking.harmless(WHO):
            response = asking.send(self.http, url, "GET")
        if response.status_code != 200:
            raise asking.busy(WHO)

    @asking.harmless(WHO)
    def check(self) -> None:
        response = self._ask("GET", "/v2/email/account")
        account: Any = asking.json_of(WHO, response)
        name = error_name(response, account)
        if response.status_code != 200 or name:
            raise failure(name, str(account.get("message") or ""), response, asking.hidden(self.settings))
        if account["SendingEnabled"] is not True:
            raise Refused(because(PAUSED, code="paused"))
