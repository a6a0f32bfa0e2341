"""Whatever way a code is typed or scanned it is understood; a wrong one is told before anything is looked up."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.locale import spoken
from models.offers import CodeRules
from tasks.codes.drawing import draw
from tasks.codes.folding import LAYOUT, LOOK_ALIKE, ean_digit, fold, is_ean_13
from tasks.codes.reading import masked, read
from tasks.codes.shapes import Forms, shape_of
from tests.tasks.codes.seeded import chance

SHAPE = shape_of(CodeRules(prefix="TEA", groups_of=4))
PLAIN = shape_of(CodeRules())
DIGITS = shape_of(CodeRules(charset="digits", length=10))
FORMS = Forms((SHAPE, PLAIN, DIGITS))
CYRILLIC = {chr(latin): chr(russian) for russian, latin in LOOK_ALIKE.items() if chr(russian) not in "ЁІЅЈ"}
KEYS = {chr(latin): chr(russian) for russian, latin in LAYOUT.items()}
SEPARATORS = [" ", "-", "–", "—", "−", "\u00a0", "\u2009", "\u200b", "\t", ".", "_", "\u2011"]
CODES = st.sampled_from([*draw(SHAPE, 20, chance()), *draw(PLAIN, 20, chance()), *draw(DIGITS, 20, chance())])
TEA = draw(SHAPE, 1, chance("tea"))[0]


@st.composite
def typed(draw_, code):
    """A code as somebody may type it: any case, separators anywhere, Cyrillic letters, full-width signs."""
    ways = [lambda s: s, str.lower, lambda s: CYRILLIC.get(s, s), lambda s: CYRILLIC.get(s, s).lower(),
            lambda s: chr(ord(s) + 0xFEE0) if s.isascii() else s]  # fmt: skip
    signs = [draw_(st.sampled_from(ways))(sign) + draw_(st.sampled_from(["", "", "", *SEPARATORS])) for sign in code]
    return draw_(st.sampled_from(["", " "])) + "".join(signs)


@given(st.data())
def test_a_code_is_understood_however_it_is_typed(data):
    code = data.draw(CODES)
    assert read(data.draw(typed(code)), FORMS).code == code


@given(CODES)
def test_a_scanner_with_the_russian_layout_on_is_understood(code):
    """It types keys, not letters: K is Л there. The check sign tells this from look-alikes."""
    keyed = "".join(KEYS.get(sign, sign) for sign in code)
    assert read(keyed, FORMS).code == code


@given(st.data())
def test_one_wrong_sign_or_an_exchange_is_told_and_never_becomes_another_code(data):
    shape = data.draw(st.sampled_from(FORMS.shapes))
    code = draw(shape, 1, chance(str(data.draw(st.integers(0, 10**6)))))[0]
    first = 3 if shape is SHAPE else 0
    place = data.draw(st.integers(first, len(code) - 2))
    other = data.draw(st.sampled_from([sign for sign in shape.signs if sign != code[place]]))
    wrong = [code[:place] + other + code[place + 1 :]]
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    for one in wrong + [swapped] * (swapped != code):
        reading = read(one, Forms((shape,)))
        assert not reading and reading.why.code == "mistyped"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        pytest.param("", "no_code", id="nothing"),
        pytest.param(" —  ", "no_code", id="only separators"),
        pytest.param("X" * 5000, "no_code", id="a whole text"),
        pytest.param("ABC", "other_length", id="too short"),
        pytest.param(TEA + "7", "other_length", id="one too many"),
        pytest.param(TEA[:-1] + "O", "strange_sign", id="a letter that is in no code"),
        pytest.param(TEA[:-1] + "%", "strange_sign", id="no letter at all"),
        pytest.param(TEA[:5] + "ХХ" + TEA[7:], "mistyped", id="wrong look-alikes"),
        pytest.param("http://[", "strange_sign", id="half an address"),
    ],
)
def test_what_is_wrong_is_said(said, code):
    reading = read(said, FORMS)
    assert reading.why.code == code and not reading.code


def test_what_stands_in_a_code_may_be_mistaken_for_what_looks_the_same():
    shape = shape_of(CodeRules(prefix="LOT1"))
    (code,) = draw(shape, 1, chance())
    assert code.startswith("LOT1") and read(code.replace("LOT1", "l0ti"), Forms((shape,))).code == code


@pytest.mark.parametrize("address", ["https://cups.example/c/{}", "https://cups.example/c/{}/?utm_source=qr#x"])
def test_a_scanned_address_ends_in_its_code(address):
    assert read(address.format(SHAPE.shown(TEA)), FORMS).code == TEA


def test_the_check_digit_that_a_scanner_adds_is_left_out():
    for code in draw(DIGITS, 50, chance()):
        scanned = code + ean_digit(code)
        assert is_ean_13(scanned) and read(scanned, FORMS).code == code


def test_a_scanner_calls_an_ean_that_begins_with_0_another_and_is_understood():
    """Only a scanner: by hand twelve digits are twelve digits, and one wrong one never becomes another code."""
    codes = [code for code in draw(DIGITS, 300, chance()) if code.startswith("0")]
    for code in codes:
        upc = (code + ean_digit(code))[1:]
        assert read(upc, FORMS, scanned=True).code == code and read(upc, FORMS).code in ("", upc)
    assert len(codes) > 10


def test_codes_that_no_shape_tells_about_are_looked_up_by_their_length():
    assert not read("PARTNER01", FORMS)
    assert read("partner-01", Forms(FORMS.shapes, frozenset({9}))).code == "PARTNER01"
    assert read("чай-10", Forms(free=frozenset({5}))).code == fold("ЧАЙ10")


def test_a_russian_word_for_everybody_is_never_read_by_its_keys():
    """Its keys are Latin letters, and where codes have no check sign any of them would be a code."""
    shape = shape_of(CodeRules(check_sign=False))
    word = fold("ПРИВЕТМИР")
    assert read("приветмир", Forms((shape,))).code == "GHBDTNVBH"
    assert read("приветмир", Forms((shape,), frozenset({9}), frozenset({word}))).code == word


def test_a_right_code_of_ours_comes_before_one_that_merely_has_the_length():
    forms = Forms((PLAIN,), frozenset({10}))
    (code,) = draw(PLAIN, 1, chance())
    assert read("".join(KEYS.get(sign, sign) for sign in code), forms).code == code


@pytest.mark.parametrize(
    ("code", "shown"), [("TEAK7QXM2PR", "…M2PR"), ("ABCDE", "…DE"), ("ABC", "…C"), ("A", "…"), ("", "…")]
)
def test_a_masked_code_shows_its_end_and_at_most_half(code, shown):
    assert masked(code) == shown


def test_nothing_that_is_logged_shows_a_whole_code(caplog):
    reading, wrong = read(TEA, FORMS), read(TEA[:-1] + ("A" if TEA[-1] != "A" else "B"), FORMS)
    for language in ("ru", "en"):
        with spoken(language), caplog.at_level(logging.INFO):
            logging.getLogger("otdel.codes").info("%s %r %s %r %s", reading, reading, wrong, wrong, wrong.why)
    assert TEA not in caplog.text and TEA[:-1] not in caplog.text and masked(TEA) in caplog.text
