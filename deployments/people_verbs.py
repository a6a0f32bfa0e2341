"""The verbs about people, done in the house: who is here, who is away, who may what, what each did."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from deployments.catalogue import CATALOGUE
from deployments.order_verbs import sentences
from integrations.errors import Refused
from models.database import reading
from models.desk import Choice, PersonLine, Visitor
from models.desk.people import AbsenceLine, Deed, DeedKind, MyPage, PersonPage
from models.locale import mark, translate
from models.people import Absence, Permission, Person, permissions_of
from models.reason import Reason, because
from models.staff import AbsenceForm, InviteForm, PersonForm
from tasks.company_file.engine import CompanyFile
from tasks.deeds.rows import done_by
from tasks.house import House
from tasks.orders.answers import Report
from tasks.passkeys.rows import numbers
from tasks.people import rows
from tasks.people.engine import Staff
from tasks.people.tokens import fingerprint

PAST_SHOWN = 5
ON_ITS_WAY = mark("The letter with the link is on its way; on this page you see whether the invitation is open.")


class PeopleVerbs:
    """People, as the administrator sees and changes them, and everybody sees themselves."""

    house: House
    chance: Callable[[], str]
    ordered: Callable[..., Report]
    handed_on: Callable[..., int]
    today: Callable[[], date]
    keep_people_in_step: Callable[[], None]

    @property
    def _staff(self) -> Staff:
        return Staff(self.house, self.chance, proven=True)

    def people(self) -> list[PersonLine]:
        with reading(self.house.engine) as session:
            return self._person_lines(session)

    def _person_lines(self, session: Session) -> list[PersonLine]:
        invited, seen = rows.open_invitations(session, self.house.clock), rows.last_seen(session)
        found, away, keys = rows.everybody(session), rows.absent_on(session, self.today()), numbers(session)
        names = {person.key: person.name for person in found}
        lines = [_line(person, invited, seen, away.get(person.key), names) for person in found]
        return [line.model_copy(update={"passkeys": keys.get(line.key, 0)}) for line in lines]

    def person_page(self, key: str, before: str = "") -> PersonPage | None:
        self.keep_people_in_step()
        with reading(self.house.engine) as session:
            person = session.get(Person, key)
            if person is None:
                return None
            lines = self._person_lines(session)
            deeds, older = done_by(session, key, before)
            page = PersonPage(
                line=next(line for line in lines if line.key == key), telegram=person.telegram,
                usual_deputy=_names(lines).get(person.deputy, person.deputy), deputy_key=person.deputy,
                sessions=rows.sessions_of(session, self.house.clock, key), colleagues=_colleagues(lines, key),
                absences=self._absences_of(session, key, _names(lines)), today=self.today(),
                is_last_admin=_is_last_admin(lines, key), mail_leaves=self.house.mail_leaves,
                deeds=tuple(map(_told, deeds)), older=older,
            )  # fmt: skip
        return page.model_copy(update=self._as_written(key))

    def _as_written(self, key: str) -> dict[str, object]:
        """How the person stands in company.yaml: only whoever stands there can be changed."""
        try:
            shown = CompanyFile(self.house).read().print_of("people", key=key)
        except Refused as refused:
            return {"in_file": False, "unreadable": refused.reason}
        return {"in_file": bool(shown), "print": shown}

    def _absences_of(self, session: Session, key: str, names: Mapping[str, str]) -> tuple[AbsenceLine, ...]:
        """Those to come and now, the next first, then the last that are over."""
        today, found = self.today(), rows.absences_of(session, key)
        lines = [_away(absence, names, today) for absence in found]
        to_come = [line for line in lines if not line.is_over]
        return (*to_come, *[line for line in reversed(lines) if line.is_over][:PAST_SHOWN])

    def order_person(self, visitor: Visitor, once: str, form: PersonForm, former: str = "") -> Sequence[Reason]:
        self.keep_people_in_step()
        form = form.model_copy(update={"person": visitor.key})
        report = self.ordered(
            visitor, once, "person", form.model_dump(), lambda: self._staff.person(form, former), ("person", form.who),
            private=("email", "telegram"),
        )  # fmt: skip
        return sentences(report)

    def order_absence(self, visitor: Visitor, once: str, form: AbsenceForm) -> Sequence[Reason]:
        self.keep_people_in_step()
        form = form.model_copy(update={"person": visitor.key})
        subject = ("person", form.who or visitor.key)
        act: Callable[[], Report] = lambda: self._staff.absence(form)  # noqa: E731
        return sentences(self.ordered(visitor, once, "absence", form.model_dump(), act, subject))

    def invite(self, visitor: Visitor, once: str, who: str) -> tuple[Sequence[Reason], str]:
        self.keep_people_in_step()
        form, links = InviteForm(who=who, person=visitor.key), [""]

        def act() -> Report:
            report, links[0] = self._staff.invite(form)
            return report

        report = self.ordered(visitor, once, "invite", form.model_dump(), act, ("person", who))
        return sentences(report), links[0]

    def invite_by_mail(self, visitor: Visitor, once: str, who: str) -> Sequence[Reason]:
        form = InviteForm(who=who, person=visitor.key)
        self.handed_on(visitor, once, "invite", form.model_dump(), ("person", who))
        return [because(ON_ITS_WAY, code="done")]

    def my_page(self, visitor: Visitor) -> MyPage:
        with reading(self.house.engine) as session:
            me, lines = session.get_one(Person, visitor.key), self._person_lines(session)
            names = _names(lines)
            return MyPage(
                email=me.email, telegram=me.telegram, deputy=names.get(me.deputy, me.deputy), today=self.today(),
                absences=self._absences_of(session, me.key, names), colleagues=_colleagues(lines, me.key),
            )  # fmt: skip

    def login_of(self, token: str) -> str:
        with reading(self.house.engine) as session:
            person = rows.invited(session, self.house.clock, fingerprint(token))
        return (person.email or person.key) if person else ""

    def is_new(self, visitor: Visitor) -> bool:
        with reading(self.house.engine) as session:
            person = session.get(Person, visitor.key)
        return person is not None and person.is_new

    def welcomed(self, visitor: Visitor) -> None:
        with self.house.sessions.begin() as session:
            session.get_one(Person, visitor.key).is_new = False


def _line(
    person: Person, invited: Mapping[str, datetime], seen: Mapping[str, datetime], away: Absence | None,
    names: Mapping[str, str],
) -> PersonLine:  # fmt: skip
    deputy = (away.deputy or person.deputy) if away else ""
    return PersonLine(
        key=person.key, name=person.name, email=person.email, roles=tuple(person.roles), active=person.active,
        has_password=bool(person.password_hash), invited_until=invited.get(person.key), seen_at=seen.get(person.key),
        away_until=away.to_date if away else "", deputy=names.get(deputy, deputy),
    )  # fmt: skip


def _names(lines: Sequence[PersonLine]) -> dict[str, str]:
    return {line.key: line.name for line in lines}


def _colleagues(lines: Sequence[PersonLine], but: str) -> tuple[Choice, ...]:
    """Who may be a deputy: everybody who is here, but for the person."""
    return tuple(Choice(key=line.key, title=line.name) for line in lines if line.active and line.key != but)


def _is_last_admin(lines: Sequence[PersonLine], key: str) -> bool:
    able = [line.key for line in lines if line.active and Permission.MANAGE_PEOPLE in permissions_of(list(line.roles))]
    return able == [key]


def _away(absence: Absence, names: Mapping[str, str], today: date) -> AbsenceLine:
    first, last = date.fromisoformat(absence.from_date), date.fromisoformat(absence.to_date)
    return AbsenceLine(first=first, last=last, deputy=names.get(absence.deputy, absence.deputy), is_over=last < today)


TITLES = {entry.tags[0]: entry for entry in CATALOGUE}


def _told(deed: Deed) -> Deed:
    """An order by the title its flow has in Prefect."""
    if deed.kind is not DeedKind.ORDER:
        return deed
    entry = TITLES.get(deed.code)
    return deed.model_copy(update={"title": entry.name if entry else translate(deed.code)})
