"""What a run of sending says at its end, and the table beside it. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping

from models.delivery import State
from models.desk.mailings import MailingsPage
from models.ending import Ending
from models.locale import mark, quoted, translate
from models.mailings import Stage
from tasks.mailing.running.engine import Begun, Sent
from tasks.schedule.wall import local

HELD_BACK = mark("Mailing № {id} did not begin: {reason}")
NOT_NOW = mark("{mailer}: {reason}")
REMARKS = {
    State.UNKNOWN: mark("Outcome unknown: {number}. The mailing's page says of which letters."),
    State.REJECTED: mark("Refused by the mailer: {number}."),
    State.HELD: mark("Could not be written for their recipients: {number}."),
}
COLUMNS = (
    mark("№"), mark("Mailing"), mark("Sent"), mark("In the air"), mark("Still to go"), mark("Held"),
    mark("Unknown"), mark("A minute"), mark("Ends"),
)  # fmt: skip
SHOWN = (Stage.SENDING, Stage.PAUSED)


def of_begun(begun: Iterable[Begun]) -> Ending:
    """A mailing that was closed or held has its reason said."""
    found = list(begun)
    remarks = tuple(translate(HELD_BACK, id=one.mailing, reason=one.why) for one in found if one.why)
    return Ending(done=sum(not one.why for one in found), total=len(found), remarks=remarks) if found else Ending()


def of_sent(sent: Sent, titles: Mapping[str, str]) -> Ending:
    """Letters by what became of them; a mailer that could not send says why."""
    states = Counter[str]()
    for tally in sent.tallies.values():
        states.update(tally.states)
    tried = {state: states[state] for state in (State.SENT, *REMARKS)}
    remarks = [translate(text, number=states[state]) for state, text in REMARKS.items() if states[state]]
    remarks += [
        translate(NOT_NOW, mailer=titles.get(key, key), reason=reason) for key, reason in sorted(sent.troubles.items())
    ]
    return Ending(done=tried[State.SENT], total=sum(tried.values()), remarks=tuple(remarks))


def table(page: MailingsPage, zone: str) -> str:
    """The mailings that are on their way; "" where none is."""
    lines = [line for line in page.lines if line.stage in SHOWN]
    if not lines:
        return ""
    rows = ["| " + " | ".join(translate(column) for column in COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    for line in lines:
        states, ends = line.progress.states, line.progress.ends_at
        cells = (
            line.id, quoted(line.title).replace("|", "\\|"), states.get(State.SENT, 0) + states.get(State.CONFIRMED, 0),
            states.get(State.INTENT, 0), states.get(State.PLANNED, 0), states.get(State.HELD, 0),
            states.get(State.UNKNOWN, 0), line.progress.per_minute or "—",
            f"{local(ends, zone):%d.%m %H:%M}" if ends else "—",
        )  # fmt: skip
        rows.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return "\n".join(rows)
