"""Everything a person reads on the pages is said in Russian, and says the same."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

import integrations.web
from deployments.settings import CODE_ROOT
from models import desk
from models.locale import HERE, catalogue, plural_catalogue

WEB = Path(integrations.web.__file__).parent
SAID_IN = (
    *WEB.rglob("*.py"), *(CODE_ROOT / "tasks" / "desk").glob("*.py"), *(CODE_ROOT / "tasks" / "people").glob("*.py"),
    *(CODE_ROOT / "deployments").glob("*_verbs.py"), CODE_ROOT / "deployments" / "web.py",
    CODE_ROOT / "models" / "people.py", Path(desk.__file__),
)  # fmt: skip
SAID = re.compile(r"""\b_\((?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
COUNTED = re.compile(r'\bplural\("([^"]*)", "([^"]*)"')
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def templates() -> Iterator[str]:
    return (path.read_text(encoding="utf-8") for path in WEB.glob("templates/*.html"))


@cache
def said() -> set[str]:
    in_templates = {one or other for text in templates() for one, other in SAID.findall(text)}
    in_code = {message for path in SAID_IN for _, message, _, _ in extract_from_file("python", path, {"mark": None})}
    return in_templates | {message for message in in_code if isinstance(message, str)}


def test_everything_is_said_in_russian() -> None:
    assert len(said()) > 200
    assert said() - catalogue("ru").keys() == set()


def test_everything_that_is_counted_has_its_russian_forms() -> None:
    counted = {pair for text in templates() for pair in COUNTED.findall(text)}
    assert counted and counted <= plural_catalogue("ru").keys()


def test_a_translation_names_the_same_things() -> None:
    russian = catalogue("ru")
    differ = {m for m in said() if set(PLACEHOLDER.findall(m)) != set(PLACEHOLDER.findall(russian[m]))}
    assert differ == set()


def test_nothing_is_translated_in_two_ways() -> None:
    found: dict[str, set[str]] = {}
    for path in (HERE / "ru").glob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="ru"):
                if isinstance(message.id, str) and message.id and message.id in said():
                    found.setdefault(message.id, set()).add(str(message.string))
    assert {words: ways for words, ways in found.items() if len(ways) > 1} == {}


def test_no_word_of_ours_is_translated_and_not_said() -> None:
    with (HERE / "ru" / "web.po").open("rb") as file:
        ours = {message.id for message in read_po(file, locale="ru") if isinstance(message.id, str) and message.id}
    channels = {
        message for _, message, _, _ in extract_from_file("python", WEB.parent / "channels" / "site.py", {"mark": None})
    }
    assert ours - said() - channels == set()
