"""How much of what a channel takes a version uses: the counters beside a proof. Pure."""

from dataclasses import dataclass
from functools import cache

from integrations.channels import discovered
from integrations.channels.base import Limits
from integrations.channels.measure import length
from models.locale import mark
from models.post import Post

TEXT, CAPTION = mark("Text"), mark("Text under pictures")
TITLE, DESCRIPTION, PICTURES, TAGS = mark("Headline"), mark("Description"), mark("Pictures"), mark("Hashtags")


@dataclass(frozen=True)
class Count:
    """`title` is an English msgid; `limit` is None where the channel names none."""

    title: str
    number: int
    limit: int | None

    @property
    def is_over(self) -> bool:
        return self.limit is not None and self.number > self.limit


def counters(post: Post, provider: str) -> list[Count]:
    """Counted as this channel counts; what is empty, or without a limit here, is left out."""
    limits = limits_of(provider)
    if limits is None:
        return [Count(TEXT, len(post.text), None)]
    found = [
        _text(post, limits),
        Count(TITLE, length(post.title, limits.counts), limits.title_max),
        Count(DESCRIPTION, length(post.description, limits.counts), limits.description_max),
        Count(PICTURES, len(post.pictures), limits.pictures_max),
        Count(TAGS, len(post.tags), limits.tags_max),
    ]
    return [count for count in found if count.title == TEXT or (count.number and count.limit is not None)]


def _text(post: Post, limits: Limits) -> Count:
    """A text too long to stand under pictures is sent after them, and then has the room of a text."""
    number = length(post.text, limits.counts)
    if post.pictures and limits.caption_max is not None and number <= limits.caption_max:
        return Count(CAPTION, number, limits.caption_max)
    return Count(TEXT, number, limits.text_max)


@cache
def limits_of(provider: str) -> Limits | None:
    found = discovered().get(provider)
    return found.limits if found else None
