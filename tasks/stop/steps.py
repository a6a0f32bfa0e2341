"""Steps of the big switch: pull it, release it, and tell what is out already."""

from models.ending import Ending
from models.locale import mark
from models.orders import Signed
from models.stop import Scope
from tasks.house import house
from tasks.runs.steps import show
from tasks.step import step
from tasks.stop.engine import Switch


def switch() -> Switch:
    at = house()
    return Switch(at.sessions, at.clock, at.workspace)


@step(mark("Pull the Stop"))
def pull_stop(scope: Scope, name: str, by: Signed) -> Ending:
    """Stop everything, a channel, a campaign or a piece; lists what is out already, with links."""
    stopped = switch().pull(scope, name, by)
    show("stop", stopped.markdown(), stopped.title)
    return stopped.ending


@step(mark("Release the Stop"))
def release_stop(number: int, scope: Scope | None, name: str, by: Signed) -> Ending:
    """Release a Stop by its number, or all of one scope."""
    released = switch().release(number, scope, name, by)
    show("stop-released", released.markdown(), released.title)
    return released.ending
