"""Step of channel adaptation (A7): a version of every piece for every channel it goes to."""

from models.ending import Ending
from models.locale import mark, translate
from tasks.adaptation.engine import adapt_pieces
from tasks.house import house
from tasks.runs.steps import show
from tasks.step import step

TITLE = mark("Versions for the channels")
TO_MEND = mark("Cannot go out as it is: {number}. The artifact “{title}” says what to mend.")


@step(mark("Adapt the pieces to the channels"))
def adapt_to_channels() -> Ending:
    """Adapt what is not adapted yet; what does not fit is told each time until it does, and the rest goes on."""
    at = house()
    if stopped := at.unreadable():
        return stopped
    made = adapt_pieces(at)
    lines = [
        f"- № {one.work.number} {one.work.title} → {one.card.title}: {note.reason}"
        for one in made for note in one.adapted.notes
    ]  # fmt: skip
    if lines:
        show("channel-versions", "\n".join([f"## {translate(TITLE)}", "", *lines]), translate(TITLE))
    done, total = sum(one.adapted.is_fit for one in made), len(made)
    remarks = (translate(TO_MEND, number=total - done, title=translate(TITLE)),) if done < total else ()
    return Ending(done=done, total=total, remarks=remarks)
