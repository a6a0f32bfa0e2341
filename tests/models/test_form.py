"""Forms: strict, in the reader's language when their schema is made, and their choices read back from any."""

from typing import Annotated, Literal

import pytest
from pydantic import Field, ValidationError

from models.form import Form, InWords
from models.locale import mark, spoken
from models.orders import Order, RepeatedOrder, TimedOrder


class Sample(Form):
    """What to stop: nothing of it goes out until a person releases the Stop."""

    scope: Annotated[Literal["all", "channel"], InWords()] = Field(title=mark("What to stop"), description="All.")
    name: str = Field(default="", title=mark("Channel"))
    kind: Annotated[Literal["week", "month"], InWords()] = "month"


@pytest.mark.parametrize(("language", "words"), [("ru", ["всё", "канал"]), ("en", ["all", "channel"])])
def test_one_class_makes_a_schema_in_each_language(language: str, words: list[str]) -> None:
    with spoken(language):
        made = Sample.model_json_schema()
    assert made["properties"]["scope"]["enum"] == words
    assert made["description"].startswith({"ru": "Что остановить", "en": "What to stop"}[language])
    assert [field["position"] for field in made["properties"].values()] == [0, 1, 2]


@pytest.mark.parametrize(("language", "word"), [("ru", "месяц"), ("en", "month")])
def test_the_choice_that_holds_by_itself_is_one_of_those_offered(language: str, word: str) -> None:
    with spoken(language):
        kind = Sample.model_json_schema()["properties"]["kind"]
        assert (kind["default"], word in kind["enum"]) == (word, True)
        assert Sample(scope="all").model_dump(mode="json")["kind"] == word
    assert Sample(scope="all").kind == "month"


@pytest.mark.parametrize("said", ["channel", "канал"])
def test_a_choice_is_read_from_any_language(said: str) -> None:
    assert Sample(scope=said).scope == "channel"  # type: ignore[arg-type]


@pytest.mark.parametrize("said", [{"scope": "канал!"}, {"scope": "all", "scoop": 1}, {"scope": 1}, {}])
def test_what_the_form_does_not_know_is_refused(said: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Sample.model_validate(said)


@pytest.mark.parametrize("order", [Order, RepeatedOrder, TimedOrder])
def test_a_signature_comes_last_in_every_order(order: type[Form]) -> None:
    fields = order.model_json_schema()["properties"]
    assert sorted(fields, key=lambda name: fields[name]["position"])[-2:] == ["person", "reason"]
