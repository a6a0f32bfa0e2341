"""The form of an offer and its terms say the same, there and back; nothing filled in is dropped in silence."""

from typing import Any

import pytest

from models.offer_form import OfferFields
from tasks.offering.strange import strange


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
