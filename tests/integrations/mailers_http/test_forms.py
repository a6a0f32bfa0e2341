"""What every mailer says of itself, before it does anything."""

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from prefect.blocks.core import Block
from pydantic import BaseModel, SecretStr

from models.company import SECRET
from models.locale import catalogue
from tests.integrations.mailers_http.harness import KINDS

EVERY = pytest.mark.parametrize("mailer", [kind.mailer for kind in KINDS.values()], ids=KINDS)
ATTRIBUTES = ("name", "title", "Settings", "limits", "capabilities", "open", "find", "pull", "told", "check")


@EVERY
def test_a_mailer_is_called_as_its_file_and_has_all_of_the_port(mailer: Any) -> None:
    assert Path(inspect.getfile(mailer)).stem == mailer.name
    assert [name for name in ATTRIBUTES if not hasattr(mailer, name)] == []


@EVERY
def test_a_mailer_says_where_and_when_it_was_read_up_and_that_nobody_tried_it(mailer: Any) -> None:
    said = inspect.getmodule(mailer).__doc__ or ""  # type: ignore[union-attr]
    assert "https://" in said and "2026-11-21" in said and re.search("not tried live", said, re.IGNORECASE)


@EVERY
def test_a_form_is_complete_in_both_languages(mailer: Any) -> None:
    for name, field in mailer.Settings.model_fields.items():
        assert field.title and field.description and field.description.endswith("."), name
        assert not hasattr(Block, name) and not hasattr(BaseModel, name), name
        assert (field.annotation is SecretStr) == bool(SECRET.search(name)), name
        assert {field.title, field.description} <= catalogue("ru").keys(), name
    assert mailer.title in catalogue("ru")


@EVERY
def test_limits_and_capabilities_agree(mailer: Any) -> None:
    limits, able = mailer.limits, mailer.capabilities
    assert 1 <= able.connections <= 10
    assert limits.recipients_per_call == 1 or able.fills
    assert able.call_timeout.total_seconds() <= 60
    assert able.key_valid_for is None  # none of them takes a key against doubles
    assert "api_url" in mailer.Settings.model_fields
