"""The customer groups of one house: made, corrected, built, looked at. It knows no Prefect.

Groups are built one after the other, each in a transaction of its own and behind those it is made of, so whoever is
killed leaves some as they were and none half built.
"""

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.content import nearest
from models.customer_groups import Corrected, CustomerGroup
from models.database import in_one, now_by
from models.group_rules import Rule
from models.locale import mark, translate
from models.reason import Reason, because
from models.schedule import Unreadable
from models.written import Key
from tasks.groups import facts, rows
from tasks.groups.building.rows import Built, build, postpone
from tasks.groups.control import usual_share
from tasks.groups.figures import rows as figures
from tasks.groups.figures.rows import Preview
from tasks.groups.order import in_order
from tasks.groups.parsing import parsed
from tasks.groups.ready import BY_KEY
from tasks.groups.rows import Draft
from tasks.groups.selection import selected
from tasks.groups.touching.rows import forget, sweep
from tasks.groups.windows import AsOf
from tasks.house import House
from tasks.registry.rows import record

BY_FILE = "company.yaml"
TIMES = 3
T = TypeVar("T")
FROM_FILE = mark("company.yaml, rule of the group “{group}”: {reason}")
OTHERWISE = mark(
    "The group “{group}” has another rule in company.yaml than here; this one holds. Change the rule here, or take it "
    "out of company.yaml."
)
READY_FROM_FILE = mark("company.yaml, ready_groups, “{group}”: {reason}")
NOT_READY = mark("There is no such ready group. Nearest: {nearest}.")


@dataclass
class Rebuilt:
    """What a rebuild came to: the groups built, and of each of the others why not; `notes` are about company.yaml."""

    built: list[Built] = field(default_factory=list)
    refused: list[tuple[str, Reason]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Groups:
    """Customer groups of one house."""

    def __init__(self, house: House) -> None:
        self.house, self.clock = house, house.clock

    def as_of(self, session: Session) -> AsOf:
        """Today on the company's clocks."""
        company = self.house.workspace.company
        today = now_by(self.clock, session).astimezone(ZoneInfo(company.zone)).date()
        return AsOf(today, company.zone, company.currency)

    def read(self, text: str) -> Rule:
        """A rule of the one-line language. Raises Refused with the line and the character."""
        try:
            return parsed(text)
        except Unreadable as error:
            raise Refused(error.reason) from None

    def make(self, draft: Draft, by: str) -> CustomerGroup:
        """A new group; it has its members after the first rebuild. Raises Refused."""
        try:
            TypeAdapter(Key).validate_python(draft.key)
        except ValidationError as error:
            raise Refused(error.errors()[0]["ctx"]["error"].reason) from None
        with self.house.sessions.begin() as session:
            return rows.make(session, self.clock, draft, secrets.token_hex(16), by)

    def change(self, draft: Draft, by: str) -> CustomerGroup:
        """Another rule, title or control group; built whole at the next rebuild. Raises Refused."""
        with self.house.sessions.begin() as session:
            return rows.change(session, self.clock, draft, by)

    def put_away(self, key: str, back: bool = False) -> None:
        """Use a group no more, or again. Raises Refused."""
        with self.house.sessions.begin() as session:
            rows.put_away(session, self.clock, key, back)

    def correct(self, key: str, customer: int, what: Corrected, why: str, by: str) -> None:
        """Add or remove a customer by hand; takes effect at the next rebuild. Raises Refused."""
        self._anew(lambda session: rows.correct(session, self.clock, key, customer, what, why, by))

    def undo(self, key: str, customer: int, by: str) -> None:
        """Let the rule decide about a customer again. Raises Refused."""
        with self.house.sessions.begin() as session:
            rows.undo(session, self.clock, key, customer, by)

    def preview(self, rule: Rule) -> Preview:
        """What a rule would come to, before it is saved; nothing is written. Raises Refused."""
        with self.house.reads() as session:
            rows.check_rule(session, rule)
            return figures.preview(session, self.clock, selected(rule, self.as_of(session)))

    def with_usual_control(self, draft: Draft) -> Draft:
        """The same with a control group as large as is advised for so many customers."""
        if draft.rule is None:
            return draft
        return replace(draft, control_share=usual_share(self.preview(draft.rule).size))

    def adopt(self) -> list[str]:
        """Make the groups that company.yaml wants and nobody has made yet; says what could not be made."""
        with self.house.reads() as session:
            there = {one.key: one for one in rows.groups(session, put_away=True)}
        return [*self._adopt_ruled(there), *self._adopt_ready(there)]

    def _adopt_ruled(self, there: Mapping[str, CustomerGroup]) -> list[str]:
        notes = []
        for one in self.house.workspace.company.groups:
            if not one.rule.strip():
                continue
            try:
                draft = Draft(one.key, one.title, self.read(one.rule))
                if one.key not in there:
                    self.make(self.with_usual_control(draft), BY_FILE)
                elif there[one.key].text != draft.fields["text"]:
                    notes.append(translate(OTHERWISE, group=one.key))
            except Refused as refused:
                notes.append(translate(FROM_FILE, group=one.key, reason=refused.reason))
        return notes

    def _adopt_ready(self, there: Mapping[str, CustomerGroup]) -> list[str]:
        notes = []
        for key in self.house.workspace.company.ready_groups:
            try:
                if key not in BY_KEY:
                    near = ", ".join(nearest(key, BY_KEY, 3, 0.0))
                    raise Refused(because(NOT_READY, code="not_ready", nearest=near))
                rule = BY_KEY[key].rule()
                if key not in there:
                    self.make(self.with_usual_control(Draft(key, translate(BY_KEY[key].title), rule)), BY_FILE)
            except Refused as refused:
                notes.append(translate(READY_FROM_FILE, group=key, reason=refused.reason))
        return notes

    def rebuild(self, operation: str, keys: Collection[str] = (), whole: bool = False, run: str = "") -> Rebuilt:
        """Bring these groups, or all, up to today, behind those they are made of. Raises Refused of an unknown one."""
        done = Rebuilt(notes=[] if keys else self.adopt())
        with self.house.reads() as session:
            for key in keys:
                rows.in_use(session, key)
            needs = rows.needs(session)
        told_of = {one for of in needs.values() for one in of}
        self._sweep()
        for key in in_order(needs, keys or None):
            if needs[key]:
                self._sweep()  # whoever turned in what it is made of
            self._rebuild(done, operation, key, whole, key in told_of, run)
        with self.house.sessions.begin() as session:
            forget(session)
            if not keys and done.built:
                covered, customers = figures.coverage(session)
                at = now_by(self.clock, session)
                record(session, facts.of_coverage(operation, covered, customers, at, run), self.clock)
        return done

    def _sweep(self) -> None:
        with self.house.sessions.begin() as session:
            sweep(session)

    def _rebuild(self, done: Rebuilt, operation: str, key: str, whole: bool, tells: bool, run: str) -> None:
        def work(session: Session) -> Built:
            built = build(session, self.clock, key, self.as_of(session), whole, tells)
            record(session, facts.of_build(operation, built, run), self.clock)
            return built

        try:
            done.built.append(self._anew(work))
        except Refused as refused:
            with self.house.sessions.begin() as session:
                postpone(session, key)
            done.refused.append((key, refused.reason))

    def _anew(self, work: Callable[[Session], T]) -> T:
        """Do the work in one transaction, and anew where somebody it is about is erased or corrected meanwhile."""
        for _ in range(TIMES - 1):
            try:
                return in_one(self.house.sessions, work)
            except IntegrityError:
                continue
        return in_one(self.house.sessions, work)
