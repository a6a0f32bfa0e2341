"""Letters by UniSender, one a call: https://www.unisender.com/en/support/api/partners/sendemail/ (read 2026-11-21).

Facts of the classic API, read in excerpts; not tried live. It fills nothing in, save {{UnsubscribeUrl}}, which is kept
away from it; it makes the plain text out of the HTML itself, takes no headers of ours but Reply-To, and adds its own
link to unsubscribe from `list_id`. `ref_key` has to be unique, but what a second use of it answers is not published,
so it counts as no key. checkEmail knows a letter for a month, by UniSender's number only.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

import httpx
from pydantic import BaseModel, Field, SecretStr

from integrations.errors import Refused, Unsupported
from integrations.mailers import asking, webhooks
from integrations.mailers.base import MailerCapabilities, MailerLimits, Pulled
from integrations.mailers.batches import Batches, utc_now
from integrations.mailers.filling import as_html, filled
from integrations.mailers.unisender_api import METADATA, WHO, Api, Outstanding, failure, news
from models.delivery import State
from models.letters import Answer, Happening, Letter, MailNews
from models.locale import mark
from models.reason import because

NO_LIST = mark("UniSender has no list {number}. Enter the number of a list of this account in the settings.")
NOBODY_KNOWS = mark("UniSender is asked by the numbers of letters, and nobody gave them.")
PER_CHECK = 500
OWN_LINK = re.compile(r"\{(?=\{\s*UnsubscribeUrl)", re.IGNORECASE)
AUTH = re.compile(rb'("auth"\s*:\s*")([0-9a-fA-F]{32})(")')


class UniSenderSettings(asking.ProviderSettings):
    api_key: SecretStr = Field(
        min_length=1, title=mark("API key"),
        description=mark("From the settings of your account at the provider, section API."),
    )  # fmt: skip
    list_id: int = Field(
        gt=0, title=mark("Number of the list"),
        description=mark("The list that UniSender's own link unsubscribes from; recipients are added to it."),
    )  # fmt: skip
    language: str = Field(
        "ru", pattern=r"^(ru|en|ua|it|da|de|es|fr|nl|pl|pt|tr)$", title=mark("Language of the provider's own words"),
        description=mark("Two letters, as ru: the language of the unsubscribe line that UniSender adds."),
    )  # fmt: skip
    api_url: str = Field(
        "https://api.unisender.com", pattern=r"^https?://\S+$", title=mark("API address"),
        description=mark("Change it only if the provider moves its API."),
    )  # fmt: skip


class UniSender(asking.Unasked):
    name: ClassVar[str] = "unisender"
    title: ClassVar[str] = mark("UniSender")
    Settings: ClassVar[type[BaseModel]] = UniSenderSettings
    limits: ClassVar[MailerLimits] = MailerLimits(
        letter_bytes_max=1_048_576, recipients_per_call=1,
        calls_per_second=1.0,  # 60 a minute; to one address not oftener than every 60 s; 1,000 a day at first
        headers_allowed=False,
    )  # fmt: skip
    capabilities: ClassVar[MailerCapabilities] = MailerCapabilities(
        connections=2, call_timeout=timedelta(seconds=30), pulls=True, tells=True
    )

    def __init__(
        self,
        settings: UniSenderSettings,
        http: httpx.Client,
        now: Callable[[], datetime] = utc_now,
        outstanding: Outstanding | None = None,
    ) -> None:
        self.settings, self.now, self.outstanding = settings, now, outstanding
        language = settings.language if settings.language in ("ru", "en", "ua", "it") else "en"
        self.api = Api(http, settings.api_url, language, settings.api_key)

    def open(self) -> Batches:
        return Batches(self._take, self.limits, self.capabilities, self.now)

    def _take(self, letters: Sequence[Letter]) -> list[Answer]:
        (letter,) = letters
        hide = asking.hidden(self.settings, letters)
        result = self.api.ask("sendEmail", hide, **self._form(letter))
        with asking.whole(WHO, 200):
            item = result[0] if isinstance(result, list) else {"id": result["email_id"]}
            if item.get("errors"):
                error = item["errors"][0]
                raise failure(str(error.get("code") or "refused"), error.get("message"), hide)
            return [Answer(letter.id, State.SENT, asking.identity(WHO, item.get("id")))]

    def _form(self, letter: Letter) -> dict[str, Any]:
        form, values = letter.form, letter.values
        html = filled(form.html, values) if form.html else as_html(filled(form.text, values))
        reply = {"headers": f"Reply-To: {form.reply_to}"} if form.reply_to else {}
        return {
            "email": recipient(letter), "sender_name": form.sender_name or form.sender, "sender_email": form.sender,
            "subject": filled(form.subject, values), "body": OWN_LINK.sub("&#123;", html),
            "list_id": self.settings.list_id, "lang": self.settings.language, "track_read": 0, "track_links": 0,
            "wrap_type": "skip", "images_as": "only_links", "error_checking": 1, "ref_key": letter.key,
            f"metadata[{METADATA}]": letter.key, **reply,
        }  # fmt: skip

    def pull(self, cursor: str) -> Pulled:
        """Ask for the letters whose fate is open; behind the last it begins anew, for a fate may change for a month."""
        if self.outstanding is None:
            raise Unsupported(because(NOBODY_KNOWS, code="nobody"))
        asked = self.outstanding(cursor, PER_CHECK)
        if not asked:
            return Pulled((), "")
        with asking.harmless(WHO):
            result = self.api.ask("checkEmail", email_id=",".join(number for _, number in asked))
            ours = {number for _, number in asked}
            told = [(str(one["id"]), str(one["status"])) for one in result["statuses"]]
        found = [each for number, status in told if number in ours for each in news(number, status, self.now())]
        more = len(asked) == PER_CHECK
        return Pulled(tuple(found), asked[-1][0] if more else "", more)

    def told(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[MailNews]:
        """Its proof is a digest of the body with our key in its place. No zone is published for its times, so none
        of them is later than now."""
        demand_auth(body, self.settings.api_key.get_secret_value())
        told = webhooks.object_of(WHO, body)
        with webhooks.shaped(WHO):
            users = [] if "event_name" in told else told["events_by_user"]
            events = [event for user in users for event in user.get("Events") or user.get("events") or []]
            return [each for event in events or [told] for each in happened(event, now)]

    def check(self) -> None:
        with asking.harmless(WHO):
            lists = {int(one["id"]) for one in self.api.ask("getLists")}
        if self.settings.list_id not in lists:
            raise Refused(because(NO_LIST, code="list", number=self.settings.list_id))


def recipient(letter: Letter) -> str:
    """NAME <ADDRESS>; what would end the name is left out of it."""
    name = re.sub(r'[<>",;\\]', "", letter.to_name).strip()
    return f"{name} <{letter.to}>" if name else letter.to


def demand_auth(body: bytes, key: str) -> None:
    found = AUTH.search(body)
    if found is None:
        raise webhooks.forged(WHO)
    signed = body[: found.start(2)] + key.encode() + body[found.end(2) :]
    ours = hashlib.md5(signed, usedforsecurity=False).hexdigest()  # UniSender's choice, not ours
    if not webhooks.same(ours, found.group(2).decode().lower()):
        raise webhooks.forged(WHO)


def happened(event: dict[str, Any], now: datetime) -> list[MailNews]:
    data, name = event.get("event_data") or {}, event.get("event_name")
    address, number = webhooks.text(data.get("email")), str(data.get("email_id") or "")
    at = min(webhooks.read_moment(WHO, event["event_time"]), now)
    if name == "unsubscribe":
        return [MailNews(Happening.UNSUBSCRIBED, at, once=f"unisender:unsubscribe:{event['event_time']}:{address}",
                         address=address)]  # fmt: skip
    if name != "email_status":
        return []
    key = webhooks.text(webhooks.field(data, "metadata", METADATA))
    return news(number, str(data["status"]), at, address=address, key=key)
