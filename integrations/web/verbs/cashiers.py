"""What the cashier's page and the desk's page about it need."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from models.cashier_page import AskedAbout, At, Entered, Journal, SignedIn, Told
from models.cashier_points import PointsAsked, PointsPaid, PointsTold
from models.desk import Visitor
from models.desk.cashiers import CashiersPage, Pairing
from models.reason import Reason


class CashierVerbs(Protocol):
    def pair_device(self, token: str) -> str | Reason:
        """The secret of the new device; it is given once."""

    def till_at(self, secret: str) -> At | None:
        """Where this device stands and who works there; None where it is none of ours."""

    def till_state(self, at: At | None) -> Mapping[str, Any]:
        """All that the page shows of itself."""

    def cashier_signs_in(self, at: At, cashier: int, pin: str) -> SignedIn: ...

    def cashier_leaves(self, at: At) -> None: ...

    def till_asks(self, at: At, asked: AskedAbout, address: str) -> Told:
        """Raises Unavailable for a device that has sent too many wrong codes."""

    def till_redeems(self, at: At, asked: AskedAbout, address: str) -> Told: ...

    def till_lets_go(self, at: At, keys: Sequence[str]) -> None: ...

    def till_undoes(self, at: At, key: str) -> Reason: ...

    def till_points(self, at: At, told: PointsAsked | PointsPaid, address: str) -> PointsTold:
        """Raises Unavailable for a device that has sent too many wrong numbers."""

    def till_undoes_points(self, at: At, key: str) -> PointsTold: ...

    def till_list(self, at: At) -> Mapping[str, Any]: ...

    def till_journal(self, at: At, journal: Journal, address: str) -> Sequence[Entered]: ...

    # The desk.

    def cashiers_page(self, outlet: str) -> CashiersPage | None: ...

    def make_pairing(
        self, visitor: Visitor, once: str, outlet: str, title: str
    ) -> tuple[Sequence[Reason], Pairing | None]: ...

    def give_pin(
        self, visitor: Visitor, once: str, outlet: str, name: str, person: str, number: int
    ) -> tuple[Sequence[Reason], str]:
        """A PIN, given back once; "" where it was refused or the same form was sent before."""

    def take_off(self, visitor: Visitor, once: str, outlet: str, what: str, number: int) -> Sequence[Reason]: ...

    def conflict_seen(self, visitor: Visitor, outlet: str, id: int, note: str) -> bool: ...
