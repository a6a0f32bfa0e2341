"""The letter to whoever a question was passed on to. Pure."""

from datetime import datetime

from models.company import Company, Outlet
from models.locale import mark, spoken, translate
from tasks.approval.rules import Who
from tasks.notices.rows import Message
from tasks.questions.recipients import OUTLET, PERSON
from tasks.schedule.wall import local
from tasks.watching.placed import Placed

SUBJECT = mark("A customer asks: please answer by {until}")
SUBJECT_AT_ONCE = mark("A customer asks: please answer as soon as you can")
BODY = mark("Under our publication “{title}” ({channel}) somebody asks:\n\n{text}\n\n{url}")
NOTE = mark("{person} adds: {note}")
TO_WHOM = mark("Tell {person}{address} what to answer; they answer on the channel.")


def letter(
    to: Outlet | Who, comment_id: int, text: str, until: datetime | None, placed: Placed | None, channel: str,
    who: Who, note: str, company: Company,
) -> Message:  # fmt: skip
    """In the company's language, whoever presses the button."""
    person = next((card for card in company.people if card.key == who.key), None)
    address = f" ({person.email})" if person and person.email else ""
    with spoken(company.locale):
        clock = f"{local(until, company.zone):%d.%m %H:%M}" if until else ""
        title, url = (placed.title or placed.key, placed.url or "—") if placed else ("—", "—")
        lines = [translate(BODY, title=title, channel=channel, text=text, url=url)]
        lines += [translate(NOTE, person=who.name, note=note)] if note else []
        lines.append(translate(TO_WHOM, person=who.name, address=address))
        subject = translate(SUBJECT, until=clock) if until else translate(SUBJECT_AT_ONCE)
    kind = OUTLET if isinstance(to, Outlet) else PERSON
    return Message(
        key=f"passed:{comment_id}:{kind}:{to.key}", person=to.key if kind == PERSON else "", subject=subject,
        body="\n\n".join(lines), address=to.email if isinstance(to, Outlet) else "",
    )  # fmt: skip
