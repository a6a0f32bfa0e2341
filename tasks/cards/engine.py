"""Orders about cards, points and personal pages: carried out in one transaction each, answered in words.

It knows no Prefect. Answers name customers and cards by their short numbers: more people read them than may see either.
"""

from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.card_orders import (
    ADD,
    BLOCK,
    CardForm,
    ClosePageForm,
    CorrectPointsForm,
    IssueCardsForm,
    PointsProgramForm,
)
from models.cards import ProgramTerms
from models.customer_orders import TEXT_MOST
from models.customers import Address, Customer
from models.database import now_by
from models.locale import mark, quoted, translate, translate_plural
from models.loyalty import Card, CardState, PointsTold
from models.orders import Signed
from models.people import Permission
from models.reason import Reason, because
from tasks.cards import rows
from tasks.cards.ledger.engine import Ledger
from tasks.cards.program import minor, tiers_of
from tasks.consents.engine import NO_CUSTOMER
from tasks.customers.reading import NOT_A_DATE, NoDay, read_day
from tasks.customers.record import rows as records
from tasks.customers.record.discretion import gives_away
from tasks.customers.rows import wait_for_the_base
from tasks.house import House
from tasks.loyalty import numbers
from tasks.loyalty import rows as loyalty
from tasks.loyalty.engine import Wanted
from tasks.orders.answers import Line, Report
from tasks.orders.naming import entitled
from tasks.people.engine import whoever_is_here

CARDS, CARD, POINTS = mark("Cards given out"), mark("Card № {id}"), mark("Points of customer № {id}")
PROGRAM, PAGE = mark("The program of points"), mark("Personal page of customer № {id}")
WHO, THE_CARD, THE_GROUP = mark("customer № {id}"), mark("card № {id}"), mark("group {group}")
GIVEN, HAS_ONE = mark("has a card now, № {card}"), mark("has a good card already, № {card}; nothing was changed")
GIVEN_OUT = (mark("{number} card given out"), mark("{number} cards given out"))
HAD_ONE = (mark("{number} customer had a good one already"), mark("{number} customers had a good one already"))
BLOCKED, REPLACED = mark("is blocked: it is good no more"), mark("is good no more; the new one is № {card}")
ADDED, TAKEN = mark("{points} points added; {balance} there are now"), mark("{points} points taken; {balance} are left")
DONE_BEFORE = mark("was done before; nothing new")
HOLDS, CLOSED = mark("holds from now on"), mark("all links that were given out are closed; a new one opens it")
WHICH = mark("Name one customer by number, or a customer group; not both.")
NO_GROUP = mark("There is no customer group “{group}”. Its key stands on the page of groups.")
NO_CARD = mark("There is no card № {id}. Its number stands on the customer's page on the desk.")
NOT_GOOD = mark("Card № {id} is not good any more, so there is nothing to do.")
SAY_WHY = mark("Say why: the reason stays in the ledger beside the points.")
LONG_WHY = mark("The reason has more than {most} characters. Shorten it.")
NO_POINT = mark("Nobody gets points this way: name the money for one point, or tiers with theirs.")
NO_WORTH = mark("Points are to pay at tills, and what a point is worth is not said. Say it.")
WHY = mark("Why")
DRAWS, PORTION = 20, 500


class CardOrders:
    """Orders about the cards of one house; `below(n)` draws evenly from 0 up to, but without, n."""

    def __init__(self, house: House, below: Callable[[int], int]) -> None:
        self.house, self.clock, self.below = house, house.clock, below

    def issue(self, form: IssueCardsForm) -> Report:
        """Cards for one customer or for a group; whoever has a good one keeps it. A cut leaves whole cards done."""
        title = translate(CARDS)
        try:
            by = self._by(form)
            if bool(form.customer) == bool(form.group.strip()):
                raise Refused(because(WHICH, code="which"))
            line = self._one(form.customer, by) if form.customer else self._group(form.group.strip(), by)
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)
        return Report(title=title, lines=(line,))

    def _one(self, customer: int, by: str) -> Line:
        with self.house.sessions.begin() as session:
            wait_for_the_base(session)
            self._customer(session, customer)
            card = loyalty.card_of(session, customer)
            said = HAS_ONE if card else GIVEN
            id = card.id if card else self._issued(session, customer, by)
        return Line(id=customer, label=translate(WHO, id=customer), said=translate(said, card=id), done=True)

    def _issued(self, session: Session, customer: int | None, by: str, replaces: int | None = None) -> int:
        for _ in range(DRAWS):
            now = now_by(self.clock, session)
            card = Card(
                number=numbers.drawn(self.below), customer_id=customer, replaces=replaces, made_by=by, made_at=now
            )
            if loyalty.add_card(session, card):
                made = loyalty.card(session, card.number)
                assert made is not None and made.id is not None
                return made.id
        raise RuntimeError(f"no free number of a card in {DRAWS} draws of ten thousand million")

    def _group(self, key: str, by: str) -> Line:
        with self.house.reads() as session:
            group = rows.group_called(session, key)
            if group is None or group.id is None:
                raise Refused(because(NO_GROUP, code="no_group", group=key))
            id, name, total = group.id, group.title, rows.members(session, group.id)
        given, after = 0, 0
        while True:
            with self.house.sessions.begin() as session:
                wait_for_the_base(session)
                wanting = rows.without_card(session, id, after, PORTION)
                given += self._give_all(session, wanting, by)
            if len(wanting) < PORTION:
                break
            after = wanting[-1]
        said = [translate_plural(*GIVEN_OUT, given)]
        said += [translate_plural(*HAD_ONE, total - given)] if total > given else []
        return Line(id=id, label=translate(THE_GROUP, group=quoted(name)), said="; ".join(said), done=True)

    def _give_all(self, session: Session, wanting: list[int], by: str) -> int:
        """A number that somebody has already is drawn anew."""
        left, now = list(wanting), now_by(self.clock, session)
        for _ in range(DRAWS):
            if not left:
                return len(wanting)
            drawn = {numbers.drawn(self.below): customer for customer in left}
            done = rows.add_cards(session, drawn, by, now)
            left = [customer for customer in left if customer not in done]
        raise RuntimeError(f"no free numbers of cards in {DRAWS} draws of ten thousand million")

    def card(self, form: CardForm) -> Report:
        """Put a card out of use, with another in its place where that is asked for."""
        return self._in_one(translate(CARD, id=form.card), form, self._turn)

    def _turn(self, session: Session, form: CardForm, by: str) -> Line:
        card = rows.card_by_id(session, form.card)
        if card is None:
            raise Refused(because(NO_CARD, code="no_card", id=form.card))
        customer, ways = self._whose(session, card.customer_id)
        why = self._why(form.reason, customer, ways)
        to = CardState.BLOCKED if form.what == BLOCK else CardState.REPLACED
        if not loyalty.turn_card(session, form.card, to, why, now_by(self.clock, session)):
            raise Refused(because(NOT_GOOD, code="not_good", id=form.card))
        said = translate(BLOCKED)
        if to is CardState.REPLACED:
            said = translate(REPLACED, card=self._issued(session, card.customer_id, by, form.card))
        return Line(id=form.card, label=translate(THE_CARD, id=form.card), said=said, done=True)

    def points(self, form: CorrectPointsForm, once: str) -> Report:
        """Correct a balance by a line of the ledger; `once` is the order's own, so that it counts once."""
        title = translate(POINTS, id=form.customer)
        try:
            by = self._by(form)
            with self.house.reads() as session:
                why = self._why(form.reason, *self._whose(session, form.customer, must=True))
                terms, now = rows.program(session), now_by(self.clock, session)
            if not why:
                raise Refused(because(SAY_WHY, code="no_reason"))
            order = Wanted(f"by hand:{once}", form.customer, form.points, said=why, by=by)
            days = terms.days if terms else 0
            ends_on = now.astimezone(self._zone).date() + timedelta(days=days) if days else None
            ledger = Ledger(self.house)
            told = ledger.add(order, ends_on) if form.what == ADD else ledger.take(order)
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)
        if told.refusal:
            return Report(title=title, refusal=told.refusal)
        return Report(title=title, lines=(_moved(form.customer, form.what == ADD, told),))

    def program(self, form: PointsProgramForm) -> Report:
        """Let another program hold from now on; the former one stays in its history."""
        return self._in_one(translate(PROGRAM), form, self._program)

    def _program(self, session: Session, form: PointsProgramForm, by: str) -> Line:
        currency, now = self.house.workspace.company.currency, now_by(self.clock, session)
        worth = minor(form.worth, currency) if form.worth.strip() else 0
        if form.share and not worth:
            raise Refused(because(NO_WORTH, code="no_worth"))
        terms = ProgramTerms(
            per=minor(form.per, currency) if form.per.strip() else 0, days=form.days, window=form.window,
            worth=worth, share=form.share, tiers=tiers_of(form.tiers, currency),
            since=_day(form.since) if form.since.strip() else now.astimezone(self._zone).date(),
        )  # fmt: skip
        rows.add_program(session, terms, " ".join(form.reason.split())[:TEXT_MOST], by, now)
        notes = () if terms.per or any(tier.per for tier in terms.tiers) else (translate(NO_POINT),)
        return Line(id=0, label=translate(PROGRAM), said=translate(HOLDS), done=True, notes=notes)

    def close_page(self, form: ClosePageForm) -> Report:
        """Let no link to a personal page work that was given out so far."""
        return self._in_one(translate(PAGE, id=form.customer), form, self._close_page)

    def _close_page(self, session: Session, form: ClosePageForm, by: str) -> Line:
        why = self._why(form.reason, *self._whose(session, form.customer, must=True))
        rows.close_links(session, form.customer, why, by, now_by(self.clock, session))
        return Line(id=form.customer, label=translate(WHO, id=form.customer), said=translate(CLOSED), done=True)

    def _in_one(self, title: str, form: Signed, work: Callable[..., Line]) -> Report:
        try:
            by = self._by(form)
            with self.house.sessions.begin() as session:
                return Report(title=title, lines=(work(session, form, by),))
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)

    def _by(self, form: Signed) -> str:
        return entitled(form.person, whoever_is_here(self.house), Permission.CUSTOMERS).key

    def _whose(self, session: Session, id: int | None, must: bool = False) -> tuple[Customer | None, list[Address]]:
        if must:
            self._customer(session, id or 0)
        return (records.customer(session, id), records.addresses(session, [id])) if id else (None, [])

    def _customer(self, session: Session, id: int) -> Customer:
        customer = records.customer(session, id)
        if customer is None:
            raise Refused(because(NO_CUSTOMER, code="no_customer", id=id))
        return customer

    def _why(self, reason: str, customer: Customer | None, ways: list[Address]) -> str:
        """The reason as it is kept; raises Refused for one that would outlive its client with their name in it."""
        why = " ".join(reason.split())
        if len(why) > TEXT_MOST:
            raise Refused(because(LONG_WHY, code="long", most=TEXT_MOST))
        named: Reason = gives_away(WHY, why, customer.name if customer else "", [way.value for way in ways])
        if named:
            raise Refused(named)
        return why

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.house.workspace.company.zone)


def _day(text: str) -> date:
    try:
        return read_day(text.strip())
    except NoDay:
        raise Refused(because(NOT_A_DATE, code="date")) from None


def _moved(customer: int, added: bool, told: PointsTold) -> Line:
    said = translate(ADDED if added else TAKEN, points=abs(told.points), balance=told.balance)
    said = translate(DONE_BEFORE) if told.again else said
    return Line(id=customer, label=translate(WHO, id=customer), said=said, done=True)
