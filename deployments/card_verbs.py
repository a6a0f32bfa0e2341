"""The verbs about cards, points and personal pages, done in the house."""

import secrets
from collections.abc import Callable, Sequence
from functools import partial

from deployments.order_verbs import sentences
from models.card_orders import CardForm, ClosePageForm, CorrectPointsForm, IssueCardsForm, PointsProgramForm
from models.desk import Visitor
from models.desk.cards import LinkShown, MyPage, ProgramPage
from models.locale import spoken
from models.orders import Signed
from models.reason import Reason
from tasks.answering.engine import Answering
from tasks.cards.engine import CardOrders
from tasks.cards.icon import SIZES, USUAL, icon
from tasks.cards.page.engine import Pages
from tasks.house import House
from tasks.orders.answers import Report
from tasks.redeeming.engine import Redeeming


class CardVerbs:
    """Cards, points and their program, as whoever works with customers orders them."""

    house: House
    ordered: Callable[..., Report]

    def _cards(self) -> CardOrders:
        return CardOrders(self.house, secrets.randbelow)

    def issue_cards(self, visitor: Visitor, once: str, form: IssueCardsForm) -> Sequence[Reason]:
        form = form.model_copy(update={"person": visitor.key})
        return self._about_card("issue-cards", visitor, once, form, partial(self._cards().issue, form), form.customer)

    def turn_card(self, visitor: Visitor, once: str, form: CardForm, customer: int) -> Sequence[Reason]:
        form = form.model_copy(update={"person": visitor.key})
        return self._about_card("card", visitor, once, form, partial(self._cards().card, form), customer)

    def correct_points(self, visitor: Visitor, once: str, form: CorrectPointsForm) -> Sequence[Reason]:
        form = form.model_copy(update={"person": visitor.key})
        act = partial(self._cards().points, form, f"{visitor.key}:{once}:{form.customer}:{form.what}:{form.points}")
        return self._about_card("correct-points", visitor, once, form, act, form.customer)

    def set_program(self, visitor: Visitor, once: str, form: PointsProgramForm) -> Sequence[Reason]:
        form = form.model_copy(update={"person": visitor.key})
        report = self.ordered(visitor, once, "points-program", form.model_dump(), partial(self._cards().program, form))
        return sentences(report)

    def close_page(self, visitor: Visitor, once: str, form: ClosePageForm) -> Sequence[Reason]:
        form = form.model_copy(update={"person": visitor.key})
        return self._about_card(
            "close-page", visitor, once, form, partial(self._cards().close_page, form), form.customer
        )

    def _about_card(
        self, code: str, visitor: Visitor, once: str, form: Signed, act: Callable[[], Report], customer: int
    ) -> Sequence[Reason]:
        subject = ("customer", str(customer))
        return sentences(self.ordered(visitor, once, code, form.model_dump(), act, subject, private=("reason",)))

    def points_program(self) -> ProgramPage:
        return Pages(self.house).program()

    def personal_link(self, customer: int) -> LinkShown | None:
        return Pages(self.house).link(customer)


class MyVerbs:
    """Personal pages, as their links open them."""

    house: House
    ledger: Redeeming

    def knows_link(self, token: str) -> bool:
        return Pages(self.house).is_ours(token)

    def personal_page(self, token: str, language: str) -> MyPage | None:
        with spoken(language):
            return Pages(self.house, self._invitations).page(token)

    @property
    def _invitations(self) -> Answering:
        return Answering(self.house, self.ledger)

    def answer_invitation(self, token: str, coupon: int, sitting: str, guests: str) -> Reason | None:
        customer = Pages(self.house).whose(token)
        return None if customer is None else self._invitations.answer(customer, coupon, sitting, guests)

    def decline_invitation(self, token: str, coupon: int) -> Reason | None:
        customer = Pages(self.house).whose(token)
        return None if customer is None else self._invitations.decline(customer, coupon)

    def close_personal_page(self, token: str) -> bool:
        return Pages(self.house).close(token)

    def card_icon(self, size: int) -> bytes | None:
        colour = self.house.workspace.brand.palette.get("accent", USUAL)
        return icon(size, colour) if size in SIZES else None
