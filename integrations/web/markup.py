"""Texts as HTML that cannot do harm: markup over plain text, and the body of a page. Pure."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, groupby, pairwise

import nh3
from markupsafe import Markup, escape

from models.post import Post, Span

SCHEMES = ("http://", "https://", "mailto:", "tel:")
URL = re.compile(r"https?://[^\s<>«»“”\"]+[^\s<>«»“”\".,;:!?()\[\]{}'…]")
TAGS = {"p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "strong", "em", "s", "a"}
TAGS |= {"ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
ELEMENTS = {
    "bold": Markup("<strong>{}</strong>"),
    "italic": Markup("<em>{}</em>"),
    "strike": Markup("<s>{}</s>"),
    "code": Markup("<code>{}</code>"),
}


def is_safe(url: str) -> bool:
    return url.lower().startswith(SCHEMES)


def marked_up(text: str, spans: Sequence[Span] = ()) -> Markup:
    """The text with its markup; an address written out becomes a link."""
    known = [span for span in spans if 0 <= span.start < span.end <= len(text)]
    linked = _linked(known)
    known += [Span(start=f.start(), end=f.end(), kind="link", url=f[0]) for f in URL.finditer(text) if not linked(f)]
    runs = groupby(_pieces(len(text), known), key=lambda piece: _url(piece[2]))
    return Markup("").join(_linked_run(text, url, list(run)) for url, run in runs)


def _linked(spans: Sequence[Span]) -> Callable[[re.Match[str]], bool]:
    """Whether what was found lies in a link already; and not by asking every link: there may be thousands."""
    links = sorted((span.start, span.end) for span in spans if span.kind == "link")
    starts, ends = [start for start, _ in links], list(accumulate((end for _, end in links), max))

    def linked(found: re.Match[str]) -> bool:
        before = bisect_left(starts, found.end())
        return before > 0 and ends[before - 1] > found.start()

    return linked


def _pieces(length: int, spans: Sequence[Span]) -> Iterator[tuple[int, int, list[Span]]]:
    """The text from edge to edge, each piece with the spans around it in their order."""
    opens, closes = defaultdict(list), defaultdict(list)
    for number, span in enumerate(spans):
        opens[span.start].append(number)
        closes[span.end].append(number)
    around: set[int] = set()
    for start, end in pairwise(sorted({0, length, *opens, *closes})):
        around = (around - set(closes[start])) | set(opens[start])
        yield start, end, [spans[number] for number in sorted(around)]


def _url(spans: Sequence[Span]) -> str:
    return next((span.url for span in spans if span.kind == "link" and is_safe(span.url)), "")


def _linked_run(text: str, url: str, run: Sequence[tuple[int, int, list[Span]]]) -> Markup:
    inside = Markup("").join(_wrapped(escape(text[start:end]), spans) for start, end, spans in run)
    return Markup('<a href="{}" rel="noopener nofollow">{}</a>').format(url, inside) if url else inside


def _wrapped(text: Markup, spans: Sequence[Span]) -> Markup:
    for kind, element in ELEMENTS.items():
        if any(span.kind == kind for span in spans):
            text = element.format(text)
    return text


def paragraphs(text: str, spans: Sequence[Span] = ()) -> Markup:
    """Plain text as paragraphs, its line breaks kept; markup may reach over a paragraph's end."""
    return Markup('<div class="plain">{}</div>').format(marked_up(text, spans))


def body_of(post: Post) -> Markup:
    """The body of a page: its HTML, cleaned once more however it came here, else its text."""
    if not post.html:
        return paragraphs(post.text, post.spans)
    clean = nh3.clean(post.html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"},
                      link_rel="noopener")  # fmt: skip
    # A table may be wider than the page: then it scrolls by itself, and a keyboard must be able to reach it.
    scrolling = clean.replace("<table>", '<div class="scroll" tabindex="0"><table>')
    return Markup(scrolling.replace("</table>", "</table></div>"))  # noqa: S704  cleaned above


def summary(post: Post, longest: int = 200) -> str:
    """What a page says of itself in a sentence: its description, else how its text begins."""
    said = " ".join((post.description or post.text).split())
    return said if len(said) <= longest else said[: longest - 1].rsplit(" ", 1)[0].rstrip(",;:—- ") + "…"


def heading(post: Post, longest: int = 110) -> str:
    """A page's title; a post without one is called by its first line."""
    first = next((line.strip() for line in post.text.splitlines() if line.strip()), "")
    said = post.title or first
    return said if len(said) <= longest else said[: longest - 1].rsplit(" ", 1)[0] + "…"
