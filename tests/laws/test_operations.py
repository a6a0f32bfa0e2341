"""Every operation has exactly one flow, deployment and row in each README; forms are complete in both languages."""

import inspect
import re
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from deployments.catalogue import CATALOGUE, Entry
from flows import discovered
from models.form import Form, offering
from models.locale import LANGUAGES, spoken
from models.operations import OPERATIONS
from tests.laws.source import ROOT

FLOWS = discovered()
FILES = {path.stem: path for path in (ROOT / "flows").glob("*/*.py") if re.match(r"[abcm]\d\d_", path.stem)}


def file_of(code: str) -> list[str]:
    return [stem for stem in FILES if stem.startswith(f"{code[0].lower()}{int(code[1:]):02d}_")]


@pytest.mark.parametrize("code", OPERATIONS)
def test_an_operation_has_exactly_one_flow(code: str) -> None:
    assert len(file_of(code)) == 1
    named = [flow for flow in FLOWS.values() if flow.name.startswith(f"{code} ")]
    assert len(named) == 1, code


@pytest.mark.parametrize("code", OPERATIONS)
def test_an_operation_is_found_by_its_tag(code: str) -> None:
    assert len([entry for entry in CATALOGUE if code in entry.tags]) == 1


@pytest.mark.parametrize("code", OPERATIONS)
@pytest.mark.parametrize("readme", ["README.md", "README.ru.md"])
def test_an_operation_has_a_row_in_the_readme(code: str, readme: str) -> None:
    [stem] = file_of(code)
    rows = [line for line in (ROOT / readme).read_text(encoding="utf-8").splitlines() if line.startswith(f"| {code} |")]
    assert len(rows) == 1
    assert f"`{FILES[stem].relative_to(ROOT)}`" in rows[0]


def test_every_flow_is_deployed_and_every_deployment_has_a_flow() -> None:
    assert {entry.flow for entry in CATALOGUE} == set(FLOWS)


def test_no_two_deployments_share_a_tag_or_a_name() -> None:
    for language in LANGUAGES:
        with spoken(language):
            names = [entry.name for entry in CATALOGUE]
        assert len(names) == len(set(names))
    tags = [tag for entry in CATALOGUE for tag in entry.tags]
    assert len(tags) == len(set(tags))


def form_of(flow: Any) -> type[BaseModel]:
    [parameter] = inspect.signature(flow.fn).parameters.values()
    annotation = parameter.annotation
    assert isinstance(annotation, type)
    assert issubclass(annotation, Form), f"{flow.name} does not take a form"
    return annotation


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_takes_one_form_that_prefect_can_show(name: str) -> None:
    """No `X | None` and no Decimal: Prefect draws them as a toggle nobody understands."""
    schema = form_of(FLOWS[name]).model_json_schema()
    for field, said in schema.get("properties", {}).items():
        assert "anyOf" not in said, f"{name}.{field}"


@pytest.mark.parametrize("name", FLOWS)
def test_whoever_orders_is_chosen_from_the_people_there_are(name: str) -> None:
    with offering({"people": ["Olga"]}):
        properties = form_of(FLOWS[name]).model_json_schema().get("properties", {})
    assert "anyOf" in properties.get("person", {"anyOf": []})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FLOWS)
def test_a_form_is_complete_in_the_readers_language(name: str, language: str) -> None:
    with spoken(language):
        properties = form_of(FLOWS[name]).model_json_schema().get("properties", {})
    for field, said in properties.items():
        assert said.get("title"), f"{name}.{field} has no title"
        assert said.get("description", "").endswith("."), f"{name}.{field}: the description does not end in a full stop"
        if language == "ru":
            assert re.search("[а-яё]", said["title"], re.IGNORECASE), f"{name}.{field}: {said['title']}"
            assert re.search("[а-яё]", said["description"], re.IGNORECASE), f"{name}.{field}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FLOWS)
def test_every_choice_is_offered_in_the_readers_language(name: str, language: str) -> None:
    """Prefect shows the values themselves: an untranslated choice, or a default that is none of them, is English."""
    form = form_of(FLOWS[name])
    with spoken(language):
        properties = form.model_json_schema().get("properties", {})
    for field, said in properties.items():
        assert "const" not in said, f"{name}.{field} has one choice only"
        for choice in said.get("enum", ()):
            assert re.search("[а-яё]" if language == "ru" else "[a-z]", choice), f"{name}.{field}: {choice}"
            assert TypeAdapter(form.model_fields[field].rebuild_annotation()).validate_python(choice) is not None
        if "enum" in said:
            assert said.get("default", said["enum"][0]) in said["enum"], f"{name}.{field}: {said['default']}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.tags[0])
def test_what_a_deployment_is_filled_in_with_is_what_its_form_offers(entry: Entry, language: str) -> None:
    with spoken(language):
        offered = form_of(FLOWS[entry.flow]).model_json_schema().get("properties", {})
        given = entry.parameters.get("form", {})
    assert all(value in offered[field].get("enum", [value]) for field, value in given.items())
    assert form_of(FLOWS[entry.flow]).model_validate(given) if given else True


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_is_short(name: str) -> None:
    """A flow is 10–40 lines, one verb a line, and asynchronous: a synchronous one costs a second."""
    flow = FLOWS[name]
    assert inspect.iscoroutinefunction(flow.fn), name
    assert len(inspect.getsource(flow.fn).splitlines()) <= 45, name
