"""`otdel backup`, `restore` and `migrate`: keeping what the house knows."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from deployments.cli.office import office
from models.locale import mark, translate

SAVED = mark("Saved: {path}, files: {number}. The secrets are not in it, keep a copy of them apart: {secrets}")
RESTORED = mark("Restored as of {made_at}. Start: otdel up")
KEPT = mark("The former folder is kept: {former}")
AT_REVISION = mark("The database is at revision {revision}")


def add_to(app: typer.Typer) -> None:
    """Add the commands, with help in the language of the moment."""
    target_help = translate(mark("File to write; by default var/backups/otdel-<date>.tar.gz"))
    source_help = translate(mark("An archive of otdel backup"))
    force_help = translate(mark("Replace what is there; the former folder is kept beside it"))
    copied_help = translate(mark("A copy of the PostgreSQL database has been made by hand"))
    json_help = translate(mark("Answer as JSON"))

    @app.command("backup", help=translate(mark("Save database and files in one archive, also while all is running.")))
    def backup(
        target: Annotated[Path | None, typer.Argument(help=target_help)] = None,
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        save(target, as_json)

    @app.command(
        "restore", help=translate(mark("Put an archive of otdel backup in the place of the company's folder."))
    )
    def restore(
        source: Annotated[Path, typer.Argument(help=source_help)],
        force: Annotated[bool, typer.Option("--force", help=force_help)] = False,
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        bring_back(source, force, as_json)

    @app.command(
        "migrate", hidden=True, help=translate(mark("Bring the database to this version; a copy is made first."))
    )
    def migrate(
        copied: Annotated[bool, typer.Option("--copy-made", help=copied_help)] = False,
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        bring_up(copied, as_json)


def save(target: Path | None, as_json: bool) -> None:
    with office(as_json) as desk:
        from deployments.archive import backup
        from deployments.secrets import secrets_path

        with desk.screen.waiting(translate(mark("Saving"))):
            path, manifest = backup(desk.settings, datetime.now(UTC), target)
        number, secrets = len(manifest.files), secrets_path(desk.settings)
        said = {"path": str(path), "files": number, "bytes": path.stat().st_size, "secrets": str(secrets)}
        desk.answer(said, translate(SAVED, path=path, number=number, secrets=secrets))


def bring_back(source: Path, force: bool, as_json: bool) -> None:
    with office(as_json) as desk:
        from deployments.archive import restore

        with desk.screen.waiting(translate(mark("Restoring"))):
            manifest, former = restore(desk.settings, source, datetime.now(UTC), force)
        lines = [translate(RESTORED, made_at=manifest.made_at)]
        lines += [translate(KEPT, former=former)] if former else []
        said = {"made_at": manifest.made_at, "files": len(manifest.files), "former": str(former or "")}
        desk.answer(said, "\n".join(lines))


def bring_up(copied: bool, as_json: bool) -> None:
    with office(as_json) as desk:
        from deployments.database import migrate
        from deployments.house import locked
        from deployments.secrets import ensure_secrets

        with locked(desk.settings):
            ensure_secrets(desk.settings)  # a database without them would look like a workspace that lost them
            revision = migrate(desk.settings.database, desk.settings.backups, desk.screen.done, copied)
        desk.answer({"revision": revision}, translate(AT_REVISION, revision=revision))
