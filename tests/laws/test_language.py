"""What a person reads is in both languages: every text marked for translation is translated, once, with its words."""

import ast
import inspect
import re
import string
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from pydantic import BaseModel

from flows import discovered
from models.locale import catalogue, plural_catalogue
from tests.laws.source import LAYERS, ROOT

KEYWORDS = {"mark": None, "translate": None, "because": None, "translate_plural": (1, 2)}
IN_PAGES = re.compile(r"""\b_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
COUNTED_IN_PAGES = re.compile(r"""\bplural\(\s*("[^"]*")\s*,\s*("[^"]*")""")
QUOTED = re.compile(r"""(?:"([^"\n]+)"|'([^'\n]+)')""")
RU = ROOT / "models" / "locale" / "ru"


@cache
def marked() -> set[str]:
    """Every text in the code that is marked for translation."""
    found: set[str] = set()
    for layer in LAYERS:
        rules = [("**/sample/**", "ignore"), ("**.py", "python")]
        for _, _, message, _, _ in extract_from_dir(
            str(ROOT / layer), method_map=rules, keywords=KEYWORDS, options_map={}
        ):
            found |= {message} if isinstance(message, str) else set(message)
    pages = [path for layer in LAYERS for path in (ROOT / layer).rglob("*.html")]
    found |= {ast.literal_eval(t) for page in pages for t in IN_PAGES.findall(page.read_text(encoding="utf-8"))}
    found |= {inspect.getdoc(form) or "" for form in forms()}
    return {message for message in found if message}


def forms() -> list[type[BaseModel]]:
    """The forms that flows take: their docstring is their heading in Prefect, their choices are words too."""
    return [next(iter(inspect.signature(flow.fn).parameters.values())).annotation for flow in discovered().values()]


def choices() -> set[str]:
    annotations = [field.annotation for form in forms() for field in form.model_fields.values()]
    return {str(word) for annotation in annotations for word in _literals(annotation)}


def _literals(annotation: Any) -> Iterator[Any]:
    for inner in get_args(annotation):
        if isinstance(inner, str):
            yield inner
        yield from _literals(inner)


@cache
def quoted_in_pages() -> set[str]:
    pages = [path.read_text(encoding="utf-8") for layer in LAYERS for path in (ROOT / layer).rglob("*.html")]
    return {text for page in pages for pair in QUOTED.findall(page) for text in pair if text}


def words(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_is_translated() -> None:
    have = set(catalogue("ru")) | {form for pair in plural_catalogue("ru") for form in pair}
    missing = sorted(marked() - have)
    assert not missing, f"{len(missing)} texts without a Russian translation: {missing[:10]}"


def test_every_text_with_a_number_has_its_russian_forms() -> None:
    pages = [path.read_text(encoding="utf-8") for layer in LAYERS for path in (ROOT / layer).rglob("*.html")]
    found = {
        (ast.literal_eval(one), ast.literal_eval(many))
        for page in pages
        for one, many in COUNTED_IN_PAGES.findall(page)
    }
    assert len(found) > 20 and sorted(found - set(plural_catalogue("ru"))) == []


def test_no_translation_is_left_over() -> None:
    """A text that nobody says any more leaves the catalogues too."""
    said = set(catalogue("ru")) | {form for pair in plural_catalogue("ru") for form in pair}
    left = sorted(said - marked() - choices() - quoted_in_pages())
    assert not left, f"{len(left)}: {left}"


def test_a_translation_keeps_the_words_of_its_text() -> None:
    wrong = [text for text, said in catalogue("ru").items() if words(text) != words(said)]
    assert not wrong, wrong


@pytest.mark.parametrize("path", sorted(RU.glob("*.po")), ids=lambda path: path.stem)
def test_no_text_is_translated_in_two_ways(path: Path) -> None:
    """The catalogues of all subjects are one dictionary: a text stands in it once, or says the same everywhere."""
    others = {p: p for p in RU.glob("*.po") if p != path}
    mine = _texts(path)
    for other in others:
        theirs = _texts(other)
        differing = [text for text in mine.keys() & theirs.keys() if mine[text] != theirs[text]]
        assert not differing, f"{path.name} and {other.name} translate differently: {differing}"


@cache
def _texts(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        messages = [m for m in read_po(file, locale="ru") if m.id and isinstance(m.id, str)]
    doubled = [text for text, times in Counter(str(m.id) for m in messages).items() if times > 1]
    assert not doubled, f"{path.name}: {doubled}"
    return {str(m.id): str(m.string) for m in messages}


FORBIDDEN = re.compile(r"\b(клейм|лиз|токен захвата|свипер|сеттл\w*|claim|lease|sweeper|settle)\b", re.IGNORECASE)


def test_words_of_the_machine_room_never_reach_a_specialist() -> None:
    wrong = [said for said in catalogue("ru").values() if FORBIDDEN.search(said)]
    assert not wrong, wrong
