"""What the desk orders about cards and points, and what personal pages need."""

from collections.abc import Sequence
from typing import Protocol

from models.card_orders import CardForm, ClosePageForm, CorrectPointsForm, IssueCardsForm, PointsProgramForm
from models.desk import Visitor
from models.desk.cards import LinkShown, MyPage, ProgramPage
from models.reason import Reason


class CardVerbs(Protocol):
    def issue_cards(self, visitor: Visitor, once: str, form: IssueCardsForm) -> Sequence[Reason]: ...

    def turn_card(self, visitor: Visitor, once: str, form: CardForm, customer: int) -> Sequence[Reason]: ...

    def correct_points(self, visitor: Visitor, once: str, form: CorrectPointsForm) -> Sequence[Reason]: ...

    def set_program(self, visitor: Visitor, once: str, form: PointsProgramForm) -> Sequence[Reason]: ...

    def close_page(self, visitor: Visitor, once: str, form: ClosePageForm) -> Sequence[Reason]: ...

    def points_program(self) -> ProgramPage:
        """The program in force, and what is owed by it."""

    def personal_link(self, customer: int) -> LinkShown | None:
        """A fresh link to a client's page; None where there is no such client."""


class MyVerbs(Protocol):
    """Personal pages. A link that opens nothing is None or False, whatever is wrong with it."""

    def knows_link(self, token: str) -> bool:
        """Whether a link is ours at all; asks no database."""

    def personal_page(self, token: str, language: str) -> MyPage | None:
        """What a link opens, in this language."""

    def answer_invitation(self, token: str, coupon: int, sitting: str, guests: str) -> Reason | None:
        """Whoever this link is of comes; None where it opens nothing, else why not."""

    def decline_invitation(self, token: str, coupon: int) -> Reason | None:
        """They cannot come."""

    def close_personal_page(self, token: str) -> bool:
        """Close all links of whoever this link is of."""

    def card_icon(self, size: int) -> bytes | None:
        """The picture of the card on a phone; None for a size that is not made."""
