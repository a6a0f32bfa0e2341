"""Dropped tables of expenses and results: what they state anew, and stating it. It knows no Prefect."""

from integrations.errors import Refused
from models.content import Effect, Place, Problem, Sheet, fingerprint
from models.desk.drop import ROWS_SHOWN, TableFound
from models.dropped import DropKind
from models.locale import mark
from models.reason import because
from tasks.content.xlsx import Unusable
from tasks.costs.engine import Ledger
from tasks.costs.told import Told
from tasks.costs.told import said as in_words
from tasks.costs.written import numbered
from tasks.dropping.looks import Look, refused
from tasks.dropping.shelf.engine import exchange, print_of, standing
from tasks.house import House

NAMES = {DropKind.EXPENSES: "expenses", DropKind.RESULTS: "results"}
OTHER_FORMAT = mark(
    "The company keeps this table as {file}. Save yours in the same format and drop it again: "
    "a corrected row is known by its № and the table's name."
)
OTHER_TABLE = mark("The table or the registry was changed meanwhile, so nothing was recorded. Look again and say yes.")


def look_at_table(at: House, kind: DropKind, data: bytes, sheet: Sheet) -> Look:
    """What this table states anew in the place of the company's own."""
    path = _path(kind, data)
    try:
        told = compare_dropped(at, kind, data, sheet)
    except Refused as no:
        return refused(kind, Problem(place=Place(file=path), reason=no.reason, effect=Effect.STOPS))
    if any(problem.effect is Effect.STOPS for problem in told.problems):
        return refused(kind, *told.problems)
    return Look(kind=kind, found=_found(told, path), seen=_print(at, told, path, data), problems=told.problems,
                total=len(sheet.rows))  # fmt: skip


def compare_dropped(at: House, kind: DropKind, data: bytes, sheet: Sheet, withdraw: bool = False) -> Told:
    """This table against the registry, in the place of the company's own. Raises Refused where it cannot take it."""
    path = _path(kind, data)
    other = next((name for name in _paths(kind) if name != path and standing(at, name) is not None), "")
    if other:
        raise Refused(because(OTHER_FORMAT, code="other_format", file=other))
    return _ledger(at).sheet(sheet, path, recording=False, withdrawing=withdraw)


def _paths(kind: DropKind) -> tuple[str, str]:
    return f"{NAMES[kind]}.xlsx", f"{NAMES[kind]}.csv"


def _path(kind: DropKind, data: bytes) -> str:
    return _paths(kind)[0 if data[:2] == b"PK" else 1]


def _ledger(at: House, run: str = "") -> Ledger:
    return Ledger(at.sessions, at.clock, at.workspace, run)


def _with_numbers(data: bytes, sheet: Sheet) -> bytes:
    """The table with a № in every row, so that a row is known by it from the first time on. Raises Refused."""
    try:
        return numbered(data, sheet) or data
    except Unusable as error:
        raise Refused(error.reason) from error


def _found(told: Told, path: str) -> TableFound:
    d, zone = told.difference, told.zone

    def corrected(row: object) -> str:
        return f"{in_words(row, zone)} ← {told.before.get(row.corrects or 0, '—')}"  # type: ignore[arg-type,attr-defined]

    return TableFound(
        path=path, number=len(told.rows), same=d.same, fresh=tuple(in_words(row, zone) for row in d.fresh[:ROWS_SHOWN]),
        changed=tuple(corrected(row) for row in d.changed[:ROWS_SHOWN]),
        gone=tuple(told.before.get(row.corrects or 0, "—") for row in d.gone[:ROWS_SHOWN]),
    )  # fmt: skip


def _print(at: House, told: Told, path: str, data: bytes) -> str:
    """The print of what is stated anew, and of the table it is stated in the place of."""
    d = told.difference
    meant = [row.model_dump(mode="json", exclude={"run"}) for row in (*d.fresh, *d.changed, *d.gone)]
    return fingerprint([print_of(standing(at, path)), print_of(data), meant])


def record_dropped(
    at: House, kind: DropKind, data: bytes, sheet: Sheet, seen: str, withdraw: bool, run: str = ""
) -> Told:
    """Let this be the company's table and state what is new in it. Raises Refused where it is something else by now."""
    look = look_at_table(at, kind, data, sheet)
    if look.refusal:
        raise Refused(look.refusal)
    if seen and look.seen != seen:
        raise Refused(because(OTHER_TABLE, code="changed"))
    path = _path(kind, data)
    exchange(at, path, _with_numbers(data, sheet), print_of(standing(at, path)))
    return _ledger(at, run).sheet(sheet, path, recording=True, withdrawing=withdraw)
