from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.content import Effect, Known, PictureSource, PieceSource, Problem
from models.locale import spoken
from tasks.content.pieces import read_piece
from tests.tasks.content.plans import KNOWN, TODAY

WHOLE = """---
title: Чай на завтрак
description: Коротко о чае
pictures:
  - {file: cup.jpg, alt: "Чашка: белая"}
channels: [site, Телеграм]
group: Знатоки чая
campaign: winter
goal: reach
author: Ольга Ветрова
products: [T101]
tags: [чай, завтрак]
offer_until: +5
source: https://x.test/1
licence: CC BY 4.0
text_for:
  vk: |
    Коротко.
    И ясно.
---

# Чай на завтрак

Заварите **две** минуты.
"""


def read(text: str | bytes, known: Known = KNOWN) -> tuple[PieceSource | None, list[Problem]]:
    data = text if isinstance(text, bytes) else text.encode()
    found = read_piece(data, "tea.md", known, TODAY)
    return next(iter(found.items), None), list(found.problems)


def test_a_piece_is_read_whole_and_its_names_become_keys() -> None:
    piece, problems = read(WHOLE)
    assert problems == []
    assert piece == PieceSource(
        file="tea.md",
        title="Чай на завтрак",
        text="# Чай на завтрак\n\nЗаварите **две** минуты.",
        description="Коротко о чае",
        pictures=(PictureSource(file="cup.jpg", alt="Чашка: белая"),),
        channels=("site", "tg"),
        group="tea",
        campaign="winter",
        goal="reach",
        author="olga",
        products=("T101",),
        tags=("чай", "завтрак"),
        offer_until=date(2026, 11, 26),
        source="https://x.test/1",
        licence="CC BY 4.0",
        text_for={"vk": "Коротко.\nИ ясно.\n"},
    )


@pytest.mark.parametrize(
    ("field", "line", "code", "where"),
    [
        pytest.param("titel: Чай", 2, "extra", "titel", id="a slip in a field's name"),
        pytest.param("channels: [site, tgg]", 2, "unknown_channels", "channels.2", id="an unknown channel"),
        pytest.param(
            "text_for: {fb: Привет}", 2, "unknown_channels", "text_for.fb", id="a text for an unknown channel"
        ),
        pytest.param("pictures:\n  - file: cap.jpg", 3, "unknown_pictures", "pictures.1.file", id="a missing picture"),
        pytest.param("pictures:\n  - {fil: cup.jpg}", 3, "extra", "pictures.1.fil", id="a slip within a list"),
        pytest.param("products: [T999]", 2, "unknown_products", "products.1", id="an unknown product"),
        pytest.param("group: чай", 2, "unknown_groups", "group", id="an unknown group"),
        pytest.param("author: Оля", 2, "unknown_people", "author", id="an unknown author"),
        pytest.param("offer_until: скоро", 2, "bad_day", "offer_until", id="no date"),
        pytest.param("channels: site", 2, "tuple_type", "channels", id="one for many"),
        pytest.param("tags: [чай, чай: да]", 2, "string_type", "tags.2", id="a colon without quotes"),
        pytest.param("goal: x\ngoal: y", 3, "twice", "goal", id="a field twice"),
        pytest.param("description: &a x", 2, "alias", "", id="an anchor"),
        pytest.param("description: *a", 2, "alias", "", id="a reference to nothing"),
        pytest.param("description: !!python/object:os.system x", 2, "tagged", "", id="a tag that runs"),
        pytest.param('description: "x', 2, "bad_yaml", "", id="an open quote"),
        pytest.param("goal:\tx", 2, "bad_yaml", "", id="a tab before a value"),
        pytest.param("\tgoal: x", 2, "bad_yaml", "", id="a tab before a field"),
    ],
)
def test_what_is_wrong_names_line_and_field_and_leaves_the_piece_out(
    field: str, line: int, code: str, where: str
) -> None:
    piece, problems = read(f"---\n{field}\ntitle: Чай\n---\nТекст")
    assert piece is None
    (first,) = problems
    assert (first.reason.code, first.place.field, first.effect) == (code, where, Effect.LEFT_OUT)
    assert first.place.line == line
    with spoken("ru"):
        assert str(first).startswith(f"tea.md, строка {line}" + (f", поле «{where}»: " if where else ": "))


def test_the_nearest_field_is_suggested() -> None:
    _, (problem,) = read("---\ntitle: Чай\nchanels: [site]\n---\nТекст")
    assert problem.reason.words["nearest"] == "channels"


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        pytest.param("# Чай\n\nТекст", "Чай", "# Чай\n\nТекст", id="no fields at all"),
        pytest.param("---\n---\n# Чай #\nТекст", "Чай", "# Чай #\nТекст", id="empty fields"),
        pytest.param("\n\n---\ntitle: Чай\n---\nТекст\n---\nещё", "Чай", "Текст\n---\nещё", id="a line in the text"),
        pytest.param("\ufeff---\r\ntitle: Чай\r\n---\r\nТекст\r\n", "Чай", "Текст", id="as Windows writes it"),
        pytest.param(
            "---\ntitle: 2026\ngoal:\n---\nТекст", "2026", "Текст", id="a number is a text, nothing is nothing"
        ),
    ],
)
def test_a_title_is_its_field_or_the_first_heading(text: str, title: str, body: str) -> None:
    piece, problems = read(text)
    assert piece is not None, problems
    assert (piece.title, piece.text) == (title, body)


def test_windows_1251_is_read_too() -> None:
    piece, problems = read("---\ntitle: Чай\n---\nТекст".encode("cp1251"))
    assert piece is not None, problems
    assert piece.title == "Чай"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("просто текст", "no_title", id="no title"),
        pytest.param("---\ntitle: Чай\nТекст", "unclosed", id="fields without an end"),
        pytest.param("---\ntitle: Чай\n---\n", "nothing_said", id="no text"),
        pytest.param("", "no_title", id="nothing"),
        pytest.param("---\n- раз\n---\nТекст", "no_fields", id="a list for fields"),
        pytest.param("---\n" + "[" * 10 + "\n---\nТекст", "bad_yaml", id="brackets without an end"),
        pytest.param("---\n" + "[" * 500 + "\n---\nТекст", "too_deep", id="too many brackets without an end"),
        pytest.param("---\na: " + "[" * 60 + "]" * 60 + "\n---\nТекст", "too_deep", id="too deep"),
        pytest.param("---\na: " + "[" * 3000 + "]" * 3000 + "\n---\nТекст", "too_deep", id="far too deep"),
    ],
)
def test_what_is_no_piece_says_what_is_missing(text: str, code: str) -> None:
    piece, problems = read(text)
    assert piece is None
    assert problems[0].reason.code == code


def test_a_piece_may_speak_only_by_its_texts_for_channels() -> None:
    piece, _ = read("---\ntitle: Чай\ntext_for: {vk: Привет}\n---\n")
    assert piece is not None


def test_what_is_not_known_at_all_is_not_checked() -> None:
    piece, problems = read("---\ntitle: Чай\npictures: [{file: x.jpg}]\ngoal: any\n---\nТекст", Known())
    assert piece is not None, problems


def test_the_print_of_a_piece_is_of_its_content_only() -> None:
    piece, _ = read(WHOLE)
    assert piece is not None
    assert piece.model_copy(update={"file": "other.md"}).content_hash() == piece.content_hash()
    assert piece.model_copy(update={"text": "иначе"}).content_hash() != piece.content_hash()


@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: f"---\n{text}\n---\nx".encode())))
def test_no_bytes_are_more_than_a_piece_or_a_sentence(data: bytes) -> None:
    piece, problems = read(data)
    assert (piece is None) == bool(problems)
    assert all(str(problem) for problem in problems)
