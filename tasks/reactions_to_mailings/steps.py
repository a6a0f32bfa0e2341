"""Steps about what mailings come to: gather it, let winners out, count it, ask those again who did not open."""

from models.ending import Ending
from models.locale import language, mark, translate
from models.mailing_reaction_orders import NonOpenersForm
from tasks.house import house
from tasks.orderbook.steps import by_the_book
from tasks.orders.steps import told
from tasks.reactions_to_mailings.again.engine import Again
from tasks.reactions_to_mailings.artifact import TITLE, markdown
from tasks.reactions_to_mailings.collecting.engine import Gathering
from tasks.reactions_to_mailings.engine import Analysis
from tasks.reactions_to_mailings.winners.engine import Winners
from tasks.runs.steps import show
from tasks.step import step


@step(mark("Gather what came back"))
def gather_returns() -> Ending:
    """Ask services and bounce mailboxes, judge clicks again, let the ledger follow."""
    if stopped := house().unreadable():
        return stopped
    done = Gathering(house()).round()
    return Ending(done=done.answered, total=done.accounts, remarks=tuple(str(trouble) for trouble in done.troubles))


@step(mark("Let the better variant out"))
def let_winners_out() -> Ending:
    """Decide about variants whose moment has come; who cannot be decided about goes to a person."""
    decided = Winners(house()).round()
    return Ending(done=len(decided), total=len(decided), remarks=tuple(str(one.said) for one in decided))


@step(mark("Count what mailings came to"))
def analyse_reactions(days: int, mailing: int) -> Ending:
    """Look at the mailings that are due, write their facts, show them beside the run."""
    at = house()
    if stopped := at.unreadable():
        return stopped
    done = Analysis(at).round(days, mailing)
    if done.figures:
        show("mailings", markdown(done.figures, at.staff_url, language()), translate(TITLE))
    return Ending(done=len(done.figures), total=len(done.figures))


@step(mark("Begin it once more"))
def write_to_non_openers(form: NonOpenersForm) -> Ending:
    """Make the group of those who did not open a mailing, and a draft for it."""
    return told(by_the_book(lambda: Again(house()).to_non_openers(form)))
