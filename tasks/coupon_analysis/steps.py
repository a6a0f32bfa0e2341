"""Steps of the analysis of coupons (C10)."""

from prefect import runtime

from models.ending import Ending
from models.locale import language, mark, translate
from models.reason import because
from tasks.coupon_analysis.artifact import TITLE, ahead, markdown
from tasks.coupon_analysis.before.engine import Launching
from tasks.coupon_analysis.before.shown import TITLE as BEFORE
from tasks.coupon_analysis.before.shown import card
from tasks.coupon_analysis.settling.engine import NO_OFFER, Settling
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


@step(mark("Judge the launch by our own purchases"))
def judge_launch(offer: str) -> Ending:
    """Show what an offer's effect could be told from, and what it may cost, beside the run."""
    at = house()
    if stopped := at.unreadable():
        return stopped
    launch = Launching(at).of_key(offer.strip())
    if launch is None:
        return Ending(total=1, remarks=(str(because(NO_OFFER, code="no_offer", key=offer)),))
    show("coupons-before", ahead(card(launch, language()), launch.terms.title, at.staff_url), translate(BEFORE))
    return Ending(done=1, total=1)
