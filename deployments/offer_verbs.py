"""The verbs about offers and coupons, done in the house: shown, written, approved, given codes, stopped."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from deployments.order_verbs import sentences
from models.desk import Visitor
from models.desk.campaigns import Answered
from models.desk.offers import CouponFound, CouponPage, OfferLook, OfferPage, OffersPage, TakenFile
from models.locale import mark
from models.offer_orders import (
    TO_GROUPS,
    AskOfferForm,
    DecideOfferForm,
    ExtendOfferForm,
    ImportCodesForm,
    IssueCodesForm,
    MakeOfferForm,
    OpenOfferForm,
    ReplaceCodeForm,
    StopOfferForm,
    TakeCodesForm,
)
from models.reason import Reason, because
from tasks.house import House
from tasks.offering import rows as offers
from tasks.offering.asking.engine import OfferApproval
from tasks.offering.coupon.engine import Coupons
from tasks.offering.engine import Offering
from tasks.offering.files.engine import Files
from tasks.offering.issuing.engine import Issuing
from tasks.offering.shown.engine import ShownOffers, form_of_fields
from tasks.orders.answers import Report

AT_ONCE = 20_000  # codes that are made while the person waits
A_RUN = mark("Said yes. A run makes the codes; look here again in a minute.")
SENT_BEFORE = mark("This file was given already. Go back to the offer's page and take it from there.")


class OfferVerbs:
    """Offers on the desk. Whoever is signed in orders under their own name, and decides proven."""

    house: House
    ordered: Callable[..., Report]
    handed_on: Callable[..., int]

    def offers_page(self) -> OffersPage:
        return ShownOffers(self.house).offers()

    def offer_page(self, key: str, visitor: Visitor) -> OfferPage | None:
        return ShownOffers(self.house).offer(key, visitor)

    def new_offer(self, like: str) -> OfferLook:
        return ShownOffers(self.house).blank(like)

    def offer_form(self, key: str) -> OfferLook | None:
        return ShownOffers(self.house).filled_of(key)

    def offer_filled(self, fields: Sequence[tuple[str, str]], key: str) -> OfferLook:
        values = form_of_fields(fields)
        return ShownOffers(self.house).looked_at(values | ({"key": key} if key else {}), key)

    def write_offer(self, visitor: Visitor, once: str, look: OfferLook) -> Answered:
        form = MakeOfferForm.model_validate({**look.values, "person": visitor.key})
        act = partial(Offering(self.house).write, form, anew=not look.is_new)
        filled_in, subject = form.model_dump(mode="json"), ("offer", form.key)
        report = self.ordered(visitor, once, "make-offer", filled_in, act, subject)
        with self.house.reads() as session:
            row = offers.by_id(session, next((line.id for line in report.lines), 0))
        key = row.key if row else look.key
        return Answered(said=tuple(sentences(report)), refused=bool(report.refusal), about=key)

    def ask_offer(self, visitor: Visitor, once: str, form: AskOfferForm) -> Sequence[Reason]:
        return sentences(self._about_offer("ask-offer", visitor, once, form, OfferApproval(self.house).ask))

    def decide_offer(self, visitor: Visitor, once: str, form: DecideOfferForm) -> Sequence[Reason]:
        decide = partial(OfferApproval(self.house).decide, proven=True)
        return sentences(self._about_offer("decide-offer", visitor, once, form, decide))

    def stop_offer(self, visitor: Visitor, once: str, form: StopOfferForm) -> Sequence[Reason]:
        return sentences(self._about_offer("stop-offer", visitor, once, form, Issuing(self.house).stop))

    def open_offer(self, visitor: Visitor, once: str, form: OpenOfferForm) -> Sequence[Reason]:
        return sentences(self._about_offer("open-offer", visitor, once, form, Issuing(self.house).open))

    def extend_offer(self, visitor: Visitor, once: str, form: ExtendOfferForm) -> Sequence[Reason]:
        return sentences(self._about_offer("extend-offer", visitor, once, form, Issuing(self.house).extend))

    def issue_codes(self, visitor: Visitor, once: str, form: IssueCodesForm) -> Sequence[Reason]:
        if form.number > AT_ONCE or form.what == TO_GROUPS:
            said = form.model_copy(update={"person": visitor.key}).model_dump(mode="json")
            self.handed_on(visitor, once, "issue-codes", said, ("offer", form.offer))
            return [because(A_RUN, code="done")]
        act = partial(Issuing(self.house).issue, once=f"desk:{once}")
        return sentences(self._about_offer("issue-codes", visitor, once, form, act))

    def import_codes(self, visitor: Visitor, once: str, form: ImportCodesForm, data: bytes) -> Sequence[Reason]:
        act = partial(Issuing(self.house).import_codes, data=data)
        return sentences(self._about_offer("import-codes", visitor, once, form, act))

    def replace_code(self, visitor: Visitor, once: str, form: ReplaceCodeForm) -> tuple[int, Sequence[Reason]]:
        report = self._about_offer("replace-code", visitor, once, form, Issuing(self.house).replace)
        coupon = Coupons(self.house).page(form.coupon)
        return (coupon.after[0] if coupon and coupon.after else 0), sentences(report)

    def take_codes(self, visitor: Visitor, once: str, form: TakeCodesForm) -> TakenFile:
        files = Files(self.house)
        report = self._about_offer("take-codes", visitor, once, form, files.take)
        if files.made is None:
            told = sentences(report) if report.refusal else [because(SENT_BEFORE, code="sent")]
            return TakenFile(told=tuple(told))
        return TakenFile(name=files.made.name, media=files.made.media, data=files.made.data)

    def offer_symbol(self, key: str, kind: str, as_bars: bool) -> tuple[str, bytes] | None:
        return Files(self.house).symbol(key, kind, as_bars)

    def find_coupon(self, typed: str) -> CouponFound:
        return Coupons(self.house).found(typed)

    def coupon_page(self, id: int) -> CouponPage | None:
        return Coupons(self.house).page(id)

    def _about_offer(
        self, code: str, visitor: Visitor, once: str, form: Any, act: Callable[[Any], Report]
    ) -> Report:  # fmt: skip
        form = form.model_copy(update={"person": visitor.key})
        filled_in, subject = form.model_dump(mode="json"), ("offer", form.offer)
        # Why something is done about one coupon often says whose it is; it stays in the coupon's own history.
        private = ("reason",) if getattr(form, "coupon", 0) else ()
        return self.ordered(visitor, once, code, filled_in, partial(act, form), subject, private=private)
