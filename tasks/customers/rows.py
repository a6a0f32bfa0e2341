"""Customers as rows: who is known, and what a table makes of them, as many statements for a thousand as for one.

Sessions are given; nothing here opens or commits one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, func, insert, select, text, update
from sqlalchemy.orm import Session
from sqlmodel import col

from integrations.errors import Refused
from models.customers import CODE, Act, Address, Barred, Customer, CustomerLoad, Purpose
from models.database import Clock, now_by, portions
from models.locale import mark
from models.reaction import Mark
from models.reason import because
from tasks.cards.joining import rows as cards
from tasks.consents.law import UNSAID
from tasks.consents.rows import bar, barred, copy_personal, follow, personal_standings, record, standings
from tasks.customers.matching import FIELDS, Matching, Outcome, Person, What, wanted
from tasks.customers.reading import Agreed, CustomerRow
from tasks.delivery.rows import insert_quietly, many
from tasks.delivery.statements import QUICK
from tasks.groups.touching import rows as groups
from tasks.groups.touching.rows import touch
from tasks.purchases import rows as purchases

CUSTOMER: Table = Customer.__table__  # type: ignore[attr-defined]
ADDRESS: Table = Address.__table__  # type: ignore[attr-defined]
C, A = CUSTOMER.c, ADDRESS.c
CHANGE = update(CUSTOMER).where(C.id == bindparam("b_id")).values(
    {name: bindparam(f"b_{name}") for name in ("code", *FIELDS, "load_id", "changed_at")}
)  # fmt: skip
LOCK = 0x07DE2
PRINTS = "address_prints"
OTHER_KEY = mark(
    "The key of the house is not the one that the stop-list was written with, so nobody in it would be known again. "
    "Put the file of secrets back from your copy."
)
LEAVE = delete(ADDRESS).where(A.customer_id == bindparam("b_id"), A.kind == bindparam("b_kind"))


@dataclass(frozen=True)
class Loading:
    """What is loaded, and by whom. `printed` is the keyed hash of an address; `midnight` the moment a day begins."""

    id: int
    source: str
    by: str
    printed: Callable[[str, str], str]
    midnight: Callable[[Any], datetime]


def known_to(session: Session, rows: Sequence[CustomerRow]) -> list[Person]:
    """All who have a code or an address that these rows name."""
    return [person for some in portions(sorted(named_by(session, rows))) for person in _people(session, some)]


def named_by(session: Session, rows: Sequence[CustomerRow]) -> set[int]:
    """The ids of all who have a code or an address that these rows name."""
    codes, values = wanted(rows)
    ids: set[int] = set()
    for some in portions(sorted(codes)):
        ids |= set(session.execute(select(C.id).where(C.code.in_(some))).scalars())
    for kind, named in values.items():
        for some in portions(sorted(named)):
            query = select(A.customer_id).where(A.kind == kind, A.value.in_(some))
            ids |= set(session.execute(query).scalars())
    return ids


def _people(session: Session, ids: Sequence[int]) -> Iterable[Person]:
    addresses: dict[int, dict[str, tuple[str, str]]] = {}
    found = session.execute(select(A.customer_id, A.kind, A.value, A.written).where(A.customer_id.in_(ids)))
    for id, kind, value, written in found.tuples():
        addresses.setdefault(id, {})[kind] = (value, written)
    for row in session.execute(select(CUSTOMER).where(C.id.in_(ids)).order_by(C.id)).mappings():
        yield Person(row["id"], row["code"] or "", {name: row[name] for name in FIELDS}, addresses.get(row["id"], {}))


def load(
    session: Session, clock: Clock, rows: Sequence[CustomerRow], of: Loading
) -> tuple[list[Person], list[Outcome], Counter[str]]:
    """Let these rows say what they say: whom they were of, what became of each, and how much was agreed to.

    Who loads others meanwhile waits for the end of the transaction, so that nobody comes in twice.
    """
    wait_for_the_base(session)
    erased = _erased(session, rows, of)
    matching = Matching(known_to(session, rows))
    people = matching.take(row for row in rows if row.number not in erased)
    counted = _keep(session, clock, people, of)
    return people, [*matching.outcomes, *(Outcome(number, What.ERASED) for number in sorted(erased))], counted


def wait_for_the_base(session: Session) -> None:
    """Let nobody else add or join customers before this transaction ends (on SQLite nobody writes meanwhile at all)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _erased(session: Session, rows: Sequence[CustomerRow], of: Loading) -> set[int]:
    """The rows of people who have asked to be erased: their addresses are known, and their code."""
    named = [(row.number, print_) for row in rows for print_ in prints_of(row, of.printed)]
    stopped = barred(session, {print_ for _, print_ in named})
    return {number for number, print_ in named if stopped.get(print_) is Barred.ERASED}


def prints_of(row: CustomerRow, printed: Callable[[str, str], str]) -> list[str]:
    """What a stop-list would know this row by."""
    codes = [printed(CODE, row.code)] if row.code else []
    return [*(printed(one.kind, one.value) for one in row.addresses), *codes]


def _keep(session: Session, clock: Clock, people: Sequence[Person], of: Loading) -> Counter[str]:
    now = now_by(clock, session)
    changed = [one for one in people if not one.is_new and (one.is_changed or one.absorbed)]
    new = [one for one in people if one.is_new]
    gone = [(former, one) for one in people for former in one.absorbed]
    _leave(session, [former for former, _ in gone])
    _add(session, new, of, now)
    _join(session, {former: one.id for former, one in gone}, now)
    many(session, CHANGE, [_row(one, of, now, "b_") | {"b_id": one.id} for one in changed])
    _reach(session, people, of, now)
    purchases.link(session, of.printed, [(one.id, _named_anew(one)) for one in people if one.is_new or one.is_changed])
    touch(session, [one.id for one in people if one.is_new or one.is_changed or one.absorbed])
    counted = _agree(session, clock, people, of, now)
    follow(session, clock, A.customer_id.in_([one.id for one in people]))
    return counted


def ids(session: Session) -> set[int]:
    """All customers there are."""
    return set(session.execute(select(C.id)).scalars())


def check_prints(session: Session, clock: Clock, printed: Callable[[str, str], str]) -> None:
    """Refuse to go on with another key than the one the ledger and the stop-list were written with. Raises Refused.

    By another key nobody in the stop-list would be known again.
    """
    mark_ = {"name": PRINTS, "value": printed(PRINTS, PRINTS), "at": now_by(clock, session)}
    session.execute(insert_quietly(session, Mark, ["name"]), [mark_])
    if session.get_one(Mark, PRINTS).value != mark_["value"]:
        raise Refused(because(OTHER_KEY, code="other_key"))


def begin(session: Session, clock: Clock, source: str, file: str, total: int, by: str) -> CustomerLoad:
    """The loading of this source: begun now, or as far as it was when somebody was killed at it."""
    row = CustomerLoad(source=source, file=file, total=total, loaded_by=by, loaded_at=now_by(clock, session))
    session.execute(insert_quietly(session, CustomerLoad, ["source"]), [row.model_dump(exclude={"id"})])
    return session.execute(select(CustomerLoad).where(col(CustomerLoad.source) == source)).scalar_one()


def went_on(session: Session, id: int, behind: int, done: int, counts: dict[str, int]) -> bool:
    """Keep how far the loading is; False where somebody else is further."""
    mine = (col(CustomerLoad.id) == id, col(CustomerLoad.done) == behind)
    change = update(CustomerLoad).where(*mine).values(done=done, counts=counts)
    return bool(session.execute(change, execution_options=QUICK).rowcount)  # type: ignore[attr-defined]


def finish(session: Session, clock: Clock, id: int) -> None:
    change = update(CustomerLoad).where(col(CustomerLoad.id) == id).values(applied_at=clock.plus())
    session.execute(change, execution_options=QUICK)


def _leave(session: Session, ids: Sequence[int]) -> None:
    """Those who turned out to be another leave their addresses to them."""
    for some in portions(ids):
        session.execute(delete(ADDRESS).where(A.customer_id.in_(some)))


def _join(session: Session, into: Mapping[int, int], now: datetime) -> None:
    """They go; what they agreed to for themselves, what they bought and hold is the other's now."""
    copy_personal(session, into, now)
    cards.move(session, into)
    purchases.move(session, into)
    groups.move(session, into)
    for some in portions(sorted(into)):
        session.execute(delete(CUSTOMER).where(C.id.in_(some)))


def _named_anew(one: Person) -> list[tuple[str, str]]:
    """By what somebody is known from now on, who was not by it before."""
    codes = [(CODE, one.code)] if one.code and one.before[0] != one.code else []
    return [*codes, *((kind, value) for kind, (value, _) in one.reached_anew.items())]


def _add(session: Session, new: Sequence[Person], of: Loading, now: datetime) -> None:
    """New customers under numbers nobody has had: all at once, which asking for their numbers would not allow."""
    for one, id in zip(new, _numbers(session, len(new)), strict=True):
        one.id = id
    told = {"source": of.source, "created_at": now}
    many(session, insert(CUSTOMER), [_row(one, of, now) | told | {"id": one.id} for one in new])


def _numbers(session: Session, many_: int) -> Sequence[int]:
    if session.get_bind().dialect.name == "postgresql":
        next_ = select(func.nextval(func.pg_get_serial_sequence("customer", "id")))
        return session.execute(next_.select_from(func.generate_series(1, many_))).scalars().all()
    last = session.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'customer'")).scalar() or 0
    return range(last + 1, last + 1 + many_)


def _row(one: Person, of: Loading, now: datetime, before: str = "") -> dict[str, Any]:
    said = {"code": one.code or None, "load_id": of.id, "changed_at": now} | one.fields
    return {f"{before}{name}": value for name, value in said.items()}


def _reach(session: Session, people: Sequence[Person], of: Loading, now: datetime) -> None:
    anew = [(one.id, kind, *way) for one in people for kind, way in one.reached_anew.items()]
    many(session, LEAVE, [{"b_id": id, "b_kind": kind} for id, kind, _, _ in anew])
    many(session, insert(ADDRESS), [
        {"customer_id": id, "kind": kind, "value": value, "written": written, "print": of.printed(kind, value),
         "open": False, "since": now}
        for id, kind, value, written in anew
    ])  # fmt: skip


def _agree(session: Session, clock: Clock, people: Sequence[Person], of: Loading, now: datetime) -> Counter[str]:
    """Record what the rows say of consents; a "no" where a consent is in force withdraws it, and is said once."""
    said = [(one, row, agreed) for one in people for row in one.rows for agreed in row.agreed]
    lines = [line for one, row, agreed in said for line in _lines(one, row, agreed, of, now)]
    counted = Counter(agreed=record(session, [line for line in lines if line["act"] == Act.GIVEN]))
    refused = [line for line in lines if line["act"] == Act.WITHDRAWN]
    mine = standings(session, clock, {line["print"] for line in refused if line["print"]})
    theirs = personal_standings(session, clock, {line["customer_id"] for line in refused if not line["print"]})
    counted["withdrawn"] = record(session, [
        line for line in refused
        if (mine.get(line["print"], UNSAID) if line["print"] else theirs.get(line["customer_id"], UNSAID)).in_force
    ])  # fmt: skip
    stop = [(kind, of.printed(kind, value)) for one in people if any(row.refused for row in one.rows)
            for kind, (value, _) in one.addresses.items()]  # fmt: skip
    counted["refused"] = bar(session, clock, stop, Barred.IMPORTED, of.source, of.by)
    return counted


def _lines(one: Person, row: CustomerRow, agreed: Agreed, of: Loading, now: datetime) -> list[dict[str, Any]]:
    """The lines of the ledger that a row's word comes to: of each address it is for, or the customer's own."""
    at = now if agreed.act is Act.WITHDRAWN else of.midnight(agreed.on)
    line = {
        "customer_id": one.id, "purpose": agreed.purpose.value, "act": agreed.act.value, "wording": agreed.wording,
        "via": agreed.via, "source": of.source, "proof": agreed.proof, "at": at, "recorded_at": now,
        "recorded_by": of.by,
    }  # fmt: skip
    stamp = f"{agreed.purpose}:{agreed.act}:{at.isoformat()}"
    if agreed.purpose is Purpose.PERSONAL:
        return [line | {"kind": "", "print": "", "once": f"{one.id}:{stamp}"}]
    meant = [way for way in row.addresses if agreed.kind in (None, way.kind)]
    mine = [way for way in meant if one.addresses.get(way.kind, ("",))[0] == way.value]
    prints = [(way.kind.value, of.printed(way.kind, way.value)) for way in mine]
    return [line | {"kind": kind, "print": print_, "once": f"{print_}:{stamp}"} for kind, print_ in prints]
