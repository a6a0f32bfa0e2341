"""What happened, said in sentences: one event of a row. Pure."""

from collections.abc import Iterator
from datetime import datetime

from models.approval import Approval, Decision, Request, Step
from models.delivery import OUT, Delivery, State, Verb
from models.desk.piece import Event, Sort
from models.locale import mark
from models.order_book import GivenOrder
from models.reaction import Check
from models.reason import NO_REASON, Reason, because
from models.registry import Fact
from tasks.content.rows import BACK, DESK, HAND, PLAN, STYLING
from tasks.editing.rows import Listed

LOADED, FOUND = mark("Loaded from the content plan: version {ordinal}."), mark("Drafted: version {ordinal}.")
RELOADED = mark("The content plan was loaded again and its row had changed: version {ordinal}.")
STYLED = mark("Styled by the brand's rules: version {ordinal}, corrections: {number}.")
CORRECTED = mark("Corrected on the desk: version {ordinal}.")
BY_HAND = mark("A text for one channel by hand: version {ordinal}.")
CAME_BACK = mark("A former version came back: version {ordinal}.")
APPROVED, RETURNED = mark("Approved for {channel}."), mark("Sent back for {channel}: {why}")
LET_OUT = mark("Let out in {channel} without approval: {why}")
SAID_YES = mark("{name}, who is not of the company, has nothing against it for {channel}.")
SAID_NO = mark("{name}, who is not of the company, is against it for {channel}: {why}")
ASKED = mark("Approval of {number} of its versions was asked of {person}.")
PLANNED = mark("Planned in {channel}.")
OUT_NOW, CORRECTED_OUT = mark("Published in {channel}."), mark("Corrected in {channel}.")
REMOVED, REFUSED = mark("Removed from {channel}."), mark("Refused by {channel}: {reason}")
DIFFERS = mark("It is not in {channel} as it was approved.")
DECIDED = {
    "accepted": mark("The difference in {channel} was accepted."),
    "restored": mark("The difference in {channel} was undone."),
}
DIFFERENCE_DECIDED = mark("The difference in {channel} was decided about.")
AS_APPROVED = mark("Looked at in {channel}, the last time.")
SPENT = mark("An expense was recorded.")
ORDERED, NOT_DONE = mark("Ordered: {title}. {answer}"), mark("Ordered: {title}. Not done: {answer}")


def of_version(version: Listed, by: str, source: str) -> Event:
    texts = {DESK: CORRECTED, HAND: BY_HAND, BACK: CAME_BACK, "plan": RELOADED}
    text = texts.get(version.why, LOADED if source == PLAN else FOUND)
    text = STYLED if version.made_by == STYLING else text
    said = because(text, code=version.why, ordinal=version.ordinal, number=version.corrections)
    note = (version.note,) if version.note else ()
    return Event(at=version.made_at, sort=Sort.CONTENT, said=said, by="" if text == STYLED else by, details=note)


def of_approval(one: Approval, person: str, channel: str, outsider: str = "") -> Event:
    """What was said about a version; only the approver's word is called an approval. `outsider` said it by a link."""
    yes = one.decision == Decision.APPROVED
    text = (SAID_YES if yes else SAID_NO) if outsider else APPROVED if yes else RETURNED
    text = LET_OUT if one.step == Step.URGENT else text
    said = because(text, code=one.decision, channel=channel, why=one.reason or "—", name=outsider)
    note = (one.reason,) if one.reason and text in (APPROVED, SAID_YES) else ()
    return Event(at=one.decided_at, sort=Sort.APPROVAL, said=said, by=person, details=note)


def of_request(request: Request, number: int, person: str) -> Event:
    said = because(ASKED, code="asked", number=number, person=person)
    return Event(at=request.asked_at, sort=Sort.APPROVAL, said=said, by=request.asked_by)


def of_delivery(row: Delivery, channel: str) -> Iterator[Event]:
    """When it was planned, and when it went out or was refused."""
    if row.verb == Verb.PUBLISH:
        yield Event(at=row.created_at, sort=Sort.CHANNEL, said=because(PLANNED, code="planned", channel=channel))
    state = State(row.state)
    if row.sent_at is not None and state in OUT:
        text = {Verb.EDIT: CORRECTED_OUT, Verb.DELETE: REMOVED}.get(Verb(row.verb), OUT_NOW)
        yield Event(at=row.sent_at, sort=Sort.CHANNEL, said=because(text, code="out", channel=channel), url=row.url)
    if state is State.REJECTED and row.settled_at is not None:
        reason = Reason.model_validate(row.reason) if row.reason else NO_REASON
        said = because(REFUSED, code="refused", channel=channel, reason=reason or "—")
        yield Event(at=row.settled_at, sort=Sort.CHANNEL, said=said)


def of_check(check: Check, channel: str, person: str) -> Iterator[Event]:
    yield Event(at=check.found_at, sort=Sort.CONTROL, said=because(DIFFERS, code="differs", channel=channel))
    if check.decided_at is not None:
        text = DECIDED.get(check.state, DIFFERENCE_DECIDED)
        yield Event(at=check.decided_at, sort=Sort.CONTROL, said=because(text, channel=channel), by=person)


def of_look(at: datetime, channel: str, url: str) -> Event:
    return Event(at=at, sort=Sort.CONTROL, said=because(AS_APPROVED, code="looked", channel=channel), url=url)


def of_cost(fact: Fact, person: str) -> Event:
    return Event(at=fact.observed_at, sort=Sort.RESULT, said=because(SPENT, code="cost"), by=person, cost=fact.cost,
                 currency=fact.currency)  # fmt: skip


def of_order(order: GivenOrder, person: str) -> Event:
    """An order of the desk with its answer, as it was given then."""
    said = order.said or {}
    refusal = Reason.model_validate(said["refusal"]) if said.get("refusal") else NO_REASON
    lines = said.get("lines", [])
    is_done = not refusal and all(line.get("done") for line in lines)
    answer = str(refusal) if refusal else " ".join(f"{line['label']} — {line['said']}." for line in lines)
    text = ORDERED if is_done else NOT_DONE
    why = str(order.form.get("reason") or "")
    told = because(text, code=order.code, title=said.get("title") or order.code, answer=answer or "…")
    return Event(at=order.given_at, sort=Sort.ORDER, said=told, by=person, details=(why,) if why else ())
