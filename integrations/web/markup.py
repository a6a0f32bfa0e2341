"""Texts as HTML that cannot do harm: markup over plain text, and the body of a page. Pure."""

import re
from collections.abc import Sequence
from itertools import groupby, pairwise

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
    known += [
        Span(start=f.start(), end=f.end(), kind="link", url=f[0]) for f in URL.finditer(text) if not _linked(f, known)
    ]
    edges = sorted({0, len(text), *(edge for span in known for edge in (span.start, span.end))})
    pieces = [(start, end, [s for s in known if s.start <= start and end <= s.end]) for start, end in pairwise(edges)]
    return Markup("").join(_linked_run(text, url, list(run)) for url, run in groupby(pieces, key=lambda p: _url(p[2])))


def _linked(found: re.Match[str], spans: Sequence[Span]) -> bool:
    return any(s.kind == "link" and s.start < found.end() and found.start() < s.end for s in spans)


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
