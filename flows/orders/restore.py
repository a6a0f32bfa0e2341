"""Restore: what was held, missed, refused or cancelled is planned again."""

from prefect import State, flow
from pydantic import ConfigDict

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.orders import TimedOrder
from tasks.orders.steps import restore_publications
from tasks.posting.steps import announce_coming, lay_out_schedule


class RestoreForm(TimedOrder):
    """Which publication to plan again; where its time has passed, name a new one."""

    model_config = ConfigDict(title=mark("Restore a publication"))


@flow(name="restore", flow_run_name=named(mark("Restore a publication")))
async def restore(form: RestoreForm) -> State[None]:
    """Lay out the plan as it is now, plan it again, announce it in Prefect under a run of its own."""
    lay_out_schedule()
    done = restore_publications(form)
    announce_coming(return_state=True)  # the order is carried out: where Prefect fails here, the next A8 announces it
    return ended(done)
