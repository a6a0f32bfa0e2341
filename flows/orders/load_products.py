"""A dropped product feed takes the place of the company's; publications that name a changed price are held when due."""

from prefect import State, flow
from pydantic import ConfigDict, Field

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.orders import Dropped
from tasks.dropping.steps import replace_product_feed
from tasks.posting.steps import announce_coming, lay_out_schedule
from tasks.writing.steps import check_facts


class LoadProductsForm(Dropped):
    """Which dropped feed to load, and which feed of the company it replaces."""

    model_config = ConfigDict(title=mark("Load a dropped product feed"))

    source: str = Field(
        default="",
        title=mark("Feed to replace"),
        description=mark("Its key in feeds.yaml; empty where the company has one feed that is a file."),
    )


@flow(name="load products", flow_run_name=named(mark("Load a dropped product feed")))
async def load_products(form: LoadProductsForm) -> State[None]:
    """Replace the feed, compare what pieces say with it, lay out, announce."""
    done = replace_product_feed(form.drop, form.source, form.seen, form.person)
    done += check_facts()
    lay_out_schedule()
    announce_coming(return_state=True)  # the feed is replaced: where Prefect fails here, the next A8 announces it
    return ended(done)
