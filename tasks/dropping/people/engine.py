"""Dropped tables of customers and of what they bought: what loading one would come to, and loading it."""

from collections import Counter
from collections.abc import Callable
from datetime import date

from integrations.errors import Refused
from models.content import Sheet, fingerprint
from models.desk.drop import AllAgreed, Said
from models.dropped import DropKind, DroppedFile
from models.locale import mark, translate, translate_plural
from models.reason import NO_REASON, Reason, because
from tasks.customers import engine
from tasks.customers.columns import places
from tasks.customers.reading import IN_FUTURE, NoDay, read_day
from tasks.dropping.looks import Look, refused
from tasks.house import House
from tasks.purchases import engine as purchases
from tasks.purchases.frames import of_sheet

LOADED = {
    "new": (mark("{number} new customer"), mark("{number} new customers")),
    "changed": (mark("{number} changed"), mark("{number} changed")),
    "same": (mark("{number} as before"), mark("{number} as before")),
    "agreed": (mark("{number} consent recorded"), mark("{number} consents recorded")),
    "withdrawn": (mark("{number} consent withdrawn"), mark("{number} consents withdrawn")),
    "refused": (mark("{number} address put into the stop-list"), mark("{number} addresses put into the stop-list")),
}
LEFT_OUT = {
    "unread": (
        mark("{number} row was left out: nobody can be known by it."),
        mark("{number} rows were left out: nobody can be known by them."),
    ),
    "erased": (
        mark("{number} row was left out: this person has asked to be erased."),
        mark("{number} rows were left out: these people have asked to be erased."),
    ),
    "taken": (
        mark("{number} row names an address that is another customer's; it stays theirs."),
        mark("{number} rows name addresses that are other customers'; they stay theirs."),
    ),
}
BOUGHT = {
    "receipts_new": (mark("{number} new receipt"), mark("{number} new receipts")),
    "receipts_changed": (mark("{number} changed"), mark("{number} changed")),
    "receipts_same": (mark("{number} as before"), mark("{number} as before")),
}
OF_NOBODY = (
    mark("{number} receipt is of somebody who is not known yet; it is theirs once they are."),
    mark("{number} receipts are of people who are not known yet; they are theirs once they are."),
)
NO_DOCUMENT = mark("Name the document that proves the consents: without it they prove nothing.")
NO_DAY = mark("Say on which day the consents were given: 2026-02-01 or 01.02.2026.")
NO_LINE = mark("Not a single row can be read. Mend what stands below and drop the table again.")
NOBODY = mark("Nobody can be known by a single row. Mend what stands below and drop the table again.")
NO_ROWS = mark("There is no row under the headings. Fill the table in and drop it again.")
NOTHING_NEW = mark("Nothing is different: all of it was known.")


def unfit(agreed: AllAgreed, today: date) -> Reason:
    """What is wrong with a document for all the consents of a table; empty where nothing is."""
    if not agreed.proof:
        return because(NO_DOCUMENT, code="no_proof")
    try:
        on = read_day(agreed.on)
    except NoDay:
        return because(NO_DAY, code="no_day")
    return because(IN_FUTURE, code="future") if on > today else NO_REASON


def look_at_customers(at: House, sheet: Sheet, print_: str, row: DroppedFile, tick: Callable[[int], None]) -> Look:
    """What loading it would come to now. What is seen are the bytes and the document for all its consents."""
    agreed = AllAgreed.model_validate(row.found.get("agreed", {}))
    _, stops = places(sheet)
    if stops:
        return refused(DropKind.CUSTOMERS, *stops)
    if not sheet.rows:
        return Look(kind=DropKind.CUSTOMERS, refusal=because(NO_ROWS, code="no_rows"))
    found = engine.rehearse(at, sheet, agreed, row.dropped_by, tick)
    if found.counts.get("unread") == found.rows:
        return Look(kind=DropKind.CUSTOMERS, found=found, refusal=because(NOBODY, code="nobody"), total=found.rows)
    seen = fingerprint([print_, agreed.model_dump(mode="json")])
    return Look(kind=DropKind.CUSTOMERS, found=found, seen=seen, total=found.rows)


def load_customers(at: House, row: DroppedFile, sheet: Sheet, by: str, tick: Callable[[int], None]) -> Said:
    """Load it as it was looked at, with the document that was named for all its consents.

    Cut off and looked at again with another document it is another loading: else its first rows would lack that proof.
    """
    agreed = AllAgreed.model_validate(row.found.get("agreed", {}))
    return of_customers(engine.load(at, sheet, agreed, f"drop:{row.id}:{row.seen}", by, tick), len(sheet.rows))


def of_customers(counts: Counter[str], rows: int) -> Said:
    """What loading so many rows of customers came to."""
    told = [translate_plural(*words, counts[what]) for what, words in LOADED.items() if counts[what]]
    left = [translate_plural(*words, counts[what]) for what, words in LEFT_OUT.items() if counts[what]]
    text = f"{', '.join(told)}." if told else translate(NOTHING_NEW)
    return Said(done=rows - counts["unread"] - counts["erased"], total=rows, told=text, remarks=tuple(left))


def look_at_purchases(at: House, sheet: Sheet, print_: str, tick: Callable[[int], None]) -> Look:
    """What loading it would come to now. What is seen are the bytes: a till may tell of more meanwhile."""
    try:
        found = purchases.compare(at, of_sheet(sheet), tick)
    except Refused as refusal:
        return Look(kind=DropKind.PURCHASES, refusal=refusal.reason)
    if not found.lines:
        return Look(kind=DropKind.PURCHASES, found=found, refusal=because(NO_LINE, code="no_line"), total=found.rows)
    return Look(kind=DropKind.PURCHASES, found=found, seen=fingerprint([print_]), total=found.rows)


def load_purchases(at: House, row: DroppedFile, sheet: Sheet, by: str, tick: Callable[[int], None]) -> Said:
    """Load it; what cannot be read is left out, as it was said."""
    return of_purchases(purchases.load(at, of_sheet(sheet), f"drop:{row.id}:{row.seen}", sheet.file, by, tick))


def of_purchases(counts: Counter[str]) -> Said:
    """What loading purchases came to."""
    told = [translate_plural(*words, counts[what]) for what, words in BOUGHT.items() if counts[what]]
    done = sum(counts[what] for what in BOUGHT)
    remarks = (translate_plural(*OF_NOBODY, counts["unknown"]),) if counts["unknown"] else ()
    return Said(done=done, total=done, told=f"{', '.join(told)}.", remarks=remarks)
