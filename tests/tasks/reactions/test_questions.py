from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.locale import spoken
from models.timetable import read_hours
from tasks.reactions.questions import Kind, answer_by, judge
from tests.tasks.schedule.zones import utc

HOURS = read_hours(["mon-fri 09:00-18:00"])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("До скольки вы сегодня работаете?", Kind.QUESTION, id="mark"),
        pytest.param("Подскажите, есть ли у вас зелёный чай", Kind.QUESTION, id="phrase_without_mark"),
        pytest.param("А почём улун", Kind.QUESTION, id="price"),
        pytest.param("Здравствуйте! Сколько стоит доставка", Kind.QUESTION, id="after_a_greeting"),
        pytest.param("Можно с собой в термос", Kind.QUESTION, id="first_word"),
        pytest.param("how much is the gift set", Kind.QUESTION, id="english_phrase"),
        pytest.param("where can we buy it", Kind.QUESTION, id="english_first_word"),
        pytest.param("???", Kind.QUESTION, id="only_marks"),
        pytest.param("Заказ не пришёл, верните деньги!", Kind.COMPLAINT, id="complaint"),
        pytest.param("Почему мне нахамили на кассе?", Kind.COMPLAINT, id="a_complaint_that_asks"),
        pytest.param("Чай просроченный, ужас", Kind.COMPLAINT, id="stale"),
        pytest.param("Worst service ever, I want a refund", Kind.COMPLAINT, id="english_complaint"),
        pytest.param("The app doesn’t work", Kind.COMPLAINT, id="curly_apostrophe"),
        pytest.param("Ужасно вкусно, спасибо!", None, id="terribly_tasty"),
        pytest.param("Без обмана, всё как на фото", None, id="without_deceit"),
        pytest.param("I was not disappointed", None, id="not_disappointed"),
        pytest.param("Как же у вас красиво!", None, id="exclamation"),
        pytest.param("Купила, рада https://sevencups.ru/tea?utm_source=vk", None, id="mark_inside_a_link"),
        pytest.param("Спасибо, любимая кофейня", None, id="thanks"),
        pytest.param("Браконьеры и брак — разные слова, а «бракованный» — третье", Kind.COMPLAINT, id="whole_word"),
        pytest.param("Люблю браконьерские истории", None, id="only_a_beginning_in_common"),
        pytest.param("", None, id="empty"),
        pytest.param("👍👍👍", None, id="emoji"),
    ],
)
def test_questions_and_complaints_are_told_by_their_words(text: str, kind: Kind | None) -> None:
    judgement = judge(text)
    assert (judgement and judgement.kind) == kind


def test_a_judgement_shows_the_words_that_decided() -> None:
    judgement = judge("Заказ не пришёл, это обман")
    assert judgement and judgement.words == ("не пришел", "обман")
    with spoken("ru"):
        assert str(judgement.reason) == "Жалоба: «не пришел, обман»."


@given(st.text())
def test_any_comment_can_be_judged_and_a_judgement_has_its_words(text: str) -> None:
    judgement = judge(text)
    assert judgement is None or judgement.words


@pytest.mark.parametrize(
    ("kind", "written", "deadline"),
    [
        pytest.param(Kind.QUESTION, "2026-11-25T08:00", "2026-11-25T12:00", id="question_in_four_hours"),
        pytest.param(Kind.COMPLAINT, "2026-11-25T08:00", "2026-11-25T09:00", id="complaint_in_one"),
        pytest.param(Kind.QUESTION, "2026-11-27T20:00", "2026-11-30T10:00", id="friday_night_until_monday"),
    ],
)
def test_the_deadline_counts_working_hours_only(kind: Kind, written: str, deadline: str) -> None:
    assert answer_by(kind, utc(written), HOURS, "Europe/Moscow") == utc(deadline)


def test_the_company_may_be_more_patient() -> None:
    patience = {Kind.QUESTION: timedelta(hours=9), Kind.COMPLAINT: timedelta(hours=2)}
    assert answer_by(Kind.QUESTION, utc("2026-11-25T08:00"), HOURS, "Europe/Moscow", patience) == utc(
        "2026-11-26T08:00"
    )
