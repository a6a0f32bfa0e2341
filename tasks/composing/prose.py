"""Markdown as a letter can show it: emphasis, links, lists, quotations; HTML written into it is refused. Pure."""

import re

from markdown_it import MarkdownIt

from models.locale import mark
from models.reason import because
from tasks.adaptation.markdown import html
from tasks.composing.marking import Marks

RAW_HTML = mark(
    "“{tag}” is HTML, which a text block does not take. Write **bold**, *italic*, [words](address) and lists."
)
PICTURE = mark("“{said}” is a picture in a text. Put it into a picture block of its own, with its words.")

# Headings of markdown are taken; a line break in the source is one for the reader.
PARSER = (
    MarkdownIt("commonmark", {"html": False, "breaks": True})
    .enable(["strikethrough"])
    .disable(["image", "table"], True)
)
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9-]{0,20}(?:\s[^<>\n]{0,200})?/?>")
_IMAGE = re.compile(r"!\[[^\]\n]{0,100}\]\([^)\n]{0,200}\)")


def written(markdown: str, marks: Marks, where: str) -> str:
    """Safe HTML with personal places marked; what is refused is a problem of the letter."""
    source = marks.taken(markdown, where)
    for found in _TAG.finditer(source):
        marks.refuse(because(RAW_HTML, code="raw_html", tag=found[0][:60]), where)
        break
    for found in _IMAGE.finditer(source):
        marks.refuse(because(PICTURE, code="picture_in_text", said=found[0][:60]), where)
        break
    return html(PARSER.parse(source), lambda url: url)
