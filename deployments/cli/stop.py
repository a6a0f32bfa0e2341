"""`otdel stop` and `otdel release`: directly on the database, because a Stop must hold even when Prefect is down."""

from typing import Annotated, Any

import typer

from deployments.cli.office import code_of, office
from deployments.refusal import Exit, Refusal
from models.locale import LANGUAGES, catalogue, mark, translate
from models.reason import because
from models.stop import Scope

NO_SCOPE = mark("It is not clear what “{said}” means.")
SCOPES = mark("Name one of: all; channel NAME; campaign NAME; piece №.")
RELEASES = mark("Name the number of the Stop, or one of: all; channel NAME; campaign NAME; piece №.")


def add_to(app: typer.Typer) -> None:
    """Add the commands, with help in the language of the moment."""
    what_help = translate(mark("all, channel, campaign or piece"))
    name_help = translate(mark("Name or key of the channel or campaign, № of the piece"))
    release_help = translate(mark("Number of the Stop, or all, channel, campaign, piece"))
    person_help = translate(mark("Who orders it, as in company.yaml"))
    why_help, json_help = translate(mark("Why")), translate(mark("Answer as JSON"))

    @app.command("stop", help=translate(mark("Stop everything, a channel, a campaign or a piece, at once.")))
    def stop(
        what: Annotated[str, typer.Argument(help=what_help)],
        name: Annotated[str, typer.Argument(help=name_help)] = "",
        *,
        person: Annotated[str, typer.Option("--person", envvar="OTDEL_PERSON", help=person_help)],
        reason: Annotated[str, typer.Option("--reason", help=why_help)] = "",
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        pull(what, name, person, reason, as_json)

    @app.command("release", help=translate(mark("Release a Stop; what it held goes out by its rule for lateness.")))
    def release(
        what: Annotated[str, typer.Argument(help=release_help)],
        name: Annotated[str, typer.Argument(help=name_help)] = "",
        *,
        person: Annotated[str, typer.Option("--person", envvar="OTDEL_PERSON", help=person_help)],
        reason: Annotated[str, typer.Option("--reason", help=why_help)] = "",
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        let_go(what, name, person, reason, as_json)


def pull(what: str, name: str, person: str, reason: str, as_json: bool) -> None:
    with office(as_json) as desk:
        from models.orders import Signed

        scope = _scope(what, SCOPES)
        stopped = _switch(desk.house).pull(scope, name, Signed(person=person, reason=reason))
        said: dict[str, Any] = {"number": stopped.number, "held_back": stopped.held_back, "title": stopped.title}
        said["out"] = [row.model_dump(mode="json") for row in stopped.out]
        _answer(desk, stopped, said)


def let_go(what: str, name: str, person: str, reason: str, as_json: bool) -> None:
    with office(as_json) as desk:
        from models.orders import Signed

        digits = what.strip().lstrip("№").strip()
        number = int(digits) if digits.isdecimal() else 0
        scope = None if number else _scope(what, RELEASES)
        released = _switch(desk.house).release(number, scope, name, Signed(person=person, reason=reason))
        _answer(desk, released, {"title": released.title, "released": list(released.sentences)})


def _switch(house: Any) -> Any:
    from tasks.stop.engine import Switch

    return Switch(house.sessions, house.clock, house.workspace)


def _answer(desk: Any, told: Any, said: dict[str, Any]) -> None:
    if told.refusal:
        raise Refusal(told.refusal)
    ending = told.ending
    desk.answer(said, told.markdown(), code_of(ending.done, ending.total, ending.remarks))


def _scope(said: str, mend: str) -> Scope:
    """The scope named in any of our languages."""
    for scope in Scope:
        if said.casefold() in {scope.value, *(catalogue(language).get(scope.value, "") for language in LANGUAGES)}:
            return scope
    raise Refusal(because(NO_SCOPE, said=said), because(mend), Exit.USAGE)
