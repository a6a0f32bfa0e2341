"""Steps about mailings: written, checked, tried, approved, sent."""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta

from prefect.runtime import flow_run

from integrations.errors import Failure
from integrations.feeds.fetch import Bounds, Fetcher
from integrations.spamassassin import judge
from models.ending import Ending
from models.locale import mark, translate
from models.mailing_orders import (
    AskMailingForm,
    CheckMailingForm,
    DecideMailingForm,
    MakeMailingForm,
    RunMailingForm,
    SaveMailingForm,
    SetUpMailingForm,
    TestMailingForm,
    UnknownLettersForm,
    WinnerForm,
)
from tasks.composing.checks.finding import LinkLook, SpamLook
from tasks.control.addresses import is_dead
from tasks.house import house
from tasks.mailing import ending
from tasks.mailing.asking.engine import Asking
from tasks.mailing.life.engine import Mailings
from tasks.mailing.running.engine import Running
from tasks.mailing.shown.engine import Shown
from tasks.mailing.steering.engine import Steering
from tasks.mailing.testing.engine import Testing
from tasks.orderbook.steps import by_the_book
from tasks.orderbook.tags import order_of
from tasks.orders.steps import told
from tasks.runs.steps import show
from tasks.step import step

log = logging.getLogger("otdel.mailing")

SENDING_BUDGET = timedelta(seconds=90)  # with the list before it and the look-ups behind it, under two minutes
LINK_BOUNDS = Bounds(total=timedelta(seconds=8), packed=2_000_000, unpacked=8_000_000)
LINKS_MOST = 40
PROGRESS = mark("Mailings on their way")


@step(mark("Begin the mailing"))
def make_mailing(form: MakeMailingForm) -> Ending:
    """Begin a mailing with its first version."""
    return told(by_the_book(lambda: Mailings(house()).make(form)))


@step(mark("Save what the mailing says"))
def save_mailing(form: SaveMailingForm) -> Ending:
    """Keep the next version; an approval of the former does not hold for it."""
    return told(by_the_book(lambda: Mailings(house()).save(form)))


@step(mark("Set up to whom and when"))
def set_up_mailing(form: SetUpMailingForm) -> Ending:
    """Choose groups, mailer, time and shares."""
    return told(by_the_book(lambda: Mailings(house()).set_up(form)))


@step(mark("Send the test letters"))
def test_mailing(form: TestMailingForm) -> Ending:
    """Send the mailing to colleagues; the same order sends it once, however often its run begins anew."""
    number = order_of(flow_run.tags or [])
    once = f"order:{number}" if number else f"run:{flow_run.id}"
    return told(by_the_book(lambda: Testing(house()).send(form, once)))


test_mailing.__test__ = False  # type: ignore[attr-defined]


@step(mark("Check the mailing"))
def check_mailing(form: CheckMailingForm) -> Ending:
    """Look at everything that speaks against it, its links and a spam filter too; nothing is asked."""
    return told(Asking(house(), look_at_links, judge_spam).checked(form))


@step(mark("Ask for approval of the mailing"))
def ask_mailing(form: AskMailingForm) -> Ending:
    """Check it, keep what would be sent, ask whoever decides."""
    return told(by_the_book(lambda: Asking(house()).ask(form)))


@step(mark("Check the mailing and ask for its approval"))
def check_and_ask(form: CheckMailingForm) -> Ending:
    """The same with a look at every link, and at what a spam filter thinks."""
    asked = AskMailingForm(mailing=form.mailing, person=form.person)
    return told(Asking(house(), look_at_links, judge_spam).ask(asked))


@step(mark("Write down the decision about the mailing"))
def decide_mailing(form: DecideMailingForm) -> Ending:
    """Approve or return it; a name typed here is only stated."""
    return told(by_the_book(lambda: Asking(house()).decide(form, proven=False)))


@step(mark("Steer the mailing"))
def run_mailing(form: RunMailingForm) -> Ending:
    """Pause it, let it go on, or cancel it for whoever has not got it."""
    return told(by_the_book(lambda: Steering(house()).run(form), follows=form.what != "go on"))


@step(mark("Write down what became of the letters"))
def decide_unknown_letters(form: UnknownLettersForm) -> Ending:
    """Settle what a person has looked up."""
    return told(by_the_book(lambda: Steering(house()).unknown(form)))


@step(mark("Let the winner out"))
def let_winner_out(form: WinnerForm) -> Ending:
    """The better variant goes to everybody who waited for it."""
    return told(by_the_book(lambda: Steering(house()).winner(form)))


@step(mark("Begin the mailings whose hour has come"))
def begin_mailings() -> Ending:
    """Make their lists; what may not begin is held, and whoever made it is told."""
    at = house()
    return at.unreadable() or ending.of_begun(Running(at).begin_due())


@step(mark("Send letters"))
def send_letters() -> Ending:
    """Send what is due by every mailer, at most a minute and a half."""
    at = house()
    if at.unreadable():
        return Ending()
    sent = Running(at).send(SENDING_BUDGET)
    return ending.of_sent(sent, {card.key: card.title for card in at.mailers})


@step(mark("Clear up what is unknown, finish what is sent"))
def finish_mailings() -> Ending:
    """Ask mailers about unknown outcomes, close what nothing waits for, tell the registry."""
    at = house()
    if at.unreadable():
        return Ending()
    running = Running(at)
    known = running.look_for_lost()
    closed = running.finish(str(flow_run.id or ""))
    return Ending(done=known + len(closed), total=known + len(closed))


@step(mark("Look after questions about mailings"))
def look_after_mailings() -> None:
    """Remind whoever is asked, and say what was not decided in time."""
    Asking(house()).look_after()


@step(mark("Show how far the mailings are"))
def show_progress() -> None:
    """A table beside the run, by number and title: of those who get them nothing is said."""
    page = Shown(house()).mailings()
    said = ending.table(page, house().workspace.company.zone)
    if said:
        show("mailing-sending", said, translate(PROGRESS))


def look_at_links(urls: Sequence[str]) -> Mapping[str, LinkLook]:
    """Open links as a reader would; one of which nobody knows whether it opens is not among those looked at."""
    found, fetcher = dict[str, LinkLook](), Fetcher(bounds=LINK_BOUNDS)
    for url in urls[:LINKS_MOST]:
        try:
            fetcher.fetch(url)
            found[url] = LinkLook(200)
        except Failure as failure:
            if is_dead(failure):
                found[url] = LinkLook(int(str(failure.reason.words.get("status") or 404)))
    return found


def judge_spam(letter: bytes) -> SpamLook:
    """What SpamAssassin thinks of a letter, where it is installed; it is waited for twenty seconds at most."""
    said = judge(letter)
    return SpamLook(said.score, said.rules, said.is_here)
