"""Step of reports (A12): the week for the department, one page a month for the director."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

from models.day import read_day
from models.ending import Ending
from models.locale import language, mark, translate
from models.registry import Observation
from models.schedule import Unreadable
from tasks.house import House, house
from tasks.notices import rows as notices
from tasks.registry.rows import record
from tasks.reports import rows, values
from tasks.reports.intended import intended, unmeasured
from tasks.reports.period import Period, month_of, week_of
from tasks.runs.steps import show
from tasks.schedule.wall import local
from tasks.step import step

TITLE = mark("Report {first} – {last}")
READY = mark("The report is ready: {title}")
FORMATS = ("html", "xlsx", "pdf")
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
    names = _write(at.var / "reports", report_of(at, period, conclusion))
    _announce(at, period, names)
    return Ending(done=1, total=1, remarks=tuple(map(str, unmeasured(at.workspace.company))))


def report_of(at: House, period: Period, conclusion: str) -> values.Report:
    """The report of this moment; the head's words of an earlier one stand until there are new ones."""
    from tasks.reports import compute

    with at.sessions.begin() as session:
        kept = rows.keep_conclusion(session, at.clock, f"{period.kind}-{period.first}", conclusion)
    with at.reads() as session:
        plan = intended(at.workspace, rows.cards(session, period), period)
        return compute.report(plan, rows.gather(session, plan, period, at.now()), period, at.now(), kept)


def period_of(at: House, kind: str, on: str) -> Period:
    """The week or month of the day; without a day, this week, or the month that has ended. Raises Unreadable."""
    zone = at.workspace.company.zone
    today = local(at.now(), zone).date()
    last = today if kind == "week" else today.replace(day=1) - timedelta(days=1)
    day = read_day(on) if on else last
    return week_of(day, zone) if kind == "week" else month_of(day, zone)


def laid_out(report: values.Report, suffix: str) -> bytes:
    """The report as html, xlsx or pdf, in the language of the moment; the month's paper is one page."""
    from tasks.reports import html, pdf, sheet

    match suffix:
        case "html":
            return html.page(report, language()).encode()
        case "xlsx":
            return sheet.workbook(report, language())
    return (pdf.full if report.period.kind == "week" else pdf.one_page)(report, language())


def put(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(data)
    draft.replace(path)


def _write(folder: Path, report: values.Report) -> dict[str, str]:
    """The report as a page, a workbook and a PDF; they are laid out before the first of them is replaced."""
    made = {suffix: laid_out(report, suffix) for suffix in FORMATS}
    names = {suffix: f"{report.period.kind}-{report.period.first}.{suffix}" for suffix in made}
    for suffix, data in made.items():
        put(folder / names[suffix], data)
    return names


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
