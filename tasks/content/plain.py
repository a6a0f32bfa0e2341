"""HTML of feeds to plain text: tags gone, paragraphs and lists kept, nothing that runs left. Pure."""

import html
import re

import nh3

BREAKS = re.compile(r"<br\s*/?>|</(?:div|tr|h[1-6]|blockquote|pre|ul|ol|li)>", re.IGNORECASE)
PARAGRAPH = re.compile(r"</p>", re.IGNORECASE)
ITEM = re.compile(r"<li>", re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")
KEPT = {"p", "br", "div", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "li"}


def plain(markup: str) -> str:
    """The text a person would read of the markup, one line to a paragraph or an item."""
    clean = nh3.clean(" ".join(markup.split()) if "<pre" not in markup else markup, tags=KEPT, attributes={})
    text = PARAGRAPH.sub("\n\n", BREAKS.sub("\n", ITEM.sub("\n• ", clean)))
    lines = (" ".join(line.split()) for line in html.unescape(TAG.sub("", text)).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip().replace("\n\n•", "\n•")


def one_line(markup: str) -> str:
    return " ".join(plain(markup).split())
