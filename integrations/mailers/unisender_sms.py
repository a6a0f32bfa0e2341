"""Short messages by UniSender, one a call: https://www.unisender.com/en/help/api/sendSms.html (read 2026-11-21).

Facts of the classic API, read in excerpts; not tried live. It takes no key of ours and tells nothing by itself;
checkSms is asked for one message at a time, by UniSender's number. At what hours advertising may be sent is not
published by it and is the sender's own business.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

import httpx
from pydantic import BaseModel, Field, SecretStr

from integrations.errors import Unsupported
from integrations.mailers import asking
from integrations.mailers.base import MailerCapabilities, MailerLimits, Pulled
from integrations.mailers.batches import Batches, Unfit, utc_now
from integrations.mailers.filling import filled
from integrations.mailers.unisender import NOBODY_KNOWS
from integrations.mailers.unisender_api import WHO, Api, Outstanding, news
from models.customers import AddressKind
from models.delivery import State
from models.letters import Answer, Letter, MailNews
from models.locale import mark
from models.reason import because
from models.short_messages import parts

TEXT_MAX = 1000  # characters, whatever alphabet they need
PER_PULL = 20  # checkSms is a call each
LONG_TEXT = mark("The short message has {length} characters where {most} are taken. Make it shorter.")


class UniSenderSmsSettings(asking.ProviderSettings):
    api_key: SecretStr = Field(
        min_length=1, title=mark("API key"),
        description=mark("From the settings of your account at the provider, section API."),
    )  # fmt: skip
    sender: str = Field(
        pattern=r"^([A-Za-z0-9.,-]{1,11}|\+?[0-9]{7,15})$", title=mark("Name of the sender"),
        description=mark("As it was agreed with the operators: up to 11 Latin letters and digits, or a phone number."),
    )  # fmt: skip
    part_price: int = Field(
        0, ge=0, title=mark("Price of one part"),
        description=mark("In kopecks or cents: what one part of a short message costs, for the plan of expenses."),
    )  # fmt: skip
    currency: str = Field(
        "RUB", pattern=r"^[A-Z]{3}$", title=mark("Currency of the price"),
        description=mark("Three letters, as RUB."),
    )  # fmt: skip
    api_url: str = Field(
        "https://api.unisender.com", pattern=r"^https?://\S+$", title=mark("API address"),
        description=mark("Change it only if the provider moves its API."),
    )  # fmt: skip


class UniSenderSms(asking.Unasked):
    name: ClassVar[str] = "unisender_sms"
    title: ClassVar[str] = mark("UniSender, short messages")
    Settings: ClassVar[type[BaseModel]] = UniSenderSmsSettings
    limits: ClassVar[MailerLimits] = MailerLimits(
        recipients_per_call=1,
        calls_per_second=20.0,  # 1,200 a minute for a key and for an IP address
        headers_allowed=False,
    )
    capabilities: ClassVar[MailerCapabilities] = MailerCapabilities(
        kind=AddressKind.PHONE, connections=4, call_timeout=timedelta(seconds=30), pulls=True
    )

    def __init__(
        self,
        settings: UniSenderSmsSettings,
        http: httpx.Client,
        now: Callable[[], datetime] = utc_now,
        outstanding: Outstanding | None = None,
    ) -> None:
        self.settings, self.now, self.outstanding = settings, now, outstanding
        self.api = Api(http, settings.api_url, "en", settings.api_key)

    def open(self) -> Batches:
        return Batches(self._take, self.limits, self.capabilities, self.now)

    def _take(self, letters: Sequence[Letter]) -> list[Answer]:
        (letter,) = letters
        text = filled(letter.form.text, letter.values)
        if len(text) > TEXT_MAX:
            raise Unfit(because(LONG_TEXT, code="size", length=len(text), most=TEXT_MAX), of_letter=True)
        phone, sender = letter.to.lstrip("+"), (letter.form.sender or self.settings.sender).lstrip("+")
        result = self.api.ask("sendSms", asking.hidden(self.settings, letters), phone=phone, sender=sender, text=text)
        with asking.whole(WHO, 200):
            item = result[0] if isinstance(result, list) else result
            return [Answer(letter.id, State.SENT, asking.identity(WHO, item.get("sms_id")), pieces=parts(text))]

    def pull(self, cursor: str) -> Pulled:
        """Ask for the messages whose fate is open, some at a time; behind the last it begins anew."""
        if self.outstanding is None:
            raise Unsupported(because(NOBODY_KNOWS, code="nobody"))
        asked = self.outstanding(cursor, PER_PULL)
        found: list[MailNews] = []
        for _, number in asked:
            with asking.harmless(WHO):
                status = str(self.api.ask("checkSms", sms_id=number)["status"])
            found += news(number, status, self.now(), AddressKind.PHONE)
        more = len(asked) == PER_PULL
        return Pulled(tuple(found), asked[-1][0] if more else "", more)

    def told(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[MailNews]:
        return self._tells_nothing()

    def check(self) -> None:
        self.api.look("getLists")
