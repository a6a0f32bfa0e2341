"""C11 · reports of mailings: the week and the month of direction C, for the head."""

from typing import Annotated, Literal

from prefect import State, flow
from pydantic import Field

from flows.endings import ended
from flows.naming import named
from models.form import Form, InWords
from models.locale import mark
from tasks.mailing_reports.steps import make_mailing_report
from tasks.reactions_to_mailings.steps import analyse_reactions


class MailingReportForm(Form):
    """Which report of mailings."""

    kind: Annotated[Literal["week", "month"], InWords()] = Field(
        default="week",
        title=mark("Week or month"),
        description=mark("What mailings came to in a week, or in a month."),
    )
    on: str = Field(
        default="",
        pattern=r"^(\d{4}-\d{2}-\d{2})?$",
        title=mark("Any day of it"),
        description=mark("As 2026-11-25; empty means this week, or the month that has ended."),
    )


@flow(name="C11 · reports of mailings", flow_run_name=named(mark("Make the report of mailings")))
async def mailing_reports(form: MailingReportForm = MailingReportForm()) -> State[None]:  # noqa: B008  frozen
    """Count what is due first, then make the report."""
    analyse_reactions(45, 0)
    return ended(make_mailing_report(form.kind, form.on))
