"""Which offer a redemption is credited to, where codes stand in several and tills say no more than a code. Pure.

The offer that is named; else the only one whose code it was on that day, given to that client. Where several are left,
offers or clients, the redemption belongs to none of them that anybody could know, and is reported, not guessed.
"""

import polars as pl

from models.redemptions import Arm
from tasks.coupon_analysis.reading import Read, wrong

STANDS_MOST = 50  # how often a code may stand where a redemption names no client; beyond, nobody can know whose it was


def credited(redemptions: pl.DataFrame, coupons: pl.DataFrame) -> Read:
    """Redemptions as `read_redemptions` gave them, with `coupon` and the offer's key; and those credited to none."""
    issued = coupons.filter(pl.col("arm") == Arm.TREATED).select(
        "coupon", "code", pl.col("offer").alias("of"), pl.col("customer").alias("whose"), "first", "last"
    )
    candidates = pl.concat([
        _joined(redemptions, issued.filter(pl.col("whose").is_not_null()), with_customer=True),
        _joined(redemptions, issued.filter(pl.col("whose").is_null())),
        _joined(redemptions.filter(pl.col("customer").is_null()), _rare(issued)),
    ])  # fmt: skip
    candidates = candidates.filter((pl.col("offer") == "") | (pl.col("offer") == pl.col("of"))).unique(
        ["row", "coupon"]
    )
    day = pl.col("local").dt.date()
    is_within = (day >= pl.col("first")) & (pl.col("last").is_null() | (day <= pl.col("last")))
    counted = candidates.group_by("row").agg(
        pl.len().alias("known"), is_within.sum().alias("within"), pl.col("coupon").filter(is_within).first(),
        pl.col("of").filter(is_within).n_unique().alias("offers"), pl.col("of").filter(is_within).first(),
        pl.col("whose").filter(is_within).first(),
    )  # fmt: skip
    told = redemptions.join(counted, on="row", how="left", maintain_order="left").with_columns(
        pl.col("known", "within", "offers").fill_null(0)
    )
    within, known, is_common = pl.col("within"), pl.col("known"), pl.col("customer").is_null() & _is_common(issued)
    wrongs = pl.concat([
        wrong(told, (known == 0) & ~is_common, "code", "not_issued"),
        wrong(told, (known > 0) & (within == 0), "on", "outside"),
        wrong(told, (within > 1) & (pl.col("offers") > 1), "offer", "several"),
        wrong(told, (within > 1) & (pl.col("offers") == 1) | (known == 0) & is_common, "customer", "whose"),
    ]).sort("row")  # fmt: skip
    found = told.filter(within == 1).with_columns(
        pl.col("of").alias("offer"), pl.coalesce("customer", "whose").alias("customer")
    )
    return Read(found.drop("of", "whose", "known", "within", "offers"), wrongs)


def _joined(redemptions: pl.DataFrame, issued: pl.DataFrame, with_customer: bool = False) -> pl.DataFrame:
    asked = redemptions.select("row", "code", "offer", "customer", "local")
    mine, theirs = (["code", "customer"], ["code", "whose"]) if with_customer else (["code"], ["code"])
    joined = asked.join(issued, left_on=mine, right_on=theirs, how="inner", coalesce=False)
    return joined.select("row", "offer", "local", "coupon", "of", "whose", "first", "last")


def _rare(issued: pl.DataFrame) -> pl.DataFrame:
    """Codes that stand seldom enough to ask for whose they were; of one client each."""
    stands = issued.filter(pl.col("whose").is_not_null())
    return stands.filter(pl.len().over("code") <= STANDS_MOST)


def _is_common(issued: pl.DataFrame) -> pl.Expr:
    """Whether so many clients had the code that nobody asks whose it was."""
    stands = issued.filter(pl.col("whose").is_not_null()).group_by("code").agg(pl.len())
    return pl.col("code").is_in(stands.filter(pl.col("len") > STANDS_MOST)["code"].to_list())
