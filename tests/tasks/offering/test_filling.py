"""The form of an offer and its terms say the same, there and back; nothing filled in is dropped in silence."""

from datetime import time
from typing import Any

import pytest
from hypothesis import assume, given, settings

from integrations.documents import compose
from models.offer_form import OfferFields
from models.offers import Invitation, OfferTerms
from tasks.offering.filling import difference, fields_of, merged, text_of
from tasks.offering.strange import strange
from tasks.offers.checking import checked
from tasks.offers.reading import read
from tasks.offers.writing import written
from tests.depth import examples
from tests.tasks.offers import shop
from tests.tasks.offers.test_summary import WHOLE, changed

TITLES = {"campaign": {"winter": "Tea, coffee; and cups"}}


def form(**fields: Any) -> OfferFields:
    return OfferFields.model_validate({"person": "olga", "title": "Tea"} | fields)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param({"value": "10", "most": "300"}, [], id="of_its_own"),
        pytest.param({"value": "10", "gift": " ", "sittings": "\n", "take": 3, "pay": 2}, [], id="empty_or_usual"),
        pytest.param({"gives": "gift", "gift": "cup", "value": "10"}, ["value"], id="how_much_of_a_gift"),
        pytest.param({"gives": "amount off", "value": "45", "most": "40"}, ["most"], id="most_of_an_amount"),
        pytest.param({"value": "10", "gift": "cup", "gifts": 2}, ["gift", "gifts"], id="a_gift_beside_a_percentage"),
        pytest.param({"gives": "free delivery", "take": 4, "pay": 3}, ["take", "pay"], id="sets_of_delivery"),
        pytest.param({"value": "5", "sittings": "center 2026-12-20 18:00 30", "guests": 2}, ["sittings", "guests"],
                     id="seats_of_a_percentage"),
        pytest.param({"value": "5", "word": "TEA"}, ["word"], id="a_word_of_codes_of_their_own"),
        pytest.param({"value": "5", "word": "TEA", "codes": "one for everybody"}, [], id="a_word_for_everybody"),
    ],
)  # fmt: skip
def test_what_would_have_no_effect_is_told_at_its_field(fields: dict[str, Any], told: list[str]) -> None:
    assert [one.place.field for one in strange(form(**fields))] == told


def comes_back(terms: OfferTerms) -> OfferTerms | None:
    """What the form says that is filled in with these terms."""
    filled = form(**fields_of(terms, "tea", 1))
    assert not list(strange(filled))
    return read(text_of(filled, shop.FIRST, TITLES)).terms


@settings(max_examples=examples(60, 2000), deadline=None)
@given(shop.SOUND_TERMS)
def test_what_the_form_is_filled_in_with_says_the_same_offer(terms: OfferTerms) -> None:
    assume(not checked(terms) and not {*";\n"} & {*terms.title})
    assert comes_back(terms) == terms


@pytest.mark.parametrize(
    ("since", "until"), [(None, time(14)), (time(10), None), (time(22, 0, 30), time(2, 0, 59)), (None, None)]
)
def test_hours_with_one_end_come_back_as_that_end(since: time | None, until: time | None) -> None:
    terms = changed(changed(WHOLE, "conditions.hours_from", since), "conditions.hours_to", until)
    assert comes_back(changed(terms, "conditions.weekdays", (7, 1))) == changed(terms, "conditions.weekdays", (7, 1))


def test_an_account_is_known_by_its_whole_title() -> None:
    filled = form(value="10", campaign="tea, coffee; and cups")
    found = read(text_of(filled, shop.FIRST, TITLES)).terms
    assert found is not None and found.campaign == "winter"


def test_sittings_differ_in_words_that_the_form_takes() -> None:
    evening = {"outlet": "center", "at": "2026-12-10T18:00", "seats": 5}
    former, later = (
        WHOLE.model_copy(update={"gives": Invitation.model_validate({"sittings": sittings})})
        for sittings in ([evening], [evening, evening | {"outlet": "omsk"}])
    )
    assert difference(former, later) == (
        ("gives.sittings", "center 2026-12-10T18:00 5", "center 2026-12-10T18:00 5, omsk 2026-12-10T18:00 5"),
    )


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("center 20.12.2026 9:30 30", "2026-12-20T09:30"), ("center 2026-12-20 18:00 30", "2026-12-20T18:00"),
        ("center 2026-12-20T9:00 30", "2026-12-20T09:00"), ("center 2026-12-20 30", ""), ("center 18:00 30", ""),
        ("center 31.02.2026 18:00 30", ""), ("center", ""),
    ],
)  # fmt: skip
def test_a_sitting_is_read_as_people_write_it_and_never_without_its_hour(line: str, at: str) -> None:
    filled = form(gives="invitation", sittings=line, first_day="2026-12-01", hours="8:00-23:00")
    found = read(text_of(filled, shop.FIRST, {}))
    assert found.terms is None if not at else isinstance(found.terms and found.terms.gives, Invitation)
    assert at in str(found.terms and written(found.terms)) and (at or found.problems)


@pytest.mark.parametrize("changes", ["codes: {kind: unique, word: ''}", "codes: {kind: imported, word: ''}"])
def test_codes_of_their_own_do_not_inherit_any_number_of_uses(changes: str) -> None:
    former = read("title: x\ngives: {kind: delivery}\nlimits: {total: 9}\ncodes: {kind: generic, word: TEA}\n"
                  "first_day: 2026-12-01\nlast_day: 2026-12-31\n").terms  # fmt: skip
    assert former is not None and (former.limits.per_code, former.control_percent) == (0, 0)
    as_text = compose(written(former), "").value
    later = read(merged(former, compose(changes, "").value, as_text)).terms
    said = read(merged(former, compose(f"{changes}\nlimits: {{per_code: 0}}", "").value, as_text)).terms
    assert later and said and (later.limits.per_code, later.limits.total, said.limits.per_code) == (1, 9, 0)
    filled = fields_of(former)
    assert (filled["per_code"], filled["control_percent"]) == (1, 10) and comes_back(former) == former
