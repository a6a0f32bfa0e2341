"""The form of the analysis of coupons: which offers are looked at; no client is named in it."""

from typing import Annotated, Literal

from pydantic import Field

from models.form import Form, InWords
from models.locale import mark


class CouponAnalysisForm(Form):
    """Which offers are looked at."""

    when: Annotated[Literal["after the start", "before the launch"], InWords()] = Field(
        default="after the start", title=mark("When"),
        description=mark("Before the launch: what effect could be seen, and what it may cost. Name the offer."),
    )  # fmt: skip
    offer: str = Field(
        default="", max_length=100, title=mark("Offer"),
        description=mark("The key of one offer, as its page shows it; empty: all that are due."),
    )  # fmt: skip
    days: int = Field(
        default=60, ge=0, le=3650, title=mark("Ended within so many days"),
        description=mark("Later hardly anything changes: goods are brought back for a month."),
    )  # fmt: skip
