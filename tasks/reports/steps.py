"""Step of reports (A12): the week for the department, one page a month for the director."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal

from prefect import task
from prefect.cache_policies import NO_CACHE
from sqlalchemy.orm import Session

from models.company import Company, Workspace
from models.ending import Ending
from models.locale import language, mark, translate
from models.operations import OPERATIONS
from models.registry import Observation
from tasks.content.rows import pieces_of
from tasks.house import House, house
from tasks.notices import rows as notices
from tasks.registry.rows import record
from tasks.reports import values
from tasks.reports.period import Period, month_of, week_of
from tasks.runs.steps import show
from tasks.schedule.wall import local

TITLE = mark("Report {first} – {last}")
READY = mark("The report is ready: {title}")
FILES = mark("[Open the page]({html}) · [XLSX]({xlsx}) · [PDF]({pdf})")
MINOR = 100


@task(cache_policy=NO_CACHE)
def make_report(kind: Literal["week", "month"], on: str, conclusion: str) -> Ending:
    """Make the report of the week or month that holds the day, and tell the head."""
    from tasks.reports import compute
    from tasks.reports.rows import gather

    at = house()
    period = period_of(at, kind, on)
    with at.reads() as session:
        plan = plan_of(at.workspace, session)
        report = compute.report(plan, gather(session, plan, period), period, at.now(), conclusion)
    names = _write(at.var / "reports", report, kind, period)
    _announce(at, kind, period, names)
    return Ending(done=1, total=1)


def period_of(at: House, kind: str, on: str) -> Period:
    """The week or month of the day; without a day, this week, or the month that has ended."""
    zone = at.workspace.company.zone
    today = local(at.now(), zone).date()
    last = today if kind == "week" else today.replace(day=1) - timedelta(days=1)
    day = date.fromisoformat(on) if on else last
    return week_of(day, zone) if kind == "week" else month_of(day, zone)


def plan_of(workspace: Workspace, session: Session) -> values.Plan:
    """What the company intended, from its files and the plan."""
    company = workspace.company
    return values.Plan(
        company=company.name, currency=company.currency, synthetic=company.synthetic,
        goals=tuple(
            values.Goal(key=g.key, title=g.title, metric=g.metric, target=int(g.target), first=g.starts_on,
                        last=g.ends_on)
            for g in company.goals
        ),
        campaigns=tuple(
            values.Budget(key=c.key, title=c.title, amount=_minor(c.budget), first=c.starts_on, last=c.ends_on)
            for c in company.campaigns
        ),
        titles=titles_of(workspace),
        pieces={
            str(p.id): values.Card(title=p.title, author=p.author, goal=p.goal, customer_group=p.customer_group)
            for p in pieces_of(session)
        },
    )  # fmt: skip


def _minor(amount: Decimal) -> int | None:
    return int(amount * MINOR) or None


def titles_of(workspace: Workspace) -> dict[str, dict[str, str]]:
    """How the dimensions of the registry are called."""
    company: Company = workspace.company
    return {
        "channel": {card.key: card.title for card in workspace.channels},
        "customer_group": {group.key: group.title for group in company.groups},
        "person": {person.key: person.name for person in company.people},
        "campaign": {campaign.key: campaign.title for campaign in company.campaigns},
        "goal": {goal.key: goal.title for goal in company.goals},
        "fund": {fund.key: fund.title for fund in company.funds},
        "outlet": {outlet.key: outlet.name for outlet in company.outlets},
        "operation": {code: str(operation) for code, operation in OPERATIONS.items()},
    }


def _write(folder: Path, report: values.Report, kind: str, period: Period) -> dict[str, str]:
    """The report as a page, a workbook and a PDF, each written whole or not at all."""
    from tasks.reports import html, pdf, sheet

    said = language()
    paper = pdf.full(report, said) if kind == "week" else pdf.one_page(report, said)
    made = {"html": html.page(report, said).encode(), "xlsx": sheet.workbook(report, said), "pdf": paper}
    folder.mkdir(parents=True, exist_ok=True)
    names = {suffix: f"{kind}-{period.first}.{suffix}" for suffix in made}
    for suffix, data in made.items():
        draft = folder / f".{names[suffix]}.draft"
        draft.write_bytes(data)
        draft.replace(folder / names[suffix])
    return names


def _announce(at: House, kind: str, period: Period, names: dict[str, str]) -> None:
    """Link it beside the run, write the fact, tell the head."""
    title = translate(TITLE, first=f"{period.first:%d.%m.%Y}", last=f"{period.last:%d.%m.%Y}")
    links = {suffix: f"{at.staff_url}/reports/{name}" for suffix, name in names.items()}
    show(f"report-{kind}", f"## {title}\n\n{translate(FILES, **links)}", title)
    fact = Observation(operation="A12", subject_kind="batch", subject_id=names["html"], metric="reports", value=1,
                       observed_at=at.now(), source="measured", key=f"A12:{names['html']}")  # fmt: skip
    with at.sessions.begin() as session:
        record(session, [fact], at.clock)
        heads = [person.key for person in at.workspace.company.people if "head" in person.roles]
        subject, key = translate(READY, title=title), f"report:{names['html']}:{at.now():%Y%m%d}"
        letters = [notices.Message(f"{key}:{head}", head, subject, title, links["html"]) for head in heads]
        notices.tell(session, at.clock, letters)
