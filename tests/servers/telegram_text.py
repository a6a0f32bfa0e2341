"""Texts as Telegram takes them: UTF-16 lengths, entities, HTML, what it finds by itself. Pure."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

from tests.servers.contract import Wrong

TEXT_MAX = 4096
CAPTION_MAX = 1024
STYLES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote"})
CLOSED = frozenset({"code", "pre", "text_link", "url", "mention", "hashtag", "email"})
"""Nothing is found inside these."""
KINDS = STYLES | CLOSED | {"cashtag", "bot_command", "phone_number", "text_mention", "custom_emoji", "date_time"}
TAGS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("tg-spoiler", "span"), "spoiler"),
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
FOUND = (
    ("url", re.compile(r"https?://[^\s<>\"«»]*[^\s<>\"«».,;:!?)]")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z]\w{3,31}\b")),
    ("hashtag", re.compile(r"(?<![\w#])#\w*[^\W\d]\w*")),
)
"""What Telegram marks without being asked; the patterns are ours and simpler than its own."""
Formatted = tuple[str, list[dict[str, Any]]]


def units(text: str) -> int:
    """The length in UTF-16 code units, which entities count in."""
    return len(text.encode("utf-16-le")) // 2


def formatted(text: str, parse_mode: str | None, entities: list[dict[str, Any]] | None, where: str) -> Formatted:
    """The text without its markup and the entities of it, as they come back in a message."""
    if parse_mode and entities:
        raise Wrong(where, "has both a parse_mode and entities")
    if parse_mode:
        text, entities = _parsed(text, parse_mode)
    _inside(text, entities or [], where)
    text, entities = _trimmed(text, entities or [])
    return text, sorted(entities + _found(text, entities), key=lambda e: (e["offset"], -e["length"]))


def bounded(text: str, low: int, high: int, where: str) -> None:
    size = units(text)
    if size < low:
        raise Wrong(where, "is empty", "message text is empty")
    if size > high:
        says = "message is too long" if where == "text" else "message caption is too long"
        raise Wrong(where, f"has {size} UTF-16 units, more than {high}", says)


def _inside(text: str, entities: list[dict[str, Any]], where: str) -> None:
    size = units(text)
    for number, entity in enumerate(entities):
        at = f"{where}.entities[{number}]"
        if entity["type"] not in KINDS:
            raise Wrong(at, f"{entity['type']} is not a kind of entity")
        if entity["offset"] < 0 or entity["length"] <= 0 or entity["offset"] + entity["length"] > size:
            raise Wrong(at, f"is outside the text of {size} UTF-16 units", "entity bounds are invalid")
        if _splits_a_pair(text, entity["offset"]) or _splits_a_pair(text, entity["offset"] + entity["length"]):
            raise Wrong(at, "cuts a character in two", "entity bounds are invalid")
        if (entity["type"] == "text_link") != ("url" in entity):
            raise Wrong(at, "a text_link has a url, and nothing else has one")


def _splits_a_pair(text: str, offset: int) -> bool:
    data = text.encode("utf-16-le")
    return 0 < offset * 2 < len(data) and 0xDC <= data[offset * 2 + 1] <= 0xDF


def _trimmed(text: str, entities: list[dict[str, Any]]) -> Formatted:
    """White space around a message is dropped, and the entities move with the text."""
    lost = units(text) - units(text.lstrip())
    text = text.strip()
    size = units(text)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - lost, 0)
        end = min(entity["offset"] + entity["length"] - lost, size)
        if start < end:
            kept.append(entity | {"offset": start, "length": end - start})
    return text, kept


def _found(text: str, entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    closed = [entity for entity in entities if entity["type"] in CLOSED]
    found: list[dict[str, Any]] = []
    for kind, pattern in FOUND:
        for match in pattern.finditer(text):
            start, length = units(text[: match.start()]), units(match.group())
            if not any(start < e["offset"] + e["length"] and e["offset"] < start + length for e in closed + found):
                found.append({"type": kind, "offset": start, "length": length})
    return found


def _parsed(text: str, parse_mode: str) -> Formatted:
    if parse_mode != "HTML":
        raise Wrong("parse_mode", f"{parse_mode} is not emulated here, only HTML is")
    parser = _Html()
    parser.feed(text)
    parser.close()
    if parser.open:
        raise _unparsed(f"Can't find end tag corresponding to start tag {parser.open[-1][0]}")
    return "".join(parser.texts), parser.entities


def _unparsed(why: str) -> Wrong:
    return Wrong("text", why, f"can't parse entities: {why}")


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.texts: list[str] = []
        self.entities: list[dict[str, Any]] = []
        self.open: list[tuple[str, int, dict[str, Any]]] = []
        self.at = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS or (tag == "span" and ("class", "tg-spoiler") not in attrs):
            raise _unparsed(f"Unsupported start tag {tag}")
        href = dict(attrs).get("href")
        more = {"url": href} if tag == "a" and href else {}
        self.open.append((tag, self.at, {"type": TAGS[tag], **more}))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise _unparsed(f"Unmatched end tag {tag}")
        _, start, entity = self.open.pop()
        if self.at > start and (entity["type"] != "text_link" or "url" in entity):
            self.entities.append(entity | {"offset": start, "length": self.at - start})

    def handle_data(self, data: str) -> None:
        if "<" in data:
            raise _unparsed("Unescaped <")
        self.texts.append(data)
        self.at += units(data)

    def handle_entityref(self, name: str) -> None:
        self.plain(unescape(f"&{name};") if name in ("lt", "gt", "amp", "quot") else f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.plain(unescape(f"&#{name};"))

    def plain(self, text: str) -> None:
        self.texts.append(text)
        self.at += units(text)
