"""What every channel says of itself, before it does anything."""

import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.extract import extract_from_file
from prefect.blocks.core import Block
from pydantic import BaseModel, SecretStr

import integrations.channels
from integrations.channels import discovered
from integrations.channels.base import Channel
from models.company import SECRET
from models.delivery import Verb
from models.locale import catalogue
from tests.integrations.channels.harness import HARNESSES, OverHttp

HERE = Path(integrations.channels.__file__).parent
EVERY = pytest.mark.parametrize("provider", discovered().values(), ids=discovered())


def test_every_channel_passes_the_contract_suite() -> None:
    assert discovered().keys() == HARNESSES.keys()


def test_half_a_channel_is_told_what_it_lacks() -> None:
    half = ModuleType("half")
    half.Half = type("Half", (), {"__module__": "half", "name": "half", "Settings": BaseModel})  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="title, limits, capabilities, parts"):
        list(integrations.channels._providers(half))


@EVERY
def test_a_channel_is_called_as_its_file(provider: type[Channel]) -> None:
    assert Path(inspect.getfile(provider)).stem == provider.name


@EVERY
def test_a_channel_says_where_and_when_it_was_read_up(provider: type[Channel]) -> None:
    said = inspect.getmodule(provider).__doc__ or ""
    assert ("https://" in said and "2026-" in said) or "no API" in said


@EVERY
def test_a_form_is_complete(provider: type[Channel]) -> None:
    for name, field in provider.Settings.model_fields.items():
        assert field.title and field.description and field.description.endswith("."), name
        assert not hasattr(Block, name) and not hasattr(BaseModel, name), name
        assert (field.annotation is SecretStr) == bool(SECRET.search(name)), name


@EVERY
def test_limits_agree_with_each_other(provider: type[Channel]) -> None:
    limits = provider.limits
    assert limits.pictures_min <= limits.pictures_max
    assert (limits.caption_max or 0) <= (limits.text_max or limits.caption_max or 0)


@EVERY
def test_capabilities_agree_with_each_other(provider: type[Channel]) -> None:
    able = provider.capabilities
    assert Verb.PUBLISH in able.verbs
    assert able.connections > 0 and able.reactions_per_call > 0
    for country, answer in able.advertising.items():
        assert len(country) == 2 and re.search(r"\(read \d{4}-\d\d-\d\d\)", answer.source), country


@EVERY
def test_a_channel_that_calls_an_api_names_its_address(provider: type[Channel]) -> None:
    """By this setting the house knows whether calls leave the computer."""
    assert ("api_url" in provider.Settings.model_fields) == isinstance(HARNESSES[provider.name], OverHttp)


def test_everything_a_specialist_reads_is_said_in_russian() -> None:
    said = {
        message for file in HERE.glob("*.py") for _, message, _, _ in extract_from_file("python", file, {"mark": None})
    }
    assert said - catalogue("ru").keys() == set()
