"""The customer groups of one house as they are shown beside a run: numbers, never anybody. It knows no Prefect."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models.customer_groups import CustomerGroup
from models.customers import AddressKind
from models.ending import Ending
from models.letters import Ground
from models.locale import mark, translate
from tasks.groups import rows
from tasks.groups import shown as tables
from tasks.groups.engine import Rebuilt
from tasks.groups.figures import rows as figures
from tasks.groups.recipients import recipients
from tasks.house import House

TITLE = mark("Customer groups")
NOT_BUILT = mark("The group “{group}” was not built: {reason}")


class Shown:
    """Groups as they are shown."""

    def __init__(self, house: House) -> None:
        self.house = house

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
    return rows.in_use(session, rows.key_of(session, name)).key if name.strip() else ""


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
