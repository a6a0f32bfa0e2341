"""Mailings of one house: begun, written, set up. It knows no Prefect; every verb answers with a Report.

A mailing is changed under a lock of its row, so of two who change it at once the second sees what the first did; what
somebody has not seen is never overwritten.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from integrations.errors import Refused
from models.customers import AddressKind
from models.database import now_by
from models.desk.mailings import OVERTAKEN
from models.letters import Ground
from models.locale import mark, quoted, translate
from models.mail_document import MailDocument
from models.mailers import MailerCard
from models.mailing_orders import MakeMailingForm, SaveMailingForm, SetUpMailingForm
from models.mailings import Mailing, MailingVersion, Stage
from models.people import Permission, permissions_of
from models.reason import because
from models.schedule import Unreadable
from models.trial import by_of
from tasks.adaptation.slug import slug
from tasks.content.references import refer, unknown
from tasks.groups.rows import check_recipients
from tasks.house import House
from tasks.mailing.coupons.checking import named_in
from tasks.mailing.coupons.rows import offer_called
from tasks.mailing.life import outset, reading, rows
from tasks.mailing.writing.fields import known_fields
from tasks.orders.answers import Line, Report
from tasks.orders.naming import person_called
from tasks.people.engine import whoever_is_here
from tasks.schedule.wall import instant, local

MAKE, SAVE, SET_UP = mark("Begin a mailing"), mark("What a mailing says"), mark("To whom and when")
CALLED = mark("mailing № {id} “{title}”")
MADE, SAVED = mark("begun"), mark("saved as version {n}")
SAME = mark("nothing is different from version {n}, so nothing was saved")
ASKED_ANEW = mark("The approval does not hold for it: ask for it again.")
MAY_NOT = mark("{person} may not write mailings. An author, a technician or the head does.")
NO_TITLE = mark("Give the mailing a title: colleagues know it by that.")
NO_MAILERS = mark("The company has no mailer yet. Write one into mailers.yaml; “otdel init” makes a sample of it.")
TWO_SOURCES = mark("A mailing begins with a ready set or like another one, not both. Leave one of the two.")
SAVED_MEANWHILE = mark(
    "{person} saved version {n} at {at}, and yours was made from version {seen}. Nothing is overwritten: open the "
    "mailing again and make your changes there."
)
IS_OVER = mark("The mailing has been sent, so it cannot be changed. Begin another one like it.")
IS_CANCELLED = mark("The mailing is cancelled. Begin another one like it.")
IS_SENT_NOW = mark("The mailing is being sent. Pause it first; what is out already stays as it is.")
VARIANTS_LISTED = mark(
    "Letters of variants {variants} are on the list already. The mailing has to keep these variants."
)
GROUND_LISTED = mark("The list is made already, so advertising cannot become a service message, nor the other way.")
LISTED = mark("The list is made already: to whom, by whom and when stay as they were. Begin another mailing instead.")
BOTH = mark("The group “{group}” is chosen and left out at once. Leave one of the two.")
NO_MAILER = mark("There is no mailer “{said}”. There are: {known}.")
OFF = mark("The mailer “{title}” is switched off in mailers.yaml. Switch it on, or choose another one.")
NOT_SHORT = mark("“{title}” sends letters, not short messages. Choose a mailer of short messages for the cascade.")
PAST = mark("{time} has passed already. Name a later time.")
PAST_THERE = mark("In {zone} {time} has passed already. Name a later time, or one for all at once.")
ONLY_OFF = mark("It went out without being shown in the archive, and stays so: that would have been approved with it.")
NOT_PUBLIC = mark("A service message is for its recipients only. It is not shown in the archive; clear the field.")
NO_LONGER_PUBLIC = mark("taken off the letters' archive; nothing else was changed")
SHOWN_TO_ALL = mark("Once it has gone out, everybody may read it in the letters' archive on the site.")
GOES = mark("to {groups}; by {mailer}; {when}")
NOBODY_YET, NO_MAILER_YET, NO_TIME_YET = mark("nobody so far"), mark("no mailer yet"), mark("no time yet")
AT, AT_EACH = mark("{time}, all at once"), mark("{time}, in each recipient's own zone")


class Mailings:
    """The life of mailings up to the hour they are set for."""

    def __init__(self, house: House) -> None:
        self.house, self.clock = house, house.clock

    def make(self, form: MakeMailingForm) -> Report:
        """A new mailing with its first version."""

        def work(session: Session, by: str) -> Line:
            title = " ".join(form.title.split())
            if not title:
                raise Refused(because(NO_TITLE, code="no_title"))
            if form.starter.strip() and form.like:
                raise Refused(because(TWO_SOURCES, code="two_sources"))
            ground = Ground.SERVICE if form.kind == "service message" else Ground.ADVERTISING
            row = rows.add(session, self._new(form, title, ground, by), slug(title, 40))
            first = self._first(session, row, form)
            former = rows.mailing(session, form.like).offer if form.like else ""
            row.offer = offer_called(session, form.offer) or former or named_in(first)
            rows.keep(session, self.clock, row.id or 0, first.model_dump(mode="json"), by)
            return self.line(row, translate(MADE))

        return self._ordered(MAKE, form.person, work)

    def _new(self, form: MakeMailingForm, title: str, ground: Ground, by: str) -> Mailing:
        company = self.house.workspace.company
        campaigns, goals = ({one.key: one.title for one in some} for some in (company.campaigns, company.goals))
        return Mailing(
            key=uuid4().hex, title=title, ground=ground, zone=company.zone, made_by=by, made_at=self.house.now(),
            campaign=_called("campaigns", form.campaign, campaigns), goal=_called("goals", form.goal, goals),
            account=self._only_mailer(),
        )  # fmt: skip

    def _first(self, session: Session, row: Mailing, form: MakeMailingForm) -> MailDocument:
        ground = Ground(row.ground)
        if form.like:
            rows.mailing(session, form.like)
            former = MailDocument.model_validate(rows.last(session, form.like).document)
            return reading.document_of(outset.like(former, row.key, row.title, ground))
        card = self._usual_mailer()
        starter = outset.starter_called(form.starter)
        language = self.house.workspace.company.locale
        made = outset.begun(starter, ground, language, self.house.public_url, row.key, row.title, card)
        outset.refuse_unready(starter, known_fields(), language, self.house.public_url)
        return made

    def _mailers(self) -> list[MailerCard]:
        return [one for one in self.house.mailers if one.sender and self.house.kind_of(one) is AddressKind.EMAIL]

    def _only_mailer(self) -> str:
        """By whom it goes where there is nothing to choose; "" where somebody has to."""
        on = [card.key for card in self._mailers() if card.enabled]
        return on[0] if len(on) == 1 else ""

    def _usual_mailer(self) -> MailerCard:
        """The first mailer of letters, one that is switched on before others: its sender is the mailing's."""
        letters = self._mailers()
        if not letters:
            raise Refused(because(NO_MAILERS, code="no_mailers"))
        return min(letters, key=lambda card: not card.enabled)

    def save(self, form: SaveMailingForm) -> Report:
        """The next version of what a mailing says; an approval of the former does not hold for it."""

        def work(session: Session, by: str) -> Line:
            row = rows.locked(session, form.mailing)
            _refuse_over(row)
            said = reading.document_of(form.document).model_copy(update={"key": row.key})
            former = rows.last(session, form.mailing)
            self._refuse_unseen(session, former, form.seen)
            document = said.model_dump(mode="json")
            if document == MailDocument.model_validate(former.document).model_dump(mode="json"):
                return self.line(row, translate(SAME, n=former.n))
            self._refuse_listed(session, row, said)
            kept = rows.keep(session, self.clock, form.mailing, document, by)
            row.title, row.ground = said.title, said.ground
            row.offer = row.offer or ("" if row.listed_at else named_in(said))
            lost = row.stage != Stage.DRAFT and rows.take_approval_away(session, self.clock, row)
            return self.line(row, translate(SAVED, n=kept.n), *([translate(ASKED_ANEW)] if lost else []))

        return self._ordered(SAVE, form.person, work)

    def _refuse_unseen(self, session: Session, former: MailingVersion, seen: int) -> None:
        """Refuse to write over what somebody else has saved meanwhile; the same words under another number are not."""
        if seen in (0, former.n):
            return
        mine = rows.numbered(session, former.mailing_id, seen)
        if mine is not None and mine.document == former.document:
            return
        at = f"{local(former.made_at, self.house.workspace.company.zone):%d.%m %H:%M}"
        words = {"person": self._name(former.made_by), "n": former.n, "at": at, "seen": seen}
        raise Refused(because(SAVED_MEANWHILE, code=OVERTAKEN, **words))

    def _refuse_listed(self, session: Session, row: Mailing, said: MailDocument) -> None:
        """What the list was made for stays: its variants, and whether it is advertising."""
        if row.listed_at is None:
            return
        missing = rows.variants_listed(session, row.id or 0) & {"A", "B", "C"} - {one.name for one in said.variants}
        if missing:
            raise Refused(because(VARIANTS_LISTED, code="variants_listed", variants=", ".join(sorted(missing))))
        if said.ground != row.ground:
            raise Refused(because(GROUND_LISTED, code="ground_listed"))

    def set_up(self, form: SetUpMailingForm) -> Report:
        """To whom, by whom, when; whoever approved other recipients is asked again."""

        def work(session: Session, by: str) -> Line:
            row = rows.locked(session, form.mailing)
            if row.listed_at is not None and row.public is not form.public:
                return self._off_the_archive(row, form)
            _refuse_over(row, may_go=True)
            before, said = whom(row), self._read(session, row, form)
            if row.listed_at is not None and any(getattr(row, name) != said[name] for name in FIXED):
                raise Refused(because(LISTED, code="listed"))
            for name, value in said.items():
                setattr(row, name, value)
            session.flush()
            lost = whom(row) != before and row.stage != Stage.DRAFT
            lost = lost and rows.take_approval_away(session, self.clock, row)
            trial = reading.trial_told(row.split, self._variants(session, form.mailing))
            notes = [trial] * bool(trial) + [translate(SHOWN_TO_ALL)] * row.public + [translate(ASKED_ANEW)] * lost
            return self.line(row, self._told(session, row), *notes)

        return self._ordered(SET_UP, form.person, work)

    @staticmethod
    def _last(session: Session, mailing: int) -> MailDocument:
        return MailDocument.model_validate(rows.last(session, mailing).document)

    def _variants(self, session: Session, mailing: int) -> list[str]:
        return [one.name for one in self._last(session, mailing).variants]

    def _off_the_archive(self, row: Mailing, form: SetUpMailingForm) -> Line:
        """What has gone is no longer shown, at once and whatever became of it; nothing else of it changes."""
        if form.public:
            raise Refused(because(ONLY_OFF, code="listed"))
        row.public = False
        return self.line(row, translate(NO_LONGER_PUBLIC))

    def _read(self, session: Session, row: Mailing, form: SetUpMailingForm) -> dict[str, Any]:
        include, exclude = reading.keys_of(form.include), reading.keys_of(form.exclude)
        for group in set(include) & set(exclude):
            raise Refused(because(BOTH, code="both", group=group))
        check_recipients(session, include, exclude)
        if form.public and row.ground == Ground.SERVICE:
            raise Refused(because(NOT_PUBLIC, code="not_public"))
        variants = self._variants(session, form.mailing)
        caps = {"number": form.cap_number, "days": form.cap_days} if form.cap_number else {}
        try:
            split = reading.shares_of(form.shares, variants)
            split |= reading.trial_of(split, variants, by_of(form.judged_by), form.after_hours, form.otherwise)
            said: dict[str, Any] = {"hours": reading.hours_of(form.hours), "split": split}
            moment = self._moment(session, row, form)
        except Unreadable as error:
            raise Refused(error.reason) from None
        groups = {"include": list(include), "exclude": list(exclude)} if include or exclude else {}
        return said | moment | {
            "groups": groups, "account": self._mailer(form.account),
            "cascade": self._mailer(form.cascade, AddressKind.PHONE), "caps": caps,
            "resend_unknown": form.resend_unknown, "public": form.public,
            "offer": offer_called(session, form.offer) or named_in(self._last(session, form.mailing)),
        }  # fmt: skip

    def _mailer(self, said: str, kind: AddressKind | None = None) -> str:
        """The key of the mailer that is named by key or title; "" stays "". Raises Refused."""
        if not said.strip():
            return ""
        known = {card.key: card.title for card in self.house.mailers}
        key = refer(said, known)
        card = self.house.mailer_card(key) if key else None
        if card is None:
            raise Refused(because(NO_MAILER, code="no_mailer", said=said, known=", ".join(known) or "—"))
        if not card.enabled:
            raise Refused(because(OFF, code="mailer_off", title=card.title))
        if kind is not None and self.house.kind_of(card) is not kind:
            raise Refused(because(NOT_SHORT, code="not_short", title=card.title))
        return card.key

    def _moment(self, session: Session, row: Mailing, form: SetUpMailingForm) -> dict[str, Any]:
        """The wall time and the instant at which it begins: where all have their own zone, in the first of them."""
        company = self.house.workspace.company
        wall = reading.wall_of(form.at, local(self.house.now(), company.zone))
        found: dict[str, Any] = {"wall_time": wall, "zone": company.zone, "by_recipient": form.by_recipient,
                                 "due_at": None}  # fmt: skip
        if not wall:
            return found
        if (wall, form.by_recipient) == (row.wall_time, row.by_recipient) and row.due_at is not None:
            return found | {"due_at": row.due_at, "zone": row.zone}  # a time that was set before may have passed
        now, usual = now_by(self.clock, session), instant(wall, company.zone)
        if usual <= now:
            raise Refused(because(PAST, code="past", time=wall.replace("T", " ")))
        if form.by_recipient:
            outlets = [one.zone or "" for one in company.outlets]
            for zone in rows.zones(session, outlets):
                if instant(wall, zone) <= now:
                    raise Refused(because(PAST_THERE, code="past", zone=zone, time=wall.replace("T", " ")))
                usual = min(usual, instant(wall, zone))
        return found | {"due_at": usual}

    def _told(self, session: Session, row: Mailing) -> str:
        titles = rows.titles_of_groups(session, row.groups.get("include") or ())
        groups = ", ".join(map(quoted, titles)) or translate(NOBODY_YET)
        card = self.house.mailer_card(row.account)
        when = translate(NO_TIME_YET)
        if row.wall_time:
            said = f"{datetime.fromisoformat(row.wall_time):%d.%m.%Y %H:%M}"
            when = translate(AT_EACH if row.by_recipient else AT, time=said)
        return translate(GOES, groups=groups, mailer=card.title if card else translate(NO_MAILER_YET), when=when)

    def line(self, row: Mailing, said: str, *notes: str, done: bool = True) -> Line:
        """What came of an order about a mailing."""
        label = translate(CALLED, id=row.id or 0, title=row.title)
        return Line(
            id=row.id or 0, label=label, said=said, done=done, url=page_of(self.house, row.id or 0), notes=notes
        )

    def _name(self, person: str) -> str:
        return next((one.name for one in self.house.workspace.company.people if one.key == person), person)

    def _ordered(self, title: str, person: str, work: Callable[[Session, str], Line]) -> Report:
        try:
            by = writer_of_mailings(self.house, person)
            with self.house.sessions.begin() as session:
                return Report(title=translate(title), lines=(work(session, by),))
        except Refused as refused:
            return Report(title=translate(title), refusal=refused.reason)


def writer_of_mailings(house: House, name: str) -> str:
    """The key of the person of this name, who may write mailings. Raises Refused."""
    who = person_called(name, whoever_is_here(house))
    if Permission.CUSTOMERS not in permissions_of(list(who.roles)):
        raise Refused(because(MAY_NOT, code="not_entitled", person=who.name))
    return who.key


FIXED = ("groups", "account", "cascade", "wall_time", "by_recipient", "split", "offer")


def whom(row: Mailing) -> dict[str, Any]:
    """What an approver approves beside the words: to whom it goes, by whom, in which shares, how often at most.

    What is as it always was is not written: it would make other prints of what was approved before.
    """
    return {
        "groups": row.groups, "account": row.account, "cascade": row.cascade, "split": row.split, "caps": row.caps,
        "ground": str(row.ground),
    } | ({"public": True} if row.public else {}) | ({"offer": row.offer} if row.offer else {})  # fmt: skip


def page_of(house: House, mailing: int) -> str:
    return f"{house.staff_url}/staff/mailings/{mailing}"


def _called(kind: str, said: str, known: Mapping[str, str]) -> str:
    """The key of what is named by key or title; "" stays "". Raises Refused."""
    if not said.strip():
        return ""
    key = refer(said, known)
    if key is None:
        raise Refused(unknown(kind, said, known))
    return key


def _refuse_over(row: Mailing, may_go: bool = False) -> None:
    """Refuse to change what is over, or what is being sent; of that one at most hours may change."""
    if row.stage == Stage.SENT:
        raise Refused(because(IS_OVER, code="over"))
    if row.stage == Stage.CANCELLED:
        raise Refused(because(IS_CANCELLED, code="cancelled"))
    if row.stage == Stage.SENDING and not may_go:
        raise Refused(because(IS_SENT_NOW, code="sending"))
