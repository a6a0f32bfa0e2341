"""What the pages about coupons in trade need."""

from collections.abc import Sequence
from typing import Protocol

from models.desk import Visitor
from models.reason import Reason
from models.trade import FileLine, InstructionPage, OfferInTrade


class TradeVerbs(Protocol):
    def offers_in_trade(self) -> Sequence[OfferInTrade]:
        """Offers that are open or about to be, with how their outlets stand."""

    def files_of_tills(self) -> Sequence[FileLine]:
        """What came of the files of tills, the last first."""

    def instruction_by_link(self, token: str) -> InstructionPage | None:
        """What an outlet's link shows; None where it is not ours."""

    def sheet_by_link(self, token: str) -> bytes | None:
        """The sheet of paper behind an outlet's link, as PDF."""

    def sheet(self, id: int) -> bytes | None:
        """The sheet of an instruction by its number."""

    def confirm_by_link(self, token: str, name: str, seen: int) -> InstructionPage | None:
        """The outlet says that it has read the instruction it has `seen`; twice is once. Another is not confirmed."""

    def confirm_instruction(self, id: int, who: str, visitor: Visitor, once: str) -> Sequence[Reason]:
        """A colleague says that the outlet has confirmed."""
