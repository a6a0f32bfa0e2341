"""Step of the unified registry (A11): gather what is not there yet, and say how complete it is."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.ending import Ending
from models.locale import mark, translate
from models.reaction import Mark
from tasks.collecting import rows
from tasks.house import House, house
from tasks.registry.rows import record, unrecorded
from tasks.step import step

COLLECTED = "registry_collected"
OVERLAP = timedelta(hours=1)
INCOMPLETE = mark("Publications without a fact in the registry: {number}.")


@step(mark("Collect the results into the registry"))
def collect_results() -> Ending:
    """Write what is new, each fact once whatever happens in between; a kill loses nothing, the next run finds it."""
    at = house()
    with at.sessions.begin() as session:
        since = _last_time(at, session) - OVERLAP
        found = [
            *rows.new_publications(session),
            *rows.work_on_pieces(session, since),
            *rows.search_results(session, since),
        ]
        written = record(session, found, at.clock)
        session.merge(Mark(name=COLLECTED, value="", at=at.now()))
    with at.reads() as session:
        missing = len(unrecorded(session, at.now() - timedelta(days=35), at.now()))
    remarks = (translate(INCOMPLETE, number=missing),) if missing else ()
    return Ending(done=written, total=written + missing, remarks=remarks)


def _last_time(at: House, session: Session) -> datetime:
    found = session.get(Mark, COLLECTED)
    return found.at if found else at.now() - timedelta(days=365)
