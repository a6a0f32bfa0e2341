"""Orders about the customer groups of one house, each with its answer, and the groups as they are shown. No Prefect."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.customer_groups import Corrected, CustomerGroup
from models.customers import AddressKind
from models.ending import Ending
from models.group_orders import ADD, MAKE, REMOVE, UNDO, GroupsForm
from models.letters import Ground
from models.locale import mark, translate
from models.people import Permission
from models.reason import because
from tasks.groups import rows
from tasks.groups import shown as tables
from tasks.groups.engine import Groups, Rebuilt
from tasks.groups.figures import rows as figures
from tasks.groups.ready import BY_TITLE
from tasks.groups.recipients import recipients
from tasks.groups.rows import Draft
from tasks.house import House
from tasks.orders.answers import Line, Report
from tasks.orders.naming import entitled
from tasks.people.engine import whoever_is_here

TITLE = mark("Customer groups")
NO_PERSON = mark("Say who orders it: groups are changed under a name only.")
NO_GROUP = mark("Name the group: its key stands in the table of groups.")
NO_CUSTOMER = mark("Name the customer by number: it stands on the customer's page on the desk.")
CORRECTED_LABEL = mark("customer № {id}, group {group}")
ADDED, REMOVED = mark("added by hand, whatever the rule says"), mark("removed by hand, whatever the rule says")
UNDONE, MADE = mark("the rule decides again"), mark("made: {text}")
NOT_BUILT = mark("The group “{group}” was not built: {reason}")
SHARE = 10  # per cent in thousandths
CORRECTIONS = {ADD: (Corrected.ADDED, ADDED), REMOVE: (Corrected.REMOVED, REMOVED)}


class Orders:
    """Orders about groups."""

    def __init__(self, house: House) -> None:
        self.house, self.groups = house, Groups(house)

    def order(self, form: GroupsForm) -> Report:
        """Correct a group by hand, or make one of the ready groups; what only builds or shows is no order."""
        title = translate(TITLE)
        try:
            if not form.person.strip():
                raise Refused(because(NO_PERSON, code="no_person"))
            by = entitled(form.person, whoever_is_here(self.house), Permission.CUSTOMERS).key
            line = self._make(form, by) if form.what == MAKE else self._correct(form, by)
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)
        return Report(title=title, lines=(line,))

    def _correct(self, form: GroupsForm, by: str) -> Line:
        if not form.group.strip():
            raise Refused(because(NO_GROUP, code="no_group"))
        if not form.customer:
            raise Refused(because(NO_CUSTOMER, code="no_customer"))
        key = self.key_of(form.group)
        if form.what == UNDO:
            self.groups.undo(key, form.customer, by)
            said = UNDONE
        else:
            what, said = CORRECTIONS[form.what]
            self.groups.correct(key, form.customer, what, form.reason, by)
        label = translate(CORRECTED_LABEL, id=form.customer, group=key)
        return Line(id=form.customer, label=label, said=translate(said), done=True)

    def _make(self, form: GroupsForm, by: str) -> Line:
        ready = BY_TITLE[form.ready]
        numbers = {name: form.days if name == "days" else form.least for name in ready.numbers}
        title = translate(ready.title) + (f": {form.name.strip()}" if ready.name else "")
        draft = Draft(form.group.strip() or ready.key, title, ready.rule(form.name, **numbers), why=form.reason)
        if form.no_control.strip():
            draft = Draft(draft.key, title, draft.rule, 0, form.no_control, form.reason)
        elif form.control:
            draft = Draft(draft.key, title, draft.rule, form.control * SHARE, "", form.reason)
        else:
            draft = self.groups.with_usual_control(draft)
        made = self.groups.make(draft, by)
        return Line(
            id=made.id or 0, label=f"{made.title} ({made.key})", said=translate(MADE, text=made.text), done=True
        )

    def key_of(self, name: str) -> str:
        """The key of a group named by key or title. Raises Refused."""
        with self.house.reads() as session:
            return _key(session, name)

    def shown(self, group: str) -> str:
        """Sizes, drift, coverage and overlap as markdown: of all groups, or of one."""
        zone = self.house.workspace.company.zone
        with self.house.reads() as session:
            known, key = rows.groups(session), _key(session, group)
            lines = _lines(session, [one for one in known if key in ("", one.key)])
            parts = [tables.groups_table(lines, figures.coverage(session), zone)]
            parts += [tables.drift_table(figures.drift(session, key), zone)] if key else []
            parts += [tables.overlap_table(figures.overlap(session, [one.key for one in known]), key)]
        return "\n\n".join(part for part in parts if part)

    def reach_shown(self, group: str, ground: Ground) -> str:
        """Whom mailings to the groups would reach, by kind of address, and why not the others, as markdown."""
        zone = self.house.workspace.company.zone
        with self.house.reads() as session:
            key = _key(session, group)
            lines = _lines(session, [one for one in rows.groups(session) if key in ("", one.key)])
            reached = [one for line in lines for one in self._reached(session, line, ground)]
            parts = [tables.groups_table(lines, figures.coverage(session), zone), tables.reach_table(reached, ground)]
        return "\n\n".join(part for part in parts if part)

    def _reached(self, session: Session, line: tables.GroupLine, ground: Ground) -> Iterable[tables.ReachLine]:
        if not line.built_at:
            return
        reach = figures.reach_of_group(session, self.house.clock, line.key)
        size = session.execute(figures.sizes([line.key])).scalar_one()
        for kind in AddressKind:
            number = _number(session, recipients([line.key], (), kind, ground))
            yield tables.reach_line(line.key, size, kind, number, reach, ground is Ground.ADVERTISING)


def _key(session: Session, name: str) -> str:
    """The key of a group named by key or title; "" stays "", which means all. Raises Refused."""
    said = name.strip()
    by_title = {one.title.casefold(): one.key for one in rows.groups(session)}
    return rows.in_use(session, by_title.get(said.casefold(), said)).key if said else ""


def _lines(session: Session, groups: Sequence[CustomerGroup]) -> list[tables.GroupLine]:
    last = rows.last_builds(session)
    return [tables.line_of(one.key, one.title, last.get(one.id or 0)) for one in groups]


def _number(session: Session, query: Select[Any]) -> int:
    return session.execute(select(func.count()).select_from(query.subquery())).scalar_one()


def ending_of(done: Rebuilt) -> Ending:
    """How a rebuild ends: the groups that could not be built, and what is wrong in company.yaml, are remarks."""
    remarks = [translate(NOT_BUILT, group=key, reason=reason) for key, reason in done.refused]
    total = len(done.built) + len(done.refused)
    return Ending(done=len(done.built), total=total, remarks=(*remarks, *done.notes))
