"""C9 · coupons in trade: outlets know what to do, limits hold, tills without a network are heard."""

from prefect import State, flow

from flows.endings import ended
from flows.naming import named
from models.locale import mark
from models.trade_forms import TradeForm
from tasks.exchange.steps import exchange_files
from tasks.trade.steps import instruct_outlets, look_after_limits


@flow(name="C9 · coupons in trade", flow_run_name=named(mark("Coupons in trade")))
async def coupons_in_trade(form: TradeForm = TradeForm()) -> State[None]:  # noqa: B008  frozen
    """Tell outlets and remind them, take and give files, then let reservations go and add up the counters."""
    done = instruct_outlets(form)
    done += exchange_files(form)
    done += look_after_limits(form)
    return ended(done)
