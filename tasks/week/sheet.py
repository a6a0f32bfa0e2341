"""The publications of a page as a workbook, with the columns of the content plan in the reader's language. Pure."""

import io
from datetime import time
from typing import TYPE_CHECKING

from models.desk.week import STANDING_TITLES, Export, Placed
from models.locale import mark, translate

if TYPE_CHECKING:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

# As the content plan calls them, so that a sheet taken away can be read as a plan again.
COLUMNS = (
    (mark("№"), 7), (mark("date"), 12), (mark("time"), 8), (mark("time zone"), 18), (mark("title"), 44),
    (mark("channel"), 20), (mark("campaign"), 22), (mark("author"), 20), (mark("status"), 24), (mark("link"), 36),
    (mark("reason"), 60),
)  # fmt: skip
CELL_MOST = 32_767  # what a cell holds


def workbook(export: Export) -> bytes:
    """Write a row for each publication; whatever a person has written stays text and is never a formula."""
    from xlsxwriter import Workbook

    file = io.BytesIO()
    with Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": export.title, "created": export.made_at.replace(tzinfo=None)})
        _fill(book, book.add_worksheet(), export)
    return file.getvalue()


def _fill(book: "Workbook", page: "Worksheet", export: Export) -> None:
    head = book.add_format({"bold": True, "bg_color": "#E8EEF0", "bottom": 1})
    day, clock = (book.add_format({"num_format": shape, "valign": "top"}) for shape in ("dd.mm.yyyy", "hh:mm"))
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for number, (title, width) in enumerate(COLUMNS):
        page.write_string(0, number, translate(title), head)
        page.set_column(number, number, width)
    for row, placed in enumerate(export.placed, start=1):
        page.write_datetime(row, 1, placed.day, day)
        page.write_datetime(row, 2, time.fromisoformat(placed.at), clock)
        for number, text in _texts(placed, export.zone).items():
            page.write_string(row, number, text[:CELL_MOST], wrapped)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(1, len(export.placed)), len(COLUMNS) - 1)


def _texts(placed: Placed, zone: str) -> dict[int, str]:
    line = placed.line
    said = {
        0: line.number, 3: zone, 4: line.title, 5: line.channel, 6: line.campaign, 7: line.author,
        8: translate(STANDING_TITLES[placed.standing]), 9: line.url, 10: str(placed.reason),
    }  # fmt: skip
    return {number: text for number, text in said.items() if text}
