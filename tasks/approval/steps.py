"""Steps of approval: ask, tell the approver, record the answer."""

from datetime import timedelta
from typing import Any

from prefect import runtime
from prefect.input import RunInput
from pydantic import Field, create_model
from sqlalchemy.orm import Session

from models.approval import Asking, Decision, RequestRow
from models.content import fingerprint
from models.desk import Verdict
from models.ending import Ending
from models.locale import mark, translate
from models.post import Post, Value
from models.reason import NO_REASON, Reason, because
from tasks.approval import proof, rows
from tasks.approval.engine import Asker
from tasks.approval.rules import demands_of, lacks_reason, objection, reminder_at
from tasks.house import House, house
from tasks.notices import rows as notices
from tasks.orderbook.steps import by_the_book
from tasks.review.rows import wipe_letters
from tasks.runs.steps import end_waiting_run, start_run
from tasks.step import step

REMIND = mark("Reminder: {subject}")
UNDECIDED = mark("Not decided in time: {number}. They are held; approve them and choose a new time.")
APPROVED = mark("Approved: {number}.")
SENT_BACK = mark("Sent back: {number}. The authors have been told.")
NOTHING_LEFT = mark("Nothing is left to decide here: it was decided elsewhere, or the pieces have changed.")
WHY_BACK = mark("Say why you send it back: the author reads the reason. Nothing has been decided yet.")
PRESSING = timedelta(days=1)
SETTLED = timedelta(minutes=5)  # whoever has just loaded the plan asks about all of it in a moment
LONGEST_AHEAD = 60
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


@step(mark("Open the question"))
def ask(days: int, piece: str) -> Asked | Ending:
    """Open the question of this run, or find it, or the one that the desk has opened; else say why there is none."""
    at, run = house(), str(runtime.flow_run.id or "")
    report = by_the_book(lambda: asker(at).ask(days, piece, f"run:{run}", run_id=run))
    if report.refusal:
        is_quiet = report.refusal.code in ("nothing", "asked")
        return Ending() if is_quiet else report.ending
    return wait_for(at, report.lines[0].id, run)


def wait_for(at: House, request_id: int, run: str) -> Asked:
    """Write down that this run waits for the answer."""
    with at.sessions.begin() as session:
        request = rows.request(session, request_id)
        request.run_id = run
        return Asked(request_id=request_id, title=request.title)


def asker(at: House) -> Asker:
    return Asker(at.sessions, at.clock, at.workspace, at.staff_url, at.now)


@step(mark("Ask for approval"))
def ask_in_a_run_of_its_own(number: str = "") -> str:
    """Start a run that asks about what waits, unless one that asks about the same is waiting already."""
    return _ask_apart([row for row in _unasked() if number in ("", row.number)], LONGEST_AHEAD, number)


@step(mark("Ask about what is pressing"))
def ask_about_what_is_pressing() -> str:
    """Ask at once about what was changed after it had been asked about, and about what is due within a day.

    The rest waits for the week's question.
    """
    at = house()
    if at.unreadable():
        return ""
    unasked = _unasked()
    with at.reads() as session:
        changed = rows.asked_before(session, [row.subject for row in unasked])
    soon, lately = at.now() + PRESSING, at.now() - SETTLED
    pressing = [row for row in unasked if row.subject in changed or (row.due_at <= soon and row.since <= lately)]
    numbers = {row.number for row in pressing}
    farthest = max((row.due_at for row in pressing), default=at.now())
    days = min(max((farthest - at.now()).days + 1, 1), LONGEST_AHEAD)
    return _ask_apart(pressing, days, numbers.pop() if len(numbers) == 1 else "")


def _unasked() -> list[rows.Waiting]:
    with house().reads() as session:
        asked = rows.asked_subjects(session)
        return [row for row in rows.waiting(session) if (row.subject, row.version) not in asked]


def _ask_apart(new: list[rows.Waiting], days: int, number: str) -> str:
    if not new:
        return ""
    key = f"approval:{fingerprint([(row.subject, row.version) for row in new])[:24]}"
    return str(start_run.fn("approval", {"form": {"days": days, "piece": number}}, key=key))


@step(mark("Tell the approver"))
def tell_approver(asked: Asked) -> None:
    """Write to whoever is asked, at once; a repeated step writes nothing new."""
    at = house()
    with at.sessions.begin() as session:
        request = rows.request(session, asked.request_id)
        asker(at).tell(session, request, len(rows.rows_of(session, asked.request_id)))


@step(mark("Show the versions to be decided"))
def question(asked: Asked, complaint: Reason = NO_REASON) -> type[RunInput] | None:
    """The form of the question with its proof; None when everything in it has been decided elsewhere."""
    at = house()
    with at.reads() as session:
        request, asked_rows = rows.request(session, asked.request_id), rows.undecided(session, asked.request_id)
        if not asked_rows:
            return None
        posts = rows.posts_of(session, asked_rows)
        times = rows.first_times(session, [(row.subject, row.version) for row in asked_rows])
        names = [who.name for who in rows.approvers(session)]
    channels = {card.key: card.title for card in at.workspace.channels}
    shown = [
        (row.shown, times.get((row.subject, row.version), row.first_at), row.account,
         Post.model_validate(posts.get(row.version, {})).text)
        for row in asked_rows
    ]  # fmt: skip
    link = _page(at, asked.request_id)
    zone = at.workspace.company.zone
    description = proof.markdown(shown, channels, request.due_at, at.now(), zone, link, complaint or None)
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


@step(mark("Write down the decision"))
def record(asked: Asked, answer: Any) -> Reason:
    """Write down as stated what this person may decide; returns why not about the rest, which is asked about again."""
    excepted = {proof.row_of(label) for label in answer.but}
    yes, approved, returned = str(answer.decision).startswith(APPROVE_SIGN), Decision.APPROVED, Decision.RETURNED
    with house().sessions.begin() as session:
        left = rows.undecided(session, asked.request_id)
        decisions = [(row, approved if yes is not (row.id in excepted) else returned) for row in left]
        if any(lacks_reason(decision is returned, answer.reason) for _, decision in decisions):
            return because(WHY_BACK, code="no_reason")
        return _record(session, asked, answer, decisions)


def _record(session: Session, asked: Asked, answer: Any, decisions: list[tuple[RequestRow, Decision]]) -> Reason:
    at, demands = house(), demands_of(house().workspace.company)
    who = next((w for w in rows.approvers(session) if w.name == answer.person), None)
    subjects = [row.subject for row, _ in decisions]
    authors, weights = rows.authors_of(session, subjects), rows.weights(session, subjects, demands)
    complaints, verdicts, link = [], [], _page(at, asked.request_id)
    for row, decision in decisions:
        author, weight = authors.get(row.subject, ""), weights[row.subject]
        complaint = objection(who, answer.person, author, demands, weight, proven=False, link=link)
        if complaint:
            complaints.append(complaint)
        else:
            said = Verdict(subject=row.subject, version=row.version, decision=decision, reason=answer.reason)
            verdicts.append(said)
    if who is not None:
        rows.decide(session, at.clock, verdicts, who.key, proven=False, request_id=asked.request_id)
    return complaints[0] if complaints else NO_REASON


def _page(at: House, request_id: int) -> str:
    return f"{at.staff_url}/approval/{request_id}"


@step(mark("Count what was decided"))
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


@step(mark("Look after the open questions"))
def look_after_requests() -> None:
    """Remind at half time, close what is over, end the runs whose question has been answered elsewhere.

    Letters to outsiders lose their link as soon as they have gone.
    """
    at = house()
    with at.sessions.begin() as session:
        wipe_letters(session, at.clock)
        rows.follow_times(session)
        opened = rows.open_requests(session)
        progress = rows.progress(session, [request.id or 0 for request in opened])
        for request in opened:
            left, _ = progress[request.id or 0]
            if left and at.now() >= reminder_at(request.asked_at, request.due_at) and not request.reminded_at:
                _remind(at, session, request)
            if not left or (request.asking == Asking.BEFORE and at.now() >= rows.last_chance(session, request.id or 0)):
                rows.close_request(session, at.clock, request.id or 0, "undecided" if left else "decided")
        closed = rows.closed_with_runs(session)
    for request_id, run_id, left_over in closed:
        if _finish_run(run_id, left_over):
            with at.sessions.begin() as session:
                rows.forget_run(session, request_id)


def _remind(at: House, session: Session, request: Any) -> None:
    subject = translate(REMIND, subject=request.title)
    link = _page(at, request.id)
    answers = asker(at).roster(session).duty(request.asked_of).answers
    message = notices.Message(f"remind:{request.id}", answers, subject, request.title, link)
    notices.tell(session, at.clock, [message])
    request.reminded_at = at.now()


def _finish_run(run_id: str, undecided: int) -> bool:
    """A suspension that timed out would fail: so the run is ended by us, with a name that says what happened.

    False while the run is still on its way to waiting: then the next minute ends it.
    """
    message = translate(UNDECIDED, number=undecided) if undecided else translate(NOTHING_LEFT)
    return end_waiting_run.fn(run_id, Ending(done=1, total=1, remarks=(message,) if undecided else ()).title, message)
