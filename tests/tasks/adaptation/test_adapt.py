"""A piece as each channel shows it: nothing exceeds, nothing is lost silently."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.channels.base import Limits
from integrations.channels.measure import length, misfits
from models.post import Picture, Product
from tasks.adaptation.adapt import Adapted, Content, Manner, adapt

MESSENGER = Limits(
    text_max=4096,
    caption_max=1024,
    counts="utf16",
    pictures_max=2,
    markup=frozenset({"bold", "italic", "strike", "code", "link"}),
)
WALL = Limits(text_max=16_000, counts="utf16", pictures_max=10, tags_max=2)
SITE = Limits(title_max=30, description_max=40, pictures_max=20, html=True, markup=MESSENGER.markup)

PICTURE = Picture(sha256="0" * 64, media_type="image/jpeg", width=800, height=600, size=1000)
TEA = Product(id="T101", name="Ассам", price=49000, currency="RUB")
LABEL = "Реклама. ООО «Семь чашек». erid: 2VtzqvXYZ"
PIECE = Content(
    title="Ассам: чай, с которого начинается утро",
    description="Почему летний ассам крепче весеннего и как его заварить.",
    text="**Ассам** - [в меню](https://7cups.ru/menu#tea). ~~690~~ 490 ₽.",
    text_for={"vk": "Привет, стена! #чай"},
    pictures=(PICTURE,) * 3,
    tags=("чёрный чай", "чай"),
    link="https://7cups.ru/p",
    ad_label=LABEL,
    products=(TEA,),
    valid_until="2026-12-31",
)
MANNER = Manner(
    key="telegram",
    utm={"source": "telegram"},
    own_domains=("7cups.ru",),
    hashtags=("семьчашек",),
    signature="Ваши «Семь чашек»",
)


def codes(adapted: Adapted) -> list[str]:
    return [note.reason.code for note in adapted.notes]


def test_a_messenger_gets_text_markup_signature_hashtags_and_label() -> None:
    adapted = adapt(PIECE, MESSENGER, MANNER)
    assert (
        adapted.post.text == f"Ассам - в меню. 690 490 ₽.\n\nВаши «Семь чашек»\n\n#ЧёрныйЧай #чай #семьчашек\n\n{LABEL}"
    )
    link = next(span for span in adapted.post.spans if span.kind == "link")
    assert link.url == "https://7cups.ru/menu?utm_source=telegram#tea"
    assert adapted.post.link == "https://7cups.ru/p?utm_source=telegram"
    assert len(adapted.post.pictures) == 2
    assert codes(adapted) == ["left_out"]
    assert adapted.is_fit
    assert not adapted.post.html
    assert (adapted.post.products, adapted.post.valid_until) == ((TEA,), "2026-12-31")


def test_a_text_written_by_hand_for_the_channel_wins() -> None:
    adapted = adapt(PIECE, WALL, Manner(key="vk"))
    assert adapted.by_hand
    assert adapted.post.text == f"Привет, стена! #чай\n\n#ЧёрныйЧай\n\n{LABEL}"


def test_markup_that_the_channel_cannot_show_becomes_words() -> None:
    adapted = adapt(PIECE, WALL, Manner(key="wall"))
    assert adapted.post.text.startswith("Ассам - в меню (https://7cups.ru/menu#tea). 690 490 ₽.")
    assert adapted.post.spans == ()
    assert codes(adapted).count("markup") == 2
    assert adapted.post.tags == ("#ЧёрныйЧай", "#чай")


def test_the_site_gets_a_page_with_short_title_and_address() -> None:
    post = adapt(PIECE, SITE, Manner(key="site", utm={"source": "site"})).post
    assert post.html.startswith('<p><strong>Ассам</strong> - <a href="https://7cups.ru/menu#tea"')
    assert post.title == "Ассам: чай, с которого…"
    assert post.slug == "assam-chai-s-kotorogo-nachinaetsia-utro"
    assert post.description.endswith("…")
    assert (post.text, post.ad_label) == ("Ассам - в меню. 690 490 ₽.", LABEL)


def test_a_long_text_under_pictures_is_measured_as_a_caption() -> None:
    long = Content(text="Слово дня. " * 150, pictures=(PICTURE,), link="https://7cups.ru/p", ad_label=LABEL)
    (said,) = adapt(long, MESSENGER, MANNER).notes
    assert (said.is_problem, said.reason.code, said.reason.words["limit"]) == (True, "too_long", 1024)
    assert adapt(long, MESSENGER, Manner(key="telegram", pictures_apart=True)).is_fit


def test_where_cutting_is_allowed_the_reader_is_sent_on_and_the_label_stays() -> None:
    long = Content(text="Слово дня. " * 150, pictures=(PICTURE,), link="https://7cups.ru/p", ad_label=LABEL)
    adapted = adapt(long, MESSENGER, Manner(key="telegram", may_cut=True))
    assert length(adapted.post.text, "utf16") <= 1024
    assert adapted.post.text.endswith(f"Читать дальше\n\n{LABEL}")
    assert [span.url for span in adapted.post.spans] == ["https://7cups.ru/p"]
    assert adapted.cut.startswith("Слово дня.")
    assert adapted.is_fit


def test_a_label_that_leaves_no_room_is_a_problem() -> None:
    adapted = adapt(Content(text="Чай", ad_label=LABEL), Limits(text_max=30), Manner(key="x", may_cut=True))
    assert codes(adapted) == ["no_room"]
    assert not adapted.is_fit


def test_what_is_said_already_is_not_said_twice() -> None:
    text = f"Чай (#ЧАЙ).\n\n{LABEL}\n\nВаши «Семь\u00a0чашек»"
    assert (
        adapt(
            Content(text=text, tags=("чай",), ad_label=LABEL), WALL, Manner(key="x", signature="Ваши «Семь чашек»")
        ).post.text
        == text
    )


def test_a_label_that_is_only_a_word_of_the_text_still_stands_under_it() -> None:
    text = "Реклама в «Семи чашках» началась."
    post = adapt(Content(text=text, ad_label="Реклама"), WALL, Manner(key="x", signature="Семи чашках")).post
    assert post.text == f"{text}\n\nСеми чашках\n\nРеклама"


def test_the_title_may_begin_the_text() -> None:
    post = adapt(Content(title="Чай", text="Текст"), MESSENGER, Manner(key="x", title_first=True)).post
    assert post.text == "Чай\n\nТекст"
    assert post.spans[0].kind == "bold"
    assert adapt(Content(title="Чай", text="Текст"), WALL, Manner(key="x", title_first=True)).notes == ()


@pytest.mark.parametrize(
    ("content", "limits", "code"),
    [
        pytest.param(Content(text="[меню](menu.html)"), WALL, "dead_link", id="a link into our own folders"),
        pytest.param(Content(text="Чай"), Limits(pictures_min=1, pictures_max=1), "too_few", id="pictures demanded"),
        pytest.param(Content(text=" "), WALL, "nothing", id="nothing to say"),
        pytest.param(
            Content(text="Чай", pictures=(PICTURE,)),
            Limits(pictures_max=1, picture_bytes_max=10),
            "picture",
            id="heavy picture",
        ),
    ],
)
def test_what_the_channel_would_refuse_is_a_problem_before_it_is_sent(
    content: Content, limits: Limits, code: str
) -> None:
    adapted = adapt(content, limits, Manner(key="x"))
    assert [note.reason.code for note in adapted.notes if note.is_problem] == [code]


def test_what_is_left_out_is_said() -> None:
    piece = Content(text="Чай ![чашка](cup.jpg)", tags=("2026",), pictures=(PICTURE,))
    assert codes(adapt(piece, Limits(), Manner(key="x"))) == ["left_out", "left_out", "left_out"]


SOURCES = st.lists(
    st.sampled_from(
        [
            "чай ",
            "**б** ",
            "👨‍👩‍👧",
            "\n\n",
            "[я](https://7cups.ru/a) ",
            "https://7cups.ru/b ",
            "`к` ",
            ". ",
            "е\u0301",
            "- ",
        ]
    ),
    max_size=60,
).map("".join)


@settings(max_examples=200, deadline=None)
@given(SOURCES, st.integers(90, 300), st.booleans(), st.sampled_from(["utf16", "graphemes", "bytes", "code_points"]))
def test_a_rendition_without_problems_is_taken_by_the_channel(text: str, limit: int, shows: bool, counts: str) -> None:
    limits = Limits(text_max=limit, counts=counts, markup=MESSENGER.markup if shows else frozenset())  # type: ignore[arg-type]
    manner = Manner(key="x", utm={"source": "telegram"}, own_domains=("7cups.ru",), signature="Мы", may_cut=True)
    adapted = adapt(Content(text=text, link="https://7cups.ru/p", ad_label="erid: 2Vtz"), limits, manner)
    assert adapted.is_fit
    assert misfits(adapted.post, limits) == []
    assert adapted.post.text.endswith("erid: 2Vtz")
