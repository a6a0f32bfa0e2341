"""Rules in boxes: whatever can be said in a line stands in boxes and comes back; what is wrong says where."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.customers import AddressKind
from models.desk.group_rule import ALL, ANY, KINDS, Box
from models.group_rules import EVER, All, AnyOf, Bought, Counted, Has, InGroup, Not, Period, Purchases, Rule, Where
from models.locale import spoken
from tasks.groups.filling.boxes import ROOT, added, boxed, every, removed
from tasks.groups.filling.reading import read_boxes, rule_of, strangers, wrongs
from tasks.groups.parsing import parsed
from tests.tasks.groups.rules import EVERY_RULE

WORDS = st.text(max_size=12) | st.sampled_from(
    ["12", "-1", "2026-01-31", "31.02.2026", "чай", "1e9", "∞", "٣", "email"]
)
PLACES = st.sampled_from(["0", "0-0", "0-1", "0-0-0", "0-0-1", "0-7", "1", "0-", "00-0"])
FIELDS = st.sampled_from(["kind", "negated", "values", "days", "number", "sign", "score", "group", "from", "to",
                          "since", "address", "side", "groups", "products", "mailings", "outlets", "odd"])  # fmt: skip


def sent(box: Box) -> list[tuple[str, str]]:
    """The boxes as a form sends them, empty fields and all."""
    fields = []
    for one in every(box):
        fields += [(f"{one.place}.kind", one.kind), *([(f"{one.place}.negated", "1")] if one.negated else [])]
        for field in KINDS[one.kind].fields if one.kind in KINDS else ():
            fields += [(f"{one.place}.{field}", value) for value in (*one.said.get(field, ()), "")]
    return fields


@given(EVERY_RULE)
def test_every_rule_stands_in_boxes_and_comes_back_as_it_was(rule: Rule) -> None:
    box = read_boxes(sent(boxed(rule)))
    assert box == boxed(rule) and rule_of(box)[0] == rule


@given(
    st.lists(st.tuples(st.builds("{}.{}".format, PLACES, FIELDS), st.sampled_from(list(KINDS)) | WORDS), max_size=12)
)
def test_whatever_is_sent_is_a_rule_or_says_what_is_wrong(fields: list[tuple[str, str]]) -> None:
    rule, told = rule_of(read_boxes(fields))
    assert (rule is None) == bool(wrongs(told))
    if rule is not None:
        assert rule_of(boxed(rule))[0] == rule


@given(EVERY_RULE, st.data())
def test_a_box_that_is_added_and_taken_out_leaves_the_others(rule: Rule, data: Any) -> None:
    box = boxed(rule)
    joins = [one.place for one in every(box) if one.is_join]
    place, nested = data.draw(st.sampled_from(joins)), data.draw(st.booleans())
    more = added(box, place, nested)
    [new] = [one for one in every(more) if one.is_new]
    assert removed(more, new.place.rpartition("-")[0] if nested else new.place) == box
    assert len(every(more)) == len(every(box)) + 1 + nested


def test_a_new_group_begins_with_one_empty_condition() -> None:
    box = boxed(None)
    assert (box.kind, [(one.place, one.kind) for one in box.parts]) == (ALL, [("0-0", "")])
    assert read_boxes([]) == box and removed(box, ROOT) == box


def test_conditions_in_brackets_are_joined_the_other_way() -> None:
    box = added(boxed(parsed("everyone and has email")), ROOT, nested=True)
    assert [one.kind for one in box.parts] == ["everyone", "has", ANY] and box.parts[2].parts[0].place == "0-2-0"


def test_boxes_stand_in_the_order_of_their_places() -> None:
    fields = [(f"0-{n}.kind", kind) for n, kind in ((10, "everyone"), (2, "has"))] + [("0.kind", ANY)]
    box = read_boxes([*fields, ("0-2.address", "email")])
    assert [one.kind for one in box.parts] == ["has", "everyone"] and [one.place for one in box.parts] == ["0-0", "0-1"]


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        pytest.param({"kind": "counted.sum", "sign": ">", "number": "3 000,50"},
                     Counted(measure="sum", is_=">", value=Decimal("3000.50")), id="a sum as people write it"),
        pytest.param({"kind": "counted.last", "sign": ">=", "number": "90"},
                     Counted(measure="last", is_=">=", value=Decimal(90)), id="days ago"),
        pytest.param({"kind": "bought", "groups": "Чай", "from": "01.02.2026", "to": "2026-03-01", "negated": "1"},
                     Not(rule=Bought(what=Purchases(groups=("Чай",), period=Period(
                         starts_on=date(2026, 2, 1), ends_on=date(2026, 3, 1))))), id="not, with dates"),
        pytest.param({"kind": "has", "address": "email"}, Has(address=AddressKind.EMAIL), id="an address"),
        pytest.param({"kind": "in_group", "group": "sleeping"}, InGroup(group="sleeping"), id="another group"),
        pytest.param({"kind": "bought"}, Bought(what=Purchases(period=EVER)), id="ever"),
    ],
)  # fmt: skip
def test_a_condition_is_read(fields: dict[str, str], rule: Rule) -> None:
    box = read_boxes([("0.kind", ALL), *((f"0-0.{name}", value) for name, value in fields.items())])
    assert rule_of(box)[0] == rule


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        pytest.param({"kind": ""}, "kind", "Choose what the condition is about", id="nothing chosen"),
        pytest.param({"kind": "nonsense"}, "kind", "Choose what", id="of no kind"),
        pytest.param({"kind": "where.city"}, "values", "at least one value", id="no city"),
        pytest.param({"kind": "has"}, "address", "one of the list", id="no address"),
        pytest.param({"kind": "in_group", "group": "Спящие"}, "", "is not a key", id="no key"),
        pytest.param({"kind": "birthday"}, "days", "Write a number", id="no number"),
        pytest.param({"kind": "birthday", "days": "366"}, "days", "0–365", id="too far"),
        pytest.param({"kind": "birthday", "days": "неделя"}, "days", "“неделя” is not a whole number", id="words"),
        pytest.param({"kind": "counted.sum", "number": "много"}, "number", "“много” is not a number", id="many"),
        pytest.param({"kind": "counted.sum", "number": "1.005"}, "", "at most 2 decimals", id="too fine"),
        pytest.param({"kind": "counted.sum", "number": "Infinity"}, "number", "is not a number", id="infinite"),
        pytest.param({"kind": "counted.sum", "number": "1e9999999"}, "number", "is not a number", id="endless"),
        pytest.param({"kind": "bought", "from": "31.02.2026"}, "from", "is not a date", id="no such day"),
        pytest.param({"kind": "bought", "days": "9", "to": "2026-01-01"}, "", "either", id="two periods"),
        pytest.param({"kind": "bought", "groups": "Чай", "products": "Улун"}, "", "not both", id="groups and products"),
        pytest.param(
            {"kind": "bought", "from": "2026-02-01", "to": "2026-01-01"}, "", "before the beginning", id="upside"
        ),
        pytest.param({"kind": "joined"}, "", "Name a period", id="no period"),
        pytest.param({"kind": "counted.sum", "sign": "!", "number": "1"}, "", "one of the list", id="no such sign"),
        pytest.param({"kind": "reacted.opened", "days": "99999"}, "days", "does not fit", id="too long ago"),
    ],
)
def test_what_is_wrong_says_where_and_how_to_mend_it(fields: dict[str, str], field: str, said: str) -> None:
    sent = [(f"0-1.{name}", value) for name, value in fields.items()]
    with spoken("en"):
        rule, told = rule_of(read_boxes([("0.kind", ALL), ("0-0.kind", "everyone"), *sent]))
        [(box, where, reason)] = wrongs(told)
        assert rule is None and box.place == "0-1" and where == field and said in str(reason), reason
    assert all(
        box.said.get(name) == (value,)
        for name, value in fields.items()
        if name in KINDS.get(box.kind, KINDS["bought"]).fields
    )


def test_boxes_without_conditions_are_wrong_and_stay() -> None:
    box = removed(added(boxed(parsed("everyone")), ROOT, nested=True), "0-1-0")
    rule, told = rule_of(box)
    assert rule is None and [(one.place, field) for one, field, _ in wrongs(told)] == [("0-1", "")]


def test_more_conditions_than_a_person_can_read_are_refused() -> None:
    fields = [("0.kind", ALL), *((f"0-{n}.kind", "everyone") for n in range(41))]
    rule, told = rule_of(read_boxes(fields))
    assert rule is None and told.why("") is not None


def test_a_name_that_nothing_is_called_by_is_noticed() -> None:
    known = {"city": ["Москва"], "groups": ["Чай"]}
    [where] = boxed(Where(field="city", values=("Москва", "Масква"))).parts
    [bought] = boxed(Bought(what=Purchases(groups=("Чаи",), outlets=("center",)))).parts
    assert strangers(where, known) == {"values": ["Масква"]} and strangers(bought, known) == {"groups": ["Чаи"]}


def test_one_box_in_another_means_only_that_box() -> None:
    inner = AnyOf(rules=(Has(address=AddressKind.EMAIL), Has(address=AddressKind.PHONE)))
    doubled = Box(place=ROOT, kind=ALL, parts=(Box(place="0-0", kind=ALL, parts=boxed(inner).parts),))
    assert rule_of(doubled)[0] == All(rules=inner.rules)
