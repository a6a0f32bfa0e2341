"""Keeps what colleagues say about a piece, and tells whom it concerns. It knows no Prefect."""

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.editing import Remark
from models.locale import in_house_words, mark, translate
from models.people import Permission
from models.piece import Piece
from models.reason import because
from models.stop import Scope
from tasks.approval.rules import Who
from tasks.comments import rows
from tasks.editing.engine import Editing, report_of
from tasks.editing.fields import clean
from tasks.notices.rows import Message, tell
from tasks.orders import naming
from tasks.orders import rows as publications
from tasks.orders.answers import Report

COMMENT = mark("Comment on a piece")
SAID_TO = mark("said to colleagues")
SAID_BEFORE = mark("said before; nothing was repeated")
NOTHING_SAID = mark("The comment is empty.")
LETTER = mark("Comment on № {number} “{title}”")
LETTER_BODY = mark("{person}: {text}")
COMMENT_MAX = 4000


class Comments(Editing):
    """What may be said about the pieces of one house; it never goes out."""

    def comment(self, remark: Remark, once: str) -> Report:
        """Say something to colleagues: the author and whoever has commented before are told, nobody twice."""

        def act(session: Session) -> Report:
            who = self.entitled(session, remark.person, Permission.COMMENT)
            piece = self.opened(session, remark.piece, lock=False, archived=True)
            account = naming.channel_called(
                remark.channel, publications.known(session, self.at.workspace, Scope.CHANNEL)
            )
            text = clean(remark.text)[:COMMENT_MAX]
            if not text:
                raise Refused(because(NOTHING_SAID, code="text"))
            said, is_new = rows.add_comment(session, self.at.clock, once, piece.id or 0, account, who.key, text)
            if is_new:
                self._tell(session, piece, who, said.id or 0, text)
            return report_of(COMMENT, piece, translate(SAID_TO if is_new else SAID_BEFORE))

        return self.answered(COMMENT, act)

    @in_house_words()
    def _tell(self, session: Session, piece: Piece, who: Who, id: int, text: str) -> None:
        here = publications.people(session, self.at.workspace).keys()  # who has left reads nothing any more
        told = {piece.author, *rows.who_commented(session, piece.id or 0)} & here - {who.key}
        subject = translate(LETTER, number=piece.number or "—", title=piece.title)
        body = translate(LETTER_BODY, person=who.name, text=text)
        link = f"{self.at.staff_url}/staff/piece/{piece.id}#comments"
        letters = [Message(f"comment:{id}:{person}", person, subject, body, link) for person in sorted(told)]
        tell(session, self.at.clock, letters)
