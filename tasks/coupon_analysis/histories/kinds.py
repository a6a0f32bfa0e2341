"""Which of a stranger's tables is which: by the name of its file, else by its headings. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from integrations.errors import Refused
from models.locale import mark, translate
from models.reason import because
from tasks.content.columns import tidy
from tasks.coupon_analysis.columns import COSTS, COUPONS, REDEMPTIONS
from tasks.coupon_analysis.foreign import KINDS
from tasks.purchases.columns import HEADINGS as PURCHASES

SUFFIXES = (".csv", ".xlsx", ".parquet")
TITLES = {
    "coupons": mark("coupons that were given"), "redemptions": mark("redemptions"), "purchases": mark("purchases"),
    "costs": mark("costs of goods"),
}  # fmt: skip
# The order decides: coupon_redemptions.csv is of redemptions.
NAMED: Mapping[str, tuple[str, ...]] = {
    "redemptions": ("redempt", "redeem", "погашен"),
    "costs": ("cost", "себестоим", "закупоч"),
    "purchases": ("purchase", "transaction", "receipt", "sales", "покупк", "чеки", "продажи"),
    "coupons": ("coupon", "issued", "promo", "купон", "выданн", "промокод"),
}
# What no other table has: where one of these stands, the question is settled.
TELLING: Mapping[str, frozenset[str]] = {
    "costs": frozenset(map(tidy, COSTS["cost"])),
    "redemptions": frozenset(map(tidy, (*REDEMPTIONS["cashier"], "погашен", "дата погашения", "redeemed", "redeemed on",
                                        "redemption date", "redemption_date", *REDEMPTIONS["amount"]))),
    "purchases": frozenset(map(tidy, PURCHASES["quantity"])),
    "coupons": frozenset(map(tidy, (*COUPONS["ends"], *COUPONS["arm"], *COUPONS["delivered"], *COUPONS["viewed"],
                                    "выдан", "дата выдачи", "issued", "issued on"))),
}  # fmt: skip
NO_KIND = mark(
    "{file}: neither its name nor its headings say what it is. Call it coupons, redemptions, purchases or costs, as "
    "coupons.csv."
)
TWICE = mark("{file} and {other} are both tables of {kind}. Give one of each.")
NO_COUPONS = mark(
    "There is no table of the coupons that were given, and without it no share is of anything. Call it coupons.csv and "
    "give it too."
)


def by_name(file: str) -> str:
    """The kind that the file's name says; empty where it says none."""
    stem = PurePath(file).stem.casefold()
    return next((kind for kind, words in NAMED.items() if any(word in stem for word in words)), "")


def by_headings(header: Iterable[str]) -> str:
    """The kind whose own headings stand there; of several, that with most of them."""
    said = {tidy(heading) for heading in header if heading.strip()}
    found = {kind: len(said & words) for kind, words in TELLING.items()}
    best = max(found, key=lambda kind: found[kind])
    return best if found[best] else ""


def told_apart(files: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The file of each kind, in the order they are read; `files` are names and kinds. Raises Refused."""
    placed: dict[str, str] = {}
    for name, kind in files:
        if not kind:
            raise Refused(because(NO_KIND, code="no_kind", file=name))
        if kind in placed:
            both = {"file": placed[kind], "other": name, "kind": translate(TITLES[kind])}
            raise Refused(because(TWICE, code="twice", **both))
        placed[kind] = name
    if "coupons" not in placed:
        raise Refused(because(NO_COUPONS, code="no_coupons"))
    return {kind: placed[kind] for kind in KINDS if kind in placed}
