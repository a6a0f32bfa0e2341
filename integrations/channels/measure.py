"""Measure a post with a platform's own ruler: what it counts, and what does not fit. Pure."""

from collections.abc import Iterator

import regex  # type: ignore[import-untyped]

from integrations.channels.base import Counted, Limits
from integrations.errors import Refused
from models.locale import mark
from models.post import Picture, Post
from models.reason import Reason, because

NOTHING = mark("There is nothing to publish: neither text nor pictures.")
TOO_LONG = mark("The text is too long: {length} of {limit} characters. Shorten it by {over}.")
TITLE_TOO_LONG = mark("The title is too long: {length} of {limit} characters.")
DESCRIPTION_TOO_LONG = mark("The description is too long: {length} of {limit} characters.")
TOO_FEW_PICTURES = mark("The channel demands pictures: {number} of at least {limit}.")
TOO_MANY_PICTURES = mark("There are too many pictures: {number} of at most {limit}.")
TOO_MANY_LINKS = mark("There are too many links: {number} of at most {limit}.")
TOO_MANY_TAGS = mark("There are too many hashtags: {number} of at most {limit}.")
WRONG_TYPE = mark("Picture {number}: the channel does not take {media_type}. Save it as JPEG.")
TOO_HEAVY = mark("Picture {number}: {size} bytes of at most {limit}. Make it smaller.")
TOO_BIG = mark("Picture {number}: width and height together are {sides} of at most {limit} pixels. Make it smaller.")
WRONG_SHAPE = mark("Picture {number}: {width}×{height} is too narrow or too wide for the channel. Crop it.")


def length(text: str, counts: Counted) -> int:
    """The length of a text as the platform counts it."""
    if counts == "code_points":
        return len(text)
    if counts == "utf16":
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    if counts == "bytes":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(regex.findall(r"\X", text))


def misfits(post: Post, limits: Limits) -> list[Reason]:
    """Everything that does not fit, text first; `caption_max` is not judged here, for some channels split instead."""
    return [*_texts(post, limits), *_numbers(post, limits), *_pictures(post, limits)]


def refuse_misfit(post: Post, limits: Limits) -> None:
    """Say no before anything is out; the first misfit is the reason."""
    for reason in misfits(post, limits):
        raise Refused(reason)


def _texts(post: Post, limits: Limits) -> Iterator[Reason]:
    if not (post.text.strip() or post.pictures or (limits.html and post.html)):
        yield because(NOTHING, code="nothing")
    ruled = ((post.text, limits.text_max, TOO_LONG), (post.title, limits.title_max, TITLE_TOO_LONG),
             (post.description, limits.description_max, DESCRIPTION_TOO_LONG))  # fmt: skip
    for text, limit, words in ruled:
        size = length(text, limits.counts)
        if limit is not None and size > limit:
            yield because(words, code="too_long", length=size, limit=limit, over=size - limit)


def _numbers(post: Post, limits: Limits) -> Iterator[Reason]:
    pictures, links = len(post.pictures), sum(span.kind == "link" for span in post.spans)
    if pictures < limits.pictures_min:
        yield because(TOO_FEW_PICTURES, code="too_few", number=pictures, limit=limits.pictures_min)
    ruled = ((pictures, limits.pictures_max, TOO_MANY_PICTURES), (links, limits.links_max, TOO_MANY_LINKS),
             (len(post.tags), limits.tags_max, TOO_MANY_TAGS))  # fmt: skip
    for number, limit, words in ruled:
        if limit is not None and number > limit:
            yield because(words, code="too_many", number=number, limit=limit)


def _pictures(post: Post, limits: Limits) -> Iterator[Reason]:
    for number, picture in enumerate(post.pictures, start=1):
        yield from _picture(number, picture, limits)


def _picture(number: int, picture: Picture, limits: Limits) -> Iterator[Reason]:
    heaviest, longest, sides = limits.picture_bytes_max, limits.picture_sides_sum_max, picture.width + picture.height
    if picture.media_type not in limits.picture_types:
        yield because(WRONG_TYPE, code="picture", number=number, media_type=picture.media_type)
    if heaviest is not None and picture.size > heaviest:
        yield because(TOO_HEAVY, code="picture", number=number, size=picture.size, limit=heaviest)
    if longest is not None and sides > longest:
        yield because(TOO_BIG, code="picture", number=number, sides=sides, limit=longest)
    lowest, highest = limits.picture_ratio or (0.0, float("inf"))
    if picture.height and not lowest <= picture.width / picture.height <= highest:
        yield because(WRONG_SHAPE, code="picture", number=number, width=picture.width, height=picture.height)
