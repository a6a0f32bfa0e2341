"""Whether a comment wants an answer, by which of its words, and until when. Pure.

Plain lists, no model: whoever wonders sees the words that decided. Complaints are looked for first, because a
complaint that asks something is still a complaint.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from models.locale import mark
from models.reason import Reason, because
from models.schedule import WorkingHours
from tasks.schedule.hours import work_until


class Kind(StrEnum):
    QUESTION = "question"
    COMPLAINT = "complaint"


ASKS = mark("A question: “{words}”.")
COMPLAINS = mark("A complaint: “{words}”.")

LINK = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")

# Beginnings of words that complain wherever they stand; "=" closes a word that is meant whole.
COMPLAINTS = (
    "обман", "отврат", "хам=", "хамств", "хамят", "нахам", "нагруб", "мошен", "развод=", "просроч", "испорч", "плесен",
    "тухл", "протух", "жалоб", "жалуюсь=", "разочаров", "отрав", "безобраз", "кошмар", "ужас=", "ужасн", "мерзк",
    "гадость=", "брак=", "бракован", "верните=", "недолил", "обвес", "обсчит", "грязн", "грязь=", "сломан", "битый=",
    "refund", "awful", "terribl", "horribl", "rude=", "rudely=", "rudeness=", "scam", "disgust", "disappoint",
    "broken=", "complain", "worst=", "stale=", "mold", "mould", "moldy=", "spoiled=", "expired=", "poison", "overcharg",
    "unacceptable=",
)  # fmt: skip
COMPLAINT_PHRASES = (
    "не работает", "не отвечает", "не отвечают", "не дозвониться", "не пришел", "не пришла", "не пришло", "не привезли",
    "не доставили", "никогда больше", "больше не приду", "ноги моей", "деньги назад", "вернуть деньги", "не вернули",
    "очень плохо", "испортили настроение", "doesn't work", "does not work", "not working", "never again",
    "never arrived", "didn't arrive", "money back", "no answer", "nobody answers", "waited for an hour",
)  # fmt: skip
# "без обмана" and "not disappointed" are praise; "ужасно вкусно" and "awfully good" are too.
NEGATIONS = frozenset({"не", "без", "ни", "нет", "not", "no", "never", "without", "isn't", "wasn't", "weren't"})
PRAISE = (
    "вкусн", "красив", "рад=", "рада=", "хочу=", "хочется=", "люб", "мил", "интересн", "good", "nice", "love", "tasty",
)  # fmt: skip
INTENSIFIERS = frozenset({"ужасно", "кошмарно", "awfully", "terribly"})

QUESTION_PHRASES = (
    "есть ли", "можно ли", "будет ли", "будут ли", "работает ли", "работаете ли", "нужно ли", "подскажите", "скажите",
    "расскажите", "уточните", "интересует", "хочу узнать", "хотела узнать", "хотел узнать", "хотелось бы узнать",
    "почем", "сколько стоит", "сколько будет", "какая цена", "где купить", "до скольки", "во сколько", "как заказать",
    "как записаться", "как доехать", "как пройти", "как попасть", "как оплатить", "как получить", "как купить",
    "can i", "can you", "could you", "could i", "do you", "is there", "are there", "are you open", "how much", "how to",
    "how do i", "how can i", "how long", "what time", "what is", "what are", "i wonder", "please tell", "let me know",
)  # fmt: skip
# These open a question even where its mark was forgotten; «как» and "what" open exclamations as often.
QUESTION_WORDS = frozenset({
    "где", "куда", "откуда", "когда", "какой", "какая", "какое", "какие", "чей", "сколько", "почему", "зачем", "можно",
    "where", "when", "which", "why", "whose",
})  # fmt: skip
SKIPPED_FIRST = frozenset({"а", "и", "но", "здравствуйте", "привет", "добрый", "день", "вечер", "hello", "hi", "and"})

# How much working time may pass before an answer.
PATIENCE: Mapping[Kind, timedelta] = MappingProxyType(
    {Kind.QUESTION: timedelta(hours=4), Kind.COMPLAINT: timedelta(hours=1)}
)


@dataclass(frozen=True)
class Judgement:
    """That a comment wants an answer, and the words that say so."""

    kind: Kind
    words: tuple[str, ...]

    @property
    def reason(self) -> Reason:
        text = COMPLAINS if self.kind is Kind.COMPLAINT else ASKS
        return because(text, code=self.kind, words=", ".join(self.words))


def judge(text: str) -> Judgement | None:
    """Say whether a comment asks or complains; None where it does neither."""
    said = LINK.sub(" ", text).lower().replace("ё", "е").replace("’", "'")
    complaints = _complaints(said)
    if complaints:
        return Judgement(Kind.COMPLAINT, complaints)
    questions = _questions(said)
    return Judgement(Kind.QUESTION, questions) if questions else None


def answer_by(
    kind: Kind, written_at: datetime, hours: WorkingHours, zone: str, patience: Mapping[Kind, timedelta] = PATIENCE
) -> datetime:
    """The deadline of the answer: the patience counted in the company's working hours only."""
    return work_until(hours, zone, written_at, patience[kind])


def _complaints(said: str) -> tuple[str, ...]:
    words = WORD.findall(said)
    found = [word for place, word in enumerate(words) if _complains(words, place)]
    return tuple(dict.fromkeys([*_phrases(words, COMPLAINT_PHRASES), *found]))


def _complains(words: list[str], place: int) -> bool:
    word, before, after = words[place], words[max(place - 1, 0) : place], words[place + 1 : place + 3]
    if not _begins(word, COMPLAINTS) or NEGATIONS.intersection(before):
        return False
    return word not in INTENSIFIERS or not any(_begins(other, PRAISE) for other in after)


def _questions(said: str) -> tuple[str, ...]:
    found = ["?"] if "?" in said else []
    found += _phrases(WORD.findall(said), QUESTION_PHRASES)
    for sentence in SENTENCE.findall(said):
        words = WORD.findall(sentence)
        first = next((word for word in words if word not in SKIPPED_FIRST), "")
        exclaims = sentence.rstrip().endswith(("!", "…"))
        if first in QUESTION_WORDS and len(words) > 2 and not exclaims:
            found.append(first)
    return tuple(dict.fromkeys(found))


def _phrases(words: list[str], phrases: tuple[str, ...]) -> list[str]:
    line = f" {' '.join(words)} "
    return [phrase for phrase in phrases if f" {phrase} " in line]


def _begins(word: str, beginnings: tuple[str, ...]) -> bool:
    return any(word == one[:-1] if one.endswith("=") else word.startswith(one) for one in beginnings)
