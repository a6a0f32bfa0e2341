"""Rules in words: every one can be said in both languages, and names what it asks for."""

import re

import pytest
from hypothesis import given

from models.group_rules import Rule
from models.locale import spoken
from tasks.groups.parsing import parsed
from tasks.groups.saying import Words, in_line, told
from tests.tasks.groups.rules import EVERY_RULE

WORDS = Words({"sleeping": "Спящие"}, {"center": "Центр"}, "RUB")


@given(EVERY_RULE)
def test_every_rule_is_said_in_both_languages(rule: Rule) -> None:
    for language in ("ru", "en"):
        with spoken(language):
            line = in_line(told(rule, WORDS))
        assert line.strip() == line and "{" not in line and "  " not in line
        assert re.search("[а-яё]" if language == "ru" else "[a-z]", line)


@pytest.mark.parametrize(
    ("rule", "english", "russian"),
    [
        ('bought "Чай" in last 90 days', "bought “Чай” in the last 90 days", "покупали «Чай» за последние 90 дней"),
        ("last purchase >= 1 day ago", "last purchase: 1 day ago or earlier",
         "последняя покупка: 1 день назад или раньше"),
        ("sum in last 21 days >= 3000", "sum of purchases in the last 21 days: at least ₽3,000",
         "сумма покупок за последний 21 день: не меньше 3 000 ₽"),
        ("not bought", "have never bought", "никогда не покупали"),
        ('not bought product ("Улун", "Мокко")', "did not buy “Улун” or “Мокко” (product)",
         "не покупали «Улун» или «Мокко» (товар)"),
        ("not (has email or in group sleeping)", "not (have an address: e-mail or are in the group “Спящие”)",
         "кроме (известен адрес: почта или входят в группу «Спящие»)"),
        ('outlet is "center" and birthday in next 0 days', "belong to “Центр” and have their birthday today",
         "относятся к точке «Центр» и день рождения сегодня"),
        ("everyone and (has email or has phone)",
         "all customers and (have an address: e-mail or have an address: phone)",
         "все клиенты и (известен адрес: почта или известен адрес: телефон)"),
        ('city is ("А", "Б", "В", "Г", "Д", "Е", "Ж")', "live in “А”, “Б”, “В”, “Г”, “Д” and 2 more",
         "живут в городе «А», «Б», «В», «Г», «Д» и ещё 2"),
    ],
)  # fmt: skip
def test_a_rule_is_said_as_people_say_it(rule: str, english: str, russian: str) -> None:
    for language, expected in (("en", english), ("ru", russian)):
        with spoken(language):
            assert in_line(told(parsed(rule), WORDS)).replace("\u00a0", " ") == expected


def test_what_is_negated_as_a_whole_says_so() -> None:
    said = told(parsed("not (everyone and has email)"), WORDS)
    assert said.negated and said.join == "all" and [one.negated for one in said.parts] == [False, False]
    doubled = told(parsed("not not everyone"), WORDS)
    assert doubled.negated and doubled.parts[0].negated
