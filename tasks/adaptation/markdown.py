"""Markdown as a channel can show it: plain text with markup beside it, and safe HTML for the own site. Pure.

A line break in the source is a line break for the reader, as in the table cells and messengers people write in.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from models.brand import Note, note
from models.locale import mark
from models.post import SpanKind
from models.reason import because
from tasks.adaptation.links import found_in
from tasks.adaptation.spans import Marked, edit, join, under

RAW_HTML = mark("HTML in the text is not shown: {tags}. The words between the tags are kept.")
TABLE = mark("The table is shown as lines of text: messengers have no tables.")

PARSER = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["strikethrough", "table"])
TAGS = {"p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code", "strong", "em", "s", "a"}
TAGS |= {"ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"}
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}
RULE = "* * *"
BULLET = "• "
INDENT = "  "
_KINDS: dict[str, SpanKind] = {"strong": "bold", "em": "italic", "s": "strike"}
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->", re.DOTALL)
_LINE = re.compile(r"\n(?=[^\n])")
_EMPTY = re.compile(r"<p>\s*</p>\n?")


@dataclass(frozen=True)
class Picture:
    """A picture named in the text; the text itself does not hold it."""

    source: str
    alt: str


@dataclass(frozen=True)
class Read:
    """What a markdown source says: the text with its markup, the same as HTML, and what could not be kept."""

    marked: Marked
    html: str
    pictures: tuple[Picture, ...] = ()
    notes: tuple[Note, ...] = ()


def read(source: str, address: Callable[[str], str] = lambda url: url) -> Read:
    """Read a markdown source; `address` is applied to every link of the HTML."""
    tokens = PARSER.parse(source)
    reader = Reader()
    marked = reader.blocks(SyntaxTreeNode(tokens).children)
    return Read(marked, html(tokens, address), tuple(reader.pictures), reader.notes())


def html(tokens: Sequence[Token], address: Callable[[str], str]) -> str:
    """Safe HTML: only the tags of markdown itself, no picture, no script, no attribute but a link's address."""
    for token in tokens:
        if token.children is not None:
            token.children = linked([child for child in token.children if child.type != "image"], address)
    rendered = PARSER.renderer.render(tokens, PARSER.options, {})
    clean = nh3.clean(rendered, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener")
    return _EMPTY.sub("", clean).strip()


def linked(children: Sequence[Token], address: Callable[[str], str]) -> list[Token]:
    """Addresses written out become links, every link gets its address, one without words shows it."""
    done: list[Token] = []
    within = 0
    for child in children:
        within += (child.type == "link_open") - (child.type == "link_close")
        if child.type == "link_open":
            child.attrSet("href", address(str(child.attrGet("href") or "")))
        if child.type == "link_close" and done[-1].type == "link_open":
            done.append(Token("text", "", 0, content=str(done[-1].attrGet("href"))))
        done += autolinked(child, address) if child.type == "text" and not within else [child]
    return done


def autolinked(text: Token, address: Callable[[str], str]) -> list[Token]:
    done: list[Token] = []
    end = 0
    for link in found_in(text.content):
        opening = Token("link_open", "a", 1, attrs={"href": address(link.url)})
        words = Token("text", "", 0, content=link.url)
        done += [
            Token("text", "", 0, content=text.content[end : link.start]),
            opening,
            words,
            Token("link_close", "a", -1),
        ]
        end = link.end
    return [*done, Token("text", "", 0, content=text.content[end:])]


@dataclass
class Reader:
    """Reads the tree of a source; keeps what the text itself cannot hold."""

    pictures: list[Picture] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    tables: int = 0

    def blocks(self, nodes: Iterable[SyntaxTreeNode], separator: str = "\n\n") -> Marked:
        return join([self.block(node) for node in nodes], separator)

    def block(self, node: SyntaxTreeNode) -> Marked:
        match node.type:
            case "heading":
                return under(self.inline(node), "bold")
            case "blockquote":
                return under(self.blocks(node.children), "italic")
            case "bullet_list" | "ordered_list":
                return self.listing(node)
            case "fence" | "code_block":
                return under(Marked(node.content.rstrip("\n")), "code")
            case "table":
                return self.table(node)
            case "html_block":
                self.raw += _TAG.findall(node.content)
                return Marked(unescape(nh3.clean(node.content, tags=set())).strip())
        return Marked(RULE) if node.type == "hr" else trimmed(self.inline(node))

    def listing(self, node: SyntaxTreeNode) -> Marked:
        """A list as lines; what a list holds inside another is set in by two spaces."""
        first = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
        tight = all(part.hidden for item in node.children for part in item.children if part.type == "paragraph")
        items = [
            join([Marked(BULLET if first is None else f"{first + place}. "), indented(self.item(item))], "")
            for place, item in enumerate(node.children)
        ]
        return join(items, "\n" if tight else "\n\n")

    def item(self, node: SyntaxTreeNode) -> Marked:
        return self.blocks(node.children, "\n")

    def table(self, node: SyntaxTreeNode) -> Marked:
        self.tables += 1
        rows = [row for part in node.children for row in part.children]
        lines = [join([self.inline(cell) for cell in row.children], " | ") for row in rows]
        return join([under(line, "bold") if place == 0 else line for place, line in enumerate(lines)], "\n")

    def inline(self, node: SyntaxTreeNode) -> Marked:
        return join([self.piece(child) for child in node.children], "")

    def piece(self, node: SyntaxTreeNode) -> Marked:
        match node.type:
            case "text":
                return Marked(node.content)
            case "softbreak" | "hardbreak":
                return Marked("\n")
            case "code_inline":
                return under(Marked(node.content), "code")
            case "image":
                self.pictures.append(Picture(str(node.attrs.get("src", "")), node.content))
                return Marked()
            case "html_inline":
                return self.tag(node.content)
            case "link":
                return self.link(node)
        words = self.inline(node)
        return under(words, _KINDS[node.type]) if node.type in _KINDS else words

    def link(self, node: SyntaxTreeNode) -> Marked:
        """A link without words (a picture was in it) shows its address."""
        url, words = str(node.attrs.get("href", "")), self.inline(node)
        return under(words if words.text.strip() else Marked(url), "link", url) if url else words

    def tag(self, written: str) -> Marked:
        if _BREAK.fullmatch(written):
            return Marked("\n")
        self.raw.append(written)
        return Marked()

    def notes(self) -> tuple[Note, ...]:
        tags = ", ".join(dict.fromkeys(self.raw))
        raw = [note(because(RAW_HTML, code="html", tags=tags))] if self.raw else []
        return (*raw, *([note(because(TABLE, code="table"))] if self.tables else []))


def trimmed(marked: Marked) -> Marked:
    """Without the empty lines that a dropped picture leaves at the edges."""
    start, end = len(marked.text) - len(marked.text.lstrip()), len(marked.text.rstrip())
    return edit(marked, [(0, start, ""), (end, len(marked.text), "")] if start < end else [])


def indented(marked: Marked) -> Marked:
    return edit(marked, [(found.end(), found.end(), INDENT) for found in _LINE.finditer(marked.text)])
