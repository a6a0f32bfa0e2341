"""A designer's finished letter: what is refused and in which line, what is added; and it never ends the process."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.content import Effect
from models.letters import Ground
from tasks.composing.agreement import agreement
from tasks.composing.compose import Composed, compose
from tests.tasks.composing.sample import DOORS, EVERYTHING, codes, finished, html_of, ready, text_of

HTML = """<!DOCTYPE html>
<html>
<head><style>
p {{ color: #222222 }}
@media (max-width:480px) {{ p {{ font-size: 18px }} }}
</style></head>
<body>
<p>Здравствуйте, {{{{ name | default("друзья") }}}}!</p>
{body}
<p><a href="https://7cups.example/?c={{{{ coupon.code | default(&quot;нет&quot;) }}}}">Купить</a></p>
</body></html>"""
MJML = """<mjml>
<mj-head><mj-title>Неделя</mj-title></mj-head>
<mj-body>
<mj-section><mj-column>
<mj-text>Привет, <b>{{{{ name | default("друзья") }}}}</b>!&nbsp;<br>Да</mj-text>
{body}
<mj-button href="https://7cups.example">Купить</mj-button>
</mj-column></mj-section>
</mj-body></mjml>"""
UNSUBSCRIBE = '<p><a href="{{ unsubscribe_url }}">Отписаться</a></p>'


def made(body: str = "", kind: str = "html", **more: object) -> Composed:
    return compose(finished((HTML if kind == "html" else MJML).format(body=body), kind, **more), EVERYTHING)


@pytest.mark.parametrize("kind", ["html", "mjml"])
def test_a_finished_letter_goes_out_with_what_it_lacked(kind: str) -> None:
    composed = made(kind=kind)
    letter = ready(composed).variants[0]
    html, text = html_of(letter), text_of(letter)
    assert codes(composed) == ["footer_added"]
    assert composed.problems[0].effect is Effect.NOTE
    assert '<html lang="ru"' in html
    assert "charset" in html
    assert "<title>" in html
    assert "Анна Петрова" in html
    assert EVERYTHING.imprint.address in text
    assert f"{DOORS.unsubscribe}/aB3-xyz_9" in html
    assert f"{DOORS.open}/aB3-xyz_9.gif" in html
    assert agreement(html, text).holds


def test_styles_are_written_into_elements_and_the_phones_stay() -> None:
    html = html_of(ready(made(UNSUBSCRIBE)).variants[0])
    assert '<p style="color: #222222' in html
    assert "@media (max-width:480px)" in html


@pytest.mark.parametrize(
    ("source", "stays"),
    [
        (
            '<html lang="en"><body style="background:#eeeeee"><p>Yes</p></body></html>',
            '<body style="background:#eeeeee"',
        ),
        ('<html lang="en"><head><title>Own</title></head><body>Yes</body></html>', "<title>Own</title>"),
        ('<html lang="en"><meta charset="koi8-r"><p>Yes', 'lang="en"'),
    ],
)
def test_what_a_designer_wrote_stays(source: str, stays: str) -> None:
    html = html_of(ready(compose(finished(source), EVERYTHING)).variants[0])
    assert stays in html
    assert html.startswith("<!DOCTYPE html>")
    assert "koi8" not in html
    assert html.count("<title>") == html.count("<body") == html.count("charset") == 1


def test_a_letter_with_its_own_legal_lines_gets_no_others() -> None:
    composed = made(UNSUBSCRIBE)
    assert codes(composed) == []
    assert html_of(ready(composed).variants[0]).count(f"{DOORS.unsubscribe}/") == 1


def test_a_service_letter_needs_no_link_to_unsubscribe() -> None:
    assert codes(made(ground=Ground.SERVICE)) == []


def test_a_personal_part_of_an_address_comes_with_the_click() -> None:
    letter = ready(made(UNSUBSCRIBE)).variants[0]
    assert [link.url for link in letter.links] == ["https://7cups.example/?c={0}"]
    assert f'href="{DOORS.link}/aB3-xyz_9/1?v=K7WM-42XQ"' in html_of(letter)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<script>alert(1)</script>", "forbidden"),
        ("<SCRIPT src=x></SCRIPT>", "forbidden"),
        ('<form action="https://a.ru"><input name="x"></form>', "forbidden"),
        ('<link rel="stylesheet" href="https://a.ru/a.css">', "forbidden"),
        ("<style>@import url(https://a.ru/a.css);</style>", "style"),
        ('<base href="https://a.ru">', "forbidden"),
        ('<meta http-equiv="refresh" content="0;url=https://a.ru">', "forbidden"),
        ('<iframe src="https://a.ru"></iframe>', "forbidden"),
        ("<object data=x></object>", "forbidden"),
        ("<svg><style><img src=x onerror=y></style></svg>", "forbidden"),
        ("<noscript><p>x</p></noscript>", "forbidden"),
        ('<p onclick="x()">Да</p>', "handler"),
        ('<p ONMOUSEOVER = "x()">Да</p>', "handler"),
        ('<img src="https://a.ru/a.png" alt="" onerror=x()>', "handler"),
        ('<a href="javascript:alert(1)">Да</a>', "dangerous"),
        ('<a href=" java&#10;script:alert(1)">Да</a>', "dangerous"),
        ('<a href="&#106;avascript:alert(1)">Да</a>', "dangerous"),
        ('<a href="vbscript:x">Да</a>', "dangerous"),
        ('<a href="data:text/html,x">Да</a>', "dangerous"),
        ('<p style="width:expression(alert(1))">Да</p>', "style"),
        ("<!--[if mso]><a href='javascript:x'>Да</a><![endif]-->", "dangerous"),
    ],
)
def test_what_may_not_stand_in_a_letter_is_refused_with_its_line(body: str, code: str) -> None:
    composed = made("<p>Строка</p>\n" + body)
    assert composed.compiled is None
    assert code in codes(composed)
    assert {problem.place.line for problem in composed.problems if problem.reason.code == code} == {10}
    assert all(str(problem) for problem in composed.problems)


@pytest.mark.parametrize(
    "style",
    [
        "font-size:.px", "font-size:1.2.3px", "font-size:" + "9" * 5000 + "px", "font-weight:" + "9" * 5000,
        "color:rgb(300,0,0)", "background:rgb(400%,0%,0%)", "color:rgb(" + "9" * 5000 + ",0,0)",
        "color:hsl(1,900%,900%)",
    ],
)  # fmt: skip
def test_a_style_that_makes_no_sense_breaks_nothing(style: str) -> None:
    assert ready(made(f'<p style="{style}">Да</p>')).variants


@pytest.mark.parametrize("body", ["<mj-text>Да<![endif]x></mj-text>", "<mj-raw><![endif]x></mj-raw>"])
def test_what_the_renderer_breaks_over_is_said_and_ends_nothing(body: str) -> None:
    assert codes(made(body, "mjml")) == ["broken_over"]


@pytest.mark.parametrize(
    ("body", "code", "line", "named"),
    [
        ("<mj-txt>Да</mj-txt>", "unknown_element", 6, "mj-text"),
        ("\n<mj-column></mj-column>", "misplaced", 7, "mj-section"),
        ("<p>Да</p>", "misplaced", 6, "mj-text"),
        ('\n\n<mj-include path="/etc/passwd" />', "elsewhere", 8, "mj-include"),
        ("<mj-text>Да", "not_closed", 6, "mj-text"),
        ("</mj-text>", "not_opened", 6, "mj-text"),
        ("<mj-text><script>x</script></mj-text>", "forbidden", 6, "script"),
        ('<mj-button href="javascript:x">Да</mj-button>', "dangerous", 6, "javascript"),
        ("<mj-text>{{ name.upper() }}</mj-text>", "too_much", 6, "name.upper()"),
    ],
)
def test_mjml_that_the_renderer_would_swallow_is_told_with_its_line(
    body: str, code: str, line: int, named: str
) -> None:
    composed = made(body, "mjml")
    assert composed.compiled is None
    problem = next(problem for problem in composed.problems if problem.reason.code == code)
    assert problem.place.line == line
    assert named in str(problem)


def test_an_attribute_that_does_nothing_is_told_and_stops_nothing() -> None:
    composed = made('<mj-text colour="#111111">Да</mj-text>', "mjml")
    told = composed.problems[0]
    assert (told.reason.code, told.reason.words["nearest"], told.effect) == ("no_attribute", "color", Effect.NOTE)
    assert composed.compiled


@pytest.mark.parametrize("source", ["Просто слова", "<mjml></mjml>", "<mj-body></mj-body>", "<html></html>"])
def test_what_is_no_mjml_is_told(source: str) -> None:
    assert codes(compose(finished(source, "mjml"), EVERYTHING)) == ["no_mjml"]


@pytest.mark.parametrize(
    "source",
    ["<div>" * 30_000, "<table><tr><td>" * 20_000, "<b>" * 30_000, "<div></ </div>" * 30_000,
     "<p don't>" + "<div>" * 30_000, "<!--><div>" * 30_000, "<div title='</div>'>" * 20_000,
     "<font><div></font>" * 20_000],
    ids=lambda source: source[:16],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["html", "mjml"])
def test_depth_never_ends_the_process(source: str, kind: str) -> None:
    """Both renderers are recursive: 20,000 elements in one another end the process, no error is raised."""
    code = source if kind == "html" else f"<mjml><mj-body><mj-section><mj-column><mj-text>{source}"
    assert compose(finished(code, kind), EVERYTHING).compiled is None


@pytest.mark.parametrize(
    "source", ["Слова", "<p>Без тела", "<body>", "<html><p>Да</html>", "&nbsp;", "<a href='#'>", " "]
)
def test_a_poor_letter_is_a_letter_all_the_same(source: str) -> None:
    letter = ready(compose(finished(source), EVERYTHING)).variants[0]
    assert agreement(html_of(letter), text_of(letter)).holds


@pytest.mark.parametrize(
    "body",
    ["<style>p::before {{ content: '{{{{ name }}}}' }}</style>", "<p style='color:{{{{ name }}}}'>Да</p>",
     "<p class='{{{{ name }}}}'>Да</p>", "<!--[if mso]><p id='{{{{ name }}}}'></p><![endif]-->",
     "<{{{{ name }}}}>"],
)  # fmt: skip
def test_a_value_stands_only_where_it_can_be_escaped(body: str) -> None:
    composed = made(body.format())
    assert composed.compiled is None or "{{" not in html_of(composed.compiled.variants[0])
    assert composed.compiled is None or "<Анна" not in html_of(composed.compiled.variants[0])
    if "<{" not in body:
        assert "no_place" in codes(composed)


SNIPPETS = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<table>", "<tr>", "<td>", "</table>", "<a href='javascript:x'>", "<script>",
     "</script>", "<style>", "</style>", "<!--", "-->", "<!-->", "<title>", "</title>", "<img src=x onerror=y>",
     "<svg>", "<math>", "<textarea>", "<select>", "<noscript>", "<xmp>", "<p title='", "'", '"', ">", '<p a="', "text",
     "<!--[if mso]>", "<![endif]-->", "<mglyph>", "<![CDATA[", "]]>", "</ ", "<a href=' javas\tcript:x'>",
     "<template>", "<plaintext>"]
)  # fmt: skip


class Danger(HTMLParser):
    """Counts what would run, as another parser reads it; nobody's comments are looked into."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "svg", "math", "form"):
            self.found.append(tag)
        for name, value in attrs:
            address = "".join((value or "").split()).lower()
            if name.startswith("on") or (name in ("href", "src") and address.startswith("javascript:")):
                self.found.append(f"{name}={value}")


@settings(deadline=None, max_examples=150)
@given(st.lists(SNIPPETS, max_size=14).map("".join))
def test_of_whatever_is_written_nothing_that_runs_goes_out(body: str) -> None:
    composed = compose(finished(f"<html><body><p>Да</p>{body}"), EVERYTHING)
    if composed.compiled:
        reader = Danger()
        reader.feed(html_of(composed.compiled.variants[0]))
        assert reader.found == []
