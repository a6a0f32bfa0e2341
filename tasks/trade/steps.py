"""Steps of coupons in trade."""

from prefect.runtime import flow_run

from models.ending import Ending
from models.locale import mark, translate
from models.trade_forms import ConfirmInstructionForm, TradeForm
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.orders.steps import told
from tasks.runs.steps import show
from tasks.step import step
from tasks.trade.artifact import TITLE, markdown
from tasks.trade.calling_off.engine import CallingOff
from tasks.trade.engine import Trade
from tasks.trade.looking.engine import Looking

UNREACHED = mark(
    "Outlets without an address: {number}. Name an e-mail or a manager in company.yaml, or print the sheets."
)
NO_OFFER = mark("No offer “{key}” is open. Look at its key on the desk.")


@step(mark("Tell outlets, remind those who have not confirmed"))
def instruct_outlets(form: TradeForm) -> Ending:
    """Make and send instructions, remind outlets, tell the head."""
    if form.what == "files of tills only":
        return Ending()
    at = house()
    if stopped := at.unreadable():
        return stopped
    trade = Trade(at)
    done = trade.instruct(form.offer.strip(), flow_run.id or "")
    CallingOff(at).round()
    show("trade", markdown(trade.offers(), at.staff_url), translate(TITLE))
    remarks = (translate(UNREACHED, number=done.unreached),) if done.unreached else ()
    if form.offer.strip() and not done.offers:
        return Ending(total=1, remarks=(translate(NO_OFFER, key=form.offer.strip()),))
    return Ending(done=done.offers, total=done.offers, remarks=remarks)


@step(mark("Let reservations go that ran out, add the counters up"))
def look_after_limits(form: TradeForm) -> Ending:
    """Expire reservations and audit the counters; what does not add up is told loudly."""
    if form.what != "everything":
        return Ending()
    looked = Looking(house()).round(flow_run.id or "")
    return Ending(done=not looked.wrong, total=1, remarks=(*looked.wrong[:20], *looked.said))


@step(mark("Write down that an outlet has confirmed"))
def confirm_instruction(form: ConfirmInstructionForm) -> Ending:
    """A colleague says so."""
    return told(by_the_book(lambda: Trade(house()).confirm(form)))
