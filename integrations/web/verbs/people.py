"""What the pages about people need, and what they order. Orders say in sentences what became of them."""

from collections.abc import Sequence
from typing import Protocol

from models.desk import PersonLine, Visitor
from models.desk.people import MyPage, PersonPage
from models.reason import Reason
from models.staff import AbsenceForm, PersonForm


class PeopleVerbs(Protocol):
    def people(self) -> Sequence[PersonLine]: ...

    def person_page(self, key: str, before: str = "") -> PersonPage | None:
        """A person with what they did, a page of it from the mark `before` on; None where nobody has this key."""

    def order_person(self, visitor: Visitor, once: str, form: PersonForm, former: str = "") -> Sequence[Reason]:
        """`former` is the print of the person as the page showed them."""

    def order_absence(self, visitor: Visitor, once: str, form: AbsenceForm) -> Sequence[Reason]: ...

    def invite(self, visitor: Visitor, once: str, who: str) -> tuple[Sequence[Reason], str]:
        """A new personal link, given back once; "" where the same form was sent before, or it was refused."""

    def invite_by_mail(self, visitor: Visitor, once: str, who: str) -> Sequence[Reason]:
        """Hand it on to a run, which sends the link to the person: it is shown to nobody else."""

    def my_page(self, visitor: Visitor) -> MyPage: ...

    def login_of(self, token: str) -> str:
        """What whoever this invitation is for signs in as; "" where it is good no longer."""

    def is_new(self, visitor: Visitor) -> bool:
        """Whether this person has come in for the first time and has not been welcomed yet."""

    def welcomed(self, visitor: Visitor) -> None: ...
