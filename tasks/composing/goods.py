"""Products and coupons as MJML, with the names, pictures and prices of the feed. Pure."""

import re
from collections.abc import Sequence

from markupsafe import escape

from models.content import Effect, Offer, nearest
from models.locale import mark
from models.mail_document import Coupon, Products
from models.reason import because
from tasks.composing import wording
from tasks.composing.compiled import Priced
from tasks.composing.lines import line
from tasks.composing.making import Making
from tasks.composing.materials import former_price_of, price_of
from tasks.composing.pieces import button, column, element, section, text

NO_PRODUCT = mark("There is no product “{id}” in the feed. Nearest: {nearest}.")
NO_GROUP = mark("No product of group “{group}” is in stock. Groups of the feed: {nearest}.")
NOTHING_ASKED = mark("The block names no products. List their ids, or name a product group and how many.")
SOLD_OUT = mark("“{name}” is not in stock by the feed. Take it out, or say in the letter when it will be.")
FEWER = mark("Only {number} products of group “{group}” are in stock, {top} were asked for.")


# «250 г» stays on one line.
_MEASURE = re.compile(r"(?<=\d) (?=\w{1,3}\b)")


def products(block: Products, making: Making) -> str:
    chosen = _chosen(block, making)
    making.products += [Priced(block.id, offer.product()) for offer in chosen if block.prices]
    rows = [chosen[start : start + block.across] for start in range(0, len(chosen), block.across)]
    return "".join(_row(block, row, making) for row in rows)


def _chosen(block: Products, making: Making) -> list[Offer]:
    by_id = {offer.id: offer for offer in making.materials.products}
    if block.ids:
        for wrong in (id for id in block.ids if id not in by_id):
            near = ", ".join(nearest(wrong, by_id)) or "—"
            making.marks.refuse(because(NO_PRODUCT, code="no_product", id=wrong, nearest=near), block.id)
        for offer in (by_id[id] for id in block.ids if id in by_id and not by_id[id].available):
            making.marks.refuse(because(SOLD_OUT, code="sold_out", name=offer.name), block.id, effect=Effect.NOTE)
        return [by_id[id] for id in block.ids if id in by_id]
    if not block.top:
        making.marks.refuse(because(NOTHING_ASKED, code="nothing_asked"), block.id)
        return []
    return _first_of_group(block, making)


def _first_of_group(block: Products, making: Making) -> list[Offer]:
    """The caller's order is kept: it knows what is sold best, or what suits the recipients."""
    everything = [offer for offer in making.materials.products if offer.available]
    found = [offer for offer in everything if not block.group or _belongs(offer, block.group)]
    if not found:
        groups = {name for offer in everything for name in offer.category}
        near = ", ".join(nearest(block.group, groups) or sorted(groups)[:5]) or "—"
        making.marks.refuse(because(NO_GROUP, code="no_group", group=block.group, nearest=near), block.id)
    elif len(found) < block.top:
        words = {"number": len(found), "group": block.group, "top": block.top}
        making.marks.refuse(because(FEWER, code="fewer", **words), block.id, effect=Effect.NOTE)
    return found[: block.top]


def _belongs(offer: Offer, group: str) -> bool:
    folded = group.casefold()
    return group in offer.category_ids or any(name.casefold() == folded for name in offer.category)


def _row(block: Products, row: Sequence[Offer], making: Making) -> str:
    if block.across == 1:
        inside = element("mj-group", *_beside(block, row[0], making))
        return section(making.look, block.band, inside, padding="8px 16px")
    width = f"{100 / block.across:.6g}%"
    cells = [column(_card(block, offer, making), width=width, vertical_align="top") for offer in row]
    cells += [column(element("mj-spacer", height="1px"), width=width)] * (block.across - len(row))
    inside = element("mj-group", *cells) if block.across == 2 else "".join(cells)
    return section(making.look, block.band, inside, padding="8px 16px")


def _card(block: Products, offer: Offer, making: Making) -> str:
    shop = text(making.look, block.band, _words(block, offer, making), padding="8px 8px 4px", line_height="1.4")
    return _picture(offer, block.across == 3) + shop + _button(block, offer, making)


def _beside(block: Products, offer: Offer, making: Making) -> tuple[str, str]:
    words = text(making.look, block.band, _words(block, offer, making), padding="4px 8px", line_height="1.4")
    return (
        column(_picture(offer) or element("mj-spacer", height="1px"), width="36%", vertical_align="middle"),
        column(words, _button(block, offer, making), width="64%", vertical_align="middle"),
    )


def _picture(offer: Offer, stacked: bool = False) -> str:
    """Three across stand one under another on a phone: there each picture takes the whole width."""
    if not offer.pictures:
        return ""
    # The name stands beside it: said twice it would be read twice aloud.
    return element(
        "mj-image",
        src=offer.pictures[0],
        alt="",
        href=offer.url or None,
        padding="8px",
        border_radius="6px",
        fluid_on_mobile="true" if stacked else None,
    )


def _words(block: Products, offer: Offer, making: Making) -> str:
    name = escape(_MEASURE.sub("\u00a0", offer.name))
    linked = f'<a href="{escape(offer.url)}">{name}</a>' if offer.url else str(name)
    absent = "" if offer.available else f" <br>{line(making.language, 'sold_out')}"
    return f"<p>{linked}</p>{_price(offer, making) if block.prices else ''}{absent}"


def _price(offer: Offer, making: Making) -> str:
    price, former = price_of(offer, making.language), former_price_of(offer, making.language)
    instead = f" {line(making.language, 'instead')} <s>{escape(former)}</s>" if former else ""
    return f"<p><strong>{escape(price)}</strong>{instead}</p>"


def _button(block: Products, offer: Offer, making: Making) -> str:
    if not block.button or not offer.url:
        return ""
    label = making.plain(block.button, block.id)
    return button(making.look, block.band, label, offer.url, align="left", padding="4px 8px 12px",
                  inner_padding="9px 16px", font_size="14px")  # fmt: skip


def coupon(block: Coupon, making: Making) -> str:
    """What it gives, its code in letters that are told apart, until when, and its picture for the till."""
    look, day = making.look, making.look.day
    line_colour = day.on_accent if block.band == "accent" else day.accent
    inside = "".join(_coupon_lines(block, making))
    if block.offer:
        making.offers.append(block.offer)
    card = column(inside, border=f"2px dashed {line_colour}", border_radius="10px", padding="12px 0")
    return section(look, block.band, card, padding="20px 24px")


def _coupon_lines(block: Coupon, making: Making) -> list[str]:
    look, band, where, language = making.look, block.band, block.id, making.language
    code = making.plain(block.code, where)
    lines = [text(look, band, f"<h2>{making.plain(block.gives, where)}</h2>", align="center")]
    if block.terms:
        lines.append(text(look, band, f"<p>{making.plain(block.terms, where)}</p>", align="center"))
    if block.qr:
        alt = line(language, "qr_alt", code=making.marks.taken(block.code, where))
        qr = making.picture(block.qr, where)
        # A code is read from dark on white: by night it keeps its own ground.
        lines.append(
            element("mj-image", src=qr, alt=alt, width="180px", padding="8px", container_background_color="#ffffff")
        )
    shown = f'<p>{line(language, "code")}</p><p style="font-size:24px;letter-spacing:2px;font-weight:bold;' \
            f'font-family:\'Courier New\',Courier,monospace">{code}</p>'  # fmt: skip
    lines.append(text(look, band, shown, align="center"))
    if block.valid_until:
        until = line(language, "until", day=wording.day(block.valid_until, language))
        lines.append(text(look, band, f"<p>{escape(until)}</p>", 14, align="center"))
    if block.button and block.link:
        lines.append(button(look, band, making.plain(block.button, where), making.address(block.link, where)))
    return lines
