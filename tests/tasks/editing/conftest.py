"""A newsroom for whoever edits."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from models.database import connect
from models.locale import spoken
from tests.house import empty_database
from tests.tasks.editing.newsroom import Newsroom


@pytest.fixture
def newsroom(database: Engine, tmp_path: Path) -> Iterator[Newsroom]:
    with spoken("en"):
        yield Newsroom(tmp_path / "company", database)


@pytest.fixture(scope="module")
def sqlite_newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Newsroom]:
    """One for all tests that change nothing."""
    folder = tmp_path_factory.mktemp("company")
    (folder / "otdel.sqlite").write_bytes(empty_database())
    engine = connect(f"sqlite:///{folder / 'otdel.sqlite'}")
    with spoken("en"):
        yield Newsroom(folder / "company", engine)
    engine.dispose()
