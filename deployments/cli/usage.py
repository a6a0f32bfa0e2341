"""A command written wrongly, said in the reader's language: Typer itself speaks English only."""

import re

from typer._click.exceptions import BadOptionUsage, BadParameter, MissingParameter, NoSuchOption, UsageError

from deployments.refusal import Exit, Refusal
from models.content import nearest
from models.locale import mark
from models.reason import Reason, because

MISSING = mark("“{name}” is missing.")
NO_OPTION = mark("There is no option {name}.")
NO_COMMAND = mark("There is no command “{name}”.")
WRONG = mark("“{name}” is filled in wrongly.")
TOO_MUCH = mark("This is too much: {said}.")
NOT_UNDERSTOOD = mark("The command is written wrongly.")
SEE = mark("See: {command} --help")
SEE_NEAREST = mark("Nearest: {near}. See: {command} --help")


def complaint(error: UsageError) -> Refusal:
    """What is wrong with the command, and where its help is."""
    command = error.ctx.command_path if error.ctx else "otdel"
    near = _near(error)
    mend = because(SEE_NEAREST, near=near, command=command) if near else because(SEE, command=command)
    return Refusal(_what(error), mend, Exit.USAGE)


def _what(error: UsageError) -> Reason:
    match error:
        case MissingParameter():
            return because(MISSING, name=_name(error))
        case BadParameter():
            return because(WRONG, name=_name(error))
        case NoSuchOption():
            return because(NO_OPTION, name=error.option_name)
        case BadOptionUsage():
            return because(WRONG, name=error.option_name)
    if command := _unknown_command(error):
        return because(NO_COMMAND, name=command)
    if extra := re.search(r"extra argument\(s\) \((.*)\)", error.message):
        return because(TOO_MUCH, said=extra[1])
    return because(NOT_UNDERSTOOD)


def _name(error: BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "?")
    return error.param.opts[-1] if error.param.param_type_name == "option" else str(error.param.name)


def _unknown_command(error: UsageError) -> str:
    said = re.search(r"No such command '(.*)'\.", error.message)
    return said[1] if said else ""


def _near(error: UsageError) -> str:
    if isinstance(error, NoSuchOption):
        return ", ".join(error.possibilities or ())
    known = getattr(error.ctx.command, "commands", {}) if error.ctx else {}
    return ", ".join(nearest(_unknown_command(error), known)) if known else ""
