"""Steps of the big switch: pull it, release it, and tell what is out already."""

from models.ending import Ending
from models.locale import mark
from models.orders import Signed
from models.stop import Scope
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.orders.answers import Report
from tasks.runs.steps import show
from tasks.step import step
from tasks.stop.engine import Switch
from tasks.stop.told import Released, Stopped


def switch() -> Switch:
    at = house()
    return Switch(at.sessions, at.clock, at.workspace)


@step(mark("Pull the Stop"))
def pull_stop(scope: Scope, name: str, by: Signed) -> Ending:
    """Stop everything, a channel, a campaign or a piece; lists what is out already, with links."""
    told: list[Stopped] = []

    def pull() -> Report:
        told.append(switch().pull(scope, name, by))
        return told[0].report

    report = by_the_book(pull, follows=True)
    stopped = told[0] if told else switch().standing(report)
    show("stop", stopped.markdown(), stopped.title)
    return stopped.ending


@step(mark("Release the Stop"))
def release_stop(number: int, scope: Scope | None, name: str, by: Signed, keep_late: bool) -> Ending:
    """Release a Stop by its number, or all of one scope; what is late by now goes out, or is kept back."""
    told: list[Released] = []

    def release() -> Report:
        told.append(switch().release(number, scope, name, by, keep_late))
        return told[0].report

    report = by_the_book(release)
    show("stop-released", told[0].markdown() if told else report.markdown(), report.title)
    return report.ending
