"""The legal lines of a letter: who sends it and why, how to stop it, the mark of an advertisement. Pure."""

from markupsafe import escape

from models.letters import Ground
from models.mail_document import AdLabel, Footer
from tasks.composing import prose
from tasks.composing.lines import line, who_sends
from tasks.composing.making import Making
from tasks.composing.materials import Imprint
from tasks.composing.pieces import column, section, text

USUAL = Footer(id="footer", band="tint")


def footer(block: Footer, making: Making) -> str:
    inside = text(making.look, block.band, paragraphs(block, making), 13, quiet=True, align="center")
    return section(making.look, block.band, column(inside), padding="16px 0 24px")


def paragraphs(block: Footer, making: Making) -> str:
    """The lines as HTML. A service letter cannot be unsubscribed from: it comes because it was asked for."""
    advertising = making.ground is Ground.ADVERTISING
    imprint, language = making.materials.imprint, making.language
    usual = line(language, "why" if advertising else "why_service")
    said = [
        making.plain(block.why, block.id) if block.why else str(escape(usual)),
        str(escape(ad_line(making))),
        str(escape(who_sends(imprint))) + _phone(imprint.phone, language),
        _links(making, advertising),
    ]
    more = prose.written(block.more, making.marks, block.id) if block.more else ""
    return more + "".join(f"<p>{one}</p>" for one in said if one)


def _phone(phone: str, language: str) -> str:
    """On one line, whatever hyphens it has."""
    if not phone:
        return ""
    return f' <span style="white-space:nowrap">{escape(line(language, "phone", phone=phone))}</span>'


def ad_line(making: Making) -> str:
    if making.ground is Ground.SERVICE:
        return ""
    return ad_of(making.ad, making.materials.imprint, making.language)


def ad_of(ad: AdLabel, sender: Imprint, language: str) -> str:
    """The mark of an advertisement; empty where none is asked for."""
    if not (ad.advertiser or ad.erid or ad.erid_required):
        return ""
    said = line(language, "ad", advertiser=ad.advertiser or sender.name)
    return f"{said}. {line(language, 'erid', erid=ad.erid)}" if ad.erid else said


def _links(making: Making, advertising: bool) -> str:
    own = making.materials.doors.own(making.marks.recipient)
    names = ("unsubscribe", "preferences", "web") if advertising else ("web",)
    links = (f'<a href="{own[f"{name}_url"]}">{line(making.language, name)}</a>' for name in names)
    return " · ".join(links)
