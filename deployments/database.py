"""Migrating our database on the way up: a copy first, then each revision whole; a newer database is refused."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from deployments.refusal import Refusal
from models.locale import translate
from models.migrations import HERE
from models.migrations.upgrade import connect_for_migration, is_empty, is_known, newest, present, upgrade
from models.reason import because

Tell = Callable[[str], None]


def migrate(url: str, backups: Path, tell: Tell, copy_made: bool = False, scripts: Path = HERE) -> str:
    """Bring the database to this code's revision and return it; what is there is copied to `backups` first.

    `copy_made` says that the operator has copied a PostgreSQL database with a tool of their own.
    """
    with opened(url) as engine:
        former, wanted = stands_at(engine, scripts)
        if former == wanted:
            return wanted
        if not is_empty(engine) and not copy_made:
            copy = copy_database(url, backups / f"before-{wanted}-{_stamp()}{suffix_of(url)}")
            tell(translate("Before the migration the database was copied to {path}", path=copy))
        _upgrade(engine, scripts)
        tell(translate("The database was brought to revision {revision}", revision=wanted))
        return wanted


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    """The database as a migration opens it, closed again. Raises Refusal where the address is no database's."""
    try:
        engine = connect_for_migration(url)
    except SQLAlchemyError as error:
        raise _unreachable(error) from None
    try:
        yield engine
    finally:
        engine.dispose()


def _unreachable(error: SQLAlchemyError) -> Refusal:
    what = because("The database cannot be opened: {error}.", error=_said(error))
    return Refusal(what, because("Check OTDEL_DATABASE_URL, and that the server or the disk is there."))


def _said(error: Exception) -> str:
    return str(getattr(error, "orig", error)).strip()


def _upgrade(engine: Engine, scripts: Path) -> None:
    """Bring it up; what cannot be done leaves the revision that stood before."""
    try:
        upgrade(engine, scripts)
    except (SQLAlchemyError, RuntimeError) as error:
        what = because("The database could not be brought up: {error}.", error=_said(error))
        mend = because(
            "Nothing is half done: make room on the disk or see what else uses the database, then try again."
        )
        raise Refusal(what, mend) from error


def stands_at(engine: Engine, scripts: Path = HERE) -> tuple[str, str]:
    """The revision of the database, empty before the first, and the one of this code.

    Raises Refusal where it does not open, and where a newer Otdel has brought it up: this one would not know what it
    writes into.
    """
    try:
        former, wanted = present(engine), newest(scripts)
    except SQLAlchemyError as error:
        raise _unreachable(error) from None
    if former and not is_known(former, scripts):
        what = because(
            "The database is at revision {former}, newer than this Otdel, which knows {wanted}.",
            former=former, wanted=wanted,
        )  # fmt: skip
        raise Refusal(
            what, because("Start the newer Otdel, or restore the copy made before the upgrade: otdel restore FILE")
        )
    return former, wanted


def copy_database(url: str, target: Path) -> Path:
    """Copy a living database to a file, consistent to the moment; whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        if url.startswith("sqlite"):
            _vacuum_into(sqlite_path(url), draft)
        else:
            _dump(url, draft)
        draft.chmod(0o600)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target


def _vacuum_into(path: Path, draft: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=30)) as source:
            source.execute("VACUUM INTO ?", (str(draft),))
        with closing(sqlite3.connect(draft)) as copy:
            sound = copy.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as error:
        what = because("The database {path} could not be copied: {error}.", path=path, error=error)
        raise Refusal(what, because("Make room in {folder}, then try again.", folder=draft.parent)) from error
    if sound != "ok":
        what = because("The copy of the database is not sound: {answer}.", answer=sound)
        raise Refusal(what, because("The database itself may be damaged: otdel doctor; keep it and call a technician."))


def _dump(url: str, draft: Path) -> None:
    by_hand = because(
        "Copy it yourself with a pg_dump of the server's version: pg_dump --format=custom --file=otdel.dump URL; "
        "then: otdel migrate --copy-made"
    )
    if shutil.which("pg_dump") is None:
        raise Refusal(because("The PostgreSQL database must be copied first, and there is no pg_dump here."), by_hand)
    address, secret = for_tools(url)
    dump = subprocess.run(  # noqa: S603 (our own arguments)
        ("pg_dump", "--format=custom", f"--file={draft}", f"--dbname={address}"),  # noqa: S607
        capture_output=True, text=True, check=False, env={**os.environ, **secret},
    )  # fmt: skip
    if dump.returncode != 0:
        raise Refusal(because("pg_dump could not copy the database: {error}", error=dump.stderr.strip()[:500]), by_hand)


def sqlite_path(url: str) -> Path:
    return Path(url.partition("sqlite:///")[2])


def suffix_of(url: str) -> str:
    return ".sqlite" if url.startswith("sqlite") else ".dump"


def for_tools(url: str) -> tuple[str, dict[str, str]]:
    """The URL as PostgreSQL's own tools take it, and the password apart: anybody may read a command line."""
    parsed = make_url(url)
    secret = {"PGPASSWORD": str(parsed.password)} if parsed.password else {}
    shown = URL.create("postgresql", parsed.username, None, parsed.host, parsed.port, parsed.database, parsed.query)
    return shown.render_as_string(hide_password=False), secret


def _stamp() -> str:
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
