"""Carries a person's corrections of a piece out, then styles, adapts and lays it out at once. It knows no Prefect.

A correction is one transaction, answered in words.
"""

import hashlib
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from integrations.errors import Failure, Refused
from integrations.folder import Folder
from models.content import PictureSource, PlanRow, Problem
from models.database import in_one, now_by
from models.desk.piece import Fields
from models.editing import Correction
from models.locale import mark, translate
from models.manuscript import Manuscript
from models.people import Permission
from models.piece import Piece, PieceVersion
from models.post import Picture
from models.reason import NO_REASON, Reason, because
from tasks.adaptation.engine import adapt_pieces
from tasks.approval.rules import Who
from tasks.content.pictures import read_picture
from tasks.content.references import refer_file, unknown
from tasks.content.rows import BACK, DESK, PLAN, by_number, save_version, take_over
from tasks.editing import rows
from tasks.editing.fields import PLANNED, SAID, Known, clean, fields_of, into_row, passed_in, read_order
from tasks.house import House
from tasks.orders import naming
from tasks.orders import rows as publications
from tasks.orders.answers import Line, Report
from tasks.posting.engine import lay_out
from tasks.schedule.wall import local
from tasks.styling.engine import style_pieces

log = logging.getLogger("otdel.editing")

CORRECT = mark("Correct a piece")
LABEL = mark("№ {number} “{title}”")
SAVED = mark("saved as version {ordinal}")
STYLED = mark("{said}; styling has corrected it, that is version {ordinal}")
SAME = mark("it says so already; nothing was changed")
STAYS_OUT = mark("already out in {channels}: there it stays as it is")
PASSED = mark("in {channels} this time has passed already, by the clocks there")
HANDS_STAY = mark("texts by hand stay in {channels}: look whether they still agree")
UNFIT = mark("does not fit {channel} yet: {reason}")
LATER = mark("its versions for the channels are being made; look again in a minute")
LEFT_PLAN = mark("№ {number} “{title}” has left the content plan. Put its row back, then edit it.")
OVERTAKEN = mark("{person} has saved version {ordinal} meanwhile, {at}. Nothing of yours is lost: compare, then save.")
NO_VERSION = mark("The piece has no version {ordinal}.")
MEDIA = re.compile(r"([0-9a-f]{64})\.(?:jpg|png|webp|gif)")
PICTURES = "content/pictures"
RESTORED = ("title", "text", "description", "pictures", "offer_until")


@dataclass(frozen=True)
class Wanted:
    """A piece as an order wants it: what it says, its row of the plan, the fields that are different.

    `passed` are the channels in which the time it wants has passed.
    """

    manuscript: Manuscript
    row: PlanRow
    changed: list[str]
    passed: list[str]


class Editing:
    """What may be done to the pieces of one house. Every verb returns a Report; what cannot be done is its refusal."""

    def __init__(self, at: House) -> None:
        self.at = at
        self.channels = {card.key: card.title for card in at.workspace.channels}

    def correct(self, order: Correction) -> Report:
        """Save a new version of the piece, and make its versions for the channels at once."""

        def act(session: Session) -> Report:
            who = self.entitled(session, order.person, Permission.EDIT)
            piece = self.opened(session, order.piece)
            wanted = self._wanted(session, piece, order)
            if not wanted.changed:
                return report_of(CORRECT, piece, translate(SAME))
            self._refuse_overtaken(session, piece, order.begun)
            version = self._save(session, piece, wanted, who, order)
            said = translate(SAVED, ordinal=version.ordinal)
            return report_of(CORRECT, piece, said, self._notes(session, piece, wanted))

        return self.followed(CORRECT, act)

    def objection(self, order: Correction) -> Reason:
        """What carrying the order out would be refused for; nothing is changed."""

        try:
            with self.at.reads() as session:
                self.entitled(session, order.person, Permission.EDIT)
                piece = self.opened(session, order.piece, lock=False)
                if self._wanted(session, piece, order).changed:
                    self._refuse_overtaken(session, piece, order.begun)
        except Failure as failure:
            return failure.reason
        return NO_REASON

    def follow(self, piece_id: int) -> list[str]:
        """Style, adapt and lay out one piece; says what does not fit. A run does the same for whatever is left."""
        if self.at.unreadable():
            return [translate(LATER)]
        try:
            style_pieces(self.at, [piece_id])
            made = adapt_pieces(self.at, [piece_id])
            lay_out(self.at, [piece_id])
        except Exception:  # the order is carried out: what comes after it is done by the run too
            log.exception("piece %s: its versions could not be made at once", piece_id)
            return [translate(LATER)]
        wrong = [(one.card.title, note) for one in made for note in one.adapted.notes if note.is_problem]
        return [translate(UNFIT, channel=channel, reason=note.reason) for channel, note in wrong]

    def _ordinal(self, piece_id: int) -> int:
        with self.at.reads() as session:
            return rows.present(session, session.get_one(Piece, piece_id)).ordinal

    def known(self, session: Session) -> Known:
        """What the fields of a piece may name."""
        workspace = self.at.workspace
        company = workspace.company
        return Known(
            channels={card.key: card.title for card in workspace.channels if card.enabled},
            campaigns={one.key: one.title for one in company.campaigns},
            goals={one.key: one.title for one in company.goals},
            groups={one.key: one.title for one in company.groups},
            people={key: who.name for key, who in publications.people(session, workspace).items()},
            now=local(self.at.now(), company.zone), zone=company.zone,
            zones={card.key: workspace.zone_of(card) for card in workspace.channels},
        )  # fmt: skip

    def picture(self, source: PictureSource, among: Sequence[Picture]) -> Picture:
        """The picture meant: one of these, one of the media store, or a file of the company's. Raises Refused."""
        mine = next((one for one in among if one.file_name == source.file), None)
        if mine is not None:
            return mine.model_copy(update={"alt": source.alt})
        name, data = self._bytes(source.file)
        looked = read_picture(data, name, alt=source.alt)
        if isinstance(looked, Problem):
            raise Refused(looked.reason)
        return self.at.media.put(data, looked.media_type, looked.width, looked.height, source.alt)

    def _bytes(self, name: str) -> tuple[str, bytes]:
        found = MEDIA.fullmatch(name)
        kept = self.at.media.root / name[:2] / name
        if found and kept.is_file() and hashlib.sha256(data := kept.read_bytes()).hexdigest() == found[1]:
            return name, data
        folder = Folder(self.at.root)
        names = folder.names(PICTURES)
        file = refer_file(name, names)
        if file is None:
            raise Refused(unknown("pictures", name, list(names)))
        return f"{PICTURES}/{file}", folder.read(f"{PICTURES}/{file}")

    def _wanted(self, session: Session, piece: Piece, order: Correction) -> "Wanted":
        if piece.version_id is None:
            raise Refused(because(NO_VERSION, code="version", ordinal=1))
        manuscript = Manuscript.model_validate(rows.present(session, piece).content)
        row = PlanRow.model_validate(piece.plan)
        before = fields_of(manuscript, row)
        after = self._former(session, piece, order.version, before) if order.version else before
        known = self.known(session)
        after = read_order(order, after, known, row.zone)
        changed = [name for name in Fields.model_fields if getattr(before, name) != getattr(after, name)]
        new = {SAID[name]: getattr(after, name) for name in changed if name in SAID and name != "pictures"}
        if "pictures" in changed:
            among = [*manuscript.pictures, *self._pictures_of(session, piece, order.version)]
            new["pictures"] = tuple(self.picture(one, among) for one in after.pictures)
        new["offer_until"] = after.offer_until or None
        made = Manuscript.model_validate(manuscript.model_dump() | new)
        is_moved = "date" in changed or "time" in changed
        passed = passed_in(after.date, after.time, after.channels, known, row.zone) if is_moved else []
        return Wanted(made, into_row(after, changed, row), changed, passed)

    def _former(self, session: Session, piece: Piece, ordinal: int, now: Fields) -> Fields:
        """The fields of a former version, those of the plan as they are now."""
        found = rows.version(session, piece.id or 0, ordinal)
        if found is None:
            raise Refused(because(NO_VERSION, code="version", ordinal=ordinal))
        then = fields_of(Manuscript.model_validate(found.content), PlanRow())
        return now.model_copy(update={name: getattr(then, name) for name in RESTORED})

    def _pictures_of(self, session: Session, piece: Piece, ordinal: int) -> tuple[Picture, ...]:
        found = rows.version(session, piece.id or 0, ordinal) if ordinal else None
        return Manuscript.model_validate(found.content).pictures if found else ()

    def _save(self, session: Session, piece: Piece, wanted: "Wanted", who: Who, order: Correction) -> PieceVersion:
        loaded = rows.as_loaded(session, piece)
        if piece.source == PLAN and loaded is not None:
            if not piece.edited:
                piece.loaded = {"row": dict(piece.plan), "manuscript": dict(loaded.content)}
            edit = {"by": who.key, "at": now_by(self.at.clock, session).isoformat()}
            names = [name for field in wanted.changed for name in (SAID.get(field), PLANNED.get(field)) if name]
            piece.edited = {**piece.edited, **dict.fromkeys(names, edit)}
        take_over(piece, wanted.row)
        why, note = BACK if order.version else DESK, clean(order.reason)
        version = save_version(session, self.at.clock, piece, wanted.manuscript, who.key, why, note=note)
        assert version is not None
        return version

    def _notes(self, session: Session, piece: Piece, wanted: "Wanted") -> list[str]:
        out, hands = rows.out_in(session, piece.id or 0), rows.hands(session, piece.id or 0)
        notes = [translate(STAYS_OUT, channels=self._called(out))] if out and {*wanted.changed} & {*SAID} else []
        if wanted.passed:
            notes.append(translate(PASSED, channels=self._called(wanted.passed)))
        if hands and "text" in wanted.changed:
            notes.append(translate(HANDS_STAY, channels=self._called([hand.account for hand in hands])))
        return notes

    def _called(self, accounts: Sequence[str]) -> str:
        return ", ".join(self.channels.get(account, account) for account in accounts)

    def entitled(self, session: Session, person: str, permission: Permission) -> Who:
        return naming.entitled(person, publications.people(session, self.at.workspace), permission)

    def opened(self, session: Session, said: str, lock: bool = True, archived: bool = False) -> Piece:
        number = naming.bare_number(said)
        if by_number(session, number) is None:
            number = naming.piece_called(said, publications.pieces(session))
        found = rows.numbered(session, number, lock)
        if found.archived and not archived:
            raise Refused(because(LEFT_PLAN, code="left_plan", number=number, title=found.title))
        return found

    def _refuse_overtaken(self, session: Session, piece: Piece, begun: int) -> None:
        later = rows.saved_since(session, piece.id or 0, begun) if begun else None
        if later is not None:
            raise Refused(self.overtaken(session, later))

    def overtaken(self, session: Session, later: PieceVersion) -> Reason:
        """Who has saved what meanwhile, and when."""
        people, zone = publications.people(session, self.at.workspace), self.at.workspace.company.zone
        person = people[later.made_by].name if later.made_by in people else later.made_by
        at = local(later.made_at, zone).strftime("%d.%m.%Y %H:%M")
        return because(OVERTAKEN, code="overtaken", person=person, ordinal=later.ordinal, at=at)

    def answered(self, title: str, act: Callable[[Session], Report]) -> Report:
        try:
            return in_one(self.at.sessions, act)
        except Failure as failure:  # a name nobody has, a picture that cannot be read
            return Report(title=translate(title), refusal=failure.reason)

    def followed(self, title: str, act: Callable[[Session], Report]) -> Report:
        report = self.answered(title, act)
        if report.refusal:
            return report
        [line] = report.lines
        saved = self._ordinal(line.id)
        notes = (*line.notes, *self.follow(line.id))
        styled = self._ordinal(line.id)
        said = line.said if styled == saved else translate(STYLED, said=line.said, ordinal=styled)
        return report.model_copy(update={"lines": (line.model_copy(update={"said": said, "notes": notes}),)})


def report_of(title: str, piece: Piece, said: str, notes: Sequence[str] = ()) -> Report:
    label = translate(LABEL, number=piece.number or "—", title=piece.title)
    line = Line(id=piece.id or 0, label=label, said=said, done=True, notes=tuple(notes))
    return Report(title=translate(title), lines=(line,))
