"""By hand: a text for one channel alone; it stays whatever the common text becomes, and is asked about then."""

from prefect import State, flow
from pydantic import ConfigDict

from flows.endings import ended
from flows.naming import named
from models.editing import HandText
from models.locale import mark
from tasks.adaptation.steps import adapt_to_channels
from tasks.approval.steps import ask_about_what_is_pressing
from tasks.byhand.steps import write_by_hand
from tasks.posting.steps import announce_coming, lay_out_schedule
from tasks.styling.steps import apply_brand


class HandForm(HandText):
    """A text for one channel alone: write it, keep it, or take the common one instead."""

    model_config = ConfigDict(title=mark("A text by hand for one channel"))


@flow(name="by hand", flow_run_name=named(mark("A text by hand for one channel")))
async def by_hand(form: HandForm) -> State[None]:
    """Save the text; style, adapt and lay out what is not yet; ask about what was changed."""
    done = write_by_hand(form)
    apply_brand()
    adapt_to_channels()
    lay_out_schedule()
    ask_about_what_is_pressing(return_state=True)  # the order is carried out: the next A8 asks, should it fail here
    announce_coming(return_state=True)
    return ended(done)
