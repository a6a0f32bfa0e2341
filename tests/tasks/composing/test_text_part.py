"""The text part: what it makes of markup, and that another reading of the letter finds the same words."""

import pytest

from tasks.composing.agreement import agreement, visible
from tasks.composing.marking import Marks
from tasks.composing.text_part import text_of

MARKS = Marks("A", "seed")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<h1>Неделя  чая</h1><p>Да</p>", "Неделя чая\n==========\n\nДа"),
        ("<h2>А</h2><h3>Б</h3>", "А\n-\n\nБ"),
        ("<p>Раз</p><p>Два<br>три</p>", "Раз\n\nДва\nтри"),
        ("<ul><li>раз</li><li>два<ul><li>три</li></ul></li></ul>", "• раз\n\n• два\n• три"),
        ("<ol><li>раз</li><li>два</li></ol>", "1. раз\n\n2. два"),
        ('<p><a href="https://a.ru/b">Сюда</a>, да</p>', "Сюда <https://a.ru/b>, да"),
        ('<a href="https://a.ru/b">https://a.ru/b</a>', "https://a.ru/b"),
        ('<a href="mailto:a@b.ru">a@b.ru</a>', "a@b.ru"),
        ('<a href="https://a.ru/b"></a>', "<https://a.ru/b>"),
        ('<a href="https://a.ru"><img alt="" src="x"></a><a href="https://a.ru">Имя</a>', "Имя <https://a.ru>"),
        ('<img src="x" alt="Чашка  чая">', "[Чашка чая]"),
        ('<div style="display:none">тайно</div><p hidden>и это</p><style>p{}</style>Да', "Да"),
        ("<table><tr><td>раз</td><td>два</td></tr></table>", "раз\n\nдва"),
        ("<p>450&nbsp;₽ вместо <s>520&nbsp;₽</s></p>", "450\u00a0₽ вместо 520\u00a0₽"),
        ("<p>&lt;b&gt; &amp; \u200b\u00ad</p>", "<b> &"),
        ("", ""),
    ],
)
def test_markup_becomes_text(html: str, text: str) -> None:
    said = text_of(f"<html><body>{html}</body></html>", MARKS)
    assert "\n".join(line for line in said.splitlines() if line) == "\n".join(
        line for line in text.splitlines() if line
    )
    assert "\n\n\n" not in said


@pytest.mark.parametrize(
    ("html", "text", "holds"),
    [
        ("<p>Чай и кофе</p>", "Чай и кофе", True),
        ("<p>Чай и кофе</p>", "Чай", False),
        ("<p>Чай</p>", "Чай и ещё много других слов", False),
        ('<a href="https://a.ru">Чай</a>', "Чай <https://a.ru>", True),
        ('<a href="https://a.ru">Чай</a>', "Чай", False),
        ('<a href="https://a.ru"></a>Чай', "Чай", True),
        ('<div style="display:none">тайно <b>и</b> это<br></div>Чай', "Чай", True),
        ('<img alt="Кружка">Чай', "[Кружка] Чай", True),
        ('<img alt="Кружка">Чай', "Чай", False),
    ],
)
def test_parts_that_say_different_things_are_told_apart(html: str, text: str, holds: bool) -> None:
    assert agreement(html, text).holds is holds


def test_what_is_seen_is_read_with_its_links() -> None:
    words, links = visible('<a href="https://a.ru"><b>Чай</b> <img alt="кофе"></a><a href="#x">там</a>')
    assert words.split() == ["Чай", "кофе", "там"]
    assert links == [("https://a.ru", "Чай кофе"), ("#x", "там")]
