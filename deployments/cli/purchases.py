"""`otdel import purchases`: what a table of purchases comes to, and loading it."""

from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from deployments.cli.customers import GOES_ON, ROWS, UNKNOWN, counted, key_of, mended, progress, said_of, source_of
from deployments.cli.load import CHECK_NAME, NO_FILE, NOT_A_TABLE, READING, SAVE_AS, TO_APPLY
from deployments.cli.office import Office, office
from deployments.refusal import Exit, Refusal
from models.locale import mark, translate
from models.reason import because

if TYPE_CHECKING:
    from models.desk.drop import PurchasesFound

LOADING = mark("Loading the receipts")
LOADED = mark("Loaded. The counts are of the whole file.")
TOGETHER = mark("Lines of receipts: {lines}, together {amount}.")
NOT_READ = mark("{file} cannot be read as a table of purchases; nothing has been changed. {problems}")
COLUMNS_SO = mark("Name the columns: receipt, date, card or phone, product, quantity, amount, outlet.")


def add_to(group: typer.Typer) -> None:
    """Add the command, with help in the language of the moment."""
    file_help, json_help = translate(mark("The file to read")), translate(mark("Answer as JSON"))
    apply_help = translate(mark("Do it; otherwise only the difference is shown"))
    person_help = translate(mark("Who loads; it is written down beside the loading"))

    @group.command("purchases", help=translate(mark("A table of purchases: shows what it comes to, or loads it.")))
    def purchases(
        file: Annotated[Path, typer.Argument(help=file_help)],
        apply: Annotated[bool, typer.Option("--apply", help=apply_help)] = False,
        person: Annotated[str, typer.Option("--person", envvar="OTDEL_PERSON", help=person_help)] = "",
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        with office(as_json) as desk:
            take_in(desk, file, apply, person)


def take_in(desk: Office, file: Path, apply: bool, person: str) -> NoReturn:
    """Compare the table; with `apply` load it. What cannot be used changes nothing; CSV may be of any length."""
    if file.suffix.lower() not in (".xlsx", ".csv"):
        raise Refusal(because(NOT_A_TABLE, file=file), because(SAVE_AS), Exit.USAGE)
    if not file.is_file():
        raise Refusal(because(NO_FILE, path=file), because(CHECK_NAME), Exit.USAGE)
    by = key_of(desk.house, person)
    from integrations.errors import Refused

    try:
        (load_table if apply else compare_table)(desk, file, by)
    except Refused as refused:
        said = because(NOT_READ, file=file.name, problems=refused.reason)
        raise Refusal(said, because(COLUMNS_SO)) from None


def compare_table(desk: Office, file: Path, by: str) -> NoReturn:
    """Say what loading it would come to."""
    from tasks.purchases.engine import compare, table_of

    with desk.screen.waiting(translate(READING, file=file.name)), table_of(file) as table:
        found = compare(desk.house, table)
    problems = said_of(found.wrong)
    unknown = [f"{translate(UNKNOWN)}: {', '.join(found.unknown)}"] if found.unknown else []
    text = [*_lines(file, found), *unknown, *mended(problems), translate(TO_APPLY)]
    said = found.model_dump(
        mode="json", include={"rows", "lines", "amount", "currency", "counts", "columns", "unknown"}
    )
    desk.answer({"applied": False, **said, "problems": problems}, "\n".join(text), _code(found.lines, problems))


def load_table(desk: Office, file: Path, by: str) -> NoReturn:
    """Load it, or go on where a loading of the same was cut off; loaded before to its end, it is loaded anew."""
    from models.desk.drop import COUNT_TITLES
    from tasks.purchases.engine import load, table_of

    with file.open("rb") as opened:
        source, behind = source_of(desk.house, file_digest(opened, "sha256").hexdigest())
    with progress(desk, LOADING, 0, behind) as tick, table_of(file) as table:
        counts = load(desk.house, table, source, file.name, by, tick)
    went_on = [translate(GOES_ON, done=behind, total=sum(counts.values()) - counts["unknown"])] if behind else []
    told = [counted(counts[what], words) for what, words in COUNT_TITLES.items() if counts[what]]
    said = {"applied": True, "counts": dict(counts), "went_on_behind": behind}
    desk.answer(said, "\n".join([*went_on, translate(LOADED), *told]), Exit.OK)


def _lines(file: Path, found: "PurchasesFound") -> list[str]:
    from integrations.web.screen import money
    from models.desk.drop import COUNT_TITLES

    counts: Any = found.counts
    told = [counted(counts[what], words) for what, words in COUNT_TITLES.items() if counts.get(what)]
    together = translate(TOGETHER, lines=found.lines, amount=money(found.amount, found.currency))
    return [translate(ROWS, file=file.name, number=found.rows), together, *told]


def _code(lines: int, problems: list[str]) -> Exit:
    return Exit.REFUSED if not lines else Exit.FINDINGS if problems else Exit.OK
