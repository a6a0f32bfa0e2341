"""Cards, links and the program of points in the database. Sessions are given; nothing here opens or commits one."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.cards import PersonalPage, PointsCounted, PointsProgram, ProgramTerms
from models.customer_groups import CustomerGroup
from models.customers import Customer
from models.loyalty import Account, Card, CardState, PointsBalance, PointsEntry, PointsLot, PointsMove
from models.purchases import Receipt
from models.registry import Fact
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK
from tasks.groups.belonging import in_group

A_PAGE = 100  # receipts
ENDED = func.coalesce(func.sum(col(PointsLot.left)), 0)

# Cards.


def card_by_id(session: Session, id: int) -> Card | None:
    return session.get(Card, id)


def cards_of(session: Session, customer: int) -> list[Card]:
    """All cards a client has or had, the newest first."""
    query = select(Card).where(col(Card.customer_id) == customer).order_by(col(Card.id).desc())
    return list(session.execute(query).scalars())


def numbers_of(session: Session, customers: Collection[int]) -> dict[int, str]:
    """The numbers of the good cards of these clients; of several the newest."""
    mine = (col(Card.customer_id).in_(customers), col(Card.state) == CardState.LIVE)
    query = select(col(Card.customer_id), col(Card.number)).where(*mine).order_by(col(Card.id))
    return {int(whose or 0): number for whose, number in session.execute(query).tuples()}


def balances(session: Session, customers: Collection[int], today: date) -> dict[int, int]:
    """What these clients may spend: without points that have ended, and go from the ledger at night."""
    whose, points = col(PointsBalance.customer_id), col(PointsBalance.points)
    over = select(ENDED).where(col(PointsLot.customer_id) == whose, *_over(today)).scalar_subquery()
    query = select(whose, points - over).where(whose.in_(customers))
    return {customer: int(points) for customer, points in session.execute(query).tuples()}


def may_spend(session: Session, customer: int, today: date) -> int:
    return balances(session, [customer], today).get(customer, 0)


def _over(today: date) -> tuple[ColumnElement[bool], ...]:
    return (col(PointsLot.left) > 0, col(PointsLot.ends_on) < today)


def _has_card() -> ColumnElement[bool]:
    return exists().where(col(Card.customer_id) == col(Customer.id), col(Card.state) == CardState.LIVE)


def without_card(session: Session, group: int, after: int, most: int) -> list[int]:
    """Members of a group who have no good card, by their numbers from `after` on."""
    number = col(Customer.id)
    query = select(number).where(number.in_(in_group(group)), number > after, ~_has_card()).order_by(number).limit(most)
    return [int(one or 0) for one in session.execute(query).scalars()]


def members(session: Session, group: int) -> int:
    query = select(func.count()).select_from(in_group(group).subquery())
    return session.execute(query).scalar_one()


def add_cards(session: Session, numbers: Mapping[str, int], by: str, at: datetime) -> set[int]:
    """Put these cards in, by number whose; returns whose went in. A number that somebody has already is left out."""
    values = [
        {"number": number, "customer_id": whose, "state": CardState.LIVE, "replaces": None, "why": "", "made_by": by,
         "made_at": at, "changed_at": None} for number, whose in numbers.items()
    ]  # fmt: skip
    session.execute(insert_quietly(session, Card, ["number"]), values)
    written = select(col(Card.number), col(Card.customer_id)).where(col(Card.number).in_(numbers))
    return {numbers[number] for number, whose in session.execute(written).tuples() if whose == numbers[number]}


def issued(session: Session) -> int:
    """How many cards are good."""
    query = select(func.count()).select_from(Card).where(col(Card.state) == CardState.LIVE)
    return session.execute(query).scalar_one()


def group_called(session: Session, key: str) -> CustomerGroup | None:
    query = select(CustomerGroup).where(col(CustomerGroup.key) == key)
    return session.execute(query).scalar_one_or_none()


def groups(session: Session) -> dict[str, str]:
    """Customer groups in use, titles by their keys."""
    query = select(col(CustomerGroup.key), col(CustomerGroup.title)).where(col(CustomerGroup.archived_at).is_(None))
    return dict(session.execute(query.order_by(col(CustomerGroup.title))).tuples().all())


# Links to the personal page.


def turn_of(session: Session, customer: int) -> int | None:
    """Which links open the page of this client; None where there is no such client (any more)."""
    return turns_of(session, [customer]).get(customer)


def turns_of(session: Session, customers: Collection[int]) -> dict[int, int]:
    query = (
        select(col(Customer.id), func.coalesce(col(PersonalPage.turn), 0))
        .join(PersonalPage, col(PersonalPage.customer_id) == col(Customer.id), isouter=True)
        .where(col(Customer.id).in_(customers))
    )  # fmt: skip
    return {int(id or 0): int(turn) for id, turn in session.execute(query).tuples()}


def close_links(session: Session, customer: int, why: str, by: str, at: datetime) -> None:
    """Let no link that was given out so far open the page."""
    row = {"customer_id": customer, "turn": 0, "why": "", "by": "", "changed_at": at}
    session.execute(insert_quietly(session, PersonalPage, ["customer_id"]), [row])
    done = update(PersonalPage).where(col(PersonalPage.customer_id) == customer)
    done = done.values(turn=col(PersonalPage.turn) + 1, why=why, by=by, changed_at=at)
    session.execute(done, execution_options=QUICK)


# The program.


def program(session: Session) -> ProgramTerms | None:
    row = last_program(session)
    return ProgramTerms.model_validate(row.terms) if row else None


def program_at(session: Session, at: datetime) -> ProgramTerms | None:
    """What was in force at a moment."""
    then = select(PointsProgram).where(col(PointsProgram.at) <= at).order_by(col(PointsProgram.id).desc()).limit(1)
    row = session.execute(then).scalar_one_or_none()
    return ProgramTerms.model_validate(row.terms) if row else None


def last_program(session: Session) -> PointsProgram | None:
    query = select(PointsProgram).order_by(col(PointsProgram.id).desc()).limit(1)
    return session.execute(query).scalar_one_or_none()


def add_program(session: Session, terms: ProgramTerms, why: str, by: str, at: datetime) -> None:
    session.add(PointsProgram(terms=terms.model_dump(mode="json"), why=why, by=by, at=at))
    session.flush()


def spent(session: Session, customers: Sequence[int], since: datetime) -> dict[int, int]:
    """What these clients have spent since then, returns taken off."""
    query = (
        select(col(Receipt.customer_id), func.sum(col(Receipt.amount)))
        .where(col(Receipt.customer_id).in_(customers), col(Receipt.at) >= since).group_by(col(Receipt.customer_id))
    )  # fmt: skip
    return {int(id or 0): max(0, int(amount)) for id, amount in session.execute(query).tuples()}


# Receipts and the points that they come to.


def uncounted(
    session: Session, since: datetime, is_return: bool, after: int, most: int
) -> list[tuple[Receipt, PointsCounted | None]]:
    """Receipts of clients with a card that the program has not counted, or that were told otherwise since."""
    receipt, amount, whose = col(Receipt.id), col(Receipt.amount), col(Receipt.customer_id)
    has_card = exists().where(col(Card.customer_id) == col(Receipt.customer_id), col(Card.state) == CardState.LIVE)
    query = (
        select(Receipt, PointsCounted).join(PointsCounted, col(PointsCounted.receipt_id) == receipt, isouter=True)
        .where(
            col(Receipt.at) >= since, receipt > after, has_card, amount < 0 if is_return else amount >= 0,
            or_(col(PointsCounted.receipt_id).is_(None), col(PointsCounted.amount) != amount,
                col(PointsCounted.customer_id) != whose),
        ).order_by(receipt).limit(most)
    )  # fmt: skip
    return [(receipt, counted) for receipt, counted in session.execute(query).tuples()]


@contextmanager
def counted_before(session: Session, receipt: Receipt) -> Iterator[Iterable[tuple[int, int]]]:
    """What of the same client was counted of receipts before this one: (amount, points), the latest first."""
    at, id = col(Receipt.at), col(Receipt.id)
    query = (
        select(col(PointsCounted.amount), col(PointsCounted.points)).join(Receipt, id == col(PointsCounted.receipt_id))
        .where(
            col(Receipt.customer_id) == receipt.customer_id, col(PointsCounted.customer_id) == receipt.customer_id,
            at <= receipt.at, or_(at < receipt.at, id < receipt.id),
        ).order_by(at.desc(), id.desc())
    )  # fmt: skip
    with session.execute(query, execution_options={"yield_per": A_PAGE}) as found:
        yield found.tuples()


def counted(session: Session, receipt: int) -> PointsCounted | None:
    return session.get(PointsCounted, receipt, populate_existing=True)


def stay(session: Session, customers: Collection[int]) -> set[int]:
    """Those of these clients who are still there: nobody erases or joins them until this transaction ends."""
    query = select(col(Customer.id)).where(col(Customer.id).in_(customers)).order_by(col(Customer.id))
    return {int(id or 0) for id in session.execute(query.with_for_update(read=True, key_share=True)).scalars()}


def count_all(session: Session, marks: Sequence[PointsCounted]) -> None:
    """Mark receipts as counted for the first time; one that is marked already stays as it is."""
    if marks:
        session.execute(insert_quietly(session, PointsCounted, ["receipt_id"]), [one.model_dump() for one in marks])


def count(session: Session, row: PointsCounted) -> None:
    """Mark a receipt as counted, whoever else has meanwhile."""
    session.execute(insert_quietly(session, PointsCounted, ["receipt_id"]), [row.model_dump()])
    told = update(PointsCounted).where(col(PointsCounted.receipt_id) == row.receipt_id)
    done = told.values(**row.model_dump(exclude={"receipt_id"}))
    session.execute(done, execution_options=QUICK)


# The ledger, as it is shown and summed up.


def moves(session: Session, customer: int, most: int | None) -> list[PointsMove]:
    """What happened to a client's points, the newest first."""
    query = select(PointsMove).where(col(PointsMove.customer_id) == customer)
    return list(session.execute(query.order_by(col(PointsMove.id).desc()).limit(most)).scalars())


def sides(session: Session, of: Iterable[int]) -> dict[int, list[tuple[str, int]]]:
    """Both sides of these moves, the client's first."""
    found: dict[int, list[tuple[str, int]]] = {}
    query = select(PointsEntry).where(col(PointsEntry.move_id).in_(list(of)))
    for row in session.execute(query).scalars():
        found.setdefault(row.move_id, []).append((row.account, row.points))
    return {id: sorted(rows, key=lambda one: one[0] != Account.CLIENT) for id, rows in found.items()}


def ending_next(session: Session, customer: int, today: date) -> tuple[date, int] | None:
    """The last day of the points that end next, and how many they are."""
    day = col(PointsLot.ends_on)
    query = (
        select(day, func.sum(col(PointsLot.left))).where(col(PointsLot.customer_id) == customer, day.is_not(None))
        .where(col(PointsLot.left) > 0, day >= today).group_by(day).order_by(day).limit(1)
    )  # fmt: skip
    row = session.execute(query).tuples().first()
    return (row[0], int(row[1])) if row and row[0] else None


def outstanding(session: Session, today: date) -> int:
    """How many points all clients may spend."""
    there = session.execute(select(func.coalesce(func.sum(col(PointsBalance.points)), 0))).scalar_one()
    return int(there) - int(session.execute(select(ENDED).where(*_over(today))).scalar_one())


def fact_key(metric: str, day: date) -> str:
    return f"{metric}:{day}"


def without_fact(session: Session, metric: str, days: Sequence[date]) -> list[date]:
    """Those of these days of which the registry has no such fact."""
    keys = [fact_key(metric, day) for day in days]
    there = set(session.execute(select(col(Fact.key)).where(col(Fact.key).in_(keys))).scalars())
    return [day for day, key in zip(days, keys, strict=True) if key not in there]


def moved_between(session: Session, since: datetime, until: datetime) -> dict[str, int]:
    """Points by what happened to them, within a period."""
    query = (
        select(col(PointsMove.what), func.sum(col(PointsMove.points)))
        .where(col(PointsMove.at) >= since, col(PointsMove.at) < until).group_by(col(PointsMove.what))
    )  # fmt: skip
    return {what: int(points) for what, points in session.execute(query).tuples()}


# Erasure.


def forget(session: Session, customer: int, why: str, at: datetime) -> int:
    """Cards are good no more and nobody's, links open nothing; returns how many cards. The ledger names a number."""
    mine = col(Card.customer_id) == customer
    number = session.execute(select(func.count()).select_from(Card).where(mine)).scalar_one()
    live = update(Card).where(mine, col(Card.state) == CardState.LIVE)
    session.execute(live.values(state=CardState.BLOCKED, changed_at=at), execution_options=QUICK)
    session.execute(update(Card).where(mine).values(customer_id=None, why=why), execution_options=QUICK)
    session.execute(delete(PersonalPage).where(col(PersonalPage.customer_id) == customer))
    said = update(PointsMove).where(col(PointsMove.customer_id) == customer, col(PointsMove.said) != "")
    session.execute(said.values(said=""), execution_options=QUICK)
    return number
