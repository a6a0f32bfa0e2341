"""The verbs of a piece, done in the house: its page, its form, its versions, its comments."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal

from sqlalchemy.orm import Session

from deployments.order_verbs import sentences
from integrations.errors import Failure
from models.content import PictureSource, PlanRow, Problem
from models.database import reading
from models.desk import Choice, Proof, Visitor
from models.desk.piece import (
    Behind,
    Choices,
    Difference,
    Fields,
    Form,
    HandPage,
    Meanwhile,
    PiecePage,
    Saved,
    Story,
)  # fmt: skip
from models.editing import Correction, HandText, Remark
from models.locale import mark
from models.manuscript import Manuscript
from models.piece import Piece, PieceVersion
from models.post import Picture
from models.reason import Reason, because
from tasks.byhand.engine import ByHand
from tasks.comments.engine import Comments
from tasks.content.pictures import read_picture
from tasks.desk.rows import Names
from tasks.editing import rows
from tasks.editing.diff import TITLES, differing, differing_by_hand, joined, words
from tasks.editing.engine import Editing
from tasks.editing.fields import Known, clean, fields_of, one_line
from tasks.editing.fields import ordered as changes_in
from tasks.history import rows as history
from tasks.house import House
from tasks.orders.answers import Report
from tasks.pieces import rows as showing
from tasks.pieces.engine import files, looks_of
from tasks.pieces.readable import corrections, readable

NOTHING = mark("Nothing is different, so nothing was saved.")
GONE = mark("There is no such piece any more.")
SAME_LINES = mark(
    "You have both changed the same lines of the text, so they cannot be joined. Put the colleague's words into yours "
    "below, then save all of yours over it."
)
OTHER_PICTURE = mark("Choose a JPEG, PNG or WebP picture. Nothing was kept.")
TAKEN = ("image/jpeg", "image/png", "image/webp")
OVERTAKEN_MOST = 10


class PieceVerbs:
    """One piece: everything that is shown of it and done to it."""

    house: House
    ordered: Callable[..., Report]
    proof: Callable[[int, Visitor], Proof | None]
    _names: Callable[[Session], Names]

    def piece(self, id: int, visitor: Visitor) -> PiecePage | None:
        with reading(self.house.engine) as session:
            piece = rows.piece(session, id)
            if piece is None or piece.version_id is None:
                return None
            present, names = rows.present(session, piece), self._names(session)
            manuscript = Manuscript.model_validate(present.content)
            made = {one.account: one for one in rows.renditions(session, id, piece.version_id)}
            page = showing.page(session, piece, present, manuscript, names, self._known(session))
            hands = {hand.account: hand for hand in showing.hands(session, id, names)}
        looks = [
            showing.look(account, names.channel(account), made.get(account), hands.get(account))
            for account in manuscript.channels
        ]  # fmt: skip
        proofs = {a: self.proof(one.id or 0, visitor) for a, one in made.items() if one.content_hash}
        return page.model_copy(
            update={"looks": tuple(one.model_copy(update={"proof": proofs.get(one.account)}) for one in looks)}
        )

    def story(self, id: int) -> Story:
        with reading(self.house.engine) as session:
            piece = rows.piece(session, id)
            if piece is None:
                return Story()
            names, life = self._names(session), history.Life(id, piece.source, piece.created_at)
            return Story(events=tuple(history.events(session, life, names)),
                         seen=tuple(history.seen(session, id, names)))  # fmt: skip

    def piece_form(self, id: int) -> Form | None:
        with reading(self.house.engine) as session:
            found = self._present(session, id)
            if found is None:
                return None
            piece, present, fields = found
            return self._form(session, piece, fields, present.ordinal, present.ordinal)

    def preview(self, id: int, typed: Fields, begun: int, seen: int) -> Form | None:
        typed = _cleaned(typed)
        with reading(self.house.engine) as session:
            found = self._present(session, id)
            if found is None:
                return None
            form = self._form(session, found[0], typed, begun or found[1].ordinal, seen or found[1].ordinal)
        looks = looks_of(self.house, found[0], Manuscript.model_validate(found[1].content), typed)
        return form.model_copy(update={"looks": tuple(looks)})

    def correct(
        self, id: int, typed: Fields, begun: int, seen: int, how: Literal["save", "over", "join"], why: str,
        visitor: Visitor, once: str,
    ) -> Saved | None:  # fmt: skip
        typed = _cleaned(typed)
        with reading(self.house.engine) as session:
            found = self._present(session, id)
            if found is None:
                return None
            piece, _, theirs = found
            base = self._fields_at(session, piece, begun) or theirs
        changes = changes_in(theirs if how == "over" else base, typed)
        if how == "join" and "text" in changes:
            both = joined(base.text, typed.text, theirs.text)
            if both is None:  # one would go over the other, unseen
                same = because(SAME_LINES, code="overtaken")
                return Saved(form=self._refused(id, typed, base, begun, seen, why, same))
            changes["text"] = both
        if not changes:
            return Saved(said=(because(NOTHING, code="same"),))
        order = Correction(piece=piece.number or "", person=visitor.key, reason=why,
                           begun=begun if how == "save" else seen, **changes)  # fmt: skip
        editing = Editing(self.house)
        objection = editing.objection(order)
        if not objection:
            report = self._ordered(visitor, once, "correct", order, lambda: editing.correct(order), id)
            objection = report.refusal
            if not objection:
                return Saved(said=tuple(sentences(report)))
        return Saved(form=self._refused(id, typed, base, begun, seen, why, objection))

    def _refused(
        self, id: int, typed: Fields, base: Fields, begun: int, seen: int, why: str, objection: Reason
    ) -> Form | None:
        """The form again with everything that was typed, and what is in the way."""
        with reading(self.house.engine) as session:
            found = self._present(session, id)
            if found is None:
                return None
            piece, present, theirs = found
            overtaken = objection.code == "overtaken"
            form = self._form(session, piece, typed, begun, present.ordinal if overtaken else seen)
            update: dict[str, Any] = {"objection": objection, "why": why}
            later = rows.saved_since(session, id, begun)
            if overtaken and later is not None:
                update["meanwhile"] = self._meanwhile(session, later, base, theirs, typed)
            return form.model_copy(update=update)

    def _meanwhile(
        self, session: Session, later: PieceVersion, base: Fields, theirs: Fields, mine: Fields
    ) -> Meanwhile:
        known = self._known(session)
        old, new, typed = (readable(one, known) for one in (base, theirs, mine))
        both = changes_in(base, theirs).keys() & changes_in(base, mine).keys()
        both = {name for name in both if getattr(theirs, name) != getattr(mine, name)}
        return Meanwhile(
            by=self._names(session).person(later.made_by), at=later.made_at, ordinal=later.ordinal,
            theirs=differing(old, new), against=differing(new, typed),
            both=tuple(title for name, title in TITLES.items() if name in both),
        )  # fmt: skip

    def take_back(self, id: int, ordinal: int, visitor: Visitor, once: str) -> Sequence[Reason]:
        return self._corrected(id, visitor, once, version=ordinal)

    def add_picture(self, id: int, path: Path, alt: str, visitor: Visitor, once: str) -> Sequence[Reason]:
        number, looked = self._number(id), read_picture(data := path.read_bytes(), path.name, alt=alt)
        if number is None or isinstance(looked, Problem) or looked.media_type not in TAKEN:
            wrong = looked.reason if isinstance(looked, Problem) else because(OTHER_PICTURE, code="other_type")
            return [because(GONE, code="absent") if number is None else wrong]
        new = self.house.media.put(data, looked.media_type, looked.width, looked.height, alt)
        order = Correction(piece=number, person=visitor.key)
        with_it = partial(self._with_picture, id, order, PictureSource(file=new.file_name, alt=alt))

        def act() -> Report:
            """They are saved as one list: who adds a picture in the same moment is waited for, and theirs is kept."""
            for _ in range(OVERTAKEN_MOST):
                report = Editing(self.house).correct(with_it())
                if report.refusal.code != "overtaken":
                    break
            return report

        return self._carried_out(id, visitor, once, with_it().model_copy(update={"begun": 0}), act)

    def _with_picture(self, id: int, order: Correction, new: PictureSource) -> Correction:
        """The pictures there are now and this one after them; sent twice it stands there once."""
        with reading(self.house.engine) as session:
            found = self._present(session, id)
        others = [one for one in (found[2].pictures if found else ()) if one.file != new.file]
        said = [f"{one.file} | {one.alt}" for one in (*others, new)]
        return order.model_copy(update={"pictures": said, "begun": found[1].ordinal if found else 0})

    def _corrected(self, id: int, visitor: Visitor, once: str, **changes: Any) -> Sequence[Reason]:
        number = self._number(id)
        if number is None:
            return [because(GONE, code="absent")]
        order = Correction(piece=number, person=visitor.key, **changes)
        return self._carried_out(id, visitor, once, order, lambda: Editing(self.house).correct(order))

    def _carried_out(
        self, id: int, visitor: Visitor, once: str, order: Correction, act: Callable[[], Report]
    ) -> Sequence[Reason]:
        objection = Editing(self.house).objection(order)
        if objection:
            return [objection]
        return sentences(self._ordered(visitor, once, "correct", order, act, id))

    def difference(self, id: int, before: int, after: int) -> Difference | None:
        with reading(self.house.engine) as session:
            piece = rows.piece(session, id)
            old, new = rows.version(session, id, before), rows.version(session, id, after)
            if piece is None or old is None or new is None:
                return None
            known, names = self._known(session), self._names(session)
        said = [readable(_fields(one, piece), known) for one in (old, new)]
        texts = [Manuscript.model_validate(one.content) for one in (old, new)]
        by_hand = [one.model_copy(update={"of": names.channel(one.of)}) for one in differing_by_hand(*texts)]
        return Difference(
            before=showing.line(history.listed(old), names, piece),
            after=showing.line(history.listed(new), names, piece),
            fields=(*differing(*said), *by_hand), corrections=corrections(new),
        )  # fmt: skip

    def hand_page(self, id: int, account: str, typed: str | None = None, begun: int = 0) -> HandPage | None:
        with reading(self.house.engine) as session:
            found = self._present(session, id)
            if found is None or account not in found[2].channels:
                return None
            piece, present, fields = found
            names = self._names(session)
            hand = next((one for one in showing.hands(session, id, names) if one.account == account), None)
        manuscript = Manuscript.model_validate(present.content)
        kept = manuscript.text_for.get(account, "")
        stands = (hand.text if hand else kept) or manuscript.body
        text = clean(typed) if typed is not None else stands
        tried = manuscript.model_copy(update={"text_for": {**manuscript.text_for, account: text}})
        looks = looks_of(self.house, piece, tried, fields.model_copy(update={"channels": (account,)}))
        look = looks[0] if looks else None
        return HandPage(
            id=id, number=piece.number or "", title=piece.title, account=account, channel=names.channel(account),
            text=text, common=manuscript.body, begun=begun or present.ordinal, hand=hand,
            of_the_file=bool(kept) and hand is None, difference=tuple(words(manuscript.body, text)),
            against=tuple(words(stands, text)) if not begun and text != stands else (),
            look=look.proof if look else None, problems=look.problems if look else (),
        )  # fmt: skip

    def by_hand(
        self, id: int, account: str, what: Literal["write", "keep", "take"], text: str, begun: int, visitor: Visitor,
        once: str,
    ) -> Sequence[Reason]:  # fmt: skip
        number = self._number(id)
        if number is None:
            return [because(GONE, code="absent")]
        order = HandText(piece=number, channel=account, what=what, text=text if what == "write" else "", begun=begun,
                         person=visitor.key)  # fmt: skip
        do = ByHand(self.house)
        return sentences(self._ordered(visitor, once, "by-hand", order, lambda: do.by_hand(order), id))

    def comment(self, id: int, account: str, text: str, visitor: Visitor, once: str) -> Sequence[Reason]:
        number = self._number(id)
        if number is None:
            return [because(GONE, code="absent")]
        remark = Remark(piece=number, channel=account, text=text, person=visitor.key)
        do = Comments(self.house)
        return sentences(self._ordered(visitor, once, "comment", remark, lambda: do.comment(remark, once), id))

    def behind(self) -> Sequence[Behind]:
        with reading(self.house.engine) as session:
            return showing.behind(session, self._names(session))

    def _ordered(
        self, visitor: Visitor, once: str, code: str, form: Correction | HandText | Remark, act: Callable[[], Report],
        id: int,
    ) -> Report:  # fmt: skip
        return self.ordered(visitor, once, code, form.model_dump(mode="json"), act, ("piece", str(id)))

    def _number(self, id: int) -> str | None:
        with reading(self.house.engine) as session:
            piece = rows.piece(session, id)
            return piece.number if piece is not None else None

    def _present(self, session: Session, id: int) -> tuple[Piece, PieceVersion, Fields] | None:
        piece = rows.piece(session, id)
        if piece is None or piece.version_id is None:
            return None
        present = rows.present(session, piece)
        return piece, present, fields_of(
            Manuscript.model_validate(present.content), PlanRow.model_validate(piece.plan or {})
        )  # fmt: skip

    def _fields_at(self, session: Session, piece: Piece, ordinal: int) -> Fields | None:
        found = rows.version(session, piece.id or 0, ordinal)
        return _fields(found, piece) if found is not None else None

    def _form(self, session: Session, piece: Piece, fields: Fields, begun: int, seen: int) -> Form:
        present = Manuscript.model_validate(rows.present(session, piece).content)
        return Form(
            id=piece.id or 0, number=piece.number or "", title=piece.title, fields=fields, begun=begun, seen=seen,
            choices=self._choices(session, fields), pictures=self._pictures(fields, present.pictures),
        )  # fmt: skip

    def _pictures(self, fields: Fields, present: Sequence[Picture]) -> Mapping[str, Picture]:
        found: dict[str, Picture] = {}
        for one in fields.pictures:
            try:
                found[one.file] = Editing(self.house).picture(one, present)
            except Failure:
                continue  # said where it is saved
        return found

    def _choices(self, session: Session, fields: Fields) -> Choices:
        known = self._known(session)

        def among(titles: Mapping[str, str], *chosen: str) -> tuple[Choice, ...]:
            """Those there are, and those chosen before that are there no more."""
            return tuple(
                Choice(key=k, title=t) for k, t in ({key: key for key in chosen if key} | dict(titles)).items()
            )

        return Choices(
            channels=among(known.channels, *fields.channels), campaigns=among(known.campaigns, fields.campaign),
            goals=among(known.goals, fields.goal), groups=among(known.groups, fields.group),
            people=among(known.people, fields.author), pictures=files(self.house),
        )  # fmt: skip

    def _known(self, session: Session) -> Known:
        return Editing(self.house).known(session)


def _fields(version: PieceVersion, piece: Piece) -> Fields:
    row = PlanRow.model_validate(version.plan or piece.plan or {})
    return fields_of(Manuscript.model_validate(version.content), row)


def _cleaned(typed: Fields) -> Fields:
    """What came from a browser, its line ends and spaces as ours."""
    lines = {name: one_line(getattr(typed, name)) for name in ("title", "description")}
    return typed.model_copy(update={**lines, "text": clean(typed.text)})
