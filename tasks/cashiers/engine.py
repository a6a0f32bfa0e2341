"""Who works at the cashier's page: devices are paired, cashiers sign in by a PIN, shifts end. It knows no Prefect.

A PIN is short, so tries are few: they are counted before they are judged, too many in a row lock it, and the head is
told. What is guessed at is a paired device of one outlet, never the whole house.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models.cashier_page import At, SignedIn
from models.cashiers import Cashier, CashierShift, TillDevice, TillPairing
from models.company import Outlet
from models.database import now_by
from models.locale import in_house_words, mark, translate
from models.people import Role
from models.reason import Reason, because
from tasks.cashiers import rows
from tasks.cashiers.shifts import ends_at
from tasks.house import House
from tasks.notices.rows import Message, tell
from tasks.people.rows import active
from tasks.people.tokens import fingerprint

PAIRING_LASTS, SEEN_EVERY = timedelta(minutes=10), timedelta(minutes=1)
TRIES, LOCKS, LOCKED_FOR = 5, 3, timedelta(minutes=15)
FOR_GOOD = timedelta(days=36_500)
NAME_MOST = 60
DEAD = mark("This pairing code is no longer good. Make another one on the page of the outlet and scan that.")
WRONG_PIN = mark("The PIN is wrong. Tries left: {left}.")
LOCKED = mark("Too many wrong PINs. Wait 15 minutes, or ask the administrator for a new PIN.")
LOCKED_FOR_GOOD = mark("Too many wrong PINs. Ask the administrator for a new PIN.")
TOLD = mark("The PIN of {name} is locked")
TOLD_TEXT = mark(
    "{name}, {outlet}: {number} wrong PINs in a row on the device “{device}”. Ask whether it was {name}. If not, "
    "take the device off the list and give a new PIN."
)
Chance = Callable[[], str]


@dataclass(frozen=True)
class Pins:
    """How PINs are hashed and compared: slowly."""

    hash: Callable[[str], str]
    fits: Callable[[str, str], bool]


class Cashiers:
    """Devices and cashiers of one house."""

    def __init__(self, house: House) -> None:
        self.house = house

    def outlet(self, key: str) -> Outlet | None:
        return next((one for one in self.house.workspace.company.outlets if one.key == key), None)

    def zone(self, outlet: str) -> str:
        found, company = self.outlet(outlet), self.house.workspace.company
        return (found.zone if found else None) or company.zone

    # Devices.

    def offer_pairing(self, outlet: str, title: str, by: str, token: str) -> None:
        with self.house.sessions.begin() as session:
            now = now_by(self.house.clock, session)
            rows.offer_pairing(session, TillPairing(
                token_hash=fingerprint(token), outlet=outlet, title=" ".join(title.split())[:NAME_MOST], made_by=by,
                made_at=now, expires_at=now + PAIRING_LASTS,
            ))  # fmt: skip

    def pair(self, token: str, secret: str) -> TillDevice | Reason:
        """The device that opened the code becomes one of the outlet's, known by `secret` from now on."""
        with self.house.sessions.begin() as session:
            now = now_by(self.house.clock, session)
            found = rows.take_pairing(session, fingerprint(token), now)
            if found is None or self.outlet(found.outlet) is None:
                return because(DEAD, code="dead_pairing")
            return rows.put_device(session, TillDevice(
                outlet=found.outlet, title=found.title, token_hash=fingerprint(secret), made_by=found.made_by,
                paired_at=now, seen_at=now,
            ))  # fmt: skip

    def at(self, secret: str) -> At | None:
        """Where this device stands and who works at it; None where it is none of ours."""
        outlets = [one.key for one in self.house.workspace.company.outlets]
        with self.house.reads() as session:
            now = now_by(self.house.clock, session)
            device = rows.device(session, fingerprint(secret), outlets)
            found = rows.open_shift(session, device.id or 0, now) if device else None
        if device is None:
            return None
        if now - device.seen_at > SEEN_EVERY:
            with suppress(OperationalError), self.house.sessions.begin() as session:  # a note: no sale waits for it
                rows.saw(session, device.id or 0, now)
        return where(device, *(found or (None, None)))

    def revoke_device(self, outlet: str, id: int, by: str) -> bool:
        with self.house.sessions.begin() as session:
            return rows.revoke_device(session, outlet, id, by, now_by(self.house.clock, session))

    # Cashiers.

    def put_cashier(self, outlet: str, name: str, person: str, pin_hash: str, by: str) -> Cashier:
        with self.house.sessions.begin() as session:
            return rows.put_cashier(session, Cashier(
                outlet=outlet, name=" ".join(name.split())[:NAME_MOST], person=person, pin_hash=pin_hash, made_by=by,
                made_at=now_by(self.house.clock, session),
            ))  # fmt: skip

    def renew_pin(self, outlet: str, id: int, pin_hash: str) -> bool:
        """A new PIN: the former one is good no more, and what was locked is open."""
        with self.house.sessions.begin() as session:
            if rows.cashier(session, outlet, id) is None:
                return False
            now = now_by(self.house.clock, session)
            rows.change(session, id, pin_hash=pin_hash, wrong=0, locks=0, locked_until=None, made_at=now)
            return True

    def revoke_cashier(self, outlet: str, id: int, by: str) -> bool:
        with self.house.sessions.begin() as session:
            if rows.cashier(session, outlet, id) is None:
                return False
            now = now_by(self.house.clock, session)
            rows.change(session, id, revoked_at=now, revoked_by=by)
            rows.end_shifts(session, now, cashier=id)
            return True

    def names(self, outlet: str) -> Sequence[Cashier]:
        with self.house.reads() as session:
            return rows.cashiers(session, outlet)

    # Shifts.

    def sign_in(self, at: At, cashier: int, pin: str, pins: Pins) -> SignedIn:
        """Judge a PIN and begin a shift. Who is no cashier of this outlet is answered as one who is locked."""
        with self.house.sessions.begin() as session:
            tried = rows.try_pin(session, at.outlet, cashier, now_by(self.house.clock, session))
        if tried is None:
            return SignedIn(reason=because(LOCKED, code="locked"))
        if tried.wrong > TRIES or not pins.fits(tried.pin_hash, pin):
            return SignedIn(reason=self._wrong(at, cashier, tried.wrong, tried.locks))
        with self.house.sessions.begin() as session:
            now = now_by(self.house.clock, session)
            rows.change(session, cashier, wrong=0, locks=0, locked_until=None)
            outlet = self.outlet(at.outlet)
            ends = ends_at(now, outlet.hours if outlet else "", self.zone(at.outlet))
            shift = rows.begin_shift(
                session, CashierShift(device_id=at.device, cashier_id=cashier, began_at=now, ends_at=ends)
            )
            return SignedIn(shift=shift.id or 0)

    def _wrong(self, at: At, cashier: int, wrong: int, locks: int) -> Reason:
        """What is said of a wrong PIN; too many lock it, also where the try that did was killed before it could."""
        if wrong < TRIES:
            return because(WRONG_PIN, code="wrong_pin", left=TRIES - wrong)
        for_good = locks + 1 >= LOCKS
        with self.house.sessions.begin() as session:
            now = now_by(self.house.clock, session)
            until = now + (FOR_GOOD if for_good else LOCKED_FOR)
            if not rows.lock(session, cashier, locks, until):
                return because(LOCKED, code="locked")
            name = next((one.name for one in rows.cashiers(session, at.outlet) if one.id == cashier), "")
            self._tell(session, f"cashier-locked:{cashier}:{now.isoformat()}", at, TOLD, TOLD_TEXT, name, TRIES)
        return because(LOCKED_FOR_GOOD if for_good else LOCKED, code="locked")

    def _tell(
        self, session: Session, key: str, at: At, subject: str, text: str, name: str = "", number: int = 0
    ) -> None:  # fmt: skip
        outlet = self.outlet(at.outlet)
        words = {"name": name, "outlet": outlet.name if outlet else at.outlet, "device": at.title, "number": number}
        heads = [who.key for who in active(session).values() if Role.HEAD in who.roles]
        link = f"{self.house.staff_url}/staff/outlets/{at.outlet}/cashiers"
        with in_house_words():
            said = translate(subject, **words), translate(text, **words)
        tell(session, self.house.clock, [Message(f"{key}:{head}", head, *said, link) for head in heads])

    def end_shift(self, at: At) -> None:
        with self.house.sessions.begin() as session:
            rows.end_shifts(session, now_by(self.house.clock, session), device=at.device)


def where(device: TillDevice, shift: CashierShift | None = None, cashier: Cashier | None = None) -> At:
    at = At(device=device.id or 0, outlet=device.outlet, title=device.title, till=device.till)
    if shift is None or cashier is None:
        return at
    return at.model_copy(update={
        "shift": shift.id or 0, "cashier": cashier.name, "called": cashier.called, "began_at": shift.began_at,
        "ends_at": shift.ends_at,
    })  # fmt: skip
