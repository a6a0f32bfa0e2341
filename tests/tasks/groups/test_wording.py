"""Rules in words: a tree is the same tree again, and what cannot be read says where and how to mend it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.group_rules import All, AnyOf, Bought, InGroup, Not, Purchases, Rule, as_json, read_rule
from models.schedule import Unreadable
from tasks.groups.lexing import RuleError
from tasks.groups.parsing import BEGINNINGS, parsed
from tasks.groups.wording import written
from tests.depth import examples
from tests.tasks.groups.rules import EVERY_RULE

NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@settings(max_examples=examples(80, 400), deadline=None)
@given(EVERY_RULE)
def test_a_rule_in_words_is_the_same_rule_again(rule: Rule) -> None:
    assert parsed(written(rule)) == rule
    assert written(parsed(written(rule))) == written(rule)
    assert read_rule(as_json(rule)) == rule


@given(NAMES)
def test_any_name_may_stand_in_quotation_marks(name: str) -> None:
    rule = Bought(what=Purchases(groups=(name,)))
    assert parsed(written(rule)) == rule


WORDS = [
    *BEGINNINGS, "(", ")", "and", "or", "days", "last", "next", "ago", "from", "to", "is", "of", "at", "by", ">=", "§",
    '"Чай"', "7", "3,5", "2026-01-31", "2026-02-31", "group", "sleeping", "email", "purchase", "\n", '"',
]  # fmt: skip


@settings(max_examples=examples(150, 500), deadline=None)
@given(st.one_of(st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join), st.text(max_size=60)))
def test_whatever_is_written_is_read_or_refused_with_its_place(text: str) -> None:
    try:
        rule = parsed(text)
    except RuleError as error:
        lines = text.split("\n")
        assert 1 <= error.line <= len(lines)
        assert 1 <= error.column <= len(lines[error.line - 1]) + 1
        assert str(error.line) in str(error) and str(error).endswith((".", "?", "“,”"))
    else:
        assert parsed(written(rule)) == rule


def test_the_words_of_a_specialist_are_read() -> None:
    said = 'bought "Чай" in last 90 days and sum >= 3000 and not in group sleeping'
    rule = parsed(said)
    assert isinstance(rule, All)
    assert rule.rules[2] == Not(rule=InGroup(group="sleeping"))
    assert written(rule) == said


@pytest.mark.parametrize(
    ("said", "canonical"),
    [
        ("Bought «Чай» BEFORE 2026-01-01", 'bought "Чай" until 2025-12-31'),
        ("sum ≥ 490,50 in last 1 day at “center”", 'sum at "center" in last 1 days >= 490.5'),
        ("has e-mail and (has phone)", "has email and has phone"),
        ("has phone or has email and everyone", "has phone or (has email and everyone)"),
        ("recency == 5", "recency in last 365 days = 5"),
        ('bought ("a", "b", "a")', 'bought ("a", "b")'),
        ("not not in group 'x'", None),
        ("birthday in next 14 days", "birthday in next 14 days"),
        ("joined from 1.2.2026\nand today until 2.2.2026", "joined from 2026-02-01 and today until 2026-02-02"),
        ('in group "7-cups"', 'in group "7-cups"'),
    ],
)
def test_what_is_said_in_another_way_comes_to_the_same_words(said: str, canonical: str | None) -> None:
    if canonical is None:
        with pytest.raises(RuleError):
            parsed(said)
    else:
        assert written(parsed(said)) == canonical


@pytest.mark.parametrize(
    ("said", "line", "column", "mend"),
    [
        pytest.param("", 1, 1, "Write a condition", id="empty"),
        pytest.param('bougt "Чай"', 1, 1, "Did you mean “bought”?", id="a slip of the pen"),
        pytest.param('bought "Чай', 1, 8, "Put a quotation mark behind it", id="an open name"),
        pytest.param("bought\nand sum >", 2, 10, "Expected here: a number", id="the second line"),
        pytest.param("(bought or has phone", 1, 1, "Put “)”", id="an open bracket"),
        pytest.param("bought has phone", 1, 8, "Join conditions with “and” or “or”", id="two without and"),
        pytest.param("bought in last month", 1, 16, "a whole number", id="a word for a number"),
        pytest.param("bought in last 30", 1, 18, "“days”", id="without days"),
        pytest.param("birthday in next 400 days", 1, 18, "0–365", id="too many days"),
        pytest.param("bought from 2026-02-30", 1, 13, "is not a date", id="no such day"),
        pytest.param("bought from 2026-02-03 to 2026-01-01", 1, 1, "Exchange the two dates", id="upside down"),
        pytest.param('bought "a" of "b"', 1, 12, "Leave one of them", id="twice"),
        pytest.param("sum >= 1.234", 1, 1, "at most 2 decimals", id="too fine"),
        pytest.param("joined", 1, 7, "“in last 30 days”", id="without a period"),
        pytest.param("recency >= 7", 1, 12, "1–5", id="no such score"),
        pytest.param("in group Чай", 1, 1, "is not a key", id="no key"),
        pytest.param("has cat", 1, 5, "“email” / “phone” / “telegram”", id="no such kind"),
        pytest.param("has phne", 1, 5, "Did you mean “phone”?", id="almost a kind"),
        pytest.param("bought § 3", 1, 8, "“§” means nothing here", id="an odd sign"),
        pytest.param("(" * 30 + "bought", 1, 22, "Make a group of its own", id="too deep"),
        pytest.param(" and ".join(["bought"] * 41), 1, 1, "more than 40 conditions", id="too long"),
        pytest.param("bought " * 1000, 1, 4001, "longer than 4000", id="endless"),
        pytest.param('agreed to personal data by email', 1, 25, "cannot follow here", id="personal has no address"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_where_and_how_to_mend_it(said: str, line: int, column: int, mend: str) -> None:
    with pytest.raises(RuleError) as refused:
        parsed(said)
    assert (refused.value.line, refused.value.column) == (line, column)
    assert mend in str(refused.value)


def test_a_rule_too_large_for_a_person_is_refused_as_a_tree_too() -> None:
    rule: Rule = Bought()
    for _ in range(30):
        rule = Not(rule=rule)
    with pytest.raises(Unreadable):
        read_rule(as_json(rule))
    with pytest.raises(Unreadable):
        read_rule(as_json(AnyOf(rules=tuple(Bought() for _ in range(41)))))
