"""The verbs about coupons in trade, done in the house."""

from collections.abc import Callable, Sequence

from deployments.order_verbs import sentences
from models.desk import Visitor
from models.reason import Reason
from models.trade import FileLine, InstructionPage, OfferInTrade
from models.trade_forms import ConfirmInstructionForm
from tasks.house import House
from tasks.orders.answers import Report
from tasks.trade.engine import Trade


class TradeVerbs:
    """Instructions of outlets, and the files of their tills."""

    house: House
    ordered: Callable[..., Report]

    def offers_in_trade(self) -> Sequence[OfferInTrade]:
        return Trade(self.house).offers()

    def files_of_tills(self) -> Sequence[FileLine]:
        return Trade(self.house).files()

    def instruction_by_link(self, token: str) -> InstructionPage | None:
        return Trade(self.house).page(token)

    def sheet_by_link(self, token: str) -> bytes | None:
        return Trade(self.house).paper_by_link(token)

    def sheet(self, id: int) -> bytes | None:
        return Trade(self.house).paper(id)

    def confirm_by_link(self, token: str, name: str, seen: int) -> InstructionPage | None:
        return Trade(self.house).confirm_by_link(token, name, seen)

    def confirm_instruction(self, id: int, who: str, visitor: Visitor, once: str) -> Sequence[Reason]:
        form = ConfirmInstructionForm(instruction=id, who=who, person=visitor.key)
        report = self.ordered(
            visitor, once, "confirm-instruction", form.model_dump(mode="json"),
            lambda: Trade(self.house).confirm(form), ("instruction", str(id)), private=("who",),
        )  # fmt: skip
        return sentences(report)
