"""Forms about the reaction to mailings: what is filled in on the desk and in Prefect; no customer is named in one."""

from pydantic import ConfigDict, Field

from models.form import Form
from models.locale import mark
from models.mailing_orders import MAILING_ABOUT, MAILING_TITLE
from models.orders import Signed


class ReactionForm(Form):
    """Which mailings are looked at."""

    mailing: int = Field(
        default=0, ge=0, title=MAILING_TITLE,
        description=mark("0: all that are due, in their first two days every hour and then once a day."),
    )  # fmt: skip
    days: int = Field(
        default=45, ge=1, le=365, title=mark("Sent within so many days"),
        description=mark("Later hardly anything changes: purchases count for a week, what is given back for a month."),
    )  # fmt: skip


class NonOpenersForm(Signed):
    """A draft of the same mailing to those whom no person's opening or click has been seen of."""

    model_config = ConfigDict(title=mark("Once more to those who did not open"))

    mailing: int = Field(ge=1, title=MAILING_TITLE, description=MAILING_ABOUT)
