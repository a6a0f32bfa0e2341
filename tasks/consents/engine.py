"""Consents and the stop-list as people change them by hand: written down, and who may be written to follows at once.

It knows no Prefect. Answers name customers by number and addresses by kind: they are read by more people than may see
either.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session
from sqlmodel import col

from integrations.errors import Refused
from models.content import fingerprint
from models.customer_orders import ADDRESSES, BAR, GIVEN, PURPOSES, TEXT_MOST, ConsentForm, StopListForm
from models.customers import (
    BARRED_TITLES,
    KIND_TITLES,
    Act,
    Address,
    AddressKind,
    Barred,
    Customer,
    Purpose,
    Suppression,
)
from models.database import now_by
from models.locale import mark, translate
from models.people import Permission
from models.reason import Reason, because
from tasks.consents import rows
from tasks.consents.law import UNSAID, Standing, objection
from tasks.consents.lifting import lifting_objection
from tasks.customers.reading import IN_FUTURE, NOT_A_DATE, NoDay, read_day
from tasks.customers.record import rows as records
from tasks.customers.record.discretion import gives_away
from tasks.customers.rows import wait_for_the_base
from tasks.house import House
from tasks.orders.answers import Line, Report
from tasks.orders.naming import entitled
from tasks.people.engine import whoever_is_here

CONSENTS, STOP_LIST = mark("Consents of customer № {id}"), mark("Stop-list, customer № {id}")
LABEL, OWN = mark("customer № {id}, {kind}"), mark("customer № {id}")
NO_CUSTOMER = mark("There is no customer № {id}. Perhaps they were erased; look for them on the page of customers.")
NO_WAY = mark("This customer has no address of this kind: {kind}. Choose another, or all of them.")
NO_WAYS = mark("This customer has no address at all, so there is nothing it could be about.")
UNDATED = mark("A consent without its date proves nothing. Write the day on which it was given: 25.11.2026.")
UNPROVEN = mark("Nothing proves this consent: whoever sends must. Name the document by its number, as “form 17”.")
NO_REASON_GIVEN = mark("Say why: the reason stays in the stop-list beside the address.")
LONG = mark("“{field}” has more than {most} characters. Shorten it.")
PROOF, WORDING, WHY = mark("The document that proves it"), mark("Version of the words"), mark("Why")
RECORDED, KNOWN = mark("written down"), mark("was written down before; nothing new")
WITHDRAWN_BEFORE = mark("was withdrawn before; nothing new")
MAY, MAY_NOT = mark("advertising may go there"), mark("no advertising goes there: {reason}")
BARRED_NOW, STANDS = mark("stands in the stop-list now"), mark("stood in the stop-list before: {why}")
LIFTED = mark("taken out of the stop-list, line № {line}")
NOT_THERE = mark("Nothing of this customer's stands in the stop-list under it. Look at the customer's page again.")
BY_HAND = "by_hand"


class Consents:
    """Consents and the stop-list of one house."""

    def __init__(self, house: House) -> None:
        self.house, self.clock = house, house.clock

    def consent(self, form: ConsentForm) -> Report:
        """Write down that a consent was given or withdrawn; one without its day or its proof is refused."""
        return self._in_one(CONSENTS, form, self._consent)

    def stop_list(self, form: StopListForm) -> Report:
        """Put addresses into the stop-list, or take them out of it, each with its reason."""
        return self._in_one(STOP_LIST, form, self._bar if form.what == BAR else self._lift)

    def _in_one(self, title: str, form: Any, work: Callable[..., Sequence[Line]]) -> Report:
        title = translate(title, id=form.customer)
        try:
            by = entitled(form.person, whoever_is_here(self.house), Permission.CUSTOMERS).key
            with self.house.sessions.begin() as session:
                wait_for_the_base(session)
                customer = records.customer(session, form.customer)
                if customer is None:
                    raise Refused(because(NO_CUSTOMER, code="no_customer", id=form.customer))
                ways = records.addresses(session, [form.customer])
                return Report(title=title, lines=tuple(work(session, form, customer, ways, by)))
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)

    def _consent(
        self, session: Session, form: ConsentForm, customer: Customer, ways: Sequence[Address], by: str
    ) -> list[Line]:
        at = self._moment(session, form)
        proof, wording = (" ".join(text.split()) for text in (form.proof, form.wording))
        if form.what == GIVEN and not proof:
            raise Refused(because(UNPROVEN, code="no_proof"))
        _check(customer, ways, (PROOF, proof), (WORDING, wording))
        purpose, act = PURPOSES[form.purpose], Act.GIVEN if form.what == GIVEN else Act.WITHDRAWN
        line = {
            "customer_id": form.customer, "purpose": purpose.value, "act": act.value, "kind": "", "print": "",
            "wording": wording, "via": BY_HAND, "source": "", "proof": proof, "at": at,
            "recorded_at": now_by(self.clock, session), "recorded_by": by,
        }  # fmt: skip
        if purpose is Purpose.PERSONAL:
            said = self._record(session, line, str(form.customer))
            rows.follow(session, self.clock, col(Address.customer_id) == form.customer)
            return [_line(form.customer, None, said)]
        meant = _meant(form.address, ways)
        told = [
            (way, self._record(session, line | {"kind": way.kind, "print": way.print}, way.print)) for way in meant
        ]  # fmt: skip
        return self._standing_now(session, told)

    def _moment(self, session: Session, form: ConsentForm) -> datetime:
        """When it was said: in this moment where that is today, else as the day begins. Raises Refused."""
        now, zone = now_by(self.clock, session), ZoneInfo(self.house.workspace.company.zone)
        if not form.date.strip():
            if form.what == GIVEN:
                raise Refused(because(UNDATED, code="no_date"))
            return now
        try:
            day = read_day(form.date.strip())
        except NoDay:
            raise Refused(because(NOT_A_DATE, code="date")) from None
        today = now.astimezone(zone).date()
        if day > today:
            raise Refused(because(IN_FUTURE, code="future"))
        return now if day == today else _midnight(day, zone)

    def _record(self, session: Session, line: dict[str, Any], whose: str) -> str:
        """Write the line, unless the ledger has it already; returns what came of it. `whose` is a print or a number."""
        zone = ZoneInfo(self.house.workspace.company.zone)
        day, standing = line["at"].astimezone(zone).date(), self._standing(session, line)
        if line["act"] == Act.WITHDRAWN and standing.withdrawn and not standing.in_force:
            return translate(WITHDRAWN_BEFORE)
        ends = _midnight(day + timedelta(days=1), zone)
        if standing.in_force and rows.has_said(session, line, _midnight(day, zone), ends):
            return translate(KNOWN)
        shown = fingerprint([line["proof"], line["wording"]])[:12]
        stamp = f"{line['purpose']}:{line['act']}:{line['at'].isoformat()}:{shown}"
        return translate(RECORDED if rows.record(session, [line | {"once": f"{whose}:{stamp}"}]) else KNOWN)

    def _standing(self, session: Session, line: dict[str, Any]) -> Standing:
        if line["print"]:
            return rows.standings(session, self.clock, [line["print"]]).get(line["print"], UNSAID)
        return rows.personal_standings(session, self.clock, [line["customer_id"]]).get(line["customer_id"], UNSAID)

    def _bar(
        self, session: Session, form: StopListForm, customer: Customer, ways: Sequence[Address], by: str
    ) -> list[Line]:
        why = _reason(form, customer, ways)
        meant = _meant(form.address, ways)
        before = rows.barred(session, [way.print for way in meant])
        prints = [(way.kind, way.print) for way in meant]
        rows.bar(session, self.clock, prints, Barred.BY_HAND, "", by, why)
        rows.follow(session, self.clock, col(Address.customer_id) == form.customer)
        return [_line(form.customer, way, _stands(before.get(way.print))) for way in meant]

    def _lift(
        self, session: Session, form: StopListForm, customer: Customer, ways: Sequence[Address], by: str
    ) -> list[Line]:
        why = _reason(form, customer, ways)
        meant = {way.print: way for way in (ways if form.line else _meant(form.address, ways))}
        lines = [
            line for line in rows.stop_lines(session, list(meant))
            if line.lifted_at is None and form.line in (0, line.id)
        ]  # fmt: skip
        if not lines:
            raise Refused(because(NOT_THERE, code="not_there"))
        said = rows.standings(session, self.clock, list(meant))
        told = []
        for line in lines:
            refusal = self._objection(line, said.get(line.print, UNSAID))
            if not refusal:
                rows.lift(session, self.clock, line.id or 0, by, why)
            told.append((line, refusal))
        now = dict(self._reasons(session, list(meant.values())))
        return [
            _line(form.customer, meant[line.print], str(refusal), done=False) if refusal
            else _line(form.customer, meant[line.print], translate(LIFTED, line=line.id), now[line.print])
            for line, refusal in told
        ]  # fmt: skip

    def _objection(self, line: Suppression, of_address: Standing) -> Reason:
        zone = ZoneInfo(self.house.workspace.company.zone)
        return lifting_objection(Barred(line.why), line.since, of_address, f"{line.since.astimezone(zone):%d.%m.%Y}")

    def _standing_now(self, session: Session, told: Sequence[tuple[Address, str]]) -> list[Line]:
        now = dict(self._reasons(session, [way for way, _ in told]))
        return [_line(way.customer_id, way, said, now[way.print]) for way, said in told]

    def _reasons(self, session: Session, ways: Sequence[Address]) -> list[tuple[str, Reason]]:
        """Let these addresses follow, and say of each print why no advertising goes there now."""
        whose = sorted({way.customer_id for way in ways})
        rows.follow(session, self.clock, col(Address.customer_id).in_(whose))
        return objections(session, self.house, ways)


def objections(session: Session, house: House, ways: Sequence[Address]) -> list[tuple[str, Reason]]:
    """Why no advertising may go to each of these addresses now, by print; an empty reason where it may."""
    prints, clock = [way.print for way in ways], house.clock
    ours, stopped = rows.standings(session, clock, prints), rows.barred(session, prints)
    theirs = rows.personal_standings(session, clock, {way.customer_id for way in ways})
    return [
        (way.print, objection(ours.get(way.print, UNSAID), theirs.get(way.customer_id, UNSAID), stopped.get(way.print)))
        for way in ways
    ]  # fmt: skip


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _meant(address: str, ways: Sequence[Address]) -> list[Address]:
    """The addresses an order is about. Raises Refused where the customer has none of them."""
    if not ways:
        raise Refused(because(NO_WAYS, code="no_address"))
    kind = ADDRESSES[address]
    found = [way for way in ways if kind in (None, way.kind)]
    if kind and not found:
        raise Refused(because(NO_WAY, code="no_address", kind=because(KIND_TITLES[kind])))
    return found


def _reason(form: StopListForm, customer: Customer, ways: Sequence[Address]) -> str:
    """The reason of an order about the stop-list. Raises Refused where there is none, or it names somebody."""
    why = " ".join(form.reason.split())
    if not why:
        raise Refused(because(NO_REASON_GIVEN, code="no_reason"))
    _check(customer, ways, (WHY, why))
    return why


def _check(customer: Customer, ways: Sequence[Address], *texts: tuple[str, str]) -> None:
    """Let no text stay behind that says who the customer is. Raises Refused."""
    for field, text in texts:
        if len(text) > TEXT_MOST:
            raise Refused(because(LONG, code="long", field=because(field), most=TEXT_MOST))
        if told := gives_away(field, text, customer.name, [way.value for way in ways]):
            raise Refused(told)


def _stands(before: Barred | None) -> str:
    return translate(STANDS, why=because(BARRED_TITLES[before])) if before else translate(BARRED_NOW)


def _line(customer: int, way: Address | None, said: str, now: Reason | None = None, done: bool = True) -> Line:
    """What came of it, by number and kind; `now` is why no advertising goes there, empty where it does."""
    kind = translate(KIND_TITLES[AddressKind(way.kind)]) if way else ""
    label = translate(LABEL, id=customer, kind=kind) if way else translate(OWN, id=customer)
    notes = () if now is None else (translate(MAY_NOT, reason=now) if now else translate(MAY),)
    return Line(id=customer, label=label, said="; ".join((said.rstrip("."), *notes)), done=done)
