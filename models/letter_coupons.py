"""The coupon of a letter as its recipient sees it by itself. Pure."""

from datetime import date

from pydantic import Field

from models.invited import Invited
from models.post import Value


class LetterCoupon(Value):
    """`code` as people read it; "" where none works any more. `mark` is the letter's; a test, not counted, has none.

    `invited` where it is an invitation that its recipient may answer by name.
    """

    code: str = Field("", repr=False)
    gives: str = ""
    terms: str = ""
    until: date | None = None
    mark: str = ""
    is_trial: bool = False
    invited: Invited | None = None
