"""A company with its publications, for whoever decides."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.locale import spoken
from tests.tasks.orders.company import Company


@pytest.fixture
def company(database: Engine, tmp_path: Path) -> Iterator[Company]:
    with spoken("en"):
        yield Company(tmp_path / "company", database)
