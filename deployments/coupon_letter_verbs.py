"""The verbs of coupons that stand in letters: their pictures and pages, done in the house."""

from models.letter_coupons import LetterCoupon
from tasks.codes.pictures import content_of, qr_png
from tasks.house import House
from tasks.mailing.coupons.saying.rows import of_token


class CouponLetterVerbs:
    house: House

    def letter_coupon(self, token: str) -> LetterCoupon | None:
        with self.house.reads() as session:
            found = of_token(self.house, session, token)
        return found[0] if found else None

    def letter_coupon_picture(self, token: str) -> tuple[bytes, str] | None:
        with self.house.reads() as session:
            found = of_token(self.house, session, token)
        return (qr_png(content_of(found[1])), found[0].mark) if found and found[1] else None
