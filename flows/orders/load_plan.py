"""Load a dropped content plan, and let all follow that a new plan means, as far as approval."""

from prefect import State, flow
from pydantic import ConfigDict, Field

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.orders import Dropped
from tasks.adaptation.steps import adapt_to_channels
from tasks.approval.steps import ask_in_a_run_of_its_own
from tasks.dropping.steps import load_dropped_plan
from tasks.grouping.steps import match_groups
from tasks.people.steps import follow_company_file
from tasks.posting.steps import announce_coming, lay_out_schedule, tell_about_trouble
from tasks.styling.steps import apply_brand
from tasks.writing.steps import check_facts


class LoadPlanForm(Dropped):
    """Which dropped plan to load, and which of its rows to leave out."""

    model_config = ConfigDict(title=mark("Load a dropped content plan"))

    left_out: list[str] = Field(
        default=[], title=mark("№s to leave out"), description=mark("One a line; these rows stay as they are.")
    )
    cancelled: list[str] = Field(
        default=[],
        title=mark("№s to cancel"),
        description=mark("One a line, of rows that are no longer in the file; the others stay as they are."),
    )


@flow(name="load plan", flow_run_name=named(mark("Load a dropped content plan")))
async def load_plan(form: LoadPlanForm) -> State[None]:
    """Load it, group, style, check, adapt, lay out, ask to approve, announce."""
    follow_company_file()
    done = load_dropped_plan(form.drop, form.seen, form.left_out, form.cancelled, form.person)
    done += match_groups()
    done += apply_brand()
    done += check_facts()
    done += adapt_to_channels()
    lay_out_schedule()
    ask_in_a_run_of_its_own()
    tell_about_trouble()
    announce_coming(return_state=True)  # the plan is loaded: where Prefect fails here, the next A8 announces it
    return ended(done)
