"""People as orders change them: company.yaml first, then the tables, then whoever must know. It knows no Prefect."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from integrations.channels.base import Call
from integrations.errors import Failure, Refused
from models.content import Effect
from models.delivery import Verb
from models.locale import mark, translate
from models.orders import Signed
from models.people import Permission, Person, Role
from models.post import Post
from models.reason import because
from models.staff import AWAY, CLEARED, ENLIST, LEAVE, SIGN_OUT, AbsenceForm, InviteForm, PersonForm
from tasks.approval.rules import Who
from tasks.company_file.edits import Edit
from tasks.company_file.engine import CompanyFile
from tasks.house import House
from tasks.notices.rows import Message, tell
from tasks.orders.answers import Line, Report
from tasks.orders.naming import entitled, person_called
from tasks.people import away, cards, rows
from tasks.people.tokens import fingerprint
from tasks.schedule.wall import local

TITLE, ABSENCE, INVITATION = mark("People"), mark("Absence"), mark("Invitation")
ENLISTED = mark("is one of the department now ({roles}); invite them next")
ALTERED = mark("is changed")
SAME = mark("is as it was: the form says nothing new")
LEFT = mark("has left: signed out everywhere, no invitation is good any more")
SIGNED_OUT = mark("is signed out everywhere: {number}")
IS_AWAY = mark("is away from {first} to {last}; {deputy}")
DEPUTY = mark("deputy: {name}")
NO_DEPUTY = mark("nobody answers meanwhile: name a deputy")
IS_BACK = mark("is not away from {first} after all")
INVITED = mark("is invited; the link is good once, for seven days")
SENT = mark("is invited: the link has gone to {email} and is good once, for seven days")
NO_MAIL = mark(
    "Mail is not set up, and a link is shown to nobody but the person. Make it on the desk (People) or: otdel invite"
)
NO_ADDRESS = mark("{name} has no e-mail in company.yaml. Write it there, or make the link on the desk.")
NOT_SENT = mark("The letter could not be sent: {reason} The link in it is void; send another, or make it on the desk.")
NOT_ONES_OWN = mark("{person} may write down their own absence only. An administrator does it for others.")
LETTER = mark("Come in to the department of {company}")
LETTER_TEXT = mark(
    "Hello, {name}!\n\n{by} invites you. Open the link below and choose a password; it is good once, for seven days. "
    "Give it to nobody: whoever opens it first is you."
)
TOLD = mark("People: {name} {said}")
TOLD_TEXT = mark("{by} ordered it. If that is not right, take it back on the desk (People) or in company.yaml.")


@dataclass(frozen=True)
class Meant:
    """What a form comes to: about whom, which edits, and what is said afterwards."""

    key: str
    name: str
    said: str
    edits: Sequence[Edit]
    notes: Sequence[str] = ()


class Staff:
    """The people of one house. `chance` makes what nobody can guess; `proven`: whoever orders it is signed in."""

    def __init__(self, house: House, chance: Callable[[], str], proven: bool = False) -> None:
        self.house, self.chance, self.proven = house, chance, proven
        self.file = CompanyFile(house)

    def person(self, form: PersonForm, former: str = "") -> Report:
        """Enlist, change, let go or sign out; `former` is the print of the person as they were shown."""
        return self._reported(TITLE, form.who or form.name, lambda: self._ordered(form, former))

    def _ordered(self, form: PersonForm, former: str) -> Report:
        by = self._entitled(form, Permission.MANAGE_PEOPLE)
        if form.what == SIGN_OUT:
            who = self._named(form.who)
            with self.house.sessions.begin() as session:
                number = rows.close_all(session, who.key)
            return _report(TITLE, who.name, translate(SIGNED_OUT, number=number))
        meant: list[Meant] = []

        def edits(value: Mapping[str, Any]) -> Sequence[Edit]:
            meant.append(self._meant(form, value, former))
            return meant[-1].edits

        def law(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
            cards.keeps_an_admin(before, after)
            cards.keeps_mail_apart(meant[-1].key, after)

        if not self._changed(edits, law):
            return _report(TITLE, meant[-1].name, translate(SAME))
        self._tell_admins(by, meant[-1].name, meant[-1].said)
        return _report(TITLE, meant[-1].name, meant[-1].said, *meant[-1].notes)

    def _meant(self, form: PersonForm, value: Mapping[str, Any], former: str) -> Meant:
        known = cards.known(value)
        deputy = form.deputy if form.deputy.strip() in ("", CLEARED) else person_called(form.deputy, known).key
        if form.what == ENLIST:
            key = form.who.strip() or cards.key_of(form.name, known.keys() | self._ever())
            said = translate(ENLISTED, roles=cards.said_roles(cards.read_roles(form.roles)))
            return Meant(key, form.name.strip(), said, cards.enlisted(form, key, deputy))
        who = person_called(form.who, known)
        if form.what == LEAVE:
            edits, notes = cards.leaving(value, who.key)
            return Meant(who.key, who.name, translate(LEFT), edits, notes)
        return Meant(who.key, who.name, translate(ALTERED), cards.altered(form, who.key, deputy, former))

    def _ever(self) -> set[str]:
        """The keys of everybody who was ever here: what somebody did must not become another's."""
        with self.house.reads() as session:
            return {person.key for person in rows.everybody(session)}

    def absence(self, form: AbsenceForm) -> Report:
        """Write an absence down or strike it out: one's own, or anybody's by an administrator."""
        return self._reported(ABSENCE, form.who or form.person, lambda: self._absence(form))

    def _absence(self, form: AbsenceForm) -> Report:
        by = self._entitled(form, Permission.SIGNED_IN)
        who = self._named(form.who or by.key)
        if who.key != by.key:
            self._others(by)
        today, start = self._today(), self.house.first_start
        first, last = away.read_days(form, today)

        def edits(value: Mapping[str, Any]) -> Sequence[Edit]:
            known = cards.known(value)
            deputy = person_called(form.deputy, known).key if form.deputy.strip() else ""
            whose = who.key, who.name
            if form.what == AWAY:
                return away.away(value, whose, (first, last), deputy, today, start)
            return away.back(value, whose, first, start)

        self._changed(edits)
        if form.what != AWAY:
            return _report(ABSENCE, who.name, translate(IS_BACK, first=away.shown(first)))
        answers = self._deputy(who.key, form.deputy)
        said = translate(IS_AWAY, first=away.shown(first), last=away.shown(last), deputy=answers)
        return _report(ABSENCE, who.name, said)

    def _deputy(self, person: str, named: str) -> str:
        known = cards.known(self.file.read().value)
        key = person_called(named, known).key if named.strip() else known[person].deputy
        return translate(DEPUTY, name=known[key].name) if key in known else translate(NO_DEPUTY)

    def _others(self, by: Who) -> None:
        try:
            self._entitled(Signed(person=by.key), Permission.MANAGE_PEOPLE)
        except Refused:
            raise Refused(because(NOT_ONES_OWN, code="not_entitled", person=by.name)) from None

    def invite(self, form: InviteForm) -> tuple[Report, str]:
        """Make a personal link and say that it was made; the link itself is for whoever asked, shown once."""
        links: list[str] = []

        def invited() -> Report:
            self._entitled(form, Permission.MANAGE_PEOPLE)
            who = self._named(form.who)
            links.append(self._link(who.key))
            return _report(INVITATION, who.name, translate(INVITED))

        report = self._reported(INVITATION, form.who, invited)
        return report, links[0] if links else ""

    def invite_by_mail(self, form: InviteForm) -> Report:
        """Make a personal link and send it to the person: nobody else sees it, and it is written down nowhere."""
        return self._reported(INVITATION, form.who, lambda: self._invite_by_mail(form))

    def _invite_by_mail(self, form: InviteForm) -> Report:
        by = self._entitled(form, Permission.MANAGE_PEOPLE)
        who = self._named(form.who)
        with self.house.reads() as session:
            person = session.get(Person, who.key)
        email = person.email if person else ""
        if not self.house.mail_leaves:
            raise Refused(because(NO_MAIL, code="no_mail"))
        if not email:
            raise Refused(because(NO_ADDRESS, code="no_address", name=who.name))
        company, key = self.house.workspace.company.name, f"invitation-{fingerprint(self.chance())[:32]}"
        letter = Post(
            title=translate(LETTER, company=company), text=translate(LETTER_TEXT, name=who.name, by=by.name),
            link=self._link(who.key), to=email,
        )  # fmt: skip
        try:
            self.house.mail.act(Call(verb=Verb.PUBLISH, part="letter", key=key, post=letter))
        except Failure as failure:
            with self.house.sessions.begin() as session:
                rows.withdraw_invitations(session, who.key)
            raise Refused(because(NOT_SENT, code="not_sent", reason=failure.reason)) from None
        return _report(INVITATION, who.name, translate(SENT, email=email))

    def _link(self, person: str) -> str:
        token = self.chance()
        with self.house.sessions.begin() as session:
            rows.invite(session, self.house.clock, person, fingerprint(token))
        return f"{self.house.staff_url}/invite/{token}"

    def _reported(self, title: str, about: str, work: Callable[[], Report]) -> Report:
        try:
            return work()
        except Refused as refused:
            return Report(title=f"{translate(title)}: {about}", refusal=refused.reason)

    def _changed(self, edits: Any, law: Any = lambda before, after: None) -> bool:
        """Change the file, and let the tables follow at once; False where it said the same before."""
        former = self.file.read().print
        new = self.file.change(edits, law=law)
        whoever_is_here(self.house)
        return new != former

    def _entitled(self, by: Signed, permission: Permission) -> Who:
        return entitled(by.person, whoever_is_here(self.house), permission)

    def _named(self, name: str) -> Who:
        with self.house.reads() as session:
            return person_called(name, rows.active(session))

    def _tell_admins(self, by: Who, name: str, said: str) -> None:
        """Whoever answers for people hears of every change: in Prefect a name is stated, not proven."""
        text = translate(TOLD_TEXT, by=by.name)
        link = f"{self.house.staff_url}/staff/people"
        with self.house.sessions.begin() as session:
            admins = [who for who in rows.active(session).values() if Role.ADMIN in who.roles]
            admins = [who for who in admins if not (self.proven and who.key == by.key)]
            key = fingerprint(f"{self.file.read().print}{self.house.now()}")[:24]
            subject = translate(TOLD, name=name, said=said)
            messages = [Message(f"people:{key}:{who.key}", who.key, subject, text, link) for who in admins]
            tell(session, self.house.clock, messages)

    def _today(self) -> date:
        return local(self.house.now(), self.house.workspace.company.zone).date()


def whoever_is_here(house: House) -> dict[str, Who]:
    """The people as company.yaml has them now; while it cannot be read, everybody stays who they are."""
    workspace, problems = house.open_workspace()
    is_read = not any(problem.effect is Effect.STOPS for problem in problems)
    with house.sessions.begin() as session:
        if is_read:
            rows.sync_people(session, house.clock, workspace)
        return rows.active(session)


def _report(title: str, name: str, said: str, *notes: str) -> Report:
    line = Line(id=0, label=name, said=said, done=True, notes=tuple(notes))
    return Report(title=f"{translate(title)}: {name}", lines=(line,))
