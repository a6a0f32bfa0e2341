"""What the pages about offers show, made of one look at the database. It knows no Prefect and changes nothing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from models.database import now_by
from models.desk import Visitor
from models.desk.offers import (
    MANY,
    BatchLine,
    HappenedLine,
    Named,
    OfferLine,
    OfferLook,
    OfferPage,
    OffersPage,
    OfferVersionLine,
    Waiting,
)
from models.locale import mark, translate
from models.offer_form import OfferFields
from models.offer_orders import MakeOfferForm
from models.offers import CodeKind, Invitation, OfferTerms
from models.people import Permission
from models.reason import NO_REASON, Reason, because
from models.redemptions import CouponEvent, Happened, Limit, OfferCounter, OfferRow, OfferStage, OfferVersion
from tasks.answering.counting import sittings_of
from tasks.answering.rows import counted
from tasks.approval.rules import Who
from tasks.house import House
from tasks.offering import rows
from tasks.offering.asking.engine import OfferApproval
from tasks.offering.engine import Offering
from tasks.offering.filling import difference, field_of, fields_of
from tasks.offering.knowledge import Knowledge
from tasks.offering.shown import rows as looks
from tasks.offering.shown.bars import bars_of, money_bar, uses_bar
from tasks.offers.summary import summary
from tasks.offers.writing import written
from tasks.schedule.wall import local

MOST = 200
OPEN_KINDS, SITTINGS_MOST = (Limit.TOTAL, Limit.BUDGET, Limit.UNITS, Limit.OUTLET), 200
NOT_FILLED_IN = ("person", "reason", "file")
UNREAD = mark("This does not fit here. Correct it.")


class ShownOffers:
    """The offers of one house as pages show them."""

    def __init__(self, house: House) -> None:
        self.house, self.clock, self.approval = house, house.clock, OfferApproval(house)
        self.questions = self.approval.questions

    def offers(self) -> OffersPage:
        """All of them, those that wait for somebody first."""
        with self.house.reads() as session:
            found = rows.newest(session, MOST + 1)
            known, now = rows.knowledge(session, self.house.workspace), now_by(self.clock, session)
            figures = rows.figures(session, [one.id or 0 for one in found])
            terms = rows.latest_terms(session, found)
            asked = {id for _, id in self.questions.all_asked(session)}
            lines = [
                self._line(one, terms[one.id or 0], figures[one.id or 0], known, now, (one.id or 0) in asked)
                for one in found[:MOST] if one.id in terms
            ]  # fmt: skip
        return OffersPage(lines=tuple(sorted(lines, key=lambda one: not one.waits)), is_cut=len(found) > MOST)

    def _line(
        self, row: OfferRow, terms: OfferTerms, figures: rows.Figures, known: Knowledge, now: datetime, waits: bool
    ) -> OfferLine:  # fmt: skip
        limits, words = terms.limits, known.words
        left = limits.total - figures.used - figures.held if limits.total else None
        return OfferLine(
            key=row.key, title=row.title, stage=OfferStage(row.stage), says=summary(terms, words)[1],
            first_day=terms.first_day, last_day=terms.last_day, waits=waits,
            is_coming=row.stage == OfferStage.OPEN and row.starts_at is not None and row.starts_at > now,
            campaign=words.campaigns.get(row.campaign, row.campaign), made_by=self._name(row.made_by),
            issued=figures.issued, used=figures.used, held=figures.held, left=left,
            bars=tuple(bar for bar in (uses_bar(terms, figures), money_bar(terms, figures, words.currency)) if bar),
        )  # fmt: skip

    # One of them.

    def offer(self, key: str, visitor: Visitor) -> OfferPage | None:
        with self.house.reads() as session:
            row = rows.by_key(session, key)
            return self._page(session, row, visitor) if row is not None else None

    def _page(self, session: Session, row: OfferRow, visitor: Visitor) -> OfferPage:
        id, known, now = row.id or 0, rows.knowledge(session, self.house.workspace), now_by(self.clock, session)
        versions, found = rows.versions(session, id), self.questions.asked(session, id)
        approved = next((one for one in versions if one.hash == row.approved_hash), None)
        terms, last = rows.terms_of(approved or versions[0]), rows.terms_of(versions[0])
        figures, counters = rows.figures(session, [id])[id], self._counters(session, id)
        is_invitation = isinstance(terms.gives, Invitation)
        lines = self._versions(session, row, versions)
        may_ask = row.stage != OfferStage.ENDED and found is None and versions[0].hash != row.approved_hash
        may_ask = may_ask and lines[0].decision != "returned"
        return OfferPage(
            line=self._line(row, terms, figures, known, now, found is not None), says=summary(terms, known.words)[1:],
            text=written(last), seen=versions[0].n, reason=row.reason if row.stage == OfferStage.STOPPED else "",
            waiting=self._waiting(session, row, versions, approved, known, visitor) if found else None,
            may_ask=may_ask, is_approved=approved is not None, code_kind=terms.codes.kind,
            word=terms.codes.word if terms.codes.kind is CodeKind.GENERIC else "",
            bars=bars_of(terms, figures, counters, known.words),
            sittings=sittings_of(terms, counted(session, id, now), counters, known.words) if is_invitation else (),
            versions=lines, batches=self._batches(session, row),
            happened=tuple(self._happened(one) for one in looks.of_offer(session, id)),
            groups=tuple(Named(key=key, title=title) for key, title in sorted(known.customer_groups.items())),
        )  # fmt: skip

    def _counters(self, session: Session, offer: int) -> Sequence[OfferCounter]:
        """The fullest of each kind, and those of all sittings."""
        seats = rows.counters(session, offer, (Limit.SEATS,), SITTINGS_MOST)
        return [*rows.counters(session, offer, OPEN_KINDS), *seats]

    def _versions(
        self, session: Session, row: OfferRow, versions: Sequence[OfferVersion]
    ) -> tuple[OfferVersionLine, ...]:  # fmt: skip
        decided = {one.version: one for one in self.questions.decisions(session, row.id or 0)}
        told = []
        for place, one in enumerate(versions):
            before, said = versions[place + 1] if place + 1 < len(versions) else None, decided.get(one.hash)
            changes = _changes(before, one) if before else ()
            told.append(OfferVersionLine(
                n=one.n, hash=one.hash, made_by=self._name(one.made_by), made_at=one.made_at, changes=changes,
                in_force=one.hash == row.approved_hash, decision=said.decision if said else "",
                decided_by=self._name(said.person) if said else "", proven=bool(said and said.proven),
                reason=said.reason if said else "",
            ))  # fmt: skip
        return tuple(told)

    def _waiting(
        self, session: Session, row: OfferRow, versions: Sequence[OfferVersion], approved: OfferVersion | None,
        known: Knowledge, visitor: Visitor,
    ) -> Waiting | None:  # fmt: skip
        found = self.questions.asked(session, row.id or 0)
        version = next((one for one in versions if found and one.hash == found.version), None)
        if found is None or version is None:
            return None
        terms = rows.terms_of(version)
        changes = _changes(approved, version) if approved else ()
        return Waiting(
            version=version.hash, n=version.n, asked_of=self._name(found.request.asked_of), until=found.request.due_at,
            says=summary(terms, known.words)[1:], changes=changes,
            objection=self.approval.objection(session, row, found.request, version, _who(visitor))
            if visitor.may(Permission.APPROVE) else NO_REASON,
        )  # fmt: skip

    def _batches(self, session: Session, row: OfferRow) -> tuple[BatchLine, ...]:
        zone, taken = self.house.workspace.company.zone, looks.taken(session, row.key)
        return tuple(
            BatchLine(
                id=one.id or 0, kind=one.kind, title=one.title, made=one.made, wanted=one.wanted,
                made_by=self._name(one.made_by), made_at=one.made_at,
                taken=tuple(f"{self._name(it.person)}, {local(it.given_at, zone):%d.%m.%Y %H:%M}" for it in taken
                            if it.form.get("batch") == one.id),
            )
            for one in rows.batches(session, row.id or 0)
        )  # fmt: skip

    def _happened(self, event: CouponEvent) -> HappenedLine:
        return HappenedLine(at=event.at, what=Happened(event.what), by=self._name(event.by), outlet=event.outlet,
                            said=event.said)  # fmt: skip

    # The form.

    def blank(self, like: str = "") -> OfferLook:
        """A new offer, or what another one says with a new title and key."""
        with self.house.reads() as session:
            row = rows.by_key(session, like) if like else None
            values = fields_of(rows.terms_of(rows.last(session, row.id or 0))) | {"seen": 0} if row else {}
        return self._looked_at(values, "", is_new=True) if values else self._bare({}, "", is_new=True)

    def filled_of(self, key: str) -> OfferLook | None:
        """What an offer says, to be changed."""
        with self.house.reads() as session:
            row = rows.by_key(session, key)
            if row is None:
                return None
            last = rows.last(session, row.id or 0)
        return self._looked_at(fields_of(rows.terms_of(last), key, last.n), key, is_new=False)

    def looked_at(self, values: Mapping[str, Any], key: str) -> OfferLook:
        """What was filled in, with what it comes to."""
        return self._looked_at(values, key, is_new=not key)

    def _looked_at(self, values: Mapping[str, Any], key: str, is_new: bool) -> OfferLook:
        bare = self._bare(values, key, is_new)
        try:
            form = MakeOfferForm.model_validate({**values, "person": "desk"})
        except ValidationError as error:
            wrong = {str(one["loc"][0]): (because(UNREAD, code="unread"),) for one in error.errors() if one["loc"]}
            return bare.model_copy(update={"wrong": wrong})
        read = Offering(self.house).looked_at(form)
        if read.terms is None:
            found: dict[str, tuple[Reason, ...]] = {}
            for problem in read.problems:
                field = field_of(problem.place.field) if not form.text.strip() else "text"
                found[field] = (*found.get(field, ()), problem.reason)
            return bare.model_copy(update={"wrong": found, "objections": found.pop("", ())})
        with self.house.reads() as session:
            words = rows.knowledge(session, self.house.workspace).words
        return bare.model_copy(update={"says": summary(read.terms, words)})

    def _bare(self, values: Mapping[str, Any], key: str, is_new: bool) -> OfferLook:
        company = self.house.workspace.company
        choices: dict[str, Iterable[Any]] = {
            "campaign": company.campaigns, "fund": company.funds, "goal": company.goals,
        }  # fmt: skip
        named = {name: tuple(Named(key=one.key, title=one.title) for one in some) for name, some in choices.items()}
        with self.house.reads() as session:
            words = rows.knowledge(session, self.house.workspace).words
        several = (words.outlets, words.channels, words.customer_groups, words.customer_groups)
        for name, titles in zip(MANY, several, strict=True):
            named[name] = tuple(Named(key=key, title=title) for key, title in titles.items())
        return OfferLook(key=key, values=values, choices=named, is_new=is_new)

    def _name(self, person: str) -> str:
        return next((one.name for one in self.house.workspace.company.people if one.key == person), person)


def _who(visitor: Visitor) -> Who:
    return Who(visitor.key, visitor.name, tuple(visitor.roles))


def _changes(former: OfferVersion, later: OfferVersion) -> tuple[tuple[str, str, str], ...]:
    """What is different, by the titles of the form's fields."""
    found = difference(rows.terms_of(former), rows.terms_of(later))
    return tuple((_titled(path), was, now) for path, was, now in found)


def _titled(path: str) -> str:
    field = OfferFields.model_fields.get(field_of(path))
    return translate(field.title) if field and field.title else path


def form_of_fields(fields: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """What a page of the desk sent, as the form's fields: an unticked box is absent, an emptied field is as usual."""
    known = {name: field for name, field in OfferFields.model_fields.items() if name not in NOT_FILLED_IN}
    said = {name: value for name, value in fields if value.strip() or name not in known or known[name].default == ""}
    checks = {name: name in said for name, field in known.items() if field.annotation is bool}
    several = {name: ", ".join(value for field, value in fields if field == name) for name in MANY}
    return {name: value for name, value in said.items() if name in known} | several | checks
