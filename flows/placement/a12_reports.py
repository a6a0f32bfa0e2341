"""A12 · reports: the week for the department, one page a month for the director."""

from typing import Annotated, Literal

from prefect import State, flow
from pydantic import Field

from flows.endings import ended
from flows.naming import named
from models.form import Form, InWords
from models.locale import mark
from tasks.collecting.steps import collect_results
from tasks.reports.steps import make_report


class ReportForm(Form):
    """Which report."""

    kind: Annotated[Literal["week", "month"], InWords()] = Field(
        default="week",
        title=mark("Week or month"),
        description=mark("“week” is for the department, “month” is one page for the director."),
    )
    on: str = Field(
        default="",
        pattern=r"^(\d{4}-\d{2}-\d{2})?$",
        title=mark("Any day of it"),
        description=mark("As 2026-11-25; empty means this week, or the month that has ended."),
    )
    conclusion: str = Field(
        default="",
        max_length=1500,
        title=mark("The head's conclusion"),
        description=mark("It stands on the page in the head's own words."),
    )


@flow(name="A12 · reports", flow_run_name=named(mark("Make the report")))
async def reports(form: ReportForm = ReportForm()) -> State[None]:  # noqa: B008  frozen
    """Gather the last results, then make the report."""
    collect_results()
    return ended(make_report(form.kind, form.on, form.conclusion))
