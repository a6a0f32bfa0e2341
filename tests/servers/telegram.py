"""A Telegram that misbehaves on demand: the Bot API, version 10.1, over HTTP on 127.0.0.1."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from tests.servers import telegram_contract
from tests.servers.base import ProviderServer
from tests.servers.calls import Call, Rate, Refusal
from tests.servers.contract import Wrong
from tests.servers.faults import Fault
from tests.servers.forms import read_form
from tests.servers.telegram_chats import Bot, Chat, Stored, World
from tests.servers.telegram_files import Files
from tests.servers.telegram_methods import Methods
from tests.servers.telegram_text import formatted
from tests.servers.wire import Answer, Request

TOKEN = "100200300:test-token"
WATCHER = "100200301:test-token"
CHANNEL = -1001000000001
PATH = re.compile(r"/bot([^/]+)/(\w+)")
FILE_PATH = re.compile(r"/file/bot([^/]+)/(.+)")
CASES = {name.lower(): name for name in telegram_contract.methods()}
"""Telegram does not mind the case of a method's name."""


class TelegramServer(ProviderServer):
    """The Bot API with one channel, `CHANNEL` or @seven_cups, and the bots of `tokens`.

    As the real one, it never tells a bot of the bot's own posts, nor of edits that a person makes to them: a second
    bot in the channel (another token) sees both. `in_chat` bounds the messages a chat takes within a minute.
    """

    controls: ClassVar[tuple[str, ...]] = (
        *ProviderServer.controls,
        *("add_chat", "chat", "posts", "texts", "post_by_hand", "edit_by_hand", "delete_by_hand"),
        *("react", "comment", "set_members", "set_bot_status", "set_right", "join", "pending"),
    )

    def __init__(
        self,
        *,
        tokens: Iterable[str] = (TOKEN, WATCHER),
        chats: Iterable[Mapping[str, Any]] = ({"id": CHANNEL, "title": "Семь чашек", "username": "seven_cups"},),
        in_chat: int | None = None,
        **common: Any,
    ) -> None:
        super().__init__(**common)
        self.world = World({token: Bot(int(token.partition(":")[0]), f"bot{n}_bot") for n, token in enumerate(tokens)})
        self.files = Files()
        self.rate = Rate(in_chat, 60)
        self.methods = Methods(self.world, self.files, self.now, self.take, self.nudge)
        for chat in chats:
            self.add_chat(**chat)

    # what a test sets and asks

    def add_chat(self, id: int, title: str, **more: Any) -> None:
        """Add a channel (`type="supergroup"` for a group); `discussion` is the id of the group that comments on it."""
        with self.lock:
            self.world.add(Chat(id, title, **more))

    def chat(self, chat: int | str = CHANNEL) -> dict[str, Any]:
        with self.lock:
            found = self.world.find(chat)
            return found.shown() | {"members": found.members, "bot_status": found.bot_status}

    def posts(self, chat: int | str = CHANNEL) -> list[dict[str, Any]]:
        """What stands in a chat now, oldest first, as messages of the API."""
        with self.lock:
            return [dict(stored.message) for stored in self.world.find(chat).messages.values()]

    def texts(self, chat: int | str = CHANNEL) -> list[str]:
        """The texts and captions of a chat now, oldest first."""
        shown = (message.get("text", message.get("caption", "")) for message in self.posts(chat))
        return [text for text in shown if text]

    def post_by_hand(self, text: str, chat: int | str = CHANNEL) -> int:
        """A person posts."""
        with self.lock:
            stored = self.world.post(self.world.find(chat), self._plain(text), 0, self.now())
            self.nudge()
            return int(stored.message["message_id"])

    def edit_by_hand(self, message_id: int, text: str, chat: int | str = CHANNEL) -> None:
        """A person changes the text, or the caption, of a message."""
        with self.lock:
            found, stored = self._stored(chat, message_id)
            new = self._plain(text)
            field = "text" if "text" in stored.message else "caption"
            entities = "entities" if field == "text" else "caption_entities"
            self.world.edit(found, stored, {field: new["text"], entities: new.get("entities")}, self.now())
            self.nudge()

    def delete_by_hand(self, message_id: int | str, chat: int | str = CHANNEL) -> None:
        """A person deletes a message; no bot is told, as there is no such update."""
        with self.lock:
            found, _ = self._stored(chat, int(message_id))
            self.world.delete(found, int(message_id))

    def react(self, message_id: int, reactions: Mapping[str, int], chat: int | str = CHANNEL) -> None:
        """Set the number of each emoji under a message."""
        with self.lock:
            found, _ = self._stored(chat, message_id)
            counts = [{"type": {"type": "emoji", "emoji": e}, "total_count": n} for e, n in reactions.items()]
            head = {"chat": found.shown(), "message_id": message_id, "date": int(self.now())}
            self.world.tell("message_reaction_count", head | {"reactions": counts})
            self.nudge()

    def comment(self, message_id: int, text: str, user: int = 501, chat: int | str = CHANNEL) -> int:
        """A person comments on a channel's post: a message in the discussion group, in reply to the post's copy."""
        with self.lock:
            found, stored = self._stored(chat, message_id)
            if not stored.copy_id:
                raise Refusal(400, "this channel has no discussion group")
            group = self.world.chats[found.discussion]
            copy = group.messages[stored.copy_id].message
            sender = {"id": user, "is_bot": False, "first_name": f"Person {user}"}
            reply = {"message_thread_id": stored.copy_id, "reply_to_message": copy, "from": sender}
            posted = self.world.post(group, reply | self._plain(text), 0, self.now())
            self.nudge()
            return int(posted.message["message_id"])

    def answer(self, comment: int, text: str, speaker: str = "", chat: int | str = CHANNEL) -> int:
        """Somebody answers a comment: a person, the “channel” itself, or the “group” (its anonymous administrator)."""
        with self.lock:
            found = self.world.find(chat)
            group = self.world.chats[found.discussion]
            above = group.messages[comment].message
            thread = above["message_thread_id"]
            shown = {k: v for k, v in above.items() if k != "reply_to_message"}
            sender = {"from": {"id": 502, "is_bot": False, "first_name": "Person 502"}}
            spoken = {"channel": found.shown(), "group": group.shown()}
            sender |= {"sender_chat": spoken[speaker]} if speaker else {}
            reply = {"message_thread_id": thread, "reply_to_message": shown} | sender
            posted = self.world.post(group, reply | self._plain(text), 0, self.now())
            self.nudge()
            return int(posted.message["message_id"])

    def set_members(self, members: int, chat: int | str = CHANNEL) -> None:
        with self.lock:
            self.world.find(chat).members = members

    def set_bot_status(self, status: str, chat: int | str = CHANNEL) -> None:
        """Make the bots “administrator”, “left” or “kicked”, and tell them (my_chat_member)."""
        with self.lock:
            found = self.world.find(chat)
            before = {bot.id: bot.member(found) for bot in self.world.bots.values()}
            found.bot_status = status
            for bot in self.world.bots.values():
                bot.tell("my_chat_member", self._changed(found, before[bot.id], bot.member(found)))
            self.nudge()

    def set_right(self, right: str, value: bool, chat: int | str = CHANNEL) -> None:
        """Give or take a right of the bots, such as `can_post_messages`."""
        with self.lock:
            self.world.find(chat).rights[right] = value

    def join(self, user: int, chat: int | str = CHANNEL, status: str = "member") -> None:
        """A person joins, or leaves with the status “left” (chat_member)."""
        with self.lock:
            found = self.world.find(chat)
            person = {"id": user, "is_bot": False, "first_name": f"Person {user}"}
            before = {"status": found.people.get(user, "left"), "user": person}
            found.members += (status == "member") - (before["status"] == "member")
            found.people[user] = status
            self.world.tell("chat_member", self._changed(found, before, {"status": status, "user": person}))
            self.nudge()

    def pending(self, token: str = TOKEN) -> list[dict[str, Any]]:
        """The updates that wait for a bot, without confirming them: what a webhook would be sent."""
        with self.lock:
            return list(self.world.bots[token].updates)

    def _stored(self, chat: int | str, message_id: int) -> tuple[Chat, Stored]:
        found = self.world.find(chat)
        return found, found.stored(message_id, "message not found")

    def _plain(self, text: str) -> dict[str, Any]:
        text, entities = formatted(text, None, None, "text")
        return {"text": text} | ({"entities": entities} if entities else {})

    def _changed(self, chat: Chat, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
        return {
            "chat": chat.shown(),
            "from": {"id": 500, "is_bot": False, "first_name": "Owner"},
            "date": int(self.now()),
            "old_chat_member": before,
            "new_chat_member": after,
        }

    # the protocol

    def read(self, request: Request) -> Call:
        matched = PATH.fullmatch(request.path)
        if not matched:
            return Call(request.path, {})
        form = read_form(request.query, request.headers.get("content-type", ""), request.body)
        method = CASES.get(matched[2].lower(), matched[2])
        return Call(method, form.parameters, form.files, matched[1])

    def perform(self, call: Call) -> Any:
        if not call.token or ":" not in call.token:
            raise Refusal(404, "Not Found")
        if call.token not in self.world.bots:
            raise Refusal(401, "Unauthorized")
        values = telegram_contract.request(call.method, call.parameters, call.files)
        self._hold_back(call, values)
        return getattr(self.methods, call.method)(self.world.bots[call.token], call, values)

    def _hold_back(self, call: Call, values: dict[str, Any]) -> None:
        wait = self.rate.wait_for(values["chat_id"], self.now()) if call.method.startswith("send") else 0
        if wait:
            after = int(wait) + 1
            raise Refusal(429, f"Too Many Requests: retry after {after}", retry_after=after)

    def check(self, call: Call, result: Any) -> None:
        telegram_contract.answer(call.method, result)

    def envelop(self, result: Any) -> Answer:
        return _json(200, {"ok": True, "result": result})

    def refuse(self, call: Call, refusal: Refusal) -> Answer:
        body: dict[str, Any] = {"ok": False, "error_code": refusal.code, "description": refusal.says}
        if refusal.details:
            body["parameters"] = refusal.details
        self.confirm(lambda: telegram_contract.error(body))
        return _json(refusal.code, body)

    def misunderstood(self, call: Call, wrong: Wrong) -> Refusal:
        if wrong.what == "is not a method":
            return Refusal(404, "Not Found: method not found")
        return Refusal(400, f"Bad Request: {wrong.says or wrong}")

    def flooded(self, call: Call, fault: Fault) -> Answer:
        says = f"Too Many Requests: retry after {fault.retry_after}"
        return self.refuse(call, Refusal(429, says, retry_after=fault.retry_after))

    def failed(self, call: Call, fault: Fault) -> Answer:
        code = fault.code or 502
        return self.refuse(call, Refusal(code, "Bad Gateway" if code == 502 else "Internal Server Error"))

    def error_in_ok(self, call: Call, fault: Fault) -> Answer:
        code = fault.code or 400
        return _json(200, {"ok": False, "error_code": code, "description": "Bad Request: not today"})

    def without_id(self, result: Any) -> Any:
        """The identifier that Telegram gives to what it will publish later: 0."""
        if isinstance(result, list):
            return [self.without_id(each) for each in result]
        return result | {"message_id": 0} if isinstance(result, dict) and "message_id" in result else result

    def aside(self, request: Request) -> Answer | None:
        matched = FILE_PATH.fullmatch(request.path)
        data = self.files.at(matched[2]) if matched and matched[1] in self.world.bots else None
        return Answer(200, data, "application/octet-stream") if data is not None else None


def _json(status: int, body: dict[str, Any]) -> Answer:
    return Answer(status, json.dumps(body, ensure_ascii=False).encode())
