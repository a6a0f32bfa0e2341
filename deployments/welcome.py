"""The welcome of a house that stands: on the first start one run of the pipeline, then where to look and sign in.

It runs beside the launcher's watch and does not import Prefect: it asks the server over HTTP.
"""

from collections import Counter
from dataclasses import dataclass
from secrets import token_urlsafe

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from sqlmodel import col

from deployments import runs
from deployments.launcher import Standing
from deployments.prefect_api import PrefectApi
from models.database import DatabaseClock, connect, reading, writing
from models.delivery import FOR_A_PERSON, OUT, Delivery, State
from models.locale import mark, translate
from models.people import Permission, Person, permissions_of
from models.piece import Piece
from tasks.approval import rows as approval
from tasks.people import rows as people
from tasks.people.tokens import fingerprint

PIPELINE = "whole-way"
PATIENCE_SECONDS = 300
QUESTION_SECONDS = 30
POLL_SECONDS = 1.0
RUNNING = mark("First run: from the content plan to publication…")
RAN = mark("First run: {state}")
SLOW = mark("The first run is still going on; watch it in Prefect: {url}")
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


def welcome(standing: Standing) -> None:
    """Run the pipeline once where nothing has been loaded yet, then say where everything is."""
    engine = connect(standing.settings.database)
    with Session(engine) as session:
        empty = session.execute(select(func.count()).select_from(Piece)).scalar_one() == 0
    if empty:
        first_run(standing)
        await_question(standing, engine)
    with writing(engine) as session:
        picture = look(standing, session)
        links = invitations(standing, session) if empty else []
    engine.dispose()
    summary(standing, picture, links)


def first_run(standing: Standing) -> None:
    """Start the whole way in Prefect and wait for its end, as long as somebody would."""
    standing.screen.say(translate(RUNNING), "dim")
    with PrefectApi(standing.settings, standing.secrets) as api:
        deployment = runs.tagged(api, PIPELINE)
        run = runs.start(api, deployment["id"], {"form": {}}, key="first") if deployment else ""
        for _ in range(int(PATIENCE_SECONDS / POLL_SECONDS) if run else 0):
            stands = runs.look(api, run)
            if stands.has_ended:
                standing.screen.done(translate(RAN, state=stands.state))
                return
            if standing.stop.wait(POLL_SECONDS):
                return
    standing.screen.warn(translate(SLOW, url=standing.front.ui_url))


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
