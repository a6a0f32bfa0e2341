"""Coupons in trade: outlets are told and reminded, the head hears of those who have not confirmed. It knows no Prefect.

Each moment is set once, in the transaction that writes the letter about it: killed at any instant, nothing is told
twice, and what was not told is told by the next round.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.company import Outlet
from models.database import now_by
from models.figures import day
from models.locale import in_house_words, language, mark, translate
from models.offers import Gift, OfferTerms
from models.people import Permission, Role
from models.reason import Reason, because
from models.redemptions import OfferRow, OfferStage
from models.trade import FileLine, FileState, Instruction, InstructionPage, OfferInTrade, OutletInTrade
from models.trade_forms import ConfirmInstructionForm
from tasks.house import House
from tasks.notices.rows import tell
from tasks.offering.knowledge import bought_through
from tasks.offers.wording import Words
from tasks.orders import naming
from tasks.orders.answers import Line, Report
from tasks.outlets.rows import keys as till_keys
from tasks.people.engine import whoever_is_here
from tasks.registry.rows import record
from tasks.schedule.wall import local
from tasks.tills.rows import names
from tasks.trade import facts, letters, links, paper, rows, whom
from tasks.trade.instruction import Around, Told, told

PAGE, DESK, TILL = "/trade", "/staff/trade", "/till/page"
NAME_MOST = 80
TITLE = mark("An outlet has confirmed")
NO_SUCH = mark("There is no instruction № {number}. Its number stands on the desk, under “Trade”.")
NO_NAME = mark("Say who confirmed: the name stands beside it.")
CONFIRMED = mark("confirmed by {name}")
BEFORE = mark("was confirmed before, by {name}")
OLD = mark("The offer has changed since: the outlet has to confirm the version that is in force, № {number}.")


@dataclass
class Round:
    """What a round has done. `wrong` are offers that nothing could be said of, and why."""

    offers: int = 0
    sent: int = 0
    reminded: int = 0
    told_head: int = 0
    unreached: int = 0
    wrong: list[str] = field(default_factory=list)


class Trade:
    """The trade of one house."""

    def __init__(self, house: House) -> None:
        self.house = house

    # Rounds.

    @in_house_words()
    def instruct(self, offer: str = "", run: str = "") -> Round:
        """Make and send what is not sent, remind, tell the head; each offer by itself."""
        done = Round()
        with self.house.reads() as session:
            now = now_by(self.house.clock, session)
            due = rows.in_force(session, now, offer)
        for row, terms in due:
            with self.house.sessions.begin() as session:
                self._instruct(session, row, terms, done, run)
            done.offers += 1
        return done

    def _instruct(self, session: Session, offer: OfferRow, terms: OfferTerms, done: Round, run: str) -> None:
        id, clock = offer.id or 0, self.house.clock
        now, zone = now_by(clock, session), self.house.workspace.company.zone
        outlets = [one for one in whom.concerned(terms, self.outlets) if not whom.is_over(terms, one, zone, now)]
        known = rows.of_version(session, id, offer.approved_hash)
        if missing := [one.key for one in outlets if one.key not in known]:
            rows.make(session, clock, id, offer.approved_hash, missing)
            known = rows.of_version(session, id, offer.approved_hash)
        here = {one.key for one in outlets}
        rows.let_be(session, [row.id or 0 for row in known.values() if row.outlet not in here and row.told_head_at])
        former = rows.had_former(session, id, offer.approved_hash)
        late: list[tuple[Outlet, Instruction]] = []
        for outlet in outlets:
            row, starts = known[outlet.key], whom.starts_at(terms, outlet, zone)
            if row.sent_at and former.get(outlet.key, row.sent_at) > row.sent_at:
                rows.begin_anew(session, row, now)
            if row.confirmed_at:
                continue
            self._write(session, offer, outlet, row, starts, outlet.key in former, now, done, run)
            if whom.is_for_the_head(starts, now) and row.told_head_at is None:
                late.append((outlet, row))
        self._tell_head(session, offer, terms, late, now, done)

    def _write(
        self, session: Session, offer: OfferRow, outlet: Outlet, row: Instruction, starts: datetime, former: bool,
        now: datetime, done: Round, run: str,
    ) -> None:  # fmt: skip
        person = self.manager(outlet)
        if not person and not outlet.email:
            done.unreached += row.sent_at is None
            return
        id, reminds = row.id or 0, row.sent_at is not None
        if reminds and not whom.is_to_remind(starts, row.sent_at, row.reminded_at, now):
            return
        said = {"reminded_at": now} if reminds else {"sent_at": now, "sent_to": "person" if person else "mail"}
        if not rows.once(session, id, next(iter(said)), **said):
            return
        starts_on = day(local(starts, outlet.zone or self.zone).date()) if starts > now else ""
        key = f"trade:{id}:{row.made_at:%Y%m%d%H%M%S}"
        letter = letters.to_outlet(key, outlet, person, offer.title, starts_on, self.link(id), former, reminds)
        tell(session, self.house.clock, [letter])
        if reminds:
            done.reminded += 1
        else:
            done.sent += 1
            record(session, [facts.of_instruction("instructions_sent", id, offer, outlet.key, now, run)],
                   self.house.clock)  # fmt: skip

    def _tell_head(
        self, session: Session, offer: OfferRow, terms: OfferTerms, late: Sequence[tuple[Outlet, Instruction]],
        now: datetime, done: Round,
    ) -> None:  # fmt: skip
        new = [(outlet, row) for outlet, row in late if rows.once(session, row.id or 0, "told_head_at",
                                                                  told_head_at=now)]  # fmt: skip
        if not new:
            return
        names = [outlet.name for outlet, _ in new]
        unreached = [outlet.name for outlet, _ in new if not outlet.email and not self.manager(outlet)]
        made = "-".join(f"{row.id} {row.made_at}" for _, row in new)
        numbers = sha256(made.encode()).hexdigest()  # as short for five hundred outlets
        starts_on = day(terms.first_day) if whom.starts_at(terms, new[0][0], self.zone) > now else ""
        link = f"{self.house.staff_url}{DESK}/{offer.key}"
        tell(session, self.house.clock, [
            letters.to_head(f"trade:head:{numbers}:{key}", key, offer.title, starts_on, names, unreached, link)
            for key in self._heads()
        ])  # fmt: skip
        done.told_head += len(new)

    # Confirming.

    def confirm_by_link(self, token: str, name: str, seen: int = 0) -> InstructionPage | None:
        """The outlet says that it has read it; twice is once. None where the link is not ours.

        `seen` is the instruction that was shown: where another is in force by now, nothing is confirmed.
        """
        id = links.number(token, self.house.printed)
        named = " ".join(name.split())[:NAME_MOST]
        with self.house.sessions.begin() as session:
            found = rows.instruction(session, id) if id else None
            if found is None:
                return None
            row, offer = found
            row = rows.current(session, row, offer)
            if row.version_hash != offer.approved_hash and self._is_concerned(session, row, offer):
                rows.make(session, self.house.clock, row.offer_id, offer.approved_hash, [row.outlet])
                row = rows.current(session, row, offer)
            if named and offer.stage != OfferStage.ENDED and seen in (0, row.id):
                self._confirm(session, row, offer, named, by_link=True)
        return self.page(token)

    def _confirm(self, session: Session, row: Instruction, offer: OfferRow, name: str, by_link: bool) -> bool:
        now = now_by(self.house.clock, session)
        values = {"confirmed_at": now, "confirmed_by": name, "by_link": by_link}
        if not rows.once(session, row.id or 0, "confirmed_at", **values):
            return False
        fact = facts.of_instruction("instructions_confirmed", row.id or 0, offer, row.outlet, now)
        record(session, [fact], self.house.clock)
        return True

    def confirm(self, form: ConfirmInstructionForm) -> Report:
        """A colleague says that the outlet has confirmed."""
        title, name = translate(TITLE), " ".join(form.who.split())[:NAME_MOST]
        try:
            naming.entitled(form.person, whoever_is_here(self.house), Permission.SCHEDULE)
            if not name:
                raise Refused(because(NO_NAME, code="no_name"))
            with self.house.sessions.begin() as session:
                line = self._confirmed(session, form.instruction, name)
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)
        return Report(title=title, lines=(line,))

    def _confirmed(self, session: Session, number: int, name: str) -> Line:
        found = rows.instruction(session, number)
        if found is None:
            raise Refused(because(NO_SUCH, code="absent", number=number))
        row, offer = found
        newer = rows.current(session, row, offer)
        if newer.id != row.id:
            raise Refused(because(OLD, code="old", number=newer.id))
        done = self._confirm(session, row, offer, name, by_link=False)
        said = translate(CONFIRMED, name=name) if done else translate(BEFORE, name=row.confirmed_by)
        return Line(id=number, label=f"{offer.title} · {self._name(row.outlet)}", said=said, done=True)

    # What is shown.

    def page(self, token: str) -> InstructionPage | None:
        """What the link shows: always the version that is in force. None where the link is not ours."""
        id = links.number(token, self.house.printed)
        with self.house.reads() as session:
            found = rows.instruction(session, id) if id else None
            if found is None:
                return None
            row, offer = rows.current(session, *found), found[1]
            said = self._told(session, row, offer.approved_hash)
            over = offer.stage != OfferStage.OPEN or not self._is_concerned(session, row, offer)
        at, by = (row.confirmed_at, row.confirmed_by) if row.version_hash == offer.approved_hash else (None, "")
        return InstructionPage(
            id=row.id or 0, outlet=self._name(row.outlet), offer=offer.title, heads=said.heads if said else (),
            confirmed_at=at, confirmed_by=by, is_over=over,
        )  # fmt: skip

    def _is_concerned(self, session: Session, row: Instruction, offer: OfferRow) -> bool:
        """Whether the version in force is given in that outlet, and is not over there."""
        outlet = next((one for one in self.outlets if one.key == row.outlet), None)
        terms = rows.version(session, row.offer_id, offer.approved_hash)
        if outlet is None or terms is None or outlet not in whom.concerned(terms, self.outlets):
            return False
        return not whom.is_over(terms, outlet, self.zone, now_by(self.house.clock, session))

    def paper(self, id: int) -> bytes | None:
        """The sheet of an instruction; None where there is none."""
        with self.house.reads() as session:
            found = rows.instruction(session, id)
            said = self._told(session, found[0], found[0].version_hash) if found else None
        if found is None or said is None:
            return None
        company = self.house.workspace.company
        return paper.sheet(said, company.name, self.link(id), language(), found[0].made_at)

    def paper_by_link(self, token: str) -> bytes | None:
        page = self.page(token)
        return self.paper(page.id) if page else None

    def offers(self) -> list[OfferInTrade]:
        """Offers in force with how their outlets stand."""
        with self.house.reads() as session:
            now = now_by(self.house.clock, session)
            return [self._in_trade(session, row, terms) for row, terms in rows.in_force(session, now)]

    def _in_trade(self, session: Session, offer: OfferRow, terms: OfferTerms) -> OfferInTrade:
        known = rows.of_version(session, offer.id or 0, offer.approved_hash)
        shown = [self._standing(one, known.get(one.key)) for one in whom.concerned(terms, self.outlets)]
        return OfferInTrade(
            id=offer.id or 0, key=offer.key, title=offer.title, stage=OfferStage(offer.stage),
            first_day=terms.first_day, last_day=terms.last_day, outlets=tuple(shown),
        )  # fmt: skip

    def _standing(self, outlet: Outlet, row: Instruction | None) -> OutletInTrade:
        named = {"key": outlet.key, "name": outlet.name, "phone": outlet.phone, "email": outlet.email}
        if row is None:
            return OutletInTrade(**named)
        return OutletInTrade(
            **named, id=row.id or 0, sent_at=row.sent_at, confirmed_at=row.confirmed_at, by_link=row.by_link,
            confirmed_by=row.confirmed_by, link=self.link(row.id or 0),
        )  # fmt: skip

    def files(self, most: int = 50) -> list[FileLine]:
        """What came of files of tills, the last first."""
        with self.house.reads() as session:
            found = rows.files(session, most)
        return [
            FileLine(
                id=row.id or 0, outlet=self._name(row.outlet), state=FileState(row.state),
                problems=tuple((int(one["row"]), str(Reason.model_validate(one["said"]))) for one in row.problems),
                **{name: getattr(row, name) for name in FileLine.model_fields
                   if name not in ("id", "outlet", "state", "problems")},
            ) for row in found
        ]  # fmt: skip

    # The words.

    def _told(self, session: Session, row: Instruction, version: str) -> Told | None:
        terms = rows.version(session, row.offer_id, version)
        outlet = next((one for one in self.outlets if one.key == row.outlet), None)
        if terms is None or outlet is None:
            return None
        return told(terms, version, self._around(session, outlet), self.words(session, [terms]))

    def _around(self, session: Session, outlet: Outlet) -> Around:
        company = self.house.workspace.company
        people = [card for card in company.people if Role.HEAD in card.roles or Role.TECHNICIAN in card.roles]
        return Around(
            outlet=outlet, page=f"{self.house.staff_url}{TILL}",
            joined=any(one.coupons and one.revoked_at is None for one in till_keys(session, [outlet.key])),
            contacts=tuple((card.name, card.email) for card in people if card.email),
            phone=company.mailings.imprint.phone,
        )  # fmt: skip

    def words(self, session: Session, offers: Sequence[OfferTerms]) -> Words:
        """What things are called that these offers name."""
        company, products = self.house.workspace.company, set[str]()
        for terms in offers:
            products |= {*terms.goods.products, *terms.goods.but_products}
            products |= {terms.gives.product} if isinstance(terms.gives, Gift) else set()
        return Words(
            products=names(session, products), outlets={one.key: one.name for one in company.outlets},
            customer_groups={one.key: one.title for one in company.groups}, currency=company.currency,
            channels=bought_through(self.house.workspace),
        )  # fmt: skip

    def link(self, id: int) -> str:
        return f"{self.house.public_url}{PAGE}/{links.token(id, self.house.printed)}"

    # Who is who.

    @property
    def outlets(self) -> tuple[Outlet, ...]:
        return self.house.workspace.company.outlets

    @property
    def zone(self) -> str:
        return self.house.workspace.company.zone

    def _name(self, key: str) -> str:
        return next((one.name for one in self.outlets if one.key == key), key)

    def manager(self, outlet: Outlet) -> str:
        """The person who answers for the outlet; "" where none of the company is named."""
        known = {card.key for card in self.house.workspace.company.people if card.email or card.telegram}
        return outlet.manager if outlet.manager in known else ""

    def _heads(self) -> list[str]:
        return [card.key for card in self.house.workspace.company.people if Role.HEAD in card.roles]
