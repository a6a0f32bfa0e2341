"""What the pages about offers and coupons show. Pure."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, get_args

from models.locale import mark
from models.offer_form import OfferFields
from models.post import Value
from models.reason import NO_REASON, Reason
from models.redemptions import CouponState, Happened, OfferStage

STAGE_TITLES = {
    OfferStage.DRAFT: mark("is being written"),
    OfferStage.ASKED: mark("waits for a decision"),
    OfferStage.OPEN: mark("is open"),
    OfferStage.STOPPED: mark("stopped"),
    OfferStage.ENDED: mark("has ended"),
}
COUPON_TITLES = {
    CouponState.LIVE: mark("may be redeemed"),
    CouponState.STOPPED: mark("stopped"),
    CouponState.REPLACED: mark("another was given for it"),
}
HAPPENED_TITLES = {
    Happened.ISSUED: mark("issued"),
    Happened.SENT: mark("sent in a letter"),
    Happened.VIEWED: mark("seen by the client"),
    Happened.REFUSED: mark("refused at the till"),
    Happened.HELD: mark("held for a receipt"),
    Happened.RELEASED: mark("let go again"),
    Happened.REDEEMED: mark("redeemed"),
    Happened.RETURNED: mark("goods brought back"),
    Happened.STOPPED: mark("stopped"),
    Happened.OPENED: mark("opened again"),
    Happened.EXTENDED: mark("holds longer"),
    Happened.REPLACED: mark("replaced by another code"),
}
# The same of an answer to an invitation.
ANSWER_TITLES = {Happened.HELD: mark("answered: comes"), Happened.RELEASED: mark("answered seats let go")}
ANSWER_SAID = {"by hand": mark("the guest cannot come"), "ran out": mark("the guest did not come")}
# What the house itself notes beside what happened; anything else was written by a person.
SAID_TITLES = {
    "whole": mark("all of it"), "in part": mark("a part of it"), "by hand": mark("the till let it go"),
    "ran out": mark("nobody paid in time"), "not paid": mark("the receipt was closed without it"),
}  # fmt: skip
BATCH_TITLES = {
    "unique": mark("codes of their own"), "generic": mark("one for everybody"), "imported": mark("brought along"),
}  # fmt: skip
# The fields of the form as its page shows them, in parts.
PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (mark("What is given"), ("title", "gives", "value", "most", "gift", "gifts", "take", "pay", "sittings", "guests")),
    (mark("On which goods"), ("product_groups", "products", "but_groups", "but_products", "which", "at_most")),
    (mark("To whom, where and when"), (
        "first_day", "last_day", "outlets", "channels", "weekdays", "hours", "sum_from", "quantity_from",
        "customer_groups", "but_customer_groups", "first_purchase",
    )),
    (mark("How often"), (
        "total", "budget", "per_code", "per_customer", "per_period", "period_days", "per_outlet", "units",
    )),
    (mark("Codes"), ("codes", "word", "signs", "length", "prefix", "pattern", "groups_of", "check_sign")),
    (mark("Accounts"), ("campaign", "fund", "goal", "paid_by", "control_percent", "return_days")),
    (mark("With other offers, and rounding"), ("rank", "exclusive", "base", "rounding", "round_to", "split")),
)  # fmt: skip
OPEN_PARTS = 4  # the others are folded
MANY = ("outlets", "channels", "customer_groups", "but_customer_groups")
LONG = ("sittings", "products", "product_groups", "text")
# Which fields of the first part belong to what is given; the others are for all.
ONLY_OF: Mapping[str, tuple[str, ...]] = {
    "value": ("percent off", "amount off", "fixed price", "points"), "most": ("percent off",), "gift": ("gift",),
    "gifts": ("gift",), "take": ("n for m",), "pay": ("n for m",), "sittings": ("invitation",),
    "guests": ("invitation",),
}  # fmt: skip


class FieldLook(Value):
    """A field of the form: how it is shown, what stands in it, what is wrong with it."""

    name: str
    title: str
    about: str
    kind: str
    value: Any = ""
    choices: tuple[str, ...] = ()
    wrong: tuple[Reason, ...] = ()


def look_of(name: str, values: Mapping[str, Any], wrong: tuple[Reason, ...] = ()) -> FieldLook:
    """A field as the form has it."""
    field = OfferFields.model_fields[name]
    choices = tuple(one for one in get_args(field.annotation) if isinstance(one, str))
    kinds = {bool: "check", int: "number"}
    own = "choice" if choices else "many" if name in MANY else "long" if name in LONG else ""
    kind = own or kinds.get(field.annotation, "text")  # type: ignore[arg-type]
    return FieldLook(name=name, title=field.title or name, about=field.description or "", kind=kind,
                     value=values.get(name, field.default), choices=choices, wrong=wrong)  # fmt: skip


class Named(Value):
    key: str
    title: str


class OfferLook(Value):
    """The form with what it comes to: its sentences, or what is wrong, by field where it is of one."""

    key: str = ""
    values: Mapping[str, Any] = {}
    says: tuple[str, ...] = ()
    wrong: Mapping[str, tuple[Reason, ...]] = {}
    objections: tuple[Reason, ...] = ()
    choices: Mapping[str, tuple[Named, ...]] = {}
    is_new: bool = True

    def field(self, name: str) -> FieldLook:
        return look_of(name, self.values, self.wrong.get(name, ()))

    def boxes(self, name: str) -> tuple[tuple[Named, bool], ...]:
        """What may be ticked in a field of several, and whether it is; what is no more there stays ticked."""
        ticked = {one.strip() for one in str(self.values.get(name, "")).split(",")} - {""}
        there = self.choices.get(name, ())
        gone = sorted(ticked - {one.key for one in there})
        known = (*there, *(Named(key=key, title=key) for key in gone))
        return tuple((one, one.key in ticked) for one in known)


class SittingLine(Value):
    """A sitting of an invitation, in guests. `attended` are all who were let in, with an answer or without."""

    title: str
    seats: int
    answered: int = 0
    attended: int = 0
    not_come: int = 0


class LimitBar(Value):
    """A limit and how much of it is taken; `share` is in percent, None where there is no limit."""

    title: str
    standing: str = ""
    fact: str = ""
    target: str = ""
    percent: str = ""
    note: str = ""
    extra: str = ""
    tone: str = "plain"
    share: float | None = None
    mark: float = 0


class OfferLine(Value):
    """An offer as the list shows it; money in minor units."""

    key: str
    title: str
    stage: OfferStage
    says: str = ""
    first_day: date | None = None
    last_day: date | None = None
    is_coming: bool = False
    waits: bool = False
    campaign: str = ""
    made_by: str = ""
    issued: int = 0
    used: int = 0
    held: int = 0
    left: int | None = None
    bars: tuple[LimitBar, ...] = ()


class OffersPage(Value):
    lines: tuple[OfferLine, ...] = ()
    is_cut: bool = False


class OfferVersionLine(Value):
    n: int
    hash: str
    made_by: str
    made_at: datetime
    in_force: bool = False
    decision: str = ""
    decided_by: str = ""
    proven: bool = False
    reason: str = ""
    changes: tuple[tuple[str, str, str], ...] = ()


class BatchLine(Value):
    id: int
    kind: str
    title: str
    made: int
    wanted: int
    made_by: str
    made_at: datetime
    taken: tuple[str, ...] = ()


class Waiting(Value):
    """A question about a version: who is asked until when, and why this visitor may not decide."""

    version: str
    n: int
    asked_of: str
    until: datetime
    says: tuple[str, ...] = ()
    changes: tuple[tuple[str, str, str], ...] = ()
    objection: Reason = NO_REASON


class OfferPage(Value):
    """One offer whole. `says` is of the version in force, of the last one where none is."""

    line: OfferLine
    says: tuple[str, ...] = ()
    text: str = ""
    seen: int = 0
    reason: str = ""
    waiting: Waiting | None = None
    may_ask: bool = False
    is_approved: bool = False
    code_kind: str = "unique"
    word: str = ""
    bars: tuple[LimitBar, ...] = ()
    sittings: tuple[SittingLine, ...] = ()
    versions: tuple[OfferVersionLine, ...] = ()
    batches: tuple[BatchLine, ...] = ()
    happened: tuple["HappenedLine", ...] = ()
    groups: tuple[Named, ...] = ()


class HappenedLine(Value):
    """One line of a history; `coupon` is set where it is another one of the chain. `is_answer`: of the invited."""

    at: datetime
    what: Happened
    by: str = ""
    outlet: str = ""
    said: str = ""
    coupon: int = 0
    receipt: str = ""
    amount: int = 0
    is_answer: bool = False


class CouponPage(Value):
    """One coupon: its last signs, whose it is, what became of it."""

    id: int
    last: str
    offer: str
    title: str
    stage: OfferStage
    state: CouponState
    used: int
    held: int
    most: int
    customer: int = 0
    batch: int = 0
    batch_title: str = ""
    batch_kind: str = "unique"
    currency: str = ""
    ends_on: date | None = None
    before: tuple[int, ...] = ()
    after: tuple[int, ...] = ()
    taken: tuple[str, ...] = ()
    happened: tuple[HappenedLine, ...] = ()


class CouponFound(Value):
    """Coupons that were looked for; `why` where there is none."""

    ids: tuple[int, ...] = ()
    lines: tuple["CouponPage", ...] = ()
    why: Reason = NO_REASON


class TakenFile(Value):
    """A file with codes, made for whoever asked; `told` where there is none."""

    name: str = ""
    media: str = ""
    data: bytes = b""
    told: tuple[Reason, ...] = ()
