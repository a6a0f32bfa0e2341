"""Bringing a database to the newest revision, each revision in a transaction that a kill undoes."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event, inspect, text

from models.database import connect, only_looking
from models.migrations import HERE

ADVISORY_LOCK = 0x07DE1


def configuration(connection: Connection | None = None, scripts: Path = HERE) -> Config:
    """Alembic's configuration in code; `scripts` is another history in tests."""
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def connect_for_migration(url: str) -> Engine:
    """Open the database for a migration: SQLite must not follow foreign keys while a table is being replaced."""
    engine = connect(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA foreign_keys=OFF"))
    return engine


def newest(scripts: Path = HERE) -> str:
    """The revision that this code works with; empty when there is none yet."""
    return ScriptDirectory.from_config(configuration(scripts=scripts)).get_current_head() or ""


def is_known(revision: str, scripts: Path = HERE) -> bool:
    directory = ScriptDirectory.from_config(configuration(scripts=scripts))
    return any(script.revision == revision for script in directory.walk_revisions())


def present(engine: Engine) -> str:
    """The revision that the database stands at; empty before the first."""
    with only_looking(engine).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def is_empty(engine: Engine) -> bool:
    """Whether there is nothing in the database that a migration could harm."""
    return not inspect(only_looking(engine)).get_table_names()


def upgrade(engine: Engine, scripts: Path = HERE) -> None:
    """Run every missing revision, one after another, each whole or not at all."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # held until the connection closes: one migration at a time
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
            connection.commit()
        command.upgrade(configuration(connection, scripts), "head")
        connection.commit()
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": ADVISORY_LOCK})
            connection.commit()
