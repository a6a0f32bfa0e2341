"""Who sends wrong codes is counted, then left waiting, and told of; nobody learns which codes there are. No Prefect.

The count is in the database, so it holds over all web processes; windows go by their clocks. It is asked before
anything is looked up and added to afterwards: calls that are under way together may go beyond a bound by what is under
way, and no further.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from integrations.errors import Unavailable
from models.database import in_one
from models.guesses import GuessedBy
from models.locale import mark, spoken, translate
from models.people import Permission, permissions_of
from models.reason import because
from tasks.guessing import rows
from tasks.guessing.bounds import Bound, full, just_reached
from tasks.house import House
from tasks.notices.rows import Message, tell
from tasks.people.rows import everybody
from tasks.schedule.wall import local

TOO_MANY = mark(
    "Too many wrong codes came from here. Codes are looked at again after {time}; the staff have been told."
)
SUBJECT = mark("{outlet}: somebody tries out codes of coupons")
BODY = {
    GuessedBy.TILL: mark(
        "Wrong codes that the till “{till}” of {outlet} has sent: {wrong} within {minutes} minutes. Nothing it sends "
        "is looked up until {time}. Ask there what happens; if nobody knows, revoke the key of the till."
    ),
    GuessedBy.ADDRESS: mark(
        "Wrong codes that came from one address, the last through the till “{till}” of {outlet}: {wrong} within "
        "{minutes} minutes. Each till there may send a tenth as many wrong codes as usual until {time}. Ask there what "
        "happens; if nobody knows, revoke the keys of the tills."
    ),
    GuessedBy.HOUSE: mark(
        "Wrong codes that all tills together have sent: {wrong} within {minutes} minutes, the last “{till}” of "
        "{outlet}. Each may now send a tenth as many wrong codes as usual until {time}. Look which tills it is."
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Guesser:
    """Who sends codes: `till` as the ledger of coupons knows it, what people call it, the key it comes in by."""

    till: str
    title: str
    outlet: str
    address: str = ""
    key_id: int | None = None


class Guesses:
    """The counting of wrong codes in one house."""

    def __init__(self, house: House) -> None:
        self.house = house

    def admit(self, who: Guesser) -> None:
        """Raises Unavailable for whoever has sent too many wrong codes."""
        with self.house.reads() as session:
            self.admit_in(session, who)

    def admit_in(self, session: Session, who: Guesser) -> None:
        """The same in a session that is there."""
        now = self.house.now()
        reached = full(rows.counted(session, self._who(who), now))
        if reached is not None:
            until = reached.until(now)
            said = because(TOO_MANY, code="guessing", time=self._wall(until))
            raise Unavailable(said, retry_after=max(until - now, timedelta(seconds=1)))

    def wrong(self, who: Guesser, codes: Sequence[tuple[str, str]]) -> None:
        """Count these codes, each masked and with why it is none; tell the staff where it becomes too much."""
        if codes:
            in_one(self.house.sessions, partial(self._wrong, who=who, codes=codes))

    def _wrong(self, session: Session, who: Guesser, codes: Sequence[tuple[str, str]]) -> None:
        now = self.house.now()
        masked, why = [code for code, _ in codes], [said for _, said in codes]
        rows.note(session, masked, why, who.outlet, who.title, now)
        numbers = rows.add(session, self._who(who), len(codes), now)
        for bound, number in numbers.items():
            if just_reached(bound, number, len(codes)):
                self._alarm(session, bound, who, number, now)

    def _alarm(self, session: Session, bound: Bound, who: Guesser, number: int, now: datetime) -> None:
        about = {"till": who.till, "key_id": who.key_id, "outlet": who.outlet, "wrong": number}
        if not rows.raise_alarm(session, bound, self._who(who), now, **about):
            return
        outlets = {one.key: one.name for one in self.house.workspace.company.outlets}
        outlet = outlets.get(who.outlet, who.outlet)
        with spoken(self.house.workspace.company.locale):  # whoever calls may speak another
            subject = translate(SUBJECT, outlet=outlet)
            body = translate(
                BODY[bound.kind], till=who.title, outlet=outlet, wrong=number, minutes=bound.seconds // 60,
                time=self._wall(bound.until(now)),
            )  # fmt: skip
        day = local(now, self.house.workspace.company.zone).date()
        once = f"guesses:{bound.kind}:{self._who(who)[bound.kind]}:{bound.seconds}:{day}"
        link = f"{self.house.staff_url}/staff/outlets/{who.outlet}"
        people = _answering(session)
        tell(session, self.house.clock, [Message(f"{once}:{one}", one, subject, body, link) for one in people])

    def _who(self, who: Guesser) -> dict[GuessedBy, str]:
        known = {GuessedBy.TILL: who.till, GuessedBy.HOUSE: "house"}
        return known | ({GuessedBy.ADDRESS: self.house.printed("address", who.address)} if who.address else {})

    def _wall(self, at: datetime) -> str:
        return local(at, self.house.workspace.company.zone).strftime("%d.%m %H:%M")


def _answering(session: Session) -> list[str]:
    """Who may revoke a till's key, and the head."""
    return [
        person.key for person in everybody(session)
        if person.active and ("head" in person.roles or Permission.MANAGE_PEOPLE in permissions_of(person.roles))
    ]  # fmt: skip
