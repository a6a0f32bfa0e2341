"""Printed cards are read back from the paper: every code of the batch once, beside the offer's words."""

import io
from datetime import date

import pypdf
import pytest
from PIL import Image

from integrations.errors import Refused
from models.locale import spoken
from models.offers import CodeRules
from tasks.codes.drawing import draw
from tasks.codes.folding import ean_digit
from tasks.codes.pictures import Symbol, content_of
from tasks.codes.shapes import shape_of
from tasks.codes.sheets import Paper, Words, sheets
from tests.fakes import NOW
from tests.tasks.codes.decoders import DECODERS, PRINTED, pages_of
from tests.tasks.codes.seeded import chance

SHAPE = shape_of(CodeRules(prefix="TEA", groups_of=4))
DIGITS = shape_of(CodeRules(charset="digits", length=10, groups_of=4))
WORDS = Words(
    "Чай за 10 ₽", ("Скидка 45 ₽ на чай", "При покупке от 300 ₽"), f"До {date(2026, 12, 31):%d.%m.%Y}", "Чашки"
)
ADDRESS = "https://cups.example/c"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 1"><rect width="4" height="1"/></svg>'


def codes(number, shape=SHAPE):
    return [shape.shown(code) for code in draw(shape, number, chance())]


def words_of(pdf):
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


@DECODERS
@PRINTED
@pytest.mark.parametrize(
    ("paper", "number", "on_each"),
    [
        pytest.param(Paper(), 13, 10, id="bare codes"),
        pytest.param(Paper(address=ADDRESS), 13, 10, id="addresses"),
        pytest.param(Paper(3, 7), 25, 21, id="small ones"),
        pytest.param(Paper(1, 2), 3, 2, id="large ones"),
        pytest.param(Paper(2, 6, Symbol.CODE_128), 14, 12, id="code 128"),
        pytest.param(Paper(3, 6, Symbol.EAN_13), 20, 18, id="ean 13"),
    ],
)
def test_every_code_is_read_back_from_the_paper(decoded, paper, number, on_each):
    shown = codes(number, DIGITS if paper.symbol is Symbol.EAN_13 else SHAPE)
    pages = pages_of(sheets(WORDS, shown, paper, NOW, SVG))
    expected = [content_of(code, paper.address) for code in shown]
    if paper.symbol is Symbol.EAN_13:
        expected = [code + ean_digit(code) for code in expected]
    for number_, page in enumerate(pages):
        found = sorted(text.zfill(13) if text.isdecimal() else text for _, text in decoded(page))
        assert found == sorted(expected[number_ * on_each : (number_ + 1) * on_each])
    assert len(pages) == -(-number // on_each)


def test_each_card_has_the_words_and_its_code_for_people():
    shown = codes(13)
    first, second = words_of(sheets(WORDS, shown, Paper(), NOW, SVG))
    assert all(code in first for code in shown[:10]) and all(code in second for code in shown[10:])
    for said in ("Чай за 10 ₽", "Скидка 45 ₽ на чай", "При покупке от 300 ₽", "До 31.12.2026"):
        assert first.count(said) == 10 and second.count(said) == 3


def test_the_same_batch_is_the_same_file():
    assert sheets(WORDS, codes(3), Paper(), NOW) == sheets(WORDS, codes(3), Paper(), NOW)


@PRINTED
def test_marks_to_cut_along_stand_outside_the_cards():
    """Two columns of 95 mm and five rows of 55.4 mm on A4, whose margins are 10 mm."""
    (page,) = pages_of(sheets(WORDS, codes(1), Paper(), NOW), dpi=254)  # ten dots a millimetre
    picture = Image.open(io.BytesIO(page))

    def is_dark(x_mm, y_mm):
        x, y = round(x_mm * 10), round(y_mm * 10)
        return picture.crop((x - 3, y - 3, x + 4, y + 4)).getextrema()[0] < 250

    columns, rows = [10, 105, 200], [10 + 55.4 * row for row in range(6)]
    assert all(is_dark(x, 5) and is_dark(x, 292) for x in columns)
    assert all(is_dark(5, y) and is_dark(205, y) for y in rows)
    assert not is_dark(57, 5) and not is_dark(5, 37) and not is_dark(105, 150)


@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_a_logo_may_be_a_picture(kind):
    kept = io.BytesIO()
    Image.new("RGB", (300, 80), "teal").save(kept, kind)
    made = sheets(WORDS, codes(1), Paper(), NOW, kept.getvalue())
    assert len(pypdf.PdfReader(io.BytesIO(made)).pages[0].images) == 1


@pytest.mark.parametrize("logo", [b"no picture", b"\x89PNG\r\n\x1a\nbroken", b"<svg broken"])
def test_a_logo_that_is_none_is_refused(logo):
    with pytest.raises(Refused) as refused:
        sheets(WORDS, codes(1), Paper(), NOW, logo)
    assert refused.value.reason.code == "no_logo"


def test_whatever_people_write_is_printed_as_they_wrote_it():
    hostile = 'A "deal" #panic() $x$ *b* \\ <b> @me [x]'
    made = sheets(Words(hostile, (hostile,), hostile, hostile), codes(1), Paper(1, 2), NOW)
    assert words_of(made)[0].replace("“", '"').replace("”", '"').count("#panic() $x$ *b*") == 3


@pytest.mark.parametrize(
    ("words", "paper", "number", "why"),
    [
        pytest.param(WORDS, Paper(8, 20), 1, "too_small", id="cards like stamps"),
        pytest.param(WORDS, Paper(6, 5, Symbol.CODE_128), 1, "too_small", id="bars too thin"),
        pytest.param(
            WORDS, Paper(3, 7, address="https://cups.example/" + "x" * 400), 1, "too_small", id="a long address"
        ),
        pytest.param(Words("A" * 20, ("много слов " * 200,)), Paper(), 1, "no_room", id="too many words"),
        pytest.param(WORDS, Paper(), 0, "no_cards", id="no codes"),
    ],
)
def test_what_could_not_be_read_on_paper_is_refused(words, paper, number, why):
    with pytest.raises(Refused) as refused:
        sheets(words, codes(number), paper, NOW)
    assert refused.value.reason.code == why
    with spoken("ru"):
        assert str(refused.value) != refused.value.reason.text


def test_a_batch_of_some_hundreds_is_one_file_with_all_of_them():
    shown = codes(300)
    pages = words_of(sheets(WORDS, shown, Paper(), NOW))
    assert len(pages) == 30 and all(code in pages[place // 10] for place, code in enumerate(shown))
