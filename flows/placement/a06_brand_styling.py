"""A6 · brand styling: Correct typography and words by the brand's rules; list every correction."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.form import Form
from models.locale import mark
from tasks.styling.steps import apply_brand


class StylingForm(Form):
    """Nothing needs to be filled in: it works on whatever is new."""


@flow(name="A6 · brand styling", flow_run_name=named(mark("Style by the brand's rules")))
async def brand_styling(form: StylingForm = StylingForm()) -> State[None]:  # noqa: B008  frozen
    """Correct typography and words by the brand's rules; list every correction."""
    return ended(apply_brand())
