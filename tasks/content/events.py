"""Occasions (инфоповоды) from the entries of feeds: what, on which day, about what. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.content import FeedItem, Found, Occasion, fingerprint
from models.schedule import Unreadable
from tasks.analysis.stems import stem_line
from tasks.content.feeds import read_feed
from tasks.content.moments import MONTHS, read_date

PAST, AHEAD = timedelta(days=120), timedelta(days=550)
LOOKED_AT = 1_500

MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
SPAN = re.compile(r"\b(\d{1,2})\s*(?:[-–—]|по|to)\s*\d{1,2}(?=\s+[а-яa-z]{3,})", re.IGNORECASE)
WRITTEN = re.compile(
    rf"\b(\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}\.\d{{2}}(?:\.\d{{4}})?|\d{{1,2}}\s+(?:{MONTH})[а-яa-z]*(?:\s+\d{{4}})?"
    rf"|(?:{MONTH})[a-z]*\s+\d{{1,2}}(?:,\s*\d{{4}})?)(?![\d%])",
    re.IGNORECASE,
)


def read_events(
    data: bytes,
    source: str,
    today: date,
    zone: str,
    *,
    url: str = "",
    file: str = "",
    topics: Mapping[str, Sequence[str]] | None = None,
) -> Found[Occasion]:
    """Read the occasions of a feed; `topics` are the words that name each topic the company watches."""
    items, problems = read_feed(data, source, url=url, file=file)
    return Found(tuple(occasions(items, today, zone, topics or {})), problems)


def occasions(
    items: Iterable[FeedItem], today: date, zone: str, topics: Mapping[str, Sequence[str]]
) -> Iterable[Occasion]:
    """An occasion of every entry: its day is the one the feed gives, else the first in its words, else of the news."""
    for item in items:
        told = item.published.astimezone(ZoneInfo(zone)).date() if item.published else today
        day = item.starts or named_day(item.title, told) or named_day(item.text[:LOOKED_AT], told)
        yield Occasion(
            key=fingerprint([item.source, item.guid])[:20],
            title=item.title,
            on=day or told,
            dated=day is not None,
            topic=topic_of(item, topics),
            text=item.text,
            link=item.link,
            source=item.source,
        )


def named_day(text: str, told: date) -> date | None:
    """The first day written in the text that an entry of `told` may speak of; of «5–7 мая» the first."""
    for found in WRITTEN.finditer(SPAN.sub(r"\1", text)):
        try:
            day, _ = read_date(found[1], datetime.combine(told, time(), UTC), told)
        except Unreadable:
            continue
        if told - PAST <= day <= told + AHEAD:
            return day
    return None


def topic_of(item: FeedItem, topics: Mapping[str, Sequence[str]]) -> str:
    """The watched topic whose words the entry has most of, else the category its publisher gave it."""
    said = set(stem_line(f"{item.title}\n{item.text}\n{' '.join(item.topics)}"))
    counts = {key: len(said & {stem for word in words for stem in stem_line(word)}) for key, words in topics.items()}
    best = max(counts, key=lambda key: counts[key], default="")
    return best if counts.get(best) else next(iter(item.topics), "")
