"""`otdel demo`: the whole pipeline on a copy of the sample company, to its end; no server and no trace is left."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from deployments import processes
from deployments.cli.office import Office, office
from deployments.refusal import Exit, Refusal
from deployments.settings import CODE_ROOT, Settings
from models.locale import language, mark, translate
from models.reason import because

STARTING = mark("Prefect's server starts")
PREPARING = mark("The sample company is copied, its database laid out")
SUMMARY = mark("{company}: a made-up company, the pipeline from its content plan to the report.")
PUBLISHED = mark("Published: {published}. To come: {coming}. Waiting for approval: {waiting}. For a person: {trouble}.")
KNOWN = mark("The registry knows {facts} facts of it.")
KEPT = mark("Kept in {folder}: pages under var/site, the report and the plan with its outcomes under var/reports.")
NOT_KEPT = mark("Everything was in a temporary folder and is gone; to keep it: otdel demo --keep FOLDER")
BROKE_OFF = mark("The demonstration broke off: {lines}")
LOOK = mark("Keep its folder to look at the logs: otdel demo --keep FOLDER")
NOT_EMPTY = mark("The folder {folder} is not empty.")
OTHER_FOLDER = mark("Name a new or an empty folder.")
TAIL = 12


@dataclass
class Show:
    """What the rehearsal has told so far."""

    steps: list[dict[str, Any]] = field(default_factory=list)
    came_out: dict[str, Any] = field(default_factory=dict)


def add_to(app: typer.Typer) -> None:
    """Add the command, with help in the language of the moment."""
    keep_help = translate(mark("Keep the company with all that came out of it in this folder"))
    locale_help, json_help = translate(mark("Language of the company: ru or en")), translate(mark("Answer as JSON"))

    @app.command("demo", help=translate(mark("Run the whole pipeline on the sample company, without leaving a trace.")))
    def demo(
        keep: Annotated[Path | None, typer.Option("--keep", help=keep_help)] = None,
        locale: Annotated[str, typer.Option("--locale", help=locale_help)] = "",
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        with office(as_json) as desk, _folder(keep) as folder:
            perform(desk, folder, locale or language(), kept=keep is not None)


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="otdel-demo-") as folder:
            yield Path(folder)
        return
    if keep.exists() and any(keep.iterdir()):
        raise Refusal(because(NOT_EMPTY, folder=keep), because(OTHER_FOLDER), Exit.USAGE)
    keep.mkdir(parents=True, exist_ok=True)
    yield keep.resolve()


def perform(desk: Office, folder: Path, locale: str, kept: bool) -> None:
    """Lay out the company, rehearse in a child process, say what came out."""
    settings = settings_in(folder)
    with desk.screen.waiting(translate(PREPARING)):
        surroundings = prepare(settings, locale)
    with (settings.logs / "demo.log").open("w+", encoding="utf-8") as log:
        show, code = _rehearse(desk, surroundings, log)
        if code or not show.came_out:
            lines = _tail(log)
            raise Refusal(because(BROKE_OFF, lines=lines), because(LOOK))
    _summary(desk, show, settings.workspace if kept else None)


def settings_in(folder: Path) -> Settings:
    """Settings that nothing of the real house has a part in: its database and its addresses stay out of the show."""
    return Settings.model_construct(workspace=folder / "company", config_home=folder / "secrets")


def prepare(settings: Settings, locale: str) -> Mapping[str, str]:
    """A copy of the sample with a database and secrets of its own; returns the environment of its processes."""
    from deployments.cli.here import ephemeral
    from deployments.cli.house import lay_out
    from deployments.database import migrate
    from deployments.environment import environment, server_environment
    from deployments.front import read_front
    from deployments.secrets import ensure_secrets

    lay_out(settings.workspace, "sample", locale)
    secrets = ensure_secrets(settings)
    settings.make_folders()
    migrate(settings.database, settings.backups, lambda text: None)
    front = read_front(settings)
    # No access to a channel or a mail server, and no other database of Prefect's: what is shown must not be real.
    around = {name: value for name, value in os.environ.items() if not name.startswith(("OTDEL_", "PREFECT_"))}
    theirs = server_environment(settings, secrets, front, around)
    ours = environment(settings, secrets, front, around) | {"PREFECT_LOGGING_LEVEL": "WARNING"}
    left_out = ("PREFECT_API_URL", "PREFECT_API_AUTH_STRING")
    key = "PREFECT_SERVER_ENCRYPTION_KEY"
    return {name: value for name, value in ours.items() if name not in left_out} | ephemeral() | {key: theirs[key]}


def _rehearse(desk: Office, surroundings: Mapping[str, str], log: IO[str]) -> tuple[Show, int]:
    """Follow the child line by line; whatever it has started ends with it."""
    child = subprocess.Popen(
        (sys.executable, "-m", "deployments.cli.rehearsal"), cwd=CODE_ROOT, env=dict(surroundings),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True,
    )  # fmt: skip
    show = Show()
    try:
        assert child.stdout is not None
        with _progress(desk) as progress:
            _follow(child.stdout, show, progress, desk)
        return show, child.wait()
    finally:
        processes.end_group(child.pid, 5)
        child.wait()


def _follow(lines: IO[str], show: Show, progress: Progress, desk: Office) -> None:
    bar = progress.add_task(translate(STARTING), total=None)
    for line in lines:
        if not line.startswith("{"):
            continue
        said = json.loads(line)
        if "steps" in said:
            progress.update(bar, total=said["steps"])
        elif "begins" in said and said["begins"] != "Prefect":
            progress.update(bar, description=said["begins"])
        elif "ended" in said:
            progress.advance(bar)
            _note(said, show, desk)
        elif "came_out" in said:
            show.came_out = said["came_out"]


def _note(said: dict[str, Any], show: Show, desk: Office) -> None:
    if said["ended"] == "Prefect":
        return
    show.steps.append(said)
    line = f"{said['ended']}: {said['state']}"
    (desk.screen.done if said["ok"] else desk.screen.warn)(line)


def _progress(desk: Office) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = desk.screen.console
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _tail(log: IO[str]) -> str:
    log.flush()
    log.seek(0)
    return "\n".join(log.read().splitlines()[-TAIL:]) or "—"


def _summary(desk: Office, show: Show, kept: Path | None) -> None:
    came, failed = show.came_out, [step for step in show.steps if not step["ok"]]
    counted = {"published": came["published"], "coming": came["coming"], "trouble": came["for_a_person"],
               "waiting": came["waiting_for_approval"]}  # fmt: skip
    lines = ["", translate(SUMMARY, company=came["company"]), translate(PUBLISHED, **counted)]
    lines += [f"  {link['channel']}: {link['title']} — {link['url']}" for link in came["links"]]
    lines += [translate(KNOWN, facts=came["facts"])]
    lines += [translate(KEPT, folder=kept) if kept else translate(NOT_KEPT)]
    code = Exit.REFUSED if not came["published"] else Exit.FINDINGS if failed else Exit.OK
    desk.answer({"steps": show.steps, **came, "kept": kept and str(kept)}, "\n".join(lines), code)
