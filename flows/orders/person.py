"""A person of the department is enlisted, changed, let go or signed out."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.staff import PersonForm
from tasks.people.steps import change_person


@flow(name="person", flow_run_name=named(mark("A person of the department")))
async def person(form: PersonForm) -> State[None]:
    """Change company.yaml; what the person may do follows at once."""
    return ended(change_person(form))
