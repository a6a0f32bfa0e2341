"""Offers and codes written for the tills of an outlet, as they may be used now. It knows no Prefect."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session

from models.company import Outlet
from models.database import now_by
from tasks.exchange import down, room, rows
from tasks.exchange.disk.engine import put
from tasks.house import House
from tasks.offers.windows import ends_at
from tasks.trade import whom
from tasks.trade.engine import Trade
from tasks.trade.instruction import for_outlets
from tasks.trade.rows import in_use

CODES_AT_ONCE = 5_000
OURS = ("offers.csv", "codes.csv", "offers.xml")


class OnSale(NamedTuple):
    """An offer as an outlet's tills get it: its number, its last instant there, whether some limit is full."""

    given: down.Given
    id: int
    ends: datetime
    used_up: bool


class Giving:
    """What one house has for tills."""

    def __init__(self, house: House) -> None:
        self.house = house

    def give(self, outlet: Outlet, folder: Path) -> int:
        """Write what tills have to know; a file that would be the same is left as it is. Returns how many are new.

        What is not written for them any more is taken away: a till would go on by it.
        """
        with self.house.reads() as session:
            files = self._files(session, outlet)
            written = sum(put(folder / name, *how) for name, how in files.items())
        for name in OURS:
            if name not in files:
                (folder / name).unlink(missing_ok=True)
        return written

    def _files(self, session: Session, outlet: Outlet) -> dict[str, tuple[Iterable[str], str]]:
        """The files of an outlet by their names: how each is to be written."""
        card, now = outlet.exchange, now_by(self.house.clock, session)
        coding = "utf-8-sig" if card.encoding == "utf-8" else "cp1251"
        on_sale = self._on_sale(session, outlet, now)
        offers, files = [one.given for one in on_sale.values()], dict[str, tuple[Iterable[str], str]]()

        def of(key: str) -> Iterator[down.Code]:
            return self._codes(session, on_sale[key], now) if card.codes else iter(())

        if "csv" in card.formats:
            files["offers.csv"] = [down.offers_csv(offers)], coding
        if "csv" in card.formats and card.codes:
            files["codes.csv"] = down.codes_csv(code for key in on_sale for code in of(key)), coding
        if "commerceml" in card.formats:
            day = now.replace(hour=0, minute=0, second=0, microsecond=0)
            told = down.documents(offers, outlet, self.house.workspace.company.currency, day, of, card.encoding)
            files["offers.xml"] = told, card.encoding
        return files

    def _on_sale(self, session: Session, outlet: Outlet, now: datetime) -> dict[str, OnSale]:
        """The offers that codes of this outlet may be used of, by their keys."""
        company = self.house.workspace.company
        found = [one for one in in_use(session, now) if outlet in whom.concerned(one[1], company.outlets)]
        words = Trade(self.house).words(session, [terms for _, terms in found])
        taken = rows.taken_of(session, [row.id or 0 for row, _ in found], outlet.key)
        on_sale = {}
        for row, terms in found:
            of, ends = taken[row.id or 0], ends_at(terms, outlet.zone or company.zone)
            given = down.Given(row.key, row.approved_hash[:12], terms, tuple(for_outlets(terms, words)),
                               room.left(terms, of), now)  # fmt: skip
            on_sale[row.key] = OnSale(given, row.id or 0, ends, room.is_used_up(terms, of, company.currency))
        return {key: one for key, one in on_sale.items() if one.ends >= now or any(self._codes(session, one, now))}

    def _codes(self, session: Session, one: OnSale, now: datetime) -> Iterator[down.Code]:
        """Those that may be used; after the last day those that were put off beyond it."""
        after, since = 0, now if one.ends < now else None
        while not one.used_up and (some := rows.codes(session, one.id, since, after, CODES_AT_ONCE)):
            for row in some:
                left = row.most - row.used - row.held if row.most else None
                longer = row.ends_at if row.ends_at and row.ends_at > one.ends else None
                yield down.Code(row.code, one.given.key, left, longer)
            after = some[-1].id
