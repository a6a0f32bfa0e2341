"""A designer's finished letter: what may not stand in it is refused with its line, what is missing is added. Pure."""

import re
from collections.abc import Iterator
from itertools import islice

from markupsafe import escape

from models.content import Effect
from models.letters import Ground
from models.locale import mark
from models.mail_document import Finished, MailVariant
from models.reason import because
from tasks.composing import imprint, mjml_rules
from tasks.composing.held import PREHEADER, SUBJECT
from tasks.composing.letter import EMPTY
from tasks.composing.making import Making
from tasks.composing.marking import stops
from tasks.composing.markup import Lines, Token, attribute, attributes, everything, rewritten, tokens, too_deep
from tasks.composing.mjml_rules import Objection
from tasks.composing.rendering import TOO_DEEP, Rendered, inlined, rendered

SCRIPT = mark("Scripts do not run in letters and bring them into spam. Take “{said}” out.")
FORM = mark("Forms are not sent from letters. Take “{said}” out and put a button to a page with the form instead.")
EXTERNAL = mark("“{said}” loads something from elsewhere. Write styles into the letter's own <style>.")
FRAME = mark("“{said}” is shown by no mail client. Put a picture with a link in its place.")
HANDLER = mark("“{said}” is a script at an element. Take the attribute out.")
DANGEROUS = mark("“{said}” is no address that a letter may lead to. Write one with https://.")
FOOTER_ADDED = mark(
    "The letter has no link to unsubscribe. The legal lines were added at its end; to place them yourself, write "
    "{{ unsubscribe_url }} where it leads."
)

FORBIDDEN = {
    **dict.fromkeys(("script", "noscript"), SCRIPT),
    **dict.fromkeys(("form", "input", "button", "select", "textarea", "option", "optgroup", "datalist"), FORM),
    **dict.fromkeys(("link", "base"), EXTERNAL),
    **dict.fromkeys(
        ("iframe", "frame", "frameset", "object", "embed", "applet", "svg", "math", "template", "xmp", "plaintext",
         "noembed", "noframes", "video", "audio", "canvas", "portal", "dialog", "marquee"), FRAME),
}  # fmt: skip
TOLD = 50  # problems of one letter: whoever mends these sees the others next
_SCHEME = re.compile(
    r"[\s\x00-\x20]*(?:j\s*a\s*v\s*a|vb|live)?\s*s\s*c\s*r\s*i\s*p\s*t\s*:|\s*data:(?!image/)", re.IGNORECASE
)
_IN_STYLE = re.compile(r"@import|expression\s*\(|javascript\s*:|behavior\s*:|-moz-binding", re.IGNORECASE)
_LEADING = frozenset(("href", "src", "background", "action", "formaction", "xlink:href", "poster", "data", "srcset"))


def html(variant: MailVariant, finished: Finished, making: Making) -> str:
    """The letter as HTML with styles in their elements; empty where something stops it."""
    source = making.marks.taken(finished.source, "")
    lines = Lines(source)
    for one in islice(checked(source, finished.kind), TOLD):
        making.marks.refuse(one.reason, "", lines(one.at), one.effect)
    if stops(making.marks.problems):
        return ""
    first = _kept(rendered(source), making) if finished.kind == "mjml" else source
    parsed = _kept(inlined(first), making) if first else ""
    code = _furnished(parsed, variant, making) if parsed else ""
    for one in forbidden(code):
        making.marks.refuse(one.reason, "", 0, one.effect)
    return "" if stops(making.marks.problems) else code


def checked(source: str, kind: str) -> list[Objection]:
    """What speaks against the code, in its order; what is too deep is looked at no further."""
    deep = too_deep(source, xml=kind == "mjml")
    if deep is not None:
        return [Objection(because(TOO_DEEP, code="too_deep"), deep)]
    structure = list(mjml_rules.objections(source)) if kind == "mjml" else []
    return sorted([*structure, *forbidden(source, kind == "mjml")], key=lambda one: one.at)


def _kept(made: Rendered, making: Making) -> str:
    if made.reason:
        making.marks.refuse(made.reason, "", made.line)
    return made.html


def forbidden(code: str, xml: bool = False) -> Iterator[Objection]:
    """What may not stand in a letter; to Outlook's own comments the same holds, but for its own elements."""
    for token in everything(code):
        if token.kind == "tag" and not token.closes:
            yield from _tag(code, token)
        elif token.kind == "raw" or (token.kind == "text" and xml):
            yield from _styled(code, token.start, token.end)


def _tag(code: str, token: Token) -> Iterator[Objection]:
    said = code[token.start : token.end][:60]
    outlook = token.name == "noscript" and "OfficeDocumentSettings" in code[token.end : token.end + 200]
    if token.name in FORBIDDEN and not outlook:
        yield Objection(because(FORBIDDEN[token.name], code="forbidden", said=said), token.start)
    if token.name == "meta" and (attribute(code, token, "http-equiv") or "").lower() == "refresh":
        yield Objection(because(EXTERNAL, code="forbidden", said=said), token.start)
    for one in attributes(code, token):
        yield from _attribute(code, one.name, one.value, one.start)


def _attribute(code: str, name: str, value: str, at: int) -> Iterator[Objection]:
    if name.startswith("on") and name.isalpha():
        yield Objection(because(HANDLER, code="handler", said=f"{name}={value}"[:60]), at)
    elif name in _LEADING and _SCHEME.match(value):
        yield Objection(because(DANGEROUS, code="dangerous", said=value[:60]), at)
    elif name == "style" and (found := _IN_STYLE.search(value)):
        yield Objection(because(EXTERNAL, code="style", said=found[0]), at)


def _styled(code: str, start: int, end: int) -> Iterator[Objection]:
    for found in _IN_STYLE.finditer(code, start, end):
        yield Objection(because(EXTERNAL, code="style", said=found[0]), found.start())


def _furnished(code: str, variant: MailVariant, making: Making) -> str:
    """With what a letter needs and its designer left out: language, letters, title, preheader, legal lines.

    The code was written out by a parser, so its three great elements are there.
    """
    found = {token.name: token for token in reversed(list(tokens(code))) if token.kind == "tag" and not token.closes}
    head = found["head"].end
    edits = [*_language(code, found["html"], making), (head, head, _head(code, variant, making)), *_letters(code)]
    if variant.preheader:
        edits.append((found["body"].end, found["body"].end, _preheader(variant, making)))
    if not code[:20].lower().startswith("<!doctype"):
        edits.append((0, 0, "<!DOCTYPE html>"))
    return _with_footer(rewritten(code, edits), making)


def _language(code: str, tag: Token, making: Making) -> list[tuple[int, int, str]]:
    """“und” is what the renderer of MJML writes where nobody named a language."""
    said = next((one for one in attributes(code, tag) if one.name == "lang"), None)
    if said is None:
        return [(tag.inner, tag.inner, f' lang="{making.language}"')]
    return [(said.start, said.end, making.language)] if said.value in ("", "und") else []


def _letters(code: str) -> list[tuple[int, int, str]]:
    """A letter is sent in UTF-8, whatever its file was kept in."""
    metas = [token for token in tokens(code) if token.kind == "tag" and token.name == "meta"]
    said = [one for token in metas for one in attributes(code, token) if one.name in ("charset", "content")]
    return [(one.start, one.end, "utf-8") for one in said if one.name == "charset"] + [
        (one.start, one.end, "text/html; charset=utf-8") for one in said if "charset=" in one.value.lower()
    ]


def _head(code: str, variant: MailVariant, making: Making) -> str:
    lowered = code.lower()
    said = "" if "charset" in lowered else '<meta charset="utf-8">'
    said += "" if "viewport" in lowered else '<meta name="viewport" content="width=device-width, initial-scale=1">'
    titled = re.search(r"<title[^>]*>\s*\S", code, re.IGNORECASE)
    return said if titled else f"{said}<title>{making.plain(variant.subject, SUBJECT)}</title>"


def _preheader(variant: MailVariant, making: Making) -> str:
    style = "display:none;font-size:1px;line-height:1px;max-height:0;max-width:0;opacity:0;overflow:hidden"
    return f'<div style="{style}">{making.plain(variant.preheader, PREHEADER)} {EMPTY}</div>'


def _with_footer(code: str, making: Making) -> str:
    if (
        making.ground is not Ground.ADVERTISING
        or making.materials.doors.own(making.marks.recipient)["unsubscribe_url"] in code
    ):
        return code
    making.marks.refuse(because(FOOTER_ADDED, code="footer_added"), "", effect=Effect.NOTE)
    day = making.look.day
    style = (
        "max-width:600px;margin:0 auto;padding:16px 24px;text-align:center;font-size:13px;line-height:1.5;"
        f"color:{day.soft};background-color:{day.tint};font-family:{making.look.text_font}"
    )
    lines = imprint.paragraphs(imprint.USUAL, making).replace("<a ", f'<a style="color:{day.soft}" ')
    place = code.lower().rfind("</body>")
    said = f'<div style="{escape(style)}">{lines}</div>'
    return code[:place] + said + code[place:] if place >= 0 else code + said
