"""The verbs of the cashier's page, and of the desk's page about it, done in the house."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from babel.numbers import get_currency_precision

from deployments.order_verbs import sentences
from integrations.web.passwords import Passwords
from models.cashier_orders import CASHIER_OFF, DEVICE_OFF, CashiersForm
from models.cashier_page import AskedAbout, At, Entered, Journal, SignedIn, Told
from models.cashier_points import PointsAsked, PointsPaid, PointsTold
from models.cashiers import Cashier, TillDevice
from models.database import now_by
from models.desk import Choice, Visitor
from models.desk.cashiers import CashierLine, CashiersPage, ConflictLine, DeviceLine, Pairing
from models.people import Role
from models.reason import Reason
from tasks.cashier_page.engine import CashierPage
from tasks.cashier_page.points.engine import PointsAtPage
from tasks.cashier_page.shown import against
from tasks.cashiers import rows
from tasks.cashiers.engine import Cashiers, Pins
from tasks.codes.folding import fold
from tasks.codes.pictures import qr_svg
from tasks.codes.reading import TEST_CODE
from tasks.codes.rows import KnownForms
from tasks.guessing.engine import Guesser, Guesses
from tasks.house import House
from tasks.orders.answers import Report
from tasks.people.rows import everybody
from tasks.redeeming.engine import Redeeming
from tasks.tending_cashiers.engine import Tending

PIN_DIGITS = 5
HOME = "/till/page"


def drawn_pin() -> str:
    """Digits that nobody would try first: neither all the same nor in a row."""
    while True:
        pin = "".join(str(secrets.randbelow(10)) for _ in range(PIN_DIGITS))
        steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
        if len(steps) > 1 and len(set(pin)) > 2:
            return pin


class CashierVerbs:
    """The cashier's page and its desk."""

    house: House
    passwords: Passwords
    chance: Callable[[], str]
    ordered: Callable[..., Report]

    @cached_property
    def _cashiers(self) -> Cashiers:
        return Cashiers(self.house)

    @cached_property
    def _page_ledger(self) -> Redeeming:
        """Made once: it keeps what it has read and compiled between calls."""
        return Redeeming.of(self.house)

    @cached_property
    def _page_forms(self) -> KnownForms:
        return KnownForms()

    def _page(self, at: At) -> CashierPage:
        return CashierPage(self.house, self._page_ledger, at, self._page_forms)

    # The page.

    def pair_device(self, token: str) -> str | Reason:
        secret = self.chance()
        device = self._cashiers.pair(token, secret)
        return secret if isinstance(device, TillDevice) else device

    def till_at(self, secret: str) -> At | None:
        return self._cashiers.at(secret)

    def till_state(self, at: At | None) -> Mapping[str, Any]:
        company = self.house.workspace.company
        digits = get_currency_precision(company.currency)
        said: dict[str, Any] = {
            "paired": at is not None, "now": int(self.house.now().timestamp() * 1000), "company": company.name,
            "currency": {"code": company.currency, "digits": digits},
        }  # fmt: skip
        if at is None:
            return said
        outlet = self._cashiers.outlet(at.outlet)
        said |= {
            "outlet": outlet.name if outlet else at.outlet, "device": at.title, "zone": self._cashiers.zone(at.outlet),
            "cashiers": [{"id": one.id, "name": one.name} for one in self._cashiers.names(at.outlet)], "shift": None,
        }  # fmt: skip
        if at.shift:
            lines = self._page(at).lines()
            said |= {
                "shift": _shift(at),
                "forms": self._forms(),
                "lines": [one.model_dump(mode="json") for one in lines],
                "points": self._points(at).may_pay(),
            }
        return said

    def _forms(self) -> Mapping[str, Any]:
        """How codes look, so that a mistyped one is told before any network."""
        with self.house.reads() as session:
            known = self._page_forms.of(session)
        shapes = [
            {"layout": one.layout, "signs": one.signs, "checks": one.checks, "modulus": one.system.modulus,
             "radix": one.system.radix} for one in known.shapes
        ]  # fmt: skip
        return {"shapes": shapes, "free": sorted(known.free), "words": sorted(known.words), "test": fold(TEST_CODE)}

    def cashier_signs_in(self, at: At, cashier: int, pin: str) -> SignedIn:
        return self._cashiers.sign_in(at, cashier, pin, Pins(self.passwords.hash, self.passwords.fits))

    def cashier_leaves(self, at: At) -> None:
        self._cashiers.end_shift(at)

    def till_asks(self, at: At, asked: AskedAbout, address: str) -> Told:
        return self._counted(at, address, lambda page: page.ask(asked))

    def till_redeems(self, at: At, asked: AskedAbout, address: str) -> Told:
        return self._counted(at, address, lambda page: page.redeem(asked))

    def _counted(self, at: At, address: str, work: Callable[[CashierPage], Told]) -> Told:
        """Nothing is looked up for a device that has sent too many wrong codes; each wrong one counts.

        That of a test letter is none: colleagues try it out at the till.
        """
        guesses, guesser = Guesses(self.house), Guesser(at.till, at.title, at.outlet, address)
        guesses.admit(guesser)
        told = work(self._page(at))
        guesses.wrong(guesser, [(one.masked, one.code) for one in told.turned if one.wrong])
        return told

    def till_lets_go(self, at: At, keys: Sequence[str]) -> None:
        page = self._page(at)
        for key in keys:
            page.leave(key)

    def till_undoes(self, at: At, key: str) -> Reason:
        return self._page(at).undo(key)

    def till_points(self, at: At, told: PointsAsked | PointsPaid, address: str) -> PointsTold:
        points = self._points(at, address)
        return points.pay(told) if isinstance(told, PointsPaid) else points.ask(told)

    def till_undoes_points(self, at: At, key: str) -> PointsTold:
        return self._points(at).undo(key)

    def _points(self, at: At, address: str = "") -> PointsAtPage:
        return PointsAtPage(self.house, at, self._cashiers.zone(at.outlet), address)

    def till_list(self, at: At) -> Mapping[str, Any]:
        return self._page(at).offline()

    def till_journal(self, at: At, journal: Journal, address: str) -> Sequence[Entered]:
        guesses, guesser = Guesses(self.house), Guesser(at.till, at.title, at.outlet, address)
        guesses.admit(guesser)
        entered = self._page(at).take_journal(journal)
        guesses.wrong(guesser, [("", "offline")] * sum(one.unknown for one in entered))
        return entered

    # The desk.

    def cashiers_page(self, outlet: str) -> CashiersPage | None:
        found = self._cashiers.outlet(outlet)
        if found is None:
            return None
        with self.house.reads() as session:
            now = now_by(self.house.clock, session)
            people = everybody(session)
            names = {person.key: person.name for person in people}
            devices = []
            for one in rows.devices(session, outlet):
                working = rows.open_shift(session, one.id or 0, now)
                devices.append(_device(one, working[1].name if working else "", names))
            conflicts = [
                ConflictLine(
                    id=entry.id or 0, what=entry.what, code=entry.code, against=against(entry.conflicts), at=entry.at,
                    came_at=entry.came_at, seen_by=names.get(seen.by, seen.by) if seen else "",
                    note=seen.note if seen else "",
                ) for entry, seen in rows.conflicts(session, outlet, now)
            ]  # fmt: skip
            cashiers = rows.cashiers(session, outlet)
        taken = {one.person for one in cashiers}
        free = [one for one in people if one.active and Role.CASHIER in one.roles and one.key not in taken]
        return CashiersPage(
            outlet=outlet, name=found.name, devices=tuple(devices), conflicts=tuple(conflicts),
            cashiers=tuple(_cashier(one, now) for one in cashiers), secure=_is_secure(self.house.staff_url),
            people=tuple(Choice(key=one.key, title=one.name) for one in free),
        )  # fmt: skip

    def make_pairing(
        self, visitor: Visitor, once: str, outlet: str, title: str
    ) -> tuple[Sequence[Reason], Pairing | None]:
        token, made = self.chance(), [False]
        form = CashiersForm(outlet=outlet, person=visitor.key)

        def act() -> Report:
            report = Tending(self.house).pair(form, title, token)
            made[0] = not report.refusal
            return report

        report = self.ordered(visitor, once, "cashiers", form.model_dump(), act, ("outlet", outlet))
        address = f"{self.house.staff_url}{HOME}#pair={token}"
        picture = qr_svg(address).decode() if made[0] else ""
        return sentences(report), Pairing(picture=picture, address=address, title=title) if made[0] else None

    def give_pin(
        self, visitor: Visitor, once: str, outlet: str, name: str, person: str, number: int
    ) -> tuple[Sequence[Reason], str]:
        pin, made = drawn_pin(), [False]
        form = CashiersForm(outlet=outlet, person=visitor.key, number=number)
        named = name or self._name_of(person)

        def act() -> Report:
            report = Tending(self.house).give_pin(form, named, person, lambda: self.passwords.hash(pin))
            made[0] = not report.refusal
            return report

        # The run in Prefect only lists: a PIN that a run made could be read by many.
        listing = form.model_copy(update={"number": 0}).model_dump()
        report = self.ordered(visitor, once, "cashiers", listing, act, ("outlet", outlet))
        return sentences(report), pin if made[0] else ""

    def _name_of(self, person: str) -> str:
        with self.house.reads() as session:
            return next((one.name for one in everybody(session) if one.key == person), "")

    def take_off(self, visitor: Visitor, once: str, outlet: str, what: str, number: int) -> Sequence[Reason]:
        order = DEVICE_OFF if what == "device" else CASHIER_OFF
        form = CashiersForm.model_validate(
            {"what": order, "outlet": outlet, "number": number, "person": visitor.key}
        )  # fmt: skip
        act = lambda: Tending(self.house).tend(form)  # noqa: E731
        return sentences(self.ordered(visitor, once, "cashiers", form.model_dump(), act, ("outlet", outlet)))

    def conflict_seen(self, visitor: Visitor, outlet: str, id: int, note: str) -> bool:
        with self.house.sessions.begin() as session:
            now = now_by(self.house.clock, session)
            return rows.see_conflict(session, outlet, id, visitor.key, note, now)


def _shift(at: At) -> dict[str, Any]:
    return {
        "id": at.shift,
        "cashier": at.cashier,
        "began": _milliseconds(at.began_at),
        "ends": _milliseconds(at.ends_at),
    }


def _milliseconds(at: datetime | None) -> int:
    return int(at.timestamp() * 1000) if at else 0


def _device(one: TillDevice, working: str, names: Mapping[str, str]) -> DeviceLine:
    return DeviceLine(
        id=one.id or 0, title=one.title, made_by=names.get(one.made_by, one.made_by), paired_at=one.paired_at,
        seen_at=one.seen_at, working=working, revoked_at=one.revoked_at,
        revoked_by=names.get(one.revoked_by, one.revoked_by),
    )  # fmt: skip


def _cashier(one: Cashier, now: datetime) -> CashierLine:
    locked = one.locked_until is not None and one.locked_until > now
    return CashierLine(id=one.id or 0, name=one.name, made_at=one.made_at, locked=locked)


def _is_secure(url: str) -> bool:
    """Whether browsers let a page of this address use the camera and work without the network."""
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in ("localhost", "127.0.0.1", "::1")
