"""Migrating on the way up: a copy first, a newer database refused, an unreachable one explained."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from deployments import database
from deployments.refusal import Refusal
from models.database import connect
from models.migrations import HERE
from models.migrations.upgrade import newest


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'otdel.sqlite'}"


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.mark.parametrize("url", ["sqlite://", "postgresql://nobody@127.0.0.1:1/none"])
def test_what_the_database_complains_of_names_nobody(url: str) -> None:
    """A statement's values are people's words, addresses, prints of their keys; a complaint ends up in the log."""
    engine = connect(url)
    assert engine.hide_parameters
    engine.dispose()


def stamp(url: str, revision: str) -> None:
    with sqlite3.connect(database.sqlite_path(url)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()


def test_an_empty_database_is_laid_out_without_a_copy(url: str, tmp_path: Path, told: list[str]) -> None:
    assert database.migrate(url, tmp_path / "backups", told.append) == newest()
    assert not (tmp_path / "backups").exists()
    assert database.migrate(url, tmp_path / "backups", told.append) == newest()
    assert len(told) == 1


def test_a_database_with_content_is_copied_before_it_is_changed(url: str, tmp_path: Path, told: list[str]) -> None:
    with sqlite3.connect(database.sqlite_path(url)) as connection:
        connection.execute("CREATE TABLE former (word TEXT)")
        connection.execute("INSERT INTO former VALUES ('kept')")
    connection.close()
    database.migrate(url, tmp_path / "backups", told.append)
    (copy,) = (tmp_path / "backups").iterdir()
    assert copy.stat().st_mode & 0o077 == 0
    assert str(copy) in told[0]
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT * FROM former").fetchall() == [("kept",)]
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone() == (1,)
    connection.close()


def test_a_database_newer_than_the_code_is_refused_and_untouched(url: str, tmp_path: Path, told: list[str]) -> None:
    database.migrate(url, tmp_path / "backups", told.append)
    stamp(url, "9999")
    with pytest.raises(Refusal) as refused:
        database.migrate(url, tmp_path / "backups", told.append)
    assert "9999" in str(refused.value.what)
    assert "otdel restore" in str(refused.value.mend)
    assert not (tmp_path / "backups").exists()


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.sqlite", "postgresql://127.0.0.1:9/otdel"])
def test_a_database_that_does_not_open_is_explained(url: str, tmp_path: Path, told: list[str]) -> None:
    with pytest.raises(Refusal) as refused:
        database.migrate(url, tmp_path / "backups", told.append)
    assert "OTDEL_DATABASE_URL" in str(refused.value.mend)


def test_a_copy_of_a_living_database_has_what_was_committed_and_no_more(url: str, tmp_path: Path) -> None:
    path = database.sqlite_path(url)
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("CREATE TABLE row (id INTEGER)")
    writer.execute("INSERT INTO row VALUES (1)")
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO row VALUES (2)")
    copy = database.copy_database(url, tmp_path / "copies" / "copy.sqlite")
    writer.execute("ROLLBACK")
    writer.close()
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT id FROM row").fetchall() == [(1,)]
    connection.close()
    assert [p.name for p in copy.parent.iterdir()] == ["copy.sqlite"]


def test_postgresql_is_dumped_or_the_operator_told_how(
    fresh_postgresql: str, postgresql_programs: Path, tmp_path: Path, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = connect(fresh_postgresql)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE former (word TEXT)"))
    engine.dispose()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refusal) as refused:
        database.migrate(fresh_postgresql, tmp_path / "backups", told.append)
    assert "pg_dump --format=custom" in str(refused.value.mend)
    monkeypatch.setenv("PATH", str(postgresql_programs))
    database.migrate(fresh_postgresql, tmp_path / "backups", told.append)
    (dump,) = (tmp_path / "backups").glob("*.dump")
    assert dump.read_bytes().startswith(b"PGDMP")


def test_a_migration_that_fails_says_so_and_changes_nothing(url: str, tmp_path: Path, told: list[str]) -> None:
    history = tmp_path / "history"
    shutil.copytree(HERE, history)
    database.migrate(url, tmp_path / "backups", told.append, scripts=history)
    (history / "versions" / "0999_broken.py").write_text(
        f"from alembic import op\nrevision, down_revision = '0999', {newest()!r}\n"
        "def upgrade():\n    op.execute('SELECT nonsense')\n"
    )
    with pytest.raises(Refusal) as refused:
        database.migrate(url, tmp_path / "backups", told.append, scripts=history)
    assert "nonsense" in str(refused.value.what)
    assert len(list((tmp_path / "backups").iterdir())) == 1
    assert database.migrate(url, tmp_path / "backups", told.append) == newest()


@pytest.mark.parametrize("address", ["nonsense", "mysql+nothing://x/y"])
def test_an_address_that_is_no_databases_is_explained(address: str, tmp_path: Path, told: list[str]) -> None:
    with pytest.raises(Refusal) as refused:
        database.migrate(address, tmp_path / "backups", told.append)
    assert "OTDEL_DATABASE_URL" in str(refused.value.mend)


def test_a_password_stands_in_no_command_line() -> None:
    address, secret = database.for_tools("postgresql+psycopg://otdel:s%40cret@db:5433/otdel?sslmode=require")
    assert address == "postgresql://otdel@db:5433/otdel?sslmode=require"
    assert secret == {"PGPASSWORD": "s@cret"}
    assert database.for_tools("postgresql://otdel@/otdel?host=/tmp")[1] == {}


def test_an_operator_who_made_the_copy_is_believed(url: str, tmp_path: Path, told: list[str]) -> None:
    with sqlite3.connect(database.sqlite_path(url)) as connection:
        connection.execute("CREATE TABLE former (word TEXT)")
    connection.close()
    database.migrate(url, tmp_path / "backups", told.append, copy_made=True, scripts=HERE)
    assert not (tmp_path / "backups").exists()
