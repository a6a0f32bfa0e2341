"""A3 · content search: the content plan, the folder, the product feed, news feeds."""

from typing import Annotated, Literal

from prefect import State, flow
from pydantic import Field

from flows.endings import ended
from flows.naming import named
from models.form import Form, InWords, OneOf
from models.locale import mark
from tasks.content.steps import load_plan, read_content_plan, read_product_feeds, search_feeds
from tasks.people.steps import follow_company_file


class SearchForm(Form):
    """What to read, and whether to apply what loading the plan would mean."""

    action: Annotated[Literal["show", "apply"], InWords()] = Field(
        default="show",
        title=mark("Content plan"),
        description=mark("“show” tells what loading would mean; “apply” does it: moved, changed, new."),
    )
    file: str = Field(
        default="",
        title=mark("File of the plan"),
        description=mark("Inside the company's folder; empty means content/plan.xlsx, else content/plan.csv."),
    )
    cancel_gone: bool = Field(
        default=False,
        title=mark("Cancel what is gone from the plan"),
        description=mark("Otherwise a row that left the file stays as it is and is asked about."),
    )
    person: Annotated[str, OneOf("people")] = Field(
        default="", title=mark("Who loads"), description=mark("Your name; it is written down beside the loading.")
    )


@flow(name="A3 · content search", flow_run_name=named(mark("Find content")))
async def content_search(form: SearchForm = SearchForm()) -> State[None]:  # noqa: B008  frozen
    """Read the product feed, then the plan with its pieces, then the news."""
    follow_company_file()
    products = read_product_feeds()
    plan = load_plan(read_content_plan(form.file), form.action, form.cancel_gone, form.person)
    found = search_feeds()
    return ended(products + plan + found)
