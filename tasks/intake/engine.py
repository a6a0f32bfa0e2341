"""Takes in what is handed in: all rows of a call in one transaction, each with an answer of its own.

It knows no Prefect. A call that brings a key is answered once, however often it is made; the same row again is the
same; an older word about somebody, or about a receipt, changes nothing, only the consents in it count by the moment
they were said at. So a webhook may come twice, late, or out of order.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_
from sqlalchemy.orm import Session
from sqlmodel import col

from integrations.errors import Refused
from models.content import fingerprint
from models.customers import Address
from models.database import in_one, now_by
from models.intake import (
    Answer,
    Caller,
    ConsentTold,
    CustomerTold,
    IntakeCall,
    Outcome,
    ReceiptTold,
    RowAnswer,
    Trouble,
    What,
)
from models.locale import mark
from models.reason import because
from tasks.consents import rows as consents
from tasks.customers.matching import Matching, Person
from tasks.customers.matching import Outcome as Matched
from tasks.customers.reading import CustomerRow
from tasks.customers.rows import Loading, check_prints, known_to, load, wait_for_the_base
from tasks.house import House
from tasks.intake import reading, rows
from tasks.purchases import rows as purchases
from tasks.purchases.handed import Told, as_frames
from tasks.purchases.rows import Weighed

ANOTHER = mark("This Idempotency-Key came with another body before. Give every new call a key of its own.")
AGAIN_BELOW = mark("Told again below, in the same call: the later row counts.")
OLDER = mark("A later word is known already, so nothing is changed; consents count by their own moment.")
Row = dict[str, Any]


@dataclass
class Reading:
    """The rows of a call as they were read: those that count by their places, and what is wrong with each."""

    troubles: dict[int, list[Trouble]] = field(default_factory=dict)
    late: set[int] = field(default_factory=set)
    words: dict[str, datetime] = field(default_factory=dict)

    def blame(self, n: int, troubles: Sequence[Trouble]) -> bool:
        """Keep what is wrong; whether the row still counts."""
        self.troubles.setdefault(n, []).extend(troubles)
        return not any(one.left_out for one in troubles)

    def is_late(self, n: int, print_: str, at: datetime | None, known: Mapping[str, datetime]) -> bool:
        """Whether a later word about the same is known, or stands above in this call; else this one is the last."""
        last = self.words.get(print_) or known.get(print_)
        if at is None:
            return False
        if last is not None and at < last:
            self.late.add(n)
            return True
        self.words[print_] = at
        return False

    def answer(self, n: int, made: RowAnswer | None) -> RowAnswer:
        troubles = tuple(self.troubles.get(n, ()))
        if n in self.late:
            older = Trouble(field="changed_at", reason=because(OLDER, code="late"))
            made = made or RowAnswer(n=n, what=Outcome.LATE)
            return made.model_copy(update={"troubles": (*troubles, older)})
        if made is None:
            return RowAnswer(n=n, what=Outcome.WRONG, troubles=troubles)
        return made.model_copy(update={"troubles": (*made.troubles, *troubles)})


class Intake:
    """The intake of one house, as one caller uses it."""

    def __init__(self, house: House, caller: Caller) -> None:
        self.house, self.caller, self.clock = house, caller, house.clock
        self.company = house.workspace.company
        self.zones = {one.key: one.zone or self.company.zone for one in self.company.outlets}
        self.names = {name.casefold(): one.key for one in self.company.outlets for name in (one.name, one.key)}

    def take(self, what: What, given: Sequence[Any], once: str = "") -> Answer:
        """Take the rows in. `once` is the call's own key. Raises Refused where it came with other rows before."""
        return in_one(self.house.sessions, partial(self._take, what=what, given=given, once=once))

    def _take(self, session: Session, what: What, given: Sequence[Any], once: str) -> Answer:
        now = now_by(self.clock, session)
        key, said = (self.house.printed("intake", f"{what}\n{once}"), self._print(given)) if once else ("", "")
        if key and (before := rows.begin(session, self.caller.id, key, said, now)):
            return _answered_before(before, said)
        wait_for_the_base(session)
        check_prints(session, self.clock, self.house.printed)
        work = self._customers if what is What.CUSTOMERS else self._purchases
        answer = Answer(rows=tuple(work(session, given, now)))
        if key:
            rows.answered(session, self.caller.id, key, answer.model_dump(mode="json"))
        return answer

    def _print(self, told: Any) -> str:
        return self.house.printed("intake", fingerprint(told))

    @property
    def _source(self) -> str:
        return f"outlet:{self.caller.outlet}"

    # Customers.

    def _customers(self, session: Session, given: Sequence[Any], now: datetime) -> list[RowAnswer]:
        read, told = Reading(), dict[int, tuple[CustomerRow, list[ConsentTold]]]()
        today = now.astimezone(ZoneInfo(self.company.zone)).date()
        stamped: dict[int, datetime | None] = {}
        for n, row in enumerate(given, 1):
            shaped, troubles = reading.shaped(CustomerTold, row)
            if not read.blame(n, troubles) or shaped is None:
                continue
            shaped = shaped.model_copy(update={"outlet": self.names.get(shaped.outlet.casefold(), shaped.outlet)})
            found, troubles = reading.customer_of(shaped, n, today, self.company.country)
            sound, more = reading.consents_of(shaped.consents, now)
            at, ahead = reading.word_of(shaped.changed_at, now)
            if read.blame(n, [*troubles, *more, *ahead]) and found is not None:
                told[n], stamped[n] = (found, sound), at
        prints = {n: self.house.printed("intake", reading.identity(row)) for n, (row, _) in told.items()}
        known = rows.last_words(session, [print_ for n, print_ in prints.items() if stamped[n]])
        counting = {n: one for n, one in told.items() if not read.is_late(n, prints[n], stamped[n], known)}
        made = self._load(session, counting, now)
        made |= self._late(session, {n: one for n, one in told.items() if n not in counting}, now)
        rows.keep_words(session, read.words)
        return [read.answer(n, made.get(n)) for n in range(1, len(given) + 1)]

    def _late(
        self, session: Session, told: Mapping[int, tuple[CustomerRow, list[ConsentTold]]], now: datetime
    ) -> dict[int, RowAnswer]:
        """What older words say of consents counts all the same: each has a moment of its own."""
        known = Matching(known_to(session, [row for row, said in told.values() if said]))
        whose = {n: one for n, (row, _) in told.items() if (one := known.known_by(row))}
        lines = {n: self._lines(one, *told[n], now) for n, one in whose.items()}
        self._agree(session, lines, whose.values())
        return {
            n: RowAnswer(n=n, what=Outcome.LATE, customer=whose[n].id, consents=len(some)) for n, some in lines.items()
        }

    def _load(
        self, session: Session, told: Mapping[int, tuple[CustomerRow, list[ConsentTold]]], now: datetime
    ) -> dict[int, RowAnswer]:
        of = Loading(id=0, source=self._source, by="", printed=self.house.printed, midnight=_no_day)
        people, outcomes, _ = load(session, self.clock, [row for row, _ in told.values()], of)
        whose = {row.number: one for one in people for row in one.rows}
        lines = {n: self._lines(whose[n], row, said, now) for n, (row, said) in told.items() if n in whose}
        self._agree(session, lines, people)
        return {one.row: _customer(one, whose.get(one.row), len(lines.get(one.row, ()))) for one in outcomes}

    def _agree(self, session: Session, lines: Mapping[int, list[Row]], people: Iterable[Person]) -> None:
        """Write it into the ledger, and let the addresses that it is about follow."""
        told = [line for some in lines.values() for line in some]
        if consents.record(session, told):
            ids, prints = {one.id for one in people}, {line["print"] for line in told}
            which = or_(col(Address.customer_id).in_(sorted(ids)), col(Address.print).in_(sorted(prints)))
            consents.follow(session, self.clock, which)

    def _lines(self, one: Person, row: CustomerRow, said: Sequence[ConsentTold], now: datetime) -> list[Row]:
        by = f"till {self.caller.id}"
        return rows.consent_lines(one, row, said, self.house.printed, self._source, by, now)

    # Purchases.

    def _purchases(self, session: Session, given: Sequence[Any], now: datetime) -> list[RowAnswer]:
        read, told = Reading(), dict[int, tuple[Told, datetime | None]]()
        groups = _Groups(session)
        for n, row in enumerate(given, 1):
            shaped, troubles = reading.shaped(ReceiptTold, row)
            if read.blame(n, troubles) and shaped and (one := self._receipt(read, n, shaped, now, groups)):
                at, ahead = reading.word_of(shaped.changed_at, now)
                read.blame(n, ahead)
                told[n] = (one, at)
        known = rows.last_words(session, [self._of_receipt(one) for one, at in told.values() if at])
        counting = {
            n: one for n, (one, at) in told.items() if not read.is_late(n, self._of_receipt(one), at, known)
        }  # fmt: skip
        last = {one.key: n for n, one in counting.items()}
        sent = {n: one for n, one in counting.items() if last[one.key] == n}
        made = self._load_receipts(session, sent)
        for n in counting.keys() - sent.keys():
            again = Trouble(field="receipt", reason=because(AGAIN_BELOW, code="again"))
            made[n] = RowAnswer(n=n, what=Outcome.SAME, troubles=(again,))
        rows.keep_words(session, read.words)
        return [read.answer(n, made.get(n)) for n in range(1, len(given) + 1)]

    def _of_receipt(self, one: Told) -> str:
        return self.house.printed("intake", f"receipt\n{one.key}")

    def _receipt(
        self, read: Reading, n: int, told: ReceiptTold, now: datetime, groups: "_Groups"
    ) -> Told | None:  # fmt: skip
        outlet, troubles = reading.outlet_of(told.outlet or self.caller.outlet, self.names)
        zone = self.zones.get(outlet, self.company.zone)
        at, more = reading.moment_of(told.at, zone, now)
        lines, wrong = reading.lines_of(told, self.company.currency)
        whos, unread = reading.buyer_of(told, self.company.country)
        if not read.blame(n, [*troubles, *more, *wrong, *unread]):
            return None
        key = self.house.printed("receipt", reading.receipt_key(told, outlet, at, zone))
        grouped = [(line[0], line[1] or groups.of(line[0]), line[2], line[3]) for line in lines]
        return Told(key, at, outlet, sum(line[3] for line in lines), whos, grouped)

    def _load_receipts(self, session: Session, told: Mapping[int, Told]) -> dict[int, RowAnswer]:
        of, (receipts, lines) = purchases.Loading(0, self.house.printed), as_frames(list(told.values()))
        weighed = purchases.weigh(session, receipts, of)
        purchases.load(session, receipts, lines, of)
        return {n: _receipt(n, place, weighed) for place, n in enumerate(told)}


class _Groups:
    """The product groups that the feed has, read when the first line needs one."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, str] | None = None

    def of(self, product: str) -> str:
        if not product:
            return ""
        if self._known is None:
            self._known = rows.product_groups(self._session)
        return self._known.get(product.casefold(), "")


def forget_calls(house: House) -> int:
    """Let go of answers that nobody asks for again."""
    with house.sessions.begin() as session:
        return rows.forget_calls(session, now_by(house.clock, session))


def _answered_before(before: IntakeCall, said: str) -> Answer:
    if before.said != said:
        raise Refused(because(ANOTHER, code="another_body"))
    return Answer.model_validate(before.answer | {"again": True})


def _customer(one: Matched, person: Person | None, consents_: int) -> RowAnswer:
    return RowAnswer(
        n=one.row, what=Outcome(one.what.value), customer=person.id if person else None, changed=one.changed,
        taken=one.taken, consents=consents_,
    )  # fmt: skip


def _receipt(n: int, place: int, weighed: Weighed) -> RowAnswer:
    row = weighed.rows.row(place, named=True)
    what = Outcome.NEW if row["is_new"] else Outcome.CHANGED if row["is_changed"] else Outcome.SAME
    return RowAnswer(n=n, what=what, customer=row["customer_id"])


def _no_day(day: Any) -> datetime:
    raise AssertionError("consents that are handed in say their moment")
