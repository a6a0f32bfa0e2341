"""Groups made of groups: built behind what they are made of, and never of themselves."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.errors import Refused
from models.group_rules import All, Bought, InGroup, Not
from tasks.groups.order import check, check_not_needed, in_order, made_of

KEYS = st.sampled_from("abcdef")
NEEDS = st.dictionaries(KEYS, st.frozensets(KEYS, max_size=3), max_size=6)


def of(*keys: str) -> All:
    return All(rules=(Bought(), *(Not(rule=InGroup(group=key)) for key in keys)))


@given(NEEDS)
def test_every_group_stands_behind_what_it_is_made_of_or_the_cycle_is_named(needs: dict[str, frozenset[str]]) -> None:
    try:
        ordered = in_order(needs)
    except Refused as refused:
        around = str(refused.reason.words["cycle"]).split(" → ")
        assert around[0] == around[-1]
        assert all(after in needs[before] for before, after in itertools.pairwise(around))
        return
    assert sorted(ordered) == sorted(needs)
    for place, key in enumerate(ordered):
        assert needs[key] & needs.keys() <= set(ordered[:place])


def test_only_what_is_wanted_is_built_with_what_it_needs() -> None:
    assert in_order({"a": {"b"}, "b": {"c"}, "c": set(), "d": {"a"}}, ["a"]) == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("key", "rule", "said"),
    [
        ("new", of("a", "slepping"), "“slepping” to build this one from. Nearest: sleeping"),
        ("new", of("new"), "new → new"),
        ("a", of("b"), "a → b → sleeping → a"),
    ],
    ids=["no such group", "of itself", "around"],
)
def test_a_rule_that_cannot_be_built_is_refused(key: str, rule: All, said: str) -> None:
    needs = {"a": made_of(of("x")) - {"x"}, "b": made_of(of("sleeping")), "sleeping": made_of(of("a"))}
    with pytest.raises(Refused, match=said.replace("→", ".")):
        check(key, rule, needs)


def test_a_group_that_others_are_made_of_is_not_put_away() -> None:
    with pytest.raises(Refused, match="b, c"):
        check_not_needed("a", {"a": frozenset(), "b": frozenset("a"), "c": frozenset("a")})
    check_not_needed("b", {"a": frozenset(), "b": frozenset("a")})
