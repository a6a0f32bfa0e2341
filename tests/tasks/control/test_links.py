import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.control.links import bare, links, same_link


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Вот: https://sevencups.ru/tea?from=vk.", ["https://sevencups.ru/tea?from=vk"], id="dot"),
        pytest.param("(www.sevencups.ru)", ["www.sevencups.ru"], id="brackets"),
        pytest.param("sevencups.ru/tea и чай.рф/улун", ["sevencups.ru/tea", "чай.рф/улун"], id="without_scheme"),
        pytest.param("вес 2.5/3 кг, и т.д.", [], id="not_links"),
    ],
)  # fmt: skip
def test_links_are_found_as_a_reader_sees_them(text: str, found: list[str]) -> None:
    assert links(text) == found


@pytest.mark.parametrize(
    ("approved", "seen", "same"),
    [
        pytest.param("https://sevencups.ru/tea", "https://sevencups.ru/tea/", True, id="closing_slash"),
        pytest.param("https://sevencups.ru/tea", "sevencups.ru/tea", True, id="scheme"),
        pytest.param("https://www.sevencups.ru/tea", "http://SevenCups.ru/tea", True, id="letter_case_of_the_host"),
        pytest.param("https://sevencups.ru/tea", "https://sevencups.ru/Tea", False, id="letter_case_of_the_path"),
        pytest.param(
            "https://sevencups.ru/tea?a=1&b=2", "https://vk.com/away.php?to=https%3A%2F%2Fsevencups.ru%2Ftea%3Fa%3D1%26b%3D2&cc_key=",
            True, id="vk_wrapping",
        ),
        pytest.param(
            "https://sevencups.ru/", "https://l.facebook.com/l.php?u=https%3A%2F%2Fsevencups.ru%2F&h=AT0", True,
            id="facebook",
        ),
        pytest.param("https://sevencups.ru/catalogue/tea/green", "sevencups.ru/catalogue/te…", True, id="shortened"),
        pytest.param("https://sevencups.ru/catalogue/tea", "sevencups.ru/coffee/te…", False, id="another_shortened"),
        pytest.param("https://sevencups.ru/чай", "https://sevencups.ru/%D1%87%D0%B0%D0%B9", True, id="percent_signs"),
        pytest.param("https://sevencups.ru/tea?utm_source=vk", "https://sevencups.ru/tea", False, id="lost_mark"),
        pytest.param("http://[", "http://[", True, id="no_address_at_all"),
    ],
)  # fmt: skip
def test_a_link_is_the_same_whatever_a_platform_wrapped_around_it(approved: str, seen: str, same: bool) -> None:
    assert same_link(approved, seen) is same


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    assert all(same_link(link, link) for link in links(text))
    bare(text)
