"""What the pages about mailings show, made of one look at the database. It knows no Prefect and changes nothing."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from models.approval import OF_MAILINGS
from models.customers import AddressKind
from models.database import now_by, reading
from models.delivery import State
from models.desk import Visitor
from models.desk.mailings import (
    ASK,
    DECIDE,
    RUN,
    SAVE,
    SET_UP,
    TEST,
    UNKNOWN,
    WINNER,
    Choice,
    Choices,
    Finding,
    MailingLine,
    MailingPage,
    MailingsPage,
    Preview,
    Progress,
    ShortWay,
    VariantLine,
    VersionLine,
)
from models.letters import Ground
from models.locale import translate
from models.mail_document import MailDocument
from models.mailings import Mailing, MailingVersion, Stage
from models.people import Permission
from models.reason import NO_REASON, Reason
from models.trial import BY_TITLES, known
from tasks.approval import rows as approval
from tasks.approval.single import rows as asking
from tasks.composing.compiled import Variant
from tasks.composing.compiled import read as read_compiled
from tasks.composing.expressions import MARK
from tasks.composing.filling import filled
from tasks.composing.held import HeldBack
from tasks.composing.preview import preview, preview_text
from tasks.composing.starters import TITLES
from tasks.groups import rows as groups
from tasks.groups.figures.rows import reach_of_groups
from tasks.house import House
from tasks.mailing.composed.engine import Composing
from tasks.mailing.coupons.rows import offers
from tasks.mailing.life import outset
from tasks.mailing.life import reading as written
from tasks.mailing.life import rows as life
from tasks.mailing.running import rows as running
from tasks.mailing.shown import rows
from tasks.mailing.shown.progress import progress_of
from tasks.mailing.shown.wording import held_lines
from tasks.mailing.testing import rows as tests
from tasks.mailing.testing.engine import NO_CUSTOMER, NO_VARIANT, Testing
from tasks.mailing.writing.fields import known_fields
from tasks.reactions_to_mailings.facts import subject_of
from tasks.reactions_to_mailings.rows import last_values
from tasks.reactions_to_mailings.winners.rows import settled
from tasks.returns.marks import preview_mark
from tasks.returns.sums.rows import by_variant, funnel
from tasks.schedule.wall import local

LINES_MOST, UNKNOWN_MOST = 100, 200
CHANGEABLE = (Stage.DRAFT, Stage.ASKED, Stage.APPROVED, Stage.PAUSED)
OVER = (Stage.SENT, Stage.CANCELLED)


class Shown:
    """The pages of one house."""

    def __init__(self, house: House) -> None:
        self.house, self.clock, self.composing = house, house.clock, Composing(house)

    def mailings(self) -> MailingsPage:
        """All mailings, a hundred of them."""
        with reading(self.house.engine) as session:
            found = rows.listed(session, LINES_MOST + 1)
            ids = [row.id or 0 for row in found[:LINES_MOST]]
            subjects, states = rows.subjects(session, ids), running.progress(session, ids)
            moving = [row.id or 0 for row in found if row.stage == Stage.SENDING]
            going = self._progress(session, found[:LINES_MOST], states, moving)
        lines = tuple(self._line(row, subjects.get(row.id or 0, ""), going[row.id or 0]) for row in found[:LINES_MOST])
        return MailingsPage(lines=lines, is_cut=len(found) > LINES_MOST)

    def _progress(
        self, session: Session, found: Sequence[Mailing], states: Mapping[int, Mapping[str, int]], moving: list[int]
    ) -> dict[int, Progress]:
        """How far each is; `moving` are those whose letters go."""
        lately, waiting = running.lately(session, self.clock, moving), running.waiting(session, self.clock, moving)
        now = now_by(self.clock, session)
        ids = {row.id or 0: row for row in found}
        return {
            id: progress_of(row, states[id], lately.get(id, 0), running.LATELY, waiting.get(id), now)
            for id, row in ids.items()
        }  # fmt: skip

    def mailing(self, id: int, visitor: Visitor) -> MailingPage | None:
        """One mailing whole; None where there is none."""
        with reading(self.house.engine) as session:
            row = session.get(Mailing, id)
            if row is None:
                return None
            versions = life.versions(session, id)
            last = versions[0]
            states = running.progress(session, [id])[id]
            progress = self._progress(session, [row], {id: states}, [id])[id]
            progress = progress.model_copy(update={"held": held_lines(running.counts(session, id))})
            unknown = rows.unknown(session, id, UNKNOWN_MOST)
            waiting = running.waits_for_winner(session, id)
            line = self._line(row, rows.subjects(session, [id]).get(id, ""), progress)
            reach = self._reach(session, row)
            expected = {} if progress.total else self.composing.reach(session, row)
            recipients = progress.total or sum(expected.values())
            line = line.model_copy(update={"recipients": recipients} | self._shares(session, row, states))
            return MailingPage(
                line=line, document=last.document, version=last.n, version_hash=last.hash, set_up=set_up_of(row),
                choices=self._choices(session), reach=reach, findings=self._findings(session, row, last),
                versions=self._versions(session, id, versions), unknown=unknown,
                may=self._may(row, visitor, bool(unknown), bool(waiting)), tests=tests.number(session, id),
                took=_took(row), variants=self._variants(session, row, last), waiting=waiting,
                report=f"/staff/mailings/{id}/report" if row.listed_at else "",
                short=self._short(row, expected), **self._asked(session, id),
            )  # fmt: skip

    def _line(self, row: Mailing, subject: str, progress: Progress) -> MailingLine:
        company = self.house.workspace.company
        campaigns = {one.key: one.title for one in company.campaigns}
        return MailingLine(
            id=row.id or 0, title=row.title, ground=Ground(row.ground), stage=Stage(row.stage), subject=subject,
            at=row.due_at, groups=tuple(row.groups.get("include") or ()),
            campaign=campaigns.get(row.campaign, row.campaign), recipients=progress.total, progress=progress,
            currency=company.currency, made_by=self._name(row.made_by),
        )  # fmt: skip

    def _reach(self, session: Session, row: Mailing) -> dict[str, dict[str, int]]:
        """How many addresses of its groups may be written to by kind, and of the others why not."""
        named, found = row.groups, dict[str, dict[str, int]]()
        if not named.get("include") or row.listed_at is not None:
            return found  # once there is a list, its letters say more
        kinds = {AddressKind.EMAIL.value, *([AddressKind.PHONE.value] if row.cascade else [])}
        card = self.house.mailer_card(row.account)
        kinds = {self.house.kind_of(card).value, *(kinds - {"email"})} if card else kinds
        counted = reach_of_groups(session, self.clock, named["include"], named.get("exclude") or ())
        for (kind, why), number in counted.items():
            if kind in kinds:
                found.setdefault(kind, {})[why] = number
        return found

    def _short(self, row: Mailing, expected: Mapping[AddressKind, int]) -> ShortWay | None:
        """By whom short messages of it go, the cascade's or the mailing's own."""
        cards = (self.house.mailer_card(key) for key in (row.cascade, row.account) if key)
        card = next((one for one in cards if one and self.house.kind_of(one) is AddressKind.PHONE), None)
        if card is None:
            return None
        currency = self.house.workspace.company.currency
        return ShortWay(recipients=expected.get(AddressKind.PHONE, 0), price=card.price, currency=currency)

    def _findings(self, session: Session, row: Mailing, last: MailingVersion) -> tuple[Finding, ...]:
        if row.stage not in CHANGEABLE:
            return ()
        return self.composing.checked(session, row, MailDocument.model_validate(last.document), last.n).findings

    def _versions(self, session: Session, id: int, versions: Sequence[MailingVersion]) -> tuple[VersionLine, ...]:
        decided = {one.version: one for one in asking.decisions(session, asking.subject_of(OF_MAILINGS, id))}
        found = []
        for one in versions:
            said = decided.get(one.hash)
            told = (
                {"decision": said.decision, "decided_by": self._name(said.person), "reason": said.reason}
                if said
                else {}
            )
            found.append(
                VersionLine(n=one.n, hash=one.hash, made_by=self._name(one.made_by), made_at=one.made_at, **told)
            )
        return tuple(found)

    def _asked(self, session: Session, id: int) -> dict[str, Any]:
        found = asking.asked(session, asking.subject_of(OF_MAILINGS, id))
        if found is None:
            return {}
        company = self.house.workspace.company
        roster = approval.roster(session, local(self.house.now(), company.zone).date(), company.approval.approver)
        answers = roster.duty(found.request.asked_of).answers
        return {"asked_of": self._name(answers), "asked_until": found.request.due_at}

    def _shares(self, session: Session, row: Mailing, states: Mapping[str, int]) -> dict[str, Any]:
        """How many of those who got it opened it and followed a link, people and not machines; what they brought."""
        if row.stage not in (*OVER, Stage.PAUSED) or not _gone(states):
            return {}
        found, known = funnel(session, row.id or 0), [subject_of(row.id or 0, variant) for variant in "ABC"]
        owed = last_values(session, known, ["mail_revenue"])
        shares: dict[str, Any] = (
            {"revenue_per_1000": round(1000 * sum(owed.values()) / found.sent)} if owed and found.sent else {}
        )
        if found.delivered:
            shares |= {"opened": found.opened / found.delivered, "clicked": found.clicked / found.delivered}
        return shares

    def _variants(self, session: Session, row: Mailing, last: MailingVersion) -> tuple[VariantLine, ...]:
        said = last.document.get("variants") or []
        if len(said) < 2 or row.listed_at is None:
            return ()
        found, lines = by_variant(session, row.id or 0), []
        decided = settled(session, row.id or 0)
        for one in said:
            came = found.get(one["name"])
            delivered = came.delivered if came else 0
            shares = (
                {"opened": came.opened / delivered, "clicked": came.clicked / delivered} if came and delivered else {}
            )
            ahead = decided is not None and decided.winner == one["name"]
            sent = came.sent if came else 0
            lines.append(VariantLine(name=one["name"], subject=one["subject"], sent=sent, ahead=ahead, **shares))
        return tuple(lines)

    def _may(self, row: Mailing, visitor: Visitor, unknown: bool, waiting: bool) -> frozenset[str]:
        """What this reader may order now."""
        writes, stage = visitor.may(Permission.CUSTOMERS), Stage(row.stage)
        said = {
            SAVE: writes and stage in CHANGEABLE, SET_UP: writes and stage not in OVER,
            TEST: writes and stage is not Stage.CANCELLED, ASK: writes and stage in (Stage.DRAFT, Stage.PAUSED),
            DECIDE: visitor.may(Permission.APPROVE) and stage is Stage.ASKED, RUN: writes and stage not in OVER,
            UNKNOWN: unknown and visitor.may(Permission.DECIDE_UNKNOWN),
            WINNER: writes and waiting and stage in (Stage.SENDING, Stage.PAUSED),
        }  # fmt: skip
        return frozenset(code for code, may in said.items() if may)

    def choices(self) -> Choices:
        """What the forms offer."""
        with reading(self.house.engine) as session:
            return self._choices(session)

    def _choices(self, session: Session) -> Choices:
        at, company = self.house, self.house.workspace.company
        sizes = {id: build.size for id, build in groups.last_builds(session).items()}
        cards = [card for card in at.mailers if card.enabled]
        letters = [card for card in cards if at.kind_of(card) is AddressKind.EMAIL]
        short = [card for card in cards if at.kind_of(card) is AddressKind.PHONE]
        return Choices(
            starters=tuple(
                Choice(key=key, title=translate(TITLES[key]), kinds=outset.kinds_of(key, company.locale, at.public_url))
                for key in outset.ready_for(known_fields(), company.locale, at.public_url)
            ),
            known=known_fields(),
            groups=tuple(
                Choice(key=one.key, title=one.title, about=str(sizes.get(one.id or 0, "")))
                for one in groups.groups(session)
            ),
            accounts=tuple(Choice(key=card.key, title=card.title, about=card.sender) for card in letters),
            short_accounts=tuple(Choice(key=card.key, title=card.title) for card in short),
            campaigns=tuple(Choice(key=one.key, title=one.title) for one in company.campaigns),
            goals=tuple(Choice(key=one.key, title=one.title) for one in company.goals),
            offers=tuple(Choice(key=key, title=title, about=stage) for key, title, stage in offers(session)),
            colleagues=tuple(Choice(key=one.key, title=one.name) for one in company.people if one.email),
            mailings=tuple(
                Choice(key=str(one.id), title=one.title, about=f"№ {one.id}") for one in life.newest(session, 50)
            ),
        )  # fmt: skip

    def preview(self, id: int, variant: str, customer: int, document: str = "") -> Preview:
        """A variant as a customer would get it, or somebody made up; of the last version, or of a draft."""
        with reading(self.house.engine) as session:
            row = session.get(Mailing, id)
            if row is None:
                return Preview(held=NO_REASON)
            version = life.last(session, id)
            said, problems = written.looked_through(document or version.document)
            if said is None:
                return Preview(held=problems[0].reason)
            said = said.model_copy(update={"key": row.key})
            made = self._approved_or_made(session, row, version, said, bool(document))
            if isinstance(made, Reason):
                return Preview(held=made)
            chosen = next((one for one in made.variants if one.name == variant), None)
            if chosen is None:
                known = ", ".join(one.name for one in made.variants)
                return Preview(
                    held=Reason(code="no_variant", text=NO_VARIANT, words={"variant": variant, "known": known})
                )
            trying = Testing(self.house)
            person = trying.whose(session, made, customer) if customer else trying.made_up(made, said)
            if person is None:
                return Preview(held=Reason(code="no_customer", text=NO_CUSTOMER, words={"id": customer}))
        marked = {**person, MARK: preview_mark(self.house.printed, version.id or 0, variant)}
        try:
            subject = filled(chosen.direct.form.subject, chosen.direct.values(marked))
            html, text = preview(chosen, marked), preview_text(chosen, marked)
        except HeldBack as held:
            return Preview(held=held.reason)
        preheader, size = next(one.preheader for one in said.variants if one.name == variant), len(html.encode())
        return Preview(subject=subject, preheader=preheader, html=html, text=text, size_kb=size / 1000,
                       **_short_message(chosen, marked))  # fmt: skip

    def _approved_or_made(
        self, session: Session, row: Mailing, version: MailingVersion, said: MailDocument, is_draft: bool
    ) -> Any:
        """What was asked about is shown as it will go; anything else is made with the feed and the brand of now."""
        if version.compiled and not is_draft:
            return read_compiled(version.compiled)
        made = self.composing.made(session, row, said, version.n)
        return made.compiled or made.problems[0].reason

    def _name(self, person: str) -> str:
        return next((one.name for one in self.house.workspace.company.people if one.key == person), person)


def _short_message(chosen: Variant, person: Mapping[str, Any]) -> dict[str, Any]:
    """The short message of a variant, or why it cannot be written for this one."""
    if chosen.sms is None:
        return {}
    try:
        return {"sms": filled(chosen.sms.form.text, chosen.sms.values(person))}
    except HeldBack as held:
        return {"sms_held": held.reason}


def _gone(states: Mapping[str, int]) -> int:
    return states.get(State.SENT, 0) + states.get(State.CONFIRMED, 0)


def _took(row: Mailing) -> timedelta | None:
    return row.finished_at - row.listed_at if row.finished_at and row.listed_at else None


def set_up_of(row: Mailing) -> dict[str, object]:
    """To whom, by whom and when, as the form writes it."""
    split = row.split or {}
    shares = split.get("shares") or {}
    return {
        "include": ", ".join(row.groups.get("include") or ()), "exclude": ", ".join(row.groups.get("exclude") or ()),
        "account": row.account, "cascade": row.cascade, "at": row.wall_time.replace("T", " "),
        "by_recipient": row.by_recipient, "hours": row.hours,
        "shares": ", ".join(f"{name} {share / 10:g}" for name, share in sorted(shares.items())),
        "cap_number": (row.caps or {}).get("number", 0), "cap_days": (row.caps or {}).get("days", 7),
        "resend_unknown": row.resend_unknown, "public": row.public, "offer": row.offer,
        "judged_by": BY_TITLES[known(split.get("by"))], "after_hours": split.get("after_hours", 0),
        "otherwise": split.get("otherwise", ""),
    }  # fmt: skip
