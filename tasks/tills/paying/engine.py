"""The program of a till at the ledger of points: cards read and admitted, paid with, answered in words. No Prefect.

A number that is no card's counts as a wrong code (`tasks/guessing`): whoever sends too many is answered nothing.
"""

from collections.abc import Callable

from models.figures import counted, exact_money
from models.locale import mark, translate
from models.till_calls import Caller, NotTaken
from models.till_points import PointsAnswer, PointsQuote, PointsReturn, PointsSpend
from tasks.cards.paying.engine import Bringing, Paid, Paying, Spending
from tasks.codes.reading import masked
from tasks.guessing.engine import Guesser, Guesses
from tasks.house import House
from tasks.tills import reading, wording

MAY_PAY = (
    mark("{count} point may pay here, that is {amount}."),
    mark("{count} points may pay here, that is {amount}."),
)
TAKE_OFF = (
    mark("Take {amount} off the receipt: {count} point has paid it."),
    mark("Take {amount} off the receipt: {count} points have paid it."),
)
PAY_LESS = (
    mark("Pay {amount} less back: {count} point is on the card again."),
    mark("Pay {amount} less back: {count} points are on the card again."),
)
PUBLIC = mark("Points cannot pay for this. Ask the staff.")


class PointsAtTill:
    """One till's calls about points."""

    def __init__(self, house: House, caller: Caller) -> None:
        self.caller, self.paying, self.guesses = caller, Paying(house), Guesses(house)
        self.guesser = Guesser(caller.till, caller.title, caller.outlet, caller.address, caller.id)
        self.currency = house.workspace.company.currency

    def quote(self, told: PointsQuote) -> PointsAnswer:
        reading.in_currency(told.currency, self.currency)
        paid = self._asked(told.card, lambda: self.paying.quote(told.card, told.amount))
        return self._said(paid, MAY_PAY, paid.most)

    def spend(self, told: PointsSpend, key: str) -> PointsAnswer:
        reading.in_currency(told.currency, self.currency)
        order = Spending(
            key=key, till=self.caller.till, card=told.card, amount=told.amount, points=told.points,
            receipt=told.receipt, outlet=self.caller.outlet, zone=self.caller.zone, by=told.cashier,
        )  # fmt: skip
        paid = self._asked(told.card, lambda: self.paying.spend(order))
        return self._said(paid, TAKE_OFF, paid.points)

    def give_back(self, told: PointsReturn, key: str) -> PointsAnswer:
        reading.one_of_both(told.sale, told.receipt)
        if told.receipt and not told.card:
            raise reading.no_card()
        order = Bringing(
            key=key, till=self.caller.till, points=told.points, sale=told.sale, card=told.card, receipt=told.receipt,
            outlet=self.caller.outlet, by=told.cashier,
        )  # fmt: skip
        paid = self._asked(told.card, lambda: self.paying.give_back(order))
        return self._said(paid, PAY_LESS, paid.points)

    # How.

    def _asked(self, card: str, ask: Callable[[], Paid]) -> Paid:
        self.guesses.admit(self.guesser)
        paid = ask()
        if paid.refusal.code == "no_card":
            self.guesses.wrong(self.guesser, [(masked(card), paid.refusal.code)])
        if paid.refusal.code == "another":
            raise NotTaken(409, paid.refusal)
        return paid

    def _said(self, paid: Paid, words: tuple[str, str], points: int) -> PointsAnswer:
        said = PointsAnswer(ok=not paid.refusal, replayed=paid.again, currency=self.currency, balance=paid.balance)
        if paid.refusal:
            return said.model_copy(update={"public": translate(PUBLIC), "staff": wording.why(paid.refusal)})
        order = counted(words, points, amount=exact_money(paid.amount, self.currency))
        return said.model_copy(update={"points": points, "amount": paid.amount, "order": order})
