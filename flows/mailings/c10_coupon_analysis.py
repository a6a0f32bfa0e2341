"""C10 · coupon analysis: what coupons came to, what they cost and brought, and what they gave off to its fund."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.coupon_analysis_orders import CouponAnalysisForm
from models.locale import mark
from tasks.coupon_analysis.steps import analyse_coupons, judge_launch


@flow(name="C10 · coupon analysis", flow_run_name=named(mark("See what coupons came to")))
async def coupon_analysis(form: CouponAnalysisForm = CouponAnalysisForm()) -> State[None]:  # noqa: B008  frozen
    """Count, compare with those who got none, tell the registry, charge the fund; or look ahead."""
    if form.when == "before the launch":
        return ended(judge_launch(form.offer))
    return ended(analyse_coupons(form.offer, form.days))
