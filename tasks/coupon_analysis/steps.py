"""Steps of the analysis of coupons (C10)."""

from prefect import runtime

from models.ending import Ending
from models.locale import mark, translate
from tasks.coupon_analysis.artifact import TITLE, markdown
from tasks.coupon_analysis.settling.engine import Settling
from tasks.house import house
from tasks.runs.steps import show
from tasks.step import step


@step(mark("Count what coupons came to"))
def analyse_coupons(offer: str, days: int) -> Ending:
    """Look at the offers that are due, write their facts and what they gave off, show them beside the run."""
    at = house()
    if stopped := at.unreadable():
        return stopped
    done = Settling(at).round(days, offer, str(runtime.flow_run.id or ""))
    shown = [(one.about, one.found) for one in done.looked]
    show("coupons", markdown(shown, done.troubles, at.staff_url), translate(TITLE))
    total = len(shown) or len(done.troubles)
    return Ending(done=len(shown), total=total, remarks=tuple(map(str, done.troubles)))
