"""Backup and restore: database, Prefect's memory and the company's files in one archive that proves itself.

`otdel-<date>.tar.gz` holds `manifest.json` (every file with its size and SHA-256) first, then the files:
`workspace/…` as they lie in the workspace, `database.sqlite` or `database.dump`, `prefect.sqlite` where it is there.
The secrets are not in it: they lie apart (deployments.secrets) and must be kept apart.
"""

import gzip
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

from pydantic import BaseModel, ConfigDict, ValidationError

from deployments.database import copy_database, for_tools, sqlite_path, suffix_of
from deployments.house import locked
from deployments.refusal import Refusal
from deployments.settings import Settings
from models.database import connect
from models.migrations.upgrade import is_empty
from models.reason import because

FORMAT = 1
MANIFEST = "manifest.json"
PREFECT = "prefect.sqlite"
# Made anew at every start, or lying in a file of its own in the archive.
LEFT_OUT = (
    "var/prefect",
    "var/logs",
    "var/backups",
    "var/house.lock",
    "var/house.json",
    "var/runner.json",
    "var/runner-bulk.json",
)
CHUNK = 1 << 20


class Entry(BaseModel):
    model_config = ConfigDict(frozen=True)

    path: str
    size: int
    sha256: str


class Manifest(BaseModel):
    """What an archive holds; a file that is not named here is not taken out of it."""

    model_config = ConfigDict(frozen=True)

    format: int
    made_at: str
    database: str
    files: tuple[Entry, ...]


def backup(settings: Settings, now: datetime, target: Path | None = None) -> tuple[Path, Manifest]:
    """Write an archive of a house that may be running; each database is copied to the moment."""
    _refuse_absent(settings)
    target = target or settings.backups / f"otdel-{now:%Y%m%d-%H%M%S}.tar.gz"
    if target.exists():
        raise Refusal(because("{path} is there already.", path=target), because("Name another file."))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        staged = Path(folder)
        database = f"database{suffix_of(settings.database)}"
        copy_database(settings.database, staged / database)
        if (prefects := settings.prefect_home / "prefect.db").exists():
            copy_database(f"sqlite:///{prefects}", staged / PREFECT)
        _stage_workspace(settings.workspace, staged / "workspace", target)
        manifest = Manifest(format=FORMAT, made_at=now.isoformat(), database=database, files=tuple(_entries(staged)))
        _pack(staged, manifest, target)
    return target, manifest


def _stage_workspace(workspace: Path, staged: Path, target: Path) -> None:
    """Copy the company's files aside, so that a file that changes meanwhile is taken as it was once."""
    seen: set[Path] = set()
    for folder, folders, files in os.walk(workspace, followlinks=True):
        here = Path(folder).relative_to(workspace)
        if Path(folder).resolve() in seen:  # a link that leads back
            folders[:] = []
            continue
        seen.add(Path(folder).resolve())
        folders[:] = [name for name in folders if not _is_left_out(here / name)]
        for inside in (here / name for name in files if not _is_left_out(here / name)):
            if (workspace / inside).is_file() and (workspace / inside).resolve() != target.resolve():
                (staged / here).mkdir(parents=True, exist_ok=True)
                with suppress(FileNotFoundError):  # a draft that its writer has just put in place
                    shutil.copyfile(workspace / inside, staged / inside)


def _is_left_out(inside: Path) -> bool:
    return inside.as_posix() in LEFT_OUT or inside.as_posix().startswith(("var/otdel.sqlite", "var/.", ".backup-"))


def _entries(staged: Path) -> Iterator[Entry]:
    for path in sorted(path for path in staged.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        yield Entry(path=path.relative_to(staged).as_posix(), size=path.stat().st_size, sha256=digest)


def _pack(staged: Path, manifest: Manifest, target: Path) -> None:
    """Write the archive beside its place and move it there whole, readable by its owner only."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    (staged / MANIFEST).write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as archive:
                for name in (MANIFEST, *(entry.path for entry in manifest.files)):
                    archive.add(staged / name, arcname=name, recursive=False)
            raw.flush()
            os.fsync(raw.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def restore(settings: Settings, source: Path, now: datetime, force: bool = False) -> tuple[Manifest, Path | None]:
    """Put an archive in the place of the workspace; returns where the former workspace was moved, if there was one.

    Everything is unpacked and proved beside it first; then the places are exchanged.
    """
    workspace = settings.workspace
    occupied = workspace.exists() and any(workspace.iterdir())
    if occupied and not force:
        what = because("{folder} is not empty.", folder=workspace)
        raise Refusal(what, because("Restore elsewhere (OTDEL_WORKSPACE), or say --force: the former one is kept."))
    workspace.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=workspace.parent, prefix=".restore-") as folder:
        unpacked = Path(folder)
        manifest = _unpack(source, unpacked)
        fresh = _assemble(unpacked, manifest, settings)
        with locked(settings) if occupied else nullcontext():
            former = _place(fresh, workspace, now if occupied else None)
            try:
                _load_dump(unpacked / manifest.database, settings, force)
            except BaseException:
                _take_back(workspace, former, fresh)
                raise
            return manifest, former


def read_manifest(source: Path) -> Manifest:
    """What an archive says it holds."""
    with _reading(source) as archive:
        return _manifest_of(archive, source)


def _unpack(source: Path, folder: Path) -> Manifest:
    """Take out the named files and prove each; anything else in the archive is a reason to refuse it."""
    with _reading(source) as archive:
        manifest = _manifest_of(archive, source)
        awaited = {entry.path: entry for entry in manifest.files}
        for member in archive:
            if member.name == MANIFEST:
                continue
            entry = awaited.pop(member.name, None)
            content = archive.extractfile(member) if member.isreg() else None
            if entry is None or content is None or not _is_inside(member.name):
                raise _damaged(source, member.name)
            if _write(content, folder / member.name) != (entry.size, entry.sha256):
                raise _damaged(source, member.name)
        if awaited:
            raise _damaged(source, next(iter(awaited)))
    return manifest


@contextmanager
def _reading(source: Path) -> Iterator[tarfile.TarFile]:
    if not source.is_file():
        raise Refusal(because("There is no file {path}.", path=source), because("Name an archive of otdel backup."))
    try:
        with tarfile.open(source, "r:gz") as archive:
            yield archive
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile):
        raise _damaged(source, "") from None


def _manifest_of(archive: tarfile.TarFile, source: Path) -> Manifest:
    member = archive.next()
    content = archive.extractfile(member) if member and member.name == MANIFEST and member.isreg() else None
    try:
        manifest = Manifest.model_validate_json(content.read() if content else b"")
    except ValidationError:
        raise _damaged(source, MANIFEST) from None
    if manifest.format > FORMAT:
        what = because("{path} was made by a newer Otdel.", path=source)
        raise Refusal(what, because("Restore it with that version."))
    return manifest


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def _write(content: IO[bytes], path: Path) -> tuple[int, str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        while chunk := content.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            file.write(chunk)
    return size, digest.hexdigest()


def _assemble(unpacked: Path, manifest: Manifest, settings: Settings) -> Path:
    """Put the copied databases where the processes will look for them."""
    if manifest.database.endswith(".sqlite") != settings.database.startswith("sqlite"):
        what = because("The archive holds {kind}, and OTDEL_DATABASE_URL names another kind.", kind=manifest.database)
        raise Refusal(what, because("Set OTDEL_DATABASE_URL as it was when the backup was made."))
    fresh = unpacked / "workspace"
    if settings.database.startswith("sqlite"):
        path = sqlite_path(settings.database)
        if not path.is_relative_to(settings.workspace):
            what = because("The database {path} lies outside the workspace.", path=path)
            raise Refusal(what, because("Clear OTDEL_DATABASE_URL: the restored database will lie in the workspace."))
        _move(unpacked / manifest.database, fresh / path.relative_to(settings.workspace))
    if (unpacked / PREFECT).exists():
        _move(unpacked / PREFECT, fresh / "var" / "prefect" / "prefect.db")
    return fresh


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.rename(target)


def _load_dump(dump: Path, settings: Settings, force: bool) -> None:
    """Load a PostgreSQL dump in one transaction; a database that holds something is replaced only by force."""
    if settings.database.startswith("sqlite"):
        return
    if not force and not _is_empty(settings.database):
        raise Refusal(because("The database named in OTDEL_DATABASE_URL is not empty."), because("Say --force."))
    if shutil.which("pg_restore") is None:
        raise Refusal(because("There is no pg_restore here."), because("Install PostgreSQL's client programs."))
    options = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
    address, secret = for_tools(settings.database)
    load = subprocess.run(  # noqa: S603 (our own arguments)
        ("pg_restore", *options, f"--dbname={address}", str(dump)),  # noqa: S607
        capture_output=True, text=True, check=False, env={**os.environ, **secret},
    )  # fmt: skip
    if load.returncode != 0:
        what = because("pg_restore could not load the database: {error}", error=load.stderr.strip()[:500])
        raise Refusal(what, because("Nothing has been changed. Use a pg_restore of the server's version."))


def _is_empty(url: str) -> bool:
    engine = connect(url)
    try:
        return is_empty(engine)
    finally:
        engine.dispose()


def _place(fresh: Path, workspace: Path, moment: datetime | None) -> Path | None:
    """Exchange the folders; `moment` names where the former one is kept."""
    former = workspace.with_name(f"{workspace.name}.before-{moment:%Y%m%d-%H%M%S}") if moment else None
    try:
        if former:
            workspace.rename(former)
        elif workspace.exists():
            workspace.rmdir()
        fresh.rename(workspace)
    except OSError as error:
        if former and former.exists() and not workspace.exists():
            former.rename(workspace)
        what = because("{folder} cannot be exchanged: {error}.", folder=workspace, error=error.strerror)
        mend = because("Restore into a new folder (OTDEL_WORKSPACE) and start from there; nothing has been changed.")
        raise Refusal(what, mend) from None
    return former


def _take_back(workspace: Path, former: Path | None, fresh: Path) -> None:
    """Put the former folder back in its place."""
    workspace.rename(fresh)
    if former:
        former.rename(workspace)


def _refuse_absent(settings: Settings) -> None:
    url = settings.database
    if not (settings.var / "id").exists() or (url.startswith("sqlite") and not sqlite_path(url).exists()):
        what = because("The workspace {folder} has not been started yet.", folder=settings.workspace)
        raise Refusal(what, because("Start it once: otdel up"))


def _damaged(source: Path, name: str) -> Refusal:
    what = because("The archive {path} is damaged: {name}.", path=source, name=name or source.name)
    return Refusal(what, because("Take another copy; nothing has been changed."))
