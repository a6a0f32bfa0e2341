"""The verbs of the local mail, done in the house: letters opened, sent back, and read in the next moment."""

from collections.abc import Callable, Sequence

from models.desk import Visitor
from models.desk.local_mail import Back, LocalLetter, LocalMailPage, OpenedTest
from models.locale import mark
from models.reason import Reason, because
from tasks.house import House
from tasks.local_mail.engine import LocalMail

READING = "mail-returns"
BEING_READ = mark("What came back is being read: look again in a few seconds.")


class LocalMailVerbs:
    """Letters that stayed here. Opening one changes nothing by itself: its own pixel and links count, as anywhere."""

    house: House
    handed_on: Callable[..., int]

    def local_mail(self, mailing: int, customer: int, number: int) -> LocalMailPage:
        return LocalMail(self.house).page(mailing, customer, number)

    def local_mail_customer(self, typed: str) -> int | Reason:
        return LocalMail(self.house).customer(typed)

    def local_letter(self, id: int) -> LocalLetter | Reason:
        return LocalMail(self.house).letter(id)

    def local_letter_file(self, id: int) -> bytes | Reason:
        return LocalMail(self.house).raw(id)

    def local_test(self, id: int) -> OpenedTest | Reason:
        return LocalMail(self.house).test(id)

    def local_test_file(self, id: int) -> bytes | Reason:
        return LocalMail(self.house).test_raw(id)

    def send_back(self, id: int, what: Back, once: str, words: str) -> Reason:
        return LocalMail(self.house).send_back(id, what, once, words)

    def read_returns_now(self, visitor: Visitor, once: str) -> Sequence[Reason]:
        self.handed_on(visitor, once, READING, {})
        return [because(BEING_READ, code="done")]
