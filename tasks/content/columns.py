"""The columns of a content plan, recognised in Russian and English, in any order. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from models.content import Effect, Place, Problem, nearest
from models.locale import mark
from models.reason import because
from tasks.content.references import fold, refer, unknown

HEADINGS: dict[str, tuple[str, ...]] = {
    "number": ("№", "no", "n", "#", "№ п/п", "номер", "number"),
    "on": ("дата", "date", "день", "дата публикации", "day"),
    "at": ("время", "time", "время публикации"),
    "piece": ("материал", "piece", "файл", "file"),
    "title": ("заголовок", "title", "тема"),
    "text": ("текст", "text", "текст публикации"),
    "channels": ("каналы", "channels", "канал", "channel"),
    "except_channels": ("кроме каналов", "except channels", "кроме", "except"),
    "pictures": ("картинка", "picture", "картинки", "pictures", "изображение", "фото", "image"),
    "campaign": ("акция", "campaign"),
    "goal": ("цель", "goal"),
    "group": ("группа", "group", "клиентская группа", "customer group"),
    "author": ("автор", "author"),
    "repeat": ("повтор", "repeat"),
    "if_late": ("если опоздали", "if late"),
    "products": ("товары", "products", "товар", "product"),
    "status": ("статус", "status"),
    "link": ("ссылка", "link"),
    "reach": ("охват", "reach"),
    "reactions": ("реакции", "reactions"),
    "reason": ("причина", "reason"),
}
WRITTEN_BACK = ("status", "link", "reach", "reactions", "reason")
TITLES = {
    "number": mark("№"),
    "status": mark("status"),
    "link": mark("link"),
    "reach": mark("reach"),
    "reactions": mark("reactions"),
    "reason": mark("reason"),
}
TEXT_FOR = re.compile(r"^(?:текст для|text for)\s+(.+)$")
BY_NAME = {name: column for column, names in HEADINGS.items() for name in names}

LIKE = mark("The column “{column}” is not known and stays as it is. Perhaps “{nearest}” was meant: then rename it.")
OWN = mark(
    "The column “{column}” is not known. It stays in the file and is not read. "
    "If the plan needs it, name it as in the sample."
)
TWICE = mark(
    "The column “{column}” stands twice ({first} and {second}). The first is read: delete or rename the other."
)
NO_DATE = mark("There is no column “date”. Add a column with this heading to the table.")
NO_MATERIAL = mark("There is no column that says what to publish. Add a column “piece”, “title” or “text”.")


@dataclass(frozen=True)
class Columns:
    """Where each known column stands, from 0; texts for single channels by the channel's key."""

    at: dict[str, int] = field(default_factory=dict)
    text_for: dict[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def familiar(heading: str) -> bool:
    """Whether a cell looks like a heading of a content plan."""
    name = tidy(heading)
    return name in BY_NAME or bool(TEXT_FOR.match(name))


def tidy(heading: str) -> str:
    """A heading without the marks people put after it."""
    return re.sub(r"\s*\([^)]*\)$", "", fold(heading)).strip(" .:*!?")


def recognise(header: Sequence[str], channels: Mapping[str, str], place: Place) -> Columns:
    """Find every known column; the problems name each heading that is not one."""
    at: dict[str, int] = {}
    text_for: dict[str, int] = {}
    problems: list[Problem] = []
    for index, heading in enumerate(header):
        if not heading.strip():
            continue
        name = tidy(heading)
        here = place.model_copy(update={"field": heading})
        if spoken := TEXT_FOR.match(name):
            problems += _text_for(spoken[1], index, channels, text_for, here)
        elif column := BY_NAME.get(name):
            problems += _once(column, index, at, header, here)
        else:
            problems.append(_unknown(heading, here))
    return Columns(at, text_for, (*problems, *_missing(at, text_for, place)))


def places(header: Sequence[str]) -> dict[str, int]:
    """Where the known columns stand, from 0; of two alike the first."""
    named = [(BY_NAME.get(tidy(heading)), index) for index, heading in enumerate(header)]
    return {column: index for column, index in reversed(named) if column}


def _text_for(name: str, index: int, channels: Mapping[str, str], found: dict[str, int], place: Place) -> list[Problem]:
    key = refer(name, channels)
    if key is None:
        reason = unknown("channels", name, channels)
        return [Problem(place=place, reason=reason, effect=Effect.NOTE)]
    found.setdefault(key, index)
    return []


def _once(column: str, index: int, at: dict[str, int], header: Sequence[str], place: Place) -> list[Problem]:
    first = at.setdefault(column, index)
    if first == index:
        return []
    reason = because(TWICE, code="column_twice", column=header[index], first=letter(first), second=letter(index))
    return [Problem(place=place, reason=reason, effect=Effect.NOTE)]


def _unknown(heading: str, place: Place) -> Problem:
    near = nearest(tidy(heading), BY_NAME, 1, 0.7)
    words = {"column": heading} | ({"nearest": near[0]} if near else {})
    reason = because(LIKE if near else OWN, code="unknown_column", **words)
    return Problem(place=place, reason=reason, effect=Effect.NOTE)


def _missing(at: Mapping[str, int], text_for: Mapping[str, int], place: Place) -> list[Problem]:
    texts = [] if "on" in at else [(NO_DATE, "no_date_column")]
    if not text_for and not {"piece", "title", "text"} & set(at):
        texts.append((NO_MATERIAL, "no_material_column"))
    return [Problem(place=place, reason=because(text, code=code), effect=Effect.STOPS) for text, code in texts]


def letter(index: int) -> str:
    """The column's letter in a spreadsheet."""
    head, last = divmod(index, 26)
    return (letter(head - 1) if head else "") + chr(ord("A") + last)
