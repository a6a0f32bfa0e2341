"""The welcome of a house that stands: on the first start the pipeline and the customer groups run, then where to look.

It runs beside the launcher's watch and does not import Prefect: it asks the server over HTTP.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_urlsafe

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from deployments import runs
from deployments.launcher import Standing
from deployments.prefect_api import PrefectApi
from integrations.workspace import read_workspace
from models.company import Company
from models.customer_groups import GroupBuild
from models.customers import CustomerLoad
from models.database import DatabaseClock, connect, reading, writing
from models.delivery import FOR_A_PERSON, OUT, Delivery, State
from models.locale import mark, translate
from models.people import Permission, Person, permissions_of
from models.piece import Piece
from tasks.approval import rows as approval
from tasks.groups import rows as groups
from tasks.people import rows as people
from tasks.people.tokens import fingerprint
from tasks.tables import rows as tables
from tasks.tables.naming import TABLE

PIPELINE, GROUPS = "whole-way", "B1"
PATIENCE_SECONDS = 300
BEGINS_SECONDS = 90
QUESTION_SECONDS = 30
POLL_SECONDS = 1.0
RUNNING = mark("First run: from the content plan to publication…")
RAN = mark("First run: {state}")
GATHERING = mark("Customers, their purchases and groups…")
GATHERED = mark("Customers and groups: {state}")
SO_FAR = mark("{file}: {done} of {total}")
SLOW = mark("The first run is still going on; watch it in Prefect: {url}")
CUSTOMERS = mark("Customers: {customers}, of them may be written to: {reachable}; groups: {groups}.")
OUT_NOW = mark("Published: {out}. To come: {coming}. They need a person: {trouble}.")
SITE = mark("Own site:  {url}   (feed: {url}/feed.atom)")
WAITS = mark("Waiting for approval: {number}. In Prefect: the run “{title}” → ⋮ → Resume; or signed in: {url}")
SIGN_IN = mark("Sign in for the first time (the link is good once, for seven days):")
REPORT = mark("The week's report, after signing in: {url}")
LETTERS = mark("Letters to colleagues are kept in {folder}; signed in: {url}/mailbox")


@dataclass(frozen=True)
class Picture:
    """The house in numbers."""

    out: int
    coming: int
    trouble: int
    waiting: int
    request: str
    report: str
    customers: int = 0
    reachable: int = 0
    groups: int = 0


def welcome(standing: Standing) -> None:
    """Run the pipeline once where nothing has been loaded yet, then the groups; say where everything is."""
    engine = connect(standing.settings.database)
    with reading(engine) as session:
        empty = session.execute(select(func.count()).select_from(Piece)).scalar_one() == 0
        wanted = wants_groups(session, company_of(standing))
    if empty:
        follow(standing, start(standing, PIPELINE, "first"), RUNNING, RAN)
    if wanted and not standing.stop.is_set():
        run = start(standing, GROUPS, "first" if empty else "")
        follow(standing, run, GATHERING, GATHERED, lambda: so_far(engine))
    if empty:
        await_question(standing, engine)
    with writing(engine) as session:
        picture = look(standing, session)
        links = invitations(standing, session) if empty else []
    engine.dispose()
    summary(standing, picture, links)


def company_of(standing: Standing) -> Company:
    """The company as its files describe it now."""
    return read_workspace(standing.settings.workspace, datetime.now(UTC).date())[0].company


def wants_groups(session: Session, company: Company) -> bool:
    """Whether company.yaml names tables or groups, and none has been loaded or built yet: else the night does it."""
    named = (*company.tables.customers, *company.tables.purchases, *company.ready_groups)
    if not named and not any(one.rule for one in company.groups):
        return False
    loaded = select(col(CustomerLoad.id)).where(col(CustomerLoad.source).startswith(TABLE))
    finished = loaded.where(col(CustomerLoad.applied_at).is_not(None))
    there = (session.execute(query.limit(1)).first() for query in (select(col(GroupBuild.id)), finished))
    return not any(there)


def start(standing: Standing, tag: str, key: str) -> str:
    """Start a deployment in Prefect; empty where the server does not have it."""
    with PrefectApi(standing.settings, standing.secrets) as api:
        deployment = runs.tagged(api, tag)
        return runs.start(api, deployment["id"], {"form": {}}, key=key) if deployment else ""


def follow(
    standing: Standing, run: str, title: str, ended: str, so_far: Callable[[], str] = lambda: ""
) -> None:  # fmt: skip
    """Wait for the end of a run, as long as somebody would, and show how far it is."""
    standing.screen.say(translate(title), "dim")
    with PrefectApi(standing.settings, standing.secrets) as api, standing.screen.waiting(translate(title)) as tell:
        for waited in range(int(PATIENCE_SECONDS / POLL_SECONDS) if run else 0):
            stands = runs.look(api, run)
            if stands.has_ended:
                standing.screen.done(translate(ended, state=stands.state))
                return
            if not stands.has_begun and waited * POLL_SECONDS > BEGINS_SECONDS:
                break  # its runner is not there yet; it goes on without us
            tell(so_far() or translate(title))
            if standing.stop.wait(POLL_SECONDS):
                return
    standing.screen.warn(translate(SLOW, url=standing.front.ui_url))


def so_far(engine: Engine) -> str:
    """How far the loading of a table is, while one is going on."""
    begun = select(CustomerLoad).where(col(CustomerLoad.applied_at).is_(None)).order_by(col(CustomerLoad.id).desc())
    with reading(engine) as session:
        load = session.execute(begun.limit(1)).scalar_one_or_none()
    return translate(SO_FAR, file=load.file, done=load.done, total=load.total) if load else ""


def await_question(standing: Standing, engine: Engine) -> None:
    """The pipeline asks in a run of its own; where something waits, that run is there in a moment."""
    for _ in range(int(QUESTION_SECONDS / POLL_SECONDS)):
        with reading(engine) as session:
            if approval.open_requests(session) or not approval.waiting(session):
                return
        if standing.stop.wait(POLL_SECONDS):
            return


def look(standing: Standing, session: Session) -> Picture:
    query = select(col(Delivery.state), func.count()).where(col(Delivery.kind) == "placement")
    states = Counter(dict(session.execute(query.group_by(col(Delivery.state))).tuples().all()))
    requests = approval.open_requests(session)
    return Picture(
        out=sum(states[state] for state in OUT), coming=states[State.PLANNED],
        trouble=sum(states[state] for state in FOR_A_PERSON),
        waiting=len(approval.waiting(session)),
        request=str(requests[0].id) if requests else "",
        report=max((path.name for path in standing.settings.reports.glob("week-*.html")), default=""),
        customers=tables.customers(session), reachable=tables.may_be_written_to(session),
        groups=len(groups.groups(session)),
    )  # fmt: skip


def invitations(standing: Standing, session: Session) -> list[tuple[str, str]]:
    """Links to sign in by, for those who approve or lead or administer: (name, link)."""
    wanted = {Permission.APPROVE, Permission.MANAGE_PEOPLE}
    found = session.execute(select(Person).where(col(Person.active)).order_by(col(Person.name))).scalars()
    return [
        (person.name, _invitation(standing, session, person))
        for person in found if wanted & permissions_of(person.roles)
    ]  # fmt: skip


def _invitation(standing: Standing, session: Session, person: Person) -> str:
    token = token_urlsafe(32)
    people.invite(session, DatabaseClock(), person.key, fingerprint(token))
    return f"{standing.front.staff_url}/invite/{token}"


def summary(standing: Standing, picture: Picture, links: list[tuple[str, str]]) -> None:
    say, front = standing.screen.say, standing.front
    say(translate(SITE, url=front.public_url), "bold")
    say(translate(OUT_NOW, out=picture.out, coming=picture.coming, trouble=picture.trouble))
    if picture.customers:
        counted = {"customers": picture.customers, "reachable": picture.reachable, "groups": picture.groups}
        say(translate(CUSTOMERS, **counted))
    if picture.waiting:
        url = f"{front.staff_url}/approval/{picture.request}" if picture.request else f"{front.staff_url}/staff"
        say(translate(WAITS, number=picture.waiting, title=translate("Approval"), url=url))
    if picture.report:
        say(translate(REPORT, url=f"{front.staff_url}/reports/{picture.report}"))
    say(translate(LETTERS, folder=standing.settings.mailbox, url=front.staff_url), "dim")
    if links:
        say(translate(SIGN_IN))
        for name, link in links:
            say(f"  {name}: {link}")
