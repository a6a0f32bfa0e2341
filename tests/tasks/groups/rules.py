"""Rules as Hypothesis draws them: of few words, so that small departments have something to do with them."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from models.customers import AddressKind, Purpose
from models.group_rules import (
    EVER,
    Agreed,
    All,
    AnyOf,
    Birthday,
    Bought,
    Counted,
    Everyone,
    Has,
    InGroup,
    Joined,
    Not,
    Period,
    Purchases,
    Reachable,
    Reacted,
    Rule,
    Scored,
    Today,
    Where,
)

GOODS, PRODUCTS = ("Чай", "Кофе", 'Tea "Oolong"'), ("Улун", "Мокко", "Oolong")
OUTLETS, CITIES = ("center", "omsk"), ("Москва", "Тверь", "Omsk")
DATES = st.dates(date(2025, 11, 1), date(2026, 12, 31))
SIGNS = st.sampled_from([">=", "<=", ">", "<", "="])
KINDS = st.sampled_from(AddressKind)
FEW_DAYS = st.sampled_from([0, 1, 2, 7, 30, 89, 90, 365])


def some(words: Any, least: int = 0) -> Any:
    return st.lists(st.sampled_from(words), min_size=least, max_size=2, unique=True).map(tuple)


@st.composite
def dated(draw: Any) -> Period:
    starts, ends = sorted((draw(DATES), draw(DATES)))
    which = draw(st.integers(0, 2))
    return Period(starts_on=starts if which != 1 else None, ends_on=ends if which != 2 else None)


PERIODS = st.one_of(FEW_DAYS.map(lambda days: Period(days=days)), dated())
PURCHASES = st.one_of(
    st.builds(Purchases, groups=some(GOODS), outlets=some(OUTLETS), period=st.one_of(st.just(EVER), PERIODS)),
    st.builds(Purchases, products=some(PRODUCTS), outlets=some(OUTLETS), period=st.one_of(st.just(EVER), PERIODS)),
)
MEASURED = st.one_of(
    st.tuples(st.just("receipts"), st.integers(0, 4).map(Decimal)),
    st.tuples(st.sampled_from(["sum", "average"]), st.sampled_from(["0", "1", "4.5", "10", "30.25"]).map(Decimal)),
    st.tuples(st.just("quantity"), st.sampled_from(["0", "1", "0.5", "2.125", "3"]).map(Decimal)),
    st.tuples(st.sampled_from(["first", "last"]), FEW_DAYS.map(Decimal)),
)


@st.composite
def counted(draw: Any) -> Counted:
    measure, value = draw(MEASURED)
    return Counted(measure=measure, is_=draw(SIGNS), value=value, what=draw(PURCHASES))


AGREED = st.one_of(
    st.builds(Agreed, address=st.one_of(st.none(), KINDS), since=st.one_of(st.none(), DATES)),
    st.builds(Agreed, purpose=st.just(Purpose.PERSONAL), since=st.one_of(st.none(), DATES)),
)
WHERE = st.one_of(
    st.builds(Where, field=st.just("city"), values=some(CITIES, 1)),
    st.builds(Where, field=st.sampled_from(["outlet", "source", "zone"]), values=some(OUTLETS, 1)),
)
ANSWERED = st.one_of(
    st.just(Everyone()), WHERE, st.builds(Has, address=KINDS),
    st.builds(Birthday, side=st.sampled_from(["next", "last"]), days=st.sampled_from([0, 1, 5, 30, 365])),
    st.builds(Joined, period=PERIODS), st.builds(Bought, what=PURCHASES), counted(), counted(), AGREED,
    st.builds(Scored, measure=st.sampled_from(["recency", "frequency", "monetary"]), is_=SIGNS,
              score=st.integers(1, 5), days=st.sampled_from([1, 30, 365])),
    st.builds(Reachable, address=st.one_of(st.none(), KINDS)), st.builds(Today, period=PERIODS),
)  # fmt: skip
REACTED = st.builds(
    Reacted, did=st.sampled_from(["received", "opened", "clicked", "ignored"]), mailings=some(GOODS), days=FEW_DAYS
)
IN_GROUP = st.builds(InGroup, group=st.sampled_from(["sleeping", "all", "7-cups", "tea_lovers", "in"]))


def trees(leaves: Any) -> Any:
    """Rules over these conditions."""
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(Not, rule=inner),
            st.lists(inner, min_size=2, max_size=3).map(lambda some: All(rules=tuple(some))),
            st.lists(inner, min_size=2, max_size=3).map(lambda some: AnyOf(rules=tuple(some))),
        ),
        max_leaves=5,
    )


RULES: st.SearchStrategy[Rule] = trees(ANSWERED)
EVERY_RULE: st.SearchStrategy[Rule] = trees(st.one_of(ANSWERED, REACTED, IN_GROUP))
