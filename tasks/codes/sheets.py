"""Cards to print: a whole batch on A4 sheets, each card with its offer's words, code and picture, and cutting marks.

The template beside this file is read as a part of the code; only the fonts inside Typst are used. Pure.
"""

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from io import BytesIO

from PIL import Image

from integrations.errors import Refused
from models.locale import mark
from models.reason import because
from tasks.codes.folding import fold
from tasks.codes.pictures import Symbol, bars, bars_svg, content_of, qr_modules, qr_svg

# Millimetres. What a phone held by hand reads of a printer of 300 dpi; GS1 lets an EAN-13 shrink to 80 %.
WIDE, HIGH, INSET, CODE_HIGH = 190.0, 277.0, 4.0, 7.0
LOGO_HIGH = {Symbol.QR: 8.0, Symbol.CODE_128: 5.0, Symbol.EAN_13: 5.0}
LEAST = {Symbol.QR: 0.35, Symbol.CODE_128: 0.19, Symbol.EAN_13: 0.264}
MOST = {Symbol.QR: 0.9, Symbol.CODE_128: 0.5, Symbol.EAN_13: 0.33}
PART_OF_A_CARD, BARS_OF_A_CARD = 0.45, 0.28
TOO_SMALL = mark(
    "With {columns} by {rows} cards on a sheet the picture of the code would be too small to read: its lines "
    "{has} mm wide, at least {least} mm are needed. Put fewer cards on a sheet, or take shorter codes."
)
NO_ROOM = mark(
    "With {columns} by {rows} cards on a sheet the words would have to be too small to read. Shorten them, or put "
    "fewer cards on a sheet."
)
NO_LOGO = mark("The logo is no picture that can be printed. Save it as SVG, PNG or JPEG.")
NO_CARDS = mark("There is no code to print. Issue the codes first.")


@dataclass(frozen=True)
class Words:
    """What stands on every card, said already."""

    title: str
    lines: tuple[str, ...] = ()
    until: str = ""
    company: str = ""
    language: str = "ru"


@dataclass(frozen=True)
class Paper:
    """How many cards there are on a sheet, and what is printed for tills. `address`: a QR code holds a page's."""

    columns: int = 2
    rows: int = 5
    symbol: Symbol = Symbol.QR
    address: str = ""


def sheets(words: Words, codes: Sequence[str], paper: Paper, made_at: datetime, logo: bytes = b"") -> bytes:
    """The PDF of these codes, as they are shown. Raises Refused where a picture would not be read."""
    import typst

    if not codes:
        raise Refused(because(NO_CARDS, code="no_cards"))
    told = _told(words, codes, paper) | {"logo": _as_svg(logo) if logo else "", "logo_mm": LOGO_HIGH[paper.symbol]}
    parts = {"main.typ": _template(), "cards.json": json.dumps(told, ensure_ascii=False).encode()}
    try:
        pdf: bytes = typst.compile(  # type: ignore[call-overload]  # its stub knows of one file only
            parts, format="pdf", ignore_system_fonts=True, timestamp=int(made_at.timestamp())
        )
    except typst.TypstError as error:
        if "no room" in str(error):
            raise Refused(because(NO_ROOM, code="no_room", columns=paper.columns, rows=paper.rows)) from None
        if logo and "SVG" in str(error):
            raise Refused(because(NO_LOGO, code="no_logo")) from None
        raise
    return pdf


def _told(words: Words, codes: Sequence[str], paper: Paper) -> dict[str, object]:
    wide, high = _size(codes, paper)
    return {
        "title": words.title, "lines": words.lines, "until": words.until, "company": words.company,
        "language": words.language, "columns": paper.columns, "rows": paper.rows, "symbol_mm": wide,
        "symbol_high_mm": high, "beside": paper.symbol is Symbol.QR, "longest": max(codes, key=len),
        "cards": [{"code": code, "symbol": _picture(code, paper).decode()} for code in codes],
    }  # fmt: skip


def _picture(code: str, paper: Paper) -> bytes:
    if paper.symbol is Symbol.QR:
        return qr_svg(content_of(code, paper.address))
    return bars_svg(bars(paper.symbol, fold(code)), with_text=False)


def _size(codes: Sequence[str], paper: Paper) -> tuple[float, float]:
    """How wide and high the pictures are in millimetres, all alike. Raises Refused where they would be too small."""
    across, down = WIDE / paper.columns - 2 * INSET, HIGH / paper.rows - 2 * INSET
    if paper.symbol is Symbol.QR:
        modules = max(qr_modules(content_of(code, paper.address)) for code in codes)
        room = min(PART_OF_A_CARD * across, down - CODE_HIGH)
    else:
        modules, room = max(bars(paper.symbol, fold(code)).wide for code in codes), across
    module = min(room / modules, MOST[paper.symbol])
    if module < LEAST[paper.symbol] or down < 3 * CODE_HIGH:
        raise Refused(because(TOO_SMALL, code="too_small", columns=paper.columns, rows=paper.rows,
                              has=round(max(0.0, module), 2), least=LEAST[paper.symbol]))  # fmt: skip
    wide = module * modules
    return round(wide, 2), round(wide if paper.symbol is Symbol.QR else down * BARS_OF_A_CARD, 2)


def _as_svg(logo: bytes) -> str:
    """The company's sign as it is, or a picture of dots wrapped in one: Typst's own files are texts. Raises Refused."""
    if logo.lstrip()[:1] == b"<":
        return logo.decode(errors="replace")
    try:
        with Image.open(BytesIO(logo)) as picture:
            wide, high, kind = picture.width, picture.height, Image.MIME[picture.format or ""]
    except (OSError, KeyError, Image.DecompressionBombError):
        raise Refused(because(NO_LOGO, code="no_logo")) from None
    data = f"data:{kind};base64,{b64encode(logo).decode()}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}">'
        f'<image width="{wide}" height="{high}" href="{data}"/></svg>'
    )


@cache
def _template() -> bytes:
    return files("tasks.codes.templates").joinpath("cards.typ").read_bytes()
