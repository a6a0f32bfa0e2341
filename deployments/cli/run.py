"""`otdel run`: an operation or an order by its code or tag, in Prefect where the house is up, or in this process."""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from deployments import runs
from deployments.catalogue import CATALOGUE, Entry
from deployments.cli.fields import filled
from deployments.cli.office import Office, office
from deployments.prefect_api import PrefectApi, is_healthy
from deployments.refusal import Exit, Refusal
from deployments.runs import ASLEEP, Run
from models.content import nearest
from models.ending import DONE, NOTHING
from models.locale import LANGUAGES, catalogue, mark, translate
from models.reason import because

POLL_SECONDS = 0.5
NO_OPERATION = mark("There is no operation or order “{said}”.")
KNOWN = mark("Nearest: {near}. All of them: {known}.")
NOT_RUNNING = mark("The house is not running: Prefect does not answer at {url}.")
START_OR_HERE = mark("Start it: otdel up; or run it in this process: add --here.")
NOT_OURS = mark("At {url} another Prefect answers, which does not know this house.")
SAME_PORT = mark("Set OTDEL_WORKSPACE and OTDEL_UI_PORT as they were when the house was started.")
NOT_SERVED = mark("Nobody serves “{said}” at {url}.")
WAIT_FOR_RUNNER = mark("Wait until the runner is ready (otdel up says so), or look: otdel doctor.")
NOT_ACCEPTED = mark("Prefect did not accept the form: {detail}")
NO_FILE = mark("There is no file {path}.")
NO_FORM = mark("{file} is not a form: see line {line}, column {column}.")
FORM_IS = mark("A form is a JSON object with the fields and their values.")
RUNNING = mark("“{title}” in Prefect: {state}")
STARTED = mark("Started: {title}. Watch it: {url}")
WAITS = mark("It waits for an answer: {url}")
STILL = mark("It is still going on: {url}")
ENDING = mark("{title}: {state}")


def add_to(app: typer.Typer) -> None:
    """Add the command, with help in the language of the moment."""
    what_help = translate(mark("Code of an operation (A8) or tag of an order (stop, move, publish-now)"))
    fields_help = translate(mark("Fields of its form, as name=value; several values with a semicolon"))
    form_help = translate(mark("The form as a JSON file"))
    here_help = translate(mark("Run it in this process instead of the house's runner"))
    no_wait_help = translate(mark("Only start it"))
    patience_help, json_help = translate(mark("Seconds to wait for its end")), translate(mark("Answer as JSON"))

    @app.command("run", help=translate(mark("Run an operation or an order, and wait for its end.")))
    def run(
        what: Annotated[str, typer.Argument(help=what_help)],
        fields: Annotated[list[str] | None, typer.Argument(help=fields_help)] = None,
        form: Annotated[Path | None, typer.Option("--form", help=form_help)] = None,
        here: Annotated[bool, typer.Option("--here", help=here_help)] = False,
        no_wait: Annotated[bool, typer.Option("--no-wait", help=no_wait_help)] = False,
        patience: Annotated[float, typer.Option("--patience", help=patience_help)] = 900,
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        with office(as_json) as desk:
            entry, given = called(what), _form(form)
            if here:
                from deployments.cli.here import run_here

                tell(desk, entry, run_here(desk, entry, fields or [], given))
            in_prefect(desk, entry, fields or [], given, 0 if no_wait else patience)


def called(said: str) -> Entry:
    """The deployment that carries this tag. Raises Refusal with the nearest ones."""
    tags = {entry.tags[0].casefold(): entry for entry in CATALOGUE}
    found = tags.get(said.strip().casefold())
    if found is None:
        known = [entry.tags[0] for entry in CATALOGUE]
        near = ", ".join(nearest(said, known, 3, 0.0))
        mend = because(KNOWN, near=near, known=", ".join(known))
        raise Refusal(because(NO_OPERATION, said=said), mend, Exit.USAGE)
    return found


def _form(file: Path | None) -> Mapping[str, Any]:
    if file is None:
        return {}
    if not file.is_file():
        raise Refusal(because(NO_FILE, path=file), because(FORM_IS), Exit.USAGE)
    line, column = 1, 1
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        read, line, column = None, error.lineno, error.colno
    except UnicodeDecodeError:
        read = None
    if not isinstance(read, dict):
        raise Refusal(because(NO_FORM, file=file, line=line, column=column), because(FORM_IS), Exit.USAGE)
    return read


def in_prefect(desk: Office, entry: Entry, fields: Sequence[str], given: Mapping[str, Any], patience: float) -> None:
    """Start the deployment and wait for its end; the run goes on whatever becomes of this command."""
    from deployments.secrets import read_secrets

    url = desk.settings.ui_here
    if not is_healthy(desk.settings):
        raise Refusal(because(NOT_RUNNING, url=url), because(START_OR_HERE), Exit.NOT_RUNNING)
    try:
        with PrefectApi(desk.settings, read_secrets(desk.settings)) as api:
            deployment = runs.tagged(api, entry.tags[0])
            if deployment is None:
                what = because(NOT_SERVED, said=entry.tags[0], url=url)
                raise Refusal(what, because(WAIT_FOR_RUNNER), Exit.NOT_RUNNING)
            parameters = filled(deployment.get("parameter_openapi_schema") or {}, fields, given)
            id = _start(api, deployment["id"], parameters)
            page = f"{url}/runs/flow-run/{id}"
            if not patience:
                desk.answer({"run": id, "url": page}, translate(STARTED, title=entry.name, url=page))
            tell(desk, entry, _await(desk, api, entry, id, patience), page)
    except httpx.HTTPStatusError as error:
        said, mend = (NOT_RUNNING, WAIT_FOR_RUNNER) if error.response.is_server_error else (NOT_OURS, SAME_PORT)
        raise Refusal(because(said, url=url), because(mend), Exit.NOT_RUNNING) from None
    except httpx.HTTPError:
        raise Refusal(because(NOT_RUNNING, url=url), because(START_OR_HERE), Exit.NOT_RUNNING) from None


def _start(api: PrefectApi, deployment: str, parameters: Mapping[str, Any]) -> str:
    try:
        return runs.start(api, deployment, parameters)
    except httpx.HTTPStatusError as error:
        if error.response.status_code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            raise
        code = Exit.NOT_RUNNING if error.response.is_server_error else Exit.USAGE
        raise Refusal(because(NOT_ACCEPTED, detail=_detail(error.response)), code=code) from None


def _detail(response: httpx.Response) -> str:
    try:
        said = response.json()
    except ValueError:
        return response.text[:500]
    return str(said.get("detail", said))[:500] if isinstance(said, dict) else str(said)[:500]


def _await(desk: Office, api: PrefectApi, entry: Entry, id: str, patience: float) -> Run:
    end = time.monotonic() + patience
    with desk.screen.waiting(translate(RUNNING, title=entry.name, state="…")):
        while True:
            found = runs.look(api, id)
            if found.has_ended or found.type == ASLEEP or time.monotonic() > end:
                return found
            time.sleep(POLL_SECONDS)


def code_of(run: Run) -> Exit:
    """How the end of a run reads as an exit code: done, done with remarks, not done."""
    if run.type != "COMPLETED":
        return Exit.REFUSED if run.has_ended else Exit.OK
    clean = {catalogue(language).get(name, name) for language in LANGUAGES for name in (DONE, NOTHING)}
    return Exit.OK if run.state in clean else Exit.FINDINGS


def tell(desk: Office, entry: Entry, run: Run, page: str = "") -> None:
    """Say how it ended, with what it shows beside the run."""
    said = {"run": run.id, "state": run.state, "type": run.type, "message": run.message, "shown": list(run.texts)}
    if not run.has_ended:
        waits = run.type == ASLEEP
        desk.answer(said, translate(WAITS if waits else STILL, url=page), Exit.OK if waits else Exit.FINDINGS)
    heading, shown = translate(ENDING, title=entry.name, state=run.state), "\n".join((*run.texts, run.state))
    message = [line for line in run.message.splitlines() if line not in shown]
    desk.answer(said, "\n\n".join([*run.texts, "\n".join([heading, *message])]), code_of(run))
