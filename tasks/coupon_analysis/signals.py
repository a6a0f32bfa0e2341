"""What looks like a misuse of coupons: signals to look at, never proofs. Pure.

Each has a bound below which it is silent, and some say what is usual, so that nobody is suspected for being large.
Hours and days are those of the outlet's own clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

import polars as pl

from tasks.returns.sums.intervals import wilson

NIGHT_FROM, NIGHT_TO = 0, 6
COUPONS_SHOWN = 8
SHOWN_MOST = 20  # of a kind, the worst first: nobody looks at more, and each costs a look at all redemptions
HOUR = pl.duration(hours=1)


class Kind(StrEnum):
    VELOCITY = "velocity"
    MANY_CODES = "many_codes"
    CASHIER = "cashier"
    NIGHT = "night"
    GUESSES = "guesses"


@dataclass(frozen=True, slots=True)
class Bounds:
    """From how many on something is shown: a client's redemptions in an hour, a client's codes in a day, a cashier's
    codes in a day and how many times the usual that is, redemptions of an outlet at night, refused codes in an hour.

    `by_day`: tables may say no more than the day, and put all of it on midnight.
    """

    in_an_hour: int = 4
    codes_a_day: int = 3
    cashier_a_day: int = 20
    times_the_usual: float = 5.0
    at_night: int = 5
    guesses: int = 10
    by_day: bool = False


USUAL = Bounds()
OF_TABLES = Bounds(by_day=True)


@dataclass(frozen=True, slots=True)
class Signal:
    """`who` is a customer's number, a cashier and outlet, or a place; `usual` what others have, where there are any.

    `number` is how often in its worst hour or day, which began `at`, by the outlet's clock; `coupons` the first that it
    rests on, by their keys.
    """

    kind: Kind
    who: str
    number: int
    at: datetime
    usual: float | None = None
    coupons: tuple[Any, ...] = field(default=(), compare=False)


def found(redemptions: pl.DataFrame, refusals: pl.DataFrame, bounds: Bounds = USUAL) -> list[Signal]:
    """All signals, the kinds in their order, the worst of each first; those that are shown with their coupons."""
    told = [
        *velocity(redemptions, bounds), *many_codes(redemptions, bounds), *cashiers(redemptions, bounds),
        *nights(redemptions, bounds), *guesses(refusals, bounds),
    ]  # fmt: skip
    looked_at = set(map(id, shown(told)))
    return [replace(one, coupons=_coupons(redemptions, one)) if id(one) in looked_at else one for one in told]


def shown(told: Sequence[Signal]) -> list[Signal]:
    """The worst of each kind."""
    return [one for kind in Kind for one in [each for each in told if each.kind is kind][:SHOWN_MOST]]


def _coupons(redemptions: pl.DataFrame, one: Signal) -> tuple[Any, ...]:
    """The first coupons that a signal rests on; none where codes were refused that are none."""
    local, whose = pl.col("local"), pl.col("customer").cast(pl.String)
    is_that_day = local.dt.date() == one.at.date()
    those = {
        Kind.VELOCITY: (whose == one.who) & (local >= one.at) & (local <= pl.lit(one.at) + HOUR),
        Kind.MANY_CODES: (whose == one.who) & is_that_day,
        Kind.CASHIER: (pl.concat_str("cashier", "outlet", separator=" · ") == one.who) & is_that_day,
        Kind.NIGHT: (pl.col("outlet") == one.who) & local.dt.hour().is_between(NIGHT_FROM, NIGHT_TO - 1),
    }  # fmt: skip
    if one.kind not in those:
        return ()
    first = redemptions.filter(those[one.kind].fill_null(False)).sort("local", "redemption")
    return tuple(first["coupon"].unique(maintain_order=True).head(COUPONS_SHOWN).to_list())


def _timed(redemptions: pl.DataFrame, bounds: Bounds) -> pl.DataFrame:
    """Those of which the time is known."""
    is_a_day = pl.col("local") == pl.col("local").dt.truncate("1d")
    return redemptions.filter(~is_a_day) if bounds.by_day else redemptions


def velocity(redemptions: pl.DataFrame, bounds: Bounds) -> list[Signal]:
    """Clients who redeemed many times within any one hour, whichever clock hours it lies in."""
    known = _timed(redemptions, bounds).filter(pl.col("customer").is_not_null())
    busy = known.group_by("customer").agg(pl.len()).filter(pl.col("len") >= bounds.in_an_hour).select("customer")
    known = known.join(busy, on="customer", how="semi").sort("customer", "redeemed_at", "local")
    back = bounds.in_an_hour - 1
    hour = pl.duration(hours=1)
    within = pl.col("redeemed_at") - pl.col("redeemed_at").shift(back).over("customer") <= hour
    those = known.filter(within.fill_null(False)).select("customer").unique()
    if those.is_empty():
        return []
    counted = known.join(those, on="customer", how="semi").rolling(
        "redeemed_at", period="1h", closed="both", group_by="customer"
    ).agg(pl.len().alias("number"), pl.col("local").first().alias("at"))  # fmt: skip
    return _worst(Kind.VELOCITY, counted, pl.col("customer").cast(pl.String), bounds.in_an_hour)


def many_codes(redemptions: pl.DataFrame, bounds: Bounds) -> list[Signal]:
    """Clients who redeemed many different codes in a day."""
    known = redemptions.filter(pl.col("customer").is_not_null())
    busy = known.group_by("customer").agg(pl.len()).filter(pl.col("len") >= bounds.codes_a_day).select("customer")
    counted = known.join(busy, on="customer", how="semi").group_by("customer", pl.col("local").dt.truncate("1d")).agg(
        pl.col("coupon").n_unique().alias("number"), pl.col("local").min().alias("at")
    )  # fmt: skip
    return _worst(Kind.MANY_CODES, counted, pl.col("customer").cast(pl.String), bounds.codes_a_day)


def cashiers(redemptions: pl.DataFrame, bounds: Bounds) -> list[Signal]:
    """Cashiers who took many different codes in a day, beside the median day of the other cashiers."""
    named = redemptions.filter(pl.col("cashier") != "")
    days = named.group_by("outlet", "cashier", pl.col("local").dt.truncate("1d").alias("day")).agg(
        pl.col("coupon").n_unique().alias("number"), pl.col("local").min().alias("at")
    )  # fmt: skip
    signals: list[Signal] = []
    for one in days.filter(pl.col("number") >= bounds.cashier_a_day).partition_by("outlet", "cashier"):
        outlet, cashier = one.row(0)[:2]
        others = days.filter((pl.col("cashier") != cashier) | (pl.col("outlet") != outlet))["number"]
        usual = float(others.median()) if len(others) else None  # type: ignore[arg-type]
        if usual is None or one["number"].max() >= bounds.times_the_usual * usual:  # type: ignore[operator]
            worst = one.sort("number", "at", descending=[True, False]).row(0, named=True)
            signals.append(Signal(Kind.CASHIER, f"{cashier} · {outlet}", worst["number"], worst["at"], usual))
    return sorted(signals, key=lambda one: (-one.number, one.who))


def nights(redemptions: pl.DataFrame, bounds: Bounds) -> list[Signal]:
    """Outlets with redemptions at night where the others as a rule have none, beyond what chance would give."""
    is_night = pl.col("local").dt.hour().is_between(NIGHT_FROM, NIGHT_TO - 1)
    counted = _timed(redemptions, bounds).group_by("outlet").agg(
        pl.len().alias("all"), is_night.sum().alias("number"), pl.col("local").filter(is_night).min().alias("at")
    )  # fmt: skip
    whole, nightly = int(counted["all"].sum() or 0), int(counted["number"].sum() or 0)
    signals: list[Signal] = []
    for outlet, of, number, at in counted.filter(pl.col("number") >= bounds.at_night).rows():
        others = (nightly - number) / (whole - of) if whole > of else None
        if others is None or wilson(number, of).low > others:
            signals.append(Signal(Kind.NIGHT, str(outlet), number, at, None if others is None else others * of))
    return sorted(signals, key=lambda one: (-one.number, one.who))


def guesses(refusals: pl.DataFrame, bounds: Bounds) -> list[Signal]:
    """Places from which many codes were refused in an hour of the clock."""
    counted = refusals.group_by("place", pl.col("local").dt.truncate("1h").alias("hour")).agg(
        pl.len().alias("number"), pl.col("local").min().alias("at")
    )  # fmt: skip
    return _worst(Kind.GUESSES, counted, pl.col("place"), bounds.guesses)


def _worst(kind: Kind, counted: pl.DataFrame, who: pl.Expr, least: int) -> list[Signal]:
    """The worst of each, where it reaches the bound."""
    told = counted.filter(pl.col("number") >= least).select(who.alias("who"), "number", "at")
    told = told.sort("number", "who", "at", descending=[True, False, False])
    told = told.unique("who", keep="first", maintain_order=True)
    rows: Sequence[tuple[str, int, datetime]] = told.rows()
    return [Signal(kind, who, number, at) for who, number, at in rows]
