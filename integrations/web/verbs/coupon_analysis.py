"""What the page of an offer's analysis needs."""

from collections.abc import Mapping
from typing import Protocol

from models.desk.coupon_analysis import CouponReport
from models.reason import Reason


class CouponAnalysisVerbs(Protocol):
    def coupon_analysis(self, key: str, costs: Mapping[str, str]) -> CouponReport | Reason | None:
        """In the reader's language, with the costs that are stated, as they were typed; None: there is no such offer.

        A `Reason` is what is wrong with the costs.
        """

    def coupon_analysis_file(self, key: str, costs: Mapping[str, str], suffix: str) -> bytes | None:
        """The same as a workbook (xlsx) or on paper (pdf)."""
