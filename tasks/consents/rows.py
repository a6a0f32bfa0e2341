"""The ledger of consents and the stop-list as rows. Sessions are given; nothing here opens or commits one.

Whoever changes either calls `follow` in the same transaction: whether an address is open is kept beside it.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased
from sqlmodel import col

from models.customers import LEDGER, Act, Address, Barred, ConsentAct, Purpose, Suppression
from models.database import Clock, now_by, portions
from tasks.consents.law import UNSAID, Standing, objection
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK
from tasks.groups.touching.rows import touch, touch_all_of

IN_FORCE = col(Suppression.lifted_at).is_(None)


def agreed(purpose: Purpose, now: Any, whose: str, is_: Any) -> ColumnElement[bool]:
    """Whether a consent is in force: it was given, and not withdrawn in that moment or later.

    `whose` is the column of the ledger that says whose it is, `is_` what stands in it. The inner question is tied to
    the outer one alone: tied to the row that is asked about, it would silently be about any row in an UPDATE.
    """
    given, withdrawn = aliased(ConsentAct), aliased(ConsentAct)
    later = exists().where(
        getattr(withdrawn, whose) == getattr(given, whose), col(withdrawn.purpose) == purpose,
        col(withdrawn.act) == Act.WITHDRAWN, col(withdrawn.at) >= col(given.at), col(withdrawn.at) <= now,
    )  # fmt: skip
    return exists().where(
        getattr(given, whose) == is_, col(given.purpose) == purpose, col(given.act) == Act.GIVEN,
        col(given.at) <= now, ~later,
    )  # fmt: skip


def is_barred() -> ColumnElement[bool]:
    return exists().where(col(Suppression.print) == col(Address.print), IN_FORCE)


def may_advertise(now: Any) -> ColumnElement[bool]:
    """Whether advertising may go to an address: the law of `tasks.consents.law`, in the words of the database."""
    return and_(
        ~is_barred(),
        agreed(Purpose.ADVERTISING, now, "print", col(Address.print)),
        agreed(Purpose.PERSONAL, now, "customer_id", col(Address.customer_id)),
    )


def follow(session: Session, clock: Clock, which: ColumnElement[bool]) -> int:
    """Let these addresses be open or not as consents and stop-list have it now; returns how many changed."""
    standing = may_advertise(clock.plus())
    turned = or_(and_(col(Address.open), ~standing), and_(~col(Address.open), standing))
    change = update(Address).where(which, turned).values(open=~col(Address.open)).returning(col(Address.customer_id))
    changed = session.execute(change, execution_options=QUICK).scalars().all()
    touch(session, changed)
    return len(changed)


def record(session: Session, lines: Sequence[Mapping[str, Any]]) -> int:
    """Write these lines into the ledger, each once; returns how many are new."""
    if not lines:
        return 0
    write = insert_quietly(session, LEDGER, ["once"]).returning(LEDGER.c.id)
    new = len(session.connection().execute(write, [dict(line) for line in lines]).all())
    if new:
        touch(session, [line["customer_id"] for line in lines])
        for some in portions(sorted({line["print"] for line in lines if line["print"]})):
            touch_all_of(session, select(col(Address.customer_id)).where(col(Address.print).in_(some)))
    return new


def standings(session: Session, clock: Clock, prints: Collection[str]) -> dict[str, Standing]:
    """How consent to advertising stands for each of these addresses, by print; who is missing has none."""
    return _standings(session, clock, col(ConsentAct.print), Purpose.ADVERTISING, sorted(set(prints)))


def personal_standings(session: Session, clock: Clock, customers: Collection[int]) -> dict[int, Standing]:
    """How consent to the use of personal data stands for each of these customers."""
    return _standings(session, clock, col(ConsentAct.customer_id), Purpose.PERSONAL, sorted(set(customers)))


def _standings(session: Session, clock: Clock, of: Any, purpose: Purpose, wanted: Sequence[Any]) -> dict[Any, Standing]:
    found: dict[Any, Standing] = {}
    at, act = col(ConsentAct.at), col(ConsentAct.act)
    said_by_now = (col(ConsentAct.purpose) == purpose, at <= clock.plus())
    for some in portions(wanted):
        lines = select(of, act, func.max(at)).where(of.in_(some), *said_by_now)
        for whose, said, last in session.execute(lines.group_by(of, act)).tuples():
            found[whose] = found.get(whose, UNSAID).after(Act(said), last)
    return found


def barred(session: Session, prints: Collection[str]) -> dict[str, Barred]:
    """Which of these addresses stand in the stop-list, and why; of several reasons the first, or that of an erasure."""
    found: dict[str, Barred] = {}
    for some in portions(sorted(set(prints))):
        lines = select(col(Suppression.print), col(Suppression.why)).where(col(Suppression.print).in_(some), IN_FORCE)
        first_last = (col(Suppression.why) == Barred.ERASED, col(Suppression.id).desc())
        for print_, why in session.execute(lines.order_by(*first_last)).tuples():
            found[print_] = Barred(why)
    return found


def reach(session: Session, clock: Clock, customers: Sequence[int]) -> Counter[tuple[str, str]]:
    """How many addresses of these customers, by kind, may be sent advertising ("") and why the others may not."""
    counted: Counter[tuple[str, str]] = Counter()
    for some in portions(customers):
        query = select(col(Address.customer_id), col(Address.kind), col(Address.print))
        ways = session.execute(query.where(col(Address.customer_id).in_(some))).tuples().all()
        prints = {print_ for _, _, print_ in ways}
        mine, theirs = standings(session, clock, prints), personal_standings(session, clock, {id for id, _, _ in ways})
        stopped = barred(session, prints)
        counted.update(
            (kind, objection(mine.get(print_, UNSAID), theirs.get(id, UNSAID), stopped.get(print_)).code)
            for id, kind, print_ in ways
        )
    return counted


def copy_personal(session: Session, into: Mapping[int, int], now: datetime) -> None:
    """What one of these agreed to for themselves is the other's too: they are one customer, as {former: now}.

    `once` begins with whose it is, so what both have said is there once.
    """
    query = select(ConsentAct).where(col(ConsentAct.customer_id).in_(into), col(ConsentAct.purpose) == Purpose.PERSONAL)
    record(session, [
        row.model_dump(exclude={"id"})
        | {"once": f"{into[row.customer_id]}:{row.once.partition(':')[2]}", "customer_id": into[row.customer_id],
           "recorded_at": now}
        for row in session.execute(query.order_by(col(ConsentAct.id))).scalars()
    ])  # fmt: skip


def bar(
    session: Session, clock: Clock, addresses: Sequence[tuple[str, str]], why: Barred, source: str, by: str = "",
    note: str = "",
) -> int:  # fmt: skip
    """Put these addresses, as (kind, print), into the stop-list; one that stands there stays as it is.

    An erasure is added to whatever stands there: by it a table that is loaded again knows whom to leave out.
    """
    wanted = dict.fromkeys(addresses)
    reasons = barred(session, [print_ for _, print_ in wanted])
    there = {print_ for print_, former in reasons.items() if former is why or why is not Barred.ERASED}
    new = [
        {"kind": kind, "print": print_, "why": why.value, "source": source, "note": note, "by": by,
         "since": now_by(clock, session), "lifted_at": None, "lifted_by": "", "lifted_why": ""}
        for kind, print_ in wanted if print_ not in there
    ]  # fmt: skip
    if new:
        session.execute(insert(Suppression), new)
    return len(new)


def lift(session: Session, clock: Clock, id: int, by: str, why: str) -> bool:
    """Take one line of the stop-list out of force; of two at once one has done it."""
    change = update(Suppression).where(col(Suppression.id) == id, IN_FORCE)
    lifted = change.values(lifted_at=clock.plus(), lifted_by=by, lifted_why=why)
    return bool(session.execute(lifted, execution_options=QUICK).rowcount)  # type: ignore[attr-defined]


def stop_lines(session: Session, prints: Collection[str]) -> list[Suppression]:
    """All lines of the stop-list about these addresses: those in force first, then the newest."""
    query = select(Suppression).where(col(Suppression.print).in_(prints))
    return list(session.execute(query.order_by(IN_FORCE.desc(), col(Suppression.id).desc())).scalars())


def ledger(session: Session, customer: int, prints: Collection[str], most: int | None = None) -> list[ConsentAct]:
    """What this customer agreed to, and what was said for these addresses whoever had them; the newest first."""
    theirs = or_(col(ConsentAct.customer_id) == customer, col(ConsentAct.print).in_(prints))
    newest = (col(ConsentAct.at).desc(), col(ConsentAct.id).desc())
    return list(session.execute(select(ConsentAct).where(theirs).order_by(*newest).limit(most)).scalars())


def has_said(session: Session, line: Mapping[str, Any], begins: datetime, ends: datetime) -> bool:
    """Whether the ledger has this very line already, said at another hour of the same day."""
    same = [getattr(ConsentAct, name) == line[name]
            for name in ("customer_id", "purpose", "act", "print", "proof", "wording")]  # fmt: skip
    on_that_day = (col(ConsentAct.at) >= begins, col(ConsentAct.at) < ends)
    return bool(session.execute(select(exists().where(*same, *on_that_day))).scalar())
