"""Lengths as the platforms count them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.channels.base import Counted
from integrations.channels.measure import length
from tasks.adaptation.counting import graphemes, longest_prefix

FAMILY = "👨‍👩‍👧"
ACCENT = "е\u0301"


@pytest.mark.parametrize(
    ("text", "counts", "expected"),
    [
        pytest.param("чай", "graphemes", 3, id="letters"),
        pytest.param("чай", "bytes", 6, id="cyrillic bytes"),
        pytest.param(FAMILY, "graphemes", 1, id="a family is one character"),
        pytest.param(FAMILY, "code_points", 5, id="of five code points"),
        pytest.param(FAMILY, "utf16", 8, id="of eight UTF-16 units"),
        pytest.param(FAMILY, "bytes", 18, id="of eighteen bytes"),
        pytest.param(ACCENT, "graphemes", 1, id="accent"),
        pytest.param(ACCENT, "utf16", 2, id="accent in UTF-16"),
        pytest.param("🇷🇺🇰🇿", "graphemes", 2, id="flags"),
        pytest.param("a\r\nb", "graphemes", 3, id="a line break of two"),
        pytest.param("", "bytes", 0, id="nothing"),
    ],
)
def test_a_text_is_as_long_as_the_platform_says(text: str, counts: Counted, expected: int) -> None:
    assert length(text, counts) == expected


@given(st.text(), st.integers(0, 50), st.sampled_from(["graphemes", "code_points", "utf16", "bytes"]))
def test_the_longest_prefix_fits_and_breaks_no_character(text: str, limit: int, counts: Counted) -> None:
    end = longest_prefix(text, limit, counts)
    assert length(text[:end], counts) <= limit
    whole = list(graphemes(text))
    assert any("".join(whole[:count]) == text[:end] for count in range(len(whole) + 1))
    if end < len(text):
        taken = len(list(graphemes(text[:end])))
        assert length("".join(whole[: taken + 1]), counts) > limit
