"""Hashtags made of tags: one word each, as the platforms read them. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_PART = re.compile(r"\w+")


@dataclass(frozen=True)
class Hashtags:
    """What goes out, and what does not because there are too many or it is no hashtag."""

    kept: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def hashtags(tags: Iterable[str], limit: int | None = None) -> Hashtags:
    """«зелёный чай» becomes #ЗелёныйЧай; the same tag twice is one, whatever its case."""
    named = {tag.strip(): hashtag(tag) for tag in tags if tag.strip()}
    good = list({made.lower(): made for made in reversed(named.values()) if made}.values())[::-1]
    unreadable = [tag for tag, made in named.items() if not made]
    kept = good if limit is None else good[:limit]
    return Hashtags(tuple(kept), tuple(unreadable + good[len(kept) :]))


def hashtag(tag: str) -> str:
    """A single hashtag, "" where nothing of it can be one: a hashtag needs a letter."""
    parts = _PART.findall(tag)
    word = parts[0] if len(parts) == 1 else "".join(part[:1].upper() + part[1:] for part in parts)
    return f"#{word}" if any(character.isalpha() for character in word) else ""
