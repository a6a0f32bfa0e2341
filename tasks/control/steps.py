"""Steps of placement control (A9): look at what is live, ask about what differs, do what a person decided."""

from datetime import timedelta

from prefect import task
from prefect.cache_policies import NO_CACHE
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
IMPOSSIBLE = mark("“{channel}” cannot do this: {answer}. Decide otherwise, or mend it on the channel by hand.")


@task(cache_policy=NO_CACHE)
def look_at_live() -> Ending:
    """Compare what is live with what was approved; ask people about what differs, touch nothing."""
    at = house()
    asker = Asker(lambda account: provider_of(at, account))
    duty = duty_today(at)
    control = Control(
        at.sessions, at.clock, asker, Fetcher(bounds=LINK_BOUNDS).fetch, lambda id, look: _letters(at, duty, id, look),
        lambda account, why: _blind(at, duty, account, why), at.public_url,
    )  # fmt: skip
    counted = control.run()
    asked = (translate(ASKED_REMARK, number=counted["asked"]),) if counted["asked"] else ()
    return Ending(
        done=counted["seen"], total=counted["seen"] + counted["later"], remarks=(*asked, *said(at, control.troubles))
    )


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
    verbs = provider_of(at, account).capabilities.verbs
    return letters.question(
        duty.controllers(), link, look.placed, title_of(at, account), check_id, look.differences, verbs
    )  # fmt: skip


def _blind(at: House, duty: Duty, account: str, why: Reason) -> list[Letter]:
    return letters.blind(duty.technicians(), account, title_of(at, account), why)


@task(cache_policy=NO_CACHE)
def decide_difference(check: int, answer: str, person: str) -> Ending:
    """Carry a person's decision out: remember it, or order the correction or the removal."""
    at, decision = house(), next(key for key, title in ANSWERS.items() if title == answer)
    with at.sessions.begin() as session:
        who = _called(people(session), person)
        objection = _not_entitled(who, person) or _impossible(at, session, check, decision)
        if who and not objection:
            objection = _not_done(rows.decide_difference(session, at.clock, check, decision, who.key), check)
    return Ending(done=int(not objection), total=1, remarks=(str(objection),) if objection else ())


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
