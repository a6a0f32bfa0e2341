"""What the pages of the local mail need: the letters that stayed on this machine, and what comes back of them."""

from collections.abc import Sequence
from typing import Protocol

from models.desk import Visitor
from models.desk.local_mail import Back, LocalLetter, LocalMailPage, OpenedTest
from models.reason import Reason


class LocalMailVerbs(Protocol):
    def local_mail(self, mailing: int, customer: int, number: int) -> LocalMailPage:
        """The letters that local mailers put down, the newest first; of one mailing, of one customer."""

    def local_mail_customer(self, typed: str) -> int | Reason:
        """Whose letters are looked for: by the number of the record or a whole e-mail."""

    def local_letter(self, id: int) -> LocalLetter | Reason:
        """A letter as it lies in its file, with what came back; a `Reason` where there is none here."""

    def local_letter_file(self, id: int) -> bytes | Reason: ...

    def local_test(self, id: int) -> OpenedTest | Reason:
        """A test letter to a colleague; a `Reason` where there is none here."""

    def local_test_file(self, id: int) -> bytes | Reason: ...

    def send_back(self, id: int, what: Back, once: str, words: str) -> Reason:
        """Put what a recipient's mail system would send back into the folder of returns; the same form does it once."""

    def read_returns_now(self, visitor: Visitor, once: str) -> Sequence[Reason]:
        """Let a run read what came back, without waiting for its hour."""
