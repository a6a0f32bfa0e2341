"""`otdel import customers`: what a table of customers comes to, and loading it; no answer says who stands in it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from deployments.cli.load import NOT_A_TABLE, READING, SAVE_AS, TO_APPLY, bytes_of
from deployments.cli.office import Office, code_of, office
from deployments.cli.registry import NO_DAY, WRITE_DAY
from deployments.refusal import Exit, Refusal
from models.locale import mark, translate
from models.reason import NO_REASON, because

if TYPE_CHECKING:
    from datetime import date

    from models.content import Sheet
    from models.desk.drop import AllAgreed, Wrong
    from tasks.house import House

NO_TABLE = mark("{file} cannot be read as a table of customers; nothing has been changed. {problems}")
COLUMNS_SO = mark(
    "Name the columns as in customers.csv of the sample, and fill at least one of card, e-mail and phone."
)
NOTHING_UNDER = mark("There is no row under the headings.")
LOOKING = mark("Looking the rows over")
LOADING = mark("Loading the customers")
ROWS = mark("{file}: rows {number}")
GOES_ON = mark("An earlier loading of this file was cut off; it went on behind its row {done} of {total}.")
LOADED = mark("Loaded. The counts are of the whole file.")
REACH = mark("Whom advertising may be sent to, once it is loaded")
UNKNOWN = mark("Columns that are not known")
TO_MEND = mark("To be mended in the file")


def add_to(group: typer.Typer) -> None:
    """Add the command, with help in the language of the moment."""
    file_help, json_help = translate(mark("The file to read")), translate(mark("Answer as JSON"))
    apply_help = translate(mark("Do it; otherwise only the difference is shown"))
    proof_help = translate(mark("The document that proves the consents, where the rows name none of their own"))
    on_help = translate(mark("The day the consents were given, as 2026-11-25, where the rows name none of their own"))
    wording_help = translate(mark("The version of the text that was agreed to, where the rows name none"))
    person_help = translate(mark("Who loads; it is written down beside the loading"))

    @group.command("customers", help=translate(mark("A table of customers: shows what it comes to, or loads it.")))
    def customers(
        file: Annotated[Path, typer.Argument(help=file_help)],
        apply: Annotated[bool, typer.Option("--apply", help=apply_help)] = False,
        proof: Annotated[str, typer.Option("--proof", help=proof_help)] = "",
        agreed_on: Annotated[str, typer.Option("--agreed-on", help=on_help)] = "",
        wording: Annotated[str, typer.Option("--wording", help=wording_help)] = "",
        person: Annotated[str, typer.Option("--person", envvar="OTDEL_PERSON", help=person_help)] = "",
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        with office(as_json) as desk:
            from models.desk.drop import AllAgreed

            agreed = AllAgreed(proof=proof.strip(), on=agreed_on.strip(), wording=wording.strip())
            take_in(desk, file, apply, agreed, person)


def take_in(desk: Office, file: Path, apply: bool, agreed: "AllAgreed", person: str) -> NoReturn:
    """Rehearse the table; with `apply` load it. What cannot be used changes nothing."""
    if file.suffix.lower() not in (".xlsx", ".csv"):
        raise Refusal(because(NOT_A_TABLE, file=file), because(SAVE_AS), Exit.USAGE)
    data, house = bytes_of(file), desk.house
    agreed, by = _checked(agreed, _today(house)), key_of(house, person)
    with desk.screen.waiting(translate(READING, file=file.name)):
        sheet = _sheet(data, file.name)
    if apply:
        load_table(desk, sheet, agreed, _print_of(data, agreed), by)
    rehearse_table(desk, sheet, agreed, by)


def rehearse_table(desk: Office, sheet: "Sheet", agreed: "AllAgreed", by: str) -> NoReturn:
    """Say what loading it would come to."""
    from tasks.customers.engine import rehearse

    with progress(desk, LOOKING, len(sheet.rows)) as tick:
        found = rehearse(desk.house, sheet, agreed, by, tick)
    unknown = [f"{translate(UNKNOWN)}: {', '.join(found.unknown)}"] if found.unknown else []
    problems = said_of(found.wrong)
    reached = _reach_lines(found.reach)
    text = [*_count_lines(sheet, found.counts), *reached, *unknown, *mended(problems), translate(TO_APPLY)]
    said = found.model_dump(mode="json", include={"rows", "counts", "reach", "columns", "unknown"})
    code = _code(sheet, found.counts, problems)
    desk.answer({"applied": False, **said, "problems": problems}, "\n".join(text), code)


def load_table(desk: Office, sheet: "Sheet", agreed: "AllAgreed", print_: str, by: str) -> NoReturn:
    """Load it, or go on where a loading of the same was cut off; loaded before to its end, it is loaded anew."""
    from tasks.customers.engine import load, wrong_in

    source, behind = source_of(desk.house, print_)
    with progress(desk, LOADING, len(sheet.rows), behind) as tick:
        counts = load(desk.house, sheet, agreed, source, by, tick)
    problems = said_of(wrong_in(desk.house, sheet, agreed))
    went_on = [translate(GOES_ON, done=behind, total=len(sheet.rows))] if behind else []
    text = [*went_on, translate(LOADED), *_count_lines(sheet, counts), *mended(problems)]
    said = {"applied": True, "rows": len(sheet.rows), "counts": dict(counts), "went_on_behind": behind}
    desk.answer({**said, "problems": problems}, "\n".join(text), _code(sheet, counts, problems))


def _today(house: "House") -> "date":
    from tasks.schedule.wall import local

    return local(house.now(), house.workspace.company.zone).date()


def _checked(agreed: "AllAgreed", today: "date") -> "AllAgreed":
    """What is said of all the consents, its day in one form. Raises Refusal."""
    from tasks.customers.reading import IN_FUTURE, LINE_MAX, TOO_LONG, NoDay, read_day

    if max(len(agreed.proof), len(agreed.wording)) > LINE_MAX:
        raise Refusal(because(TOO_LONG, limit=LINE_MAX), code=Exit.USAGE)
    if not agreed.on:
        return agreed
    try:
        on = read_day(agreed.on)
    except NoDay:
        raise Refusal(because(NO_DAY, said=agreed.on), because(WRITE_DAY), Exit.USAGE) from None
    if on > today:
        raise Refusal(because(IN_FUTURE), NO_REASON, Exit.USAGE)
    return agreed.model_copy(update={"on": on.isoformat()})


def key_of(house: "House", person: str) -> str:
    """The key of whoever loads; empty where nobody is named. Raises Refused where they may not."""
    from models.people import Permission
    from tasks.orders.naming import entitled
    from tasks.orders.rows import people

    if not person:
        return ""
    with house.reads() as session:
        return entitled(person, people(session, house.workspace), Permission.CUSTOMERS).key


def _sheet(data: bytes, name: str) -> "Sheet":
    """The table, if customers can be read from it. Raises Refusal."""
    from tasks.content.sheets import read_sheet
    from tasks.customers.columns import column_of, places
    from tasks.dropping.kinds import PEOPLE_MAX

    sheet, unread = read_sheet(data, name, lambda heading: bool(column_of(heading)), PEOPLE_MAX)
    stopped = [str(problem) for problem in (unread if sheet is None else places(sheet)[1])]
    if sheet is None or stopped or not sheet.rows:
        problems = " ".join(stopped) or translate(NOTHING_UNDER)
        raise Refusal(because(NO_TABLE, file=name, problems=problems), because(COLUMNS_SO))
    return sheet


def _print_of(data: bytes, agreed: "AllAgreed") -> str:
    """What is loaded: these bytes, and what is said of all their consents, where anything is.

    Cut off and begun again with another document, it is another loading: else its first rows would lack what that
    document proves.
    """
    said = agreed.model_dump_json() if agreed != type(agreed)() else ""
    return sha256(data + said.encode()).hexdigest()


def source_of(house: "House", print_: str) -> tuple[str, int]:
    """What the loading is known by, and how many rows are done: one cut off goes on, after a whole comes another."""
    from sqlalchemy import select
    from sqlmodel import col

    from models.customers import CustomerLoad

    query = select(col(CustomerLoad.source), col(CustomerLoad.done), col(CustomerLoad.applied_at))
    with house.reads() as session:
        mine = query.where(col(CustomerLoad.source).startswith(f"file:{print_}:"))
        begun = session.execute(mine).tuples().all()
    source = f"file:{print_}:{sum(applied_at is not None for _, _, applied_at in begun)}"
    return source, next((done for known, done, _ in begun if known == source), 0)


def _count_lines(sheet: "Sheet", counts: Any) -> list[str]:
    from models.desk.drop import COUNT_TITLES

    told = [counted(counts[what], words) for what, words in COUNT_TITLES.items() if counts.get(what)]
    return [translate(ROWS, file=sheet.file, number=len(sheet.rows)), *told]


def _reach_lines(reach: Any) -> list[str]:
    from models.customers import KIND_TITLES, AddressKind
    from models.desk.drop import REACH_TITLES

    lines = [f"{translate(REACH)}:"] if reach else []
    for kind in (kind for kind in AddressKind if kind in reach):
        codes = reach[kind]
        lines.append(f"{translate(KIND_TITLES[kind])}: {sum(codes.values())}")
        lines += [counted(codes[code], words) for code, words in REACH_TITLES.items() if codes.get(code)]
    return lines


def counted(number: int, words: str) -> str:
    return f"{number:>8}  {translate(words)}"


def said_of(wrong: Iterable["Wrong"]) -> list[str]:
    from tasks.tables.told import wrong_line

    return [wrong_line(one) for one in wrong]


def mended(problems: Sequence[str]) -> list[str]:
    return [f"{translate(TO_MEND)}:", *problems] if problems else []


def _code(sheet: "Sheet", counts: Any, problems: Sequence[str]) -> Exit:
    left_out = counts.get("unread", 0) + counts.get("erased", 0)
    return code_of(len(sheet.rows) - left_out, len(sheet.rows), problems or counts.get("taken"))


@contextmanager
def progress(desk: Office, title: str, total: int, done: int = 0) -> Iterator[Callable[[int], None]]:
    """Show how many rows are done; only where somebody looks."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = desk.screen.console
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(translate(title), total=total, completed=done)
        yield lambda done: progress.update(task, completed=done)
