"""`otdel analyse-coupons`: a stranger's history of coupons analysed, without a house, a database or our tills."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deployments.cli.load import CHECK_NAME, NO_FILE
from deployments.cli.office import Office, office
from deployments.refusal import Exit, Refusal
from models.locale import language, mark, translate
from models.reason import Reason, because

if TYPE_CHECKING:
    from models.company import Company
    from tasks.coupon_analysis.histories.engine import History
    from tasks.coupon_analysis.whole import Findings

ABOUT = mark("Analyse coupons of another system: tables of coupons, redemptions, purchases, costs.")
ANALYSING = mark("Tables and offers")
EMPTY = mark("There is no table in {folder}.")
GIVE_TABLES = mark("Put coupons, redemptions and purchases there, as .csv, .xlsx or .parquet.")
NO_ZONE = mark("“{said}” is no time zone.")
WRITE_ZONE = mark("Write it as Europe/Moscow.")
MEND_IT = mark("The columns are in the guide: coupon-history.md.")
WRITTEN = mark("All of it: {path}")
TO_LOOK_AT = mark("To look at in {file}:")
SUFFIXES = (".csv", ".xlsx", ".parquet")


def add_to(app: typer.Typer) -> None:
    """Add the command, with help in the language of the moment."""
    files_help = translate(mark("A folder with the tables, or the tables themselves"))
    out_help = translate(mark("The folder to write the report into: HTML, XLSX and PDF"))
    zone_help = translate(mark("The clock of the outlets, as Europe/Moscow; else the company's"))
    group_help = translate(mark("A product group the coupon is given on; several times for several"))
    handling_help, each_help = (
        translate(mark("What the work of one use costs")),
        translate(mark("What issuing a code costs")),
    )
    fixed_help = translate(mark("What else it cost, once"))
    partner_help = translate(mark("How many per cent of the discount others pay"))
    json_help = translate(mark("Answer as JSON"))

    @app.command("analyse-coupons", help=translate(ABOUT))
    def analyse_coupons(
        files: Annotated[list[Path], typer.Argument(help=files_help)],
        out: Annotated[Path, typer.Option("--out", help=out_help)] = Path("coupon-analysis"),
        zone: Annotated[str, typer.Option("--zone", help=zone_help)] = "",
        group: Annotated[list[str] | None, typer.Option("--group", help=group_help)] = None,
        handling: Annotated[str, typer.Option("--handling", help=handling_help)] = "",
        each: Annotated[str, typer.Option("--each", help=each_help)] = "",
        fixed: Annotated[str, typer.Option("--fixed", help=fixed_help)] = "",
        partner: Annotated[str, typer.Option("--partner", help=partner_help)] = "",
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        with office(as_json) as desk:
            costs = {"handling": handling, "each_issued": each, "fixed": fixed, "partner": partner}
            analyse(desk, tables_of(files), out, zone, group or [], costs)


def tables_of(given: Sequence[Path]) -> dict[str, Path]:
    """The tables by their names; those of a folder where a folder is given."""
    found: dict[str, Path] = {}
    for path in given:
        if not path.exists():
            raise Refusal(because(NO_FILE, path=path), because(CHECK_NAME), Exit.USAGE)
        inside = sorted(one for one in path.iterdir() if one.suffix.lower() in SUFFIXES) if path.is_dir() else [path]
        if not inside:
            raise Refusal(because(EMPTY, folder=path), because(GIVE_TABLES), Exit.USAGE)
        found |= {(one.name if one.name not in found else str(one)): one for one in inside}
    return found


def analyse(
    desk: Office, files: Mapping[str, Path], out: Path, zone: str, groups: Sequence[str], costs: Mapping[str, str]
) -> None:
    """Read, analyse and write; what cannot be used refuses, rows that cannot be counted are told by their numbers."""
    from integrations.errors import Refused
    from tasks.coupon_analysis.costs import NO_RATES
    from tasks.coupon_analysis.histories.engine import analyse as analyse_them
    from tasks.coupon_analysis.histories.engine import as_files
    from tasks.coupon_analysis.stated import read_rates

    company, now = _company(desk, zone), datetime.now(UTC)
    stated = read_rates(costs, company.currency)
    if isinstance(stated, Reason):
        raise Refusal(stated, because(MEND_IT), Exit.USAGE)
    rates = stated.over(NO_RATES)
    try:
        with _progress(desk) as tick:
            history = analyse_them(files, company, now, rates, groups, tick)
            made = as_files(history, company, now, language())
    except Refused as refused:
        raise Refusal(refused.reason, because(MEND_IT), Exit.USAGE) from None
    path = _put(made, out)
    data = {
        "offers": [_data(title, one) for title, one in history.found], "report": str(path),
        "problems": {one.file: list(one.lines) for one in history.problems()},
    }  # fmt: skip
    desk.answer(data, _text(history, path), Exit.OK if history.is_whole else Exit.FINDINGS)


def _company(desk: Office, zone: str) -> "Company":
    """The company of this workspace for its clocks and money; a stranger has none, and needs none."""
    from models.company import Company

    company = Company(name="—", zone="UTC")
    with suppress(Refusal, OSError):
        root = desk.settings.workspace
        if (root / "company.yaml").is_file():
            from deployments.furniture import workspace_of

            company = workspace_of(root, date.today())()[0].company  # noqa: DTZ011  only +6 in a plan counts from it
    if not zone:
        return company
    try:
        return company.model_copy(update={"zone": ZoneInfo(zone).key})
    except (ValueError, OSError, KeyError):
        raise Refusal(because(NO_ZONE, said=zone), because(WRITE_ZONE), Exit.USAGE) from None


@contextmanager
def _progress(desk: Office) -> Iterator[Callable[[int, int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = desk.screen.console
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(translate(ANALYSING), total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)


def _put(made: Mapping[str, bytes], out: Path) -> Path:
    from tasks.reports.engine import put

    for suffix, data in made.items():
        put(out / f"coupons.{suffix}", data)
    return out / "coupons.html"


def _data(title: str, found: "Findings") -> dict[str, Any]:
    """An offer for programs; what is not known is null. Money is in minor units."""
    from tasks.coupon_analysis.sentences import lead, provisional

    total, beside = found.increment.total(), found.difference
    return {
        "offer": title, "said": str(lead(found)), "told": str(found.increment.told),
        "is_provisional": any(provisional(found)), "issued": found.coupons.issued,
        "redeemed": None if found.is_common else found.coupons.redeemed,
        "share": None if found.is_common else found.coupons.rate,
        "share_between": None if found.is_common else [found.coupons.interval.low, found.coupons.interval.high],
        "uses": found.cost.redemptions, "use_cost": found.cost.each,
        "brought": total and total[0], "brought_between": total and [total[1].low, total[1].high],
        "difference_in_differences": beside and beside.apart, "is_causal": found.question.is_by_lot,
        "profit": found.margin and found.margin.profit, "signals": len(found.signals),
        "currency": found.question.currency,
    }  # fmt: skip


def _text(history: "History", path: Path) -> str:
    from tasks.coupon_analysis.sentences import lead

    lines = [f"{title}: {lead(one)}" if title else str(lead(one)) for title, one in history.found]
    for problem in history.problems():
        heading = [translate(TO_LOOK_AT, file=problem.file)] if problem.file else []
        lines += [*heading, *(f"  {line}" for line in problem.lines)]
    return "\n".join([*lines, translate(WRITTEN, path=path)])
