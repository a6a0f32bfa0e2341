"""Clears up what is unknown: the mailer is asked where it can be, and otherwise a mailing's own rule decides.

It knows no Prefect. A letter that is proven to have arrived is settled; one that is proven never to have been taken is
planned anew under another key; of any other a person decides, unless its mailing says to send it again.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from integrations.errors import Failure
from integrations.mailers.base import Mailer
from models.database import now_by
from models.delivery import State
from models.letters import Answer, Ground, Letter, LetterForm
from models.mailers import MailerCard
from models.mailings import Mailing, Message, Stage
from tasks.house import House
from tasks.mailing.jobs import TERMS, Due, Going
from tasks.mailing.measuring.engine import measure
from tasks.mailing.running import rows
from tasks.mailing.writing.engine import Writer
from tasks.mailing.writing.rows import unknown
from tasks.returns.marks import letter_key, mark_of

log = logging.getLogger("otdel.mailing")

AT_A_TIME = 200
YOUNG, OLDEST = timedelta(hours=2), timedelta(days=3)  # asked every time; then every hour; then a person looks
OF_AN_HOUR = 5  # minutes: a run works for up to two, so every hour has one in its first five
RESEND_AFTER = timedelta(minutes=5)  # by then what came back would have told
GENERATIONS_MOST = 3
EARLIER = timedelta(hours=1)
Found = tuple[Due, Message]


class Lost:
    """The unknown outcomes of one house."""

    def __init__(self, house: House) -> None:
        self.house, self.clock = house, house.clock

    def look(self) -> int:
        """Ask every mailer about its own; returns how many letters are known of now."""
        return sum(self._of(card) for card in self.house.mailers if card.enabled)

    def _of(self, card: MailerCard) -> int:
        with self.house.reads() as session:
            if not unknown(session, card.key, 1, 0):
                return 0
        try:
            mailer = self.house.mailer_of(card)
        except Failure as failure:
            log.warning("%s: what is unknown cannot be asked about now: %s", card.key, failure.reason.code)
            return 0
        done, after = 0, 0
        while found := self._portion(card, mailer, after):
            done += self._cleared(card, mailer, found)
            after = found[-1][0].id
        return done

    def _portion(self, card: MailerCard, mailer: Mailer, after: int) -> Sequence[Found]:
        """Letters whose calls have ended, whatever became of them."""
        with self.house.reads() as session:
            now = now_by(self.clock, session)
            ended = now - mailer.capabilities.call_timeout - TERMS.lease - TERMS.allowance
            since = now - (OLDEST if now.minute < OF_AN_HOUR else YOUNG)
            return unknown(session, card.key, AT_A_TIME, after, rows.settled_before(ended), ~rows.settled_before(since))

    def _cleared(self, card: MailerCard, mailer: Mailer, found: Sequence[Found]) -> int:
        asked = self._asked(card, mailer, found)
        if asked is None:
            return 0
        answers = {one.id: one for one in asked}
        with self.house.sessions.begin() as session:
            now, done = now_by(self.clock, session), 0
            mailings = {one.mailing_id: session.get_one(Mailing, one.mailing_id) for _, one in found}
            for due, row in found:
                answer = answers.get(due.id) or self._by_rule(mailings[row.mailing_id], row, now)
                done += self._settle(session, answer) if answer else 0
            for id in mailings if done else ():
                measure(session, self.house, id)
        return done

    def _settle(self, session: Session, answer: Answer) -> int:
        if answer.state is State.SENT:
            return rows.arrived(session, self.clock, [answer.id], answer.remote_id, answer.pieces)
        if answer.state is State.REJECTED:
            return rows.refused(session, self.clock, [answer.id], answer.reason.code)
        return rows.again(session, self.clock, [answer.id]) if answer.state is State.PLANNED else 0

    def _by_rule(self, mailing: Mailing, row: Message, now: datetime) -> Answer | None:
        """What the mailing itself says where nobody can tell: send it again, but not for ever, nor once it is off."""
        is_ripe = row.settled_at is not None and now - row.settled_at >= RESEND_AFTER
        resend = mailing.resend_unknown and mailing.stage != Stage.CANCELLED
        return Answer(row.id or 0, State.PLANNED) if resend and is_ripe and row.generation < GENERATIONS_MOST else None

    def _asked(self, card: MailerCard, mailer: Mailer, found: Sequence[Found]) -> list[Answer] | None:
        """What the mailer knows of them; None where it cannot say just now, so nothing is decided yet."""
        if not mailer.capabilities.finds:
            return []
        since = min((row.settled_at for _, row in found if row.settled_at), default=self.house.now()) - EARLIER
        try:
            return mailer.find(self._letters(mailer, card, found), since)
        except Failure as failure:
            log.warning("%s: what is unknown is not told now: %s", card.key, failure.reason.code)
            return None

    def _letters(self, mailer: Mailer, card: MailerCard, found: Sequence[Found]) -> list[Letter]:
        """The letters as they were: some mailers know them by more than our key."""
        writer, letters = Writer(self.house, mailer.limits), list[Letter]()
        of: dict[int, list[Due]] = {}
        for due, _ in found:
            of.setdefault(due.mailing_id, []).append(due)
        for mailing, dues in of.items():
            marked = [(due, mark_of(self.house.printed, due.id)) for due in dues]
            written = writer.again(self._going(mailing), marked)
            letters += [
                one if isinstance(one, Letter) else _bare(due, mark, card)
                for one, (due, mark) in zip(written, marked, strict=True)
            ]
        return letters

    def _going(self, mailing: int) -> Going:
        with self.house.reads() as session:
            row = session.get_one(Mailing, mailing)
        return Going(mailing, row.key, Ground(row.ground), row.campaign, row.hours, row.approved_hash,
                     row.resend_unknown)  # fmt: skip


def _bare(due: Due, mark: str, card: MailerCard) -> Letter:
    """A letter that cannot be written any more, by what it is known by."""
    form = LetterForm(id="lost", sender=card.sender or "nobody@localhost", subject=(), text=())
    return Letter(due.id, letter_key(mark, due.generation), due.written, form)
