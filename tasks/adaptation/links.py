"""Links: found in a text, replaced with the markup following, and tagged so that analytics knows where from. Pure."""

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit

from tasks.adaptation.spans import Marked, edit
from tasks.styling.protection import URL

_URL = re.compile(URL)

Address = Callable[[str], str]


@dataclass(frozen=True)
class Link:
    """An address that stands in a text as it is."""

    start: int
    end: int
    url: str


def found_in(text: str) -> list[Link]:
    """Addresses written out in a text, without the punctuation of the sentence around them."""
    return [Link(found.start(), found.end(), found[0]) for found in _URL.finditer(text)]


def addresses(marked: Marked) -> list[str]:
    """Every address a reader can follow, in the order of the text: written out or under words."""
    under_words = [Link(span.start, span.end, span.url) for span in marked.spans if span.kind == "link"]
    return [link.url for link in sorted([*under_words, *bare(marked)], key=lambda link: link.start)]


def bare(marked: Marked) -> list[Link]:
    """Addresses written out where no link lies."""
    links = sorted((span for span in marked.spans if span.kind == "link"), key=lambda span: span.start)
    starts = [span.start for span in links]
    return [
        link
        for link in found_in(marked.text)
        if not (before := bisect_left(starts, link.end)) or links[before - 1].end <= link.start
    ]


def replace(marked: Marked, address: Address) -> Marked:
    """Give every link another address; words under which a link lies stay as they are."""
    edits = [(link.start, link.end, new) for link in bare(marked) if (new := address(link.url)) != link.url]
    spans = tuple(
        span.model_copy(update={"url": address(span.url)}) if span.kind == "link" else span for span in marked.spans
    )
    return edit(Marked(marked.text, spans), edits)


def tagger(utm: Mapping[str, str], domains: Sequence[str]) -> Address:
    """An address with our utm_* added, for the company's own and allowed domains only."""
    own = frozenset(host_of(f"https://{domain}") for domain in domains)
    wanted = {key if key.startswith("utm_") else f"utm_{key}": value for key, value in utm.items() if value}
    return lambda url: tag(url, wanted, own) if wanted else url


def tag(url: str, utm: Mapping[str, str], own: frozenset[str]) -> str:
    """The query and the fragment stay letter for letter; a utm_* that is there already is kept."""
    split = parsed(url)
    if split is None or split.scheme not in ("http", "https") or not belongs(host_of(url), own):
        return url
    there = {key.lower() for key, _ in parse_qsl(split.query, keep_blank_values=True)}
    added = "&".join(f"{key}={quote(value, safe='')}" for key, value in utm.items() if key.lower() not in there)
    if not added:
        return url
    base, hash_sign, fragment = url.partition("#")
    joint = "" if base.endswith(("?", "&")) else "&" if "?" in base else "?"
    return f"{base}{joint}{added}{hash_sign}{fragment}"


def belongs(host: str, own: frozenset[str]) -> bool:
    return bool(host) and any(host == domain or host.endswith(f".{domain}") for domain in own if domain)


def host_of(url: str) -> str:
    """The host in ASCII, so that «семьчашек.рф» and its punycode are one; "" where there is none."""
    split = parsed(url)
    host = ((split.hostname if split else None) or "").removeprefix("www.")
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return host.lower()


def parsed(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None
