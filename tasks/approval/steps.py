"""Steps of approval: ask, tell the approver, record the answer."""

from datetime import timedelta
from typing import Any

from prefect import runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.input import RunInput
from pydantic import Field, create_model

from models.approval import Decision
from models.content import fingerprint
from models.ending import Ending
from models.locale import mark, translate
from models.post import Post, Value
from models.reason import NO_REASON, Reason
from tasks.approval import proof, rows
from tasks.approval.rules import objection, on_duty, reminder_at
from tasks.house import House, house
from tasks.notices import rows as notices
from tasks.runs.steps import end_waiting_run, start_run
from tasks.schedule.wall import local

ASK_TITLE = mark("Approval of {number} versions, {first}")
ASK_BODY = mark("{number} versions wait for your decision until {due}. The first goes out then; undecided, it is held.")
REMIND = mark("Reminder: {subject}")
UNDECIDED = mark("Not decided in time: {number}. They are held; approve them and choose a new time.")
APPROVED = mark("Approved: {number}.")
SENT_BACK = mark("Sent back: {number}. The authors have been told.")
DECIDED_ELSEWHERE = mark("Decided on the approval page.")
APPROVE_SIGN, RETURN_SIGN = "✓", "↩"
YES, NO = mark("Approve"), mark("Send back")
DECISION, WHO, EXCEPT, WHY = mark("Decision"), mark("Who decides"), mark("All but these"), mark("Reason")
DECISION_HELP = mark("It holds for all rows but those named below.")
WHO_HELP = mark("Your name; it is written down with the decision as stated, not proven.")
EXCEPT_HELP = mark("Rows that get the other decision.")
WHY_HELP = mark("The author reads it.")


class Asked(Value):
    """A question that waits."""

    request_id: int
    title: str


@task(cache_policy=NO_CACHE)
def ask(days: int, number: str) -> Asked | None:
    """Open the request of this run, or find it; None when nothing waits."""
    at, run = house(), str(runtime.flow_run.id or "")
    with at.sessions.begin() as session:
        asked = rows.asked_subjects(session)
        until = at.now() + timedelta(days=days)
        found = [
            r for r in rows.waiting(session, until) if number in ("", r.number) and (r.subject, r.version) not in asked
        ]
        request = rows.request_of_run(session, run)
        if request is None and found:
            title, whom = _title(at, found), _asked(at, session)
            request = rows.open_request(session, at.clock, f"run:{run}", title, whom, found, run)
        return Asked(request_id=request.id or 0, title=request.title) if request else None


def _title(at: House, found: list[rows.Waiting]) -> str:
    first = proof.moment(min(row.due_at for row in found), at.workspace.company.zone)
    return translate(ASK_TITLE, number=len(found), first=first)


def _asked(at: House, session: Any) -> str:
    today = local(at.now(), at.workspace.company.zone).date()
    return on_duty(at.workspace.company.approval.approver, today, rows.people(session), rows.absences(session))


@task(cache_policy=NO_CACHE)
def ask_in_a_run_of_its_own(number: str = "") -> str:
    """Start a run that asks about what waits, unless one that asks about the same is waiting already."""
    at = house()
    with at.reads() as session:
        asked = rows.asked_subjects(session)
        new = [r for r in rows.waiting(session) if number in ("", r.number) and (r.subject, r.version) not in asked]
    if not new:
        return ""
    key = f"approval:{fingerprint([(row.subject, row.version) for row in new])[:24]}"
    return str(start_run.fn("approval", {"form": {"days": 60, "piece": number}}, key=key))


@task(cache_policy=NO_CACHE)
def tell_approver(asked: Asked) -> None:
    """Write to whoever is asked, at once; a repeated step writes nothing new."""
    at = house()
    with at.sessions.begin() as session:
        request = rows.request(session, asked.request_id)
        due = proof.moment(request.due_at, at.workspace.company.zone)
        body = translate(ASK_BODY, number=len(rows.rows_of(session, asked.request_id)), due=due)
        link = f"{at.staff_url}/approval/{asked.request_id}"
        message = notices.Message(f"ask:{asked.request_id}", request.asked_of, request.title, body, link)
        notices.tell(session, at.clock, [message])


@task(cache_policy=NO_CACHE)
def question(asked: Asked, complaint: Reason = NO_REASON) -> type[RunInput] | None:
    """The form of the question with its proof; None when everything in it has been decided elsewhere."""
    at = house()
    with at.reads() as session:
        if not rows.undecided(session, asked.request_id):
            return None
        request, asked_rows = rows.request(session, asked.request_id), rows.rows_of(session, asked.request_id)
        posts = rows.posts_of(session, asked_rows)
        names = [who.name for who in rows.approvers(session)]
    channels = {card.key: card.title for card in at.workspace.channels}
    shown = [(row.shown, row.account, Post.model_validate(posts[row.version]).text) for row in asked_rows]
    link = f"{at.staff_url}/approval/{asked.request_id}"
    zone = at.workspace.company.zone
    description = proof.markdown(shown, channels, request.due_at, zone, link, complaint or None)
    labels = [proof.label(row.id or 0, row.shown, row.account, channels) for row in asked_rows]
    return _form(names, labels).with_initial_data(description=description)


def _form(names: list[str], labels: list[str]) -> type[RunInput]:
    """The answer's form, built for this question; the decision and the name have no default.

    The choices stand in the schema, which Prefect checks, and not in the type: an answer given before a new release
    renamed something is still read, by the sign or the number it begins with.
    """
    choices = [f"{sign} {translate(word)}" for sign, word in ((APPROVE_SIGN, YES), (RETURN_SIGN, NO))]
    rows_named: dict[str, Any] = {"items": {"type": "string", "enum": labels}, "uniqueItems": True}
    return create_model(
        "Answer", __base__=RunInput,
        decision=(str, _field(DECISION, DECISION_HELP, enum=choices)),
        person=(str, _field(WHO, WHO_HELP, enum=names)),
        but=(list[str], _field(EXCEPT, EXCEPT_HELP, [], **rows_named)),
        reason=(str, _field(WHY, WHY_HELP, "")),
    )  # fmt: skip


def _field(title: str, description: str, default: Any = ..., **schema: Any) -> Any:
    return Field(default, title=translate(title), description=translate(description), json_schema_extra=schema)


@task(cache_policy=NO_CACHE)
def record(asked: Asked, answer: Any) -> Reason:
    """Write the decisions down as stated; returns why not, where this person may not decide."""
    at = house()
    excepted = {proof.row_of(label) for label in answer.but}
    yes = str(answer.decision).startswith(APPROVE_SIGN)
    with at.sessions.begin() as session:
        who = next((w for w in rows.approvers(session) if w.name == answer.person), None)
        for row in rows.undecided(session, asked.request_id):
            author = rows.author_of(session, row.subject)
            complaint = objection(who, answer.person, author, proven=False, four_eyes=_four_eyes(at))
            if complaint:
                return complaint
            decision = Decision.APPROVED if yes is not (row.id in excepted) else Decision.RETURNED
            rows.decide(session, at.clock, row.subject, row.version, decision, who.key if who else "", proven=False,
                        reason=answer.reason, request_id=asked.request_id)  # fmt: skip
    return NO_REASON


def _four_eyes(at: House) -> bool:
    return at.workspace.company.approval.four_eyes


@task(cache_policy=NO_CACHE)
def conclude(asked: Asked) -> Ending:
    """Count what was decided, close the request."""
    at = house()
    with at.sessions.begin() as session:
        decided = rows.decisions(session, asked.request_id)
        if not rows.undecided(session, asked.request_id):
            rows.close_request(session, at.clock, asked.request_id)
    back = sum(d.decision == Decision.RETURNED for d in decided)
    remarks = (translate(APPROVED, number=len(decided) - back), translate(SENT_BACK, number=back)) if back else ()
    return Ending(done=len(decided), total=len(decided), remarks=remarks)


@task(cache_policy=NO_CACHE)
def look_after_requests() -> None:
    """Remind at half time, close what is over, and end the runs whose question has been answered elsewhere."""
    at = house()
    with at.sessions.begin() as session:
        for request in rows.open_requests(session):
            left = rows.undecided(session, request.id or 0)
            if left and at.now() >= reminder_at(request.asked_at, request.due_at) and not request.reminded_at:
                _remind(at, session, request)
            if not left or at.now() >= rows.last_chance(session, request.id or 0):
                rows.close_request(session, at.clock, request.id or 0, "undecided" if left else "decided")
        closed = rows.closed_with_runs(session)
    for request_id, run_id, left_over in closed:
        _finish_run(run_id, left_over)
        with at.sessions.begin() as session:
            rows.forget_run(session, request_id)


def _remind(at: House, session: Any, request: Any) -> None:
    subject = translate(REMIND, subject=request.title)
    link = f"{at.staff_url}/approval/{request.id}"
    message = notices.Message(f"remind:{request.id}", _asked(at, session), subject, request.title, link)
    notices.tell(session, at.clock, [message])
    request.reminded_at = at.now()


def _finish_run(run_id: str, undecided: int) -> None:
    """A suspension that timed out would fail: so the run is ended by us, with a name that says what happened."""
    message = translate(UNDECIDED, number=undecided) if undecided else translate(DECIDED_ELSEWHERE)
    end_waiting_run.fn(run_id, Ending(done=1, total=1, remarks=(message,) if undecided else ()).title, message)
