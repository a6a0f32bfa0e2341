"""What the pages about mailings need, and what they order."""

from collections.abc import Sequence
from typing import Protocol

from models.desk import Visitor
from models.desk.mailings import Choices, MailingPage, MailingsPage, Preview
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
from models.reason import Reason


class MailingVerbs(Protocol):
    """Everything that was done is said with the code “done”; saving that was overtaken with `OVERTAKEN`."""

    def mailings_page(self) -> MailingsPage: ...

    def mailing(self, id: int, visitor: Visitor) -> MailingPage | None:
        """One mailing whole; None where there is none."""

    def mailing_preview(self, id: int, variant: str, customer: int, document: str) -> Preview:
        """A variant as this customer would get it, 0 is somebody made up; of the last version, or of this draft."""

    def mailing_choices(self) -> Choices: ...

    def make_mailing(self, visitor: Visitor, once: str, form: MakeMailingForm) -> Sequence[Reason]: ...

    def save_mailing(self, visitor: Visitor, once: str, form: SaveMailingForm) -> Sequence[Reason]: ...

    def set_up_mailing(self, visitor: Visitor, once: str, form: SetUpMailingForm) -> Sequence[Reason]: ...

    def test_mailing(self, visitor: Visitor, once: str, form: TestMailingForm) -> Sequence[Reason]: ...

    def ask_mailing(self, visitor: Visitor, once: str, form: AskMailingForm) -> Sequence[Reason]: ...

    def decide_mailing(self, visitor: Visitor, once: str, form: DecideMailingForm) -> Sequence[Reason]: ...

    def run_mailing(self, visitor: Visitor, once: str, form: RunMailingForm) -> Sequence[Reason]: ...

    def unknown_letters(self, visitor: Visitor, once: str, form: UnknownLettersForm) -> Sequence[Reason]: ...

    def choose_winner(self, visitor: Visitor, once: str, form: WinnerForm) -> Sequence[Reason]: ...
