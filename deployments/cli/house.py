"""`otdel init`, `up` and `doctor`: making a workspace, starting the house, looking it over."""

import json
import os
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from deployments.cli.office import Office, office
from deployments.refusal import Exit, Refusal
from deployments.screen import Screen
from deployments.settings import CODE_ROOT, Settings, read_settings
from models.locale import LANGUAGES, language, mark, speak, spoken, translate
from models.reason import because

FOLDERS = ("content/pieces", "content/pictures")
SIGNS = {"ok": "✔", "warn": "!", "bad": "✘"}
STYLES = {"ok": "green", "warn": "yellow", "bad": "red"}


def _laid_out(folder: Path, sample: str, locale: str) -> str:
    """Lay the company out, and say so in its own language."""
    asked = sample or locale or language()
    lay_out(folder, "sample" if sample else "skeleton", asked)
    with spoken(asked):
        return translate(mark("The company lies in {folder}. Start: otdel up"), folder=folder)


def add_to(app: typer.Typer) -> None:
    """Add the commands, with help in the language of the moment."""
    sample_help = translate(mark("Fill it with the sample company: ru or en"))
    locale_help = translate(mark("Language of the empty company: ru or en"))
    folder_help = translate(mark("Folder of the company; by default OTDEL_WORKSPACE or ./company"))
    secrets_help = translate(mark("Make new secrets where the old ones are lost"))
    copied_help = translate(mark("A copy of the PostgreSQL database has been made by hand"))
    json_help = translate(mark("Answer as JSON"))

    @app.command(
        "init", help=translate(mark("Make the folder of a company: empty, or the sample. Overwrites nothing."))
    )
    def init(
        folder: Annotated[Path | None, typer.Argument(help=folder_help)] = None,
        sample: Annotated[str, typer.Option("--sample", help=sample_help)] = "",
        locale: Annotated[str, typer.Option("--locale", help=locale_help)] = "",
        new_secrets: Annotated[bool, typer.Option("--new-secrets", help=secrets_help)] = False,
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        with office(as_json) as desk:
            settings = read_settings({"workspace": folder})
            if new_secrets:
                renew_secrets(settings)
                said = translate(mark("New secrets are made. Enter the accesses to the channels again."))
                desk.answer({"workspace": str(settings.workspace)}, said)
            desk.answer({"workspace": str(settings.workspace)}, _laid_out(settings.workspace, sample, locale))

    @app.command("up", help=translate(mark("Start everything and stay with it until Ctrl-C.")))
    def up(
        copied: Annotated[bool, typer.Option("--copy-made", help=copied_help)] = False,
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        with office(as_json) as desk:
            start(desk, copied)

    @app.command("doctor", help=translate(mark("Look at everything the house stands on, and say how to mend it.")))
    def doctor(as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False) -> None:
        with office(as_json) as desk:
            look_over(desk)


def look_over(desk: Office) -> NoReturn:
    """Say each finding as it is made, and at the end whether all is well."""
    from deployments.doctor import examine, is_well

    findings = []
    for finding in examine(desk.settings, datetime.now(UTC)):
        findings.append(finding)
        if not desk.as_json:
            _show(Screen(), finding.said())
    code = Exit.OK if is_well(findings) else Exit.FINDINGS
    said = translate(mark("All is well.")) if code == Exit.OK else translate(mark("See the marks above."))
    desk.answer({"well": code == Exit.OK, "findings": [finding.said() for finding in findings]}, said, code)


def start(desk: Office, copied: bool = False) -> NoReturn:
    """Start the house; the very first start without a workspace gets the sample company.

    As JSON: a line once everything stands, and one at the end.
    """
    from deployments.launcher import Standing, up
    from deployments.welcome import welcome

    def stands(standing: Standing) -> None:
        if desk.as_json:
            front = standing.front
            typer.echo(
                json.dumps({"pid": os.getpid(), **front.model_dump(include={"ui_url", "staff_url", "public_url"})})
            )
        welcome(standing)

    screen, settings = desk.screen if desk.as_json else Screen(), desk.settings
    if not settings.workspace.exists() and "OTDEL_WORKSPACE" not in os.environ:
        asked = settings.locale or LANGUAGES[0]
        lay_out(settings.workspace, "sample", asked)
        speak(asked)
        screen.done(translate(mark("The sample company is laid out in {folder}"), folder=settings.workspace))
    code = up(settings, stands, screen, copy_made=copied)
    if desk.as_json:
        desk.answer({"stopped": True}, "", code)
    raise typer.Exit(code)


def lay_out(workspace: Path, kind: str, asked: str) -> None:
    """Copy a company into the folder; a file that is there already stops it before anything is written."""
    from deployments.sample import bought

    source = CODE_ROOT / "deployments" / kind / asked
    if asked not in LANGUAGES or not source.is_dir():
        what = because("There is no company in the language “{asked}”.", asked=asked)
        raise Refusal(what, because("Possible: {languages}.", languages=", ".join(LANGUAGES)), Exit.USAGE)
    files = [path.relative_to(source) for path in sorted(source.rglob("*")) if path.is_file()]
    made = {Path(bought.FILE): bought.table(asked, _yesterday())} if kind == "sample" else {}
    there = [file for file in (*files, *made) if (workspace / file).exists()]
    if there:
        what = because("{folder} already has {file}, and nothing is overwritten.", folder=workspace, file=there[0])
        raise Refusal(what, because("Choose another folder."))
    for file in files:
        (workspace / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / file, workspace / file)
    for file, content in made.items():
        (workspace / file).write_bytes(content)
    for folder in FOLDERS:
        (workspace / folder).mkdir(parents=True, exist_ok=True)


def _yesterday() -> date:
    return (datetime.now(UTC) - timedelta(days=1)).date()


def renew_secrets(settings: Settings) -> None:
    """Make new secrets for a workspace that has lost its own; secrets that are there are never replaced."""
    from deployments.house import locked
    from deployments.secrets import ensure_secrets, secrets_path

    with locked(settings):
        if (settings.var / "id").exists() and secrets_path(settings).exists():
            what = because("The secrets are there: {path}.", path=secrets_path(settings))
            raise Refusal(what, because("Nothing is lost, and nothing was changed."))
        ensure_secrets(settings, renew=True)


def _show(screen: Screen, said: dict[str, str]) -> None:
    screen.say(f"{SIGNS[said['level']]} {said['what']}", STYLES[said["level"]])
    if said["mend"]:
        screen.say(f"  {said['mend']}")
