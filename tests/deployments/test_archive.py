"""Backup and restore: everything comes back as it was, or nothing is changed."""

import io
import json
import shutil
import sqlite3
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from deployments import archive
from deployments.database import sqlite_path
from deployments.house import locked
from deployments.refusal import Refusal
from deployments.secrets import ensure_secrets
from deployments.settings import Settings
from models.database import connect
from tests.deployments.conftest import bring_up

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def lived_in(settings: Settings) -> Settings:
    """A workspace that has worked: files, media, letters, a database, Prefect's memory, and what is left out."""
    ensure_secrets(settings)
    settings.make_folders()
    bring_up(settings)
    remember(settings, "before")
    for path, content in {
        "content/Материалы/чай.md": "---\ntitle: Чай\n---",
        "var/media/ab/abc.jpg": "\x00picture",
        "var/mailbox/1.eml": "letter",
        "var/reports/week.html": "<p>report</p>",
        "var/logs/web.log": "secret trace",
    }.items():
        (settings.workspace / path).parent.mkdir(parents=True, exist_ok=True)
        (settings.workspace / path).write_text(content, encoding="utf-8")
    with sqlite3.connect(settings.prefect_home / "prefect.db") as prefect:
        prefect.execute("CREATE TABLE block (name TEXT)")
    prefect.close()
    return settings


def remember(settings: Settings, word: str) -> None:
    engine = connect(settings.database)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE IF NOT EXISTS memory (word TEXT)"))
        connection.execute(text("INSERT INTO memory VALUES (:word)"), {"word": word})
    engine.dispose()


def memories(settings: Settings) -> list[str]:
    engine = connect(settings.database)
    with engine.connect() as connection:
        found = [row[0] for row in connection.execute(text("SELECT word FROM memory"))]
    engine.dispose()
    return found


def contents(folder: Path) -> dict[str, bytes]:
    left_out = ("var/otdel.sqlite", "var/house", "var/logs", "var/backups", "var/prefect")
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if not name.startswith(left_out)}


def rewritten(source: Path, target: Path, change: dict[str, bytes | None]) -> Path:
    """The same archive with members changed (bytes), left out (None) or added."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        members = {member.name: old.extractfile(member) for member in old}
        for name, content in {**{n: c.read() for n, c in members.items() if c}, **change}.items():
            if content is not None:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                new.addfile(info, io.BytesIO(content))
    return target


def test_what_was_saved_comes_back(lived_in: Settings, tmp_path: Path) -> None:
    saved, manifest = archive.backup(lived_in, NOW)
    fresh = lived_in.model_copy(update={"workspace": tmp_path / "elsewhere" / "company"})
    restored, former = archive.restore(fresh, saved, NOW)
    assert restored == manifest
    assert former is None
    assert contents(fresh.workspace) == contents(lived_in.workspace)
    assert memories(fresh) == ["before"]
    assert (fresh.prefect_home / "prefect.db").exists()


def test_an_archive_is_private_and_holds_neither_secrets_nor_logs(lived_in: Settings) -> None:
    saved, _ = archive.backup(lived_in, NOW)
    assert saved.stat().st_mode & 0o077 == 0
    with tarfile.open(saved) as opened:
        names = opened.getnames()
        everything = b"".join(file.read() for file in map(opened.extractfile, opened.getmembers()) if file)
    assert names[0] == "manifest.json"
    assert not [name for name in names if "logs" in name or "backups" in name]
    assert b"secret trace" not in everything
    key = ensure_secrets(lived_in).house_key.get_secret_value().encode()
    assert key not in everything


def test_a_running_house_is_saved_to_the_moment(lived_in: Settings) -> None:
    writer = sqlite3.connect(sqlite_path(lived_in.database), isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO memory VALUES ('half')")
    with locked(lived_in):
        saved, _ = archive.backup(lived_in, NOW)
    writer.execute("COMMIT")
    writer.close()
    archive.restore(lived_in, saved, NOW, force=True)
    assert memories(lived_in) == ["before"]


def test_what_is_there_is_replaced_only_by_force_and_kept(lived_in: Settings) -> None:
    saved, _ = archive.backup(lived_in, NOW)
    remember(lived_in, "after")
    with pytest.raises(Refusal) as refused:
        archive.restore(lived_in, saved, NOW)
    assert "--force" in str(refused.value.mend)
    assert memories(lived_in) == ["before", "after"]
    taken = shutil.copy(saved, lived_in.workspace.parent / "taken.tar.gz")
    _, former = archive.restore(lived_in, Path(taken), NOW, force=True)
    assert memories(lived_in) == ["before"]
    assert former is not None
    assert memories(lived_in.model_copy(update={"workspace": former})) == ["before", "after"]


def test_a_running_house_is_never_replaced(lived_in: Settings) -> None:
    saved, _ = archive.backup(lived_in, NOW)
    with locked(lived_in), pytest.raises(Refusal):
        archive.restore(lived_in, saved, NOW, force=True)
    assert memories(lived_in) == ["before"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"workspace/content/Материалы/чай.md": b"other words, other hash"}, id="changed"),
        pytest.param({"database.sqlite": None}, id="missing"),
        pytest.param({"workspace/added.txt": b"smuggled in"}, id="added"),
        pytest.param({"../outside.txt": b"smuggled out"}, id="outside"),
        pytest.param({"manifest.json": b"{}"}, id="no manifest"),
    ],
)
def test_an_archive_that_does_not_prove_itself_changes_nothing(
    lived_in: Settings, tmp_path: Path, change: dict[str, bytes | None]
) -> None:
    saved, _ = archive.backup(lived_in, NOW)
    before = contents(lived_in.workspace)
    broken = rewritten(saved, tmp_path / "broken.tar.gz", change)
    with pytest.raises(Refusal) as refused:
        archive.restore(lived_in, broken, NOW, force=True)
    assert "damaged" in str(refused.value.what)
    assert contents(lived_in.workspace) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.tar.gz", "company", "private"]


def test_a_path_in_the_manifest_cannot_lead_outside(lived_in: Settings, tmp_path: Path) -> None:
    saved, manifest = archive.backup(lived_in, NOW)
    said = json.loads(manifest.model_dump_json())
    said["files"] = [{"path": "../outside.txt", "size": 1, "sha256": "x"}]
    smuggled = {"manifest.json": json.dumps(said).encode(), "../outside.txt": b"x"}
    crooked = rewritten(saved, tmp_path / "crooked.tar.gz", {entry.path: None for entry in manifest.files} | smuggled)
    with pytest.raises(Refusal):
        archive.restore(lived_in, crooked, NOW, force=True)
    assert not (tmp_path / "outside.txt").exists()


@pytest.mark.parametrize("length", [0, 20, 500])
def test_an_archive_cut_short_is_damaged(lived_in: Settings, tmp_path: Path, length: int) -> None:
    saved, _ = archive.backup(lived_in, NOW)
    cut = tmp_path / "cut.tar.gz"
    cut.write_bytes(saved.read_bytes()[:length])
    with pytest.raises(Refusal):
        archive.restore(lived_in, cut, NOW, force=True)


def test_an_archive_of_a_newer_release_is_refused(lived_in: Settings, tmp_path: Path) -> None:
    saved, manifest = archive.backup(lived_in, NOW)
    newer = manifest.model_copy(update={"format": archive.FORMAT + 1}).model_dump_json().encode()
    with pytest.raises(Refusal) as refused:
        archive.read_manifest(rewritten(saved, tmp_path / "newer.tar.gz", {"manifest.json": newer}))
    assert "newer" in str(refused.value.what)


def test_no_backup_is_overwritten(lived_in: Settings) -> None:
    archive.backup(lived_in, NOW)
    with pytest.raises(Refusal):
        archive.backup(lived_in, NOW)


def test_a_workspace_never_started_has_nothing_to_save(settings: Settings) -> None:
    for _ in ("nothing yet", "its secrets only"):
        with pytest.raises(Refusal) as refused:
            archive.backup(settings, NOW)
        assert "otdel up" in str(refused.value.mend)
        ensure_secrets(settings)


def test_a_dump_that_does_not_load_leaves_the_former_folder_in_its_place(
    lived_in: Settings, fresh_postgresql: str, postgresql_programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(postgresql_programs))
    on_postgresql = lived_in.model_copy(update={"database_url": fresh_postgresql})
    remember(on_postgresql, "before")
    saved, _ = archive.backup(on_postgresql, NOW)
    before = contents(lived_in.workspace)
    away = on_postgresql.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:9/nowhere"})
    with pytest.raises(Refusal):
        archive.restore(away, saved, NOW, force=True)
    assert contents(lived_in.workspace) == before
    assert not list(lived_in.workspace.parent.glob("company.before-*"))


def test_a_link_that_leads_back_does_not_lead_the_backup_in_circles(lived_in: Settings) -> None:
    (lived_in.workspace / "content" / "again").symlink_to(lived_in.workspace)
    (lived_in.workspace / "content" / "broken").symlink_to("/nowhere")
    _, manifest = archive.backup(lived_in, NOW)
    assert len({entry.path for entry in manifest.files}) == len(manifest.files) < 20


def test_postgresql_comes_back_in_one_transaction(
    lived_in: Settings, fresh_postgresql: str, postgresql_programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(postgresql_programs))
    on_postgresql = lived_in.model_copy(update={"database_url": fresh_postgresql})
    remember(on_postgresql, "before")
    saved, _ = archive.backup(on_postgresql, NOW)
    remember(on_postgresql, "after")
    with pytest.raises(Refusal):
        archive.restore(on_postgresql.model_copy(update={"workspace": lived_in.workspace.parent / "new"}), saved, NOW)
    assert memories(on_postgresql) == ["before", "after"]
    archive.restore(on_postgresql, saved, NOW, force=True)
    assert memories(on_postgresql) == ["before"]
