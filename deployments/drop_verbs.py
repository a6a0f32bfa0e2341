"""The verbs of what people drop, done in the house: received, read beside everything else, applied on a yes."""

import contextvars
import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from integrations.errors import Refused
from integrations.web.uploads import Arrived
from models.content import Problem, fingerprint
from models.customers import FIELD_TITLES
from models.database import in_one, now_by
from models.desk import Visitor
from models.desk.drop import (
    Choices,
    CustomersFound,
    DropLine,
    DropPage,
    Dropped,
    PicturesFound,
    PlanFound,
    PlanLoaded,
    ProductsFound,
    PurchasesFound,
    RunShown,
    Said,
    TableFound,
    Timing,
)  # fmt: skip
from models.dropped import DropKind, DroppedFile, DropState
from models.locale import mark
from models.order_book import RunState
from models.people import Permission
from models.reason import Reason, because
from tasks.content.difference import FIELD_NAMES, edits, when
from tasks.costs.engine import Ledger
from tasks.dropping import engine, rows
from tasks.dropping.apart.engine import weight
from tasks.dropping.applying import engine as applying
from tasks.dropping.looks import Found
from tasks.dropping.people.engine import unfit
from tasks.dropping.shelf.engine import clear, file_of
from tasks.house import House
from tasks.orderbook import rows as book
from tasks.orders.answers import Report
from tasks.people.rows import everybody
from tasks.schedule.wall import local

SOON = 1_000_000  # bytes that are read while the person waits
AT_ONCE = 1000  # rows that are applied while the person waits
FOUND: dict[DropKind, type[Any]] = {
    DropKind.PLAN: PlanFound, DropKind.PICTURES: PicturesFound, DropKind.PRODUCTS: ProductsFound,
    DropKind.EXPENSES: TableFound, DropKind.RESULTS: TableFound, DropKind.CUSTOMERS: CustomersFound,
    DropKind.PURCHASES: PurchasesFound,
}  # fmt: skip
COSTS = (DropKind.EXPENSES, DropKind.RESULTS)
ON_ITS_WAY = mark("Said yes. The plan is being loaded; this page follows it.")
MUCH = mark("Said yes. There is much of it, so a run does it; this page follows it.")
PUT_ASIDE = mark("Put aside: nothing of it has been applied.")
TOO_LATE = mark("It is being applied, or has been: there is nothing to put aside.")
MAY_NOT = mark("Expenses and results are recorded by a technician or the head of the department.")
COMPARED = mark("It is compared with this feed. Look at what would change there, then say yes.")
AGREED = mark("It is looked at again with this document. See below how many may be written to now.")
NOTHING_TO_APPLY = mark("There is nothing to apply here.")


class DropVerbs:
    """What was dropped, and what is done about it."""

    house: House
    wake_porter: Callable[[], None]
    ordered: Callable[..., Report]

    def drop_page(self) -> DropPage:
        company = self.house.workspace.company
        with self.house.reads() as session:
            names = _names(session)
            drops = tuple(_line(row, names) for row in rows.latest(session))
            loads = tuple(_load(*load, names) for load in rows.loads(session))
        return DropPage(
            drops=drops, loads=loads, today=local(self.house.now(), company.zone).date(),
            funds={fund.key: fund.title for fund in company.funds},
            campaigns={campaign.key: campaign.title for campaign in company.campaigns},
            channels={card.key: card.title for card in self.house.workspace.channels},
        )  # fmt: skip

    def drop(self, kind: str, files: Sequence[Arrived], visitor: Visitor, once: str) -> Sequence[int]:
        engine.forget_old(self.house)
        named = DropKind(kind) if kind in set(DropKind) else DropKind.UNKNOWN
        return [
            self._drop_one(_token(once, number, meant, together, visitor), meant, together, visitor)
            for number, (meant, together) in enumerate(_together(named, files))
        ]  # fmt: skip

    def _drop_one(self, once: str, kind: DropKind, files: Sequence[Arrived], visitor: Visitor) -> int:
        for file in files:
            file.make_last()  # not while others wait for the database
        name = ", ".join(file.name for file in files)[:300]
        size = sum(file.size for file in files)
        with self.house.sessions.begin() as session:
            id, is_new = rows.add(session, self.house.clock, once, kind, name, size, visitor.key)
            if is_new:  # before the row is there for others: who reads it finds its files
                clear(self.house, id)  # what a kill between the files and the row has left under this number
                for as_named, file in _apart(files):
                    file.keep(file_of(self.house, id, as_named))
        if is_new:
            self._read(id, sum(weight(file_of(self.house, id, as_named)) for as_named, _ in _apart(files)) <= SOON)
        return id

    def _read(self, id: int, at_once: bool) -> None:
        """Read it now, or beside everything else; in the language of whoever dropped it."""
        if at_once:
            engine.read_dropped(self.house, id)
            return
        speaking = contextvars.copy_context()
        threading.Thread(target=speaking.run, args=(engine.read_dropped, self.house, id), daemon=True).start()

    def dropped(self, id: int, visitor: Visitor) -> Dropped | None:
        self._let_broken_go()
        with self.house.reads() as session:  # who only looks never waits for a plan that is being loaded
            row = rows.one(session, id)
            is_silent = row is not None and rows.is_waiting(row, now_by(self.house.clock, session))
        if row is None:
            return None
        if is_silent:  # whoever was to read it is gone
            self._read(id, False)
        with self.house.reads() as session:
            return _dropped(session, row, _names(session), visitor)

    def _let_broken_go(self) -> None:
        """What a kill has left half-way may be applied again."""
        with self.house.reads() as session:
            broken = rows.broken_off(session, self.house.clock)
        if broken:
            with self.house.sessions.begin() as session:
                rows.let_broken_go(session, self.house.clock)

    def dropped_picture(self, id: int, name: str) -> Path | None:
        with self.house.reads() as session:
            row = rows.one(session, id)
        if row is None or row.kind != DropKind.PICTURES:
            return None
        known = {picture.name for picture in PicturesFound.model_validate(row.found).pictures if not picture.problem}
        return file_of(self.house, id, name) if name in known else None

    def apply_drop(self, id: int, visitor: Visitor, once: str, seen: str, choices: Choices) -> Sequence[Reason]:
        with self.house.reads() as session:
            row = rows.one(session, id)
        kind = DropKind(row.kind) if row else DropKind.UNKNOWN
        if kind in COSTS and not visitor.may(Permission.RECORD_COSTS):
            return [because(MAY_NOT, code="may_not")]
        if choices.source and kind is DropKind.PRODUCTS and row and choices.source != row.found.get("source"):
            return [self._look_again(id, row.size, COMPARED, source=choices.source)]
        if choices.agreed and kind is DropKind.CUSTOMERS and row:
            today = local(self.house.now(), self.house.workspace.company.zone).date()
            if why := unfit(choices.agreed, today):
                return [why]
            return [self._look_again(id, row.size, AGREED, agreed=choices.agreed.model_dump(mode="json"))]
        code, form, act = self._order_of(id, kind, visitor, seen, choices)
        if not row or not code:
            return [because(NOTHING_TO_APPLY, code="nothing")]
        if kind is DropKind.PLAN or row.total > AT_ONCE:
            return [self._hand_on(id, visitor, once, seen, code, form)]
        report = self.ordered(visitor, once, code, form, act, ("drop", str(id)))
        return [applying.sentence_of(report), *(because(applying.LINE, code="note", line=n) for n in report.notes[:3])]

    def _look_again(self, id: int, size: int, told: str, **chosen: Any) -> Reason:
        """Look at it again, with what was chosen."""
        with self.house.sessions.begin() as session:
            is_free = rows.read_for(session, id, **chosen)
        if not is_free:
            return because(NOTHING_TO_APPLY, code="nothing")
        self._read(id, size <= SOON)
        return because(told, code="note")

    def _order_of(
        self, id: int, kind: DropKind, visitor: Visitor, seen: str, choices: Choices
    ) -> tuple[str, dict[str, Any], Callable[[], Report]]:
        """The order: the tag of its flow, the flow's form, and doing it."""
        at, person = self.house, visitor.key
        common: dict[str, Any] = {"drop": id, "seen": seen, "person": person}
        if kind is DropKind.PLAN:
            out, gone = choices.left_out, choices.cancelled
            form = common | {"left_out": list(out), "cancelled": list(gone)}
            return "load-plan", form, lambda: applying.load_plan(at, id, seen, out, gone, person)
        if kind is DropKind.PICTURES:
            form = common | {"replace": list(choices.replaced), "both": list(choices.both)}
            act = applying.load_pictures
            return "load-pictures", form, lambda: act(at, id, choices.replaced, choices.both, seen, person)
        if kind is DropKind.PRODUCTS:
            form = common | {"source": choices.source}
            return "load-products", form, lambda: applying.load_products(at, id, choices.source, seen, person)
        if kind is DropKind.CUSTOMERS:
            return "load-customers", common, lambda: applying.load_customers(at, id, seen, person)
        if kind is DropKind.PURCHASES:
            return "load-purchases", common, lambda: applying.load_purchases(at, id, seen, person)
        if kind in COSTS:
            form = common | {"what": "tables", "withdraw": choices.withdraw}
            return "costs", form, lambda: applying.record_table(at, id, choices.withdraw, seen, person)
        return "", {}, lambda: Report(title="")

    def _hand_on(self, id: int, visitor: Visitor, once: str, seen: str, code: str, form: Mapping[str, Any]) -> Reason:
        """Take the file and order its run in one transaction: of two people one is told who was first."""
        told = ON_ITS_WAY if code == "load-plan" else MUCH

        def hand_on(session: Session) -> Reason:
            row = rows.one(session, id)
            if row is None:
                return because(NOTHING_TO_APPLY, code="nothing")
            given, is_new = book.give(
                session, self.house.clock, once, code, form, visitor.key, ("drop", str(id)), by_run=True
            )
            if is_new:
                applying.take(session, self.house.clock, row, visitor.key, seen, given.id, _names(session))
            return because(told, code="done")

        try:
            said = in_one(self.house.sessions, hand_on)
        except Refused as refused:
            return refused.reason
        self.wake_porter()
        return said

    def leave_drop(self, id: int) -> Reason:
        with self.house.sessions.begin() as session:
            done = rows.leave(session, id)
        if not done:
            return because(TOO_LATE, code="too_late")
        clear(self.house, id)
        return because(PUT_ASIDE, code="done")

    def record_expense(self, visitor: Visitor, once: str, fields: Mapping[str, str]) -> Sequence[Reason]:
        at = self.house
        form = dict(fields) | {"what": "expense", "person": visitor.key}
        row = {"on": fields.get("date", "")} | {name: said for name, said in fields.items() if name != "date"}

        def act() -> Report:
            return Ledger(at.sessions, at.clock, at.workspace).row("expense", row, once, visitor.key).report

        report = self.ordered(visitor, once, "costs", form, act)
        return [applying.sentence_of(report)]


def _token(once: str, number: int, kind: DropKind, files: Sequence[Arrived], visitor: Visitor) -> str:
    """The form's own token with what it brings: other files in the same form are another drop."""
    return fingerprint([once, number, kind, [(file.name, _digest(file)) for file in files], visitor.key])


def _digest(file: Arrived) -> str:
    with file.path.open("rb") as opened:  # never whole in memory
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _together(named: DropKind, files: Sequence[Arrived]) -> list[tuple[DropKind, list[Arrived]]]:
    """What is read together: all pictures, and every other file by itself."""
    found = [(named if named is not DropKind.UNKNOWN else engine.kind_of(file.path, file.name), file) for file in files]
    pictures = [file for kind, file in found if kind is DropKind.PICTURES]
    others = [(named, [file]) for kind, file in found if kind is not DropKind.PICTURES]
    return ([(DropKind.PICTURES, pictures)] if pictures else []) + others


def _apart(files: Sequence[Arrived]) -> list[tuple[str, Arrived]]:
    """Every file under a name of its own."""
    named: dict[str, Arrived] = {}
    for file in files:
        path, number, name = Path(file.name), 1, file.name
        while name in named:
            number += 1
            name = f"{path.stem}-{number}{path.suffix}"
        named[name] = file
    return list(named.items())


def _names(session: Session) -> dict[str, str]:
    return {person.key: person.name for person in everybody(session)}


def _line(row: DroppedFile, names: Mapping[str, str]) -> DropLine:
    return DropLine(
        id=row.id or 0, kind=DropKind(row.kind), name=row.name, state=DropState(row.state),
        by=names.get(row.dropped_by, row.dropped_by), at=row.dropped_at, is_the_same=_is_the_same(row),
    )  # fmt: skip


def _is_the_same(row: DroppedFile) -> bool:
    """Whether it was read and changes nothing."""
    found = _found(row) if row.state == DropState.READ else None
    return found is not None and found.is_the_same


def _found(row: DroppedFile) -> Found | None:
    kind = DropKind(row.kind)
    found: Found | None = FOUND[kind].model_validate(row.found) if row.found and kind in FOUND else None
    return found


def _load(at: datetime, by: str, counts: Mapping[str, int], names: Mapping[str, str]) -> PlanLoaded:
    return PlanLoaded(at=at, by=names.get(by, by), counts=counts, problems=counts.get("problems", 0))


def _dropped(session: Session, row: DroppedFile, names: Mapping[str, str], visitor: Visitor) -> Dropped:
    kind, found = DropKind(row.kind), _found(row)
    return Dropped(
        **_line(row, names).model_dump(), size=row.size, done=row.done, total=row.total, seen=row.seen, found=found,
        whens=_whens(found) if isinstance(found, PlanFound) else {},
        field_titles=FIELD_TITLES if kind is DropKind.CUSTOMERS else FIELD_NAMES,
        edits={one.number: tuple(edits(one.edited)) for one in found.rows} if isinstance(found, PlanFound) else {},
        problems=tuple(Problem.model_validate(problem) for problem in row.problems),
        refusal=engine.refusal_of(row), said=Said.model_validate(row.said) if row.said else None,
        applied_by=names.get(row.applied_by, row.applied_by), applied_at=row.applied_at, run=_run(session, row),
        is_mine_to_apply=kind not in COSTS or visitor.may(Permission.RECORD_COSTS),
    )  # fmt: skip


def _whens(found: PlanFound) -> dict[str, tuple[str, str]]:
    return {row.number: (_when(row.before), _when(row.after)) for row in found.rows}


def _when(timing: Timing | None) -> str:
    return when(timing.row()) if timing else ""


def _run(session: Session, row: DroppedFile) -> RunShown | None:
    given = rows.run_of(session, row)
    if given is None:
        return None
    over = given.run_state in (RunState.OVER, RunState.LOST)
    return RunShown(
        is_over=over, is_wanted=given.run_state == RunState.WANTED, ended_as=given.ended_as, remarks=given.remarks,
        run_id=given.run_id,
    )  # fmt: skip
