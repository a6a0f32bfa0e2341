"""What a check asks the rows: whom a mailing reaches, who has tried it. Sessions are given; none is opened here."""

from collections.abc import Collection

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from models.customers import Address, AddressKind, Customer
from models.delivery import OUT
from models.letters import Ground
from models.mailings import Mailing, MailTest
from models.piece import OfferRow
from models.reaction import Mark
from tasks.groups.recipients import left_out, recipients
from tasks.mailing.composed.outside import Outside, kept, read

WIDEST = 200  # characters: nobody's name is longer, whatever stands in a record


def whom(mailing: Mailing, kind: AddressKind) -> Select[tuple[int, int]]:
    """Who may be sent it by this kind of address: consent, stop-list and control groups are applied."""
    named = mailing.groups
    return recipients(named.get("include") or (), named.get("exclude") or (), kind, Ground(mailing.ground))


def left_out_of(mailing: Mailing, kind: AddressKind) -> Select[tuple[int, int]]:
    """Who would be sent it by this kind of address, and is in a control group."""
    named = mailing.groups
    return left_out(named.get("include") or (), named.get("exclude") or (), kind)


def reach(session: Session, mailing: Mailing, kind: AddressKind) -> dict[AddressKind, int]:
    """How many would get it by the main mailer, which writes to `kind`, and how many more by the cascade."""
    if not mailing.groups.get("include"):
        return {}
    main = whom(mailing, kind).subquery()
    found = {kind: session.execute(select(func.count()).select_from(main)).scalar_one()}
    if mailing.cascade and kind is AddressKind.EMAIL:
        second = whom(mailing, AddressKind.PHONE).where(col(Address.customer_id).not_in(select(main.c.customer_id)))
        found[AddressKind.PHONE] = session.execute(select(func.count()).select_from(second.subquery())).scalar_one()
    return found


def feed_stamp(session: Session) -> list[str]:
    """What the product feed is known by: it is another when it was read anew, or a price is."""
    query = select(func.count(), func.max(col(OfferRow.read_at)), func.sum(col(OfferRow.price))).select_from(OfferRow)
    return [str(part) for part in session.execute(query).one()]


def offers_of(session: Session, ids: Collection[str]) -> list[OfferRow]:
    """These products, as the feed has them now."""
    return list(session.execute(select(OfferRow).where(col(OfferRow.id).in_(ids))).scalars())


def tested(session: Session, mailing: int) -> list[str]:
    """The colleagues to whom a test of this mailing went."""
    query = select(col(MailTest.person)).where(col(MailTest.mailing_id) == mailing, col(MailTest.state).in_(OUT))
    return sorted(set(session.execute(query).scalars()))


def keep_outside(session: Session, mailing: int, looked: Outside) -> None:
    """Keep what was looked at outside of a mailing; a later look takes its place."""
    session.merge(Mark(name=_outside(mailing), value=kept(looked), at=looked.at))


def outside(session: Session, mailing: int) -> Outside | None:
    """What was looked at outside of it last."""
    found = session.get(Mark, _outside(mailing))
    return read(found.value) if found else None


def _outside(mailing: int) -> str:
    return f"mailing:{mailing}:outside"


def longest(session: Session) -> dict[str, int]:
    """How long the longest value of a field is among the customers; names and towns vary most."""
    query = select(func.max(func.length(Customer.name)), func.max(func.length(Customer.city)))
    name, city = session.execute(query).one()
    return {"name": min(name or 0, WIDEST), "city": min(city or 0, WIDEST)}
