"""Writes, keeps or puts away a text by hand for one channel, then makes its version at once. It knows no Prefect."""

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.database import now_by
from models.editing import HandText
from models.locale import mark, translate
from models.manuscript import Manuscript
from models.people import Permission
from models.piece import HandVersion, Piece, PieceVersion
from models.reason import because
from models.stop import Scope
from tasks.approval.rules import Who
from tasks.content.rows import HAND, save_version
from tasks.editing import rows
from tasks.editing.engine import SAME, Editing, report_of
from tasks.editing.fields import clean
from tasks.orders import naming
from tasks.orders import rows as publications
from tasks.orders.answers import Report

BY_HAND = mark("A text by hand for one channel")
HAND_SAVED = mark("{channel}: your text stands there until you take the common one")
HAND_KEPT = mark("{channel}: the text by hand stays, and agrees with the text as it is now")
HAND_TAKEN = mark("{channel}: the common text stands there again")
NOT_THERE = mark("The piece does not go to {channel}. Add the channel first.")
NO_HAND = mark("There is no text by hand for {channel}.")
OF_THE_FILE = mark("The text for {channel} stands in the company's files. Clear it there, and load the plan.")
EMPTY = mark("The text is empty. Write it, or take the common text.")


class ByHand(Editing):
    """What may be done for one channel alone."""

    def by_hand(self, order: HandText) -> Report:
        """Write, keep or put away a text for one channel."""
        do = {"write": self._write, "keep": self._keep, "take": self._take}[order.what]

        def act(session: Session) -> Report:
            who = self.entitled(session, order.person, Permission.EDIT)
            piece = self.opened(session, order.piece)
            account = naming.channel_called(
                order.channel, publications.known(session, self.at.workspace, Scope.CHANNEL)
            )
            if account not in Manuscript.model_validate(rows.present(session, piece).content).channels:
                raise Refused(because(NOT_THERE, code="channel", channel=self.channels.get(account, order.channel)))
            said = do(session, piece, account, who, order)
            return report_of(BY_HAND, piece, translate(said, channel=self.channels.get(account, account)))

        return self.followed(BY_HAND, act)

    def _write(self, session: Session, piece: Piece, account: str, who: Who, order: HandText) -> str:
        text, present = clean(order.text), rows.present(session, piece)
        if not text:
            raise Refused(because(EMPTY, code="text"))
        manuscript = Manuscript.model_validate(present.content)
        hand = rows.hand(session, piece.id or 0, account)
        if hand is None:
            hand = HandVersion(piece_id=piece.id or 0, account=account, text="", by="", body_hash="", version_id=0,
                               at=self.at.now(), file_text=manuscript.text_for.get(account, ""))  # fmt: skip
        elif hand.text == text and hand.body_hash == present.body_hash:
            return SAME
        self._refuse_other_text(session, piece, account, order.begun)
        hand.text, hand.by, hand.at = text, who.key, now_by(self.at.clock, session)
        hand.body_hash, hand.version_id = present.body_hash, present.id or 0
        session.add(hand)
        session.flush()
        self._save_hand(session, piece, manuscript, who, order)
        return HAND_SAVED

    def _keep(self, session: Session, piece: Piece, account: str, who: Who, order: HandText) -> str:
        hand, present = self._hand(session, piece, account), rows.present(session, piece)
        self._refuse_other_text(session, piece, account, order.begun)
        hand.body_hash, hand.version_id = present.body_hash, present.id or 0
        return HAND_KEPT

    def _take(self, session: Session, piece: Piece, account: str, who: Who, order: HandText) -> str:
        hand = self._hand(session, piece, account)
        self._refuse_other_text(session, piece, account, order.begun)
        manuscript = Manuscript.model_validate(rows.present(session, piece).content)
        texts = {key: text for key, text in manuscript.text_for.items() if key != account}
        texts |= {account: hand.file_text} if hand.file_text else {}
        session.delete(hand)
        session.flush()
        self._save_hand(session, piece, manuscript.model_copy(update={"text_for": texts}), who, order)
        return HAND_TAKEN

    def _hand(self, session: Session, piece: Piece, account: str) -> HandVersion:
        found = rows.hand(session, piece.id or 0, account)
        if found is None:
            said = Manuscript.model_validate(rows.present(session, piece).content).text_for.get(account)
            words = OF_THE_FILE if said else NO_HAND
            raise Refused(because(words, code="hand", channel=self.channels.get(account, account)))
        return found

    def _save_hand(
        self, session: Session, piece: Piece, manuscript: Manuscript, who: Who, order: HandText
    ) -> PieceVersion | None:
        return save_version(session, self.at.clock, piece, manuscript, who.key, HAND, note=clean(order.reason))

    def _refuse_other_text(self, session: Session, piece: Piece, account: str, begun: int) -> None:
        """Another's save is in the way only where it changed the common text, or that of this channel."""
        later = rows.saved_since(session, piece.id or 0, begun, but=()) if begun else None
        if later is None:
            return
        then, now = rows.version(session, piece.id or 0, begun), rows.present(session, piece)
        if then is None or _said(then, account) != _said(now, account):
            raise Refused(self.overtaken(session, later))


def _said(version: PieceVersion, account: str) -> tuple[str, str]:
    said = Manuscript.model_validate(version.content)
    return said.body, said.text_for.get(account, "")
