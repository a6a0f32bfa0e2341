"""Everything known of a customer as a file for them or an officer: JSON, or a workbook of six sheets. Pure."""

import io
import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from models.customer_groups import CORRECTED_TITLES, TURN_TITLES
from models.customers import ACT_TITLES, BARRED_TITLES, FIELD_TITLES, KIND_TITLES, PURPOSE_TITLES
from models.desk.cards import ACCOUNT_TITLES, CARD_TITLES, MOVED_TITLES, CardsSeen
from models.desk.customers import VIA_TITLES, Bought, CustomerRecord
from models.desk.membership import HandLine, InGroups
from models.locale import mark, translate
from tasks.registry.export import digits_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

PROFILE, LEDGER, STOP_LIST = mark("The customer"), mark("Consents"), mark("The stop-list")
PURCHASES = mark("Purchases")
BOUGHT_COLUMNS = (
    mark("On"), mark("Outlet"), mark("Product"), mark("Product group"), mark("Quantity"), mark("Amount"),
)  # fmt: skip
GROUPS, IS_IN, ON_LIST = mark("Groups"), mark("is in it"), mark("stands on its list")
IS_CONTROL, LIFTED_AT = mark("is in its control group, without its advertising"), mark("{what}, undone {at}")
GROUP_COLUMNS = (mark("On"), mark("Group"), mark("What happened"), mark("Why"), mark("By whom"))
LOYALTY = mark("Cards and points")
LOYALTY_COLUMNS = (
    mark("On"),
    mark("What happened"),
    mark("Points"),
    mark("Where they stand"),
    mark("Why"),
    mark("By whom"),
)
A_CARD, A_COUPON, UNTIL = mark("card {number}: {state}"), mark("coupon {code}, {title}"), mark("until {day}")
FIELD, SAID = mark("What"), mark("What is known")
NUMBER, FIRST, LAST = mark("Number here"), mark("Known since"), mark("Changed last")
FROM, LAST_FILE = mark("Came from"), mark("Last told by")
MAY_ADVERTISE, MAY_NOT = mark("{address}; advertising may go there"), mark("{address}; no advertising: {reason}")
CONSENT_COLUMNS = (
    mark("On"), mark("Consent"), mark("What was said"), mark("Address"), mark("Document"), mark("Words"), mark("How"),
    mark("From"), mark("Recorded"), mark("By whom"),
)  # fmt: skip
STOP_COLUMNS = (
    mark("Address"), mark("Since"), mark("Why"), mark("From"), mark("Note"), mark("By whom"), mark("Lifted"),
    mark("Lifted by"), mark("Why lifted"),
)  # fmt: skip
WIDTHS, CELL_MOST = 22, 32_767  # a cell holds no more
Row = Sequence[str]


def as_json(record: CustomerRecord, made_at: datetime) -> bytes:
    """The record as data: moments in UTC, codes as they are kept, the reasons in words."""
    said = record.model_dump(mode="json", exclude={"acts_cut", "addresses", "stops"})
    addresses = [one.model_dump(mode="json", exclude={"objection"}) | {"advertising": not one.objection,
                 "objection": str(one.objection)} for one in record.addresses]  # fmt: skip
    stops = [one.model_dump(mode="json", exclude={"objection"}) for one in record.stops]
    whole = said | {"addresses": addresses, "stops": stops, "made_at": made_at.isoformat()}
    return json.dumps(whole, ensure_ascii=False, indent=2).encode()


def workbook(record: CustomerRecord, zone: str, made_at: datetime) -> bytes:
    """The record as a person reads it; whatever somebody has written stays text and is never a formula."""
    from xlsxwriter import Workbook

    file, clock = io.BytesIO(), ZoneInfo(zone)
    with Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": made_at.replace(tzinfo=None)})
        _sheet(book, PROFILE, (FIELD, SAID), _profile(record, clock))
        _sheet(book, LEDGER, CONSENT_COLUMNS, [_consent(record, place, clock) for place in range(len(record.acts))])
        _sheet(book, STOP_LIST, STOP_COLUMNS, [_stop(record, place, clock) for place in range(len(record.stops))])
        _sheet(book, PURCHASES, BOUGHT_COLUMNS, _purchases(record.bought, clock))
        _sheet(book, GROUPS, GROUP_COLUMNS, _groups(record.groups, clock))
        _sheet(book, LOYALTY, LOYALTY_COLUMNS, _loyalty(record.loyalty, clock))
    return file.getvalue()


def _sheet(book: "Workbook", title: str, columns: Row, rows: Sequence[Row]) -> None:
    page = book.add_worksheet(translate(title))
    head = book.add_format({"bold": True, "bg_color": "#E8EEF0", "bottom": 1})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    page.set_column(0, len(columns) - 1, WIDTHS)
    for column, name in enumerate(columns):
        page.write_string(0, column, translate(name), head)
    for place, row in enumerate(rows, start=1):
        for column, text in enumerate(row):
            page.write_string(place, column, text[:CELL_MOST], wrapped)
    page.freeze_panes(1, 0)


def _profile(record: CustomerRecord, clock: ZoneInfo) -> list[Row]:
    told = f"{record.load.file}, {_at(record.load.at, clock)}" if record.load else ""
    addresses = [(translate(KIND_TITLES[one.kind]), _may(one)) for one in record.addresses]
    return [
        (translate(NUMBER), str(record.id)),
        *((translate(FIELD_TITLES[field]), said) for field, said in record.profile.items()),
        *addresses,
        (translate(FROM), record.source), (translate(FIRST), _at(record.created_at, clock)),
        (translate(LAST), _at(record.changed_at, clock)), (translate(LAST_FILE), told),
    ]  # fmt: skip


def _may(one: Any) -> str:
    if one.objection:
        return translate(MAY_NOT, address=one.written, reason=one.objection)
    return translate(MAY_ADVERTISE, address=one.written)


def _consent(record: CustomerRecord, place: int, clock: ZoneInfo) -> Row:
    one = record.acts[place]
    return (
        _at(one.at, clock), translate(PURPOSE_TITLES[one.purpose]), translate(ACT_TITLES[one.act]),
        translate(KIND_TITLES[one.kind]) if one.kind else "", one.proof, one.wording,
        translate(VIA_TITLES.get(one.via, one.via)), one.source, _at(one.recorded_at, clock), one.recorded_by,
    )  # fmt: skip


def _stop(record: CustomerRecord, place: int, clock: ZoneInfo) -> Row:
    one = record.stops[place]
    return (
        translate(KIND_TITLES[one.kind]), _at(one.since, clock), translate(BARRED_TITLES[one.why]), one.source,
        one.note, one.by, _at(one.lifted_at, clock), one.lifted_by, one.lifted_why,
    )  # fmt: skip


def _purchases(bought: Bought, clock: ZoneInfo) -> list[Row]:
    digits = digits_of(bought.currency)
    return [
        (_at(one.at, clock), one.outlet, line.product, line.product_group, _decimal(line.quantity, 3),
         _decimal(line.amount, digits))
        for one in bought.receipts for line in one.lines
    ]  # fmt: skip


def _groups(groups: InGroups, clock: ZoneInfo) -> list[Row]:
    """Where the customer is now, on which lists, what people decided, what happened before."""
    return [
        *((_at(one.since, clock), one.title, translate(IS_CONTROL if one.control else IS_IN), "", "")
          for one in groups.now),
        *(("", title, translate(ON_LIST), "", "") for title in groups.listed),
        *((_at(one.at, clock), one.title, _by_hand(one, clock), one.why, one.by) for one in groups.by_hand),
        *((_at(one.at, clock), one.title, translate(TURN_TITLES[one.what]), "", "") for one in groups.turns),
    ]  # fmt: skip


def _loyalty(seen: CardsSeen, clock: ZoneInfo) -> list[Row]:
    """Cards, then the live coupons, then every line of the ledger of points with both its sides."""
    return [
        *((_at(one.made_at, clock), translate(A_CARD, number=one.number, state=translate(CARD_TITLES[one.state])), "",
           "", one.why, one.made_by) for one in seen.cards),
        *(("", translate(A_COUPON, code=one.code, title=one.title), "",
           translate(UNTIL, day=f"{one.ends_on:%d.%m.%Y}") if one.ends_on else "", "", "") for one in seen.coupons),
        *((_at(one.at, clock), translate(MOVED_TITLES[one.what]), str(side.points),
           translate(ACCOUNT_TITLES[side.account]), one.said, one.by) for one in seen.moves for side in one.sides),
    ]  # fmt: skip


def _by_hand(one: HandLine, clock: ZoneInfo) -> str:
    what = translate(CORRECTED_TITLES[one.what])
    return translate(LIFTED_AT, what=what, at=_at(one.lifted_at, clock)) if one.lifted_at else what


def _decimal(units: int, digits: int) -> str:
    """1500 thousandths are 1.5."""
    return f"{Decimal(units).scaleb(-digits).normalize():f}"


def _at(moment: datetime | None, clock: ZoneInfo) -> str:
    return f"{moment.astimezone(clock):%d.%m.%Y %H:%M}" if moment else ""
