"""The verbs about mailings, done in the house: listed, shown whole, looked at, and everything that is ordered."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from deployments.order_verbs import sentences
from models.desk import Visitor
from models.desk.mailings import Choices, MailingPage, MailingsPage, Preview
from models.locale import mark
from models.mailing_orders import (
    AskMailingForm,
    DecideMailingForm,
    MakeMailingForm,
    RunMailingForm,
    SaveMailingForm,
    SetUpMailingForm,
    TestMailingForm,
    UnknownLettersForm,
    WinnerForm,
)
from models.reason import Reason, because
from tasks.house import House
from tasks.mailing.asking.engine import Asking
from tasks.mailing.life.engine import Mailings
from tasks.mailing.shown.engine import Shown
from tasks.mailing.steering.engine import Steering
from tasks.orders.answers import Report

HANDED_ON = mark("Handed on: the test goes out in a few seconds. What came of it stands in Prefect's run.")
TOO_MUCH = ("document",)  # the version holds it; Prefect need not show it again


class MailingVerbs:
    """Mailings on the desk. Whoever is signed in orders under their own name, and decides proven."""

    house: House
    ordered: Callable[..., Report]
    handed_on: Callable[..., int]

    def mailings_page(self) -> MailingsPage:
        return Shown(self.house).mailings()

    def mailing(self, id: int, visitor: Visitor) -> MailingPage | None:
        return Shown(self.house).mailing(id, visitor)

    def mailing_preview(self, id: int, variant: str, customer: int, document: str) -> Preview:
        return Shown(self.house).preview(id, variant, customer, document)

    def mailing_choices(self) -> Choices:
        return Shown(self.house).choices()

    def make_mailing(self, visitor: Visitor, once: str, form: MakeMailingForm) -> Sequence[Reason]:
        return self._about_mailing("make-mailing", visitor, once, form, Mailings(self.house).make)

    def save_mailing(self, visitor: Visitor, once: str, form: SaveMailingForm) -> Sequence[Reason]:
        return self._about_mailing("save-mailing", visitor, once, form, Mailings(self.house).save)

    def set_up_mailing(self, visitor: Visitor, once: str, form: SetUpMailingForm) -> Sequence[Reason]:
        return self._about_mailing("set-up-mailing", visitor, once, form, Mailings(self.house).set_up)

    def test_mailing(self, visitor: Visitor, once: str, form: TestMailingForm) -> Sequence[Reason]:
        """A mailer's access may be known to Prefect only, so a run sends it."""
        said = form.model_copy(update={"person": visitor.key}).model_dump(mode="json")
        self.handed_on(visitor, once, "test-mailing", said, ("mailing", str(form.mailing)))
        return [because(HANDED_ON, code="done")]

    def ask_mailing(self, visitor: Visitor, once: str, form: AskMailingForm) -> Sequence[Reason]:
        return self._about_mailing("ask-mailing", visitor, once, form, Asking(self.house).ask)

    def decide_mailing(self, visitor: Visitor, once: str, form: DecideMailingForm) -> Sequence[Reason]:
        decide = partial(Asking(self.house).decide, proven=True)
        return self._about_mailing("decide-mailing", visitor, once, form, decide)

    def run_mailing(self, visitor: Visitor, once: str, form: RunMailingForm) -> Sequence[Reason]:
        return self._about_mailing("run-mailing", visitor, once, form, Steering(self.house).run)

    def unknown_letters(self, visitor: Visitor, once: str, form: UnknownLettersForm) -> Sequence[Reason]:
        return self._about_mailing("unknown-letters", visitor, once, form, Steering(self.house).unknown)

    def choose_winner(self, visitor: Visitor, once: str, form: WinnerForm) -> Sequence[Reason]:
        return self._about_mailing("choose-winner", visitor, once, form, Steering(self.house).winner)

    def _about_mailing(
        self, code: str, visitor: Visitor, once: str, form: Any, act: Callable[[Any], Report]
    ) -> Sequence[Reason]:  # fmt: skip
        form = form.model_copy(update={"person": visitor.key})
        subject = ("mailing", str(getattr(form, "mailing", "")))
        filled_in = form.model_dump(mode="json")
        return sentences(self.ordered(visitor, once, code, filled_in, partial(act, form), subject, private=TOO_MUCH))
