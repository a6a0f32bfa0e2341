"""The verbs of the door, done in the house: invitations, passwords, sessions."""

from collections.abc import Callable
from functools import partial
from threading import Lock

from sqlalchemy.orm import Session

from integrations.web import passwords
from integrations.web.passwords import Passwords
from models.content import Effect
from models.database import reading
from models.desk import Ticket, Visitor
from models.locale import mark
from models.people import Person
from models.reason import Reason, because
from tasks.house import House
from tasks.people import rows, terms
from tasks.people.tokens import fingerprint, keyed

WRONG = mark("The name or the password is wrong. Try again, or ask the administrator for a new link.")
TOO_OFTEN = mark("Too many attempts. Wait {number} minutes, or ask the administrator for a new link.")
NO_LONGER = mark("This invitation is no longer good. Ask the administrator for a new link.")


class DoorVerbs:
    """Coming in and going out."""

    house: House
    secret: str
    passwords: Passwords
    chance: Callable[[], str]

    def __init__(self) -> None:
        super().__init__()
        self._synced: tuple[object, ...] = ()
        self._syncing = Lock()

    def keep_people_in_step(self) -> None:
        """Take over what was changed in company.yaml; a file that cannot be read changes nobody's access."""
        workspace, problems = self.house.open_workspace()
        written = workspace.company.people, workspace.company.absences
        if written == self._synced or any(problem.effect is Effect.STOPS for problem in problems):
            return
        with self._syncing, self.house.sessions.begin() as session:
            rows.sync_people(session, self.house.clock, workspace)
        self._synced = written

    def guest(self, token: str) -> str | None:
        self.keep_people_in_step()
        with reading(self.house.engine) as session:
            person = rows.invited(session, self.house.clock, fingerprint(token))
            return person.name if person else None

    def accept(self, token: str, password: str) -> Ticket | Reason:
        with reading(self.house.engine) as session:
            person = rows.invited(session, self.house.clock, fingerprint(token))
        if person is None:
            return because(NO_LONGER, code="no_longer")
        reason = passwords.objection(password, self._known_of(person))
        if reason:
            return reason
        password_hash = self.passwords.hash(password)
        with self.house.sessions.begin() as session:
            accepted = rows.accept(session, self.house.clock, fingerprint(token), password_hash)
            return self.open_for(session, accepted.key) if accepted else because(NO_LONGER, code="no_longer")

    def _known_of(self, person: Person) -> list[str]:
        """What anybody knows of a person, and so would try first."""
        company = self.house.workspace.company.name
        return [person.key, *person.name.split(), *person.email.split("@"), *company.split()]

    def sign_in(self, name: str, password: str, address: str) -> Ticket | Reason:
        """Judge a password; an unknown name takes as long as a known one, and is answered the same."""
        self.keep_people_in_step()
        counters = terms.counters(name, address, partial(keyed, self.secret))
        with self.house.sessions.begin() as session:
            attempts = rows.may_try(session, self.house.clock, counters)
        if not attempts:
            return because(TOO_OFTEN, code="too_often", number=int(terms.WINDOW.total_seconds() // 60))
        with reading(self.house.engine) as session:
            person = rows.person_called(session, name)
        kept = person.password_hash if person else ""
        if not self.passwords.fits(kept, password) or person is None:
            return because(WRONG, code="wrong")
        renewed = self.passwords.hash(password) if self.passwords.is_outdated(kept) else ""
        with self.house.sessions.begin() as session:
            rows.forgive(session, attempts)
            if renewed:
                rows.replace_password_hash(session, person.key, kept, renewed)
            return self.open_for(session, person.key)

    def open_for(self, session: Session, person: str) -> Ticket:
        """A new session of this person."""
        token = self.chance()
        rows.open_session(session, self.house.clock, person, fingerprint(token), self.chance())
        return Ticket(token=token, lasts=terms.SESSION_LASTS)

    def visitor(self, token: str) -> Visitor | None:
        self.keep_people_in_step()
        with reading(self.house.engine) as session:
            found = rows.signed_in(session, self.house.clock, fingerprint(token))
        if found is None:
            return None
        kept, person = found
        if self.house.now() - kept.seen_at > terms.SEEN_EVERY:
            with self.house.sessions.begin() as session:
                rows.saw(session, self.house.clock, kept.token_hash)
        return Visitor(key=person.key, name=person.name, roles=tuple(person.roles), csrf=kept.csrf)

    def sign_out(self, token: str) -> None:
        with self.house.sessions.begin() as session:
            rows.close_session(session, fingerprint(token))
