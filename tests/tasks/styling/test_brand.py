"""Contrast of the palette, against the figures that WCAG's own definition gives."""

import pytest

from tasks.styling.brand import contrast_ratio, contrasts, palette_notes


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        pytest.param("#000000", "#ffffff", 21.0, id="black on white"),
        pytest.param("#fff", "#ffffff", 1.0, id="the same colour, short and long"),
        pytest.param("#777777", "#ffffff", 4.48, id="the grey that just fails"),
        pytest.param("#767676", "#ffffff", 4.54, id="the grey that just passes"),
        pytest.param("#ff0000", "#ffffff", 4.0, id="red on white"),
    ],
)
def test_contrast_is_what_wcag_defines(one: str, other: str, ratio: float) -> None:
    assert contrast_ratio(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast_ratio(other, one) == contrast_ratio(one, other)


def test_pairs_come_with_what_they_are_good_for() -> None:
    pairs = contrasts({"ink": "#1b1b1b", "paper": "#ffffff", "leaf": "#1f6f54", "sand": "#f2e8d5", "rose": "#d98880"})
    assert (pairs[0].one, pairs[0].other, pairs[0].level) == ("ink", "paper", "AAA")
    assert {pair.level for pair in pairs} >= {"AAA", "AA", "none"}


def test_a_colour_that_nothing_can_be_read_on_is_named() -> None:
    notes = palette_notes({"grey": "#999999", "white": "#ffffff", "broken": "green"})
    assert [(note.reason.code, note.reason.words["name"]) for note in notes] == [
        ("colour", "broken"),
        ("contrast", "grey"),
        ("contrast", "white"),
    ]
    assert palette_notes({"ink": "#000000", "paper": "#ffffff"}) == ()
