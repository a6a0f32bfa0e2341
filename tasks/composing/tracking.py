"""Links that are counted: each leads over our door with the recipient's mark and its number; and the open pixel. Pure.

What is personal in an address comes with the click, already percent-encoded, and never holds the host: so the door
leads nowhere but where the letter's author wanted.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape, unescape
from urllib.parse import quote, urlsplit

from models.content import Effect
from models.locale import mark
from models.reason import because
from tasks.composing.compiled import Link
from tasks.composing.marking import VALUE, Marks
from tasks.composing.markup import Attribute, Token, attribute, attributes, rewritten
from tasks.composing.materials import Doors
from tasks.composing.placing import placed

NOT_WHOLE = mark("“{url}” is no whole address. Write it with https:// in front.")
PERSONAL_HOST = mark(
    "The address “{url}” is not known up to its host. Write the site itself; a personal value may stand behind it."
)
NOT_COUNTED = mark("Clicks on “{label}” are not counted: the whole address is a value of the recipient.")
EMPTY_LINK = mark("The link “{label}” leads nowhere. Give it an address or take it out.")

ASIDE = ("mailto:", "tel:", "sms:", "#")
CLICKED = "v"  # the parameter of a click that holds one personal part of an address
_BRACES = str.maketrans({"{": "%7B", "}": "%7D"})


def destination(link: Link, given: Sequence[str]) -> str:
    """Where a click leads. Values are those of the click's `v`, decoded; whatever is missing is left out."""
    url = link.url
    for number in range(url.count("{")):
        said = quote(given[number][:1_000], safe="") if number < len(given) else ""
        url = url.replace(f"{{{number}}}", said)
    return url


@dataclass
class Tracking:
    """The links of one variant, numbered from 1 in the order of the letter."""

    marks: Marks
    names: Sequence[str]
    doors: Doors
    address: Callable[[str], str]
    advertises: bool = True
    links: list[Link] = field(default_factory=list)
    _known: dict[tuple[str, str, str], Link] = field(default_factory=dict)

    def rewrite(self, html: str) -> tuple[str, str]:
        """The letter with counted links, and the same with direct ones."""
        counted: list[tuple[int, int, str]] = []
        direct: list[tuple[int, int, str]] = []
        everything_now = list(placed(html, self.marks, self.names))
        for place, (token, block) in enumerate(everything_now):
            found = _followed(html, token)
            if found is None:
                continue
            label = self._label(html, [one for one, _ in everything_now[place : place + 60]])
            over, straight = self._door(found.value.strip(), label, block)
            counted.append((found.start, found.end, over))
            direct.append((found.start, found.end, straight))
        return rewritten(html, counted), rewritten(html, direct)

    def _label(self, html: str, found: Sequence[Token]) -> str:
        """What a person sees of the link: its words, or those of its picture."""
        said: list[str] = []
        for token in found[1:]:
            if token.kind == "tag" and token.name == found[0].name:
                break
            if token.kind == "text":
                said.append(unescape(html[token.start : token.end]))
            elif token.name == "img":
                said.append(attribute(html, token, "alt") or "")
        return self.marks.shown(" ".join(" ".join(said).split()))[:100]

    def _door(self, url: str, label: str, block: str) -> tuple[str, str]:
        """The address over our door, and straight; both as they stand in an attribute."""
        if not url or url == "#":
            shown = label or "—"
            self.marks.refuse(because(EMPTY_LINK, code="empty_link", label=shown), block, effect=Effect.NOTE)
        kept = escape(url), escape(url)
        if not url or url.lower().startswith(ASIDE) or url in self._own():
            return kept
        whole = self.marks.pattern.fullmatch(url)
        if whole and whole[1] == VALUE:
            if self.advertises:
                self.marks.refuse(
                    because(NOT_COUNTED, code="not_counted", label=label or "—"), block, effect=Effect.NOTE
                )
            return kept
        if not self.may_lead(url, block):
            return kept
        tagged = self.address(url)
        return self._numbered(tagged, label, block), escape(tagged)

    def may_lead(self, url: str, where: str) -> bool:
        """Whether it is known whose site an address is of; else a problem is told."""
        shown = self.marks.unmarked(url)[:100]
        if not re.match(r"https?://", url, re.IGNORECASE) and not self.marks.pattern.match(url):
            self.marks.refuse(because(NOT_WHOLE, code="not_whole", url=shown), where)
            return False
        try:
            host = urlsplit(url).netloc
        except ValueError:
            host = ""
        if not host or self.marks.pattern.search(host) or "@" in host or "\\" in url:
            self.marks.refuse(because(PERSONAL_HOST, code="personal_host", url=shown), where)
            return False
        return True

    def _own(self) -> tuple[str, ...]:
        return tuple(self.doors.own(self.marks.recipient).values())

    def _numbered(self, url: str, label: str, block: str) -> str:
        parts = [found[0] for found in self.marks.pattern.finditer(url) if found[1] == VALUE]
        places = iter(range(len(parts)))
        plain = self.marks.pattern.sub(lambda found: f"{{{next(places)}}}", url.translate(_BRACES))
        link = self._known.get((plain, label, block))
        if link is None:
            link = Link(len(self.links) + 1, plain, label or plain, block)
            self._known[plain, label, block] = link
            self.links.append(link)
        values = "&amp;".join(f"{CLICKED}={part}" for part in parts)
        number = f"{link.number}{self.doors.edition}"
        return f"{escape(self.doors.link)}/{self.marks.recipient}/{number}{'?' if values else ''}{values}"


def _followed(html: str, token: Token) -> Attribute | None:
    """Where an element leads; Outlook's own buttons lead somewhere too."""
    if token.kind != "tag" or token.closes or token.name in ("link", "base"):
        return None
    return next((one for one in attributes(html, token) if one.name == "href"), None)


def with_pixel(html: str, doors: Doors, mark: str) -> str:
    """The picture that says that the letter was opened, at its very end."""
    style = "display:block;border:0;width:1px;height:1px"
    pixel = f'<img src="{escape(doors.open)}/{mark}.gif" width="1" height="1" alt="" style="{style}">'
    place = html.rfind("</body>")
    return html[:place] + pixel + html[place:] if place >= 0 else html + pixel
