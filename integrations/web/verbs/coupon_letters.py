"""What coupons in letters need. A token says whose letter it is of, and never the code; None is a token not ours."""

from typing import Protocol

from models.letter_coupons import LetterCoupon
from models.reason import Reason


class CouponLetterVerbs(Protocol):
    def letter_coupon(self, token: str) -> LetterCoupon | None:
        """The coupon of a letter, to be shown to whoever holds the letter."""

    def answer_letter(self, token: str, sitting: str, guests: str) -> Reason | None:
        """The recipient comes; None where the letter invites nobody by name, else why not."""

    def decline_letter(self, token: str) -> Reason | None:
        """The recipient cannot come."""

    def letter_coupon_picture(self, token: str) -> tuple[bytes, str] | None:
        """Its QR code as PNG, with the mark of the letter; None where no code works any more."""
