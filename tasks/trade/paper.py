"""An instruction on one sheet of A4, with the code that leads to its confirmation.

The template beside this file is read as a part of the code; only the fonts inside Typst are used. Pure.
"""

import json
from datetime import datetime
from functools import cache
from importlib.resources import files

from tasks.codes.pictures import qr_svg
from tasks.trade.instruction import Told


def sheet(told: Told, company: str, link: str, language: str, made_at: datetime) -> bytes:
    """The PDF of an instruction: the type shrinks to fit the page."""
    import typst

    said = {
        "title": told.title, "version": told.version, "confirm": told.confirm, "company": company, "link": link,
        "language": language, "symbol": qr_svg(link).decode(),
        "heads": [{"title": title, "lines": lines} for title, lines in told.heads],
    }  # fmt: skip
    parts = {"main.typ": _template(), "told.json": json.dumps(said, ensure_ascii=False).encode()}
    pdf: bytes = typst.compile(  # type: ignore[call-overload]  # its stub knows of one file only
        parts, format="pdf", ignore_system_fonts=True, timestamp=int(made_at.timestamp())
    )
    return pdf


@cache
def _template() -> bytes:
    return files("tasks.trade.templates").joinpath("instruction.typ").read_bytes()
