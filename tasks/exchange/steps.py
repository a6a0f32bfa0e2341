"""Steps about files of tills."""

from models.ending import Ending
from models.locale import mark
from models.trade_forms import TradeForm
from tasks.exchange.engine import Exchange
from tasks.house import house
from tasks.step import step


@step(mark("Take the files of tills, give them offers and codes"))
def exchange_files(form: TradeForm) -> Ending:
    """Read what outlets' tills have written, write what they have to know."""
    if form.what == "instructions only":
        return Ending()
    at = house()
    if stopped := at.unreadable():
        return stopped
    done = Exchange(at).round()
    number = done.read + done.written
    return Ending(done=number or len(done.remarks), total=number or len(done.remarks), remarks=tuple(done.remarks))
