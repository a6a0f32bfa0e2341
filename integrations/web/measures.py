"""How much of what a channel takes a version uses: the counters beside a proof. Pure."""

from dataclasses import dataclass

from integrations.channels import discovered
from integrations.channels.measure import length
from models.locale import mark
from models.post import Post

TEXT, CAPTION = mark("Text"), mark("Text under pictures")
TITLE, DESCRIPTION, PICTURES, TAGS = mark("Title"), mark("Description"), mark("Pictures"), mark("Hashtags")


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
    """Counted as this channel counts; what is empty and without a limit is left out."""
    kind = discovered().get(provider)
    if kind is None:
        return [Count(TEXT, len(post.text), None)]
    limits = kind.limits
    under_pictures = bool(post.pictures) and limits.caption_max is not None
    limit = limits.caption_max if under_pictures else limits.text_max
    found = [
        Count(CAPTION if under_pictures else TEXT, length(post.text, limits.counts), limit),
        Count(TITLE, length(post.title, limits.counts), limits.title_max),
        Count(DESCRIPTION, length(post.description, limits.counts), limits.description_max),
        Count(PICTURES, len(post.pictures), limits.pictures_max),
        Count(TAGS, len(post.tags), limits.tags_max),
    ]
    return [count for count in found if count.number or (count.title == TEXT)]
