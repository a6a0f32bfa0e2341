"""What a dropped file is, by its content: its name says nothing that can be relied on. Pure."""

from collections.abc import Callable, Mapping, Sequence

from models.content import Sheet
from models.dropped import PERSONAL, DropKind
from tasks.content.columns import familiar as of_plan
from tasks.content.columns import tidy
from tasks.content.xlsx import ROWS_MAX
from tasks.customers.columns import HEADINGS as CUSTOMERS
from tasks.customers.columns import column_of as of_customers
from tasks.purchases.columns import HEADINGS as PURCHASES
from tasks.purchases.columns import column_of as of_purchases
from tasks.registry.sheets import COLUMNS as COSTS
from tasks.registry.sheets import familiar as of_costs

PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"RIFF", b"BM", b"II*\0", b"MM\0*", b"8BPS")
CALLED_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".heic", ".bmp", ".tif", ".tiff", ".svg", ".psd")
PEOPLE_MAX = 1_000_000
TABLES = (DropKind.PLAN, DropKind.EXPENSES, DropKind.RESULTS, DropKind.CUSTOMERS, DropKind.PURCHASES)
# What no other table has: where one of these stands, the question is settled.
TELLING: Mapping[DropKind, frozenset[str]] = {
    DropKind.PLAN: frozenset({"материал", "piece", "каналы", "channels", "заголовок", "title", "текст", "text"}),
    DropKind.RESULTS: frozenset(COSTS["metric"]),
    DropKind.EXPENSES: frozenset({*COSTS["fund"], "расход", "затраты", "expense", "spent"}),
    DropKind.CUSTOMERS: frozenset({*CUSTOMERS["phone"], *CUSTOMERS["email"], *CUSTOMERS["advertising"]}),
    DropKind.PURCHASES: frozenset({*PURCHASES["receipt"], *PURCHASES["code"]}),
}


def by_first_bytes(head: bytes, name: str = "") -> DropKind:
    """Pictures and product feeds show what they are at once; a table has to be read. UNKNOWN is a table, perhaps.

    What is called a picture and is none is told so among the pictures.
    """
    if head.startswith(PICTURES) or head[4:8] == b"ftyp":
        return DropKind.PICTURES
    text = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").lower()
    if text.startswith(b"<svg") or (text.startswith(b"<?xml") and b"<svg" in text):
        return DropKind.PICTURES
    if text.startswith((b"<?xml", b"<yml", b"<!doctype", b"<html")):
        return DropKind.PRODUCTS
    return DropKind.PICTURES if name.lower().endswith(CALLED_PICTURES) else DropKind.UNKNOWN


def most_rows(kind: DropKind) -> int:
    """How many rows a table of this kind may have: there are more customers than publications."""
    return PEOPLE_MAX if kind in (DropKind.UNKNOWN, *PERSONAL) else ROWS_MAX


def familiar_to(kind: DropKind) -> Callable[[str], bool]:
    """Whether a cell looks like a heading of this kind of table; of any that is taken here, where none is named."""
    return of_costs if kind in (DropKind.EXPENSES, DropKind.RESULTS) else familiar


def familiar(heading: str) -> bool:
    """Whether a cell looks like a heading of any table that is taken here."""
    return of_plan(heading) or of_costs(heading) or bool(of_customers(heading) or of_purchases(heading))


def by_headings(header: Sequence[str]) -> DropKind:
    """Which table has these headings; UNKNOWN where they are nobody's."""
    said = {tidy(heading) for heading in header if heading.strip()}
    scores = {kind: _score(kind, said) for kind in TABLES}
    best = max(TABLES, key=lambda kind: scores[kind])
    return best if scores[best] else DropKind.UNKNOWN


def _score(kind: DropKind, said: set[str]) -> int:
    known: Mapping[DropKind, Callable[[str], object]] = {
        DropKind.PLAN: of_plan, DropKind.EXPENSES: of_costs, DropKind.RESULTS: of_costs,
        DropKind.CUSTOMERS: of_customers, DropKind.PURCHASES: of_purchases,
    }  # fmt: skip
    telling = sum(heading in TELLING[kind] for heading in said)
    return 10 * telling + sum(bool(known[kind](heading)) for heading in said) if telling else 0


def of_sheet(sheet: Sheet) -> DropKind:
    return by_headings(sheet.header)
