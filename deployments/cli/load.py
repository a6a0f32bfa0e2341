"""`otdel import`: tables and feeds from anywhere on this computer, taken into the company's workspace."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deployments.cli.office import Office, code_of, office
from deployments.refusal import Exit, Refusal
from models.locale import mark, translate, translate_plural
from models.reason import because

if TYPE_CHECKING:
    from models.content import Offer
    from tasks.house import House

READING = mark("Reading {file}")
NO_FILE = mark("There is no file {path}.")
CHECK_NAME = mark("Correct the name.")
OTHER_TABLE = mark("{file} is not a table of {kind}.")
TABLES_ARE = mark("A table of results has the column “metric”, a table of expenses has “amount”.")
KINDS = {"expense": mark("expenses"), "result": mark("results")}
BY_ADDRESS = mark("feeds.yaml names no file for the products.")
NAME_A_FILE = mark("Add a source of the kind “products” with a path, for example products.xml, to feeds.yaml.")
OFFERS = (mark("{number} product is taken over."), mark("{number} products are taken over."))
OFFERS_FOUND = (
    mark("{number} product would be taken over. Add --apply."),
    mark("{number} products would be taken over. Add --apply."),
)
TO_APPLY = mark("Not applied yet: add --apply.")
NO_ROWS = mark("{file} cannot be read as a content plan; nothing has been changed. {problems}")
HEADER_SO = mark("Name the columns as in the content plan of the sample: date, channels, piece, text.")
NOT_A_TABLE = mark("{file} is neither an .xlsx nor a .csv file.")
SAVE_AS = mark("Save it as .xlsx or .csv.")


def add_to(app: typer.Typer) -> None:
    """Add the commands, with help in the language of the moment."""
    group = typer.Typer(help=translate(mark("Take tables and feeds into the workspace.")), no_args_is_help=True)
    app.add_typer(group, name="import")
    file_help, json_help = translate(mark("The file to read")), translate(mark("Answer as JSON"))
    apply_help = translate(mark("Do it; otherwise only the difference is shown"))
    gone_help = translate(mark("Cancel what is gone from the plan"))
    person_help = translate(mark("Who loads; it is written down beside the loading"))
    dry_help = translate(mark("Only tell what would be recorded"))
    withdraw_help = translate(mark("Withdraw what is gone from the table"))

    @group.command("content", help=translate(mark("The content plan: shows the difference, or applies it.")))
    def content(
        file: Annotated[Path, typer.Argument(help=file_help)],
        apply: Annotated[bool, typer.Option("--apply", help=apply_help)] = False,
        cancel_gone: Annotated[bool, typer.Option("--cancel-gone", help=gone_help)] = False,
        person: Annotated[str, typer.Option("--person", envvar="OTDEL_PERSON", help=person_help)] = "",
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        with office(as_json) as desk:
            load_plan(desk, file, apply, cancel_gone, person)

    @group.command("products", help=translate(mark("The product feed of the shop (YML).")))
    def products(
        file: Annotated[Path, typer.Argument(help=file_help)],
        apply: Annotated[bool, typer.Option("--apply", help=apply_help)] = False,
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        with office(as_json) as desk:
            load_products(desk, file, apply)

    def stated(kind: str) -> Any:
        def load(
            file: Annotated[Path, typer.Argument(help=file_help)],
            dry_run: Annotated[bool, typer.Option("--dry-run", help=dry_help)] = False,
            withdraw: Annotated[bool, typer.Option("--withdraw", help=withdraw_help)] = False,
            as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
        ) -> None:
            with office(as_json) as desk:
                record_table(desk, kind, file, not dry_run, withdraw)

        return load

    group.command("expenses", help=translate(mark("A table of expenses, as often as you like.")))(stated("expense"))
    results_help = translate(mark("A table of offline results, as often as you like."))
    group.command("results", help=results_help)(stated("result"))
    _others(group)


def _others(group: typer.Typer) -> None:
    """The commands of the same group that have files of their own, which stand on this one."""
    from deployments.cli import customers, purchases, receipts

    for commands in (customers, purchases, receipts):
        commands.add_to(group)


def record_table(desk: Office, kind: str, file: Path, recording: bool, withdrawing: bool) -> None:
    """Record what is new in a table of expenses or results; the same table again states nothing new."""
    from tasks.content.sheets import read_sheet
    from tasks.costs.engine import Ledger, write_numbers
    from tasks.costs.written import is_of_results
    from tasks.registry.sheets import familiar

    data = bytes_of(file)
    sheet, _ = read_sheet(data, file.name, familiar)
    if sheet is not None and is_of_results(sheet) is not (kind == "result"):
        raise Refusal(because(OTHER_TABLE, file=file, kind=translate(KINDS[kind])), because(TABLES_ARE), Exit.USAGE)
    with desk.screen.waiting(translate(READING, file=file.name)):
        ledger = Ledger(desk.house.sessions, desk.house.clock, desk.house.workspace)
        made = ledger.table(data, file.name, recording, withdrawing)
        note = write_numbers(file, data, file.name) if recording else None
    made = made.model_copy(update={"problems": (*made.problems, note)}) if note else made
    difference, ending = made.difference, made.ending
    said = {
        "recorded": len(made.rows) if recording else 0, "new": len(difference.fresh),
        "corrected": len(difference.changed), "gone": len(difference.gone), "same": difference.same,
        "problems": [str(problem) for problem in made.problems],
    }  # fmt: skip
    desk.answer(said, made.markdown(), code_of(ending.done, ending.total, made.wrong))


def load_plan(desk: Office, file: Path, apply: bool, cancel_gone: bool, person: str) -> None:
    """Show what the plan means; with `apply` it becomes the plan of the workspace, and is loaded.

    A table that cannot be read as a plan changes nothing, and the plan of the workspace stays.
    """
    if file.suffix.lower() not in (".xlsx", ".csv"):
        raise Refusal(because(NOT_A_TABLE, file=file), because(SAVE_AS), Exit.USAGE)
    house, data = desk.house, bytes_of(file)
    with desk.screen.waiting(translate(READING, file=file.name)):
        from tasks.content.difference import sentence
        from tasks.content.steps import load_plan as load
        from tasks.content.steps import read_content_plan, read_product_feeds

        read_product_feeds.fn()
        with _looked_at(house.root, file.name, data) as place:
            reading = read_content_plan.fn(place)
        if reading.sheet is None:
            raise Refusal(because(NO_ROWS, file=file, problems=_lines(reading.problems)), because(HEADER_SO))
        ending = None
        if apply:
            reading = read_content_plan.fn(_take_over(house, f"content/plan{file.suffix.lower()}", data))
            ending = load.fn(reading, "apply", cancel_gone, person)
    titles = {card.key: card.title for card in house.workspace.channels}
    changes = [sentence(change, titles) for change in reading.changes if change.kind != "same"]
    problems = [str(problem) for problem in reading.problems]
    remarks = [*problems, *(ending.remarks if ending else ())]
    text = "\n".join([*changes, *([] if apply else [translate(TO_APPLY)]), *remarks])
    said = {"applied": apply, "changes": changes, "problems": remarks, "done": ending.done if ending else 0}
    desk.answer(said, text, Exit.FINDINGS if remarks else Exit.OK)


@contextmanager
def _looked_at(root: Path, name: str, data: bytes) -> Iterator[str]:
    """The file inside the workspace, under its own name, for as long as it is looked at."""
    place = f"var/import/{name}"
    _install(root, place, data, root)
    try:
        yield place
    finally:
        (root / place).unlink(missing_ok=True)


def _take_over(house: "House", place: str, data: bytes) -> str:
    """Let the file be the plan of the workspace; the former one, and one that would be read instead, are kept."""
    from tasks.loading.engine import PLANS

    _install(house.root, place, data, house.var / "backups")
    _retire(house.root, PLANS[: PLANS.index(place)], house.var / "backups")
    return place


def _lines(problems: Iterable[object]) -> str:
    return " ".join(str(problem) for problem in problems)


def load_products(desk: Office, file: Path, apply: bool) -> None:
    """Look a product feed over; with `apply` it becomes the one of the workspace, unless it cannot be used."""
    from tasks.content.products import read_products

    house, data = desk.house, bytes_of(file)
    with desk.screen.waiting(translate(READING, file=file.name)):
        found = read_products(data, file.name, house.workspace.company.currency)
        place = next((s.path for s in house.workspace.sources if s.kind == "products" and s.path), "")
        if apply and not place:
            raise Refusal(because(BY_ADDRESS), because(NAME_A_FILE))
        stopped, problems = found.stopped, [str(problem) for problem in found.problems]
        if apply and not stopped:
            from tasks.content.steps import read_product_feeds

            _install(house.root, place, data, house.var / "backups")
            problems = list(read_product_feeds.fn().remarks)
            stopped = not _are_known(house, found.items)
    taken = apply and not stopped
    counted = translate_plural(*(OFFERS if taken else OFFERS_FOUND), len(found.items))
    said = {"applied": taken, "products": len(found.items), "problems": problems}
    code = Exit.REFUSED if stopped else Exit.FINDINGS if problems else Exit.OK
    desk.answer(said, "\n".join([*([] if stopped else [counted]), *problems]), code)


def _are_known(house: "House", offers: Iterable["Offer"]) -> bool:
    """Whether these products are the ones that publications are compared with: another feed may stand in their way."""
    from tasks.content.rows import offers as known_offers

    with house.reads() as session:
        known = {(row.id, row.price) for row in known_offers(session)}
    return {(offer.id, offer.price) for offer in offers} <= known


def bytes_of(file: Path) -> bytes:
    if not file.is_file():
        raise Refusal(because(NO_FILE, path=file), because(CHECK_NAME), Exit.USAGE)
    return file.read_bytes()


def _install(root: Path, place: str, data: bytes, backups: Path) -> None:
    """Put a file into the workspace in one move; what stood there is copied among the backups."""
    target = root / place
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists() and target.read_bytes() == data:
        return
    if target.exists() and not place.startswith("var/"):
        shutil.copy2(target, _aside(target, backups))
    draft = target.with_name(f".{target.name}.draft")
    draft.write_bytes(data)
    draft.replace(target)


def _retire(root: Path, places: Sequence[str], backups: Path) -> None:
    """Move a plan that would be read instead of the imported one among the backups."""
    for target in (root / place for place in places):
        if target.exists():
            target.replace(_aside(target, backups))


def _aside(target: Path, backups: Path) -> Path:
    backups.mkdir(parents=True, exist_ok=True)
    return backups / f"{target.stem}-{datetime.now(UTC):%Y%m%d-%H%M%S}{target.suffix}"
