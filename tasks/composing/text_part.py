"""The text part of a letter, made of its HTML: so it says the same, link for link. Pure.

Headings are underlined, links followed by their address, pictures said by their words; what is hidden is left out.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from textwrap import fill

from lxml import html as lxml_html  # type: ignore[import-untyped]

from tasks.composing.marking import END, IN_ADDRESS, START, VALUE, WHOLE_ADDRESS, Marks

BLOCKS = frozenset(
    (
        *("p", "div", "table", "tr", "td", "th", "ul", "ol", "li", "blockquote", "hr", "section", "center", "pre"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "header", "footer", "article", "main", "figure", "figcaption"),
        *("caption", "body", "dl", "dt", "dd"),
    )
)
APART = frozenset(("p", "ul", "ol", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "table"))
UNDERLINES = {"h1": "=", "h2": "-"}
UNDERLINE_MAX = 60
LONG_LINE, LINE = 250, 78
SILENT = frozenset(("head", "style", "title", "script", "noscript", "template"))
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\n\r\f]+")
_INVISIBLE = re.compile("[\u200b\u200c\u034f\u2060\u00ad]|\ufeff")
_MANY = re.compile(r"\n{3,}")
_BLANK = re.compile(r"[ \t\u00a0\u200a]+\n|\n[ \t\u200a]+")


def text_of(html: str, marks: Marks, direct: str = "") -> str:
    """The whole text, the marks of blocks on lines of their own; `direct` is the same letter before links were counted.

    Where a picture and the words beside it lead to one page, the text says it once.
    """
    said = "".join(_Walk(marks, _labelled(_document(direct or html))).lines(_document(html)))
    fences = re.compile(rf"\s*({marks.letters}[{START}{END}]\d+q)\s*")
    return "\n".join(map(_short, tidy(fences.sub(r"\n\n\1\n\n", said)).split("\n")))


def _short(line: str) -> str:
    """A long paragraph in lines as letters have them: no line may have more than 998 bytes (RFC 5322, 2.1.1)."""
    return line if len(line) <= LONG_LINE else fill(line, LINE, break_long_words=False, break_on_hyphens=False)


def tidy(text: str) -> str:
    """No blank at the edge of a line, never two empty lines."""
    return _MANY.sub("\n\n", _BLANK.sub("\n", _INVISIBLE.sub("", text))).strip()


def _document(html: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(html, parser=lxml_html.HTMLParser(encoding=None, remove_comments=True))


def _labelled(document: lxml_html.HtmlElement) -> Sequence[bool]:
    """Of every link in order, whether its words or its neighbours' say where it leads: a picture beside a name."""
    links = list(document.iter("a"))
    words = [bool(" ".join(link.itertext()).strip()) for link in links]
    addresses = [link.get("href") or "" for link in links]
    beside = [
        (not said) and any(_near(addresses, words, place, step) for step in (-1, 1)) for place, said in enumerate(words)
    ]
    return beside


def _near(addresses: Sequence[str], words: Sequence[bool], place: int, step: int) -> bool:
    there = place + step
    return 0 <= there < len(words) and words[there] and addresses[there] == addresses[place]


def is_hidden(element: lxml_html.HtmlElement) -> bool:
    return bool(_HIDDEN.search(element.get("style") or "")) or element.get("hidden") is not None


@dataclass
class _Walk:
    """One pass over the tree; `numbers` are those of the lists that are open."""

    marks: Marks
    repeated: Sequence[bool]
    link: int = -1
    numbers: list[int | None] = field(default_factory=list)

    def lines(self, element: lxml_html.HtmlElement) -> Iterator[str]:
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in SILENT or not tag or is_hidden(element):
            self.link += sum(1 for _ in element.iter("a")) if tag else 0
            return
        yield from _BY_TAG.get(tag, _Walk._plain)(self, element)

    def inside(self, element: lxml_html.HtmlElement) -> str:
        parts = [_SPACES.sub(" ", element.text or "")]
        for child in element:
            parts += self.lines(child)
            parts.append(_SPACES.sub(" ", child.tail or ""))
        return "".join(parts)

    def _plain(self, element: lxml_html.HtmlElement) -> Iterator[str]:
        said = self.inside(element)
        if element.tag not in BLOCKS:
            yield said
            return
        gap = "\n\n" if element.tag in APART else "\n"
        yield f"{gap}{said.strip()}{gap}"

    def _heading(self, element: lxml_html.HtmlElement) -> Iterator[str]:
        said = " ".join(self.inside(element).split())
        length = min(UNDERLINE_MAX, len(self.marks.shown(said, "……")))
        line = f"\n{UNDERLINES[element.tag] * length}" if element.tag in UNDERLINES and said else ""
        yield f"\n\n{said}{line}\n\n"

    def _link(self, element: lxml_html.HtmlElement) -> Iterator[str]:
        self.link += 1
        place = self.link
        said, address = self.inside(element).strip(), (element.get("href") or "").strip()
        if not address or address.startswith("#"):
            yield said
        elif not said:
            yield "" if self.repeated[place] else f" <{self._addressed(address)}> "
        else:
            bare = re.sub(r"^(?:mailto:|tel:)", "", address)
            yield said if said in (address, bare) else f"{said} <{self._addressed(address)}>"

    def _addressed(self, address: str) -> str:
        """The address with its marks told apart from those of words: they are written otherwise."""
        whole = self.marks.pattern.fullmatch(address)
        kind = WHOLE_ADDRESS if whole else IN_ADDRESS
        return self.marks.pattern.sub(
            lambda found: self.marks.token(kind, int(found[2])) if found[1] == VALUE else found[0], address
        )

    def _picture(self, element: lxml_html.HtmlElement) -> Iterator[str]:
        said = " ".join((element.get("alt") or "").split())
        yield f"[{said}]" if said else ""

    def _break(self, element: lxml_html.HtmlElement) -> Iterator[str]:
        yield "\n"

    def _list(self, element: lxml_html.HtmlElement) -> Iterator[str]:
        self.numbers.append(1 if element.tag == "ol" else None)
        yield f"\n\n{self.inside(element).strip()}\n\n"
        self.numbers.pop()

    def _item(self, element: lxml_html.HtmlElement) -> Iterator[str]:
        number = self.numbers[-1] if self.numbers else None
        if number is not None:
            self.numbers[-1] = number + 1
        said = re.sub(r"\n+", "\n  ", self.inside(element).strip())
        yield f"\n{'• ' if number is None else f'{number}. '}{said}\n"


_Said = Callable[[_Walk, lxml_html.HtmlElement], Iterator[str]]
_BY_TAG: dict[str, _Said] = {
    "h1": _Walk._heading, "h2": _Walk._heading, "h3": _Walk._heading, "a": _Walk._link, "img": _Walk._picture,
    "br": _Walk._break, "ul": _Walk._list, "ol": _Walk._list, "li": _Walk._item,
}  # fmt: skip
