"""What every working command shares: the furnished house, an answer for people or for machines, an exit code.

Nothing here imports Prefect; a command that needs it imports it when it runs.
"""

import errno
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.console import Console

from deployments.refusal import Exit, Refusal
from deployments.screen import Screen
from deployments.settings import Settings, read_settings
from models.content import Effect
from models.locale import language, mark, speak, translate
from models.reason import because

if TYPE_CHECKING:
    from tasks.house import House

NO_DATABASE = mark("There is no database in {folder} yet.")
START_ONCE = mark("Start the house once: otdel up")
DATABASE_AWAY = mark("The database does not answer: {error}.")
CHECK_DATABASE = mark("Look: otdel doctor; then try again.")
NO_FILE_WORK = mark("{path}: {error}.")
NOT_DONE = mark("It could not be read or written: {error}.")
CHECK_DISK = mark("Check the name, the rights and the room on the disk, then try again.")
TROUBLES = {
    errno.ENOENT: mark("there is no such file or folder"),
    errno.EEXIST: mark("a file of this name is in the way"),
    errno.EACCES: mark("this user has no right to it"),
    errno.EPERM: mark("this user has no right to it"),
    errno.EROFS: mark("this disk can only be read"),
    errno.ENOSPC: mark("the disk is full"),
    errno.EDQUOT: mark("the disk is full"),
    errno.EFBIG: mark("the disk is full"),
    errno.EISDIR: mark("this is a folder, not a file"),
    errno.ENOTDIR: mark("this is a file, not a folder"),
}


@dataclass
class Office:
    """A command at work: where it stands, and how it speaks."""

    as_json: bool

    @cached_property
    def settings(self) -> Settings:
        return read_settings()

    @cached_property
    def screen(self) -> Screen:
        """Where progress is shown: beside the answer, never in it."""
        return Screen(Console(stderr=True, highlight=False, quiet=self.as_json))

    @cached_property
    def house(self) -> "House":
        """The house, furnished without Prefect: what a person typed into its blocks is not needed here.

        It answers in the language that was asked for, be the company's another.
        """
        from deployments.database import stands_at
        from deployments.furniture import furnish_from

        if not self.settings.database_url and not (self.settings.var / "otdel.sqlite").exists():
            what = because(NO_DATABASE, folder=self.settings.workspace)
            raise Refusal(what, because(START_ONCE), Exit.NOT_RUNNING)
        asked = language()
        house = furnish_from(self.settings, lambda provider, account: {})
        speak(asked)
        stands_at(house.engine)
        for problem in house.open_workspace()[1]:
            if problem.effect is Effect.STOPS:  # the command goes on with what could be read: a Stop must hold
                self.screen.warn(str(problem))
        return house

    def close(self) -> None:
        """Let go of the database; a command that never opened it has nothing to let go."""
        if "house" in self.__dict__:
            self.house.engine.dispose()

    def answer(self, said: Mapping[str, Any], text: str, code: Exit = Exit.OK) -> NoReturn:
        """Say it, and end the command with this code."""
        typer.echo(json.dumps({**said, "exit": int(code)}, ensure_ascii=False, default=str) if self.as_json else text)
        raise typer.Exit(code)

    def refuse(self, refusal: Refusal) -> NoReturn:
        """Say why not and how to mend it, and end the command with the code of the refusal."""
        say_no(refusal, self.as_json)
        raise typer.Exit(refusal.code)


def say_no(refusal: Refusal, as_json: bool) -> None:
    """Say a refusal in the form of the answer: JSON where the answer goes, or words beside it."""
    if as_json:
        said = {"error": str(refusal.what), "mend": str(refusal.mend), "exit": int(refusal.code)}
        typer.echo(json.dumps(said, ensure_ascii=False))
    else:
        Screen(Console(stderr=True, highlight=False)).refuse(refusal)


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
    except BrokenPipeError:
        raise
    except OSError as error:
        desk.refuse(of_the_disk(error))
    finally:
        desk.close()


def of_the_disk(error: OSError) -> Refusal:
    """What the disk or its rights refuse, in the reader's words: no bug, and no traceback."""
    said = translate(TROUBLES[error.errno]) if error.errno in TROUBLES else error.strerror or repr(error)
    if error.filename is None:
        return Refusal(because(NOT_DONE, error=said), because(CHECK_DISK))
    return Refusal(because(NO_FILE_WORK, path=error.filename, error=said), because(CHECK_DISK))


def code_of(done: int, total: int, remarks: object) -> Exit:
    """How an ending reads as an exit code: all done, done with remarks, nothing of it done."""
    if total and not done:
        return Exit.REFUSED
    return Exit.FINDINGS if remarks or done < total else Exit.OK
