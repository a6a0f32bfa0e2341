"""What an offer's terms refuse by themselves."""

from datetime import date, time
from typing import Any

import pytest
from pydantic import ValidationError

from models.offers import Conditions, OfferTerms, Sitting

LEAST = {"title": "Tea", "gives": {"kind": "delivery"}, "first_day": "2026-12-01", "last_day": "31.12.2026"}


def test_days_are_read_as_people_write_them() -> None:
    terms = OfferTerms.model_validate(LEAST)
    assert (terms.first_day, terms.last_day) == (date(2026, 12, 1), date(2026, 12, 31))


@pytest.mark.parametrize("day", ["31.02.2026", "2026", "soon", "0001-01-01", "+6"])
def test_what_is_no_day_is_refused(day: str) -> None:
    with pytest.raises(ValidationError):
        OfferTerms.model_validate(LEAST | {"last_day": day})


@pytest.mark.parametrize("hours", [{"hours_from": "22:00+03:00"}, {"hours_to": "02:00Z"}])
def test_hours_are_the_outlets_own(hours: dict[str, Any]) -> None:
    """An hour with a zone could not even be compared with what the outlet's clocks show."""
    with pytest.raises(ValidationError):
        Conditions.model_validate(hours)
    assert Conditions.model_validate({"hours_from": "22:00"}).hours_from == time(22)


def test_a_sitting_is_by_the_outlets_own_clock() -> None:
    with pytest.raises(ValidationError):
        Sitting.model_validate({"outlet": "center", "at": "2026-12-31T18:00Z", "seats": 5})
