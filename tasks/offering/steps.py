"""Steps about offers and their codes, each answering with what came of it."""

from prefect import get_run_logger
from prefect.runtime import flow_run

from models.ending import Ending
from models.locale import mark, translate
from models.offer_form import OfferFields
from models.offer_orders import (
    AskOfferForm,
    ChangeOfferForm,
    DecideOfferForm,
    ExtendOfferForm,
    ImportCodesForm,
    IssueCodesForm,
    OpenOfferForm,
    ReplaceCodeForm,
    StopOfferForm,
    TakeCodesForm,
)
from tasks.house import house
from tasks.offering import rows
from tasks.offering.asking.engine import OfferApproval
from tasks.offering.engine import Offering
from tasks.offering.files.engine import Files
from tasks.offering.issuing.engine import Issuing
from tasks.offers.summary import summary
from tasks.orderbook.steps import by_the_book
from tasks.orderbook.tags import order_of
from tasks.orders.answers import Report
from tasks.orders.steps import told
from tasks.runs.steps import show
from tasks.step import step

ENDED, FINISHED = mark("Offers that ended: {number}."), mark("Batches of codes gone on with: {number}.")


def _once() -> str:
    """The same order issues once, however often its run begins anew."""
    number = order_of(flow_run.tags or [])
    return f"order:{number}" if number else f"run:{flow_run.id}"


def _told(report: Report) -> Ending:
    """The answer, and beside it what the offer says: this is what is approved."""
    at = house()
    for line in report.lines:
        with at.reads() as session:
            row = rows.by_id(session, line.id)
            if row is not None:
                words = rows.knowledge(session, at.workspace).words
                said = summary(rows.terms_of(rows.last(session, line.id)), words)
                show("offer", "\n".join(f"- {sentence}" for sentence in said), row.title)
    return told(report)


def heard(made: int, wanted: int) -> None:
    """Progress in the run's log: numbers only, never a code."""
    get_run_logger().info("%s / %s", made, wanted)


@step(mark("Write the offer"))
def write_offer(form: OfferFields) -> Ending:
    """Write an offer, or its next version."""
    return _told(by_the_book(lambda: Offering(house()).write(form)))


@step(mark("Change the offer"))
def change_offer(form: ChangeOfferForm) -> Ending:
    """Change some of it; where codes are out, only what harms no holder."""
    return _told(by_the_book(lambda: Offering(house()).change(form)))


@step(mark("Ask for approval of the offer"))
def ask_offer(form: AskOfferForm) -> Ending:
    """Ask whoever decides about its last version."""
    return _told(by_the_book(lambda: OfferApproval(house()).ask(form)))


@step(mark("Write the offer and ask for its approval"))
def write_and_ask(form: OfferFields) -> Ending:
    """Both at once, where nothing is wrong with it."""
    made = by_the_book(lambda: Offering(house()).write(form))
    ending = _told(made)
    approval = OfferApproval(house())
    keys = filter(None, (approval.to_be_asked(line.id) for line in made.lines if line.done))
    reports = [approval.ask(AskOfferForm(offer=key, person=form.person)) for key in keys]
    return sum((told(report) for report in reports), ending)


@step(mark("Write down the decision about the offer"))
def decide_offer(form: DecideOfferForm) -> Ending:
    """Approve or return it; a name typed here is only stated."""
    return told(by_the_book(lambda: OfferApproval(house()).decide(form, proven=False)))


@step(mark("Stop coupons"))
def stop_coupons(form: StopOfferForm) -> Ending:
    """The next redemption is refused."""
    return told(by_the_book(lambda: Issuing(house()).stop(form), follows=True))


@step(mark("Let stopped coupons be redeemed again"))
def open_coupons(form: OpenOfferForm) -> Ending:
    """What was stopped is redeemed again."""
    return told(by_the_book(lambda: Issuing(house()).open(form)))


@step(mark("Let coupons hold longer"))
def extend_coupons(form: ExtendOfferForm) -> Ending:
    """One, a batch, or the whole offer, which is approved again."""
    return told(by_the_book(lambda: Issuing(house()).extend(form)))


@step(mark("Issue codes"))
def issue_codes(form: IssueCodesForm) -> Ending:
    """In portions; whoever is killed leaves whole ones, and the next run goes on behind them."""
    return told(by_the_book(lambda: Issuing(house(), heard).issue(form, _once())))


@step(mark("Take codes in from a file"))
def import_codes(form: ImportCodesForm) -> Ending:
    """Somebody else's codes, from the company's folder."""
    return told(by_the_book(lambda: Issuing(house(), heard).import_codes(form)))


@step(mark("Give another code"))
def replace_code(form: ReplaceCodeForm) -> Ending:
    """Another code with what is left of its uses."""
    return told(by_the_book(lambda: Issuing(house()).replace(form)))


@step(mark("Make a file with codes"))
def take_codes(form: TakeCodesForm) -> Ending:
    """It lies beside the company's folder; the desk gives it to the browser instead."""
    run = "" if order_of(flow_run.tags or []) else str(flow_run.id)
    return told(by_the_book(lambda: Files(house()).put(form, run)))


@step(mark("Take away files with codes after a week"))
def clear_codes() -> Ending:
    """A code is money to whoever has it; the file was to be taken away when it was printed."""
    gone = Files(house()).clear()
    return Ending(done=gone, total=gone)


@step(mark("See to the days of offers"))
def look_after_offers() -> Ending:
    """End what is over, remind who is asked, go on with batches that a kill has left."""
    at = house()
    if broken := at.unreadable():
        return broken
    ended, finished = OfferApproval(at).look_after(), Issuing(at, heard).finish()
    said = ((ENDED, ended), (FINISHED, finished))
    remarks = tuple(translate(text, number=number) for text, number in said if number)
    return Ending(done=ended + finished, total=ended + finished, remarks=remarks)
