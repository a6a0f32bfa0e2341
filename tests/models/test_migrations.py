"""The history of our tables: it ends at what the models say, on both databases; a kill undoes what it broke off."""

import shutil
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Engine, MetaData, create_engine, select, text
from sqlalchemy.orm import Session
from sqlmodel import col

from deployments.settings import CODE_ROOT
from models.approval import Asking, Request
from models.content import fingerprint
from models.delivery import Delivery
from models.migrations import HERE
from models.migrations.upgrade import connect_for_migration, is_empty, is_known, newest, present, upgrade
from models.people import Person
from models.piece import OccasionRow, Piece, PieceVersion, PlanLoad
from models.reaction import Comment, Notice
from models.tables import METADATA

FIRST = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "0001", None, None, None
def upgrade():
    op.create_table("shop", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String))
    op.create_table("till", sa.Column("id", sa.Integer, primary_key=True),
                    sa.Column("shop_id", sa.Integer, sa.ForeignKey("shop.id", name="fk_shop", ondelete="CASCADE")))
    op.execute("INSERT INTO shop VALUES (1, 'Moscow')")
    op.execute("INSERT INTO till VALUES (1, 1)")
"""
SECOND = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "0002", "0001", None, None
def upgrade():
    recreate = "always" if op.get_bind().dialect.name == "sqlite" else "auto"
    with op.batch_alter_table("shop", recreate=recreate) as table:
        table.add_column(sa.Column("zone", sa.String, nullable=False, server_default="UTC"))
    op.execute("UPDATE shop SET name = 'renamed'")
    {middle}
    op.create_table("half", sa.Column("id", sa.Integer, primary_key=True))
"""
LONG_AGO = datetime(2026, 10, 1, 9, tzinfo=UTC)
TEXT = "Чай «Зимний»\n“tea”"
PLAN = {"on": "2026-10-02", "at": "10:00"}
FORMER: tuple[tuple[str, dict[str, Any]], ...] = (
    ("piece", {"plan": PLAN, "number": "7"}),
    ("piece_version", {"content": {"title": "Чай", "body": TEXT}}),
    ("piece_version", {"id": 2, "ordinal": 2, "content": {"title": "Чай"}}),
    ("delivery", {"state": "sent"}),
    ("plan_load", {"difference": {"changes": [{"kind": "new"}, {"kind": "new"}, {"kind": "gone"}]}, "problems": [{}]}),
    ("approval_request", {}), ("comment", {}), ("notice", {}), ("occasion", {}), ("person", {}),
)  # fmt: skip
SLOW = "print('in the middle', flush=True); import time; time.sleep(60)"
DANGLING = "op.execute('DELETE FROM shop')"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'history.sqlite'}"
        return
    url = str(request.getfixturevalue("postgresql_url"))
    admin = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS history"))
        connection.execute(text("CREATE DATABASE history"))
    yield url.replace("/postgres?", "/history?")
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE history WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def engine(empty_url: str) -> Iterator[Engine]:
    engine = connect_for_migration(empty_url)
    yield engine
    engine.dispose()


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A history of our own with one revision."""
    folder = tmp_path / "history"
    (folder / "versions").mkdir(parents=True)
    shutil.copy(HERE / "env.py", folder)
    shutil.copy(HERE / "script.py.mako", folder)
    (folder / "versions" / "0001_first.py").write_text(FIRST)
    return folder


def some(column: Column[Any]) -> Any:
    """A value that the column can hold."""
    filled = {"INTEGER": 1, "BOOLEAN": False, "JSON": {}, "DATETIME": LONG_AGO, "TIMESTAMP": LONG_AGO}
    kind = str(column.type).split("(")[0].split(" ")[0]
    return filled.get(kind, f"some {column.name}")


def fill_as_before_the_desk(engine: Engine, folder: Path) -> None:
    """Leave the database as the code before the desk left it, with a row of every table that has got a column."""
    shutil.copytree(HERE, folder, ignore=lambda where, names: [name for name in names if "0002" <= name[:4] <= "9999"])
    upgrade(engine, folder)
    tables = MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        for name, said in FORMER:
            table = tables.tables[name]
            row = {column.name: some(column) for column in table.c if not column.nullable}
            connection.execute(table.insert(), row | said)


def add_second(history: Path, middle: str) -> None:
    (history / "versions" / "0002_second.py").write_text(SECOND.format(middle=middle))


def triggers_of(engine: Engine) -> set[tuple[str, str]]:
    query = (
        "SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
        if engine.dialect.name == "sqlite"
        else "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    )
    with engine.connect() as connection:
        return {(row[0], row[1]) for row in connection.execute(text(query))}


def test_a_migrated_database_is_what_the_models_say(engine: Engine) -> None:
    upgrade(engine)
    with engine.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an index by an expression cannot be compared, and alembic says so
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    assert present(engine) == newest()


def test_a_migrated_database_has_the_triggers_of_the_models(engine: Engine) -> None:
    METADATA.create_all(engine)
    said = triggers_of(engine)
    METADATA.drop_all(engine)
    upgrade(engine)
    assert said
    assert triggers_of(engine) == said


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    assert is_empty(engine)
    upgrade(engine)
    upgrade(engine)
    assert not is_empty(engine)


def test_revisions_are_one_line_of_history() -> None:
    names = sorted(path.name for path in (HERE / "versions").glob("[0-9]*.py"))
    assert [name[:4] for name in names] == [f"{number:04d}" for number in range(1, len(names) + 1)]
    assert newest() == names[-1][:4]
    assert is_known(newest())
    assert not is_known("9999")


def test_a_database_of_before_the_desk_is_read_as_it_was(engine: Engine, tmp_path: Path) -> None:
    fill_as_before_the_desk(engine, tmp_path / "former")
    upgrade(engine)
    with Session(engine) as session:
        first, second = session.execute(select(PieceVersion).order_by(col(PieceVersion.id))).scalars()
        assert (first.body_hash, second.body_hash) == (fingerprint(TEXT), fingerprint(""))
        assert (first.plan, first.note) == (PLAN, "")
        piece = session.get_one(Piece, 1)
        assert (piece.loaded, piece.edited, piece.plan) == ({}, {}, PLAN)
        assert session.get_one(Delivery, 1).hurried == {}
        assert session.get_one(PlanLoad, 1).difference["counts"] == {"new": 2, "gone": 1, "problems": 1}
        assert session.get_one(Request, 1).asking == Asking.BEFORE
        assert session.get_one(Comment, 1).answered_by == ""
        assert session.get_one(Notice, 1).address == ""
        occasion = session.get_one(OccasionRow, "some key")
        assert (occasion.added_by, occasion.hidden_by, occasion.hidden_why, occasion.hidden_at) == ("", "", "", None)
        assert not session.get_one(Person, "some key").is_new


def test_replacing_a_table_keeps_the_rows_that_point_to_it(engine: Engine, history: Path) -> None:
    upgrade(engine, history)
    add_second(history, "pass")
    upgrade(engine, history)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM till")).scalar_one() == 1
        assert connection.execute(text("SELECT name, zone FROM shop")).one() == ("renamed", "UTC")


def test_a_revision_that_would_leave_a_row_pointing_nowhere_is_undone(tmp_path: Path, history: Path) -> None:
    engine = connect_for_migration(f"sqlite:///{tmp_path / 'x.sqlite'}")
    upgrade(engine, history)
    add_second(history, DANGLING)
    with pytest.raises(RuntimeError, match="lead nowhere"):
        upgrade(engine, history)
    assert_untouched(engine)
    engine.dispose()


def test_a_killed_migration_leaves_the_former_state(engine: Engine, empty_url: str, history: Path) -> None:
    upgrade(engine, history)
    add_second(history, SLOW)
    code = (
        "import sys; from pathlib import Path; from models.migrations.upgrade import connect_for_migration, upgrade\n"
        "upgrade(connect_for_migration(sys.argv[1]), Path(sys.argv[2]))"
    )
    command = (sys.executable, "-c", code, empty_url, str(history))
    with subprocess.Popen(command, cwd=CODE_ROOT, stdout=subprocess.PIPE) as migrating:
        assert migrating.stdout and b"in the middle" in migrating.stdout.readline()
        migrating.send_signal(signal.SIGKILL)
    assert_untouched(engine)
    add_second(history, "pass")
    upgrade(engine, history)
    assert present(engine) == "0002"


def assert_untouched(engine: Engine) -> None:
    assert present(engine) == "0001"
    with engine.connect() as connection:
        assert connection.execute(text("SELECT * FROM shop")).all() == [(1, "Moscow")]
        assert not engine.dialect.has_table(connection, "half")
