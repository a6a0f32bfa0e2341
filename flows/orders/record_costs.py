"""Stated expenses and results: one by form, or the tables that people keep, as often as they like."""

from typing import Annotated, Literal

from prefect import State, flow
from pydantic import ConfigDict, Field

from flows.endings import ended
from flows.naming import named
from models.form import Form, InWords, OneOf
from models.locale import mark
from tasks.costs.steps import record_dropped_table, state_row, state_tables

NONE_NAMED = mark("Its name or key; empty for none.")
ROW = ("operation", "channel", "campaign", "goal", "fund", "document", "note")


class CostsForm(Form):
    """An expense or a result by hand, or the tables expenses.xlsx and results.xlsx of the company's folder."""

    model_config = ConfigDict(title=mark("Expenses and results"))

    what: Annotated[Literal["tables", "expense", "result"], InWords()] = Field(
        title=mark("What to record"),
        description=mark("The tables as they are now, or one expense or one result that is named below."),
    )
    person: Annotated[str, OneOf("people")] = Field(
        title=mark("Who states it"), description=mark("Your name as in company.yaml.")
    )
    date: str = Field(
        default="+0",
        title=mark("Date"),
        description=mark("For example 25.11 or 2026-11-25; +0 is today, -1 yesterday."),
    )
    metric: str = Field(
        default="",
        title=mark("Metric"),
        description=mark("For a result: what was counted, for example calls, visits, orders or revenue."),
    )
    amount: str = Field(
        default="",
        title=mark("Amount or number"),
        description=mark("For an expense the money spent, for a result what was counted: 12 500 or 12 500,50."),
    )
    fund: Annotated[str, OneOf("funds")] = Field(
        default="", title=mark("Fund"), description=mark("Its name or key; every expense belongs to one.")
    )
    operation: str = Field(
        default="",
        title=mark("Operation"),
        description=mark("The code of the operation it belongs to, for example A8."),
    )
    channel: Annotated[str, OneOf("channels")] = Field(default="", title=mark("Channel"), description=NONE_NAMED)
    campaign: Annotated[str, OneOf("campaigns")] = Field(default="", title=mark("Campaign"), description=NONE_NAMED)
    goal: Annotated[str, OneOf("goals")] = Field(default="", title=mark("Goal"), description=NONE_NAMED)
    document: str = Field(
        default="", title=mark("Document"), description=mark("What proves it: invoice, act, receipt and their numbers.")
    )
    note: str = Field(default="", title=mark("Note"), description=mark("Whatever a colleague should know about it."))
    file: str = Field(
        default="",
        title=mark("File of the table"),
        description=mark("Inside the company's folder; empty means expenses and results as they are called there."),
    )
    drop: int = Field(
        default=0,
        ge=0,
        title=mark("Number of the dropped table"),
        description=mark("As it stands on its page on the desk; 0 means the tables in the company's folder."),
    )
    seen: str = Field(
        default="",
        title=mark("What was looked at"),
        description=mark("Filled in by the desk; empty applies what it means now."),
    )
    record: bool = Field(
        default=True,
        title=mark("Record the tables"),
        description=mark("Otherwise only tells what would be recorded."),
    )
    withdraw: bool = Field(
        default=False,
        title=mark("Withdraw what is gone from the tables"),
        description=mark("Otherwise a row that left its table stays in the registry."),
    )

    @property
    def row(self) -> dict[str, str]:
        """The fields of one row by the columns of the tables."""
        measured = {"amount": self.amount} if self.what == "expense" else {"metric": self.metric, "value": self.amount}
        return {"on": self.date} | {name: str(getattr(self, name)) for name in ROW} | measured


@flow(name="expenses and results", flow_run_name=named(mark("Record expenses and results")))
async def record_costs(form: CostsForm) -> State[None]:
    """Record what is new; a changed row is a correction that names the row it corrects."""
    if form.drop:
        return ended(record_dropped_table(form.drop, form.record, form.withdraw, form.seen, form.person))
    if form.what == "tables":
        return ended(state_tables(form.file, form.record, form.withdraw, form.person))
    return ended(state_row(form.what, form.row, form.person))
