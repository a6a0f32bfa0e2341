"""The days of offers: they end after their last, and what a kill has left of an issue is gone on with."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.offer_orders import OfferUpkeepForm
from tasks.offering.steps import look_after_offers


@flow(name="offer upkeep", flow_run_name=named(mark("See to the days of offers")))
async def offer_upkeep(form: OfferUpkeepForm = OfferUpkeepForm()) -> State[None]:  # noqa: B008  frozen
    """End, remind, go on; the registry is told what was ready on its first day."""
    return ended(look_after_offers())
