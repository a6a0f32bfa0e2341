"""How a flow says what it did: a state whose name a specialist understands."""

from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from models.ending import Ending

NO_BREAK_SPACE = "\u00a0"


def ended(ending: Ending) -> State[None]:
    """Done, done with remarks, nothing to do; only where nothing at all was delivered is the run failed."""
    message = "\n".join(ending.remarks).replace(NO_BREAK_SPACE, " ") or ending.title  # a log would show an escape
    if ending.failed:
        return Failed(name=ending.title, message=message)
    return Completed(name=ending.title, message=message)
