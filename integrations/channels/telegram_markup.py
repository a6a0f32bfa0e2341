"""A post as Telegram's methods take it: text with entities, one captioned photo, an album. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.channels.measure import length
from integrations.errors import Refused
from models.locale import mark
from models.post import Picture, Post, Span, SpanKind
from models.reason import because

ENTITY: dict[SpanKind, str] = {
    "bold": "bold",
    "italic": "italic",
    "strike": "strikethrough",
    "code": "code",
    "link": "text_link",
}
MARKUP = frozenset(ENTITY)
CAPTION_MAX = 1024
NEW_PICTURES = mark("Telegram does not change pictures by an edit. Delete the post and publish it anew.")
NO_ROOM = mark("The text no longer fits under the pictures: at most {limit} characters. Shorten it or publish it anew.")


@dataclass(frozen=True)
class Request:
    """A method with its fields; `files` are the pictures to be uploaded, by the name of their form field."""

    method: str
    fields: dict[str, Any]
    files: Mapping[str, Picture]


def splits(post: Post) -> bool:
    """Whether the text is too long to stand under the pictures: then it follows them as a reply."""
    return bool(post.pictures) and length(post.text, "utf16") > CAPTION_MAX


def entities(text: str, spans: tuple[Span, ...]) -> list[dict[str, Any]]:
    """Spans (code points) as message entities, whose offset and length are UTF-16 code units (MessageEntity)."""
    return [_entity(text, span) for span in sorted(spans, key=lambda s: (s.start, -s.end)) if span.end > span.start]


def _entity(text: str, span: Span) -> dict[str, Any]:
    offset, size = length(text[: span.start], "utf16"), length(text[span.start : span.end], "utf16")
    entity = {"type": ENTITY[span.kind], "offset": offset, "length": size}
    return entity | {"url": span.url} if span.kind == "link" else entity


def publication(post: Post, part: str, before: Mapping[str, Any], preview: bool) -> Request:
    """The request of one part; the text that follows its pictures is a reply to the first of them."""
    if part != "text" and post.pictures:
        return pictures(post)
    fields = {"text": post.text} | _marked("entities", post) | _preview(post, preview and not post.pictures)
    if before.get("messages"):
        fields["reply_parameters"] = {"message_id": before["messages"][0]}
    return Request("sendMessage", fields, {})


def pictures(post: Post) -> Request:
    """The pictures, captioned with the text if it fits under them."""
    caption = {} if splits(post) else captioned(post)
    if len(post.pictures) == 1:
        return Request("sendPhoto", caption, {"photo": post.pictures[0]})
    files = {f"picture{number}": picture for number, picture in enumerate(post.pictures, start=1)}
    media: list[dict[str, Any]] = [{"type": "photo", "media": f"attach://{name}"} for name in files]
    media[0] |= caption  # the caption of the first picture is shown as the caption of the album
    return Request("sendMediaGroup", {"media": media}, files)


def captioned(post: Post) -> dict[str, Any]:
    return {"caption": post.text} | _marked("caption_entities", post) if post.text else {}


def correction(post: Post, text_id: int, base: Mapping[str, Any], preview: bool) -> Request:
    """The request of an edit; `base` is what was written down of the post when it went out, {} if it is not known."""
    if base and base.get("pictures") != shas(post):
        raise Refused(because(NEW_PICTURES, code="pictures"))
    if not base.get("caption", bool(post.pictures)):
        shown = _marked("entities", post) | _preview(post, preview and not post.pictures)
        return Request("editMessageText", {"message_id": text_id, "text": post.text} | shown, {})
    if splits(post):
        raise Refused(because(NO_ROOM, code="too_long", limit=CAPTION_MAX))
    marked = _marked("caption_entities", post)
    return Request("editMessageCaption", {"message_id": text_id, "caption": post.text} | marked, {})


def shas(post: Post) -> list[str]:
    return [picture.sha256 for picture in post.pictures]


def _marked(field: str, post: Post) -> dict[str, Any]:
    found = entities(post.text, post.spans)
    return {field: found} if found else {}


def _preview(post: Post, wanted: bool) -> dict[str, Any]:
    """Without a link of its own the post shows Telegram's preview of the first link in its text."""
    if not wanted:
        return {"link_preview_options": {"is_disabled": True}}
    return {"link_preview_options": {"url": post.link}} if post.link else {}


def chat_id(written: str) -> int | str:
    """A channel as people write it (@name, name, t.me/name, -100…) as the methods take it."""
    name = re.sub(r"^(https?://)?t\.me/", "", written).strip("/")
    return int(name) if re.fullmatch(r"-?\d+", name) else f"@{name.lstrip('@')}"


def link(chat: Any, message_id: int) -> str:
    """The address of a post: by the channel's name, or for a private one by its number, which only members open."""
    chat = chat if isinstance(chat, dict) else {}
    if chat.get("username"):
        return f"https://t.me/{chat['username']}/{message_id}"
    number = str(chat.get("id", ""))
    return f"https://t.me/c/{number.removeprefix('-100')}/{message_id}" if number.startswith("-100") else ""
