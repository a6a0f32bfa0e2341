"""The list of a mailing as rows. Sessions are given; nothing here opens or commits one."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customers import Address, AddressKind, Customer
from models.database import Clock, Moment
from models.delivery import State
from models.mailings import Mailing, Stage
from tasks.delivery.statements import QUICK
from tasks.groups.control import in_control
from tasks.mailing.lists.plan import WHOLE, Listing
from tasks.mailing.statements import MESSAGE, M
from tasks.returns.owed.rows import CONTROL

# A domain is counted by itself where so many of a list are; a rarer one would name whoever it belongs to.
COUNTED_FROM = 20
WAITS, WAITS_FOR_CODE, KEPT_FROM = "waits_for_winner", "waits_for_code", "control"
ONCE = ("mailing_id", "customer_id", "kind", "occasion")
COLUMNS = ("mailing_id", "customer_id", "kind", "occasion", "print", "variant", "account", "domain", "zone", "state",
           "due_at", "token", "generation", "attempts", "pieces", "remote_id", "why")  # fmt: skip


def zones_of(session: Session, whom: Select[Any], outlets: Mapping[str, str]) -> list[str]:
    """The zones that the recipients live in; "" where nothing says it."""
    found = whom.subquery()
    query = select(_zone(outlets)).select_from(found).join(Customer, col(Customer.id) == found.c.customer_id)
    return sorted(session.execute(query.distinct()).scalars())


def enlist(session: Session, whom: Select[Any], of: Listing, outlets: Mapping[str, str]) -> int:
    """Put all of these, as (customer_id, id of the address), on the list; who stands there stays. Returns how many.

    `outlets` are the zones of outlets by key.
    """
    found, domain = whom.subquery(), _domain(session, of.kind)
    listed = (
        select(col(Address.customer_id), col(Address.print), domain.label("domain"), _zone(outlets).label("zone"))
        .select_from(found).join(Address, col(Address.id) == found.c.id)
        .join(Customer, col(Customer.id) == col(Address.customer_id))
    ).cte("listed")  # fmt: skip
    many = select(listed.c.domain).group_by(listed.c.domain).having(func.count() >= COUNTED_FROM)
    drawn = _variant(of, listed.c.customer_id)
    waits = drawn == ""
    row = select(
        literal(of.mailing), listed.c.customer_id, literal(of.kind.value), literal(of.occasion), listed.c.print, drawn,
        literal(of.account), case((listed.c.domain.in_(many), listed.c.domain), else_=""), listed.c.zone,
        _state(of, waits), _due(of, listed.c.zone), literal(0), literal(0), literal(0), literal(0), literal(""),
        literal(KEPT_FROM) if of.is_control else case((waits, WAITS), else_=WAITS_FOR_CODE if of.awaits_code else ""),
    ).where(listed.c.customer_id.is_not(None))  # fmt: skip
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    write = dialect.insert(MESSAGE).from_select(COLUMNS, row)
    before = _listed(session, of)
    session.execute(write.on_conflict_do_nothing(index_elements=list(ONCE)))
    return _listed(session, of) - before


def _listed(session: Session, of: Listing) -> int:
    query = select(func.count()).where(M.mailing_id == of.mailing, M.kind == of.kind.value)
    return session.execute(query).scalar_one()


def without_letter(whom: Select[Any], mailing: int) -> Select[Any]:
    """Of these, whoever this mailing has no letter for yet: a short message goes to nobody who gets a letter."""
    has = exists().where(M.mailing_id == mailing, M.customer_id == col(Address.customer_id))
    return whom.where(~has)


def _state(of: Listing, waits: ColumnElement[bool]) -> ColumnElement[str]:
    if of.is_control:
        return literal(State.CANCELLED.value)
    return case((waits, State.HELD.value), else_=State.HELD.value if of.awaits_code else State.PLANNED.value)


def _variant(of: Listing, customer: ColumnElement[Any]) -> ColumnElement[str]:
    """Drawn by lot, the same whenever it is drawn; "" waits for the winner."""
    if of.is_control:
        return literal(CONTROL)
    if of.split.shares == ((of.split.shares[0][0], WHOLE),):
        return literal(of.split.shares[0][0])
    return case(*((in_control(of.seed, end, customer), variant) for variant, end in of.split.bounds()), else_="")


def _due(of: Listing, zone: ColumnElement[str]) -> ColumnElement[Any]:
    usual = literal(of.due_at, Moment())
    theirs = {name: literal(at, Moment()) for name, at in of.due_in.items()}
    return case(theirs, value=zone, else_=usual) if theirs else usual


def _domain(session: Session, kind: AddressKind) -> ColumnElement[str]:
    if kind is not AddressKind.EMAIL:
        return literal("")
    value = col(Address.value)
    if session.get_bind().dialect.name == "postgresql":
        return func.split_part(value, "@", 2)
    return func.substr(value, func.instr(value, "@") + 1)


def _zone(outlets: Mapping[str, str]) -> ColumnElement[str]:
    own = (col(Customer.zone) != "", col(Customer.zone))
    theirs = ((col(Customer.outlet) == key, literal(zone)) for key, zone in outlets.items() if zone)
    return case(own, *theirs, else_="")


def begin(session: Session, clock: Clock, mailing: int) -> bool:
    """The list is made, its letters may go; False where another has begun it, or it may not go any more."""
    mine = update(Mailing).where(col(Mailing.id) == mailing, col(Mailing.stage) == Stage.APPROVED)
    begun = session.execute(mine.values(stage=Stage.SENDING, listed_at=clock.plus()), execution_options=QUICK)
    return bool(begun.rowcount)  # type: ignore[attr-defined]


def due_to_begin(session: Session, clock: Clock) -> list[Mailing]:
    """Approved mailings whose time has come."""
    query = select(Mailing).where(col(Mailing.stage) == Stage.APPROVED, col(Mailing.due_at) <= clock.plus())
    return list(session.execute(query.order_by(col(Mailing.due_at), col(Mailing.id))).scalars())


def join(session: Session, rows: list[dict[str, Any]]) -> int:
    """Letters of a standing mailing, one for each occasion; a second for the same occasion is not made."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    write = dialect.insert(MESSAGE).on_conflict_do_nothing(index_elements=list(ONCE))
    return len(session.connection().execute(write.returning(M.id), rows).all()) if rows else 0


def let_winner_out(session: Session, clock: Clock, mailing: int, variant: str, awaits_code: bool = False) -> int:
    """Whoever waited for the winner gets it; returns how many. With `awaits_code` it goes once their codes are there:
    whoever gave them out may have been cut off.
    """
    waiting = (M.mailing_id == mailing, M.state == State.HELD, M.why == WAITS)
    goes = {"state": State.HELD, "why": WAITS_FOR_CODE} if awaits_code else {"state": State.PLANNED, "why": ""}
    change = update(MESSAGE).where(*waiting).values(variant=variant, due_at=clock.plus(), **goes)
    return int(session.execute(change, execution_options=QUICK).rowcount)  # type: ignore[attr-defined]


def reopen(session: Session) -> int:
    """Let those go on that were closed too early; returns how many.

    A sender that was frozen for long gives a letter back that was unknown meanwhile, and on PostgreSQL a letter that is
    let go again is not seen by whoever closes its mailing at that moment.
    """
    waits = exists().where(M.mailing_id == col(Mailing.id), M.state == State.PLANNED)
    change = update(Mailing).where(col(Mailing.stage) == Stage.SENT, waits)
    done = session.execute(change.values(stage=Stage.SENDING, finished_at=None), execution_options=QUICK)
    return int(done.rowcount)  # type: ignore[attr-defined]


def finished(session: Session, clock: Clock) -> list[int]:
    """Close the mailings of which nothing waits, or is on its way, any more; standing ones stay open."""
    open_ = exists().where(M.mailing_id == col(Mailing.id), M.state.in_([State.PLANNED, State.INTENT]))
    waits = exists().where(M.mailing_id == col(Mailing.id), M.state == State.HELD, M.why.in_([WAITS, WAITS_FOR_CODE]))
    over = (col(Mailing.stage) == Stage.SENDING, ~col(Mailing.standing), ~open_, ~waits)
    change = update(Mailing).where(*over).values(stage=Stage.SENT, finished_at=clock.plus())
    closed = session.execute(change.returning(col(Mailing.id)), execution_options=QUICK)
    return [id for id in closed.scalars() if id is not None]
