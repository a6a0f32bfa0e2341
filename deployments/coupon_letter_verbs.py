"""The verbs of coupons that stand in letters: their pictures and pages, done in the house."""

from models.letter_coupons import LetterCoupon
from models.reason import Reason
from tasks.answering.engine import Answering
from tasks.codes.pictures import content_of, qr_png
from tasks.house import House
from tasks.mailing.coupons.saying.rows import holder, of_token
from tasks.redeeming.engine import Redeeming


class CouponLetterVerbs:
    house: House
    ledger: Redeeming

    def letter_coupon(self, token: str) -> LetterCoupon | None:
        with self.house.reads() as session:
            found, whose = of_token(self.house, session, token), holder(self.house, session, token)
        if found is None:
            return None
        return found[0].model_copy(update={"invited": self._answering.of_offer(*whose) if whose else None})

    def answer_letter(self, token: str, sitting: str, guests: str) -> Reason | None:
        whose = self._invited(token)
        return self._answering.answer(*whose, sitting, guests) if whose else None

    def decline_letter(self, token: str) -> Reason | None:
        whose = self._invited(token)
        return self._answering.decline(*whose) if whose else None

    @property
    def _answering(self) -> Answering:
        return Answering(self.house, self.ledger)

    def _invited(self, token: str) -> tuple[int, int] | None:
        """The customer and their coupon."""
        with self.house.reads() as session:
            whose = holder(self.house, session, token)
        seen = self._answering.of_offer(*whose) if whose else None
        return (whose[0], seen.coupon) if whose and seen else None

    def letter_coupon_picture(self, token: str) -> tuple[bytes, str] | None:
        with self.house.reads() as session:
            found = of_token(self.house, session, token)
        return (qr_png(content_of(found[1])), found[0].mark) if found and found[1] else None
