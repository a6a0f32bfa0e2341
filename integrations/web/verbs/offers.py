"""What the pages about offers and coupons need, and what they order."""

from collections.abc import Sequence
from typing import Protocol

from models.desk import Visitor
from models.desk.campaigns import Answered
from models.desk.offers import CouponFound, CouponPage, OfferLook, OfferPage, OffersPage, TakenFile
from models.offer_orders import (
    AskOfferForm,
    DecideOfferForm,
    ExtendOfferForm,
    ImportCodesForm,
    IssueCodesForm,
    OpenOfferForm,
    ReplaceCodeForm,
    StopOfferForm,
    TakeCodesForm,
)
from models.reason import Reason


class OfferVerbs(Protocol):
    """Everything that was done is said with the code “done”; whoever is signed in orders under their own name."""

    def offers_page(self) -> OffersPage: ...

    def offer_page(self, key: str, visitor: Visitor) -> OfferPage | None:
        """One offer whole; None where there is none."""

    def new_offer(self, like: str) -> OfferLook:
        """An empty form, or one filled in like another offer."""

    def offer_form(self, key: str) -> OfferLook | None: ...

    def offer_filled(self, fields: Sequence[tuple[str, str]], key: str) -> OfferLook:
        """What was filled in, with the sentences it comes to, or what is wrong with it."""

    def write_offer(self, visitor: Visitor, once: str, look: OfferLook) -> Answered:
        """Written; `about` is its key."""

    def ask_offer(self, visitor: Visitor, once: str, form: AskOfferForm) -> Sequence[Reason]: ...

    def decide_offer(self, visitor: Visitor, once: str, form: DecideOfferForm) -> Sequence[Reason]: ...

    def stop_offer(self, visitor: Visitor, once: str, form: StopOfferForm) -> Sequence[Reason]: ...

    def open_offer(self, visitor: Visitor, once: str, form: OpenOfferForm) -> Sequence[Reason]: ...

    def extend_offer(self, visitor: Visitor, once: str, form: ExtendOfferForm) -> Sequence[Reason]: ...

    def issue_codes(self, visitor: Visitor, once: str, form: IssueCodesForm) -> Sequence[Reason]:
        """At once where they are few, else by a run."""

    def import_codes(self, visitor: Visitor, once: str, form: ImportCodesForm, data: bytes) -> Sequence[Reason]: ...

    def replace_code(self, visitor: Visitor, once: str, form: ReplaceCodeForm) -> tuple[int, Sequence[Reason]]:
        """The number of the coupon that takes its place; 0 where there is none."""

    def take_codes(self, visitor: Visitor, once: str, form: TakeCodesForm) -> TakenFile: ...

    def offer_symbol(self, key: str, kind: str, as_bars: bool) -> tuple[str, bytes] | None:
        """The QR picture of the one code for everybody, or its bars (Code 128), with its type."""

    def find_coupon(self, typed: str) -> CouponFound: ...

    def coupon_page(self, id: int) -> CouponPage | None: ...
