"""A code as a picture for tills and phones: QR, Code 128, EAN-13; as SVG, and as PNG with whole pixels. Pure.

What a symbol is made of comes from segno and python-barcode; each is drawn with the quiet zone that its standard asks
for (ISO/IEC 18004: 4 modules; ISO/IEC 15417: 10; GS1 General Specifications for EAN-13: 11 and 7).
"""

from dataclasses import dataclass
from enum import StrEnum
from html import escape
from io import BytesIO
from urllib.parse import quote

import segno
from barcode.codex import Code128  # type: ignore[import-untyped]
from barcode.ean import EuropeanArticleNumber13  # type: ignore[import-untyped]
from barcode.errors import BarcodeError  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFont

from integrations.errors import Refused
from models.locale import mark
from models.reason import because
from tasks.codes.folding import ean_digit, fold

QUIET, CODE_128_MOST, QR_MOST = 4, 48, 800
BARS_HIGH, TEXT_HIGH = 50, 14  # modules
NO_CODE_128 = mark(
    "Code 128 holds at most {most} Latin letters, digits and hyphens. Choose a Latin prefix, or take QR."
)
NO_EAN_13 = mark("EAN-13 holds 12 digits and its check digit. Choose codes of digits with 10 drawn ones, or take QR.")
WRONG_EAN = mark("The last digit of an EAN-13 would have to be {digit}. Leave it out: it is added by itself.")
NO_QR = mark("The address is too long for a QR code that a phone reads: at most {most} characters. Shorten it.")


class Symbol(StrEnum):
    """What tills and phones read."""

    QR = "qr"
    CODE_128 = "code_128"
    EAN_13 = "ean_13"


def content_of(code: str, address: str = "") -> str:
    """What a picture holds: the code as it is kept, or the address of its page, which ends in it."""
    return f"{address.rstrip('/')}/{quote(fold(code))}" if address else fold(code)


@dataclass(frozen=True)
class Bars:
    """A linear symbol: 1 is a dark module; its quiet zones are in modules too. `text` is for people."""

    modules: str
    text: str
    left: int = 10
    right: int = 10

    @property
    def wide(self) -> int:
        return self.left + len(self.modules) + self.right


def code_128(code: str) -> Bars:
    """Raises Refused for what it cannot hold."""
    if not (code.isascii() and code.isprintable() and 0 < len(code) <= CODE_128_MOST):
        raise Refused(because(NO_CODE_128, code="no_code_128", most=CODE_128_MOST))
    return Bars(Code128(code).build()[0], code)


def ean_13(code: str) -> Bars:
    """Twelve digits, whose check digit is added, or all thirteen. Raises Refused for anything else."""
    digits = fold(code)
    if not digits.isdecimal() or len(digits) not in (12, 13):
        raise Refused(because(NO_EAN_13, code="no_ean_13"))
    whole = digits[:12] + ean_digit(digits[:12])
    if not whole.startswith(digits):
        raise Refused(because(WRONG_EAN, code="wrong_ean", digit=whole[-1]))
    try:
        modules = EuropeanArticleNumber13(whole).build()[0].replace("G", "1")
    except BarcodeError:
        raise Refused(because(NO_EAN_13, code="no_ean_13")) from None
    return Bars(modules, f"{whole[0]} {whole[1:7]} {whole[7:]}", left=11, right=7)


def bars(symbol: Symbol, code: str) -> Bars:
    """The linear symbol of a code. Raises Refused for what it cannot hold."""
    return ean_13(code) if symbol is Symbol.EAN_13 else code_128(code)


def bars_svg(of: Bars, with_text: bool = True) -> bytes:
    """One unit is a module."""
    high = BARS_HIGH + (TEXT_HIGH if with_text else 0)
    path = "".join(f"M{of.left + at} 0h{wide}v{BARS_HIGH}h-{wide}z" for at, wide in _runs(of.modules))
    text = (
        f'<text x="{of.wide / 2:g}" y="{BARS_HIGH + 11}" font-family="monospace" font-size="11" text-anchor="middle">'
        f"{escape(of.text)}</text>" if with_text else ""
    )  # fmt: skip
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {of.wide} {high}" width="{of.wide}" height="{high}">'
        f'<rect width="{of.wide}" height="{high}" fill="#fff"/><path d="{path}"/>{text}</svg>'
    ).encode()


def _runs(modules: str) -> list[tuple[int, int]]:
    """Where dark bars begin, and how wide each is."""
    found, at = [], 0
    while (at := modules.find("1", at)) >= 0:
        end = modules.find("0", at)
        end = len(modules) if end < 0 else end
        found.append((at, end - at))
        at = end
    return found


def bars_png(of: Bars, scale: int = 3) -> bytes:
    """One module is `scale` pixels, so that no edge is blurred."""
    picture = Image.new("L", (of.wide * scale, (BARS_HIGH + TEXT_HIGH) * scale), 255)
    pen = ImageDraw.Draw(picture)
    for at, wide in _runs(of.modules):
        begin = (of.left + at) * scale
        pen.rectangle((begin, 0, begin + wide * scale - 1, BARS_HIGH * scale - 1), fill=0)
    place = (of.wide * scale / 2, (BARS_HIGH + TEXT_HIGH / 2) * scale)
    pen.text(place, of.text, fill=0, anchor="mm", font=ImageFont.load_default(10 * scale))
    kept = BytesIO()
    picture.save(kept, "PNG", optimize=True)
    return kept.getvalue()


def qr_code(content: str) -> segno.QRCode:
    """Error correction M: a seventh of it may be soiled. Raises Refused for what a phone would not read.

    Russian letters say which they are: left to itself segno writes them as Japanese ones, and each reader guesses.
    """
    if not 0 < len(content) <= QR_MOST:
        raise Refused(because(NO_QR, code="no_qr", most=QR_MOST))
    plain = content.isascii()
    return segno.make_qr(content, error="m", boost_error=False, encoding=None if plain else "utf-8", eci=not plain)


def qr_svg(content: str) -> bytes:
    """One unit is a module, the quiet zone is white."""
    kept = BytesIO()
    qr_code(content).save(kept, kind="svg", border=QUIET, light="#fff", xmldecl=False, omitsize=True, nl=False)
    return kept.getvalue()


def qr_png(content: str, scale: int = 8) -> bytes:
    kept = BytesIO()
    qr_code(content).save(kept, kind="png", border=QUIET, scale=scale)
    return kept.getvalue()


def qr_modules(content: str) -> int:
    """How many modules wide it is, its quiet zone included."""
    return int(qr_code(content).symbol_size(border=QUIET)[0])
