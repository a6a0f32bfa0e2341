"""Steps of placement control (A9): look at what is live, ask about what differs, do what a person decided."""

from datetime import timedelta

from integrations.errors import Failure
from integrations.feeds.fetch import Bounds, Fetcher
from models.ending import Ending
from models.locale import mark, translate
from models.reason import NO_REASON, Reason, because
from tasks.control import letters, rows
from tasks.control.compare import ANSWERS, Answer
from tasks.control.engine import Control
from tasks.control.rows import Look
from tasks.differences.engine import Differences, refused
from tasks.house import House, house
from tasks.orderbook.steps import by_the_book
from tasks.orders.answers import Report
from tasks.posting.steps import provider_of
from tasks.runs.steps import show
from tasks.schedule.wall import local
from tasks.step import step
from tasks.watching import rows as watching
from tasks.watching.duty import Duty
from tasks.watching.engine import Asker
from tasks.watching.letter import Letter

LINK_BOUNDS = Bounds(total=timedelta(seconds=8), packed=2_000_000, unpacked=10_000_000)
ASKED_REMARK = mark(
    "Not as approved: {number}. The approver and the technicians are asked; nothing is changed by itself."
)
NOT_SEEN = mark("{channel}: {reason}")
SEEN_OTHERWISE = mark(
    "Since the question about difference {check} the publication has changed again, so nothing was restored. It is "
    "looked at anew, and you will be asked about what is there now."
)
ON_ITS_WAY = mark("A correction or removal ordered before is still on its way. Decide when it is out.")
NOT_LOOKED = mark(
    "The publication could not be looked at before restoring: {reason} Nothing was changed; decide again."
)


@step(mark("Compare what is live with what was approved"))
def look_at_live() -> Ending:
    """Compare what is live with what was approved; ask people about what differs, touch nothing."""
    at = house()
    if broken := at.unreadable():
        return broken
    control = _control(at)
    counted = control.run()
    asked = (translate(ASKED_REMARK, number=counted["asked"]),) if counted["asked"] else ()
    return Ending(
        done=counted["seen"], total=counted["seen"] + counted["later"], remarks=(*asked, *said(at, control.troubles))
    )


def _control(at: House) -> Control:
    asker, duty = Asker(lambda account: provider_of(at, account)), duty_today(at)
    return Control(
        at.sessions, at.clock, asker, Fetcher(bounds=LINK_BOUNDS).fetch, lambda id, look: _letters(at, duty, id, look),
        lambda account, why: _blind(at, duty, account, why), at.public_url,
    )  # fmt: skip


def duty_today(at: House) -> Duty:
    """Who is told what today."""
    company = at.workspace.company
    with at.reads() as session:
        return watching.on_duty(session, local(at.now(), company.zone).date(), company.approval.approver)


def said(at: House, troubles: dict[str, Reason]) -> tuple[str, ...]:
    """A remark for each channel that gave no answer."""
    return tuple(translate(NOT_SEEN, channel=title_of(at, key), reason=why) for key, why in sorted(troubles.items()))


def title_of(at: House, account: str) -> str:
    card = at.card_of(account)
    return card.title if card else account


def _letters(at: House, duty: Duty, check_id: int, look: Look) -> list[Letter]:
    account, link = look.placed.account, f"{at.staff_url}/staff"
    try:
        verbs = provider_of(at, account).capabilities.verbs
    except Failure:  # closed since it was looked at: then there is nothing to offer but to accept
        verbs = frozenset()
    return letters.question(
        duty.controllers(), link, look.placed, title_of(at, account), check_id, look.differences, verbs
    )  # fmt: skip


def _blind(at: House, duty: Duty, account: str, why: Reason) -> list[Letter]:
    return letters.blind(duty.technicians(), account, title_of(at, account), why)


@step(mark("Carry out the decision about the difference"))
def decide_difference(check: int, answer: str, person: str) -> Ending:
    """Carry a person's decision out: remember it, or order the correction or the removal."""
    at, decision = house(), next(key for key, title in ANSWERS.items() if title == answer)
    report = by_the_book(lambda: _decided(at, check, decision, person))
    show("difference", report.markdown(), report.title)
    return report.ending


def _decided(at: House, check: int, decision: Answer, person: str) -> Report:
    """What is restored is looked at first: only here is the channel open."""
    differences = Differences(
        at.sessions, at.reads, at.clock, at.workspace, lambda account: provider_of(at, account).capabilities.verbs
    )
    if decision is Answer.RESTORE and not differences.objection(check, decision, person):
        objection = _seen_otherwise(at, check)
        if objection:
            return refused(objection)
    return differences.decide(check, decision, person)


def _seen_otherwise(at: House, check: int) -> Reason:
    """Why nothing is restored: what was asked about is not what is there now. A person's hand is not undone unseen."""
    with at.reads() as session:
        asked = rows.asked(session, check)
    control = _control(at)
    look = control.look_at(asked[0]) if asked else None
    if asked is None or look is None:
        return NO_REASON
    if look.placed.is_changing:
        return because(ON_ITS_WAY, code="on_its_way")
    if trouble := control.troubles.get(look.placed.account):
        return because(NOT_LOOKED, code="not_looked", reason=trouble)
    if look.seen in ("", asked[1]):
        return NO_REASON
    with at.sessions.begin() as session:
        watching.look_soon(session, at.clock, asked[0], timedelta(0))
    return because(SEEN_OTHERWISE, code="seen_otherwise", check=check)
