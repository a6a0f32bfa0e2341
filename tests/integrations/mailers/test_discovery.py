"""What every mailer says of itself, before it does anything."""

import inspect
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.extract import extract_from_file
from prefect.blocks.core import Block
from pydantic import BaseModel, SecretStr

import integrations.mailers
from integrations.mailers import discovered
from integrations.mailers.base import Mailer
from models.company import SECRET
from models.locale import catalogue, translate
from tests.integrations.mailers.harness import HARNESSES
from tests.integrations.mailers_http.harness import KINDS

HERE = Path(integrations.mailers.__file__).parent
EVERY = pytest.mark.parametrize("provider", discovered().values(), ids=discovered())


def test_every_mailer_passes_a_contract_suite() -> None:
    assert discovered().keys() == {*HARNESSES, *KINDS} and not HARNESSES.keys() & KINDS.keys()


def test_half_a_mailer_is_told_what_it_lacks() -> None:
    half = ModuleType("half")
    half.Half = type("Half", (), {"__module__": "half", "name": "half", "Settings": BaseModel})  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="title, limits, capabilities, open"):
        list(integrations.mailers._providers(half))


@EVERY
def test_a_mailer_is_called_as_its_file(provider: type[Mailer]) -> None:
    assert Path(inspect.getfile(provider)).stem == provider.name


@EVERY
def test_a_mailer_says_where_and_when_it_was_read_up(provider: type[Mailer]) -> None:
    said = inspect.getmodule(provider).__doc__ or ""
    assert ("https://" in said and "2026-" in said) or "no API" in said


@EVERY
def test_a_form_is_complete_in_both_languages(provider: type[Mailer]) -> None:
    said = catalogue("ru")
    assert provider.title in said and translate(provider.title)
    for name, field in provider.Settings.model_fields.items():
        assert field.title in said, name
        assert field.description in said and str(field.description).endswith("."), name
        assert not hasattr(Block, name) and not hasattr(BaseModel, name), name
        assert (field.annotation is SecretStr) == bool(SECRET.search(name)), name


@EVERY
def test_limits_and_capabilities_agree(provider: type[Mailer]) -> None:
    assert provider.capabilities.connections > 0 and provider.limits.recipients_per_call > 0
    assert provider.capabilities.call_timeout.total_seconds() > 0
    assert provider.limits.recipients_per_call == 1 or provider.capabilities.fills


def test_everything_a_specialist_reads_is_said_in_russian() -> None:
    said = {
        message for file in HERE.glob("*.py") for _, message, _, _ in extract_from_file("python", file, {"mark": None})
    }
    assert said - catalogue("ru").keys() == set()
