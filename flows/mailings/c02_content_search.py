"""C2 · content search for mailings: what is worth saying to the group that gets it, and why."""

from typing import Annotated

from prefect import State, flow
from pydantic import ConfigDict, Field

from flows.endings import ended
from flows.naming import named
from models.form import Form, OneOf
from models.locale import mark
from tasks.suited.steps import search_for_groups


class MailingSearchForm(Form):
    """Content for a mailing: products, pieces and news, ranked for the group that gets it."""

    model_config = ConfigDict(title=mark("Content search for mailings"))

    group: Annotated[str, OneOf("customer_groups")] = Field(
        default="", title=mark("Customer group"), description=mark("Its key, for example sleeping; empty: every group.")
    )
    how_many: int = Field(
        default=20, ge=1, le=100, title=mark("How many"), description=mark("For each group, the best first.")
    )


@flow(name="C2 · content search for mailings", flow_run_name=named(mark("Find content for mailings")))
async def mailing_content_search(form: MailingSearchForm = MailingSearchForm()) -> State[None]:  # noqa: B008  frozen
    """Rank what there is by what the group reads, buys and answers to."""
    return ended(search_for_groups(form.group, form.how_many))
