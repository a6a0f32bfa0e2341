"""Notices by a Telegram bot, in its chat with a person: https://core.telegram.org/bots/api (read 2026-11-21).

A bot cannot write first: the person opens it and presses Start, and then their chat has a number.
"""

import re
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, Field, SecretStr

from integrations.channels import exchange, telegram_answers
from integrations.channels.base import Call, Capabilities, Limits, Part, Receipt
from integrations.channels.telegram_answers import WHO, number
from integrations.errors import Refused
from integrations.notices.base import Blind
from models.delivery import Verb
from models.locale import mark
from models.post import Post
from models.reason import because

CHAT = re.compile(r"[1-9]\d{0,18}")  # a person's own chat: groups and channels have numbers below zero
TITLE_MOST = 1000
NO_NUMBER = mark(
    "The chat with the bot is named by its number, for example 123456789. Correct company.yaml: people, telegram."
)
NOT_STARTED = mark(
    "Telegram does not let the bot write to this chat. Its owner opens the bot and presses Start; check the number in "
    "company.yaml: people, telegram."
)
DEAD_TOKEN = mark(
    "Telegram does not know the bot of the notices. Take a new token from @BotFather and put it into the Prefect block "
    "“telegram-notices”, or into OTDEL_TELEGRAM_NOTICES_TOKEN."
)
MENDS = {"no_chat": NOT_STARTED, "no_right": NOT_STARTED, "credentials": DEAD_TOKEN}


class TelegramNoticesSettings(exchange.ProviderSettings):
    token: SecretStr = Field(
        min_length=1, title=mark("Bot token"), description=mark("The token that @BotFather gave for the bot.")
    )
    api_url: str = Field(
        "https://api.telegram.org", pattern=r"^https?://\S+$", title=mark("API address"),
        description=mark("Change it only if you run an API server of your own."),
    )  # fmt: skip


class TelegramNotices(Blind):
    """One message per notice: its heading and a link. Telegram takes no key of ours, so what was lost stays unknown."""

    name: ClassVar[str] = "telegram-notices"
    title: ClassVar[str] = mark("Notices by Telegram")
    Settings: ClassVar[type[BaseModel]] = TelegramNoticesSettings
    limits: ClassVar[Limits] = Limits(text_max=4096, counts="utf16")
    capabilities: ClassVar[Capabilities] = Capabilities(
        verbs=frozenset({Verb.PUBLISH}), call_timeout=timedelta(seconds=20)
    )

    def __init__(self, settings: TelegramNoticesSettings, http: httpx.Client, open_picture: Any = None) -> None:
        self.settings, self.http = settings, http

    def parts(self, verb: Verb, post: Post) -> tuple[Part, ...]:
        return (Part("message"),)

    def act(self, call: Call) -> Receipt:
        if not CHAT.fullmatch(call.post.to):
            raise Refused(because(NO_NUMBER, code="no_number"))
        text = "\n".join(filter(None, (call.post.title[:TITLE_MOST], call.post.link)))
        preview = {"is_disabled": True}  # Telegram would open the link of our desk to draw it
        sent = self._ask("sendMessage", chat_id=int(call.post.to), text=text, link_preview_options=preview)
        return Receipt(str(number(sent, "message_id")))

    def _ask(self, method: str, **fields: Any) -> Any:
        secret = self.settings.token.get_secret_value()
        url = f"{self.settings.api_url.rstrip('/')}/bot{quote(secret, safe=':')}/{method}"
        response = exchange.send(self.http, url, json=fields)
        try:
            return telegram_answers.result(exchange.read(WHO, response), response.status_code, "", secret)
        except Refused as no:
            mend = MENDS.get(no.reason.code)
            raise Refused(because(mend, code=no.reason.code)) if mend else no from None

    def check(self) -> None:
        with exchange.harmless(WHO):
            number(self._ask("getMe"), "id")
