from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.content import Occasion
from models.locale import spoken
from tasks.analysis import events
from tasks.analysis.events import Watched, gather, named, weigh
from tasks.analysis.stems import stem_line

DAY = date(2026, 12, 15)


def entry(title: str, on: date = DAY, source: str = "a", link: str = "", text: str = "", key: str = "") -> Occasion:
    return Occasion(key=key, title=title, on=on, source=source, link=link, text=text)


@pytest.mark.parametrize(
    ("one", "other", "folded"),
    [
        pytest.param(
            entry("Фестиваль чая пройдёт в Москве"), entry("В Москве пройдет фестиваль чая", source="b"), True,
            id="the_same_words",
        ),
        pytest.param(
            entry("Большой фестиваль чая в Москве"), entry("Фестиваль чая в Москве", DAY + timedelta(days=1), "b"),
            True, id="alike_on_a_near_day",
        ),
        pytest.param(
            entry("Фестиваль чая в Москве"), entry("Фестиваль чая в Москве", DAY + timedelta(days=30), "b"), False,
            id="the_same_words_a_month_later",
        ),
        pytest.param(entry("Фестиваль чая"), entry("Фестиваль кофе", source="b"), False, id="one_word_in_common"),
        pytest.param(
            entry("Цены на кофе выросли", link="https://news.ru/1?utm_source=rss"),
            entry("Кофе подорожал на треть", source="b", link="http://www.news.ru/1/"), True, id="the_same_link",
        ),
        pytest.param(
            entry("Цены выросли", link="https://news.ru/?id=1"), entry("Кофе подорожал", link="https://news.ru/?id=2"),
            False, id="another_query_is_another_link",
        ),
        pytest.param(entry("8 марта"), entry("1 мая", source="b"), False, id="only_empty_words"),
        pytest.param(entry("🎄"), entry("🎃", source="b"), False, id="no_words_at_all"),
        pytest.param(entry("Чай"), entry("Чай", source="b"), True, id="one_word_the_same"),
    ],
)  # fmt: skip
def test_entries_that_tell_of_one_occasion_are_folded(one: Occasion, other: Occasion, folded: bool) -> None:
    events = gather([one, other])
    assert len(events) == (1 if folded else 2)
    assert sum(len(event.entries) for event in events) == 2


def test_an_event_of_many_sources_about_our_brand_is_important_and_says_why() -> None:
    told = [entry("Закон о маркировке чая", source=source, text="Семь чашек готовятся") for source in "abc"]
    watched = Watched(brands={"Seven Cups": ["семь чашек"]}, topics={"tea": ["чай"], "coffee": ["кофе"]})
    [event] = gather(told, watched=watched)
    assert (event.importance, event.brands, event.topics) == (3, ("Seven Cups",), ("tea",))
    assert event.sources == ("a", "b", "c")
    with spoken("ru"):
        assert [str(reason) for reason in event.why] == [
            "источников: 3", "упомянуто: «Seven Cups»", "меняет правила торговли: «закон»", "по теме «tea»",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("title", "importance"),
    [
        pytest.param("Открылся магазин", 1, id="nothing_special"),
        pytest.param("Кофейная ярмарка", 2, id="people_gather"),
        pytest.param("Coffee tariffs rise", 2, id="english_law"),
    ],
)
def test_importance_grows_with_the_kinds_of_reasons(title: str, importance: int) -> None:
    [event] = gather([entry(title)])
    assert event.importance == importance
    assert bool(event.why) is (importance > 1)


def test_words_of_a_name_must_stand_together() -> None:
    names = {"us": ["семь чашек"]}
    assert named(stem_line("Сеть «Семь чашек» растёт"), names) == ("us",)
    assert named(stem_line("Семь причин купить пять чашек"), names) == ()
    assert named(stem_line("что угодно"), {"empty": ["", "!"]}) == ()


def test_an_occasion_that_was_put_off_keeps_its_key_and_takes_the_new_day() -> None:
    [event] = gather([entry("Фестиваль чая", key="k")])
    later = entry("Фестиваль чая перенесён", DAY + timedelta(days=40), key="k")
    [moved] = gather([later], known=[event.occasion])
    assert moved.occasion == later
    assert moved.entries == (later,)


def test_a_known_occasion_that_nothing_tells_of_now_stays_without_entries() -> None:
    known = entry("Фестиваль чая", key="k")
    [event] = gather([], known=[known])
    assert (event.occasion, event.entries) == (known, ())


VOCABULARY = "чай кофе фестиваль выставка закон Москва Казань цены рост открытие магазин осень".split()  # noqa: SIM905
titles = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=5, unique=True).map(" ".join)
entries = st.builds(
    entry, titles, st.dates(DAY, DAY + timedelta(days=9)), st.sampled_from("abc"),
    st.sampled_from(["", "", "", "https://n.ru/1", "https://n.ru/2"]), st.just(""),
    st.sampled_from(["", "", "k1", "k2", "k3"]),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(entries, max_size=30), st.randoms())
def test_gathering_loses_no_entry_and_does_not_depend_on_their_order(told: list[Occasion], random: Random) -> None:
    shuffled = told.copy()
    random.shuffle(shuffled)
    events = gather(told)
    assert gather(shuffled) == events
    keys = [one.key for one in told if one.key]
    assert sum(len(event.entries) for event in events) == len(told) - len(keys) + len(set(keys))
    assert len({event.occasion.key for event in events}) == len(events)
    assert all(1 <= event.importance <= 3 for event in events)
    assert all(weigh(event) == event for event in events)


@settings(deadline=None)
@given(st.lists(entries, max_size=20), st.lists(entries, max_size=10))
def test_what_is_known_keeps_its_key_and_gathering_it_again_adds_nothing(
    told: list[Occasion], more: list[Occasion]
) -> None:
    known = [event.occasion for event in gather(told)]
    keys = {occasion.key for occasion in known}
    assert {event.occasion.key for event in gather(told, known)} == keys
    later = {event.occasion.key for event in gather([*told, *more], known)}
    assert keys <= later
    assert len(later) <= len(keys) + len(more)


def test_the_work_grows_with_the_entries_and_not_with_their_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    likeness = events.likeness

    def counted(one: frozenset[str], other: frozenset[str]) -> float:
        nonlocal compared
        compared += 1
        return likeness(one, other)

    monkeypatch.setattr(events, "likeness", counted)
    for number in (500, 2000):
        compared = 0
        told = [
            entry(f"чай кофе {_word(i)} {_word(i * 7 + 1)} {_word(i * 13 + 5)} {_word(i * 29 + 3)}")
            for i in range(number)
        ]
        gather(told)
        assert compared <= number * events.RAREST * events.LOOKED_AT


def _word(number: int) -> str:
    letters = "бвгджзклмн"
    return "".join(letters[int(digit)] + "а" for digit in str(number)) + "к"
