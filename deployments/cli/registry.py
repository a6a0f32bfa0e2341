"""`otdel registry export`: the unified registry as CSV, XLSX or Parquet, streamed from the database."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deployments.cli.office import Office, office
from deployments.refusal import Exit, Refusal
from models.locale import mark, translate, translate_plural
from models.reason import because

FORMATS = ("csv", "xlsx", "parquet")
EXPORTED = (mark("{number} fact is exported to {path}."), mark("{number} facts are exported to {path}."))
NO_FORMAT = mark("“{said}” is no format of an export.")
FORMATS_ARE = mark("Write --format csv, xlsx or parquet, or end the name of the file so.")
NO_DAY = mark("“{said}” is not a date.")
WRITE_DAY = mark("Write it as 2026-11-25.")
BACKWARDS = mark("The period ends ({last}) before it begins ({first}).")
SWAP = mark("Exchange --from and --to.")
EVER = (date(2000, 1, 1), date(2200, 1, 1))


def add_to(app: typer.Typer) -> None:
    """Add the commands, with help in the language of the moment."""
    group = typer.Typer(help=translate(mark("The unified registry.")), no_args_is_help=True)
    app.add_typer(group, name="registry")
    file_help = translate(mark("Where to write it"))
    format_help = translate(mark("csv, xlsx or parquet; else by the name of the file"))
    since_help, until_help = translate(mark("First day, as 2026-11-01")), translate(mark("Last day, as 2026-11-30"))
    json_help = translate(mark("Answer as JSON"))

    @group.callback()
    def registry() -> None:
        pass

    @group.command("export", help=translate(mark("Export every fact of a period, corrected ones too.")))
    def export_facts(
        file: Annotated[Path, typer.Argument(help=file_help)],
        format: Annotated[str, typer.Option("--format", help=format_help)] = "",
        since: Annotated[str, typer.Option("--from", help=since_help)] = "",
        until: Annotated[str, typer.Option("--to", help=until_help)] = "",
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        with office(as_json) as desk:
            export(desk, file, format or file.suffix.lstrip("."), since, until)


def export(desk: Office, file: Path, format: str, since: str, until: str) -> None:
    """Write the facts in one move: a file that stands is either whole or the former one."""
    from models.database import reading
    from tasks.registry.rows import stream
    from tasks.reports.period import midnight

    if format not in FORMATS:
        raise Refusal(because(NO_FORMAT, said=format), because(FORMATS_ARE), Exit.USAGE)
    zone = desk.house.workspace.company.zone
    first, last = _day(since) or EVER[0], _day(until) or EVER[1]
    if first > last:
        raise Refusal(because(BACKWARDS, first=first, last=last), because(SWAP), Exit.USAGE)
    bounds = midnight(first, zone), midnight(date.fromordinal(last.toordinal() + 1), zone)
    draft = file.with_name(f".{file.name}.draft")
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with reading(desk.house.engine) as session, _counted(desk, _number(session, *bounds)) as count:
            facts = count(stream(session, *bounds))
            with draft.open("wb") as out:
                out.writelines(_pieces(facts, format, zone))
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    written = count.seen
    desk.answer({"facts": written, "path": str(file)}, translate_plural(*EXPORTED, written, path=file))


def _pieces(facts: Iterable[Any], format: str, zone: str) -> Iterable[bytes]:
    from models.locale import language
    from tasks.registry.export import csv_bytes, parquet_bytes, xlsx_bytes

    if format == "csv":
        return csv_bytes(facts, language(), zone)
    if format == "xlsx":
        return [xlsx_bytes(facts, language(), zone, datetime.now(UTC))]
    return [parquet_bytes(facts)]


def _number(session: Any, since: datetime, until: datetime) -> int:
    from sqlalchemy import func, select
    from sqlmodel import col

    from models.registry import Fact

    counted = select(func.count()).select_from(Fact)
    return int(session.execute(counted.where(col(Fact.observed_at) >= since, col(Fact.observed_at) < until)).scalar())


class _Count:
    """Counts what passes through, and shows it."""

    def __init__(self, progress: Progress, total: int) -> None:
        self.progress, self.seen = progress, 0
        self.task = progress.add_task(translate(mark("Facts")), total=total)

    def __call__(self, facts: Iterable[Any]) -> Iterator[Any]:
        for fact in facts:
            self.seen += 1
            if self.seen % 1000 == 0:
                self.progress.update(self.task, completed=self.seen)
            yield fact


@contextmanager
def _counted(desk: Office, total: int) -> Iterator[_Count]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = desk.screen.console
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield _Count(progress, total)


def _day(said: str) -> date | None:
    if not said:
        return None
    try:
        return min(max(date.fromisoformat(said), EVER[0]), EVER[1])
    except ValueError:
        raise Refusal(because(NO_DAY, said=said), because(WRITE_DAY), Exit.USAGE) from None
