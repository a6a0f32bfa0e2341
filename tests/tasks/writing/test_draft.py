"""Drafts by templates: every purpose, both languages, and nothing a template may do besides."""

from datetime import date
from typing import get_args

import pytest

from models.brief import Brief, Purpose
from models.post import Product
from tasks.adaptation.markdown import read
from tasks.writing.brief import gaps
from tasks.writing.draft import BadTemplate, composed, draft
from tasks.writing.templates import TEMPLATES

TODAY = date(2026, 11, 21)
TEA = Product(id="T1", name="Чай [№1] *Сенча*", price=45050, currency="RUB", url="https://7cups.ru/t1")
CUP = Product(id="P1", name="Чашка «Терракота», 250 мл", price=89000, currency="RUB", available=False)
FULL = Brief(
    purpose="offer",
    title="Неделя сенчи",
    products=(TEA, CUP),
    offer="Скидка на вторую пачку",
    facts=("Свежий сбор", "Привезли вчера!"),
    steps=("Вскипятите воду", "Подождите"),
    place="Казань, ул. Примерная, 21",
    starts="в субботу, в 16:00",
    call_to_action="Заходите",
    link="https://7cups.ru/sale",
    deadline=date(2026, 12, 24),
)


@pytest.mark.parametrize("purpose", get_args(Purpose))
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_purpose_has_several_templates_that_say_all_of_the_brief(purpose: Purpose, language: str) -> None:
    brief = FULL.model_copy(update={"purpose": purpose, "language": language})
    assert len(TEMPLATES[language][purpose]) >= 2
    for variant in range(len(TEMPLATES[language][purpose])):
        done = draft(brief, variant)
        said = read(done.text).marked.text
        assert done.title == "Неделя сенчи"
        assert all(word in said for word in ("Чай [№1] *Сенча*", "Свежий сбор.", "Заходите."))
        assert "\n\n\n" not in done.text
        assert "{" not in done.text
        assert [reason.code for reason in done.mismatches] == ["sold_out"]


def test_an_offer_reads_as_a_person_would_write_it() -> None:
    done = draft(FULL)
    assert done.text.replace("\u00a0", " ") == (
        "Скидка на вторую пачку.\n\n"
        "- **[Чай \\[№1\\] \\*Сенча\\*](https://7cups.ru/t1)** — 450,50 ₽\n"
        "- **Чашка «Терракота», 250 мл** — 890 ₽ (нет в наличии)\n\n"
        "Свежий сбор. Привезли вчера!\n\n"
        "Предложение действует до 24 декабря включительно.\n\n"
        "Заходите. [Подробнее](https://7cups.ru/sale)"
    )
    assert done.description == "Скидка на вторую пачку."


def test_what_the_brief_does_not_say_leaves_no_hole() -> None:
    done = draft(Brief(purpose="news", facts=("Открылись в Казани",), call_to_action="Заходите", language="en"))
    assert (done.title, done.text) == ("Открылись в Казани", "Открылись в Казани.\n\nЗаходите.")


def test_a_company_may_have_its_own_template() -> None:
    done = draft(
        FULL,
        template="# {{ title | upper }}\n{% for p in products %}\n{{ p.name | plain }}: {{ p | price }}\n{% endfor %}",
    )
    assert done.title == "НЕДЕЛЯ СЕНЧИ"
    assert done.text.endswith("890\u00a0₽")


@pytest.mark.parametrize(
    ("template", "words"),
    [
        pytest.param("{{ tilte }}", "tilte", id="a name it does not know"),
        pytest.param("\n\n{% for %}", "line 3", id="syntax, with its line"),
        pytest.param("{{ title.__class__.__mro__ }}", "unsafe", id="a way out of the sandbox"),
        pytest.param("{{ products[9].name }}", "element 9", id="a product that is not there"),
        pytest.param("{{ deadline | price }}", "price", id="a filter on the wrong thing"),
        pytest.param("{{ 1 / 0 }}", "zero", id="arithmetic"),
    ],
)
def test_a_wrong_template_is_refused_with_its_reason(template: str, words: str) -> None:
    with pytest.raises(BadTemplate) as refused:
        draft(FULL, template=template)
    assert words in str(refused.value.reason)


def test_whoever_wrote_it_the_facts_are_checked() -> None:
    done = composed("# Сенча\n\nЧай №1 Сенча — 400 ₽.", FULL)
    assert [reason.code for reason in done.mismatches] == ["price", "not_named"]


@pytest.mark.parametrize(
    ("brief", "problems", "notes"),
    [
        pytest.param(FULL, 0, 1, id="complete, one product sold out"),
        pytest.param(Brief(purpose="offer"), 2, 2, id="an offer of nothing"),
        pytest.param(Brief(purpose="event", title="Дегустация"), 2, 1, id="an event nowhere and never"),
        pytest.param(Brief(purpose="recipe", title="Чай"), 1, 1, id="a recipe without steps"),
        pytest.param(Brief(purpose="story", title="Чай", call_to_action="Читайте"), 1, 0, id="a story without facts"),
        pytest.param(FULL.model_copy(update={"deadline": date(2026, 11, 20)}), 1, 1, id="a deadline that has passed"),
        pytest.param(FULL.model_copy(update={"deadline": TODAY}), 0, 1, id="the last day is in time"),
    ],
)
def test_a_brief_is_told_what_it_lacks(brief: Brief, problems: int, notes: int) -> None:
    found = gaps(brief, TODAY)
    assert sum(note.is_problem for note in found) == problems
    assert len(found) - problems == notes
