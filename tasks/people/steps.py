"""Step about people: the tables follow company.yaml."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.house import house
from tasks.people.rows import sync_people


@task(cache_policy=NO_CACHE)
def follow_company_file() -> int:
    """Make people and absences in the tables say what company.yaml says; returns how many changed."""
    at = house()
    with at.sessions.begin() as session:
        return sync_people(session, at.clock, at.workspace)
