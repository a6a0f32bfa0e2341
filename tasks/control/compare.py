"""What is live against what was approved, and when to look (A9). Pure.

Only what a platform shows is judged: `None` in `Live` is no difference. What platforms change by themselves is not
one either: spaces, entities, invisible signs, wrapped and shortened links, our title, hashtags and link on lines of
their own.
"""

import html
import re
import unicodedata
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from enum import StrEnum

from integrations.channels.base import Live, Presence
from models.content import fingerprint
from models.delivery import Verb
from models.locale import mark
from models.post import Post, Value
from models.reason import Reason, because
from tasks.control.links import LINK, PUNCTUATION, SHORTENED, links, respelt, same_link
from tasks.schedule.cadence import next_on

AGES = (
    timedelta(minutes=1),
    timedelta(hours=1),
    *(timedelta(days=days) for days in (1, 7, 14, 21, 28)),
)


class Kind(StrEnum):
    GONE = "gone"
    TEXT = "text"
    PICTURES = "pictures"
    LINK = "link"
    DEAD_LINK = "dead_link"
    AD_LABEL = "ad_label"


class Answer(StrEnum):
    """What a person may decide about a difference."""

    ACCEPT = "accept"
    RESTORE = "restore"
    TAKE_DOWN = "take_down"


ANSWERS = {
    Answer.ACCEPT: mark("accept as it is"),
    Answer.RESTORE: mark("restore as approved"),
    Answer.TAKE_DOWN: mark("take down"),
}

GONE = mark("The publication is not on the channel any more.")
CHANGED = mark("The text differs: approved “{approved}”, on the channel “{seen}”.")
CUT = mark("Of the text “{approved}” is missing on the channel.")
ADDED = mark("On the channel “{seen}” was added to the text.")
FEWER_PICTURES = mark("Pictures are missing: approved {approved}, on the channel {seen}.")
NO_LINK = mark("The link {approved} is missing on the channel.")
DEAD_LINK = mark("The link {approved} does not open: {seen}.")
NO_AD_LABEL = mark("The advertising label “{approved}” is missing on the channel. The law demands it.")

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufe0e\ufe0f\ufeff]")
CONTEXT_WORDS = 3
PIECE_WORDS = 12
DIFF_WORDS = 400  # beyond this only the first differing words are shown: a full comparison grows with the square


class Difference(Value):
    """One thing that is not as approved; `approved` and `seen` are the pieces that differ."""

    kind: Kind
    reason: Reason
    approved: str = ""
    seen: str = ""


def next_check(sent_at: datetime, last_checked_at: datetime | None) -> datetime | None:
    """The next look: after a minute, an hour, a day, then weekly for four weeks; None after that."""
    return next_on(AGES, sent_at, last_checked_at)


def compare(post: Post, live: Live) -> list[Difference]:
    """All that is not as approved, the gravest first."""
    if live.presence is Presence.GONE:
        return [Difference(kind=Kind.GONE, reason=because(GONE, code=Kind.GONE))]
    return [*_ad_label(post, live), *_text(post, live), *_pictures(post, live), *_links(post, live)]


def dead_link(link: str, answer: str) -> Difference:
    """The difference of a link that does not open; `answer` is what came instead."""
    return _difference(Kind.DEAD_LINK, DEAD_LINK, link, answer)


def answers(difference: Difference, verbs: Collection[Verb]) -> tuple[Answer, ...]:
    """What can be decided on a channel with these verbs: what is gone is published again, the rest is edited."""
    needed = {
        Answer.RESTORE: Verb.PUBLISH if difference.kind is Kind.GONE else Verb.EDIT,
        Answer.TAKE_DOWN: Verb.DELETE,
    }
    return tuple(answer for answer in Answer if answer is Answer.ACCEPT or needed[answer] in verbs)


def seen_hash(live: Live) -> str:
    """The print of what was seen: a difference that a person accepted is not asked about again."""
    return fingerprint([live.presence, None if live.text is None else normal(live.text), live.pictures])


def normal(text: str) -> list[str]:
    """The words of a text without what platforms change by themselves."""
    return LINK.sub(lambda match: respelt(match.group()), plain(text)).split()


def plain(text: str) -> str:
    return INVISIBLE.sub("", unicodedata.normalize("NFC", html.unescape(text)))


def _text(post: Post, live: Live) -> Iterator[Difference]:
    if live.text is None:
        return
    approved, seen = normal(post.text), normal(live.text)
    if not _alike(approved, seen):
        approved, seen = (normal(_without_extras(text, post)) for text in (post.text, live.text))
    if not _alike(approved, seen):
        ours, theirs = differing(approved, seen)
        yield _difference(Kind.TEXT, CHANGED if ours and theirs else CUT if ours else ADDED, ours, theirs)


def _alike(approved: list[str], seen: list[str]) -> bool:
    return len(approved) == len(seen) and all(map(_same_word, approved, seen))


def _same_word(approved: str, seen: str) -> bool:
    return approved == seen or ("/" in seen and seen.endswith(SHORTENED) and same_link(approved, seen))


def _without_extras(text: str, post: Post) -> str:
    """The text without lines that hold nothing but our title, hashtags, link and ad label."""
    lines = [normal(extra) for extra in (post.title, post.link, post.ad_label)]
    words = {f"#{tag.removeprefix('#')}" for tag in post.tags} | set(normal(post.link))
    return "\n".join(
        line for line in text.splitlines() if normal(line) not in lines and not words.issuperset(normal(line))
    )


def differing(approved: list[str], seen: list[str]) -> tuple[str, str]:
    """The first piece that differs, with a few words around where both have one; one side may be empty."""
    start = next((i for i, pair in enumerate(zip(approved, seen, strict=False)) if not _same_word(*pair)), -1)
    start = min(len(approved), len(seen)) if start < 0 else start
    tail_a, tail_s = approved[start:], seen[start:]
    if max(len(tail_a), len(tail_s)) > DIFF_WORDS:
        return _piece(approved, start, len(approved)), _piece(seen, start, len(seen))
    changes = SequenceMatcher(None, tail_a, tail_s, autojunk=False).get_opcodes()
    tag, a1, a2, s1, s2 = next(change for change in changes if change[0] != "equal")
    if tag != "replace":
        return _short(tail_a[a1:a2]), _short(tail_s[s1:s2])
    return _piece(approved, start + a1, start + a2), _piece(seen, start + s1, start + s2)


def _piece(words: list[str], start: int, end: int) -> str:
    first, last = max(start - CONTEXT_WORDS, 0), min(end + CONTEXT_WORDS, len(words))
    return ("… " if first else "") + _short(words[first:last]) + (" …" if last < len(words) else "")


def _short(words: list[str]) -> str:
    return " ".join(words if len(words) <= PIECE_WORDS else [*words[:PIECE_WORDS], "…"])


def _pictures(post: Post, live: Live) -> Iterator[Difference]:
    if live.pictures is not None and live.pictures < len(post.pictures):
        yield _difference(Kind.PICTURES, FEWER_PICTURES, str(len(post.pictures)), str(live.pictures))


def _links(post: Post, live: Live) -> Iterator[Difference]:
    """A link hidden under words cannot be seen in a text: only those that stand in it are looked for."""
    shown = plain(live.text or "")
    seen = {*links(shown), *(word.strip(PUNCTUATION) for word in shown.split())}
    for link in dict.fromkeys(links(plain(post.text))):
        if live.text is not None and not any(same_link(link, other) for other in seen):
            yield _difference(Kind.LINK, NO_LINK, link)


def _ad_label(post: Post, live: Live) -> Iterator[Difference]:
    label = " ".join(normal(post.ad_label)).casefold()
    if label and live.text is not None and label not in " ".join(normal(live.text)).casefold():
        yield _difference(Kind.AD_LABEL, NO_AD_LABEL, post.ad_label)


def _difference(kind: Kind, text: str, approved: str = "", seen: str = "") -> Difference:
    reason = because(text, code=kind, approved=approved, seen=seen)
    return Difference(kind=kind, reason=reason, approved=approved, seen=seen)
