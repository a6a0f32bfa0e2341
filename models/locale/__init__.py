"""The words a person reads: gettext catalogues by subject, English msgids, Russian translations.

A catalogue is `models/locale/<language>/<subject>.po`; all subjects of a language are one dictionary.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

LANGUAGES = ("ru", "en")
HERE = Path(__file__).parent

_language: ContextVar[str] = ContextVar("language")
_of_process: list[str] = []


def mark(msgid: str) -> str:
    """Mark a text for translation without translating it: the language is chosen when it is read."""
    return msgid


QUOTED = mark("“{title}”")


def speak(language: str) -> None:
    """Choose the language of the whole process: it says it once, when it is wired; threads hear it too."""
    _of_process[:] = [language if language in LANGUAGES else "en"]


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Choose the language for a block: a request, a report, a notice to one person."""
    token = _language.set(language if language in LANGUAGES else "en")
    try:
        yield
    finally:
        _language.reset(token)


@contextmanager
def in_house_words() -> Iterator[None]:
    """Choose the house's language for a block: what is kept or written to others, in whatever language it was ordered.

    The answer to an order is said in the language of whoever gave it; a letter about it is not.
    """
    with spoken(_language_of_process()):
        yield


def speak_here(language: str) -> None:
    """Choose the language for the rest of this context: of one request, whatever answers it."""
    _language.set(language if language in LANGUAGES else "en")


def language() -> str:
    """The language of this context, else of the process (`OTDEL_LOCALE`), else English."""
    return _language.get(_language_of_process())


def _language_of_process() -> str:
    return _of_process[0] if _of_process else os.environ.get("OTDEL_LOCALE", "en")


def translate(msgid: str, **words: object) -> str:
    """Say the text in the current language, its {placeholders} filled; a `Reason` among the words is said too."""
    text = catalogue(language()).get(msgid, msgid) if msgid else ""
    return text.format(**{name: str(word) for name, word in words.items()}) if words else text


def quoted(text: object) -> str:
    """The text in the quotation marks of the language."""
    return translate(QUOTED, title=text)


def translate_plural(one: str, many: str, number: int, **words: object) -> str:
    """Say a counted text in the current language: «1 публикация», «2 публикации», «5 публикаций»."""
    forms = plural_catalogue(language()).get((one, many))
    text = forms[plural_form(language(), number)] if forms else (one if number == 1 else many)
    return text.format(number=number, **{name: str(word) for name, word in words.items()})


def plural_form(language: str, number: int) -> int:
    """The index of the gettext plural form; Russian has three (Unicode CLDR)."""
    if language != "ru":
        return 0 if number == 1 else 1
    if number % 10 == 1 and number % 100 != 11:
        return 0
    return 1 if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else 2


@cache
def catalogue(language: str) -> dict[str, str]:
    return {str(m.id): str(m.string) for m in messages(language) if isinstance(m.id, str) and m.string}


@cache
def plural_catalogue(language: str) -> dict[tuple[str, str], tuple[str, ...]]:
    return {
        (m.id[0], m.id[1]): tuple(m.string)
        for m in messages(language)
        if not isinstance(m.id, str) and m.string and not isinstance(m.string, str)
    }


def messages(language: str) -> Iterator[Message]:
    for path in sorted((HERE / language).glob("*.po")):
        with path.open("rb") as file:
            yield from (m for m in read_po(file, locale=language) if m.id)
