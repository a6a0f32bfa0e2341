"""A brand's colours in a letter: whatever they are, the words can be read, by day and by night."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.company import BrandKit
from models.mail_document import Button, Coupon, Heading, Prose
from tasks.composing.compiled import Variant
from tasks.composing.contrast import faint
from tasks.composing.look import look_of
from tasks.composing.marking import Marks
from tasks.composing.materials import Materials
from tasks.styling.brand import contrast_ratio
from tests.tasks.composing.sample import DOORS, IMPRINT, variant

COLOUR = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
NAMES = st.sampled_from(["background", "text", "accent", "accent_text", "link"])
MARKS = Marks("A", "seed")


@given(st.dictionaries(NAMES, COLOUR))
def test_whatever_the_palette_words_can_be_read(palette: dict[str, str]) -> None:
    look = look_of(BrandKit(palette=palette))
    for shades in (look.day, look.night):
        for ground in (shades.ground, shades.paper, shades.tint):
            for ink in (shades.ink, shades.soft, shades.link):
                assert contrast_ratio(ink, ground) >= 4.5
        assert contrast_ratio(shades.on_accent, shades.accent) >= 4.5


@settings(deadline=None, max_examples=20)
@given(st.dictionaries(NAMES, COLOUR))
def test_of_a_letter_in_any_brand_every_word_can_be_read(palette: dict[str, str]) -> None:
    made = _letter(BrandKit(palette=palette))
    assert made.faint == ()


def _letter(brand: BrandKit) -> Variant:
    blocks = [Heading(id=f"h-{band}", text="Чай", band=band) for band in ("paper", "tint", "accent")]
    buttons = [
        Button(id=f"b-{band}-{outlined}".lower(), label="Да", link="https://a.ru", band=band, outlined=outlined)
        for band in ("paper", "tint", "accent")
        for outlined in (False, True)
    ]
    words = Prose(id="p", text="Слова и [ссылка](https://a.ru)", small=True, band="tint")
    coupon = Coupon(id="c", gives="Скидка", band="accent", button="Да", link="https://a.ru")
    return variant(*blocks, *buttons, words, coupon, materials=Materials(brand, IMPRINT, DOORS))


@pytest.mark.parametrize("fonts", ["Georgia, serif", "'PT Sans', Arial", '"PT Sans", Arial'])
def test_letters_are_those_that_a_recipient_has(fonts: str) -> None:
    assert look_of(BrandKit(fonts={"text": fonts})).text_font == fonts.replace('"', "'")


@pytest.mark.parametrize("fonts", ["x;color:red", "url(https://a.ru)", "a{}", "", "<b>"])
def test_what_is_no_font_is_left_out(fonts: str) -> None:
    assert look_of(BrandKit(fonts={"text": fonts})).text_font == "Arial, Helvetica, sans-serif"


@pytest.mark.parametrize(
    ("html", "ratios"),
    [
        ('<p style="color:#777777">Да</p>', [4.48]),
        ('<p style="color:#767676">Да</p>', []),
        ('<p style="color:#777777;font-size:24px">Да</p>', []),
        ('<p style="color:#777777;font-size:19px"><b>Да</b></p>', []),
        ('<div style="background:#000000"><p>Да</p></div>', [1.0]),
        ('<td bgcolor="#111111"><span style="color:white">Да</span></td>', []),
        ('<div style="background:url(a.png)"><p style="color:#ffffff">Да</p></div>', []),
        ('<div style="background:#ffffff url(a.png)"><p style="color:#ffffff">Да</p></div>', [1.0]),
        ('<div style="background-color:rgba(0,0,0,.5)"><p style="color:#ffffff">Да</p></div>', []),
        ('<div style="color:rgb(119, 119, 119)">Да</div>', [4.48]),
        ('<div style="display:none;color:#ffffff">Да</div>', []),
        ('<div style="color:#ffffff"> </div>', []),
        ('<div style="color:nonsense">Да</div>', []),
    ],
)
def test_contrast_is_counted_by_the_styles_of_elements(html: str, ratios: list[float]) -> None:
    assert [one.ratio for one in faint(f"<html><body>{html}</body></html>", MARKS, ())] == ratios
