"""How many parts a short message has."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.short_messages import BASIC, ESCAPED, PLACES, Alphabet, Measure, measured, parts
from tests.depth import examples

GSM, UCS = Alphabet.GSM7, Alphabet.UCS2


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        pytest.param("", Measure(GSM, 0, 0), id="nothing"),
        pytest.param("Tea", Measure(GSM, 3, 1), id="latin"),
        pytest.param("a" * 160, Measure(GSM, 160, 1), id="one part to the brim"),
        pytest.param("a" * 161, Measure(GSM, 161, 2), id="one sign more"),
        pytest.param("a" * 306, Measure(GSM, 306, 2), id="two parts to the brim"),
        pytest.param("a" * 307, Measure(GSM, 307, 3), id="three"),
        pytest.param("€" * 80, Measure(GSM, 160, 1), id="signs of two places"),
        pytest.param("a" * 152 + "€" + "a" * 7, Measure(GSM, 161, 2), id="a pair is not cut in two"),
        pytest.param("a" * 152 + "€" + "a" * 152, Measure(GSM, 306, 3), id="and that may cost a part"),
        pytest.param("Чай", Measure(UCS, 3, 1), id="cyrillic"),
        pytest.param("ч" * 70, Measure(UCS, 70, 1), id="one part of cyrillic"),
        pytest.param("ч" * 71, Measure(UCS, 71, 2), id="one letter more"),
        pytest.param("ч" * 134, Measure(UCS, 134, 2), id="two parts of cyrillic"),
        pytest.param("ч" * 135, Measure(UCS, 135, 3), id="three of cyrillic"),
        pytest.param("a" * 100 + "ч", Measure(UCS, 101, 2), id="one letter turns all of it"),
        pytest.param("🍵" * 35, Measure(UCS, 70, 1), id="a picture takes two places"),
        pytest.param("ч" * 66 + "🍵" + "ч" * 66, Measure(UCS, 134, 3), id="a picture is not cut in two"),
        pytest.param("`", Measure(UCS, 1, 1), id="not every ASCII sign is there"),
    ],
)
def test_a_short_message_is_measured(text: str, measure: Measure) -> None:
    assert measured(text) == measure


@settings(max_examples=examples(40, 400))
@given(st.text(max_size=700) | st.text(st.sampled_from(sorted(BASIC | ESCAPED)), max_size=700))
def test_the_parts_hold_all_of_it_and_not_one_is_spare(text: str) -> None:
    found = measured(text)
    whole, each = PLACES[found.alphabet]
    assert (found.parts <= 1) == (found.length <= whole)
    if found.parts > 1:  # a part may stay one place short, where a pair did not fit
        assert (found.parts - 1) * (each - 1) < found.length <= found.parts * each


@given(st.text(max_size=300), st.text(max_size=50))
def test_more_text_is_never_fewer_parts(text: str, more: str) -> None:
    assert parts(text) <= parts(text + more)
