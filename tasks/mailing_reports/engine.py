"""Reports of mailings out of the registry as it is now: computed, laid out, written down. It knows no Prefect."""

from pathlib import Path

from markupsafe import Markup

from models.locale import language
from models.registry import Observation
from tasks.house import House
from tasks.mailing_reports import rows, sheet
from tasks.mailing_reports.page import said
from tasks.mailing_reports.plots import by_day
from tasks.mailing_reports.values import MailReport
from tasks.notices import rows as notices
from tasks.registry.rows import record
from tasks.reports.engine import FORMATS, put
from tasks.reports.html import NARROW, WIDE, laid_out
from tasks.reports.pdf import PLOT, printed
from tasks.reports.period import Period, name_of
from tasks.schedule.wall import local

PREFIX, CODE = "mailings-", "C11"


def report_of(at: House, period: Period) -> MailReport:
    company = at.workspace.company
    with at.reads() as session:
        now, before = rows.whole(session, period)
        cost, cost_before = rows.spent(session, period)
        return MailReport(
            company=company.name, currency=company.currency, synthetic=company.synthetic, period=period,
            made_at=at.now(), now=now, before=before, mailings=rows.mailings(session, period),
            groups=rows.groups(session, period), days=rows.by_day(session, period), cost=cost, cost_before=cost_before,
            today=local(at.now(), company.zone).date(), coupons=rows.coupons(session, period),
        )  # fmt: skip


def in_format(report: MailReport, suffix: str) -> bytes:
    """The report as html, xlsx or pdf, in the language of the moment."""
    reader = language()
    if suffix == "xlsx":
        return sheet.workbook(report, reader)
    page = said(report, reader)
    if suffix == "pdf":
        return printed("full.typ", page, by_day(report, reader, PLOT), report.made_at)
    frames = {"wide": WIDE, "narrow": NARROW}
    plots = {name: Markup(by_day(report, reader, frame)) for name, frame in frames.items()}  # noqa: S704  ours
    return laid_out(page, plots).encode()


def write(folder: Path, report: MailReport) -> dict[str, str]:
    """The report in every format; all are laid out before the first of them is replaced."""
    made = {suffix: in_format(report, suffix) for suffix in FORMATS}
    names = {suffix: f"{PREFIX}{name_of(report.period)}.{suffix}" for suffix in made}
    for suffix, data in made.items():
        put(folder / names[suffix], data)
    return names


def announce(at: House, names: dict[str, str], title: str, subject: str) -> None:
    """Write the fact, and tell the heads once a day."""
    fact = Observation(operation=CODE, subject_kind="batch", subject_id=names["html"], metric="reports", value=1,
                       observed_at=at.now(), source="measured", key=f"{CODE}:{names['html']}")  # fmt: skip
    link = f"{at.staff_url}/reports/{names['html']}"
    heads = [person.key for person in at.workspace.company.people if "head" in person.roles]
    key = f"report:{names['html']}:{at.now():%Y%m%d}"
    with at.sessions.begin() as session:
        record(session, [fact], at.clock)
        letters = [notices.Message(f"{key}:{head}", head, subject, title, link) for head in heads]
        notices.tell(session, at.clock, letters)
