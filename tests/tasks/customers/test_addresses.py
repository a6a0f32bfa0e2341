"""Addresses as people write them: one form each, or why not; the quick way says what the libraries say."""

import phonenumbers
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from models.content import Cell
from tasks.customers.addresses import USUAL_EMAIL, Unreadable, read_email, read_phone, read_telegram


@pytest.mark.parametrize(
    ("written", "known", "sent"),
    [
        pytest.param("Olga.P@Mail.RU", "olga.p@mail.ru", "Olga.P@mail.ru", id="case"),
        pytest.param(" <olga@mail.ru> ", "olga@mail.ru", "olga@mail.ru", id="brackets"),
        pytest.param("mailto:olga@mail.ru", "olga@mail.ru", "olga@mail.ru", id="copied from a link"),
        pytest.param("ольга@пример.рф", "ольга@пример.рф", "ольга@пример.рф", id="EAI"),
        pytest.param("a@xn--e1afmkfd.xn--p1ai", "a@пример.рф", "a@пример.рф", id="punycode"),
        pytest.param("o'neil+tea@mail.example.co.uk", "o'neil+tea@mail.example.co.uk", "o'neil+tea@mail.example.co.uk",
                     id="rare signs"),
    ],
)  # fmt: skip
def test_an_address_is_known_by_one_form(written: str, known: str, sent: str) -> None:
    found = read_email(written)
    assert (found.value, found.written) == (known, sent)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        pytest.param("olga", "email", id="no @"),
        pytest.param("a..b@mail.ru", "email", id="two points"),
        pytest.param("a@localhost", "email", id="no point"),
        pytest.param('"a b"@mail.ru', "email", id="quoted"),
        pytest.param("olga@mail.ru\nBcc: all@mail.ru", "several", id="header injection"),
        pytest.param("a@mail.ru; b@mail.ru", "several", id="two of them"),
        pytest.param("olga@mаil.ru", "mixed", id="a Cyrillic а"),
        pytest.param("a" * 300 + "@mail.ru", "email", id="too long"),
        pytest.param("=cmd|' /C calc'!A0", "email", id="a formula"),
        pytest.param(None, "email", id="nothing"),
    ],
)
def test_what_is_no_address_says_why(written: Cell, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_email(written)
    assert refused.value.reason.code == code


@given(st.from_regex(USUAL_EMAIL, fullmatch=True))
@example("a.b-c+d_e@x-y.z1.com")
def test_a_usual_address_is_what_the_library_takes_it_for(written: str) -> None:
    try:
        expected = validate_email(written, check_deliverability=False).normalized.lower()
    except EmailNotValidError:
        expected = ""
    try:
        found = read_email(written).value
    except Unreadable:
        found = ""
    assert found == expected


@pytest.mark.parametrize(
    ("written", "known"),
    [
        pytest.param("8 (912) 345-67-89", "+79123456789", id="8"),
        pytest.param("+7 912 345‑67‑89", "+79123456789", id="no-break hyphens"),
        pytest.param("9123456789", "+79123456789", id="ten digits"),
        pytest.param(79123456789.0, "+79123456789", id="a number of Excel"),
        pytest.param(89123456789, "+79123456789", id="a whole number"),
        pytest.param("8-495-123-45-67", "+74951234567", id="Moscow"),
        pytest.param("+375 29 123-45-67", "+375291234567", id="Belarus"),
    ],
)
def test_a_phone_is_known_by_its_number(written: Cell, known: str) -> None:
    assert read_phone(written).value == known


@pytest.mark.parametrize(
    ("written", "code"),
    [
        pytest.param("123456", "phone", id="too short"),
        pytest.param("+7 000 000 00 00", "phone", id="no such code"),
        pytest.param("9123456789, 9123456780", "several", id="two of them"),
        pytest.param("нет", "phone", id="no"),
        pytest.param("", "phone", id="nothing"),
    ],
)
def test_what_is_no_phone_says_why(written: str, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read_phone(written)
    assert refused.value.reason.code == code


@given(st.from_regex(r"(\+7|8|7|)[ (-]{0,2}9[0-9]{2}[ )-]{0,2}[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{2}", fullmatch=True))
def test_a_usual_mobile_is_what_the_library_takes_it_for(written: str) -> None:
    number = phonenumbers.parse(written, "RU")
    known = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    expected = known if phonenumbers.is_valid_number(number) else ""
    try:
        found = read_phone(written).value
    except Unreadable:
        found = ""
    assert found == expected


@pytest.mark.parametrize(
    ("written", "known", "sent"),
    [
        pytest.param("@Olga_Tea", "olga_tea", "@Olga_Tea", id="a name"),
        pytest.param("https://t.me/olga_tea", "olga_tea", "@olga_tea", id="a link"),
        pytest.param(123456789.0, "123456789", "123456789", id="a chat"),
    ],
)
def test_telegram_is_known_by_name_or_chat(written: Cell, known: str, sent: str) -> None:
    found = read_telegram(written)
    assert (found.value, found.written) == (known, sent)


@pytest.mark.parametrize("written", ["@ab", "ольга", "t.me/joinchat/x y", ""])
def test_what_is_no_name_on_telegram_says_so(written: str) -> None:
    with pytest.raises(Unreadable):
        read_telegram(written)
