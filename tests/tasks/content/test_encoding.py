import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.content.encoding import decode

RUSSIAN = st.text("абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВ №«»—;,\n0123456789abc", max_size=200)


@given(RUSSIAN, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_was_saved_with_a_mark_or_in_utf_8_comes_back(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@given(RUSSIAN.filter(lambda text: not text.isascii() and text[:2] not in ("юя", "яю")))
def test_windows_1251_comes_back(text: str) -> None:
    data = text.encode("cp1251")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        assert decode(data) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_zeros(encoding: str) -> None:
    text = "№;Дата;Текст\r\n1;25.11.2026;Чай\r\n"
    assert decode(text.encode(encoding)) == text


@given(st.binary())
def test_every_bytes_are_some_text(data: bytes) -> None:
    assert isinstance(decode(data), str)


def test_one_damaged_sign_does_not_make_the_whole_text_unreadable() -> None:
    text = "касса;чек;дата и время;код\r\n1;17;2026-11-22 12:00;ЧАЙ\r\n"
    text += text
    assert decode(text.encode()[:-4] + b"\xd0\r\n").startswith("касса;чек;дата и время;код\r\n1;17;")
    assert decode(text.encode("cp1251")) == text and decode("№ 1".encode("cp1251")) == "№ 1"
