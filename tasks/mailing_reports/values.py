"""What a report of mailings is made of: sums of the registry for a period and the one before. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from tasks.reports.period import Period

Sums = Mapping[str, int]


@dataclass(frozen=True)
class MailingLine:
    """A mailing that letters of the period went out of; `sums` are all it has come to by the end of the period."""

    id: int
    title: str
    sums: Sums

    def of(self, metric: str) -> int:
        return self.sums.get(f"mail_{metric}", 0)


@dataclass(frozen=True)
class GroupLine:
    """A customer group: its size at the end of the period and before it, who came and went, who may be written to."""

    key: str
    title: str
    size: int
    before: int | None
    joined: int
    left: int
    deliverable: int | None


@dataclass(frozen=True)
class CouponLine:
    """An offer whose coupons were looked at in the period; `sums` are what they have come to by its end.

    What is not known is absent, as what they brought while the offer runs.
    """

    key: str
    title: str
    sums: Sums

    def of(self, metric: str) -> int | None:
        return self.sums.get(metric)

    @property
    def redeemed(self) -> int | None:
        """Coupons; of one code that is everybody's the uses of it, of which there is no share."""
        redeemed = self.of("coupons_redeemed")
        return self.of("coupon_uses") if redeemed is None else redeemed

    @property
    def share(self) -> float | None:
        issued, redeemed = self.of("coupons_issued"), self.of("coupons_redeemed")
        return redeemed / issued if issued and redeemed is not None else None


@dataclass(frozen=True)
class MailReport:
    """Money in minor units of `currency`; `days` are what people did on each day, by metric."""

    company: str
    currency: str
    synthetic: bool
    period: Period
    made_at: datetime
    now: Sums
    before: Sums
    mailings: tuple[MailingLine, ...] = ()
    groups: tuple[GroupLine, ...] = ()
    days: tuple[tuple[date, Sums], ...] = field(default=())
    cost: int | None = None
    cost_before: int | None = None
    today: date | None = None
    coupons: tuple[CouponLine, ...] = ()


def share(sums: Sums, part: str, whole: str) -> float | None:
    """One counter of another, as mail_opened of mail_delivered; None where there is nothing it could be of."""
    of = sums.get(f"mail_{whole}", 0)
    return sums.get(f"mail_{part}", 0) / of if of > 0 else None


def per_thousand(sums: Sums) -> float | None:
    """Revenue owed to a thousand letters, in minor units."""
    sent = sums.get("mail_sent", 0)
    return 1000 * sums.get("mail_revenue", 0) / sent if sent > 0 else None
