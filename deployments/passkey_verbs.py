"""The verbs of passkeys, done in the house: questions put and taken back, keys added, removed and used."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from deployments.door_verbs import NO_LONGER
from integrations.web import passkeys
from integrations.web.passkeys import Place
from models.database import reading
from models.desk import NewPasskey, PasskeyLine, Ticket, Visitor
from models.locale import mark, translate
from models.people import Passkey, Person
from models.reason import Reason, because
from tasks.house import House
from tasks.notices.rows import Message, tell
from tasks.passkeys import rows
from tasks.passkeys.rows import Purpose
from tasks.people import rows as people
from tasks.people.tokens import fingerprint, handle_of

TOO_OLD = mark("The browser's question has been answered already or is too old. Try again.")
COPIED = mark(
    "This passkey was used elsewhere meanwhile, so there may be a copy of it. Come in another way, remove it on your "
    "page and make a new one."
)
UNKNOWN = mark("This passkey is not known here. Come in another way, then add it on your page.")
TAKEN = mark("This passkey is in use already. Make a new one.")
ADDED = mark("The passkey “{title}” is added. From now on you can come in with it.")
REMOVED = mark("The passkey is removed. It lets nobody in any more.")
LAST_WAY_IN = mark("The passkey stays: it is not yours, or it is your only way in. Add another one first.")
NO_PASSKEYS = mark("There are no passkeys at this address: they need a name and https, or this very computer.")
UNNAMED = mark("Passkey")
LETTER_TITLE = mark("A passkey was added: {title}")
LETTER = mark(
    "Somebody who was signed in as you added the passkey “{title}”. If it was not you, remove it on your page and ask "
    "the administrator for a new link."
)


class _Taken(Exception):
    """The key that was to be added is somebody's already."""


class PasskeyVerbs:
    """Coming in by passkey, and the keys a person has."""

    house: House
    secret: str
    chance: Callable[[], str]
    open_for: Callable[[Session, str], Ticket]

    @property
    def _place(self) -> Place | None:
        return passkeys.place_of(self.house.staff_url, self.house.workspace.company.name)

    def _put(self, purpose: Purpose, put_to: str) -> str:
        """A new challenge, and written down to whom it was put."""
        challenge = self.chance()
        with self.house.sessions.begin() as session:
            rows.pose(session, self.house.clock, fingerprint(challenge), purpose, fingerprint(put_to))
        return challenge

    def _taken(self, purpose: Purpose, put_to: str, answer: str) -> passkeys.Claimed | None:
        """What an answer says of itself; its question is used up by that, whatever comes of it."""
        said = passkeys.claimed(answer)
        if said is None:
            return None
        with self.house.sessions.begin() as session:
            good = rows.take(session, self.house.clock, fingerprint(said.challenge), purpose, fingerprint(put_to))
        return said if good else None

    def ask_who_comes(self, door: str) -> str:
        place = self._place
        return passkeys.question_to_come_in(place, self._put(Purpose.SIGN_IN, door)) if place and door else ""

    def sign_in_by_passkey(self, answer: str, door: str) -> Ticket | Reason:
        place, said = self._place, self._taken(Purpose.SIGN_IN, door, answer)
        if place is None or said is None:
            return because(TOO_OLD, code="too_old")
        with reading(self.house.engine) as session:
            key = rows.passkey_called(session, said.credential_id)
        if key is None or said.handle not in ("", key.handle):
            return because(UNKNOWN, code="unknown")
        count = passkeys.count_of(place, answer, said.challenge, key.public_key)
        if count is None:
            return because(passkeys.NOT_PROVEN, code="not_proven")
        with self.house.sessions.begin() as session:
            if not rows.use(session, self.house.clock, key.id or 0, count):
                return because(COPIED, code="copied")
            return self.open_for(session, key.person)

    def ask_the_guest(self, token: str) -> str:
        with reading(self.house.engine) as session:
            person = people.invited(session, self.house.clock, fingerprint(token))
        return self._ask_for_new(person, Purpose.INVITATION, token, ()) if person else ""

    def _ask_for_new(self, person: Person, purpose: Purpose, put_to: str, known: tuple[str, ...]) -> str:
        place = self._place
        if place is None:
            return ""
        challenge, handle = self._put(purpose, put_to), handle_of(self.secret, person.key)
        return passkeys.question_to_make(place, challenge, handle, person.email or person.key, person.name, known)

    def accept_by_passkey(self, token: str, answer: str, title: str) -> Ticket | Reason:
        """Use the invitation up and begin anew with this passkey alone; a refused one leaves the invitation good."""
        new = self._proven(Purpose.INVITATION, token, answer)
        if isinstance(new, Reason):
            return new
        try:
            with self.house.sessions.begin() as session:
                person = people.accept(session, self.house.clock, fingerprint(token), "")
                if person is None:
                    return because(NO_LONGER, code="no_longer")
                self._keep(session, person.key, new, title)
                return self.open_for(session, person.key)
        except _Taken:
            return because(TAKEN, code="taken")

    def _proven(self, purpose: Purpose, put_to: str, answer: str) -> NewPasskey | Reason:
        place, said = self._place, self._taken(purpose, put_to, answer)
        if place is None or said is None:
            return because(TOO_OLD, code="too_old")
        return passkeys.made(place, answer, said.challenge)

    def _keep(self, session: Session, person: str, new: NewPasskey, title: str) -> Passkey:
        handle, named = handle_of(self.secret, person), title or translate(UNNAMED)
        kept = rows.add(session, self.house.clock, person, new, handle, named)
        if kept is None:
            raise _Taken
        return kept

    def ask_for_another(self, visitor: Visitor) -> str:
        with reading(self.house.engine) as session:
            person, keys = session.get_one(Person, visitor.key), rows.passkeys_of(session, visitor.key)
        return self._ask_for_new(person, Purpose.ADD, visitor.csrf, tuple(key.credential_id for key in keys))

    def add_passkey(self, visitor: Visitor, answer: str, title: str) -> Reason:
        """Add a key and write to its owner: one added by somebody else must not go unnoticed."""
        new = self._proven(Purpose.ADD, visitor.csrf, answer)
        if isinstance(new, Reason):
            return new
        try:
            with self.house.sessions.begin() as session:
                kept = self._keep(session, visitor.key, new, title)
                subject, body = translate(LETTER_TITLE, title=kept.title), translate(LETTER, title=kept.title)
                letter = Message(f"passkey:{kept.id}", visitor.key, subject, body, f"{self.house.staff_url}/me")
                tell(session, self.house.clock, [letter])
        except _Taken:
            return because(TAKEN, code="taken")
        return because(ADDED, code="done", title=kept.title)

    def remove_passkey(self, visitor: Visitor, id: int) -> Reason:
        with self.house.sessions.begin() as session:
            done = rows.remove(session, visitor.key, id)
        return because(REMOVED, code="done") if done else because(LAST_WAY_IN, code="last")

    def passkeys(self, visitor: Visitor) -> list[PasskeyLine]:
        with reading(self.house.engine) as session:
            found = rows.passkeys_of(session, visitor.key)
        return [PasskeyLine(id=k.id or 0, title=k.title, made_at=k.made_at, used_at=k.used_at) for k in found]

    def has_password(self, visitor: Visitor) -> bool:
        with reading(self.house.engine) as session:
            return bool(session.get_one(Person, visitor.key).password_hash)
