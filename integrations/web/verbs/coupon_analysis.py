"""What the page of an offer's analysis needs."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from integrations.web.uploads import Arrived
from models.desk import Visitor
from models.desk.coupon_analysis import BeforeCard, CouponReport, HistoryLine, Whole
from models.reason import Reason


class CouponAnalysisVerbs(Protocol):
    def coupon_analysis(self, key: str, costs: Mapping[str, str]) -> CouponReport | Reason | None:
        """In the reader's language, with the costs that are stated, as they were typed; None: there is no such offer.

        A `Reason` is what is wrong with the costs.
        """

    def coupon_analysis_file(self, key: str, costs: Mapping[str, str], suffix: str) -> bytes | None:
        """The same as a workbook (xlsx) or on paper (pdf)."""

    def coupon_before(self, key: str) -> BeforeCard | None:
        """What is known of an offer before its launch, approved or not; None: there is no such offer."""

    def take_history(
        self, files: Sequence[Arrived], groups: str, costs: Mapping[str, str], visitor: Visitor, once: str
    ) -> str | Reason:
        """Analyse a stranger's tables; the name of its report, or why not. The tables are not kept."""

    def histories(self) -> Sequence[HistoryLine]:
        """Those analysed lately, the newest first."""

    def history(self, id: str) -> Whole | None:
        """In the reader's language."""

    def history_file(self, id: str, suffix: str) -> bytes | None:
        """As html, xlsx or pdf, in the language of whoever sent it."""
