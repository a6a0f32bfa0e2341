"""Orders about mailings on their way. It knows no Prefect; each is one change under the mailing's lock.

Pausing and cancelling hold within seconds: every letter asks, in the statement that lets it go, whether its mailing is
being sent.
"""

from collections.abc import Callable, Collection

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.database import now_by
from models.locale import mark, translate, translate_plural
from models.mail_document import MailDocument
from models.mailing_orders import AGAIN, ARRIVED, CANCEL, PAUSE, RunMailingForm, UnknownLettersForm, WinnerForm
from models.mailings import Mailing, Stage
from models.people import Permission, permissions_of
from models.reason import because
from tasks.house import House
from tasks.mailing.asking.facts import STAGES
from tasks.mailing.coupons.rows import awaits_codes
from tasks.mailing.life import rows as life
from tasks.mailing.life.engine import CALLED, page_of
from tasks.mailing.lists.rows import let_winner_out
from tasks.mailing.measuring.engine import measure
from tasks.mailing.running import rows
from tasks.mailing.running.engine import clear
from tasks.mailing.writing.rows import approved
from tasks.orders.answers import Line, Report
from tasks.orders.naming import person_called
from tasks.people.engine import whoever_is_here

RUN, UNKNOWN, WINNER = (
    mark("Pause or cancel a mailing"), mark("Letters whose outcome is unknown"), mark("Choose the winning variant"),
)  # fmt: skip
MAY_NOT = mark("{person} may not steer mailings. An author, a technician or the head does.")
MAY_NOT_DECIDE = mark("{person} may not decide about it. An approver, a technician or the head does.")
PAUSED_BY = mark("{person} has paused it: {why}")
PAUSED_BY_SOMEBODY = mark("{person} has paused it.")
CANCELLED_BY = mark("{person} has cancelled it: {why}")
PAUSED = mark("paused; nothing more of it goes out, what is out already stays out")
ON = mark("goes on; whoever has not got it gets it")
BEGINS = mark("goes on; it begins within a minute")
CANCELLED = (
    mark("cancelled; {number} letter that nobody has got is not sent"),
    mark("cancelled; {number} letters that nobody has got are not sent"),
)
WHY = mark("Say why it is cancelled: colleagues read it beside the mailing.")
NOT_RUNNING = mark("There is nothing to pause: the mailing is {stage}.")
NOT_PAUSED = mark("There is nothing to go on with: the mailing is {stage}.")
NOT_APPROVED = mark("It was changed, so its approval does not hold. Ask for it again, then let it go on.")
IS_OVER = mark("The mailing is {stage}, so it cannot be cancelled.")
NONE_UNKNOWN = mark("Of no letter of this mailing is the outcome unknown.")
NOT_AGAIN = mark("The mailing is called off, so nothing of it goes out again. Say what arrived, or leave it as it is.")
NO_SUCH = mark("Of letter № {letter} of this mailing the outcome is known. Look at the mailing's page again.")
SAID_ARRIVED = (
    mark("{number} letter is written down as arrived"),
    mark("{number} letters are written down as arrived"),
)
SAID_AGAIN = (mark("{number} letter goes out again"), mark("{number} letters go out again"))
SAID_LEFT = (mark("{number} letter stays as it is"), mark("{number} letters stay as they are"))
NO_VARIANT = mark("The mailing has no variant {variant}. There are: {known}.")
NOBODY_WAITS = mark("Nobody waits for a winner of this mailing.")
LET_OUT = (
    mark("variant {variant} goes to {number} customer who waited for it"),
    mark("variant {variant} goes to {number} customers who waited for it"),
)


class Steering:
    """Orders about the mailings of one house."""

    def __init__(self, house: House) -> None:
        self.house, self.clock = house, house.clock

    def run(self, form: RunMailingForm) -> Report:
        """Pause, go on, or cancel for whoever has not got it."""
        may = {Permission.CUSTOMERS, *({Permission.STOP} if form.what == PAUSE else ())}
        work = {PAUSE: self._pause, CANCEL: self._cancel}.get(form.what, self._go_on)
        report = self._ordered(RUN, form, may, MAY_NOT, work)
        if form.what != CANCEL or report.refusal:
            return report
        number = clear(self.house, form.mailing)  # outside the order's own transaction: it may be a million letters
        lines = tuple(
            line.model_copy(update={"said": translate_plural(*CANCELLED, number)}) for line in report.lines
        )  # fmt: skip
        return report.model_copy(update={"lines": lines})

    def _pause(self, session: Session, row: Mailing, form: RunMailingForm, by: str, name: str) -> str:
        if row.stage not in (Stage.SENDING, Stage.APPROVED):
            raise Refused(because(NOT_RUNNING, code="not_running", stage=_stage(row)))
        why = " ".join(form.reason.split())
        said = because(PAUSED_BY, code="paused", person=name, why=why) if why else None
        row.stage = Stage.PAUSED
        row.reason = (said or because(PAUSED_BY_SOMEBODY, code="paused", person=name)).model_dump()
        return translate(PAUSED)

    def _go_on(self, session: Session, row: Mailing, form: RunMailingForm, by: str, name: str) -> str:
        if row.stage != Stage.PAUSED:
            raise Refused(because(NOT_PAUSED, code="not_paused", stage=_stage(row)))
        if not row.approved_hash or approved(session, row.id or 0, row.approved_hash) is None:
            raise Refused(because(NOT_APPROVED, code="not_approved"))
        row.reason = {}
        if row.listed_at is not None:
            row.stage = Stage.SENDING
            return translate(ON)
        now = now_by(self.clock, session)
        row.stage, row.due_at = Stage.APPROVED, max(row.due_at, now) if row.due_at else now
        return translate(BEGINS)

    def _cancel(self, session: Session, row: Mailing, form: RunMailingForm, by: str, name: str) -> str:
        if row.stage in (Stage.SENT, Stage.CANCELLED):
            raise Refused(because(IS_OVER, code="over", stage=_stage(row)))
        why = " ".join(form.reason.split())
        if not why:
            raise Refused(because(WHY, code="no_why"))
        row.stage, row.reason = (
            Stage.CANCELLED,
            because(CANCELLED_BY, code="cancelled", person=name, why=why).model_dump(),
        )
        row.finished_at = now_by(self.clock, session)
        life.close_questions(session, self.clock, row.id or 0, "cancelled")
        return translate(CANCELLED[1], number=0)

    def unknown(self, form: UnknownLettersForm) -> Report:
        """Settle what a person has looked up: they arrived, they did not, or nobody knows."""
        return self._ordered(UNKNOWN, form, {Permission.DECIDE_UNKNOWN}, MAY_NOT_DECIDE, self._unknown)

    def _unknown(self, session: Session, row: Mailing, form: UnknownLettersForm, by: str, name: str) -> str:
        ids = rows.unknown_of(session, form.mailing, form.letter)
        if not ids:
            wrong = because(NO_SUCH, code="no_letter", letter=form.letter) if form.letter else None
            raise Refused(wrong or because(NONE_UNKNOWN, code="none_unknown"))
        if form.what == AGAIN and row.stage == Stage.CANCELLED:
            raise Refused(because(NOT_AGAIN, code="cancelled"))
        if form.what == ARRIVED:
            number, said = rows.arrived(session, self.clock, ids), SAID_ARRIVED
        elif form.what == AGAIN:
            number, said = rows.again(session, self.clock, ids), SAID_AGAIN
        else:
            number, said = len(ids), SAID_LEFT
        measure(session, self.house, form.mailing)
        return translate_plural(*said, number)

    def winner(self, form: WinnerForm) -> Report:
        """The better variant goes to everybody who waited for it."""
        return self._ordered(WINNER, form, {Permission.CUSTOMERS}, MAY_NOT, self._winner)

    def _winner(self, session: Session, row: Mailing, form: WinnerForm, by: str, name: str) -> str:
        if row.stage not in (Stage.SENDING, Stage.PAUSED) or not rows.waits_for_winner(session, form.mailing):
            raise Refused(because(NOBODY_WAITS, code="nobody_waits"))
        version = approved(session, form.mailing, row.approved_hash)
        if version is None:
            raise Refused(because(NOT_APPROVED, code="not_approved"))
        known = [one.name for one in MailDocument.model_validate(version.document).variants]
        wanted = form.variant.strip().upper()
        if wanted not in known:
            raise Refused(because(NO_VARIANT, code="no_variant", variant=form.variant, known=", ".join(known)))
        number = let_winner_out(session, self.clock, form.mailing, wanted, awaits_codes(session, row))
        return translate_plural(*LET_OUT, number, variant=wanted)

    def _ordered(
        self, title: str, form: "RunMailingForm | UnknownLettersForm | WinnerForm", may: Collection[Permission],
        may_not: str, work: Callable[..., str],
    ) -> Report:  # fmt: skip
        try:
            who = person_called(form.person, whoever_is_here(self.house))
            if not permissions_of(list(who.roles)) & set(may):
                raise Refused(because(may_not, code="not_entitled", person=who.name))
            with self.house.sessions.begin() as session:
                row = life.locked(session, form.mailing)
                said = work(session, row, form, who.key, who.name)
                session.flush()
                label = translate(CALLED, id=row.id or 0, title=row.title)
                line = Line(id=row.id or 0, label=label, said=said, done=True, url=page_of(self.house, row.id or 0))
                return Report(title=translate(title), lines=(line,))
        except Refused as refused:
            return Report(title=translate(title), refusal=refused.reason)


def _stage(row: Mailing) -> str:
    return translate(STAGES[Stage(row.stage)])
