"""Blocks as MJML: one band of the letter for each, so that each can be shown, hidden and weighed by itself. Pure."""

from collections.abc import Callable
from typing import Any

from models.mail_document import (
    Button,
    Column,
    Columns,
    Coupon,
    Divider,
    Footer,
    Heading,
    Part,
    PictureBlock,
    Products,
    Prose,
    Signature,
    Social,
    Spacer,
)
from tasks.composing import goods, imprint, prose
from tasks.composing.making import Making
from tasks.composing.pieces import button, column, element, section, text

PADDING = {Heading: "16px 0 0", Prose: "4px 0", PictureBlock: "8px 0", Button: "8px 0 16px", Spacer: "0",
           Divider: "8px 0"}  # fmt: skip


def band(block: Part, making: Making) -> str:
    """A block over the whole width."""
    made = _WHOLE.get(type(block))
    if made:
        return made(block, making)
    inside = simple(block, making, block.id, block.band)
    padding = "18px 0" if isinstance(block, Heading) and block.band != "paper" else PADDING[type(block)]
    return section(making.look, block.band, column(inside), padding=padding)


def simple(block: Part, making: Making, where: str, ground: str) -> str:
    """What stands in a column: by itself, or one of several side by side."""
    return _SIMPLE[type(block)](block, making, where, ground)


def _heading(block: Heading, making: Making, where: str, ground: str) -> str:
    inside = f"<h{block.level}>{making.plain(block.text, where)}</h{block.level}>"
    size = {1: 28, 2: 22, 3: 18}[block.level]
    return text(making.look, ground, inside, size, align=block.align, line_height="1.25")


def _prose(block: Prose, making: Making, where: str, ground: str) -> str:
    inside = prose.written(block.text, making.marks, where)
    return text(making.look, ground, inside, 14 if block.small else 16, quiet=block.small, align=block.align)


def _picture(block: PictureBlock, making: Making, where: str, ground: str) -> str:
    width = f"{block.width}px" if block.width else None
    padding = "8px 24px" if block.width else "0"
    return element("mj-image", src=making.picture(block.source, where), alt=making.marks.taken(block.alt, where),
                   href=making.address(block.link, where) or None, width=width, padding=padding)  # fmt: skip


def _button(block: Button, making: Making, where: str, ground: str) -> str:
    label, link = making.plain(block.label, where), making.address(block.link, where)
    return button(making.look, ground, label, link, block.outlined, align=block.align)


def _divider(block: Divider, making: Making, where: str, ground: str) -> str:
    day = making.look.day
    colour = day.on_accent if ground == "accent" else day.rule
    return element("mj-divider", border_width="1px", border_color=colour, padding="8px 24px")


def _spacer(block: Spacer, making: Making, where: str, ground: str) -> str:
    return element("mj-spacer", height=f"{block.height}px")


def _columns(block: Columns, making: Making) -> str:
    whole = sum(one.share for one in block.columns)
    inside = [_one_column(one, whole, block, making) for one in block.columns]
    return section(making.look, block.band, *inside, padding="12px 0")


def _one_column(one: Column, whole: int, block: Columns, making: Making) -> str:
    width, align = f"{100 * one.share / whole:.6g}%", "middle" if block.card else "top"
    inside = "".join(simple(part, making, block.id, block.band) for part in one.blocks)
    return column(inside, width=width, vertical_align=align)


def _signature(block: Signature, making: Making) -> str:
    where = block.id
    words = [f"<p>{making.plain(block.words, where)}</p>"] if block.words else []
    role = f"<br>{making.plain(block.role, where)}" if block.role else ""
    words.append(f"<p><strong>{making.plain(block.name, where)}</strong>{role}</p>")
    said = text(making.look, block.band, "".join(words), align=block.align)
    if not block.picture:
        return section(making.look, block.band, column(said), padding="12px 0")
    face = element("mj-image", src=making.picture(block.picture, where), alt="", width="72px", border_radius="36px",
                   padding="10px 0 10px 24px", align="left")  # fmt: skip
    beside = element("mj-group", column(face, width="20%", vertical_align="middle"),
                     column(said, width="80%", vertical_align="middle"))  # fmt: skip
    return section(making.look, block.band, beside, padding="12px 0")


def _social(block: Social, making: Making) -> str:
    """By name and not by badge: badges are pictures of others, which many see only as empty squares."""
    links = (
        f'<a href="{making.plain(one.link, block.id)}">{making.plain(one.title, block.id)}</a>' for one in block.links
    )
    inside = text(making.look, block.band, f"<p>{' · '.join(links)}</p>", align="center")
    return section(making.look, block.band, column(inside), padding="8px 0")


_WHOLE: dict[type[Part], Callable[[Any, Making], str]] = {
    Columns: _columns, Products: goods.products, Coupon: goods.coupon, Signature: _signature, Social: _social,
    Footer: imprint.footer,
}  # fmt: skip
_SIMPLE: dict[type[Part], Callable[[Any, Making, str, str], str]] = {
    Heading: _heading, Prose: _prose, PictureBlock: _picture, Button: _button, Divider: _divider, Spacer: _spacer,
}  # fmt: skip
