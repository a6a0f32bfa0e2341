"""Letters as pages. It knows no Prefect, and renders nothing: what was sent is kept, and only filled in otherwise."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from models.letters import Ground
from models.letters_archive import ArchivedLetter
from models.mailings import Message
from tasks.archive import rows
from tasks.archive.impersonal import impersonal, page_of, page_of_nobody, words_of_nobody
from tasks.composing.compiled import Compiled, Variant, read
from tasks.composing.expressions import MARK
from tasks.composing.held import HeldBack
from tasks.composing.preview import COUPON
from tasks.house import House
from tasks.mailing.jobs import Due
from tasks.mailing.writing.engine import facts
from tasks.mailing.writing.fields import Asked, asked, person_of
from tasks.mailing.writing.rows import somebody
from tasks.returns.marks import Marked, Sent
from tasks.returns.marks import read as read_mark

SHOWN_MOST, KEPT_MOST = 500, 200


class Archive:
    """The archive of one house; one of a web process, which remembers what it has read."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._known: OrderedDict[tuple[str, str], ArchivedLetter] = OrderedDict()

    @property
    def _site(self) -> str:
        return self.house.public_url.rstrip("/")

    def letters(self) -> list[ArchivedLetter]:
        """All letters that everybody may read, the newest first."""
        with self.house.reads() as session:
            found = rows.public_mailings(session, SHOWN_MOST)
            shown = [self._letter(session, key, hash) for key, hash, _ in found]
        return [
            one.model_copy(update={"at": at}) for one, (_, _, at) in zip(shown, found, strict=True) if one is not None
        ]

    def _letter(self, session: Session, key: str, hash: str) -> ArchivedLetter | None:
        """The letter in words; one whose version says something else is read anew."""
        if (key, hash) not in self._known:
            compiled = rows.compiled_of(session, key)
            if compiled is None:
                return None
            made = read(compiled)
            subject, text = words_of_nobody(_first(made).direct, self._site)
            self._known[key, hash] = ArchivedLetter(
                key=key, subject=subject, text=text, at=self.house.now(), language=made.language
            )
            while len(self._known) > KEPT_MOST:
                self._known.popitem(last=False)
        return self._known[key, hash]

    def page(self, key: str) -> str | None:
        """A letter as everybody may read it; None where there is none."""
        with self.house.reads() as session:
            compiled = rows.compiled_of(session, key)
        return page_of_nobody(_first(read(compiled)).direct, self._site, key) if compiled else None

    # One's own letter.

    def own_page(self, mark: str) -> str | None:
        """The letter that a mark stands for, as its recipient got it; without their values once they are forgotten."""
        marked = read_mark(self.house.printed, mark)
        if marked is None:
            return None
        with self.house.reads() as session:
            return self._own(session, marked, mark) if marked.sent is Sent.LETTER else self._trial(session, marked)

    def _trial(self, session: Session, marked: Marked) -> str | None:
        """A test or a look: a version's variant, in which nothing is counted."""
        version = rows.version(session, marked.id)
        mailing = rows.mailing(session, version.mailing_id) if version else None
        if version is None or mailing is None or not version.compiled:
            return None
        variant = _variant(read(version.compiled), marked.variant or "A")
        return page_of_nobody(variant.direct, self._site, mailing.key) if variant else None

    def _own(self, session: Session, marked: Marked, mark: str) -> str | None:
        sent = rows.letter(session, marked.id)
        mailing = rows.mailing(session, sent.mailing_id) if sent else None
        version = rows.version_of(session, mailing, sent) if mailing and sent else None
        if sent is None or mailing is None or version is None or not version.compiled:
            return None
        made = read(version.compiled)
        variant = _variant(made, sent.variant)
        if variant is None:
            return None
        person = self._person(session, sent, Ground(mailing.ground), asked(made))
        if person is not None:
            form = variant.counted if mailing.ground == Ground.ADVERTISING else impersonal(variant.counted, self._site)
            try:
                return page_of(form, {**person, MARK: mark.strip().lower()})
            except HeldBack:  # a value that was there when it went is gone
                pass
        return page_of_nobody(variant.direct, self._site, mailing.key)

    def _person(self, session: Session, sent: Message, ground: Ground, needs: Asked) -> Mapping[str, Any] | None:
        """The recipient's values; None where they are forgotten.

        What a service message brought, as a link to confirm by, and a coupon's code are for whoever holds the letter:
        its mark stands where others read it.
        """
        someone = somebody(session, sent.customer_id, sent.kind)
        if someone is None:
            return None
        due = Due(
            id=sent.id or 0, mailing_id=sent.mailing_id, customer_id=sent.customer_id, kind=sent.kind,
            occasion=sent.occasion, variant=sent.variant, domain=sent.domain, zone=sent.zone,
            generation=sent.generation, attempts=sent.attempts, written="", print=sent.print,
            person=someone,
        )  # fmt: skip
        more = facts(self.house, session, needs, [due]) if ground is Ground.ADVERTISING else {}
        outlets = {one.key: one.name for one in self.house.workspace.company.outlets}
        return {**person_of(someone, outlets), **more.get(due.id, {}), COUPON: None}


def _first(made: Compiled) -> Variant:
    return made.variants[0]


def _variant(made: Compiled, name: str) -> Variant | None:
    return next((one for one in made.variants if one.name == name), None)
