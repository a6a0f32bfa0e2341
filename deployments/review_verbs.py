"""The verbs about people outside the company, done in the house: links, what they show, what comes back."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from deployments.order_verbs import sentences
from models.database import reading
from models.desk import Review, Said, Visitor
from models.locale import mark
from models.reason import Reason, because
from models.review_forms import AskReviewer, RevokeReviewer
from tasks.approval.rules import demands_of
from tasks.desk.rows import Names
from tasks.house import House
from tasks.orders.answers import Report
from tasks.proofs.rows import Reader
from tasks.review.engine import Reviewers

SENT = mark("The link is on its way to {email}. You are told when {name} answers.")
SENT_BEFORE = mark("This form was sent before: its link has gone to {email}, and no second letter goes there.")
SHOWN_BEFORE = mark("This form was sent before, and its link was shown once. Make a new one if it was lost.")


class ReviewVerbs:
    """Links for people outside."""

    house: House
    chance: Callable[[], str]
    ordered: Callable[..., Report]
    _names: Callable[[Session], Names]

    def _reviewers(self) -> Reviewers:
        return Reviewers(self.house, self.chance)

    def ask_reviewer(
        self, question: int, version: int, name: str, email: str, days: int, visitor: Visitor, once: str
    ) -> tuple[Sequence[Reason], str]:
        """The address of somebody outside stands in the letter only: neither the order book nor Prefect keeps it."""
        order = AskReviewer(
            question=question, version=version, name=name, email=email, days=days, person=visitor.key
        )  # fmt: skip
        made: list[str] = []

        def act() -> Report:
            report, link = self._reviewers().ask(order, by_letter=bool(email))
            made.append(link)
            return report

        subject = ("approval", str(question)) if question else ("rendition", str(version))
        form = order.model_dump(mode="json")
        report = self.ordered(visitor, once, "ask-reviewer", form, act, subject, private=("email",))
        if report.refusal:
            return [report.refusal], ""
        if email:
            return [because(SENT if made else SENT_BEFORE, code="done", email=email, name=name)], ""
        if not made:
            return [because(SHOWN_BEFORE, code="shown_before")], ""
        return sentences(report), made[0]

    def revoke_reviewer(self, id: int, visitor: Visitor, once: str) -> Sequence[Reason]:
        order = RevokeReviewer(link=id, person=visitor.key)
        form = order.model_dump(mode="json")
        report = self.ordered(
            visitor, once, "revoke-reviewer", form, lambda: self._reviewers().revoke(order), ("review", str(id))
        )
        return sentences(report)

    def review(self, token: str) -> Review | None:
        nobody = Reader(None, demands_of(self.house.workspace.company))
        with reading(self.house.engine) as session:
            return self._reviewers().shown(session, token, self._names(session), nobody)

    def opened(self, token: str) -> None:
        self._reviewers().open_first(token)

    def take_review(self, token: str, said: Sequence[Said]) -> int | None:
        return self._reviewers().take(token, said)
