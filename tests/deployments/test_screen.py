"""The screen: a terminal that is gone must not break the stopping of the house."""

import os
from io import StringIO

from rich.console import Console

from deployments.refusal import Refusal
from deployments.screen import LONGEST, Screen
from models.reason import because


class GoneTerminal(StringIO):
    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        raise OSError(5, os.strerror(5))

    def flush(self) -> None:
        raise OSError(5, os.strerror(5))


def test_a_closed_terminal_breaks_nothing() -> None:
    screen = Screen(Console(file=GoneTerminal()))
    screen.say("anything")
    with screen.waiting("something"):
        screen.done("done")
    screen.refuse(Refusal(because("no"), because("mend")))


def test_what_is_awaited_may_be_said_in_other_words() -> None:
    shown = StringIO()
    with Screen(Console(file=shown, force_terminal=True, width=80)).waiting("Customers…") as tell:
        tell("customers.csv: 1000 of 5004")
    assert "customers.csv: 1000 of 5004" in shown.getvalue()


def test_a_refusal_is_shown_with_its_mend() -> None:
    shown = StringIO()
    Screen(Console(file=shown)).refuse(Refusal(because("Port {port} is taken.", port=4200), because("Choose another.")))
    assert "Port 4200 is taken." in shown.getvalue()
    assert "Choose another." in shown.getvalue()


def test_what_is_shown_is_no_markup_and_no_endless_line() -> None:
    shown = StringIO()
    screen = Screen(Console(file=shown, width=80))
    screen.say("[bold]as it is[/bold]")
    screen.quote(["x" * 10_000])
    assert "[bold]as it is[/bold]" in shown.getvalue()
    assert shown.getvalue().count("x") == LONGEST
