"""Outlets that know of an offer hear that it was stopped, leaves them out, or is given again. It knows no Prefect.

What an outlet was told last stands in the keys of its letters: nothing is told twice, and what was not yet is told by
the next round.
"""

from collections.abc import Mapping
from datetime import datetime

from models.company import Outlet
from models.database import now_by
from models.locale import in_house_words, quoted
from models.offers import OfferTerms
from models.redemptions import OfferRow, OfferStage
from tasks.house import House
from tasks.notices.rows import Message, tell
from tasks.trade import letters, rows, whom
from tasks.trade.engine import Trade
from tasks.trade.letters import Standing


class CallingOff:
    """The calling off of one house."""

    def __init__(self, house: House) -> None:
        self.house, self.trade = house, Trade(house)

    @in_house_words()
    def round(self) -> int:
        """Tell every outlet for which it is otherwise than it was told; returns how many."""
        with self.house.reads() as session:
            now = now_by(self.house.clock, session)
            known = rows.told_of(session)
            messages = [
                message for row, terms in rows.not_over(session, now)
                for message in self._messages(row, terms, rows.last_sent(session, row.id or 0), known, now)
            ]  # fmt: skip
        if messages:
            with self.house.sessions.begin() as session:
                tell(session, self.house.clock, messages)
        return len(messages)

    def _messages(
        self, offer: OfferRow, terms: OfferTerms, sent: Mapping[str, int], known: Mapping[tuple[int, str], str],
        now: datetime,
    ) -> list[Message]:  # fmt: skip
        concerned, found = whom.concerned(terms, self.trade.outlets), []
        for outlet in self.trade.outlets:
            if outlet.key not in sent or whom.is_over(terms, outlet, self.trade.zone, now):
                continue
            n, _, last = known.get((offer.id or 0, outlet.key), "0:").partition(":")
            stands = self._stands(offer, outlet in concerned)
            if stands != (last or Standing.GIVEN):
                key = rows.key_of_telling(offer.id or 0, outlet.key, int(n) + 1, stands)
                found += self._letter(key, outlet, offer, stands, sent[outlet.key])
        return found

    def _stands(self, offer: OfferRow, is_concerned: bool) -> Standing:
        if offer.stage != OfferStage.OPEN:
            return Standing.STOPPED
        return Standing.GIVEN if is_concerned else Standing.LEFT_OUT

    def _letter(self, key: str, outlet: Outlet, offer: OfferRow, stands: Standing, sent: int) -> list[Message]:
        person = self.trade.manager(outlet)
        if not person and not outlet.email:
            return []
        return [letters.of_standing(key, outlet, person, quoted(offer.title), stands, self.trade.link(sent))]
