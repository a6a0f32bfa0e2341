"""The verbs of the desk, done in the house: what waits for people, and what they look at."""

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy.orm import Session

from models.database import reading
from models.desk import Asked, Line, Queue
from tasks.desk import rows
from tasks.desk.rows import Names
from tasks.house import House
from tasks.people.rows import everybody
from tasks.schedule.wall import local


class DeskVerbs:
    """What waits for people, and what they order."""

    house: House
    _asked: Callable[[Session], list[Asked]]

    def today(self) -> date:
        return local(self.house.now(), self._zone).date()

    @property
    def _zone(self) -> str:
        return self.house.workspace.company.zone

    def accounts(self) -> dict[str, str]:
        return {card.key: card.title for card in self.house.workspace.channels}

    def _names(self, session: Session) -> Names:
        workspace = self.house.workspace
        return Names(
            channels={card.key: card for card in workspace.channels},
            people={person.key: person.name for person in everybody(session)},
            campaigns={campaign.key: campaign.title for campaign in workspace.company.campaigns},
            zone=workspace.company.zone,
        )

    def queue(self) -> Queue:
        with reading(self.house.engine) as session:
            return Queue(asked=tuple(self._asked(session)))

    def placements(self, rendition_id: int) -> Sequence[Line]:
        with reading(self.house.engine) as session:
            return rows.of_rendition(session, rendition_id, self._names(session))
