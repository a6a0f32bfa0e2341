"""What every channel says of itself, before it does anything."""

import inspect
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from prefect.blocks.core import Block
from pydantic import BaseModel, SecretStr

import integrations.channels
from integrations.channels import discovered
from integrations.channels.base import Channel
from integrations.wire import client
from models.delivery import Verb
from models.locale import catalogue
from models.post import Post
from tests.integrations.channels.harness import HARNESSES

HERE = Path(integrations.channels.__file__).parent
EVERY = pytest.mark.parametrize("provider", discovered().values(), ids=discovered())
SECRETS = {"telegram": {"token"}, "vk": {"token"}, "folder": set(), "site": set()}


def test_every_channel_passes_the_contract_suite() -> None:
    assert discovered().keys() == HARNESSES.keys()


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
        assert (field.annotation is SecretStr) == (name in SECRETS.get(provider.name, {name})), name


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
        assert len(country) == 2 and answer.source, country


@EVERY
def test_making_a_channel_calls_nobody(provider: type[Channel]) -> None:
    needed = {"token": "x", "chat": "@x", "group_id": 1, "path": "/nowhere/x"}
    fields = {name: needed[name] for name, field in provider.Settings.model_fields.items() if field.is_required()}
    with client() as http:
        assert provider(provider.Settings(**fields), http, lambda picture: b"").parts(Verb.PUBLISH, Post(text="чай"))


def test_everything_a_specialist_reads_is_said_in_russian() -> None:
    said = {
        message for file in HERE.glob("*.py") for _, message, _, _ in extract_from_file("python", file, {"mark": None})
    }
    assert said - catalogue("ru").keys() == set()
