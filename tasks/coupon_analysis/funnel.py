"""How far coupons came: issued, delivered, viewed, answered, redeemed; each share says of what. Pure.

Three denominators, never mixed: coupons (codes), customers they were issued to, uses that they allow. A redeemed coupon
was viewed, a viewed one delivered, whatever the messenger said, so that a funnel never grows. Of an invitation those
who came without an answer have answered by that. Where nobody can know of
a step, as with printed codes, there is no number, not a nought.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from tasks.returns.sums.intervals import Interval, wilson

STEPS = ("issued", "delivered", "viewed", "answered", "redeemed")
MAYBE = ("delivered", "viewed", "answered")


@dataclass(frozen=True, slots=True)
class Funnel:
    """Things of one kind, each counted once in every step; `delivered` and `viewed` are None where unknown.

    `answered` is of invitations only.

    `of` is coupon, customer or use.
    """

    of: str
    issued: int
    delivered: int | None
    viewed: int | None
    redeemed: int
    answered: int | None = None

    @property
    def rate(self) -> float | None:
        return self.redeemed / self.issued if self.issued else None

    @property
    def interval(self) -> Interval:
        return wilson(self.redeemed, self.issued)

    @property
    def steps(self) -> dict[str, int]:
        """The steps that are known, in their order."""
        return {name: number for name in STEPS if (number := getattr(self, name)) is not None}


def by_coupon(coupons: pl.DataFrame, redemptions: pl.DataFrame) -> Funnel:
    """Codes, each once, however often it was redeemed and whatever it was redeemed on."""
    return _funnel("coupon", _flags(coupons, redemptions), coupons)


def by_customer(coupons: pl.DataFrame, redemptions: pl.DataFrame) -> Funnel:
    """Customers whom a coupon was issued to: never those of whom something else is known, or who are in some table."""
    flags = _flags(coupons, redemptions).filter(pl.col("customer").is_not_null())
    whole = flags.group_by("customer").agg(pl.col(name).max() for name in (*MAYBE, "redeemed"))
    return _funnel("customer", whole, coupons)


def by_use(coupons: pl.DataFrame, redemptions: pl.DataFrame) -> Funnel | None:
    """Uses: what the codes allow, and how many of it were taken. None where a code allows any number."""
    if coupons.is_empty() or coupons.select((pl.col("most") < 1).any()).item():
        return None
    flags = _flags(coupons, redemptions)
    delivered, viewed, answered = (_uses(flags, coupons, name) for name in MAYBE)
    taken = flags.select(pl.min_horizontal("times", "most").sum()).item()
    return Funnel("use", int(coupons["most"].sum()), delivered, viewed, int(taken), answered)


def by_segment(coupons: pl.DataFrame, redemptions: pl.DataFrame, segments: pl.DataFrame) -> Mapping[str | None, Funnel]:
    """Customers' funnel for each segment of theirs (columns customer, segment; a customer has one); None: not known.

    Whoever nothing is known of stays in the sum: a share among those with a questionnaire is not that of the targeted.
    """
    known = segments.unique("customer", keep="first", maintain_order=True)
    told = coupons.join(known.select("customer", "segment"), on="customer", how="left")
    parts = told.partition_by("segment", as_dict=True)
    return {str(name[0]) if name[0] is not None else None: by_customer(part, redemptions)
            for name, part in parts.items()}  # fmt: skip


def _flags(coupons: pl.DataFrame, redemptions: pl.DataFrame) -> pl.DataFrame:
    """A row for each code, with what is known of it; `times` it was redeemed."""
    times = redemptions.group_by("coupon").agg(pl.len().alias("times"))
    told = coupons.join(times, on="coupon", how="left").with_columns(pl.col("times").fill_null(0).cast(pl.Int64))
    redeemed = pl.col("times") > 0
    answered = redeemed | (pl.col("answered") if "answered" in coupons.columns else pl.lit(False))
    viewed = answered | pl.col("viewed").fill_null(False)
    delivered = viewed | pl.col("delivered").fill_null(False)
    return told.with_columns(
        redeemed.alias("redeemed"), answered.alias("answered"), viewed.alias("viewed"), delivered.alias("delivered")
    )  # fmt: skip


def _told(coupons: pl.DataFrame, name: str) -> bool:
    """Whether the source tells of this step at all."""
    return name in coupons.columns and coupons[name].null_count() < len(coupons)


def _funnel(of: str, flags: pl.DataFrame, coupons: pl.DataFrame) -> Funnel:
    delivered, viewed, answered = (int(flags[name].sum()) if _told(coupons, name) else None for name in MAYBE)
    return Funnel(of, len(flags), delivered, viewed, int(flags["redeemed"].sum()), answered)


def _uses(flags: pl.DataFrame, coupons: pl.DataFrame, name: str) -> int | None:
    return int(flags.filter(pl.col(name))["most"].sum()) if _told(coupons, name) else None
