"""Step of the plan's return: the person's own table with what became of each row."""

from pathlib import Path

from integrations.errors import Refused
from integrations.folder import Folder
from models.content import Effect
from models.ending import Ending
from models.locale import mark, translate
from tasks.content.workbook import write_plan
from tasks.house import house
from tasks.loading.engine import open_plan
from tasks.outcomes import rows
from tasks.outcomes.outcome import outcome, with_edits
from tasks.runs.steps import show
from tasks.step import step

NAME = "plan.xlsx"
TITLE = mark("The content plan with what became of it")
READY = mark("Rows of the plan with an outcome: {number} of {total}. [Open the table]({link})")
ASIDE = mark("The file on this computer: {path}")


@step(mark("Write the results beside the plan"))
def give_plan_back(file: str) -> Ending:
    """Write status, link, reach, reactions and reason beside the rows of the plan, into a copy among the reports."""
    at = house()
    try:
        reading = open_plan(at, file)
        data = Folder(at.root).read(reading.file) if reading.sheet else b""
    except Refused as refused:
        return Ending(done=0, total=1, remarks=(str(refused),))
    if reading.sheet is None:
        return Ending(done=0, total=1, remarks=tuple(map(str, reading.problems)))
    channels = {card.key: card.title for card in at.workspace.channels}
    with at.reads() as session:
        outcomes = {number: outcome(fates, channels) for number, fates in rows.fates(session).items()}
        known = sum(row.number in outcomes for row in reading.rows)  # of what became of it, not of its edits
        for number, (fields, row) in rows.edits(session).items():
            outcomes[number] = with_edits(outcomes.get(number, outcome((), channels)), fields, row, channels)
    path = at.var / "reports" / NAME
    _put(path, write_plan(data, reading.sheet, reading.rows, outcomes, reading.problems))
    said = translate(READY, number=known, total=len(reading.rows), link=f"{at.staff_url}/reports/{NAME}")
    show("plan-back", f"## {translate(TITLE)}\n\n{said}\n\n{translate(ASIDE, path=path)}", translate(TITLE))
    broken = [str(problem) for problem in reading.problems if problem.effect is Effect.LEFT_OUT]
    return Ending(done=1, total=1, remarks=tuple(broken))


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    draft.write_bytes(data)
    draft.replace(path)
