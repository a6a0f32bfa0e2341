"""Step of reports (A12): the week for the department, one page a month for the director."""

from typing import Literal

from models.ending import Ending
from models.locale import mark, translate
from models.registry import Observation
from models.schedule import Unreadable
from tasks.house import House, house
from tasks.notices import rows as notices
from tasks.registry.rows import record
from tasks.reports.engine import period_of, report_of, write
from tasks.reports.intended import unmeasured
from tasks.reports.period import Period
from tasks.runs.steps import show
from tasks.step import step

TITLE = mark("Report {first} – {last}")
READY = mark("The report is ready: {title}")
FILES = mark("[Open the page]({html}) · [XLSX]({xlsx}) · [PDF]({pdf})")


@step(mark("Make the report"))
def make_report(kind: Literal["week", "month"], on: str, conclusion: str) -> Ending:
    """Make the report of the week or month that holds the day, and tell the head."""
    at = house()
    if stopped := at.unreadable():
        return stopped
    try:
        period = period_of(at, kind, on)
    except Unreadable as error:
        return Ending(total=1, remarks=(str(error.reason),))
    names = write(at.var / "reports", report_of(at, period, conclusion))
    _announce(at, period, names)
    return Ending(done=1, total=1, remarks=tuple(map(str, unmeasured(at.workspace.company))))


def _announce(at: House, period: Period, names: dict[str, str]) -> None:
    """Link it beside the run, write the fact, tell the head."""
    title = translate(TITLE, first=f"{period.first:%d.%m.%Y}", last=f"{period.last:%d.%m.%Y}")
    links = {suffix: f"{at.staff_url}/reports/{name}" for suffix, name in names.items()}
    show(f"report-{period.kind}", f"## {title}\n\n{translate(FILES, **links)}", title)
    fact = Observation(operation="A12", subject_kind="batch", subject_id=names["html"], metric="reports", value=1,
                       observed_at=at.now(), source="measured", key=f"A12:{names['html']}")  # fmt: skip
    with at.sessions.begin() as session:
        record(session, [fact], at.clock)
        heads = [person.key for person in at.workspace.company.people if "head" in person.roles]
        subject, key = translate(READY, title=title), f"report:{names['html']}:{at.now():%Y%m%d}"
        letters = [notices.Message(f"{key}:{head}", head, subject, title, links["html"]) for head in heads]
        notices.tell(session, at.clock, letters)
