from datetime import UTC, date, datetime

import pytest

from models.content import FeedItem
from tasks.content.events import named_day, occasions, read_events, topic_of

TOLD = date(2026, 11, 21)
TOPICS = {"tea": ["чай", "улун"], "coffee": ["кофе", "бариста"]}


def item(**said: object) -> FeedItem:
    return FeedItem.model_validate(
        {"source": "events", "guid": "1", "title": "Новость", "published": datetime(2026, 11, 20, 22, tzinfo=UTC)}
        | said
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("День чая отметят 15 декабря", date(2026, 12, 15)),
        ("15 декабря 2026 года — праздник", date(2026, 12, 15)),
        ("Выставка 5–7 мая в Казани", date(2027, 5, 5)),
        ("Открытие 25.02.2027 в 10:00", date(2027, 2, 25)),
        ("С 1 по 3 декабря", date(2026, 12, 1)),
        ("On December 15, 2026 they meet", date(2026, 12, 15)),
        ("Meeting on 15 December", date(2026, 12, 15)),
        ("Подорожает на 10.5% за 2 года", None),
        ("Скидка 25.50 рублей", None),
        ("Музей открыт с 15 мая 1998", None),
        ("Без даты", None),
    ],
)
def test_the_day_of_an_occasion_is_the_first_one_written(text: str, day: date | None) -> None:
    assert named_day(text, TOLD) == day


def test_an_occasion_takes_its_own_field_then_its_words_then_the_day_of_the_news() -> None:
    items = [
        item(guid="1", title="Ярмарка 1 декабря", starts=date(2026, 12, 5)),
        item(guid="2", title="Ярмарка", text="Пройдёт 1 декабря в Москве"),
        item(guid="3"),
    ]
    found = list(occasions(items, TOLD, "Europe/Moscow", {}))
    assert [(one.on, one.dated) for one in found] == [
        (date(2026, 12, 5), True), (date(2026, 12, 1), True), (date(2026, 11, 21), False),
    ]  # fmt: skip
    assert len({one.key for one in found}) == 3


def test_a_topic_is_the_watched_one_with_most_words_else_the_publishers() -> None:
    assert topic_of(item(title="Чайный фестиваль: улуны и кофе", topics=("события",)), TOPICS) == "tea"
    assert topic_of(item(title="Погода", topics=("события", "город")), TOPICS) == "события"
    assert topic_of(item(title="Погода"), TOPICS) == ""


def test_occasions_are_read_from_a_feed_and_a_page_is_not_one() -> None:
    item = "<item><title>День чая 15 декабря 2026</title></item>"
    data = f"<rss version='2.0'><channel><title>t</title>{item}</channel></rss>"
    found = read_events(data.encode(), "events", TOLD, "Europe/Moscow", topics=TOPICS)
    assert [(one.title, one.on, one.topic) for one in found.items] == [
        ("День чая 15 декабря 2026", date(2026, 12, 15), "tea")
    ]
    assert read_events(b"<html></html>", "events", TOLD, "Europe/Moscow").stopped
