import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.content.plain import one_line, plain


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        pytest.param("просто текст", "просто текст", id="no markup"),
        pytest.param("<p>Раз</p>\n<p>Два</p>", "Раз\n\nДва", id="paragraphs"),
        pytest.param("Раз<br/>Два", "Раз\nДва", id="breaks"),
        pytest.param("<h2>Имя</h2><div>Раз</div>", "Имя\nРаз", id="headings"),
        pytest.param("<ul><li>раз</li><li>два</li></ul>", "• раз\n• два", id="a list"),
        pytest.param("Чай&nbsp;&amp; 5 &lt; 7", "Чай & 5 < 7", id="entities"),
        pytest.param("<style>a{}</style><script>x()</script>Да", "Да", id="what runs"),
        pytest.param('<a href="javascript:x">здесь</a> <b onclick=x>тут</b>', "здесь тут", id="attributes"),
        pytest.param("<p>незакрытый <b>тег", "незакрытый тег", id="unclosed"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_markup_becomes_what_a_person_reads(markup: str, text: str) -> None:
    assert plain(markup) == text


@given(st.text(st.characters(exclude_characters="<>&", exclude_categories=["Cs", "Cc"])))
def test_plain_text_stays_itself_but_for_spaces(text: str) -> None:
    assert one_line(text) == " ".join(text.split())
