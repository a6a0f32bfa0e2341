"""`otdel report week|month`: the report as one file, out of the registry as it is now."""

from pathlib import Path
from typing import Annotated

import typer

from deployments.cli.office import Office, office
from deployments.refusal import Exit, Refusal
from models.locale import mark, translate
from models.reason import because

FORMATS = ("html", "xlsx", "pdf")
READY = mark("The report {first} – {last} is ready: {path}")
MAKING = mark("Making the report")
NO_KIND = mark("“{said}” is no report.")
KINDS_ARE = mark("Write week or month.")
NO_FORMAT = mark("“{said}” is no format of a report.")
FORMATS_ARE = mark("Write --format html, xlsx or pdf.")
NO_DAY = mark("“{said}” is not a date.")
WRITE_DAY = mark("Write it as 2026-11-25.")


def add_to(app: typer.Typer) -> None:
    """Add the command, with help in the language of the moment."""
    kind_help = translate(mark("week: for the department; month: one page for the director"))
    format_help = translate(mark("html, xlsx or pdf"))
    on_help = translate(mark("Any day of it, as 2026-11-25; else this week, or the month that has ended"))
    out_help = translate(mark("Where to write it; else among the reports of the workspace"))
    words_help, json_help = translate(mark("The head's conclusion")), translate(mark("Answer as JSON"))

    @app.command("report", help=translate(mark("Make the report of a week or a month.")))
    def report(
        kind: Annotated[str, typer.Argument(help=kind_help)],
        format: Annotated[str, typer.Option("--format", help=format_help)] = "html",
        on: Annotated[str, typer.Option("--on", help=on_help)] = "",
        out: Annotated[Path | None, typer.Option("--out", help=out_help)] = None,
        conclusion: Annotated[str, typer.Option("--conclusion", help=words_help)] = "",
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        with office(as_json) as desk:
            _refuse_unknown(kind, format)
            make(desk, kind, format, on, out, conclusion)


def _refuse_unknown(kind: str, format: str) -> None:
    if kind not in ("week", "month"):
        raise Refusal(because(NO_KIND, said=kind), because(KINDS_ARE), Exit.USAGE)
    if format not in FORMATS:
        raise Refusal(because(NO_FORMAT, said=format), because(FORMATS_ARE), Exit.USAGE)


def make(desk: Office, kind: str, format: str, on: str, out: Path | None, conclusion: str) -> None:
    """Compute it from the registry and write it in one move."""
    with desk.screen.waiting(translate(MAKING)):
        from tasks.reports.engine import laid_out, period_of, put, report_of

        house = desk.house
        try:
            period = period_of(house, kind, on)
        except ValueError:
            raise Refusal(because(NO_DAY, said=on), because(WRITE_DAY), Exit.USAGE) from None
        path = out or house.var / "reports" / f"{kind}-{period.first}.{format}"
        put(path, laid_out(report_of(house, period, conclusion), format))
    said = {"path": str(path), "first": period.first, "last": period.last}
    first, last = f"{period.first:%d.%m.%Y}", f"{period.last:%d.%m.%Y}"
    desk.answer(said, translate(READY, first=first, last=last, path=path))
