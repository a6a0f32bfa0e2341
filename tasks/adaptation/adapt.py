"""A piece as one channel will show it (A7): the text by that channel's rules, and what a person should know. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from integrations.channels.base import Limits
from integrations.channels.measure import length, misfits
from models.brand import Note, note, problem
from models.locale import mark
from models.post import NamedCoupon, Picture, Post, Product, SpanKind
from models.reason import because
from tasks.adaptation import links, markdown
from tasks.adaptation.fit import Fitted, Room, fit, read_more, room_for
from tasks.adaptation.hashtags import Hashtags, hashtags
from tasks.adaptation.slug import slug
from tasks.adaptation.spans import Marked, flatten, join, under
from tasks.styling.protection import HASHTAG

PICTURES_LEFT_OUT = mark("The channel takes at most {limit} pictures: {number} of the piece are left out.")
PICTURES_INSIDE = mark("Pictures inside the text do not go out: {files}. Name them in the heading of the piece.")
TAGS_LEFT_OUT = mark("These tags do not go out as hashtags: {tags}.")
MARKUP_DROPPED = mark("The channel shows no bold, italics or code: the words stay, the markup does not.")
STRIKE_DROPPED = mark("The channel shows nothing struck out: what was struck reads as if it held. Say it in words.")
DEAD_LINK = mark("The link “{url}” cannot be opened from the channel. Write it whole, with https://.")
NO_ROOM = mark("Signature, hashtags and advertising label alone have {length} characters of {limit}. Shorten them.")
TITLE_SHORTENED = mark("The title was shortened to the {limit} characters that the channel takes.")
DESCRIPTION_SHORTENED = mark("The description was shortened to the {limit} characters that the channel takes.")

_HASHTAG = re.compile(HASHTAG)
SCHEMES = ("http://", "https://", "mailto:", "tel:")


@dataclass(frozen=True)
class Content:
    """What a piece says. `text_for` holds the texts written by hand, by channel key; `link` is its page on the site."""

    text: str
    title: str = ""
    description: str = ""
    text_for: Mapping[str, str] = field(default_factory=dict)
    pictures: tuple[Picture, ...] = ()
    products: tuple[Product, ...] = ()
    tags: tuple[str, ...] = ()
    link: str = ""
    ad_label: str = ""
    valid_until: str = ""
    coupons: tuple[NamedCoupon, ...] = ()
    slug: str = ""
    language: str = "ru"


@dataclass(frozen=True)
class Manner:
    """How a channel is spoken to. `own_domains` are the ones whose links are tagged; `title_first` begins the text
    with the title in bold; `pictures_apart` means that a long text goes after its pictures; `may_cut` allows cutting.
    """

    key: str
    utm: Mapping[str, str] = field(default_factory=dict)
    own_domains: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    signature: str = ""
    title_first: bool = False
    pictures_apart: bool = False
    may_cut: bool = False


@dataclass(frozen=True)
class Adapted:
    """The rendition, whether its text was written by hand for this channel, what was cut off, and what to know."""

    post: Post
    by_hand: bool = False
    cut: str = ""
    notes: tuple[Note, ...] = ()

    @property
    def is_fit(self) -> bool:
        return not any(said.is_problem for said in self.notes)


def adapt(content: Content, limits: Limits, manner: Manner) -> Adapted:
    """Make a channel's rendition of a piece. It goes out only where no note is a problem."""
    by_hand = content.text_for.get(manner.key, "")
    tag = links.tagger(manner.utm, manner.own_domains)
    source = markdown.read(by_hand or content.text, tag)
    tags = hashtags([*content.tags, *manner.hashtags], limits.tags_max)
    fitted = text_of(source.marked, content, limits, manner, tags)
    post = Post(
        text=fitted.marked.text,
        spans=fitted.marked.spans,
        pictures=content.pictures[: limits.pictures_max],
        title=shortened(content.title, limits.title_max, limits),
        description=shortened(content.description, limits.description_max, limits),
        slug=(content.slug or slug(content.title)) if limits.html else "",
        html=source.html if limits.html else "",
        link=tag(content.link),
        tags=tags.kept,
        ad_label=content.ad_label,
        products=content.products,
        valid_until=content.valid_until,
        coupons=content.coupons,
    )
    said = [*source.notes, *left_out(content, limits, source), *unread(tags), *fitted.notes, *misfit(post, limits)]
    return Adapted(post, bool(by_hand), fitted.cut, tuple(said))


def text_of(source: Marked, content: Content, limits: Limits, manner: Manner, tags: Hashtags) -> Fitted:
    """The text as the channel shows it. A page has places of its own for title, tags and label: its text is bare."""
    tag = links.tagger(manner.utm, manner.own_domains)
    as_link = "link" in limits.markup
    if limits.html:
        return fit(links.replace(source, tag), Room(limits.text_max, limits.counts), manner.may_cut)
    source, dead = without_dead_links(source)
    title = Marked(content.title if manner.title_first else "")
    lead = under(title, "bold") if "bold" in limits.markup else title
    body, dropped = flatten(links.replace(join([lead, source]), tag), limits.markup)
    tail = links.replace(closing(body.text, content, manner, tags), tag)
    room = room_for(limits, len(content.pictures[: limits.pictures_max]), manner.pictures_apart)
    fitted = fitted_with(body, tail, room, manner.may_cut, read_more(tag(content.link), content.language, as_link))
    return replace(fitted, notes=(*dead, *markup_notes(dropped), *fitted.notes))


def closing(body: str, content: Content, manner: Manner, tags: Hashtags) -> Marked:
    """What stands under the text: signature, hashtags, advertising label; not what is there on a line of its own."""
    lines = {one_line(line) for line in body.split("\n")}
    written = set(_HASHTAG.findall(body.casefold()))
    wanted = " ".join(tag for tag in tags.kept if tag.casefold() not in written)
    parts = (manner.signature, wanted, content.ad_label)
    return join([Marked(part) for part in parts if one_line(part) not in lines])


def one_line(text: str) -> str:
    """As it is compared: whatever the spaces are, and whatever the case."""
    return " ".join(text.casefold().split())


def fitted_with(body: Marked, tail: Marked, room: Room, may_cut: bool, more: Marked) -> Fitted:
    """The body cut as far as is needed for what must stand under it."""
    whole = join([body, tail])
    if room.limit is None or room.holds(whole.text) or not may_cut:
        return fit(whole, room, may_cut)
    left = room.less(f"\n\n{tail.text}" if tail.text else "")
    if not left.limit:
        size = length(tail.text, room.counts)
        return Fitted(whole, notes=(problem(because(NO_ROOM, code="no_room", length=size, limit=room.limit)),))
    fitted = fit(body, left, may_cut, more)
    return replace(fitted, marked=join([fitted.marked, tail]))


def without_dead_links(marked: Marked) -> tuple[Marked, list[Note]]:
    """A link into our own folders leads nowhere from a channel."""
    dead = [span for span in marked.spans if span.kind == "link" and not span.url.lower().startswith(SCHEMES)]
    said = [problem(because(DEAD_LINK, code="dead_link", url=span.url)) for span in dead]
    return Marked(marked.text, tuple(span for span in marked.spans if span not in dead)), said


def shortened(text: str, limit: int | None, limits: Limits) -> str:
    return fit(Marked(text), Room(limit, limits.counts), may_cut=True).marked.text


def left_out(content: Content, limits: Limits, source: markdown.Read) -> Iterator[Note]:
    """What of the piece this channel does not get."""
    extra = len(content.pictures) - limits.pictures_max
    if extra > 0:
        yield note(because(PICTURES_LEFT_OUT, code="left_out", limit=limits.pictures_max, number=extra))
    if source.pictures:
        files = ", ".join(picture.source for picture in source.pictures)
        yield note(because(PICTURES_INSIDE, code="left_out", files=files))
    for text, limit, words in (
        (content.title, limits.title_max, TITLE_SHORTENED),
        (content.description, limits.description_max, DESCRIPTION_SHORTENED),
    ):
        if not Room(limit, limits.counts).holds(text):
            yield note(because(words, code="shortened", limit=limit or 0))


def unread(tags: Hashtags) -> Iterator[Note]:
    if tags.left_out:
        yield note(because(TAGS_LEFT_OUT, code="left_out", tags=", ".join(tags.left_out)))


def markup_notes(dropped: frozenset[SpanKind]) -> Iterator[Note]:
    if "strike" in dropped:
        yield note(because(STRIKE_DROPPED, code="markup"))
    if dropped - {"strike"}:
        yield note(because(MARKUP_DROPPED, code="markup"))


def misfit(post: Post, limits: Limits) -> Iterator[Note]:
    """What the channel would refuse; of texts that are too long is told where they are fitted."""
    return (problem(reason) for reason in misfits(post, limits) if reason.code != "too_long")
