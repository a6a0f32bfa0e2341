"""A cashier pays with points at the page: what a card has, taken once by the device's key, and back again. No Prefect.

A number that is no card's counts as a wrong code (`tasks/guessing`): whoever sends too many is answered nothing.
"""

from collections.abc import Callable

from models.cashier_page import At
from models.cashier_points import PointsAsked, PointsPaid, PointsTold
from models.figures import counted, exact_money
from models.locale import mark, translate
from models.reason import because
from tasks.cards.paying.engine import Bringing, Paid, Paying, Spending
from tasks.cards.rows import program
from tasks.cashier_page.engine import NOT_YOURS
from tasks.codes.reading import masked
from tasks.guessing.engine import Guesser, Guesses
from tasks.house import House
from tasks.tills.paying.engine import MAY_PAY, TAKE_OFF

NONE_MAY = mark("No points may pay here.")
HAS = (mark("The card has {count} point."), mark("The card has {count} points."))
UNDONE = (
    mark("Take nothing off for points: {count} point is on the card again."),
    mark("Take nothing off for points: {count} points are on the card again."),
)


class PointsAtPage:
    """The points as one device sees them. `address` is where it calls from."""

    def __init__(self, house: House, at: At, zone: str, address: str) -> None:
        self.house, self.at, self.zone = house, at, zone
        self.paying, self.guesses = Paying(house), Guesses(house)
        self.guesser = Guesser(at.till, at.title, at.outlet, address)
        self.currency = house.workspace.company.currency

    def may_pay(self) -> bool:
        """Whether the company's program takes points as payment at all."""
        with self.house.reads() as session:
            terms = program(session)
        return bool(terms and terms.share and terms.worth)

    def ask(self, told: PointsAsked) -> PointsTold:
        paid = self._asked(told.card, lambda: self.paying.quote(told.card, told.amount))
        if paid.refusal:
            return _refused(paid)
        may = counted(MAY_PAY, paid.most, amount=self._money(paid)) if paid.most else translate(NONE_MAY)
        return _told(paid, paid.most, f"{counted(HAS, paid.balance)} {may}")

    def pay(self, told: PointsPaid) -> PointsTold:
        order = Spending(
            key=told.key, till=self.at.till, card=told.card, amount=told.amount, points=told.points,
            receipt=told.receipt, outlet=self.at.outlet, zone=self.zone, by=self.at.called,
        )  # fmt: skip
        paid = self._asked(told.card, lambda: self.paying.spend(order))
        if paid.refusal:
            return _refused(paid)
        return _told(paid, paid.points, counted(TAKE_OFF, paid.points, amount=self._money(paid)))

    def undo(self, key: str) -> PointsTold:
        """Give all of a payment of this shift back; what has been given back already is no trouble."""
        if not key.startswith(f"{self.at.shift}-"):
            return _refused(Paid(refusal=because(NOT_YOURS, code="not_yours")))
        paid = self.paying.give_back(Bringing(f"undo-{key}", self.at.till, sale=key, by=self.at.called))
        if paid.refusal.code == "nothing_left":
            return _told(paid, 0, str(paid.refusal))
        return _refused(paid) if paid.refusal else _told(paid, paid.points, counted(UNDONE, paid.points))

    # How.

    def _asked(self, card: str, ask: Callable[[], Paid]) -> Paid:
        self.guesses.admit(self.guesser)
        paid = ask()
        if paid.refusal.code == "no_card":
            self.guesses.wrong(self.guesser, [(masked(card), paid.refusal.code)])
        return paid

    def _money(self, paid: Paid) -> str:
        return exact_money(paid.amount, self.currency)


def _told(paid: Paid, points: int, said: str) -> PointsTold:
    return PointsTold(ok=True, said=said, points=points, amount=paid.amount, balance=paid.balance)


def _refused(paid: Paid) -> PointsTold:
    return PointsTold(ok=False, said=str(paid.refusal), code=paid.refusal.code, balance=paid.balance)
