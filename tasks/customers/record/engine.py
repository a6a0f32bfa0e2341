"""The records of customers: counted, looked for, shown whole, given out, erased on request. It knows no Prefect."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from integrations.errors import Failure, Refused
from models.customer_orders import EraseCustomerForm
from models.customers import (
    CODE,
    Act,
    Address,
    AddressKind,
    Barred,
    ConsentAct,
    Customer,
    CustomerLoad,
    Purpose,
    Suppression,
)
from models.database import now_by
from models.desk.customers import (
    AddressLine,
    Bought,
    ConsentLine,
    CustomerRecord,
    CustomersPage,
    FoundCustomer,
    GivenOut,
    LineSeen,
    LoadLine,
    ReceiptSeen,
    Search,
    StopLine,
    reach_of,
)
from models.locale import mark, translate, translate_plural
from models.people import Permission
from models.reason import NO_REASON, because
from tasks.cards import rows as cards
from tasks.cards.ledger.engine import Ledger
from tasks.cards.page.engine import Pages
from tasks.consents import rows as consents
from tasks.consents.engine import NO_CUSTOMER, objections
from tasks.consents.law import UNSAID, Standing
from tasks.consents.lifting import lifting_objection
from tasks.customers.record import rows
from tasks.customers.record.asking import ASKED_MOST, asked
from tasks.customers.record.written import as_json, workbook
from tasks.customers.rows import check_prints, wait_for_the_base
from tasks.groups.membership.rows import in_groups
from tasks.house import House
from tasks.local_mail.engine import LocalMail
from tasks.orders.answers import Line, Report
from tasks.orders.naming import entitled
from tasks.people.engine import whoever_is_here
from tasks.people.rows import everybody
from tasks.schedule.wall import local

FOUND_MOST, LOADS_SHOWN, ACTS_SHOWN, RECEIPTS_SHOWN = 50, 10, 200, 20
ERASING, WHO = mark("Erasing customer № {id}"), mark("customer № {id}")
ERASED = mark("erased")
ADDRESSES_GONE = (mark("{number} address removed"), mark("{number} addresses removed"))
LINES_KEPT = (
    mark("{number} line of the ledger of consents stays: it names a print and a number, nobody"),
    mark("{number} lines of the ledger of consents stay: they name prints and a number, nobody"),
)
PRINTS_KEPT = (
    mark("the stop-list remembers {number} print, so that a table does not bring the address back"),
    mark("the stop-list remembers {number} prints, so that a table does not bring the addresses back"),
)
RECEIPTS_KEPT = (
    mark("{number} receipt stays, and is nobody's"),
    mark("{number} receipts stay, and are nobody's"),
)
CARDS_GONE = (
    mark("{number} card is blocked, and is nobody's"),
    mark("{number} cards are blocked, and are nobody's"),
)
POINTS_GONE = (
    mark("{number} point ended; the ledger of points names a number, nobody"),
    mark("{number} points ended; the ledger of points names a number, nobody"),
)
LETTERS_GONE = (
    mark("{number} letter to them lay on this computer, and is deleted"),
    mark("{number} letters to them lay on this computer, and are deleted"),
)
LETTERS_STAY = mark("Letters to them still lie on this computer: {reason} It is tried again every night.")
NOT_SURE = mark("Tick the box to say that you mean it. Nothing has been changed.")
JSON_TYPE = "application/json; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Records:
    """The records of one house."""

    def __init__(self, house: House) -> None:
        self.house, self.clock = house, house.clock

    def page(self, typed: str = "") -> CustomersPage:
        """All in numbers, and whoever is looked for."""
        typed = " ".join(typed.split())[:ASKED_MOST]
        with self.house.reads() as session:
            names = _names(session)
            return CustomersPage(
                total=rows.total(session), reach=reach_of(rows.reach_of_all(session, self.clock)),
                loads=tuple(_load(one, names) for one in rows.loads(session, LOADS_SHOWN)),
                search=self._search(session, typed) if typed else None,
            )  # fmt: skip

    def _search(self, session: Session, typed: str) -> Search:
        ids, is_cut = rows.search(session, asked(typed, self.house.workspace.company.country), FOUND_MOST)
        ways: dict[int, list[Address]] = {}
        for way in rows.addresses(session, ids):
            ways.setdefault(way.customer_id, []).append(way)
        found = tuple(_found(one, ways.get(one.id or 0, ())) for one in rows.customers(session, ids))
        return Search(typed=typed, found=found, is_cut=is_cut)

    def record(
        self, id: int, most: int | None = ACTS_SHOWN, receipts: int | None = RECEIPTS_SHOWN
    ) -> CustomerRecord | None:
        """Everything known of a customer; None where there is none. `most` is how much of the ledger."""
        with self.house.reads() as session:
            one = rows.customer(session, id)
            if one is None:
                return None
            names, ways = _names(session), rows.addresses(session, [id])
            prints = {way.print: way for way in ways}
            acts = consents.ledger(session, id, list(prints), most + 1 if most else None)
            load = rows.load(session, one.load_id)
            fields = one.model_dump(include={"name", "birthday", "city", "zone", "outlet", "source"})
            return CustomerRecord(
                id=id, code=one.code or "", **fields, created_at=one.created_at, changed_at=one.changed_at,
                addresses=self._addresses(session, ways), stops=self._stops(session, list(prints), names),
                acts=tuple(_consent(act, set(prints), names) for act in acts[:most]),
                acts_cut=bool(most) and len(acts) > (most or 0), load=_load(load, names) if load else None,
                bought=self._bought(session, id, receipts), groups=in_groups(session, id, names, receipts),
                loyalty=Pages(self.house).seen(id, receipts),
            )  # fmt: skip

    def _bought(self, session: Session, id: int, most: int | None) -> Bought:
        number, amount, first, last = rows.bought(session, id)
        found = rows.receipts(session, id, most)
        lines: dict[int, list[LineSeen]] = {}
        for line in rows.lines(session, [one.id or 0 for one in found]):
            seen = LineSeen.model_validate(line.model_dump(exclude={"receipt_id", "n"}))
            lines.setdefault(line.receipt_id, []).append(seen)
        seen_ = tuple(
            ReceiptSeen(id=one.id or 0, at=one.at, outlet=one.outlet, amount=one.amount,
                        lines=tuple(lines.get(one.id or 0, ())))
            for one in found
        )  # fmt: skip
        currency = self.house.workspace.company.currency
        return Bought(
            number=number, amount=amount, currency=currency, first_at=first, last_at=last, receipts=seen_
        )  # fmt: skip

    def _addresses(self, session: Session, ways: Sequence[Address]) -> tuple[AddressLine, ...]:
        why = dict(objections(session, self.house, ways))
        return tuple(
            AddressLine(kind=AddressKind(way.kind), written=way.written, since=way.since, objection=why[way.print])
            for way in ways
        )  # fmt: skip

    def _stops(self, session: Session, prints: Sequence[str], names: Mapping[str, str]) -> tuple[StopLine, ...]:
        said, zone = consents.standings(session, self.clock, prints), self.house.workspace.company.zone
        lines = consents.stop_lines(session, prints)
        return tuple(_stop(line, said.get(line.print, UNSAID), names, zone) for line in lines)

    def given_out(self, id: int, kind: str) -> GivenOut | None:
        """A file with everything known of a customer, as `json` or `xlsx`; None where there is no such customer."""
        record, company = self.record(id, most=None, receipts=None), self.house.workspace.company
        if record is None:
            return None
        if kind == "json":
            content, media_type = as_json(record, self.house.now()), JSON_TYPE
        else:
            content, media_type = workbook(record, company.zone, self.house.now()), XLSX_TYPE
        return GivenOut(name=f"customer-{id}.{kind}", media_type=media_type, content=content)

    def erase(self, form: EraseCustomerForm) -> Report:
        """Remove everything personal; the prints go into the stop-list, so that no table brings the customer back."""
        title = translate(ERASING, id=form.customer)
        try:
            by = entitled(form.person, whoever_is_here(self.house), Permission.CUSTOMERS).key
            if not form.sure:
                raise Refused(because(NOT_SURE, code="not_sure"))
            with self.house.sessions.begin() as session:
                said = self._erase(session, form.customer, by)
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)
        label = translate(WHO, id=form.customer)
        line = Line(id=form.customer, label=label, said=said, done=True, notes=self._letters_gone())
        return Report(title=title, lines=(line,))

    def _letters_gone(self) -> tuple[str, ...]:
        """Letters on this computer go with their customer; where a folder is closed, the nightly round tries again."""
        try:
            number = LocalMail(self.house).forget_erased()
        except Failure as failure:
            return (translate(LETTERS_STAY, reason=failure.reason),)
        return (translate_plural(*LETTERS_GONE, number),) if number else ()

    def _erase(self, session: Session, id: int, by: str) -> str:
        wait_for_the_base(session)
        if (one := rows.held(session, id)) is None:
            raise Refused(because(NO_CUSTOMER, code="no_customer", id=id))
        check_prints(session, self.clock, self.house.printed)
        prints = rows.prints_of(session, id)
        code = [(CODE, self.house.printed(CODE, one.code))] if one.code else []
        consents.bar(session, self.clock, [*prints, *code], Barred.ERASED, "", by)
        receipts = rows.receipts_kept(session, id)
        points = Ledger(self.house).close(session, id)
        blocked = cards.forget(session, id, Barred.ERASED, now_by(self.clock, session))
        gone, kept = rows.erase(session, id), rows.lines_kept(session, id)
        told = [(ADDRESSES_GONE, gone), (LINES_KEPT, kept), (PRINTS_KEPT, len(prints))]
        more = ((RECEIPTS_KEPT, receipts), (CARDS_GONE, blocked), (POINTS_GONE, points))
        told += [(words, number) for words, number in more if number]
        return "; ".join([translate(ERASED), *(translate_plural(*words, number) for words, number in told)])


def _names(session: Session) -> dict[str, str]:
    return {person.key: person.name for person in everybody(session)}


def _load(row: CustomerLoad, names: Mapping[str, str]) -> LoadLine:
    return LoadLine(
        file=row.file, by=names.get(row.loaded_by, row.loaded_by), at=row.loaded_at, done=row.done, total=row.total,
        counts={what: number for what, number in Counter(row.counts).items() if number},
        is_over=row.applied_at is not None,
    )  # fmt: skip


def _found(one: Customer, ways: Sequence[Address]) -> FoundCustomer:
    return FoundCustomer(
        id=one.id or 0, code=one.code or "", name=one.name, city=one.city,
        addresses=tuple(way.written for way in ways), may=sum(way.open for way in ways),
    )  # fmt: skip


def _consent(act: ConsentAct, mine: set[str], names: Mapping[str, str]) -> ConsentLine:
    fields = act.model_dump(include={"id", "at", "wording", "via", "source", "proof", "recorded_at"})
    return ConsentLine(
        purpose=Purpose(act.purpose), act=Act(act.act), kind=AddressKind(act.kind) if act.kind else None,
        is_former=bool(act.print) and act.print not in mine, recorded_by=names.get(act.recorded_by, act.recorded_by),
        **fields,
    )  # fmt: skip


def _stop(line: Suppression, said: Standing, names: Mapping[str, str], zone: str) -> StopLine:
    fields = line.model_dump(include={"id", "since", "source", "note", "lifted_at", "lifted_why"})
    day = _day(line.since, zone)
    held = line.lifted_at is None
    return StopLine(
        kind=AddressKind(line.kind), why=Barred(line.why), by=names.get(line.by, line.by),
        lifted_by=names.get(line.lifted_by, line.lifted_by),
        objection=lifting_objection(Barred(line.why), line.since, said, day) if held else NO_REASON, **fields,
    )  # fmt: skip


def _day(at: datetime, zone: str) -> str:
    return f"{local(at, zone):%d.%m.%Y}"
