"""What is written to outlets before an offer starts, and to the head about those who have not confirmed. Pure."""

from enum import StrEnum

from models.company import Outlet
from models.figures import joined
from models.locale import mark, quoted, translate
from tasks.notices.rows import Message

NEW = mark("{offer} starts on {day}: read the instruction and confirm it")
CHANGED = mark("{offer} has changed: throw the former sheet away, read the new one and confirm it")
REMINDER = mark("{offer} starts on {day}, and your outlet has not confirmed the instruction yet")
NEW_ON = mark("{offer} is on already: read the instruction and confirm it")
REMINDER_ON = mark("{offer} is on already, and your outlet has not confirmed the instruction yet")
HEAD_ON = mark("{offer} is on already, and these outlets have not confirmed it: {outlets}")
HEAD_BODY_ON = mark(
    "Not confirmed: {outlets}. Call them; whoever confirms by telephone is written down on the page below."
)
BODY = mark(
    "Outlet {outlet}. The page below has the instruction for the till, and the same on one sheet to print. Show it to "
    "everybody who works at the till, then press “Confirm” there: once is enough."
)
HEAD = mark("{offer} starts on {day}, and these outlets have not confirmed it: {outlets}")
HEAD_BODY = mark(
    "Not confirmed: {outlets}. Call them; whoever confirms by telephone is written down on the page below. The offer "
    "starts at its time in any case."
)
AND_MORE, NAMED = mark("{names} and {number} more"), 5  # a subject of five hundred outlets nobody reads
UNREACHED = mark("No letter can go to: {outlets}. Print the sheets from the page and hand them over.")


class Standing(StrEnum):
    """How an offer stands in an outlet that knows of it."""

    GIVEN = "given"
    STOPPED = "stopped"
    LEFT_OUT = "left-out"


SUBJECTS = {
    Standing.GIVEN: mark("{offer} is given again"),
    Standing.STOPPED: mark("{offer} is stopped: take it at the till no more"),
    Standing.LEFT_OUT: mark("{offer} is no longer given in your outlet"),
}
AGAIN = mark("Outlet {outlet}. The page below has the instruction that is in force: show it to everybody at the till.")
NO_MORE = mark(
    "Outlet {outlet}. Nothing comes off by this offer any more. Tell everybody at the till and take the sheet down. To "
    "a customer say only: “I am sorry, this coupon cannot be used for this purchase.”"
)


def of_standing(key: str, outlet: Outlet, person: str, offer: str, stands: Standing, link: str) -> Message:
    """To an outlet that was sent the instruction, when the offer stands otherwise than it knows."""
    body = translate(AGAIN if stands is Standing.GIVEN else NO_MORE, outlet=quoted(outlet.name))
    return Message(
        key=key, person=person, subject=translate(SUBJECTS[stands], offer=offer), body=body, link=link,
        address="" if person else outlet.email,
    )  # fmt: skip


def to_outlet(
    key: str, outlet: Outlet, person: str, offer: str, day: str, link: str, former: bool, reminds: bool
) -> Message:
    """To the outlet's manager where one is named, else to the outlet's address. No `day`: it has begun."""
    new, reminder = (NEW, REMINDER) if day else (NEW_ON, REMINDER_ON)
    text = reminder if reminds else CHANGED if former else new
    return Message(
        key=f"{key}:{'again' if reminds else 'first'}", person=person,
        subject=translate(text, offer=quoted(offer), day=day), body=translate(BODY, outlet=quoted(outlet.name)),
        link=link, address="" if person else outlet.email,
    )  # fmt: skip


def to_head(key: str, person: str, offer: str, day: str, late: list[str], unreached: list[str], link: str) -> Message:
    """About the outlets that have not confirmed. No `day`: it has begun."""
    body = [translate(HEAD_BODY if day else HEAD_BODY_ON, outlets=joined([quoted(name) for name in late]))]
    if unreached:
        body.append(translate(UNREACHED, outlets=joined([quoted(name) for name in unreached])))
    few = [quoted(name) for name in late[:NAMED]]
    outlets = joined(few)
    if len(late) > NAMED:
        outlets = translate(AND_MORE, names=", ".join(few), number=len(late) - NAMED)
    subject = translate(HEAD if day else HEAD_ON, offer=quoted(offer), day=day, outlets=outlets)
    return Message(key=key, person=person, subject=subject, body="\n\n".join(body), link=link)
