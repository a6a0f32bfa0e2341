"""`otdel approve`: what waits for approval, and a decision about it, stated; four eyes and thresholds are obeyed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deployments.cli.office import Office, office
from deployments.refusal import Exit, Refusal
from models.locale import mark, translate, translate_plural
from models.reason import because

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tasks.approval.rows import Waiting
    from tasks.approval.rules import Who

WAITING = (mark("{number} version waits for approval:"), mark("{number} versions wait for approval:"))
NOTHING = mark("Nothing waits for approval.")
APPROVED = (mark("{number} version is approved."), mark("{number} versions are approved."))
SENT_BACK = (
    mark("{number} version is sent back; its author has been told."),
    mark("{number} versions are sent back; their authors have been told."),
)
DECIDED = mark("№ {number} · {channel}: {person} has decided already.")
NO_ROW = mark("“{said}” does not wait for approval.")
KNOWN = mark("Waiting are: {known}. Name them as № or №:channel, several with commas.")
WHO = mark("Name who decides.")
ADD_PERSON = mark("Add --person NAME, as in company.yaml.")
WHY = mark("Say why it is sent back: the author reads it.")
ADD_REASON = mark("Add --reason TEXT.")
ON_THE_PAGE = mark("Signed in: {url}")


def add_to(app: typer.Typer) -> None:
    """Add the command, with help in the language of the moment."""
    list_help = translate(mark("Only list what waits; so it is without --all and --rows too"))
    all_help, rows_help = translate(mark("Decide about everything that waits")), translate(mark("№ or №:channel, …"))
    back_help = translate(mark("Send back instead of approving"))
    person_help = translate(mark("Who decides, as in company.yaml; it is written down as stated"))
    why_help, json_help = translate(mark("Why; the author reads it")), translate(mark("Answer as JSON"))

    @app.command("approve", help=translate(mark("List what waits for approval, approve it or send it back.")))
    def approve(
        only_list: Annotated[bool, typer.Option("--list", help=list_help)] = False,
        all_rows: Annotated[bool, typer.Option("--all", help=all_help)] = False,
        rows: Annotated[str, typer.Option("--rows", help=rows_help)] = "",
        back: Annotated[bool, typer.Option("--back", help=back_help)] = False,
        person: Annotated[str, typer.Option("--person", envvar="OTDEL_PERSON", help=person_help)] = "",
        reason: Annotated[str, typer.Option("--reason", help=why_help)] = "",
        as_json: Annotated[bool, typer.Option("--json", help=json_help)] = False,
    ) -> None:
        with office(as_json) as desk:
            if only_list or not (all_rows or rows):
                tell_waiting(desk)
            decide(desk, "" if all_rows else rows, person, reason, back)


def tell_waiting(desk: Office) -> None:
    """List what waits, by its first due time."""
    from tasks.approval import rows as approval

    with desk.house.reads() as session:
        waiting = approval.waiting(session)
    said = [_row(desk, row) for row in waiting]
    lines = [f"  № {r['number']}:{r['account']} · {r['title']} · {r['channel']} · {r['first']}" for r in said]
    heading = translate_plural(*WAITING, len(said)) if said else translate(NOTHING)
    desk.answer({"waiting": said}, "\n".join([heading, *lines]))


def _row(desk: Office, row: "Waiting") -> dict[str, Any]:
    from tasks.approval.proof import moment

    card = desk.house.card_of(row.account)
    first = moment(row.due_at, desk.house.workspace.company.zone)
    channel = card.title if card else row.account
    return {
        "number": row.number, "account": row.account, "channel": channel, "title": row.title, "author": row.author,
        "first": first, "version": row.version[:12],
    }  # fmt: skip


def decide(desk: Office, wanted: str, person: str, reason: str, back: bool) -> None:
    """Decide about the rows wanted, all where none is named: all of them, or none where one may not be."""
    from models.approval import Decision
    from models.desk import Verdict
    from tasks.approval import rows as approval
    from tasks.approval.rules import lacks_reason

    if not person.strip():
        raise Refusal(because(WHO), because(ADD_PERSON), Exit.USAGE)
    if lacks_reason(back, reason):
        raise Refusal(because(WHY), because(ADD_REASON), Exit.USAGE)
    decision = Decision.RETURNED if back else Decision.APPROVED
    with desk.house.sessions.begin() as session:
        chosen = _chosen(approval.waiting(session), wanted)
        who = _entitled(desk, session, person, chosen)
        said = [Verdict(subject=r.subject, version=r.version, decision=decision, reason=reason) for r in chosen]
        counting = approval.decide(session, desk.house.clock, said, who.key, proven=False)
        lost = _lost(desk, session, [row for row in chosen if (row.subject, row.version) not in counting])
    done = len(counting)
    heading = translate_plural(*(SENT_BACK if back else APPROVED), done) if done or lost else translate(NOTHING)
    told = {"decision": decision.value, "person": who.key, "done": done, "lost": lost}
    desk.answer(told, "\n".join([heading, *lost]), Exit.FINDINGS if lost else Exit.OK)


def _chosen(waiting: Sequence["Waiting"], wanted: str) -> list["Waiting"]:
    if not wanted:
        return list(waiting)
    found: dict[str, Waiting] = {}
    for said in (part.strip().lstrip("№").strip() for part in wanted.split(",") if part.strip()):
        mine = [row for row in waiting if said in (row.number, f"{row.number}:{row.account}")]
        if not mine:
            known = ", ".join(f"{row.number}:{row.account}" for row in waiting) or "—"
            raise Refusal(because(NO_ROW, said=said), because(KNOWN, known=known), Exit.USAGE)
        found |= {row.subject: row for row in mine}
    return list(found.values())


def _entitled(desk: Office, session: "Session", person: str, chosen: Sequence["Waiting"]) -> "Who":
    """Who decides; refuses where this person may not decide about one of the rows."""
    from tasks.approval import rows as approval
    from tasks.approval.rules import demands_of, objection
    from tasks.orders.naming import person_called
    from tasks.orders.rows import people

    who = person_called(person, people(session, desk.house.workspace))
    demands, page = demands_of(desk.house.workspace.company), f"{desk.house.staff_url}/staff"
    weights = approval.weights(session, [row.subject for row in chosen], demands)
    for row in chosen:
        weight = weights[row.subject]
        complaint = objection(who, person, row.author, demands, weight, proven=False, link=page)
        if complaint:
            raise Refusal(complaint, because(ON_THE_PAGE, url=page))
    return who


def _lost(desk: Office, session: "Session", rows: Sequence["Waiting"]) -> list[str]:
    from tasks.approval import rows as approval

    first = approval.decided(session, [(row.subject, row.version) for row in rows])
    return [
        translate(DECIDED, number=row.number, channel=_row(desk, row)["channel"],
                  person=first[row.subject, row.version].person)
        for row in rows
    ]  # fmt: skip
