"""Headings of a stranger's tables: known in both languages, and the guide says all of them."""

from pathlib import Path

import pytest

from models.reason import NO_REASON
from tasks.coupon_analysis.columns import COSTS, COUPONS, REDEMPTIONS, Headings, column_of, places

DOCS = Path(__file__).parents[3] / "docs"
KINDS = {"coupons": COUPONS, "redemptions": REDEMPTIONS, "costs": COSTS}


@pytest.mark.parametrize("headings", KINDS.values(), ids=KINDS)
def test_a_heading_names_one_column(headings: Headings) -> None:
    names = [name for column in headings.values() for name in column]
    assert len(names) == len(set(names))
    assert all(column_of(f" {name.upper()} ", headings) == column for column, told in headings.items() for name in told)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_guide_names_every_heading(language: str) -> None:
    text = (DOCS / language / "coupon-history.md").read_text(encoding="utf-8")
    told = [line.split(" | ")[1].removesuffix(" |").split(", ") for line in text.split("\n") if line.startswith("| ")]
    written = [tuple(one) for one in told if one not in (["headings"], ["заголовки"])]
    assert written == [names for headings in KINDS.values() for names in headings.values()]


def test_what_is_missing_or_doubled_is_said() -> None:
    assert places(["Код", "Выдан", "Имя"], COUPONS) == ({"code": 0, "on": 1}, NO_REASON)
    assert places(["Код"], COUPONS)[1].code == "no_column"
    assert places(["Код", "Купон", "Выдан"], COUPONS)[1].code == "twice"
