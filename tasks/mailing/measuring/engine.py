"""Tells the registry how the letters of a mailing stand. It knows no Prefect."""

from sqlalchemy.orm import Session

from models.database import now_by
from models.mailings import Mailing, Stage
from tasks.house import House
from tasks.mailing.measuring import facts
from tasks.mailing.running import rows
from tasks.registry.rows import record

OVER = (Stage.SENT, Stage.CANCELLED)


def measure(session: Session, house: House, mailing: int, run: str = "") -> int:
    """Write down how many letters came to what, each number once; returns how many facts are new.

    Only of a mailing that is over: until then its numbers stand on its page, and are nobody's result yet.
    """
    row = session.get_one(Mailing, mailing, populate_existing=True)
    if row.stage not in OVER:
        return 0
    counts, known = rows.counts(session, mailing), rows.standing_facts(session, mailing, facts.METRICS)
    prices = {card.key: card.price for card in house.mailers}
    currency, at = house.workspace.company.currency, now_by(house.clock, session)
    return record(session, facts.observed(row, counts, known, prices, currency, at, run), house.clock)
