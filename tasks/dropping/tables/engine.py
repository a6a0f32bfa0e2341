"""Dropped tables of expenses and results: what they state anew, and stating it. It knows no Prefect."""

from integrations.errors import Refused
from models.content import Effect, Place, Problem, Sheet, fingerprint
from models.desk.drop import ROWS_SHOWN, TableFound
from models.dropped import DropKind
from models.locale import mark
from models.reason import because
from tasks.content.sheets import read_sheet
from tasks.content.xlsx import Unusable
from tasks.costs.engine import Ledger
from tasks.costs.told import Told
from tasks.costs.told import said as in_words
from tasks.costs.written import numbered
from tasks.dropping.looks import Look, refused
from tasks.dropping.shelf.engine import exchange, print_of, standing
from tasks.house import House
from tasks.registry.sheets import familiar

NAMES = {DropKind.EXPENSES: "expenses", DropKind.RESULTS: "results"}
OTHER_FORMAT = mark(
    "The company keeps this table as {file}. Save yours in the same format and drop it again: "
    "a corrected row is known by its № and the table's name."
)
OTHER_TABLE = mark("The table or the registry was changed meanwhile, so nothing was recorded. Look again and say yes.")


def look_at_table(at: House, kind: DropKind, data: bytes) -> Look:
    """What this table states anew in the place of the company's own."""
    path = _path(kind, data)
    other = next((name for name in _paths(kind) if name != path and standing(at, name) is not None), "")
    if other:
        reason = because(OTHER_FORMAT, code="other_format", file=other)
        return refused(kind, Problem(place=Place(file=path), reason=reason, effect=Effect.STOPS))
    try:
        told = _ledger(at).table(_with_numbers(data, path), path, recording=False, withdrawing=False)
    except Unusable as error:
        return refused(kind, Problem(place=Place(file=path), reason=error.reason, effect=Effect.STOPS))
    if any(problem.effect is Effect.STOPS for problem in told.problems):
        return refused(kind, *told.problems)
    return Look(kind=kind, found=_found(told, path), seen=_print(at, told, path, data), problems=told.problems,
                total=len(told.rows) + told.difference.same)  # fmt: skip


def _paths(kind: DropKind) -> tuple[str, str]:
    return f"{NAMES[kind]}.xlsx", f"{NAMES[kind]}.csv"


def _path(kind: DropKind, data: bytes) -> str:
    return _paths(kind)[0 if data[:2] == b"PK" else 1]


def _ledger(at: House, run: str = "") -> Ledger:
    return Ledger(at.sessions, at.clock, at.workspace, run)


def _with_numbers(data: bytes, path: str) -> bytes:
    """The table with a № in every row, so that a row is known by it from the first time on."""
    sheet, _ = read_sheet(data, path, familiar)
    return (numbered(data, sheet) if sheet else None) or data


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


def record_dropped(at: House, kind: DropKind, data: bytes, seen: str, withdraw: bool, run: str = "") -> Told:
    """Let this be the company's table and state what is new in it. Raises Refused where it is something else by now."""
    look = look_at_table(at, kind, data)
    if look.refusal:
        raise Refused(look.refusal)
    if seen and look.seen != seen:
        raise Refused(because(OTHER_TABLE, code="changed"))
    path = _path(kind, data)
    whole = _with_numbers(data, path)
    exchange(at, path, whole, print_of(standing(at, path)))
    return _ledger(at, run).table(whole, path, recording=True, withdrawing=withdraw)


def kind_of(sheet: Sheet) -> DropKind:
    from tasks.costs.written import is_of_results

    return DropKind.RESULTS if is_of_results(sheet) else DropKind.EXPENSES
