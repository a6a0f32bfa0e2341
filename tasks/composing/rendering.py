"""MJML as HTML, and styles written into their elements. Pure.

Both libraries are deterministic functions. mjml-python 1.4.2 says neither a line nor anything at all of tags it does
not know, and both end the process where elements stand too deep in one another: so what comes from outside is looked
at before it comes here.
"""

import re
from typing import NamedTuple

import css_inline
import mjml

from integrations.mailers.mime_body import wrapped
from models.locale import mark
from models.reason import NO_REASON, Reason, because
from tasks.composing.markup import Lines, rewritten, tokens, too_deep

TOO_DEEP = mark("Elements stand in one another too deep. Make the table or the columns simpler.")
NOT_RENDERED = mark("The letter could not be made: {detail}. Check that every element is closed.")
BROKEN_OVER = mark(
    "The letter could not be made: the renderer broke over its code. Look whether each <!--[if …]> has its "
    "<![endif]--> and nothing stands between these signs."
)

_INLINER = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
_SAID = re.compile(r"\s*(?:in root template|at position \d+:\d+)")
# White on white is what spam does; the preheader is hidden by other means anyway.
_PREHEADER = re.compile(r"(<div style=\"display:none;font-size:1px;color:)#ffffff(;)")
LONG = 240
_AS_IT_STANDS = re.compile(r"<pre|<textarea|white-space:\s*(?:pre|break)", re.IGNORECASE)
_LONG = re.compile(rf"([^\n]{{{LONG}}}[^ \n]*) ")
_STYLE = re.compile(r"<style[^>]*>.*?</style>", re.DOTALL | re.IGNORECASE)


class Rendered(NamedTuple):
    html: str
    reason: Reason = NO_REASON
    line: int = 0


def rendered(source: str) -> Rendered:
    """HTML of an MJML document; no font and nothing else is fetched from anywhere."""
    deep = too_deep(source, xml=True)
    if deep is not None:
        return Rendered("", because(TOO_DEEP, code="too_deep"), Lines(source)(deep))
    try:
        return Rendered(_PREHEADER.sub(r"\1#333333\2", mjml.mjml2html(source, fonts={})))
    except ValueError as wrong:
        return Rendered("", because(NOT_RENDERED, code="not_rendered", detail=_SAID.sub("", str(wrong)).strip()))
    except BaseException as wrong:
        if not _is_panic(wrong):
            raise
        return Rendered("", because(BROKEN_OVER, code="broken_over"))


def _is_panic(wrong: BaseException) -> bool:
    """What the renderer raises of “<![endif]” without its end (1.4.2): no Exception, and a class of no module."""
    return type(wrong).__name__ == "PanicException"


def inlined(html: str) -> Rendered:
    """The letter as browsers write it out, every style in its element too; what is only for a phone stays above."""
    deep = too_deep(html)
    if deep is not None:
        return Rendered("", because(TOO_DEEP, code="too_deep"), Lines(html)(deep))
    try:
        return Rendered(_in_lines(_bare(_INLINER.inline(html))))
    except (css_inline.InlineError, ValueError) as wrong:
        return Rendered("", because(NOT_RENDERED, code="not_inlined", detail=str(wrong)[:200]))


def _in_lines(html: str) -> str:
    """Broken where nobody sees it, blocks that only some are shown too: a line has 998 bytes (RFC 5322, 2.1.1)."""
    ruled = _STYLE.sub(lambda style: re.sub(r"\}\s*(?=\S)", "}\n", style[0]), html)
    return _short("".join(map(str, wrapped((ruled,)))).replace("\r\n", "\n"))


def _short(html: str) -> str:
    """Long paragraphs broken at blanks; what is written out as it stands is left alone."""
    if _AS_IT_STANDS.search(html):
        return html
    long = (one for one in tokens(html) if one.kind == "text" and one.end - one.start > LONG)
    return rewritten(html, [(one.start, one.end, _LONG.sub(r"\1\n", html[one.start : one.end])) for one in long])


def _bare(html: str) -> str:
    """Without comments that nobody reads; those to Outlook stay."""
    comments = (token for token in tokens(html) if token.kind == "comment")
    gone = [(one.start, one.end, "") for one in comments if not _is_conditional(html[one.start : one.end])]
    return rewritten(html, gone)


def _is_conditional(comment: str) -> bool:
    return "[if " in comment or "[endif]" in comment
