"""What Telegram tells us unasked, by getUpdates or by a webhook, as values. Pure.

A bot cannot look at a channel's history, so these are the only eyes on it. Every value names its chat: the updates of
a bot are one stream for all its channels. What is malformed or of another kind is passed over: a webhook is public.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeGuard

from integrations.channels.base import Remark

# chat_member and message_reaction_count come only when they are asked for by name and the bot is an administrator.
KINDS = ("channel_post", "edited_channel_post", "message", "message_reaction_count", "my_chat_member", "chat_member")


@dataclass(frozen=True)
class PostSeen:
    """A post in a channel, ours or somebody's; `edited_at` is set when it is a new version of one."""

    chat_id: int
    chat_name: str
    message_id: int
    at: datetime
    text: str
    pictures: int
    album: str = ""
    edited_at: datetime | None = None


@dataclass(frozen=True)
class ReactionsCounted:
    """How many reactions a post has now: "reactions" in all, and each kind by its sign, "reaction 👍"."""

    chat_id: int
    chat_name: str
    message_id: int
    at: datetime
    metrics: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class MembershipChanged:
    """Somebody joined or left, or our bot was let in, promoted or turned out. The person is a key, never a name."""

    chat_id: int
    chat_name: str
    person_key: str
    at: datetime
    was: str
    now: str
    our_bot: bool = False


@dataclass(frozen=True)
class CommentSeen:
    """A comment on a post of a channel, where the bot is in the group that discusses it.

    Telegram puts a copy of the post into that group, the beginning of a `thread`; an answer to the copy names the post.
    """

    chat_id: int
    chat_name: str
    message_id: int
    thread: str
    remark: Remark


@dataclass(frozen=True)
class ThreadSeen:
    """The copy of a post in the group that discusses it: from now on its `thread` is known."""

    chat_id: int
    chat_name: str
    message_id: int
    thread: str


@dataclass(frozen=True)
class ReplySeen:
    """An answer to somebody's comment: it names the comment and the thread, and no post.

    `speaker` is the chat in whose name it was written, by number and name; a person writes in no chat's name.
    """

    thread: str
    remark: Remark
    speaker_id: int = 0
    speaker_name: str = ""


Update = PostSeen | ReactionsCounted | MembershipChanged | CommentSeen | ThreadSeen | ReplySeen


def read_updates(updates: Iterable[Any]) -> list[Update]:
    """The values of raw updates, in order."""
    return [value for update in updates if isinstance(update, dict) for value in _values(update)]


def next_offset(updates: Iterable[Any], offset: int) -> int:
    """What to ask for next time: one more than the highest update seen, which tells Telegram to forget those before."""
    numbers = [update.get("update_id") for update in updates if isinstance(update, dict)]
    return max(number + 1 for number in [offset - 1, *numbers] if _is_number(number))


def _values(update: Mapping[str, Any]) -> Iterator[Update]:
    for kind in KINDS:
        try:
            value = _READERS[kind](update[kind]) if kind in update else None
        except (LookupError, TypeError, ValueError, AttributeError, OverflowError, OSError):
            value = None
        if value is not None:
            yield value


def _post(raw: Mapping[str, Any]) -> PostSeen:
    edited = raw.get("edit_date")
    return PostSeen(
        *_where(raw), message_id=_number(raw["message_id"]), at=_moment(raw["date"]),
        text=str(raw.get("text") or raw.get("caption") or ""), pictures=int(bool(raw.get("photo"))),
        album=str(raw.get("media_group_id") or ""), edited_at=_moment(edited) if edited else None,
    )  # fmt: skip


def _reactions(raw: Mapping[str, Any]) -> ReactionsCounted:
    counts = {f"reaction {_sign(item['type'])}": _number(item["total_count"]) for item in raw["reactions"]}
    metrics = {"reactions": sum(counts.values())} | counts
    return ReactionsCounted(
        *_where(raw), message_id=_number(raw["message_id"]), at=_moment(raw["date"]), metrics=metrics
    )


def _sign(kind: Mapping[str, Any]) -> str:
    return str(kind.get("emoji") or kind.get("custom_emoji_id") or kind["type"])


def _membership(raw: Mapping[str, Any], our_bot: bool) -> MembershipChanged:
    was, now = raw["old_chat_member"], raw["new_chat_member"]
    return MembershipChanged(
        *_where(raw), person_key=str(_number(now["user"]["id"])), at=_moment(raw["date"]),
        was=str(was["status"]), now=str(now["status"]), our_bot=our_bot,
    )  # fmt: skip


def _message(raw: Mapping[str, Any]) -> CommentSeen | ThreadSeen | ReplySeen | None:
    """What is written in a discussion group; a remark may be the caption of a picture."""
    above = raw.get("reply_to_message") or {}
    if raw.get("is_automatic_forward"):
        return ThreadSeen(*_where(raw["forward_origin"]), _number(raw["forward_origin"]["message_id"]), _place(raw))
    if not above or not (raw.get("text") or raw.get("caption")):
        return None
    return _comment(raw, above) if above.get("is_automatic_forward") else _reply(raw, above)


def _comment(raw: Mapping[str, Any], copy: Mapping[str, Any]) -> CommentSeen:
    origin = copy["forward_origin"]
    chat_id, chat_name = _where(origin)
    post_id, speaker = _number(origin["message_id"]), (raw.get("sender_chat") or {}).get("id")
    remark = replace(_remark(raw), post_id=str(post_id), ours=speaker in (chat_id, raw["chat"]["id"]))
    return CommentSeen(chat_id, chat_name, post_id, _place(copy), remark)


def _reply(raw: Mapping[str, Any], above: Mapping[str, Any]) -> ReplySeen | None:
    """An answer within a thread. In the name of the group itself write its anonymous administrators: they are ours."""
    if not raw.get("message_thread_id"):
        return None
    speaker = raw.get("sender_chat") or {}
    group = raw["chat"]["id"]
    remark = replace(_remark(raw), reply_to=_place(above), ours=speaker.get("id") == group)
    thread = f"{_number(group)}_{_number(raw['message_thread_id'])}"
    return ReplySeen(thread, remark, _number(speaker.get("id", 0)), str(speaker.get("username") or ""))


def _remark(raw: Mapping[str, Any]) -> Remark:
    author = raw.get("from") or raw["sender_chat"]
    return Remark(
        remote_id=_place(raw), post_id="", text=str(raw.get("text") or raw["caption"]), at=_moment(raw["date"]),
        author_key=str(_number(author["id"])),
    )  # fmt: skip


def _place(raw: Mapping[str, Any]) -> str:
    """A message by its group and its number there."""
    return f"{_number(raw['chat']['id'])}_{_number(raw['message_id'])}"


def _where(raw: Mapping[str, Any]) -> tuple[int, str]:
    return _number(raw["chat"]["id"]), str(raw["chat"].get("username") or "")


def _moment(unix: Any) -> datetime:
    return datetime.fromtimestamp(_number(unix), UTC)


def _number(value: Any) -> int:
    if _is_number(value):
        return value
    raise ValueError(f"not a whole number: {type(value).__name__}")


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


_READERS: dict[str, Callable[[Mapping[str, Any]], Update | None]] = {
    "channel_post": _post,
    "edited_channel_post": _post,
    "message": _message,
    "message_reaction_count": _reactions,
    "my_chat_member": partial(_membership, our_bot=True),
    "chat_member": partial(_membership, our_bot=False),
}
