"""The whole way: from content to publication for a whole plan, or as far as approval where a person approves."""

from typing import Annotated

from prefect import State, flow
from pydantic import Field

from flows.endings import ended
from flows.naming import named
from models.form import OneOf
from models.locale import mark
from models.orders import PlanFile
from tasks.adaptation.steps import adapt_to_channels
from tasks.approval.steps import ask_in_a_run_of_its_own
from tasks.collecting.steps import collect_results
from tasks.content.steps import load_plan, read_content_plan, read_product_feeds, search_feeds
from tasks.costs.steps import record_tables
from tasks.grouping.steps import match_groups
from tasks.people.steps import follow_company_file
from tasks.posting.steps import announce_coming, lay_out_schedule, publish_due, tell_about_trouble
from tasks.reports.steps import make_report
from tasks.styling.steps import apply_brand
from tasks.writing.steps import check_facts


class WholeWayForm(PlanFile):
    """How far to go."""

    piece: str = Field(
        default="",
        title=mark("№ of one piece"),
        description=mark(
            "Load and ask about this row of the plan only; what else is due goes its way. Empty: the whole plan."
        ),
    )
    person: Annotated[str, OneOf("people")] = Field(
        default="", title=mark("Who asks for it"), description=mark("Your name; it is written down beside the loading.")
    )


@flow(name="A · the whole way", flow_run_name=named(mark("From content to publication")))
async def whole_way(form: WholeWayForm = WholeWayForm()) -> State[None]:  # noqa: B008  frozen
    """Find, group, style, check, adapt, lay out, publish what may go, report, ask about the rest."""
    follow_company_file()
    done = read_product_feeds()
    done += load_plan(read_content_plan(form.file, form.piece), "apply", False, form.person)
    done += search_feeds()
    done += match_groups()
    done += apply_brand()
    done += check_facts()
    done += adapt_to_channels()
    lay_out_schedule()
    done += publish_due()
    done += record_tables()
    collect_results()
    make_report("week", "", "")
    ask_in_a_run_of_its_own(form.piece)
    tell_about_trouble()
    announce_coming()
    return ended(done)
