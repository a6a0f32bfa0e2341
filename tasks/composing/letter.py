"""A variant made of blocks as one MJML document: head, logo, blocks between their marks, legal lines. Pure."""

from markupsafe import escape

from models.mail_document import Footer, MailVariant
from tasks.composing import blocks, imprint
from tasks.composing.held import PREHEADER, SUBJECT
from tasks.composing.look import stylesheet
from tasks.composing.making import Making
from tasks.composing.marking import END, START
from tasks.composing.pieces import column, element, section, text

# What a mailbox shows beside the subject ends with the preheader: empty signs keep the letter's text out of it.
EMPTY = "\u034f\u2007" * 60
LOGO, FOOTER = "logo", "footer"


def mjml(variant: MailVariant, making: Making) -> tuple[str, tuple[str, ...]]:
    """The document, and the names of its blocks in the order of their marks."""
    parts = [(LOGO, logo(making)), *((block.id, blocks.band(block, making)) for block in variant.blocks)]
    if not any(isinstance(block, Footer) for block in variant.blocks):
        parts.append((FOOTER, imprint.footer(imprint.USUAL, making)))
    marked = (
        element("mj-raw", making.marks.token(START, number)) + code + element("mj-raw", making.marks.token(END, number))
        for number, (_, code) in enumerate(parts)
    )
    body = element("mj-body", *marked, background_color=making.look.day.ground, width="600px", css_class="ground")
    return element("mjml", head(variant, making), body, lang=making.language, dir="ltr"), tuple(
        name for name, _ in parts
    )


def head(variant: MailVariant, making: Making) -> str:
    look = making.look
    preheader = making.plain(variant.preheader, PREHEADER)
    return element(
        "mj-head",
        element("mj-title", making.plain(variant.subject, SUBJECT)),
        element("mj-preview", f"{preheader} {EMPTY}") if preheader else "",
        element("mj-breakpoint", width="480px"),
        element("mj-attributes", element("mj-all", font_family=look.text_font)),
        element(
            "mj-raw",
            '<meta name="color-scheme" content="light dark" />'
            '<meta name="supported-color-schemes" content="light dark" />'
            '<meta name="format-detection" content="telephone=no,date=no,address=no,email=no" />',
        ),
        element("mj-style", stylesheet(look)),
    )


def logo(making: Making) -> str:
    """The logo that leads to the site, or the name of the sender in its place."""
    who, look = making.materials.imprint, making.look
    if making.materials.logo:
        inside = element("mj-image", src=making.materials.logo, alt=who.name, href=who.site or None,
                         width=f"{making.materials.logo_width}px", padding="0 24px")  # fmt: skip
    else:
        name = escape(who.name)
        linked = f'<a href="{escape(who.site)}">{name}</a>' if who.site else name
        inside = text(
            look, "paper", f"<p><strong>{linked}</strong></p>", 18, align="center", font_family=look.heading_font
        )
    return section(look, "paper", column(inside), padding="24px 0 20px")
