"""MJML as its documentation describes it: which element stands where, what can be said of it (read 2026-11-21). Pure.

The renderer takes anything and drops what it does not know; a designer is told instead. Elements that would load
something from elsewhere (mj-include, mj-font) and those that need it (mj-carousel, mj-accordion's icons) are not taken.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from models.content import Effect, nearest
from models.locale import mark
from models.reason import Reason, because
from tasks.composing.markup import VOID, Token, attributes, tokens

UNKNOWN = mark("There is no MJML element “{element}”. Nearest: {nearest}.")
ELSEWHERE = mark("“{element}” loads something from elsewhere, which letters do not. Take it out.")
MISPLACED = mark("“{element}” does not stand in “{parent}”. It stands in: {parents}.")
NO_ATTRIBUTE = mark("“{element}” has no attribute “{attribute}”, so it would do nothing. Nearest: {nearest}.")
NOT_CLOSED = mark("“{element}” is not closed. Write </{element}> where it ends.")
NOT_OPENED = mark("“</{element}>” ends what has not begun. Take it out, or open “{element}” before.")
NO_MJML = mark("This is no MJML: it begins with <mjml> and has an <mj-body>.")

_PADDING = "padding padding-top padding-right padding-bottom padding-left"
_FONT = (
    "color font-family font-size font-style font-weight letter-spacing line-height text-align text-decoration "
    "text-transform"
)
_GROUND = (
    "background-color background-url background-repeat background-size background-position background-position-x "
    "background-position-y"
)
_BORDER = "border border-top border-right border-bottom border-left border-radius"
_COLUMN = ("mj-column", "mj-hero")

PARENTS: dict[str, tuple[str, ...]] = {
    "mjml": (), "mj-head": ("mjml",), "mj-body": ("mjml",),
    "mj-title": ("mj-head",), "mj-preview": ("mj-head",), "mj-style": ("mj-head",), "mj-attributes": ("mj-head",),
    "mj-breakpoint": ("mj-head",), "mj-all": ("mj-attributes",), "mj-class": ("mj-attributes",),
    "mj-wrapper": ("mj-body",), "mj-section": ("mj-body", "mj-wrapper"), "mj-hero": ("mj-body", "mj-wrapper"),
    "mj-group": ("mj-section",), "mj-column": ("mj-section", "mj-group"),
    "mj-raw": ("mj-body", "mj-head", "mj-section", "mj-column", "mj-wrapper", "mj-hero", "mj-group"),
    "mj-text": _COLUMN, "mj-button": _COLUMN, "mj-image": _COLUMN, "mj-divider": _COLUMN, "mj-spacer": _COLUMN,
    "mj-table": _COLUMN, "mj-social": _COLUMN, "mj-social-element": ("mj-social",), "mj-navbar": _COLUMN,
    "mj-navbar-link": ("mj-navbar",),
}  # fmt: skip
ATTRIBUTES: dict[str, frozenset[str]] = {
    name: frozenset(said.split())
    for name, said in {
        "mjml": "lang dir owa version",
        "mj-body": "background-color width",
        "mj-style": "inline",
        "mj-breakpoint": "width",
        "mj-wrapper": f"{_GROUND} {_BORDER} {_PADDING} full-width text-align gap",
        "mj-section": f"{_GROUND} {_BORDER} {_PADDING} direction full-width text-align",
        "mj-hero": f"{_GROUND} {_PADDING} background-height background-width border-radius height mode vertical-align "
        "width inner-background-color inner-padding",
        "mj-group": "width vertical-align background-color direction",
        "mj-column": f"{_BORDER} {_PADDING} background-color inner-background-color inner-border inner-border-radius "
        "width vertical-align direction inner-border-top inner-border-right inner-border-bottom inner-border-left",
        "mj-raw": "position",
        "mj-text": f"{_FONT} {_PADDING} align container-background-color height vertical-align",
        "mj-button": f"{_FONT} {_PADDING} {_BORDER} align background-color container-background-color height href "
        "inner-padding rel target title vertical-align width name",
        "mj-image": f"{_PADDING} {_BORDER} align alt container-background-color fluid-on-mobile font-size height href "
        "max-height name rel sizes src srcset target title usemap width",
        "mj-divider": f"{_PADDING} align border-color border-style border-width container-background-color width",
        "mj-spacer": f"{_PADDING} container-background-color height vertical-align",
        "mj-table": f"{_FONT} {_PADDING} align border cellpadding cellspacing container-background-color table-layout "
        "width vertical-align role",
        "mj-social": f"{_FONT} {_PADDING} align border-radius container-background-color icon-height icon-padding "
        "icon-size inner-padding mode table-layout text-padding vertical-align",
        "mj-social-element": f"{_FONT} {_PADDING} align alt background-color border-radius href icon-height "
        "icon-padding icon-position icon-size name rel src srcset sizes target text-padding title vertical-align",
        "mj-navbar": f"{_PADDING} align base-url hamburger container-background-color",
        "mj-navbar-link": f"{_FONT} {_PADDING} href name rel target",
    }.items()
}
ANYWHERE = frozenset(("css-class", "mj-class", "id"))
LOADING = frozenset(("mj-include", "mj-font", "mj-carousel", "mj-carousel-image", "mj-accordion"))
WORDS = frozenset(("mj-text", "mj-button", "mj-table", "mj-raw", "mj-social-element", "mj-navbar-link", "mj-style",
                   "mj-title", "mj-preview"))  # fmt: skip


@dataclass(frozen=True)
class Objection:
    """What is wrong with the code, and where."""

    reason: Reason
    at: int
    effect: Effect = Effect.STOPS


def objections(code: str) -> Iterator[Objection]:
    """Everything that the renderer would not say, in the order of the code."""
    names = {token.name for token in tokens(code, xml=True) if token.kind == "tag"}
    if not {"mjml", "mj-body"} <= names:
        yield Objection(because(NO_MJML, code="no_mjml"), 0)
        return
    yield from _structure(code)


def _structure(code: str) -> Iterator[Objection]:
    within: list[Token] = []
    for token in tokens(code, xml=True):
        if token.kind != "tag":
            continue
        if token.closes:
            yield from _closing(code, token, within)
            continue
        yield from _opening(code, token, within)
        if token.name not in VOID and not code.startswith("/>", token.end - 2):
            within.append(token)
    yield from (_not_closed(token) for token in within)


def _closing(code: str, token: Token, within: list[Token]) -> Iterator[Objection]:
    if token.name not in [one.name for one in within]:
        yield Objection(because(NOT_OPENED, code="not_opened", element=token.name), token.start)
        return
    while within and (last := within.pop()).name != token.name:
        yield _not_closed(last)


def _not_closed(token: Token) -> Objection:
    return Objection(because(NOT_CLOSED, code="not_closed", element=token.name), token.start)


def _opening(code: str, token: Token, within: list[Token]) -> Iterator[Objection]:
    name, parent = token.name, within[-1].name if within else ""
    if name in LOADING:
        yield Objection(because(ELSEWHERE, code="elsewhere", element=name), token.start)
    elif name.startswith("mj") and name not in PARENTS and parent != "mj-attributes":
        near = ", ".join(nearest(name, PARENTS)) or "mj-text"
        yield Objection(because(UNKNOWN, code="unknown_element", element=name, nearest=near), token.start)
    elif name.startswith("mj") and parent != "mj-attributes" and parent not in PARENTS.get(name, ()) and parent:
        parents = ", ".join(PARENTS[name])
        words = {"element": name, "parent": parent, "parents": parents}
        yield Objection(because(MISPLACED, code="misplaced", **words), token.start)
    elif parent in PARENTS and parent not in WORDS and not name.startswith("mj"):
        words = {"element": name, "parent": parent, "parents": "mj-text, mj-raw, mj-table"}
        yield Objection(because(MISPLACED, code="misplaced", **words), token.start)
    yield from _attributes(code, token)


def _attributes(code: str, token: Token) -> Iterator[Objection]:
    known = ATTRIBUTES.get(token.name)
    if known is None:
        return
    for one in attributes(code, token):
        if one.name not in known | ANYWHERE:
            near = ", ".join(nearest(one.name, known)) or "—"
            words = {"element": token.name, "attribute": one.name, "nearest": near}
            yield Objection(because(NO_ATTRIBUTE, code="no_attribute", **words), token.start, Effect.NOTE)
