"""consents.yaml: what is wrong in it is said by file, line and field, with the mend; the rest of it counts."""

from datetime import date
from pathlib import Path

import pytest

from integrations.workspace import read_workspace
from models.consent_texts import Wording, current, origin_of, wordings
from models.content import Effect, Problem
from models.customers import Purpose
from models.locale import spoken
from tests.house import settle_company
from tests.tasks.subscribing.site import CONSENTS, NEXT_VERSION

START = date(2026, 11, 21)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    settle_company(tmp_path, {})
    return tmp_path


def problems(root: Path, text: str, file: str = "consents.yaml") -> list[Problem]:
    (root / file).write_text(text)
    return [one for one in read_workspace(root, START)[1] if one.place.file == file]


def test_a_company_without_texts_has_none_and_nothing_is_wrong(root: Path) -> None:
    workspace, found = read_workspace(root, START)
    assert workspace.consents == () and not [one for one in found if one.place.file == "consents.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "said"),
    [
        ("key: personal", "key: spam", 2, "consents.spam.key", "Write one of: personal or advertising"),
        ('version: "1"', 'version: "1 of 2"', 3, "consents.personal.version", "is not a version"),
        ("valid_from: 2026-01-01", "valid_from: soon", 4, "consents.personal.valid_from", "is not a date"),
        ("valid_from: 2026-01-01", "valid_form: 2026-01-01", 4, "consents.personal.valid_form",
         "“valid_from” was meant"),
        ('{ru: "Согласие. Оператор: «Семь чашек».", en: "Consent. Operator: Seven Cups."}', "{}", 6,
         "consents.personal.text", "stands in neither language"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_the_other_text_counts(
    root: Path, old: str, new: str, line: int, field: str, said: str
) -> None:
    with spoken("en"):
        [problem] = problems(root, CONSENTS.replace(old, new, 1))
        assert (problem.place.line, problem.place.field) == (line, field) and said in str(problem)
    assert problem.effect is Effect.LEFT_OUT
    assert [one.key for one in read_workspace(root, START)[0].consents] == [Purpose.ADVERTISING]


def test_a_version_stands_once_and_the_second_is_named_with_the_line_of_the_first(root: Path) -> None:
    twice = NEXT_VERSION.replace('"2"', '"1"')
    with spoken("en"):
        [problem] = problems(root, CONSENTS + twice)
        assert problem.reason.code == "same_version" and "line 8" in str(problem) and problem.place.line == 12
    assert len(read_workspace(root, START)[0].consents) == 2


@pytest.mark.parametrize("origin", ["blog.example", "ftp://blog.example", "https://", "https://a.example/path?x=1"])
def test_an_origin_is_a_site_and_nothing_behind_it(root: Path, origin: str) -> None:
    company = (root / "company.yaml").read_text() + f"subscription: {{origins: ['{origin}']}}\n"
    assert [one.reason.code for one in problems(root, company, "company.yaml")] == ["bad_origin"]


def test_what_is_agreed_to_is_the_version_that_began_last(root: Path) -> None:
    assert problems(root, CONSENTS + NEXT_VERSION) == []
    texts = read_workspace(root, START)[0].consents
    assert current(texts, date(2025, 12, 31)) == {}
    assert current(texts, date(2026, 11, 30))[Purpose.ADVERTISING].version == "1"
    assert current(texts, date(2026, 12, 1))[Purpose.ADVERTISING].version == "2"
    assert len({one.id for one in wordings(texts)}) == 5, "the last stands in one language only"


@pytest.mark.parametrize(
    ("label", "parts"),
    [
        ("I give my [consent] to it", ("I give my ", "consent", " to it")),
        ("[All of it]", ("", "All of it", "")),
        ("No brackets", ("", "No brackets", "")),
        ("An [open one", ("", "An [open one", "")),
    ],
)
def test_what_stands_in_brackets_leads_to_the_document(label: str, parts: tuple[str, str, str]) -> None:
    wording = Wording(purpose=Purpose.PERSONAL, version="1", language="en", label=label, text="T")
    assert wording.parts == parts


def test_another_word_is_another_wording(root: Path) -> None:
    one = Wording(purpose=Purpose.PERSONAL, version="1", language="en", label="L", text="T")
    assert one.id != one.model_copy(update={"text": "T."}).id != one.model_copy(update={"label": "L."}).id


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Blog.example/a/b?c", "https://blog.example"), ("http://localhost:8080/", "http://localhost:8080"),
        ("", ""), ("javascript:alert(1)", ""), ("https:///x", ""), ("https://a@b/", ""),
    ],
)  # fmt: skip
def test_the_site_of_an_address(url: str, origin: str) -> None:
    assert origin_of(url) == origin
