"""Step of the reports of mailings (C11): the week and the month of direction C."""

from typing import Literal

from models.ending import Ending
from models.locale import mark, translate
from models.schedule import Unreadable
from tasks.house import house
from tasks.mailing_reports.engine import announce, report_of, write
from tasks.reports.engine import period_of
from tasks.reports.steps import FILES
from tasks.runs.steps import show
from tasks.step import step

TITLE = mark("Report of mailings {first} – {last}")
READY = mark("The report of mailings is ready: {title}")


@step(mark("Make the report of mailings"))
def make_mailing_report(kind: Literal["week", "month"], on: str) -> Ending:
    """Make the report of the week or month that holds the day, link it beside the run, tell the head."""
    at = house()
    if stopped := at.unreadable():
        return stopped
    try:
        period = period_of(at, kind, on)
    except Unreadable as error:
        return Ending(total=1, remarks=(str(error.reason),))
    names = write(at.var / "reports", report_of(at, period))
    title = translate(TITLE, first=f"{period.first:%d.%m.%Y}", last=f"{period.last:%d.%m.%Y}")
    announce(at, names, title, translate(READY, title=title))
    links = {suffix: f"{at.staff_url}/reports/{name}" for suffix, name in names.items()}
    show(f"mailings-{kind}", f"## {title}\n\n{translate(FILES, **links)}", title)
    return Ending(done=1, total=1)
