"""Step about people: the tables follow company.yaml."""

from models.locale import mark
from tasks.house import house
from tasks.people.rows import sync_people
from tasks.step import step


@step(mark("Follow company.yaml"))
def follow_company_file() -> int:
    """Make people and absences in the tables say what company.yaml says; returns how many changed.

    While the file cannot be read everybody stays who they are: else a slip in it would sign all of them out.
    """
    at = house()
    if at.unreadable():
        return 0
    with at.sessions.begin() as session:
        return sync_people(session, at.clock, at.workspace)
