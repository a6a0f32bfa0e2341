"""Codes are drawn without bias from what the door gives, each once, in the shape that was asked for."""

import os
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.errors import Refused
from models.offers import CodeKind, CodeRules, Limits
from tasks.codes.drawing import draw, redrawn
from tasks.codes.shapes import DIGITS, LETTERS_AND_DIGITS, ODDS, check_space, shape_of, uses_of, word_of
from tests.tasks.codes.seeded import chance

RULES = st.builds(
    CodeRules, charset=st.sampled_from(["letters_and_digits", "digits"]), length=st.integers(5, 20),
    prefix=st.sampled_from(["", "TEA", "tea-", "ЧАЙ", "ёж", "2026-"]), groups_of=st.sampled_from([0, 3, 4, 5]),
    check_sign=st.booleans(), pattern=st.sampled_from(["", "", "T##-####", "####I0####", "ЧАЙ-#####-10"]),
)  # fmt: skip


@given(RULES, st.integers(1, 40))
def test_every_code_has_the_shape_and_is_right(rules, number):
    shape = shape_of(rules)
    codes = draw(shape, number, chance())
    assert len(set(codes)) == len(codes) == number
    assert all(shape.matched(code) == code and shape.is_right(code) for code in codes)


@given(RULES)
def test_a_code_is_shown_in_its_parts_and_read_back(rules):
    from tasks.codes.folding import fold

    shape = shape_of(rules)
    (code,) = draw(shape, 1, chance())
    assert fold(shape.shown(code)) == code and len(shape.shown(code)) == len(shape.written)


@pytest.mark.parametrize(
    ("rules", "shown"),
    [
        pytest.param(CodeRules(), "##########", id="as it comes"),
        pytest.param(CodeRules(groups_of=4), "####-####-##", id="in groups"),
        pytest.param(CodeRules(prefix="чай", groups_of=5), "ЧАЙ-#####-#####", id="a prefix"),
        pytest.param(CodeRules(prefix="TEA-", length=4, check_sign=False), "TEA-####", id="no check sign"),
        pytest.param(CodeRules(pattern="TEA-####-####", prefix="X", groups_of=3), "TEA-####-#####", id="a pattern"),
        pytest.param(CodeRules(charset="digits", length=10), "############", id="two check digits"),
    ],
)
def test_rules_say_how_codes_look(rules, shown):
    assert shape_of(rules).written == shown


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        pytest.param(CodeRules(pattern="TEA-###"), "nothing_drawn", id="too little drawn"),
        pytest.param(CodeRules(prefix="TEA/"), "strange_part", id="a slash"),
        pytest.param(CodeRules(prefix="50%"), "strange_part", id="per cent"),
        pytest.param(CodeRules(prefix="A#"), "strange_part", id="# in a prefix"),
        pytest.param(CodeRules(pattern="#" * 60), "too_long", id="too long with its check sign"),
    ],
)
def test_rules_that_make_no_codes_are_refused(rules, code):
    with pytest.raises(Refused) as refused:
        shape_of(rules)
    assert refused.value.reason.code == code


def test_nobody_confuses_the_signs_of_a_code():
    assert not set("IO01U") & set(LETTERS_AND_DIGITS) and len(set(LETTERS_AND_DIGITS)) == 31 and len(DIGITS) == 10


@pytest.mark.parametrize("charset", ["letters_and_digits", "digits"])
def test_every_sign_is_as_likely_at_every_place(charset):
    """Chi square over 60,000 codes: with 30 or 9 degrees of freedom 80 is never reached but by a bias."""
    shape = shape_of(CodeRules(charset=charset, length=9))
    codes = draw(shape, 60_000, chance())
    expected = len(codes) / len(shape.signs)
    for place in range(shape.drawn):
        seen = Counter(code[place] for code in codes)
        assert sum((seen[sign] - expected) ** 2 / expected for sign in shape.signs) < 80


def test_bytes_that_would_favour_some_signs_are_thrown_away():
    """Of 256 bytes 8 are beyond the last multiple of 31; were they used, eight signs would come oftener."""
    shape, given_ = shape_of(CodeRules(length=8, check_sign=False)), []

    def bytes_of_the_end(number):
        given_.append(number)
        return (bytes(range(248, 256)) + bytes(range(8))) * number

    assert draw(shape, 1, bytes_of_the_end) == ["23456789"]


def test_chance_is_asked_again_where_most_of_it_was_of_no_use():
    shape, calls = shape_of(CodeRules()), []

    def meagre(number):
        calls.append(number)
        return b"\xff" * number if len(calls) < 3 else os.urandom(number)

    assert len(draw(shape, 5, meagre)) == 5 and len(calls) >= 3


def test_those_taken_are_replaced_and_the_others_keep_their_place():
    shape = shape_of(CodeRules())
    codes = draw(shape, 10, chance())
    fresh = redrawn(shape, codes, codes[3:5], chance())  # which says the same codes first
    assert fresh[:3] == codes[:3] and fresh[5:] == codes[5:] and not set(fresh[3:5]) & set(codes)
    assert len(set(fresh)) == 10


def test_the_space_is_enough_up_to_one_guess_in_a_million():
    shape = shape_of(CodeRules(length=6))
    most = shape.space // ODDS
    check_space(shape, most)
    with pytest.raises(Refused) as refused:
        check_space(shape, most + 1)
    assert refused.value.reason.words == {"guesses": shape.space // (most + 1), "live": most + 1, "odds": ODDS,
                                          "length": 7, "drawn": 6}  # fmt: skip


def test_the_length_that_is_advised_is_enough_and_one_sign_less_is_not():
    for charset in ("letters_and_digits", "digits"):
        with pytest.raises(Refused) as refused:
            check_space(shape_of(CodeRules(charset=charset, length=4)), 1_000_000)
        length = refused.value.reason.words["length"]
        check_space(shape_of(CodeRules(charset=charset, length=length)), 1_000_000)
        with pytest.raises(Refused):
            check_space(shape_of(CodeRules(charset=charset, length=length - 1)), 1_000_000)


def test_the_usual_rules_are_enough_for_a_million():
    check_space(shape_of(CodeRules()), 1_000_000)


@pytest.mark.parametrize("word", ["", "-", "?", "AB", "50%"])
def test_a_word_that_is_no_code_is_refused(word):
    with pytest.raises(Refused):
        word_of(CodeRules(kind=CodeKind.GENERIC, word=word))


def test_a_generic_code_has_no_limit_of_its_own():
    limits = Limits(per_code=1)
    assert [uses_of(CodeRules(kind=kind), limits) for kind in CodeKind] == [0, 1, 1]
