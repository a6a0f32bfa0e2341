"""A newsroom for whoever edits."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.locale import spoken
from tests.tasks.editing.newsroom import Newsroom


@pytest.fixture
def newsroom(database: Engine, tmp_path: Path) -> Iterator[Newsroom]:
    with spoken("en"):
        yield Newsroom(tmp_path / "company", database)
