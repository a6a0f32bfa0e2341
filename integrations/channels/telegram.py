"""Telegram channels, by a bot: https://core.telegram.org/bots/api (Bot API 10.1 of 11 June 2026; read 2026-11-21).

The Bot API takes no key of ours and shows no history: what was lost on the way only a person, or an update, can find.
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, Field, SecretStr

from integrations.channels import exchange, law, telegram_answers, telegram_markup
from integrations.channels.base import Call, Capabilities, Limits, Live, OpenPicture, Part, Receipt, Remark
from integrations.channels.measure import refuse_misfit
from integrations.channels.telegram_answers import ALREADY_GONE, ALREADY_SO, WHO, known, number
from integrations.channels.telegram_updates import KINDS, Update, next_offset, read_updates
from integrations.errors import Refused, Unsupported
from models.delivery import Verb
from models.locale import mark
from models.post import Post
from models.reason import because

BLIND = mark("A Telegram bot cannot look at what stands in a channel. Look there yourself.")
PUSHED = mark("Telegram cannot be asked for reactions; they come with the bot's updates.")
NO_COMMENTS = mark("Telegram cannot be asked for comments; they come with the bot's updates.")


class TelegramSettings(exchange.ProviderSettings):
    token: SecretStr = Field(
        min_length=1, title=mark("Bot token"), description=mark("The token that @BotFather gave for the bot.")
    )
    chat: str = Field(
        min_length=1,
        title=mark("Channel"),
        description=mark("@name of the channel, or its number that begins with -100."),
    )
    api_url: str = Field(
        "https://api.telegram.org", pattern=r"^https?://\S+$", title=mark("API address"),
        description=mark("Change it only if you run an API server of your own."),
    )  # fmt: skip
    link_preview: bool = Field(
        True, title=mark("Link preview"), description=mark("Show a preview of the link under a post without pictures.")
    )


class Telegram:
    name: ClassVar[str] = "telegram"
    title: ClassVar[str] = mark("Telegram")
    Settings: ClassVar[type[BaseModel]] = TelegramSettings
    limits: ClassVar[Limits] = Limits(
        text_max=4096, caption_max=telegram_markup.CAPTION_MAX,
        counts="utf16",  # as entities are; the unit of the limit itself is not documented (2026-11-21)
        pictures_max=10, picture_bytes_max=10_000_000, picture_sides_sum_max=10_000, picture_ratio=(1 / 20, 20.0),
        markup=telegram_markup.MARKUP,
    )  # fmt: skip
    capabilities: ClassVar[Capabilities] = Capabilities(
        verbs=frozenset(Verb),
        call_timeout=timedelta(seconds=60),  # an album is ten uploads in one call
        min_interval=timedelta(seconds=3),  # 20 a minute in one group: quoted by libraries, not published (2026-11-21)
        audience=True, advertising={"RU": law.RESTRICTED},
    )  # fmt: skip

    def __init__(self, settings: TelegramSettings, http: httpx.Client, open_picture: OpenPicture) -> None:
        self.settings, self.http, self.open_picture = settings, http, open_picture
        self.chat = telegram_markup.chat_id(settings.chat)

    def parts(self, verb: Verb, post: Post) -> tuple[Part, ...]:
        if verb != Verb.PUBLISH:
            return (Part("post", repeatable=True),)  # the same edit or deletion made twice leaves the same
        return (Part("pictures"), Part("text")) if telegram_markup.splits(post) else (Part("post"),)

    def act(self, call: Call) -> Receipt:
        if call.verb == Verb.DELETE:
            return self._delete(call)
        refuse_misfit(call.post, self.limits)
        return self._edit(call) if call.verb == Verb.EDIT else self._publish(call)

    def _publish(self, call: Call) -> Receipt:
        request = telegram_markup.publication(call.post, call.part, known(call), self.settings.link_preview)
        return telegram_answers.receipt(call, self._make(request))

    def _edit(self, call: Call) -> Receipt:
        text_id, preview = telegram_answers.text_id(call), self.settings.link_preview
        try:
            edited = self._make(telegram_markup.correction(call.post, text_id, known(call), preview))
        except Refused as no:
            if no.reason.code != ALREADY_SO:
                raise
            edited = True
        return telegram_answers.edit_receipt(call, edited)

    def _delete(self, call: Call) -> Receipt:
        for message_id in known(call).get("messages") or [telegram_answers.text_id(call)]:
            try:
                self._ask("deleteMessage", json={"chat_id": self.chat, "message_id": message_id})
            except Refused as no:
                if no.reason.code != ALREADY_GONE:
                    raise
        return Receipt(call.remote_id, detail=known(call))

    def _make(self, request: telegram_markup.Request) -> Any:
        fields: dict[str, Any] = {"chat_id": self.chat} | request.fields
        if not request.files:
            return self._ask(request.method, json=fields)
        form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in fields.items()}
        files = {
            name: (picture.file_name, exchange.opened(self.open_picture, picture), picture.media_type)
            for name, picture in request.files.items()
        }
        return self._ask(request.method, data=form, files=files)

    def _ask(self, method: str, **content: Any) -> Any:
        secret = self.settings.token.get_secret_value()
        url = f"{self.settings.api_url.rstrip('/')}/bot{quote(secret, safe=':')}/{method}"
        response = exchange.send(self.http, url, **content)
        return telegram_answers.result(exchange.read(WHO, response), response.status_code, str(self.chat), secret)

    def _look(self, method: str, **fields: Any) -> Any:
        with exchange.harmless(WHO):
            return self._ask(method, json=fields)

    def find(self, call: Call) -> Receipt | None:
        raise Unsupported(because(BLIND, code="blind"))

    def observe(self, remote_id: str, detail: dict[str, Any]) -> Live:
        raise Unsupported(because(BLIND, code="blind"))

    def reactions(self, remote_ids: Sequence[str]) -> dict[str, dict[str, int]]:
        raise Unsupported(because(PUSHED, code="pushed"))

    def comments(self, remote_id: str) -> list[Remark]:
        raise Unsupported(because(NO_COMMENTS, code="no_comments"))

    def audience(self) -> dict[str, int]:
        members = self._look("getChatMemberCount", chat_id=self.chat)
        return {"members": members} if isinstance(members, int) else {}

    def updates(self, offset: int = 0) -> tuple[list[Update], int]:
        """What happened since, for all channels of the bot, and the offset to ask with next time: it forgets these."""
        raw = self._look("getUpdates", offset=offset, limit=100, timeout=0, allowed_updates=list(KINDS))
        return read_updates(raw), next_offset(raw, offset)

    def check(self) -> None:
        me, chat = self._look("getMe"), self._look("getChat", chat_id=self.chat)
        with exchange.harmless(WHO):
            member = self._ask("getChatMember", json={"chat_id": self.chat, "user_id": number(me, "id")})
        telegram_answers.demand_right(chat, member, str(self.chat))
