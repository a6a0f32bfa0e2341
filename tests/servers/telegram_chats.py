"""Chats, their messages and the bots that are told of them."""

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.servers.calls import Refusal

UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds of update that come only to a bot that named them."""
RIGHTS = {
    "can_be_edited": False,
    "is_anonymous": False,
    "can_manage_chat": True,
    "can_delete_messages": True,
    "can_manage_video_chats": False,
    "can_restrict_members": False,
    "can_promote_members": False,
    "can_change_info": True,
    "can_invite_users": True,
    "can_post_stories": False,
    "can_edit_stories": False,
    "can_delete_stories": False,
    "can_post_messages": True,
    "can_edit_messages": True,
}
OUTSIDE = {"left": "bot is not a member of", "kicked": "bot was kicked from"}
TELEGRAM = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
"""Who forwards a channel's posts to its discussion group."""


@dataclass
class Stored:
    """A message and who wrote it: a bot's id, or 0 for a person."""

    message: dict[str, Any]
    author: int
    copy_id: int = 0


@dataclass
class Chat:
    """A channel, or the group where it is discussed. `right` turned to False is a right the bots have lost."""

    id: int
    title: str
    username: str = ""
    type: str = "channel"
    members: int = 100
    discussion: int = 0
    bot_status: str = "administrator"
    rights: dict[str, bool] = field(default_factory=lambda: dict(RIGHTS))
    people: dict[int, str] = field(default_factory=dict)
    messages: dict[int, Stored] = field(default_factory=dict)
    last_id: int = 0

    def shown(self) -> dict[str, Any]:
        name = {"username": self.username} if self.username else {}
        return {"id": self.id, "type": self.type, "title": self.title, **name}

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def stored(self, message_id: int, otherwise: str) -> Stored:
        if message_id not in self.messages:
            raise Refusal(400, f"Bad Request: {otherwise}")
        return self.messages[message_id]

    def let(self, right: str) -> None:
        """Refuse what the bots may not do here."""
        if self.bot_status in OUTSIDE:
            raise Refusal(403, f"Forbidden: {OUTSIDE[self.bot_status]} the {self.type} chat")
        if not self.rights[right]:
            raise Refusal(400, "Bad Request: need administrator rights in the channel chat")


@dataclass
class Bot:
    """A bot: the token it is called by, the updates it has not confirmed, its webhook."""

    id: int
    username: str
    allowed: tuple[str, ...] = ()
    updates: list[dict[str, Any]] = field(default_factory=list)
    last_update: int = 1000
    webhook: dict[str, Any] = field(default_factory=dict)
    poll: int = 0

    def shown(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": True, "first_name": self.username, "username": self.username}

    def wants(self, kind: str) -> bool:
        return kind in self.allowed if self.allowed else kind not in UNASKED

    def tell(self, kind: str, body: dict[str, Any]) -> None:
        if self.wants(kind):
            self.last_update += 1
            self.updates.append({"update_id": self.last_update, kind: deepcopy(body)})

    def pending(self, offset: int, limit: int) -> list[dict[str, Any]]:
        """Forget what the offset confirms and give what is next; a negative offset counts from the end."""
        if offset < 0:
            self.updates = self.updates[offset:]
        else:
            self.updates = [update for update in self.updates if update["update_id"] >= offset]
        return self.updates[:limit]

    def member(self, chat: Chat) -> dict[str, Any]:
        rights = chat.rights if chat.bot_status == "administrator" else {}
        until = {"until_date": 0} if chat.bot_status == "kicked" else {}
        return {"status": chat.bot_status, "user": self.shown(), **rights, **until}


class World:
    """Every chat and every bot. A bot is not told of its own messages, nor of what others make of them."""

    def __init__(self, bots: dict[str, Bot]) -> None:
        self.bots = bots
        self.chats: dict[int, Chat] = {}

    def add(self, chat: Chat) -> Chat:
        self.chats[chat.id] = chat
        return chat

    def find(self, name: int | str) -> Chat:
        """By id, by the id as a text, or by @username."""
        for chat in self.chats.values():
            known = (chat.id, str(chat.id), f"@{chat.username}".lower() if chat.username else None)
            if (name.lower() if isinstance(name, str) else name) in known:
                return chat
        raise Refusal(400, "Bad Request: chat not found")

    def tell(self, kind: str, body: dict[str, Any], author: int = 0) -> None:
        """Queue an update for every bot but the author of the message."""
        for bot in self.bots.values():
            if bot.id != author:
                bot.tell(kind, body)

    def post(self, chat: Chat, content: dict[str, Any], author: int, now: float) -> Stored:
        """Add a message, tell of it, and copy a channel's post to its discussion group."""
        sender = {"sender_chat": chat.shown()} if chat.type == "channel" else {}
        message_id = chat.next_id()
        head = {"message_id": message_id, "date": int(now), "chat": chat.shown()}
        stored = Stored(head | sender | content, author)
        chat.messages[message_id] = stored
        self.tell("channel_post" if chat.type == "channel" else "message", stored.message, author)
        if chat.discussion:
            stored.copy_id = self._copy(chat, stored, now)
        return stored

    def _copy(self, channel: Chat, post: Stored, now: float) -> int:
        group = self.chats[channel.discussion]
        shown = {k: v for k, v in post.message.items() if k not in ("message_id", "date", "chat", "sender_chat")}
        origin = {
            "type": "channel",
            "date": int(now),
            "chat": channel.shown(),
            "message_id": post.message["message_id"],
        }
        copied = {
            "from": TELEGRAM,
            "sender_chat": channel.shown(),
            "is_automatic_forward": True,
            "forward_origin": origin,
        }
        return int(self.post(group, copied | shown, 0, now).message["message_id"])

    def edit(self, chat: Chat, stored: Stored, changes: dict[str, Any], now: float) -> dict[str, Any]:
        """Replace fields of a message (None takes a field away), tell of it, and let its copy follow."""
        stored.message = {k: v for k, v in (stored.message | changes).items() if v is not None}
        stored.message["edit_date"] = int(now)
        kind = "edited_channel_post" if chat.type == "channel" else "edited_message"
        self.tell(kind, stored.message, stored.author)
        if stored.copy_id:
            group = self.chats[chat.discussion]
            self.edit(group, group.messages[stored.copy_id], changes, now)
        return stored.message

    def delete(self, chat: Chat, message_id: int) -> None:
        """Take a message away with its copy. Nobody is told: the Bot API has no update for it."""
        stored = chat.messages.pop(message_id)
        if stored.copy_id:
            self.chats[chat.discussion].messages.pop(stored.copy_id, None)
