"""Correct: a piece gets new words, pictures, channels or another time, as a new version."""

from prefect import State, flow
from pydantic import ConfigDict

from flows.endings import ended
from flows.naming import named
from models.editing import Correction
from models.locale import mark
from tasks.adaptation.steps import adapt_to_channels
from tasks.approval.steps import ask_about_what_is_pressing
from tasks.editing.steps import correct_piece
from tasks.grouping.steps import match_groups
from tasks.posting.steps import announce_coming, lay_out_schedule
from tasks.styling.steps import apply_brand


class CorrectForm(Correction):
    """What is to be different in a piece. A field left empty stays as it is."""

    model_config = ConfigDict(title=mark("Correct a piece"))


@flow(name="correct", flow_run_name=named(mark("Correct a piece")))
async def correct(form: CorrectForm) -> State[None]:
    """Save the new version; style, adapt and lay out what is not yet; ask about what was changed."""
    done = correct_piece(form)
    match_groups()
    apply_brand()
    adapt_to_channels()
    lay_out_schedule()
    ask_about_what_is_pressing(return_state=True)  # the order is carried out: the next A8 asks, should it fail here
    announce_coming(return_state=True)
    return ended(done)
