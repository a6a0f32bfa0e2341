"""`otdel`: the commands of the house, in the reader's language; asking for help never imports Prefect."""

import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any, NoReturn

import typer
from typer import rich_utils
from typer._click.exceptions import (
    NoArgsIsHelpError,
    UsageError,
)  # Typer brings its own Click, and exports few of these

from deployments.cli.office import say_no
from deployments.cli.usage import complaint
from deployments.front import read_front
from deployments.refusal import Refusal
from deployments.settings import read_settings
from models.locale import LANGUAGES, mark, speak, translate

ABOUT = mark(
    "Otdel: the operational work of a marketing department. "
    "Exit codes: 0 done, 1 findings, 2 wrong use, 3 not running, 4 refused."
)
SHOW_HELP = mark("Show this message and exit.")
# Each module adds its commands by `add_to(app)`; help lists them in this order.
MODULES = ("house", "keeping", "commands")
TITLES = {
    "ARGUMENTS_PANEL_TITLE": mark("Arguments"),
    "OPTIONS_PANEL_TITLE": mark("Options"),
    "COMMANDS_PANEL_TITLE": mark("Commands"),
    "ERRORS_PANEL_TITLE": mark("Error"),
}


def main() -> None:
    speak(spoken_here())
    command = typer.main.get_command(build())
    _speak_help(command)
    try:
        sys.exit(command(prog_name="otdel", standalone_mode=False))
    except NoArgsIsHelpError as asked:
        asked.show()
        sys.exit(asked.exit_code)
    except UsageError as error:
        _end(complaint(error))
    except Refusal as refusal:
        _end(refusal)


def _end(refusal: Refusal) -> NoReturn:
    say_no(refusal, "--json" in sys.argv)
    sys.exit(refusal.code)


def build() -> typer.Typer:
    """Put the commands together, their help in the language of the moment."""
    for name, title in TITLES.items():
        setattr(rich_utils, name, translate(title))
    app = typer.Typer(
        name="otdel", help=translate(ABOUT), no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    for name in MODULES:
        import_module(f"deployments.cli.{name}").add_to(app)
    return app


def _speak_help(command: Any) -> None:
    """Say Typer's own words for --help in the language of the moment, in every command."""
    option = command.get_help_option(typer.Context(command))
    if option:
        option.help = translate(SHOW_HELP)
    for child in getattr(command, "commands", {}).values():
        _speak_help(child)


def spoken_here() -> str:
    """The language of the commands: as asked, else the company's, else the machine's."""
    asked = os.environ.get("OTDEL_LOCALE", "")
    if asked in LANGUAGES:
        return asked
    with suppress(Refusal, OSError):
        settings = read_settings()
        if (settings.workspace / "company.yaml").exists():
            return read_front(settings).locale
    return "ru" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("ru") else "en"
