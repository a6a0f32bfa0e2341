"""What is drawn is read back by decoders that know nothing of us; what does not fit is refused and says why."""

import io

import pytest
import zxingcpp
from lxml import etree
from PIL import Image

from integrations.errors import Refused
from models.locale import spoken
from models.offers import CodeRules
from tasks.codes import pictures
from tasks.codes.drawing import draw
from tasks.codes.folding import ean_digit, fold
from tasks.codes.pictures import Symbol, bars, bars_png, bars_svg, content_of, qr_png, qr_svg
from tasks.codes.reading import read
from tasks.codes.shapes import Forms, shape_of
from tests.tasks.codes.decoders import DECODERS, by_zxing, drawn_svg
from tests.tasks.codes.seeded import chance

PLAIN = shape_of(CodeRules(prefix="TEA", groups_of=4))
DIGITS = shape_of(CodeRules(charset="digits", length=10))
CODES = draw(PLAIN, 12, chance())
NUMBERS = draw(DIGITS, 12, chance())
ADDRESS = "https://cups.example/c"


@DECODERS
@pytest.mark.parametrize("address", ["", ADDRESS])
def test_a_qr_code_is_read_back_and_leads_to_its_code(decoded, address):
    for code in CODES:
        shown = PLAIN.shown(code)
        content = content_of(shown, address)
        for picture in (qr_png(content), drawn_svg(qr_svg(content), 30)):
            assert decoded(picture) == [("qr", content)]
        assert read(content, Forms((PLAIN,))).code == code


@DECODERS
def test_code_128_is_read_back(decoded):
    for code in CODES:
        of = bars(Symbol.CODE_128, code)
        for picture in (bars_png(of), drawn_svg(bars_svg(of))):
            assert decoded(picture) == [("code_128", code)]


@DECODERS
def test_ean_13_is_read_back_with_its_check_digit(decoded):
    for code in NUMBERS:
        of = bars(Symbol.EAN_13, code)
        for picture in (bars_png(of), drawn_svg(bars_svg(of))):
            ((_, text),) = decoded(picture)
            # Beginning with 0 it is a UPC-A, which some decoders say without the 0.
            assert text.zfill(13) == code + ean_digit(code) == of.text.replace(" ", "")
            assert read(text, Forms((DIGITS,)), scanned=True).code == code


def test_an_ean_with_its_own_check_digit_is_the_same_picture():
    assert bars(Symbol.EAN_13, "4006381333931") == bars(Symbol.EAN_13, "400638133393")
    assert bars(Symbol.EAN_13, "4006-3813-3393") == bars(Symbol.EAN_13, "400638133393")


@pytest.mark.parametrize(
    ("symbol", "code", "why"),
    [
        pytest.param(Symbol.EAN_13, "40063813339", "no_ean_13", id="eleven digits"),
        pytest.param(Symbol.EAN_13, "TEA063813339", "no_ean_13", id="letters"),
        pytest.param(Symbol.EAN_13, "4006381333932", "wrong_ean", id="a wrong check digit"),
        pytest.param(Symbol.EAN_13, "40063813339311", "no_ean_13", id="too many"),
        pytest.param(Symbol.EAN_13, "", "no_ean_13", id="nothing"),
        pytest.param(Symbol.CODE_128, "ЧАЙ2345", "no_code_128", id="Cyrillic"),
        pytest.param(Symbol.CODE_128, "X" * 49, "no_code_128", id="too long for a card"),
        pytest.param(Symbol.CODE_128, "A\nB", "no_code_128", id="a line break"),
        pytest.param(Symbol.CODE_128, "", "no_code_128", id="no bars"),
    ],
)
def test_what_does_not_fit_is_refused(symbol, code, why):
    with pytest.raises(Refused) as refused:
        bars(symbol, code)
    assert refused.value.reason.code == why
    for language in ("ru", "en"):
        with spoken(language):
            assert not code or code not in str(refused.value)


def test_a_wrong_check_digit_is_told_with_the_right_one():
    with pytest.raises(Refused) as refused:
        bars(Symbol.EAN_13, "4006381333932")
    assert refused.value.reason.words == {"digit": "1"}


@pytest.mark.parametrize("content", ["", "X" * 801])
def test_a_qr_code_that_no_phone_would_read_is_refused(content):
    with pytest.raises(Refused) as refused:
        qr_png(content)
    assert refused.value.reason.code == "no_qr"


@DECODERS
@pytest.mark.parametrize("word", ["СКИДКА", "ЧАЙ10", "ДЖИЙ"])
def test_a_qr_code_of_a_russian_word_says_which_letters_they_are(decoded, word):
    """Else a reader guesses: ZBar takes UTF-8 that is not said to be it for Japanese, others the Japanese set."""
    png = qr_png(content_of(word))
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))
    assert found.bytes == fold(word).encode() and decoded(png) == [("qr", fold(word))]


def test_a_seventh_of_a_qr_code_may_be_soiled():
    """Error correction M, whatever room is left: the same batch has cards that all look alike."""
    for content in (CODES[0], content_of(CODES[0], ADDRESS)):
        (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(qr_png(content))))
        assert found.ec_level == "M"


def test_a_soiled_qr_code_is_still_read():
    picture = Image.open(io.BytesIO(qr_png(CODES[0]))).convert("L")
    middle, half = picture.width // 2, 14
    picture.paste(0, (middle - half, middle - half, middle + half, middle + half))
    kept = io.BytesIO()
    picture.save(kept, "PNG")
    assert by_zxing(kept.getvalue()) == [("qr", CODES[0])]


def light(png):
    """The rows and columns of a picture that have nothing dark in them, from its left edge on and from its right."""
    picture = Image.open(io.BytesIO(png)).convert("L")
    box = picture.point(lambda dot: 255 * (dot < 128)).getbbox()
    return box[0], picture.width - box[2]


def test_quiet_zones_are_as_wide_as_the_standards_ask_for():
    assert light(qr_png(CODES[0], scale=5)) == (20, 20)
    without_text = pictures.Bars(bars(Symbol.CODE_128, CODES[0]).modules, "")
    assert light(bars_png(without_text, scale=2)) == (20, 20)
    ean = bars(Symbol.EAN_13, NUMBERS[0])
    assert (ean.left, len(ean.modules), ean.right) == (11, 95, 7)


def test_an_svg_is_well_formed_and_loads_nothing_whatever_the_code():
    for svg in (bars_svg(bars(Symbol.CODE_128, "<A&B>")), qr_svg("<script>")):
        tree = etree.fromstring(svg)
        assert tree.tag == "{http://www.w3.org/2000/svg}svg" and not tree.xpath("//*[@href or @onload]")
    assert b"&lt;A&amp;B&gt;" in bars_svg(bars(Symbol.CODE_128, "<A&B>"))


def test_a_code_in_cyrillic_has_an_address_that_every_scanner_can_type():
    assert content_of("Чай 10", ADDRESS) == f"{ADDRESS}/%D0%A7A%D0%9910"
    assert read(content_of("Чай 10", ADDRESS), Forms(free={5})).code == "ЧAЙ10"
