"""The form of the analysis of coupons: which offers are looked at; no client is named in it."""

from pydantic import Field

from models.form import Form
from models.locale import mark


class CouponAnalysisForm(Form):
    """Which offers are looked at."""

    offer: str = Field(
        default="", max_length=100, title=mark("Offer"),
        description=mark("The key of one offer, as its page shows it; empty: all that are due."),
    )  # fmt: skip
    days: int = Field(
        default=60, ge=0, le=3650, title=mark("Ended within so many days"),
        description=mark("Later hardly anything changes: goods are brought back for a month."),
    )  # fmt: skip
