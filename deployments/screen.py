"""What the launcher shows: a line per process, and nothing that breaks when the terminal is gone."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from deployments.refusal import Refusal

LONGEST = 240


class Screen:
    """A console that swallows its own errors: a closed terminal must not keep the house from stopping cleanly."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)

    def say(self, text: str, style: str = "") -> None:
        with suppress(OSError):
            self.console.print(text, style=style, markup=False, soft_wrap=True)

    def done(self, text: str) -> None:
        self.say(f"✔ {text}", "green")

    def warn(self, text: str) -> None:
        self.say(f"! {text}", "yellow")

    def refuse(self, refusal: Refusal) -> None:
        self.say(f"✘ {refusal.what}", "red")
        if refusal.mend:
            self.say(f"  {refusal.mend}")

    def quote(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.say(f"  │ {line[:LONGEST]}", "dim")

    @contextmanager
    def waiting(self, text: str) -> Iterator[Callable[[str], None]]:
        """Show that something is awaited, with the seconds, in other words when told; only where somebody looks."""
        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
        progress = Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)
        with suppress(OSError):
            progress.start()
            progress.add_task(text, total=None)
        try:
            yield lambda said: progress.update(TaskID(0), description=said)
        finally:
            with suppress(OSError):
                progress.stop()
