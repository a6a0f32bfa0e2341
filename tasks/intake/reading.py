"""A row that was handed in, read: what it tells, and what is wrong with which field, without repeating it. Pure.

A field that cannot be read is named and the rest of the row counts; a row that nobody can be known by, or whose shape
is another, does not.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from models.content import Effect, Sheet, SheetRow
from models.intake import ConsentTold, CustomerTold, LineTold, ReceiptTold, Trouble
from models.locale import mark
from models.reason import Reason, because
from models.written import minor_units
from tasks.customers.addresses import Unreadable, read_email, read_phone
from tasks.customers.reading import CustomerRow, Given, Reader
from tasks.purchases.receipts import BETWEEN
from tasks.purchases.rows import Who

MISSING = mark("The field is missing. Add it.")
NO_FIELD = mark("There is no such field. The description of the API lists those there are.")
NOT_TEXT = mark("A text is expected here.")
NOT_LIST = mark("A list is expected here.")
NOT_OBJECT = mark("An object with fields is expected here.")
NOT_A_MOMENT = mark("This is no moment. Write it as 2026-11-25T18:30:00+03:00.")
NO_ZONE = mark("The moment says no time zone. Write it as 2026-11-25T18:30:00+03:00.")
NOT_A_NUMBER = mark("This is not a number that fits here. Write it as 450 or 450.50.")
NOT_AMONG = mark("This is not possible here. Write one of: {expected}.")
TOO_MUCH = mark("There is too much of it here: at most {most}.")
EMPTY = mark("The field is empty. Fill it in.")
UNFIT = mark("The value does not fit here. Correct it.")
NO_PROOF = mark("Nothing proves this consent: whoever sends must. Name the document by its number, as “form 17”.")
IN_FUTURE = mark("The date is in the future. Check the year.")
NO_AMOUNT = mark("The line has neither an amount nor a price.")
TOO_FINE = mark("The amount is finer than the smallest coin. Round it.")
NO_OUTLET = mark("The company has no outlet “{outlet}”. Name one of company.yaml, by its key or name.")

SKEW = timedelta(minutes=15)  # what two clocks may differ by
MILLI = 1000
MINOR_MOST = 10**15  # of a line: a receipt of as many lines as there may be still is a number of the database
FIELDS = ("code", "name", "email", "phone", "telegram", "birthday", "city", "zone", "outlet")
AT = {name: place for place, name in enumerate(FIELDS)}
TEXTS: Mapping[str, str] = {
    "missing": MISSING, "extra_forbidden": NO_FIELD, "string_type": NOT_TEXT, "list_type": NOT_LIST,
    "tuple_type": NOT_LIST, "model_type": NOT_OBJECT, "model_attributes_type": NOT_OBJECT, "dict_type": NOT_OBJECT,
    "timezone_aware": NO_ZONE, "enum": NOT_AMONG, "literal_error": NOT_AMONG, "too_long": TOO_MUCH,
    "string_too_long": TOO_MUCH, "too_short": EMPTY, "string_too_short": EMPTY,
}  # fmt: skip
Model = TypeVar("Model", bound=BaseModel)


def shaped(model: type[Model], row: Any) -> tuple[Model | None, list[Trouble]]:
    """The row as its model has it; else None, and what is wrong by the path of each field."""
    try:
        return model.model_validate(row), []
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        around = {one["loc"][:length] for one in found for length in range(len(one["loc"]))}
        return None, [
            Trouble(field=".".join(map(str, one["loc"])), reason=_reason(one), left_out=True)
            for one in found if one["loc"] not in around or not one["loc"]
        ]  # fmt: skip


def _reason(detail: ErrorDetails) -> Reason:
    kind, words = detail["type"], detail.get("ctx", {})
    if kind.startswith(("datetime", "date_from")):
        return because(NOT_A_MOMENT, code="moment")
    if kind.startswith(("decimal", "finite_number", "int_", "float_")):
        return because(NOT_A_NUMBER, code="number")
    most, expected = words.get("max_length", ""), str(words.get("expected", "")).replace("'", "")
    return because(TEXTS.get(kind, UNFIT), code=kind, most=most, expected=expected)


# Customers.


def customer_of(told: CustomerTold, n: int, today: date, country: str) -> tuple[CustomerRow | None, list[Trouble]]:
    """Who it is and how they are reached, by the rules for tables of customers; consents are read apart."""
    sheet = Sheet(file="", header=FIELDS, header_row=0, rows=())
    cells = tuple(getattr(told, name) or None for name in FIELDS)
    reader = Reader(sheet, SheetRow(number=n, cells=cells), AT, today, country, Given())
    row = reader.read()
    troubles = [
        Trouble(field=one.place.field, reason=one.reason, left_out=one.effect is Effect.LEFT_OUT)
        for one in reader.problems
    ]
    return row, troubles


def consents_of(told: Sequence[ConsentTold], now: datetime) -> tuple[list[ConsentTold], list[Trouble]]:
    """The consents that count: with their proof, and not of a day to come; a withdrawal counts on whatever day."""
    sound, troubles = [], []
    for place, one in enumerate(told):
        field, reason = "", None
        if one.act == "given" and not one.proof:
            field, reason = "proof", because(NO_PROOF, code="no_proof")
        elif one.act == "given" and one.at > now + SKEW:
            field, reason = "at", because(IN_FUTURE, code="future")
        if reason:
            troubles.append(Trouble(field=f"consents.{place}.{field}", reason=reason))
        else:
            sound.append(one)
    return sound, troubles


def word_of(changed_at: datetime | None, now: datetime) -> tuple[datetime | None, list[Trouble]]:
    """When the word was said; one of a day to come is of no known moment: nothing after it would ever count."""
    if changed_at is None or changed_at <= now + SKEW:
        return changed_at, []
    return None, [Trouble(field="changed_at", reason=because(IN_FUTURE, code="future"))]


def identity(row: CustomerRow) -> str:
    """What a later word about the same customer is told by: the code, else the address that says most."""
    named = row.code or "".join(f"{way.kind}:{way.value}" for way in row.addresses[:1])
    return BETWEEN.join(("customer", "code" if row.code else "", named))


# Purchases.


def outlet_of(said: str, outlets: Mapping[str, str]) -> tuple[str, list[Trouble]]:
    """The key of the outlet that is named, by its key or its name. `outlets` are keys by folded names."""
    key = outlets.get(said.casefold(), "")
    trouble = Trouble(field="outlet", reason=because(NO_OUTLET, code="no_outlet", outlet=said), left_out=True)
    return key, [] if key else [trouble]


def moment_of(said: datetime, zone: str, now: datetime) -> tuple[datetime, list[Trouble]]:
    at = said if said.tzinfo else said.replace(tzinfo=ZoneInfo(zone))
    late = at > now + SKEW
    return at, [Trouble(field="at", reason=because(IN_FUTURE, code="future"), left_out=True)] if late else []


def receipt_key(told: ReceiptTold, outlet: str, at: datetime, zone: str) -> str:
    """By which a receipt of a table is known too: its outlet, its day there, its number."""
    return BETWEEN.join((outlet, f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d}", told.receipt))


def buyer_of(told: ReceiptTold, country: str) -> tuple[list[Who], list[Trouble]]:
    """The ways the buyer is named; one that cannot be read is told, and does not count."""
    whos: list[Who] = [("code", told.code)] if told.code else []
    troubles = []
    for field in ("phone", "email"):
        if not (said := getattr(told, field)):
            continue
        try:
            found = read_phone(said, country) if field == "phone" else read_email(said)
            whos.append((found.kind.value, found.value))
        except Unreadable as error:
            troubles.append(Trouble(field=field, reason=error.reason))
    return whos, troubles


def line_of(told: LineTold, currency: str) -> tuple[tuple[str, str, int, int] | None, Reason | None]:
    """Product, product group, quantity in thousandths and amount in minor units; else why not."""
    if told.amount is None and told.price is None:
        return None, because(NO_AMOUNT, code="no_amount")
    amount = told.amount if told.amount is not None else (told.price or 0) * told.quantity
    minor = minor_units(amount, currency)
    if abs(minor) > MINOR_MOST:
        return None, because(NOT_A_NUMBER, code="number")
    if told.amount is not None and told.amount != Decimal(minor).scaleb(-get_currency_precision(currency)):
        return None, because(TOO_FINE, code="fine")
    return (told.product, told.product_group, int(told.quantity * MILLI), minor), None


def lines_of(told: ReceiptTold, currency: str) -> tuple[list[tuple[str, str, int, int]], list[Trouble]]:
    read = [line_of(one, currency) for one in told.lines]
    troubles = [
        Trouble(field=f"lines.{place}.amount", reason=reason, left_out=True)
        for place, (_, reason) in enumerate(read) if reason
    ]  # fmt: skip
    return [line for line, _ in read if line], troubles
