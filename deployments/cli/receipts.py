"""`otdel import receipts`: one file of a till, a table or CommerceML: what is in it, or entering its coupons."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from deployments.cli.load import CHECK_NAME, NO_FILE, READING, TO_APPLY
from deployments.cli.office import Office, office
from deployments.refusal import Exit, Refusal
from models.locale import mark, translate
from models.reason import because

NOT_OF_TILLS = mark("{file} is neither a .csv, an .xlsx nor an .xml file.")
SAVE_SO = mark("Save it as one of these; the guide names the columns.")
FOUND = mark("Receipts with a coupon: {number}; without one: {without}; rows left out: {left_out}.")
ENTERED = mark("Entered: {entered}; known already: {repeated}; conflicts: {conflicts}; rows left out: {left_out}.")
ROW = mark("Row {row}: {said}")


def add_to(group: typer.Typer) -> None:
    """Add the command, with help in the language of the moment."""
    file_help, json_help = translate(mark("The file to read")), translate(mark("Answer as JSON"))
    outlet_help = translate(mark("Name or key of the outlet whose tills wrote it"))
    apply_help = translate(mark("Do it; otherwise only the difference is shown"))

    @group.command("receipts", help=translate(mark("A file of an outlet's tills: the coupons in its receipts.")))
    def receipts(
        file: Annotated[Path, typer.Argument(help=file_help)],
        *,
        outlet: Annotated[str, typer.Option("--outlet", help=outlet_help)],
        apply: Annotated[bool, typer.Option("--apply", help=apply_help)] = False,
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        with office(as_json) as desk:
            take_file(desk, file, outlet, apply)


def take_file(desk: Office, file: Path, outlet: str, apply: bool) -> NoReturn:
    """Read the file; with `apply` each receipt has its one effect, however often it is told of."""
    from integrations.errors import Refused
    from tasks.exchange.engine import Exchange

    if file.suffix.lower() not in (".csv", ".xlsx", ".xml"):
        raise Refusal(because(NOT_OF_TILLS, file=file.name), because(SAVE_SO), Exit.USAGE)
    if not file.is_file():
        raise Refusal(because(NO_FILE, path=file), because(CHECK_NAME), Exit.USAGE)
    exchange = Exchange(desk.house)
    try:
        where = exchange.outlet_called(outlet)
    except Refused as refused:
        raise Refusal(refused.reason, because(CHECK_NAME), Exit.USAGE) from None
    with desk.screen.waiting(translate(READING, file=file.name)):
        data = file.read_bytes()
        outcome = exchange.take_data(where, file.name, data) if apply else exchange.look(where, file.name, data)
    counts = {"entered": outcome.entered, "repeated": outcome.repeated, "conflicts": outcome.conflicts,
              "left_out": outcome.left_out, "receipts": outcome.receipts, "without": outcome.without}  # fmt: skip
    head = translate(ENTERED, **counts) if apply else translate(FOUND, number=outcome.receipts, **counts)
    problems = [translate(ROW, row=row, said=said) if row else said for row, said in outcome.said]
    text = "\n".join([head, *problems, *([] if apply else [translate(TO_APPLY)])])
    code = Exit.FINDINGS if problems else Exit.OK
    desk.answer({"applied": apply, "outlet": where.key, **counts, "problems": problems}, text, code)
