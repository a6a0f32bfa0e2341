"""Dropped pictures go into the company's folder of pictures, where pieces and the plan find them by name."""

from prefect import State, flow
from pydantic import ConfigDict, Field

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.orders import Dropped
from tasks.dropping.steps import put_dropped_pictures


class LoadPicturesForm(Dropped):
    """Which dropped pictures to put into the folder, and what to do about names that stand there."""

    model_config = ConfigDict(title=mark("Load dropped pictures"))

    replace: list[str] = Field(
        default=[],
        title=mark("Names to replace"),
        description=mark("One a line; the picture of this name in the folder gives way."),
    )
    both: list[str] = Field(
        default=[],
        title=mark("Names to keep both of"),
        description=mark("One a line; the dropped picture gets a name beside it."),
    )


@flow(name="load pictures", flow_run_name=named(mark("Load dropped pictures")))
async def load_pictures(form: LoadPicturesForm) -> State[None]:
    """Put the pictures into the folder."""
    return ended(put_dropped_pictures(form.drop, form.replace, form.both, form.seen, form.person))
