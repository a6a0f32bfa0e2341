"""Once more to those who did not open: a group of them, and a draft that goes to it. It knows no Prefect.

Nothing is sent: the draft is written, checked and approved as any other. A machine that opened it is nobody.
"""

from datetime import timedelta

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.database import now_by
from models.group_rules import Reacted
from models.locale import mark, quoted, translate
from models.mailing_reaction_orders import NonOpenersForm
from models.mailings import Mailing, Stage
from models.people import Permission
from models.reason import Reason, because
from tasks.groups import rows as groups
from tasks.groups.engine import Groups
from tasks.groups.rows import Draft
from tasks.house import House
from tasks.orders.answers import Line, Report
from tasks.orders.naming import entitled
from tasks.people.engine import whoever_is_here
from tasks.reactions_to_mailings import rows as mailings
from tasks.reactions_to_mailings.again import rows
from tasks.schedule.wall import local

TITLE = mark("Once more to those who did not open")
NO_MAILING = mark("No mailing has the number {id}. Look it up on the page of mailings.")
NOT_OUT = mark("The mailing has not been sent yet, so nobody can have left it unopened.")
TOO_SOON = mark("Many open a letter within a day. Come back after {at}.")
STANDING = mark("This mailing goes to one after another, not to a list. There is nobody to send it to once more.")
GROUP = mark("Did not open {title}")
ABOUT = mark("Made for sending the mailing № {id} once more.")
NO_CONTROL = mark("Whoever was left out of the mailing never got it, so they are not in this group either.")
AGAIN = mark("{title}, once more")
LABEL = mark("draft № {id} “{title}”")
MADE = mark("begun for {number} who did not open № {of}; give it another subject, then ask for approval")
THERE = mark("is there already and goes to the {number} who did not open № {of}")
READ_WITHIN, REMEMBERED = timedelta(hours=24), 60
DAYS_MOST = 365


class Again:
    """The mailings of one house, once more."""

    def __init__(self, house: House) -> None:
        self.house, self.clock = house, house.clock

    def to_non_openers(self, form: NonOpenersForm) -> Report:
        """A draft of the same to those who did not open; asked for again, it is the one there is."""
        try:
            by = entitled(form.person, whoever_is_here(self.house), Permission.CUSTOMERS).key
            with self.house.reads() as session:
                row, days = self._checked(session, form.mailing)
            group = self._group(row, days, by)
            return Report(title=translate(TITLE), lines=(self._drafted(row, group, by),))
        except Refused as refused:
            return Report(title=translate(TITLE), refusal=refused.reason)

    def objection(self, id: int) -> Reason | None:
        """Why it cannot be done just now; None where it can."""
        try:
            with self.house.reads() as session:
                self._checked(session, id)
        except Refused as refused:
            return refused.reason
        return None

    def _checked(self, session: Session, id: int) -> tuple[Mailing, int]:
        """The mailing, and how many days its letters lie behind. Raises Refused."""
        row = mailings.mailing(session, id)
        if row is None:
            raise Refused(because(NO_MAILING, code="no_mailing", id=id))
        if row.standing:
            raise Refused(because(STANDING, code="standing"))
        span = mailings.span(session, id)
        if row.stage not in (Stage.SENT, Stage.CANCELLED) or span.first_at is None or span.last_at is None:
            raise Refused(because(NOT_OUT, code="not_out"))
        now, zone = now_by(self.clock, session), self.house.workspace.company.zone
        if now < span.last_at + READ_WITHIN:
            at = f"{local(span.last_at + READ_WITHIN, zone):%d.%m.%Y %H:%M}"
            raise Refused(because(TOO_SOON, code="too_soon", at=at))
        return row, (now - span.first_at).days

    def _group(self, row: Mailing, days: int, by: str) -> str:
        """The group of those who did not open, with its members as of today."""
        key = f"not-opened-{row.id}"
        rule = Reacted(did="ignored", mailings=(row.key,), days=min(DAYS_MOST, days + REMEMBERED))
        draft = Draft(
            key, translate(GROUP, title=quoted(row.title)), rule, control_share=0, no_control_why=translate(NO_CONTROL),
            why=translate(ABOUT, id=row.id),
        )  # fmt: skip
        with self.house.reads() as session:
            there = next((one for one in groups.groups(session, put_away=True) if one.key == key), None)
        work = Groups(self.house)
        if there is None:
            work.make(draft, by)
        else:
            if there.archived_at:
                work.put_away(key, back=True)
            work.change(draft, by)
        for _, reason in work.rebuild("C5", [key]).refused:
            raise Refused(reason)
        return key

    def _drafted(self, row: Mailing, group: str, by: str) -> Line:
        with self.house.sessions.begin() as session:
            size = groups.last_builds(session)[groups.group(session, group).id or 0].size
            there, version = rows.drafted(session, group), rows.approved(session, row)
            if version is None:
                raise Refused(because(NOT_OUT, code="not_out"))
            title = there.title if there else translate(AGAIN, title=row.title)
            id = (there.id or 0) if there else rows.begin(session, self.clock, row, version, group, title, by)
        said = translate(THERE if there else MADE, number=size, of=row.id)
        url = f"{self.house.staff_url}/staff/mailings/{id}"
        return Line(id=id, label=translate(LABEL, id=id, title=title), said=said, done=True, url=url)
