"""An offer as text: read, refused with line, field and mend, written and read back."""

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings

from models.content import Effect
from models.locale import spoken
from models.offers import (
    Conditions,
    Goods,
    Limits,
    OfferTerms,
    PercentOff,
)
from tasks.offers.checking import Known, checked
from tasks.offers.reading import KINDS, MODELS, ReadOffer, read
from tasks.offers.writing import written
from tests.depth import examples
from tests.tasks.offers import shop
from tests.tasks.offers.shop import KNOWN, offer

TEA = """\
title: Чай зимой
gives:
  kind: percent
  percent: 10
  most: 500.50
goods: {groups: [Чай], but_products: [t9], which: cheapest, at_most: 2}
conditions:
  sum_from: 1000
  weekdays: пн-ср, пт
  hours_from: 22:00
  hours_to: 02:00
limits: {total: 500, budget: 100000}
first_day: 2026-12-01
last_day: 31.12.2026
"""


def wrong(text: str, known: Known | None = None) -> list[tuple[str, int, str]]:
    found = read(text, "offer.yaml", known)
    assert found.terms is None or not found.problems
    return [(one.reason.code, one.place.line, one.place.field) for one in found.problems]


def with_line(line: str, instead_of: str = "") -> str:
    return TEA.replace(instead_of, line) if instead_of else f"{TEA}{line}\n"


def test_an_offer_is_read_as_it_is_written() -> None:
    assert read(TEA, "offer.yaml", KNOWN) == ReadOffer(
        OfferTerms(
            title="Чай зимой",
            gives=PercentOff(percent=Decimal(10), most=Decimal("500.50")),
            goods=Goods(groups=("Чай",), but_products=("t9",), which="cheapest", at_most=2),  # type: ignore[arg-type]
            conditions=Conditions(sum_from=Decimal(1000), weekdays=(1, 2, 3, 5), hours_from=time(22), hours_to=time(2)),
            limits=Limits(total=500, budget=Decimal(100_000)),
            first_day=date(2026, 12, 1),
            last_day=date(2026, 12, 31),
        )
    )


@pytest.mark.parametrize(
    ("said", "days"),
    [("mon-fri", (1, 2, 3, 4, 5)), ("[сб, вс]", (6, 7)), ("[7, 6]", (7, 6)), ("выходные", (6, 7)), ("среда", (3,)),
     ("1-5", (1, 2, 3, 4, 5)), ("6", (6,)), ("'7, 6'", (7, 6)), ("[1, сб]", (1, 6))],
)  # fmt: skip
def test_weekdays_are_read_as_people_write_them(said: str, days: tuple[int, ...]) -> None:
    terms = read(TEA.replace("пн-ср, пт", said)).terms
    assert terms is not None and terms.conditions.weekdays == days


@settings(max_examples=examples(100, 3000), deadline=None)
@given(shop.SOUND_TERMS)
def test_what_is_written_is_read_back(terms: OfferTerms) -> None:
    assume(not checked(terms))
    assert read(written(terms)) == ReadOffer(terms)


@settings(max_examples=examples(100, 3000), deadline=None)
@given(shop.ANY_TERMS)
def test_an_offer_that_contradicts_itself_is_told_each_contradiction(terms: OfferTerms) -> None:
    found, contradictions = read(written(terms)), checked(terms)
    assert [one.reason for one in found.problems] == [reason for _, reason in contradictions]
    assert (found.terms == terms) is not bool(contradictions)


@settings(max_examples=examples(100, 3000), deadline=None)
@given(shop.ANY_TERMS)
def test_what_is_written_is_anybodys_yaml(terms: OfferTerms) -> None:
    """Another reader sees the same names, and dates and numbers as such."""
    said: Any = yaml.safe_load(written(terms))
    assert said["title"] == terms.title and said["first_day"] == terms.first_day
    assert said["gives"]["kind"] == terms.gives.kind
    assert OfferTerms.model_validate(said) == terms


def test_a_written_offer_is_short_and_in_the_order_of_the_form() -> None:
    terms = offer(PercentOff(percent=Decimal("7.50")), goods=Goods(groups=("Чай", "Кофе")),
                  conditions=Conditions(hours_from=time(22), hours_to=time(2)))  # fmt: skip
    assert written(terms) == (
        "title: Чай зимой\n"
        "gives:\n  kind: percent\n  percent: 7.50\n"
        "goods:\n  groups: [Чай, Кофе]\n"
        "conditions:\n  hours_from: '22:00'\n  hours_to: 02:00\n"
        "first_day: 2026-12-01\nlast_day: 2026-12-31\n"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_written_by_hand(kind: str) -> None:
    assert set(KINDS) == set(MODELS)
    fields = {
        "percent": "percent: 5", "amount": "amount: 5", "fixed_price": "price: 5", "gift": "product: cup",
        "n_for_m": "take: 3, pay: 2", "points": "points: 5",
        "invitation": "sittings: [{outlet: center, at: 2026-12-05 18:00, seats: 5}]",
    }  # fmt: skip
    more = f", {fields[kind]}" if kind in fields else ""
    found = read(f"title: x\ngives: {{kind: {kind}{more}}}\nfirst_day: 2026-12-01\nlast_day: 2026-12-31", "x", KNOWN)
    assert found.terms is not None and found.terms.gives.kind == kind, found.problems


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        pytest.param(with_line("titel: x", "title: Чай зимой"), [("extra", 1, "titel")], id="a_slip"),
        pytest.param(
            with_line("  kind: percnt", "  kind: percent"), [("bad_kind", 3, "gives.kind")], id="another_kind"
        ),
        pytest.param(with_line("  persent: 10", "  percent: 10"), [("extra", 4, "gives.persent")], id="a_slip_inside"),
        pytest.param(
            with_line("  percent: 10%", "  percent: 10"), [("decimal_parsing", 4, "gives.percent")], id="a_sign"
        ),
        pytest.param(with_line("  percent: 0", "  percent: 10"), [("greater_than", 4, "gives.percent")], id="nothing"),
        pytest.param(
            with_line("  percent: 101", "  percent: 10"), [("less_than_equal", 4, "gives.percent")], id="more"
        ),
        pytest.param(with_line("  price: 3", "  most: 500.50"), [("extra", 5, "gives.price")], id="of_another_kind"),
        pytest.param(with_line("last_day: soon", "last_day: 31.12.2026"), [("bad_day", 14, "last_day")], id="no_day"),
        pytest.param(
            with_line("last_day: 2026-11-01", "last_day: 31.12.2026"), [("ends_first", 14, "last_day")], id="ends_first"
        ),
        pytest.param(
            with_line("  hours_to: 25:00", "  hours_to: 02:00"),
            [("time_parsing", 11, "conditions.hours_to")],
            id="no_hour",
        ),
        pytest.param(
            with_line("  hours_to: 22:00", "  hours_to: 02:00"), [("hours", 11, "conditions.hours_to")], id="no_hours"
        ),
        pytest.param(
            with_line("  weekdays: some", "  weekdays: пн-ср, пт"),
            [("weekdays", 9, "conditions.weekdays")],
            id="no_days",
        ),
        pytest.param(
            with_line("  weekdays: [0]", "  weekdays: пн-ср, пт"),
            [("greater_than_equal", 9, "conditions.weekdays.1")],
            id="sunday_is_seven",
        ),
        pytest.param(with_line("fund: operatng"), [("no_such", 15, "fund")], id="no_fund"),
        pytest.param(with_line("title: x"), [("twice", 15, "title")], id="twice"),
        pytest.param(TEA.replace("[Чай]", "[Чаи]"), [("no_such", 6, "goods.groups.1")], id="no_group"),
        pytest.param(
            "title: x",
            [("no_kind", 1, "gives"), ("missing", 1, "first_day"), ("missing", 1, "last_day")],
            id="everything_is_told_at_once",
        ),
        pytest.param(
            TEA.replace("gives:\n  kind", "gives: much\nxxx:\n  kind"),
            [("not_group", 2, "gives"), ("extra", 3, "xxx")],
            id="a_text_for_fields",
        ),
        pytest.param(
            with_line(f"title: {'x' * 201}", "title: Чай зимой"), [("string_too_long", 1, "title")], id="a_long_title"
        ),
        pytest.param("- a", [("no_fields", 0, "")], id="a_list"),
        pytest.param(TEA + "\tx: y", [("bad_yaml", 15, "")], id="a_tab"),
    ],
)
def test_what_is_wrong_is_told_by_line_and_field(text: str, problems: list[tuple[str, int, str]]) -> None:
    assert wrong(text, KNOWN) == problems


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            with_line("  kind: percnt", "  kind: percent"),
            "offer.yaml, строка 3, поле «gives.kind»: «percnt» предложение дать не может. Возможно, имелось в виду "
            "«percent»; допустимы: percent, amount, fixed_price, gift, n_for_m, delivery, points, invitation.",
            id="kind",
        ),
        pytest.param(
            with_line("  persent: 10", "  percent: 10"),
            "offer.yaml, строка 4, поле «gives.persent»: Такого поля нет. Похоже, имелось в виду «percent»: "
            "переименуйте.",
            id="field",
        ),
        pytest.param(
            with_line("fund: operatng"),
            "offer.yaml, строка 15, поле «fund»: В компании нет «operatng». Похожие: operating. Исправьте название или "
            "добавьте его.",
            id="fund",
        ),
    ],
)
def test_place_and_mend_are_said_in_the_readers_language(text: str, said: str) -> None:
    with spoken("ru"):
        (problem,) = read(text, "offer.yaml", KNOWN).problems
        assert str(problem) == said


def test_whatever_contradicts_stops_the_offer() -> None:
    (problem,) = read(with_line("fund: none"), "offer.yaml", KNOWN).problems
    assert problem.effect is Effect.STOPS


@pytest.mark.parametrize(
    ("codes", "per_code", "control"),
    [("", 1, 10), ("codes: {kind: generic, word: TEA}", 0, 0), ("codes: {kind: imported}", 1, 0)],
)
def test_nobody_is_left_out_where_nobody_is_drawn_a_code(codes: str, per_code: int, control: int) -> None:
    terms = read(f"{TEA}{codes}\n").terms
    assert terms is not None and (terms.limits.per_code, terms.control_percent) == (per_code, control)


def test_limits_that_are_none_are_told_beside_one_code_for_everybody() -> None:
    text = with_line("limits: 500", "limits: {total: 500, budget: 100000}") + "codes: {kind: generic, word: TEA}\n"
    assert wrong(text) == [("model_type", 12, "limits")]
