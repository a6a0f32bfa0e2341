"""Steps of placement control (A9): look at what is live, ask about what differs, do what a person decided."""

from datetime import timedelta

from sqlalchemy.orm import Session

from integrations.errors import Failure
from integrations.feeds.fetch import Bounds, Fetcher
from models.ending import Ending
from models.locale import mark, translate
from models.orders import Answer as Done
from models.people import Permission, permissions_of
from models.reason import NO_REASON, Reason, because
from tasks.approval.rows import people
from tasks.approval.rules import NOBODY, Who
from tasks.control import letters, rows
from tasks.control.compare import ANSWERS, Answer
from tasks.control.engine import Control
from tasks.control.rows import Look
from tasks.house import House, house
from tasks.posting.steps import provider_of
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
NOT_ENTITLED = mark("{person} may not decide about this. An approver, a technician or the head of the department may.")
NO_SUCH = mark("There is no difference number {check}. Take the number from the letter.")
TOO_LATE = mark("Difference {check} is decided already, or is there no longer. Nothing was changed.")
SEEN_OTHERWISE = mark(
    "Since the question about difference {check} the publication has changed again, so nothing was restored. It is "
    "looked at anew, and you will be asked about what is there now."
)
ON_ITS_WAY = mark("A correction or removal ordered before is still on its way. Decide when it is out.")
NOT_LOOKED = mark(
    "The publication could not be looked at before restoring: {reason} Nothing was changed; decide again."
)
IMPOSSIBLE = mark("“{channel}” cannot do this: {answer}. Decide otherwise, or mend it on the channel by hand.")


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
    with at.reads() as session:
        who = _called(people(session), person)
        objection = _not_entitled(who, person) or _impossible(at, session, check, decision)
    if decision is Answer.RESTORE and not objection:
        objection = _seen_otherwise(at, check)
    if who and not objection:
        with at.sessions.begin() as session:
            objection = _not_done(rows.decide_difference(session, at.clock, check, decision, who.key), check)
    return Ending(done=int(not objection), total=1, remarks=(str(objection),) if objection else ())


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


def _called(known: dict[str, Who], name: str) -> Who | None:
    """The person of this name or key."""
    said = name.strip().casefold()
    return next((who for who in known.values() if said in (who.key, who.name.casefold())), None)


def _not_entitled(who: Who | None, name: str) -> Reason:
    if who is None:
        return because(NOBODY, code="nobody", person=name)
    if Permission.DECIDE_UNKNOWN not in permissions_of(list(who.roles)):
        return because(NOT_ENTITLED, code="not_entitled", person=who.name)
    return NO_REASON


def _impossible(at: House, session: Session, check: int, decision: Answer) -> Reason:
    """Why the channel cannot do it; nothing where it can, or where there is no such difference."""
    account, found = rows.account_of(session, check), rows.differences_of(session, check)
    if not account or decision is Answer.ACCEPT:
        return NO_REASON
    try:
        verbs = provider_of(at, account).capabilities.verbs
    except Failure as failure:
        return failure.reason
    if decision in letters.possible(found, verbs):
        return NO_REASON
    return because(
        IMPOSSIBLE, code="impossible", channel=title_of(at, account), answer=translate(ANSWERS[decision])
    )  # fmt: skip


def _not_done(done: Done, check: int) -> Reason:
    if done is Done.DONE:
        return NO_REASON
    return because(NO_SUCH if done is Done.ABSENT else TOO_LATE, code=done, check=check)
