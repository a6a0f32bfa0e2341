"""What is worth saying to a group: what it buys, buys more of, answers to; not what it was told just now."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.company import Group
from models.content import Finding
from tasks.content.ranking import Aims
from tasks.suited.ranking import Coming, Demand, Known, key_of, rank_for, rates_of, steps_of

TODAY = date(2026, 11, 23)
AIMS = Aims(TODAY, [Group(key="tea", title="Tea lovers", words=("oolong", "tasting"))])
TEA, CUPS = Demand("Tea / Green", 80, 30, 10), Demand("Cups", 40, 5, 5)


def product(id: str, *category: str, name: str = "") -> tuple[Finding, dict[Any, Any]]:
    finding = Finding(source="products", ref=id, title=name or id, text=" ".join(category), distinct=True)
    return finding, {key_of(finding): steps_of(category)}


def codes(known: Known, *findings: Finding) -> dict[str, list[str]]:
    return {one.finding.ref: [reason.code for reason in one.why] for one in rank_for(findings, AIMS, known)}


def test_what_the_group_buys_most_comes_first_and_says_so() -> None:
    (tea, of_tea), (cup, of_cup), (cake, of_cake) = (
        product("T", "Tea", "Green"),
        product("U", "Cups"),
        product("K", "Cakes"),
    )
    known = Known(demand=(CUPS, TEA), categories=of_tea | of_cup | of_cake)
    ranked = rank_for([cake, cup, tea], AIMS, known)
    assert [one.finding.ref for one in ranked] == ["T", "U", "K"] and ranked[0].score - ranked[1].score == 25
    first = ranked[0].why[0]
    assert first.code == "bought" and first.words == {"product_group": "Tea / Green", "buyers": 80}
    assert "rising" in codes(known, tea)["T"] and "rising" not in codes(known, cup)["U"]


@pytest.mark.parametrize(
    ("called", "is_of_it"),
    [("Tea / Green", True), ("green", True), ("TEA", True), ("Tea / Black", False), ("Gre", False), ("", False)],
)
def test_a_product_is_of_its_group_however_tills_call_it(called: str, is_of_it: bool) -> None:
    tea, categories = product("T", "Tea", "Green")
    known = Known(demand=(Demand(called, 10),), categories=categories)
    assert ("bought" in codes(known, tea)["T"]) is is_of_it


def test_a_text_about_what_the_group_buys_is_worth_half_of_the_product() -> None:
    text = Finding(source="news", ref="n", title="Why green tea is good", text="Cups of tea, green ones.")
    tea, categories = product("T", "Tea", "Green")
    known = Known(demand=(TEA,), categories=categories)
    scores = {one.finding.ref: one.score for one in rank_for([text, tea], AIMS, known)}
    bare = {one.finding.ref: one.score for one in rank_for([text, tea], AIMS, Known())}
    assert scores["T"] - bare.get("T", 0) == 40 and scores["n"] - bare.get("n", 0) == 25


@pytest.mark.parametrize(
    ("lately", "before", "rises"),
    [(10, 10, False), (12, 10, False), (30, 10, True), (4, 0, True), (3, 0, False), (5, 30, False), (0, 0, False)],
)
def test_more_buyers_than_chance_brings_is_a_rise(lately: int, before: int, rises: bool) -> None:
    assert Demand("Tea", 50, lately, before).rises is rises


def test_pieces_that_readers_answered_to_best_are_told_from_the_rest() -> None:
    about = ("roasting", "water", "history", "pots", "winter", "gifts", "cakes", "storage")
    pieces = [Finding(source="piece", ref=str(n), title=f"Oolong and {word}") for n, word in enumerate(about)]
    known = Known(rates={("piece", str(n)): n / 100 for n in range(8)})
    answered = {ref for ref, why in codes(known, *pieces).items() if "answered" in why}
    assert answered == {"6", "7"}
    few = Known(rates={("piece", "1"): 0.5})
    assert "answered" not in codes(few, pieces[1])["1"], "one alone is no best of anything"


def test_rates_are_known_only_where_enough_were_reached() -> None:
    assert rates_of({"1": 5, "2": 5, "3": 500}, {"1": 100, "2": 49, "3": 60, "4": 100}) == {
        "1": 0.05,
        "3": 1.0,
        "4": 0.0,
    }


def test_an_occasion_speaks_for_what_has_its_words() -> None:
    cake = Finding(source="folder", ref="c", title="Honey cake for Tea Day", text="We celebrate the international day.")
    other = Finding(source="folder", ref="o", title="A day in the shop about oolong")
    known = Known(coming=(Coming("International Tea Day", date(2026, 12, 15)),))
    found = codes(known, cake, other)
    assert "occasion" in found["c"] and "occasion" not in found["o"]


def test_what_a_mailing_said_just_now_goes_down_and_says_which() -> None:
    (tea, of_tea), (cup, of_cup) = product("T", "Tea", "Green"), product("U", "Cups")
    categories = of_tea | of_cup
    known = Known(demand=(TEA, CUPS), categories=categories, told={key_of(tea): ("Week 46", date(2026, 11, 20))})
    ranked = rank_for([tea, cup], AIMS, known)
    assert [one.finding.ref for one in ranked] == ["U", "T"] and ranked[1].why[0].code == "told"
    assert str(ranked[1].why[0]).endswith("20.11")


def test_near_copies_are_one_finding() -> None:
    text = "Oolong harvest of the spring is here and it smells of orchids and honey as every year."
    news = [Finding(source="news", ref=str(n), title="Oolong harvest", text=text) for n in range(3)]
    [one] = rank_for(news, AIMS, Known())
    assert one.copies == ("news:1", "news:2")


FINDINGS = st.lists(
    st.builds(Finding, source=st.sampled_from(["news", "products"]), ref=st.uuids().map(str),
              title=st.sampled_from(["Oolong", "Green tea", "Cups", "Day"]), text=st.sampled_from(["", "tasting tea"]),
              distinct=st.booleans()),
    max_size=8,
)  # fmt: skip
MANY = st.integers(0, 99)
DEMAND = st.lists(st.builds(Demand, st.sampled_from(["Tea", "Cups", "Green tea"]), MANY, MANY, MANY), max_size=3)


@given(FINDINGS, DEMAND)
def test_scores_are_shares_of_a_hundred_in_order_and_each_has_its_reason(
    findings: list[Finding], demand: list[Demand]
) -> None:
    ranked = rank_for(findings, AIMS, Known(demand=demand))
    assert [one.score for one in ranked] == sorted((one.score for one in ranked), reverse=True)
    assert all(0 < one.score <= 100 for one in ranked)
    assert ranked == rank_for(findings, AIMS, Known(demand=tuple(demand)))
