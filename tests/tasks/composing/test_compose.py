"""Letters made of blocks: rendered once, every personal place a hole, every link counted, both parts alike."""

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.letters import Ground
from models.mail_document import (
    AdLabel,
    Button,
    Column,
    Columns,
    Coupon,
    Divider,
    Footer,
    Heading,
    PictureBlock,
    Products,
    Prose,
    ShownTo,
    Signature,
    Social,
    SocialLink,
    Spacer,
)
from tasks.adaptation.links import tagger
from tasks.composing.agreement import agreement, visible
from tasks.composing.compiled import kept, read, values
from tasks.composing.compose import compose
from tasks.composing.filling import filled
from tasks.composing.held import HeldBack
from tests.tasks.composing.sample import (
    ANNA,
    DOORS,
    EVERYTHING,
    SITE,
    codes,
    document,
    html_of,
    ready,
    straight,
    text_of,
    variant,
)

HELLO = Prose(id="hello", text='Здравствуйте, **{{ name | default("друзья") }}**! [Сюда](https://7cups.example/a).')
EVERY_KIND = (
    Heading(id="title", text="Неделя {{ name | first | default('чая') }}", band="accent"),
    HELLO,
    PictureBlock(
        id="pic", source="https://img.7cups.example/a.jpg", alt="Чай для {{ name | default('вас') }}", link=f"{SITE}/b"
    ),
    Button(id="go", label="Пойти", link=f"{SITE}/c?n={{{{ name | default('x') }}}}&z=1#top"),
    Columns(
        id="two",
        card=True,
        columns=(
            Column(blocks=(Prose(text="Раз"),)),
            Column(share=2, blocks=(Button(label="Два", link=SITE),)),
        ),
    ),
    Products(id="goods", ids=("T0", "T3", "T2")),
    Products(id="tea", group="чай", top=2, across=1, button="Купить"),
    Coupon(
        id="coupon",
        gives="Скидка 10 %",
        qr="https://q.7cups.example/{{ coupon.code }}.png",
        valid_until=date(2026, 12, 1),
        button="Выбрать",
        link=SITE,
    ),
    Divider(id="line"),
    Spacer(id="space"),
    Signature(id="bye", words="Ваша", name="Марина", role="бариста", picture="https://img.7cups.example/m.jpg"),
    Social(id="social", links=(SocialLink(title="ВКонтакте", link="https://vk.example/7"),)),
    Footer(id="law", more="Ещё [слово](https://7cups.example/law)"),
)


class Reader(HTMLParser):
    """The letter as another parser reads it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def read_html(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    return reader


def test_every_kind_of_block_makes_a_letter_that_says_the_same_in_both_parts() -> None:
    made = variant(*EVERY_KIND)
    html, text = html_of(made), text_of(made)
    alike = agreement(html, text)
    assert alike.holds, alike
    for words in ("Анна Петрова", "Скидка 10 %", "K7WM-42XQ", "450\u00a0₽ вместо 900\u00a0₽", "Кофе & кардамон",
                  "Марина", "1 декабря 2026", "ВКонтакте", "ООО «Семь чашек»"):  # fmt: skip
        assert words in text
    assert "zq" not in re.sub(r"https?://\S+", "", html)
    assert "{{" not in html + text


def test_a_letter_is_furnished_as_mail_clients_and_screen_readers_want_it() -> None:
    html = html_of(variant(*EVERY_KIND, subject="Тема {{ name | default('?') }}", preheader="Ниже"))
    tags = read_html(html).tags
    assert tags[0][1]["lang"] == "ru"
    assert "<title>Тема Анна Петрова</title>" in html
    assert re.search(r'<div\sstyle="display:none[^>]*>Ниже', html)
    assert all(attributes.get("role") == "presentation" for tag, attributes in tags if tag == "table")
    assert all("alt" in attributes for tag, attributes in tags if tag == "img")
    assert not [attributes for tag, attributes in tags if tag == "link"]
    assert "prefers-color-scheme:dark" in html
    assert "<!--[if mso" in html
    assert "fonts.googleapis" not in html


def test_hole_0_is_the_recipients_mark_and_links_are_numbered_from_1() -> None:
    made = variant(*EVERY_KIND)
    assert values(made, ANNA)[0] == ANNA["mark"]
    assert [link.number for link in made.links] == list(range(1, len(made.links) + 1))
    html = html_of(made)
    counted = {int(number) for number in re.findall(rf"{DOORS.link}/aB3-xyz_9/(\d+)", html)}
    assert counted == {link.number for link in made.links}
    assert f'{DOORS.open}/aB3-xyz_9.gif" width="1"' in html
    assert f"{DOORS.unsubscribe}/aB3-xyz_9" in html
    assert (made.links[1].url, made.links[1].label, made.links[1].block) == (f"{SITE}/a", "Сюда", "hello")
    assert made.link(0) is None
    assert made.link(2) is made.links[1]
    assert made.link(len(made.links) + 1) is None


def test_only_web_addresses_are_counted() -> None:
    made = variant(Prose(id="p", text="[п](mailto:a@b.ru) [т](tel:+78430000000) [в](#top) [о]({{ unsubscribe_url }})"))
    assert [link.label for link in made.links] == [EVERYTHING.imprint.name]
    assert all(href in html_of(made) for href in ("mailto:a@b.ru", "tel:+78430000000", 'href="#top"'))


def test_utm_comes_before_counting() -> None:
    tagged = replace(EVERYTHING, address=tagger({"source": "mail"}, ["7cups.example"]))
    made = variant(HELLO, materials=tagged)
    assert made.links[1].url == f"{SITE}/a?utm_source=mail"
    assert "utm_source=mail" in straight(made.direct)


def test_headers_let_a_mailbox_unsubscribe_in_one_click() -> None:
    form = variant(HELLO).counted.form
    given = values(variant(HELLO), ANNA)
    headers = {name: filled(value, given) for name, value in form.headers}
    assert headers == {
        "List-Id": "<week.letters.7cups.example>",
        "List-Unsubscribe": "<https://letters.7cups.example/u/aB3-xyz_9>, "
        "<mailto:unsubscribe@7cups.example?subject=aB3-xyz_9>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_a_service_letter_is_no_list_and_cannot_be_left() -> None:
    made = variant(HELLO, ground=Ground.SERVICE)
    assert made.counted.form.headers == ()
    assert "Отписаться" not in html_of(made)
    assert EVERYTHING.imprint.address in text_of(made)


def test_the_mark_of_an_advertisement_is_shown() -> None:
    made = variant(HELLO, ad=AdLabel(erid="2VtzqwAbc"))
    assert "Реклама. ООО «Семь чашек». erid: 2VtzqwAbc" in text_of(made)


SEEN = {"vip": ShownTo(groups=("vip",)), "not-vip": ShownTo(except_groups=("vip",)), "has": ShownTo(has=("points",))}


@pytest.mark.parametrize(
    ("person", "sees"),
    [
        ({"groups": ["vip"]}, {"vip"}),
        ({"groups": ["tea"]}, {"not-vip"}),
        ({}, {"not-vip"}),
        ({"points": 0}, {"not-vip", "has"}),
        ({"points": "", "groups": {"vip", "tea"}}, {"vip"}),
        ({"points": 7, "groups": {"vip"}}, {"vip", "has"}),
    ],
)
def test_a_block_is_shown_to_whom_it_is_meant(person: dict[str, Any], sees: set[str]) -> None:
    blocks = [Button(id=name, label=f"Кнопка {name}", link=f"{SITE}/{name}", shown_to=to) for name, to in SEEN.items()]
    made = variant(HELLO, *blocks)
    html, text = html_of(made, {"mark": "m", **person}), text_of(made, {"mark": "m", **person})
    assert {name for name in SEEN if f"Кнопка {name}" in visible(html)[0]} == sees
    assert {name for name in SEEN if f"Кнопка {name} <" in text} == sees
    assert "\n\n\n" not in text
    assert agreement(html, text).holds


def test_a_hidden_block_wants_nothing_of_whoever_does_not_see_it() -> None:
    made = variant(HELLO, Prose(id="points", text="{{ points }} {{ name }}", shown_to=ShownTo(groups=("vip",))))
    assert "друзья" in html_of(made, {"mark": "m"})
    with pytest.raises(HeldBack) as held:
        values(made, {"mark": "m", "groups": ("vip",)})
    assert (held.value.reason.code, held.value.reason.words["field"]) == ("missing", "points")
    assert "points" in str(held.value.reason.words["place"])
    assert made.counted.form.holes == len(values(made, {"mark": "m"}))


@pytest.mark.parametrize("mark", [None, "", "a/b", "a b", "x" * 65, 7])
def test_nobody_without_a_mark_gets_a_letter(mark: Any) -> None:
    with pytest.raises(HeldBack):
        values(variant(HELLO), {"mark": mark})


@pytest.mark.parametrize(
    ("block", "code"),
    [
        (Prose(id="p", text="Слова <b>жирно</b>"), "raw_html"),
        (Prose(id="p", text="![чай](https://a.ru/b.png)"), "picture_in_text"),
        (Prose(id="p", text="{{ name.upper() }}"), "too_much"),
        (Prose(id="p", text="{% for a in b %}x{% endfor %}"), "syntax"),
        (Prose(id="p", text="{{ name"), "syntax"),
        (Heading(id="p", text="{{ nam }}"), "field"),
        (Button(id="p", label="Да", link="https://{{ name }}.ru/"), "personal_host"),
        (Button(id="p", label="Да", link="{{ name }}/x"), "personal_host"),
        (Prose(id="p", text="[a](page.html)"), "not_whole"),
        (PictureBlock(id="p", source="чай.png", alt="Чай"), "no_picture"),
        (PictureBlock(id="p", source="https://{{ name }}.ru/a.png", alt="Чай"), "personal_host"),
        (Products(id="p", ids=("T0", "T99")), "no_product"),
        (Products(id="p", group="сыр", top=3), "no_group"),
        (Products(id="p"), "nothing_asked"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_made_is_told_with_its_place(block: Any, code: str) -> None:
    made = compose(document(block), replace(EVERYTHING, fields=frozenset(("name",))))
    assert made.compiled is None
    assert codes(made) == [code]
    assert made.problems[0].place.file == "A"
    assert made.problems[0].place.field in ("p", "")


def test_all_variants_are_told_of_at_once() -> None:
    one = document(Prose(id="p", text="{{ a( }}")).variants[0]
    both = document().model_copy(update={"variants": (one, one.model_copy(update={"name": "B"}))})
    assert [problem.place.file for problem in compose(both, EVERYTHING).problems] == ["A", "B"]


def test_products_come_in_the_callers_order_and_only_from_stock() -> None:
    gone = [offer.model_copy(update={"available": offer.id != "T0"}) for offer in EVERYTHING.products]
    made = compose(document(Products(id="p", group="7", top=3)), replace(EVERYTHING, products=gone))
    assert [priced.product.id for priced in ready(made).variants[0].products] == ["T1", "T2", "T3"]
    few = compose(document(Products(id="p", group="Чай", top=5)), replace(EVERYTHING, products=gone))
    assert codes(few) == ["fewer"]
    assert len(ready(few).variants[0].products) == 2


def test_what_was_compiled_is_kept_and_sent_as_it_was() -> None:
    made = ready(compose(document(*EVERY_KIND), EVERYTHING))
    again = read(kept(made))
    assert again == made
    assert html_of(again.variants[0]) == html_of(made.variants[0])
    assert ready(compose(document(*EVERY_KIND), EVERYTHING)) == made


def test_a_forms_name_changes_with_what_it_says() -> None:
    names = {variant(Prose(id="p", text=text)).counted.form.id for text in ("Да", "Нет", "{{ name }}", "Да")}
    assert len(names) == 3


LETTER = variant(*EVERY_KIND, Prose(id="vip", text="{{ name }} {{ points }}", shown_to=ShownTo(has=("points",))),
                 Button(id="own", label="Своё", link="{{ page | default('https://7cups.example') }}"),
                 subject="{{ name | default('Привет') }}", preheader="{{ points | default('Вот') }}")  # fmt: skip
NASTY = st.sampled_from(
    ["<script>x</script>", '"><img src=x onerror=y>', "'onmouseover='x", "&lt;b&gt;", "--><i>", "]]><b>", "{{ name }}",
     "javascript:x", "https://evil.example/\" onclick=\"x", "a\r\nBcc: b@c.ru", "</title><b>", "\u202ebbb",
     "<!--", "\\"]
)  # fmt: skip
VALUE = NASTY | st.text(max_size=60) | st.integers() | st.none()


@settings(deadline=None)
@given(st.fixed_dictionaries({}, optional={"name": VALUE, "points": VALUE, "page": VALUE,
                                           "coupon": st.fixed_dictionaries({"code": VALUE})}))  # fmt: skip
def test_whatever_a_person_has_no_markup_of_it_gets_into_the_letter(person: dict[str, Any]) -> None:
    plain = {"mark": "m", "name": "имя", "points": "7" if "points" in person else None, "coupon": {"code": "код"}}
    try:
        given_values = values(LETTER, {"mark": "m", **person})
    except HeldBack:
        return
    html = filled(LETTER.counted.form.html, given_values)
    text = filled(LETTER.counted.form.text, given_values)
    usual = read_html(html_of(LETTER, plain if _shown(person) else {**plain, "points": None}))
    assert [tag for tag, _ in read_html(html).tags] == [tag for tag, _ in usual.tags]
    assert [sorted(found) for _, found in read_html(html).tags] == [sorted(found) for _, found in usual.tags]
    subject = filled(LETTER.counted.form.subject, given_values)
    assert not set(subject) & set("\r\n\u202e")
    assert len(given_values) == LETTER.counted.form.holes
    for tag, attributes in read_html(html).tags:
        if tag == "a":
            assert str(attributes["href"]).startswith(("https://", "http://"))
    assert "\u202e" not in html + text


def _shown(person: dict[str, Any]) -> bool:
    points = person.get("points")
    return points is not None and str(points).strip() != ""


@pytest.mark.parametrize("groups", [(), ("vip",)])
def test_outlook_reads_whole_tables_whichever_blocks_are_shown(groups: tuple[str, ...]) -> None:
    """What is written for Outlook alone opens a table in one comment and closes it in another."""
    made = variant(HELLO, Button(id="b", label="Да", link=SITE, shown_to=ShownTo(groups=("vip",))), EVERY_KIND[4])
    html = html_of(made, {**ANNA, "groups": groups})
    inside = re.findall(r"<!--\[if mso \| IE\]>(.*?)<!\[endif\]-->", html, re.DOTALL)
    for name in ("table", "tr", "td"):
        opened = sum(len(re.findall(rf"<{name}\b", code)) for code in inside)
        assert opened == sum(code.count(f"</{name}>") for code in inside) > 0
