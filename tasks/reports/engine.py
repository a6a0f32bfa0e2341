"""Reports of the house as it is now: computed out of its rows, laid out, written down. It knows no Prefect."""

from datetime import timedelta
from pathlib import Path

from models.day import read_day
from models.locale import language
from tasks.conclusions import rows as conclusions
from tasks.house import House
from tasks.reports import rows, values
from tasks.reports.intended import intended
from tasks.reports.period import Period, month_of, name_of, week_of
from tasks.schedule.wall import local

FORMATS = ("html", "xlsx", "pdf")


def report_of(at: House, period: Period, conclusion: str = "") -> values.Report:
    """The report of this moment; the head's words of an earlier one stand until there are new ones."""
    from tasks.reports import compute

    name = name_of(period)
    if conclusion.strip():
        with at.sessions.begin() as session:
            conclusions.keep(session, at.clock, name, conclusion)
    with at.reads() as session:
        plan = intended(at.workspace, {}, period)
        facts = rows.gather(session, plan, period, at.now())
        plan = plan.model_copy(update={"pieces": rows.cards(session, period, facts.named)})
        return compute.report(plan, facts, period, at.now(), conclusions.words(session, name))


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


def write(folder: Path, report: values.Report) -> dict[str, str]:
    """The report as a page, a workbook and a PDF; they are laid out before the first of them is replaced."""
    made = {suffix: laid_out(report, suffix) for suffix in FORMATS}
    names = {suffix: f"{name_of(report.period)}.{suffix}" for suffix in made}
    for suffix, data in made.items():
        put(folder / names[suffix], data)
    return names
