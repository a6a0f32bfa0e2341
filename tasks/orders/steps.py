"""Steps of orders about publications: each is carried out at once, in one transaction, and answers row by row."""

from models.delivery import OUT, State
from models.ending import Ending
from models.locale import mark, translate
from models.orders import Order, RepeatedOrder, TimedOrder, Verdict
from models.post import Value
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.orders import answers, rows
from tasks.orders.answers import Line, Report
from tasks.orders.engine import Orders
from tasks.runs.steps import show
from tasks.step import step

IS_OUT = mark("published: {url}")
NOT_YET = mark("not out yet, it is {state}: {reason}")


class Urgent(Value):
    """An order to publish at once, and what came of it: the ids of the rows that were made due."""

    report: Report
    ids: tuple[int, ...] = ()


def orders() -> Orders:
    at = house()
    return Orders(at.sessions, at.clock, at.workspace)


def told(report: Report) -> Ending:
    """Show the answers beside the run."""
    show("order", report.markdown(), report.title)
    return report.ending


@step(mark("Cancel the publications"))
def cancel_publications(order: RepeatedOrder) -> Ending:
    """Cancel what is not yet going out."""
    return told(by_the_book(lambda: orders().cancel(order), follows=True))


@step(mark("Hold the publications"))
def hold_publications(order: RepeatedOrder) -> Ending:
    """Hold what is not yet going out, until somebody restores it."""
    return told(by_the_book(lambda: orders().hold(order), follows=True))


@step(mark("Restore the publications"))
def restore_publications(order: TimedOrder) -> Ending:
    """Plan again what was held, missed, refused or cancelled."""
    return told(by_the_book(lambda: orders().restore(order)))


@step(mark("Move the publications"))
def move_publications(order: TimedOrder) -> Ending:
    """Give a new time to what is not yet going out."""
    return told(by_the_book(lambda: orders().move(order)))


@step(mark("Write down what was seen in the channel"))
def decide_unknown(order: Order, verdict: Verdict, link: str) -> Ending:
    """Settle what a person has looked at in the channel."""
    return told(by_the_book(lambda: orders().decide_unknown(order, verdict, link)))


@step(mark("Bring the time forward to now"))
def make_due(order: Order, urgent: bool) -> Urgent:
    """Make approved publications due at once; the publishing is a step of its own."""
    report = by_the_book(lambda: orders().publish_now(order, urgent))
    return Urgent(report=report, ids=tuple(line.id for line in report.lines if line.done))


@step(mark("Say what is out"))
def tell_whether_out(order: Urgent) -> Ending:
    """Say of each row that was made due whether it is out now, with its link."""
    at = house()
    with at.reads() as session:
        found = {row.id: row for row in rows.by_ids(session, order.ids)}
    lines = tuple(_now(line, found[line.id]) if line.id in found else line for line in order.report.lines)
    broken = at.unreadable()
    notes = (*order.report.notes, *(broken.remarks if broken and order.ids else ()))
    return told(order.report.model_copy(update={"lines": lines, "notes": notes}))


def _now(line: Line, row: rows.Publication) -> Line:
    if row.state in OUT:
        return line.model_copy(update={"said": translate(IS_OUT, url=row.url or "—"), "url": row.url, "notes": ()})
    if row.state is State.PLANNED and (line.notes or not line.now):
        return line  # it says already what it waits for
    state = translate(answers.STATES[row.state])
    said = translate(NOT_YET, state=state, reason=row.reason or "—")
    return line.model_copy(update={"said": said, "done": False, "notes": ()})
