"""What every working command shares: the furnished house, an answer for people or for machines, an exit code.

Nothing here imports Prefect; a command that needs it imports it when it runs.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.console import Console

from deployments.refusal import Exit, Refusal
from deployments.screen import Screen
from deployments.settings import Settings, read_settings
from models.locale import mark
from models.reason import because

if TYPE_CHECKING:
    from tasks.house import House

NO_DATABASE = mark("There is no database in {folder} yet.")
START_ONCE = mark("Start the house once: otdel up")
DATABASE_AWAY = mark("The database does not answer: {error}.")
CHECK_DATABASE = mark("Look: otdel doctor; then try again.")


@dataclass
class Office:
    """A command at work: where it stands, and how it speaks."""

    as_json: bool
    settings: Settings = field(default_factory=read_settings)

    @cached_property
    def screen(self) -> Screen:
        """Where progress is shown: beside the answer, never in it."""
        return Screen(Console(stderr=True, highlight=False, quiet=self.as_json))

    @cached_property
    def house(self) -> "House":
        """The house, furnished without Prefect: what a person typed into its blocks is not needed here."""
        from deployments.furniture import furnish_from

        if not self.settings.database_url and not (self.settings.var / "otdel.sqlite").exists():
            what = because(NO_DATABASE, folder=self.settings.workspace)
            raise Refusal(what, because(START_ONCE), Exit.NOT_RUNNING)
        return furnish_from(self.settings, lambda provider, account: {})

    def answer(self, said: Mapping[str, Any], text: str, code: Exit = Exit.OK) -> NoReturn:
        """Say it, and end the command with this code."""
        typer.echo(json.dumps({**said, "exit": int(code)}, ensure_ascii=False, default=str) if self.as_json else text)
        raise typer.Exit(code)

    def refuse(self, refusal: Refusal) -> NoReturn:
        """Say why not and how to mend it, and end the command with the code of the refusal."""
        if self.as_json:
            said = {"error": str(refusal.what), "mend": str(refusal.mend), "exit": int(refusal.code)}
            typer.echo(json.dumps(said, ensure_ascii=False))
        else:
            self.screen.refuse(refusal)
        raise typer.Exit(refusal.code)


@contextmanager
def office(as_json: bool) -> Iterator[Office]:
    """Work on a command; whatever was refused on the way is said in the same form as the answer."""
    from sqlalchemy.exc import OperationalError, ProgrammingError

    from integrations.errors import Failure

    desk = Office(as_json)
    try:
        yield desk
    except Refusal as refusal:
        desk.refuse(refusal)
    except Failure as failure:
        desk.refuse(Refusal(failure.reason))
    except (OperationalError, ProgrammingError) as error:
        what = because(DATABASE_AWAY, error=str(error.orig).strip())
        desk.refuse(Refusal(what, because(CHECK_DATABASE), Exit.NOT_RUNNING))


def code_of(done: int, total: int, remarks: object) -> Exit:
    """How an ending reads as an exit code: all done, done with remarks, nothing of it done."""
    if total and not done:
        return Exit.REFUSED
    return Exit.FINDINGS if remarks or done < total else Exit.OK
