"""Letters by SendPulse, one a call: https://sendpulse.com/integrations/api/smtp, its published OpenAPI file 1.0.0
(read 2026-11-21). Not tried live.

It takes no key of ours, fills nothing in but its own stored templates, and takes no headers of ours. A letter whose
answer was lost is looked for by recipient, sender, subject and moment. Its webhooks bear no signature, so the address
we give it has to end in a secret.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, ClassVar

import httpx
from pydantic import BaseModel, Field, SecretStr

from integrations.mailers import asking, webhooks
from integrations.mailers.base import MailerCapabilities, MailerLimits
from integrations.mailers.batches import Batches, utc_now
from integrations.mailers.filling import as_html, filled
from integrations.mailers.sendpulse_answers import WHO, demand_yes, happened, number_of, ours
from models.delivery import State
from models.letters import Answer, Letter, MailNews
from models.locale import mark

EARLY = timedelta(minutes=2)  # a pass is renewed before its hour is over


class SendPulseSettings(asking.ProviderSettings):
    client_id: str = Field(
        min_length=1, title=mark("ID"), description=mark("ID of the REST API, from the settings of the account, API.")
    )
    client_secret: SecretStr = Field(
        min_length=1, title=mark("Secret"), description=mark("Secret of the REST API, from the same page as the ID.")
    )
    webhook_secret: SecretStr = Field(
        SecretStr(""), title=mark("Secret of the webhook"),
        description=mark("Any 20 letters and digits; the address of the webhook at the provider ends with them."),
    )  # fmt: skip
    api_url: str = Field(
        "https://api.sendpulse.com", pattern=r"^https?://\S+$", title=mark("API address"),
        description=mark("Change it only if the provider moves its API."),
    )  # fmt: skip


class SendPulse(asking.Unasked):
    name: ClassVar[str] = "sendpulse"
    title: ClassVar[str] = mark("SendPulse")
    Settings: ClassVar[type[BaseModel]] = SendPulseSettings
    limits: ClassVar[MailerLimits] = MailerLimits(recipients_per_call=1, calls_per_second=10.0, headers_allowed=False)
    capabilities: ClassVar[MailerCapabilities] = MailerCapabilities(
        connections=4, call_timeout=timedelta(seconds=30), finds=True, tells=True
    )

    def __init__(self, settings: SendPulseSettings, http: httpx.Client, now: Callable[[], datetime] = utc_now) -> None:
        self.settings, self.http, self.now = settings, http, now
        self.url = settings.api_url.rstrip("/")
        self._pass, self._pass_until = "", now()
        self._one_at_a_time = Lock()

    def open(self) -> Batches:
        """Without a pass nothing can be sent, so one is fetched first."""
        self._fetch_pass()
        return Batches(self._take, self.limits, self.capabilities, self.now)

    def _take(self, letters: Sequence[Letter]) -> list[Answer]:
        (letter,) = letters
        response = self._ask("POST", "/smtp/emails", json={"email": content(letter)})
        number = number_of(asking.json_of(WHO, response), response, asking.hidden(self.settings, letters))
        return [Answer(letter.id, State.SENT, number)]

    def _ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        """One question. A pass that is no longer accepted proves that nothing was done, so it is asked once more."""
        known = self._fetch_pass()
        response = self._send(method, path, known, **what)
        if response.status_code != 401:
            return response
        return self._send(method, path, self._fetch_pass(instead_of=known), **what)

    def _send(self, method: str, path: str, known: str, **what: Any) -> httpx.Response:
        head = {"Authorization": f"Bearer {known}"}
        return asking.send(self.http, f"{self.url}{path}", method, headers=head, **what)

    def _fetch_pass(self, instead_of: str = "") -> str:
        with self._one_at_a_time:
            if not self._pass or self._pass == instead_of or self.now() >= self._pass_until:
                with asking.harmless(WHO):
                    answer = self._granted()
                    self._pass = str(answer["access_token"])
                    self._pass_until = self.now() + timedelta(seconds=int(answer["expires_in"])) - EARLY
            return self._pass

    def _granted(self) -> Any:
        secret = self.settings.client_secret.get_secret_value()
        wanted = {"grant_type": "client_credentials", "client_id": self.settings.client_id, "client_secret": secret}
        response = asking.send(self.http, f"{self.url}/oauth/access_token", json=wanted)
        if response.status_code in (400, 401, 403):
            raise asking.bad_key(WHO)
        answer = asking.json_of(WHO, response)
        demand_yes(answer, response, asking.hidden(self.settings))
        return answer

    def find(self, letters: Sequence[Letter], since: datetime) -> list[Answer]:
        found = ((letter, self._found(letter, since)) for letter in letters)
        return [Answer(letter.id, State.SENT, number) for letter, number in found if number]

    @asking.harmless(WHO)
    def _found(self, letter: Letter, since: datetime) -> str:
        days = {"from": f"{since:%Y-%m-%d}", "to": f"{self.now() + timedelta(days=1):%Y-%m-%d}"}
        response = self._ask("GET", "/smtp/emails", params={"recipient": letter.to, "limit": 100, **days})
        records = asking.json_of(WHO, response)
        demand_yes(records, response, asking.hidden(self.settings, [letter]))
        return ours(records, letter, filled(letter.form.subject, letter.values), since, self.now())

    def told(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[MailNews]:
        webhooks.demand_path(WHO, headers, self.settings.webhook_secret.get_secret_value())
        with webhooks.shaped(WHO):
            found = [happened(event, now) for event in webhooks.objects_of(WHO, body)]
        return [news for news in found if news is not None]

    def check(self) -> None:
        with asking.harmless(WHO):
            response = self._ask("GET", "/smtp/senders")
            answer = asking.json_of(WHO, response)
            demand_yes(answer, response, asking.hidden(self.settings))
            if not isinstance(answer, list):
                raise TypeError


def content(letter: Letter) -> dict[str, Any]:
    """What /smtp/emails takes: the HTML in base64 and the text beside it, both required."""
    form, values = letter.form, letter.values
    text = filled(form.text, values)
    html = filled(form.html, values) if form.html else as_html(text)
    sender = {"name": form.sender_name or form.sender, "email": form.sender}
    to = {"email": letter.to} | ({"name": letter.to_name} if letter.to_name else {})
    reply = {"reply_to": {"email": form.reply_to}} if form.reply_to else {}
    return {
        "subject": filled(form.subject, values), "from": sender, "to": [to], "text": text or " ",
        "html": b64encode(html.encode()).decode(), "auto_plain_text": False, **reply,
    }  # fmt: skip
