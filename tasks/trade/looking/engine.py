"""Looks after limits: reservations that ran out, counters against their rows, what was redeemed where. No Prefect."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.database import now_by
from models.locale import in_house_words, mark, translate
from models.people import Role
from tasks.house import House
from tasks.notices.rows import Message, tell
from tasks.redeeming.audit import Audit
from tasks.redeeming.audit import Off as Wrong
from tasks.redeeming.engine import Redeeming
from tasks.registry.rows import record
from tasks.trade import facts, rows

EXCEEDED = mark("Offer “{title}”: limits exceeded by what tills told of afterwards: {number}.")
WRONG_TITLE = mark("Counters of coupons do not add up: {number}")
WRONG = mark("{what} {which} of offer {offer}: it stands at {stands}, its rows come to {rows}.")
WRONG_BODY = mark(
    "Stop the offers named here, keep a copy of the database (otdel backup) and call whoever looks after Otdel: a "
    "limit may not hold.\n\n{lines}"
)
SHOWN = 20


def ledger_of(house: House) -> Redeeming:
    """The ledger of coupons of this house."""
    return Redeeming.of(house)


@dataclass(frozen=True)
class Looked:
    """`wrong` must be empty; `said` is new about limits that offline tills exceeded."""

    expired: int
    wrong: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


class Looking:
    """The limits of one house."""

    def __init__(self, house: House) -> None:
        self.house, self.ledger = house, ledger_of(house)

    @in_house_words()
    def round(self, run: str = "") -> Looked:
        """Let go what ran out, let come what waited, add everything up; tell the registry, and people what is wrong."""
        expired = self.ledger.expire()
        self.ledger.catch_up()
        audit = self.ledger.audit()
        if not audit.ok:
            audit = self.ledger.audit()  # one look more, before anybody is called
        wrong = tuple(_said(one) for one in audit.off)
        if wrong:
            self._alarm(wrong)
        return Looked(expired, wrong, tuple(self._note(audit, run)))

    def _alarm(self, wrong: Sequence[str]) -> None:
        people = [card for card in self.house.workspace.company.people if {Role.HEAD, Role.TECHNICIAN} & {*card.roles}]
        with self.house.sessions.begin() as session:
            day = now_by(self.house.clock, session).date()
            title = translate(WRONG_TITLE, number=len(wrong))
            body = translate(WRONG_BODY, lines="\n".join(wrong[:SHOWN]))
            tell(session, self.house.clock, [
                Message(f"trade:audit:{day}:{len(wrong)}:{card.key}", card.key, title, body) for card in people
            ])  # fmt: skip

    def _note(self, audit: Audit, run: str) -> list[str]:
        """Tell the registry how limits hold and what was redeemed where; returns what is new and has to be said."""
        said = []
        with self.house.sessions.begin() as session:
            now = now_by(self.house.clock, session)
            offers = {row.id or 0: row for row in rows.heard_of(session, now)}
            exceeded = {id: sum(one.offer_id == id for one in audit.above) for id in offers}
            found = [
                facts.of_oversold(offers[id], number, min(now, offers[id].ends_at or now), run)
                for id, number in exceeded.items()
            ]
            known = rows.known_facts(session, [fact.key for fact in found])
            for (id, number), fact in zip(exceeded.items(), found, strict=True):
                if number and fact.key not in known:
                    said.append(translate(EXCEEDED, title=offers[id].title, number=number))
            currency = self.house.workspace.company.currency
            found += facts.of_redemptions(offers, rows.redeemed(session, list(offers)), currency, run)
            record(session, found, self.house.clock)
        return said


def _said(one: Wrong) -> str:
    stands, rows_ = ", ".join(map(str, one.stands)), ", ".join(map(str, one.rows))
    return translate(WRONG, what=one.what, which=one.which, offer=one.offer_id, stands=stands, rows=rows_)
