from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.channels.base import Live, Presence
from models.delivery import Verb
from models.locale import spoken
from models.post import Picture, Post
from tasks.control.compare import ANSWERS, Answer, Difference, Kind, answers, compare, dead_link, next_check, seen_hash
from tests.tasks.schedule.zones import utc

LINK = "https://sevencups.ru/tea?utm_source=vk"
TEXT = f"Новый улун — уже в «Семи чашках»!\n\nЗаходите: {LINK}"
PICTURES = tuple(
    Picture(sha256=str(number), media_type="image/png", width=10, height=10, size=100) for number in range(3)
)


def live(text: str | None = TEXT, **fields: Any) -> Live:
    return Live(Presence.LIVE, text, **fields)


def kinds(found: list[Difference]) -> list[Kind]:
    return [difference.kind for difference in found]


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param(TEXT, id="the_same"),
        pytest.param(TEXT.replace("\n\n", " \n \n\n") + "  \n", id="spaces_and_lines"),
        pytest.param(TEXT.replace("«", "&laquo;").replace("»", "&raquo;").replace("—", "&#8212;"), id="entities"),
        pytest.param(TEXT.replace(" — ", "\u00a0— ").replace("улун", "улу\u00adн\u200b"), id="invisible_signs"),
        pytest.param(TEXT.replace("й", "и\u0306"), id="decomposed_letters"),
        pytest.param(
            TEXT.replace(LINK, f"https://vk.com/away.php?to={quote(LINK, safe='')}"),
            id="wrapped_link",
        ),
        pytest.param(TEXT.replace(LINK, "sevencups.ru/tea?utm_sou…"), id="shortened_link"),
        pytest.param("Улун недели\n" + TEXT + "\n#улун #чай", id="our_title_and_hashtags_around"),
        pytest.param(None, id="not_shown"),
    ],
)  # fmt: skip
def test_what_platforms_change_by_themselves_is_no_difference(seen: str | None) -> None:
    post = Post(text=TEXT, title="Улун недели", tags=("улун", "#чай"), pictures=PICTURES)
    assert compare(post, live(seen, pictures=3)) == []
    assert compare(post, live(seen)) == []


@pytest.mark.parametrize(
    ("seen", "approved_piece", "seen_piece", "said"),
    [
        pytest.param(
            TEXT.replace("Новый", "Старый"), "Новый улун — уже …", "Старый улун — уже …",
            "Текст отличается: согласовано «Новый улун — уже …», в канале «Старый улун — уже …».", id="a_word",
        ),
        pytest.param(
            TEXT.replace("уже ", ""), "уже", "", "В канале не хватает части текста: «уже».", id="a_word_less",
        ),
        pytest.param(
            TEXT + "\nСкидка 90 %!", "", "Скидка 90 %!", "В канале к тексту добавлено: «Скидка 90 %!».",
            id="a_line_more",
        ),
        pytest.param(
            TEXT + "\n#реклама", "", "#реклама", "В канале к тексту добавлено: «#реклама».", id="a_hashtag_of_others",
        ),
        pytest.param(
            TEXT.replace("Новый улун — уже", "Новый улун, уже"), "Новый улун — уже в «Семи …",
            "Новый улун, уже в «Семи …", "Текст отличается: согласовано «Новый улун — уже в «Семи …», "
            "в канале «Новый улун, уже в «Семи …».",
            id="punctuation",
        ),
    ],
)  # fmt: skip
def test_a_changed_text_shows_the_piece_that_differs(
    seen: str, approved_piece: str, seen_piece: str, said: str
) -> None:
    [difference] = compare(Post(text=TEXT), live(seen))
    assert difference.kind is Kind.TEXT
    assert (difference.approved, difference.seen) == (approved_piece, seen_piece)
    with spoken("ru"):
        assert str(difference.reason) == said


def test_a_text_quite_another_is_shown_by_its_beginning() -> None:
    [difference] = compare(Post(text="один два три " * 2000), live("четыре пять " * 2000))
    assert difference.approved == "один два три один два три один два три один два три …"
    assert len(difference.seen.split()) == 13


def test_what_is_gone_is_only_gone() -> None:
    found = compare(Post(text=TEXT, pictures=PICTURES, ad_label="Реклама"), Live(Presence.GONE))
    assert kinds(found) == [Kind.GONE]
    with spoken("ru"):
        assert str(found[0].reason) == "Публикации больше нет в канале."


def test_fewer_pictures_are_a_difference_and_unknown_ones_are_not() -> None:
    post = Post(text=TEXT, pictures=PICTURES)
    [difference] = compare(post, live(pictures=1))
    assert (difference.kind, difference.approved, difference.seen) == (Kind.PICTURES, "3", "1")
    assert compare(post, live(pictures=4)) == []
    assert kinds(compare(post, live(pictures=0))) == [Kind.PICTURES]


def test_a_replaced_link_is_missing() -> None:
    found = compare(Post(text=TEXT), live(TEXT.replace("sevencups.ru", "sevencups.su")))
    assert kinds(found) == [Kind.TEXT, Kind.LINK]
    assert found[1].approved == LINK


def test_a_bare_domain_shown_without_scheme_is_there() -> None:
    assert compare(Post(text="Всё на https://sevencups.ru"), live("Всё на sevencups.ru")) == []


def test_a_missing_ad_label_comes_first() -> None:
    label = "Реклама. ООО «Семь чашек», erid: 2VtzqxAbc"
    post = Post(text=f"{TEXT}\n{label}", ad_label=label)
    assert compare(post, live(f"{TEXT}\n{label.upper()}")) != []
    assert Kind.AD_LABEL not in kinds(compare(post, live(f"{TEXT}\n{label.upper()}")))
    found = compare(post, live(TEXT))
    assert kinds(found)[0] is Kind.AD_LABEL
    assert "Закон" not in str(found[0].reason)
    with spoken("ru"):
        assert str(found[0].reason).endswith("Её требует закон.")


def test_an_ad_label_that_the_channel_puts_on_a_line_of_its_own_is_no_difference() -> None:
    label = "Реклама. ООО «Семь чашек», erid: 2VtzqxAbc"
    assert compare(Post(text=TEXT, ad_label=label), live(f"{TEXT}\n\n{label}")) == []


def test_a_link_that_does_not_open_names_the_link_and_the_answer() -> None:
    difference = dead_link("https://sevencups.ru/tea", "404")
    assert difference.kind is Kind.DEAD_LINK
    with spoken("ru"):
        assert str(difference.reason) == "Ссылка https://sevencups.ru/tea не открывается: 404."


@pytest.mark.parametrize(
    ("kind", "verbs", "offered"),
    [
        pytest.param(Kind.TEXT, set(Verb), list(Answer), id="all_three"),
        pytest.param(Kind.TEXT, {Verb.PUBLISH}, [Answer.ACCEPT], id="only_publishes"),
        pytest.param(Kind.GONE, {Verb.PUBLISH}, [Answer.ACCEPT, Answer.RESTORE], id="gone_is_published_again"),
        pytest.param(Kind.TEXT, {Verb.EDIT}, [Answer.ACCEPT, Answer.RESTORE], id="edits"),
    ],
)
def test_only_answers_that_the_channel_can_carry_out_are_offered(
    kind: Kind, verbs: set[Verb], offered: list[Answer]
) -> None:
    difference = next(one for one in EXAMPLES if one.kind is kind)
    assert list(answers(difference, verbs)) == offered
    with spoken("ru"):
        assert set(ANSWERS) == set(Answer)


EXAMPLES = [
    *compare(Post(text=TEXT), live("")),
    *compare(Post(text=TEXT), Live(Presence.GONE)),
]


def test_a_difference_is_stored_as_plain_json_and_read_back() -> None:
    assert all(Difference.model_validate(one.model_dump(mode="json")) == one for one in EXAMPLES)


def test_the_print_of_what_was_seen_changes_with_what_a_person_would_see() -> None:
    assert seen_hash(live()) == seen_hash(live(TEXT + "  \n"))
    seen = [live(), live(TEXT + "!"), live(None), live(pictures=1), Live(Presence.GONE), live("")]
    assert len({seen_hash(one) for one in seen}) == len(seen)


@given(st.text(), st.text())
def test_a_text_differs_from_itself_never_and_from_another_by_a_readable_piece(one: str, other: str) -> None:
    assert compare(Post(text=one), live(one)) == []
    for difference in compare(Post(text=one), live(other)):
        assert difference.approved or difference.seen
        assert str(difference.reason)


def test_checks_are_after_a_minute_an_hour_a_day_and_then_weekly_for_four_weeks() -> None:
    sent = utc("2026-11-25T06:00")
    looks, last = [], None
    while (last := next_check(sent, last)) is not None:
        looks.append(last - sent)
    days = [timedelta(days=number) for number in (1, 7, 14, 21, 28)]
    assert looks == [timedelta(minutes=1), timedelta(hours=1), *days]
