"""What the pages about outlets need, and what they order."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from models.desk import Visitor
from models.desk.people import OutletPage
from models.reason import Reason
from models.staff import OutletForm


class OutletVerbs(Protocol):
    def outlets(self) -> Sequence[OutletPage]: ...

    def outlets_unreadable(self) -> Reason:
        """Why none can be shown: company.yaml is broken."""

    def zones(self) -> Mapping[str, str]:
        """The time zones of the company's country, with the town each is named after."""

    def order_outlet(self, visitor: Visitor, once: str, form: OutletForm, former: str = "") -> Sequence[Reason]:
        """`former` is the print of the outlet as the page showed it."""

    def make_till_key(
        self, visitor: Visitor, once: str, outlet: str, title: str, intake: bool, coupons: bool
    ) -> tuple[Sequence[Reason], str]:
        """A new key of a till, given back once; "" where the same form was sent before, or it was refused."""

    def revoke_till_key(self, visitor: Visitor, once: str, id: int) -> Sequence[Reason]: ...
