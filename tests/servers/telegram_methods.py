"""What each method of the Bot API does, under the method's own name."""

from collections.abc import Callable
from typing import Any

from tests.servers.calls import Call, Refusal, Wait
from tests.servers.contract import Wrong, between, sized
from tests.servers.telegram_chats import Bot, Chat, Stored, World
from tests.servers.telegram_files import Files, Kept
from tests.servers.telegram_text import CAPTION_MAX, TEXT_MAX, bounded, formatted

ALBUM = (2, 10)
NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TAKEN_BY_ANOTHER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
TAKEN_BY_WEBHOOK = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
DELETABLE_FOR = 48 * 3600
Values = dict[str, Any]
Take = Callable[[Call, str, str, tuple[str, ...], tuple[str, ...]], Any]


class Methods:
    """The methods. Each takes the call and its typed values, and gives the result or raises."""

    def __init__(
        self, world: World, files: Files, now: Callable[[], float], take: Take, nudge: Callable[[], None]
    ) -> None:
        self.world = world
        self.files = files
        self.now = now
        self.take = take
        self.nudge = nudge

    # the bot itself

    def getMe(self, bot: Bot, call: Call, values: Values) -> Values:
        return bot.shown() | {"can_join_groups": True, "can_read_all_group_messages": False}

    def getUpdates(self, bot: Bot, call: Call, values: Values) -> list[Values]:
        """Hold the call while there is nothing to tell, if it asked for that; a newer call ends an older one."""
        between(1, 100)(values.get("limit", 100), "limit")
        if bot.webhook:
            raise Refusal(409, TAKEN_BY_WEBHOOK)
        if call.number > bot.poll:
            bot.poll = call.number
            bot.allowed = tuple(values.get("allowed_updates", bot.allowed))
            self.nudge()
        elif call.number < bot.poll:
            raise Refusal(409, TAKEN_BY_ANOTHER)
        updates = bot.pending(values.get("offset", 0), values.get("limit", 100))
        if not updates and call.patient and values.get("timeout", 0) > 0:
            raise Wait(values["timeout"])
        return updates

    def setWebhook(self, bot: Bot, call: Call, values: Values) -> bool:
        if not values["url"]:
            return self.deleteWebhook(bot, call, values)
        if not values["url"].startswith("https://"):
            raise Refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        between(1, 100)(values.get("max_connections", 40), "max_connections")
        sized(1, 256)(values.get("secret_token", "-"), "secret_token")
        bot.allowed = tuple(values.get("allowed_updates", bot.allowed))
        bot.webhook = {"url": values["url"], "max_connections": values.get("max_connections", 40)}
        self._drop(bot, values)
        self.nudge()
        return True

    def deleteWebhook(self, bot: Bot, call: Call, values: Values) -> bool:
        bot.webhook = {}
        self._drop(bot, values)
        return True

    def getWebhookInfo(self, bot: Bot, call: Call, values: Values) -> Values:
        more = {"allowed_updates": list(bot.allowed)} if bot.allowed else {}
        shown = {"url": "", "has_custom_certificate": False, "pending_update_count": len(bot.updates)}
        return shown | bot.webhook | more

    def _drop(self, bot: Bot, values: Values) -> None:
        if values.get("drop_pending_updates"):
            bot.updates.clear()

    # posts

    def sendMessage(self, bot: Bot, call: Call, values: Values) -> Values:
        chat = self._open(values, "can_post_messages")
        content = self._text(values) | self._reply(chat, values)
        return self._post(bot, call, chat, content, content["text"], ())

    def sendPhoto(self, bot: Bot, call: Call, values: Values) -> Values:
        return self._send(bot, call, values, "photo")

    def sendVideo(self, bot: Bot, call: Call, values: Values) -> Values:
        return self._send(bot, call, values, "video")

    def sendDocument(self, bot: Bot, call: Call, values: Values) -> Values:
        return self._send(bot, call, values, "document")

    def sendMediaGroup(self, bot: Bot, call: Call, values: Values) -> list[Values]:
        """All or none: every item is looked at before the first is posted."""
        chat = self._open(values, "can_post_messages")
        sized(*ALBUM)(values["media"], "media")
        kinds = {item["type"] for item in values["media"]}
        if len(kinds) > 1 and kinds - {"photo", "video"}:
            raise Wrong("media", f"{sorted(kinds)} can't be in one album", "media of different types can't be mixed")
        together = {"media_group_id": str(call.number)} | self._reply(chat, values)
        items = [self._item(call, item, f"media[{n}]") for n, item in enumerate(values["media"])]
        posted = [self.world.post(chat, content | together, bot.id, self.now()) for content, _ in items]
        text = "\n".join(content.get("caption", "") for content, _ in items).strip()
        ids = tuple(str(stored.message["message_id"]) for stored in posted)
        self.take(call, str(chat.id), text, tuple(kept.digest for _, kept in items), ids)
        self.nudge()
        return [stored.message for stored in posted]

    def editMessageText(self, bot: Bot, call: Call, values: Values) -> Values:
        chat, stored = self._mine(values)
        if "text" not in stored.message:
            raise Refusal(400, "Bad Request: there is no text in the message to edit")
        if "text" not in values:
            raise Wrong("text", "is missing", "message text is empty")
        return self._edit(chat, stored, {"entities": None, "link_preview_options": None} | self._text(values), values)

    def editMessageCaption(self, bot: Bot, call: Call, values: Values) -> Values:
        chat, stored = self._mine(values)
        if "text" in stored.message:
            raise Refusal(400, "Bad Request: there is no caption in the message to edit")
        return self._edit(chat, stored, {"caption": None, "caption_entities": None} | self._caption(values), values)

    def editMessageMedia(self, bot: Bot, call: Call, values: Values) -> Values:
        chat, stored = self._mine(values)
        content, _ = self._item(call, values["media"], "media")
        blank = dict.fromkeys(("photo", "video", "document", "caption", "caption_entities", "text", "entities"))
        return self._edit(chat, stored, blank | content, values)

    def deleteMessage(self, bot: Bot, call: Call, values: Values) -> bool:
        chat = self._open(values, "can_post_messages")
        stored = chat.stored(values["message_id"], "message to delete not found")
        old = self.now() - stored.message["date"] > DELETABLE_FOR
        if not chat.rights["can_delete_messages"] and (old or stored.author != bot.id):
            raise Refusal(400, "Bad Request: message can't be deleted")
        self.world.delete(chat, values["message_id"])
        return True

    # chats and files

    def getChat(self, bot: Bot, call: Call, values: Values) -> Values:
        chat = self.world.find(values["chat_id"])
        more = {"linked_chat_id": chat.discussion} if chat.discussion else {}
        gifts = dict.fromkeys(GIFTS, False)
        return chat.shown() | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts} | more

    def getChatMemberCount(self, bot: Bot, call: Call, values: Values) -> int:
        return self.world.find(values["chat_id"]).members

    def getChatMember(self, bot: Bot, call: Call, values: Values) -> Values:
        chat = self.world.find(values["chat_id"])
        if values["user_id"] == bot.id:
            return bot.member(chat)
        person = {"id": values["user_id"], "is_bot": False, "first_name": f"Person {values['user_id']}"}
        return {"status": chat.people.get(values["user_id"], "left"), "user": person}

    def getFile(self, bot: Bot, call: Call, values: Values) -> Values:
        return self.files.file(values["file_id"])

    # parts of the above

    def _open(self, values: Values, right: str) -> Chat:
        chat = self.world.find(values["chat_id"])
        chat.let(right)
        return chat

    def _mine(self, values: Values) -> tuple[Chat, Stored]:
        if "chat_id" not in values or "message_id" not in values:
            raise Refusal(400, "Bad Request: message identifier is not specified")
        chat = self._open(values, "can_edit_messages")
        return chat, chat.stored(values["message_id"], "message to edit not found")

    def _reply(self, chat: Chat, values: Values) -> Values:
        asked = values.get("reply_parameters")
        if asked is None:
            return {}
        found = chat.messages.get(asked["message_id"])
        if found is None and not asked.get("allow_sending_without_reply"):
            raise Refusal(400, "Bad Request: message to be replied not found")
        return (
            {"reply_to_message": {k: v for k, v in found.message.items() if k != "reply_to_message"}} if found else {}
        )

    def _text(self, values: Values) -> Values:
        text, entities = formatted(values["text"], values.get("parse_mode"), values.get("entities"), "text")
        bounded(text, 1, TEXT_MAX, "text")
        content = {"text": text} | ({"entities": entities} if entities else {})
        return content | {name: values[name] for name in ("link_preview_options", "reply_markup") if name in values}

    def _caption(self, values: Values, where: str = "caption") -> Values:
        entities = values.get("caption_entities")
        text, entities = formatted(values.get("caption", ""), values.get("parse_mode"), entities, where)
        bounded(text, 0, CAPTION_MAX, where)
        above = {"show_caption_above_media": True} if values.get("show_caption_above_media") else {}
        spoiler = {"has_media_spoiler": True} if values.get("has_spoiler") else {}
        content = ({"caption": text} if text else {}) | ({"caption_entities": entities} if entities else {})
        return (
            content | above | spoiler | ({"reply_markup": values["reply_markup"]} if "reply_markup" in values else {})
        )

    def _send(self, bot: Bot, call: Call, values: Values, kind: str) -> Values:
        chat = self._open(values, "can_post_messages")
        content = self._caption(values) | self._reply(chat, values)
        kept = self._media(call, kind, values[kind], values)
        text = content.get("caption", "")
        return self._post(bot, call, chat, content | {kind: kept.media}, text, (kept.digest,))

    def _item(self, call: Call, item: Values, where: str) -> tuple[Values, Kept]:
        content = self._caption(item, f"{where}.caption")
        kept = self._media(call, item["type"], item["media"], item)
        return content | {item["type"]: kept.media}, kept

    def _media(self, call: Call, kind: str, given: Any, values: Values) -> Kept:
        if kind not in ("photo", "video", "document"):
            raise Wrong("media", f"{kind} is not emulated here")
        if isinstance(given, str) and given.startswith("attach://"):
            given = call.files[given.removeprefix("attach://")]
        return self.files.take(kind, given, {n: values[n] for n in ("width", "height", "duration") if n in values})

    def _post(self, bot: Bot, call: Call, chat: Chat, content: Values, text: str, digests: tuple[str, ...]) -> Values:
        stored = self.world.post(chat, content, bot.id, self.now())
        self.take(call, str(chat.id), text, digests, (str(stored.message["message_id"]),))
        self.nudge()
        return stored.message

    def _edit(self, chat: Chat, stored: Stored, changes: Values, values: Values) -> Values:
        changes = changes | {"reply_markup": values.get("reply_markup")}
        if all(stored.message.get(name) == value for name, value in changes.items()):
            raise Refusal(400, NOT_MODIFIED)
        message = self.world.edit(chat, stored, changes, self.now())
        self.nudge()
        return message
