"""Orders about the cashier's page: devices and cashiers are listed, made, taken off. It knows no Prefect."""

from collections.abc import Callable, Sequence

from integrations.errors import Refused
from models.cashier_orders import CASHIER_OFF, DEVICE_OFF, CashiersForm
from models.locale import mark, translate
from models.people import Permission
from models.reason import because
from tasks.approval.rules import Who
from tasks.cashiers import rows
from tasks.cashiers.engine import Cashiers
from tasks.content.references import refer, unknown
from tasks.house import House
from tasks.orders.answers import Line, Report
from tasks.orders.naming import entitled
from tasks.people.engine import whoever_is_here

TITLE = mark("Cashiers and their devices")
NO_NAME = mark("Write a name: people tell one from the other by it.")
NO_SUCH = mark("There is no № {number} in this outlet. Look at the list.")
TAKEN_OFF = mark("taken off; it comes in no more")
PAIRING = mark("the pairing code is made; it is good for ten minutes, once")
PIN_MADE = mark("the PIN is made; it is shown once")
DEVICE, WHO, NONE_YET = mark("device"), mark("cashier"), mark("nothing is paired yet; pair a device on the desk")


class Tending:
    """What people order about the cashier's page of an outlet."""

    def __init__(self, house: House) -> None:
        self.house, self.cashiers = house, Cashiers(house)

    def tend(self, form: CashiersForm) -> Report:
        """List, or take a device or a cashier off."""
        return _reported(form.outlet, lambda: self._tend(form))

    def _tend(self, form: CashiersForm) -> Report:
        changes = form.what in (DEVICE_OFF, CASHIER_OFF)
        by = self._entitled(form, Permission.MANAGE_PEOPLE if changes else Permission.READ_PEOPLE)
        outlet = self._called(form.outlet)
        if not changes:
            return _report(outlet, self._listed(outlet))
        off = self.cashiers.revoke_device if form.what == DEVICE_OFF else self.cashiers.revoke_cashier
        if not off(outlet, form.number, by.key):
            raise Refused(because(NO_SUCH, code="no_such", number=form.number))
        return _report(outlet, [(f"№ {form.number}", translate(TAKEN_OFF))])

    def _listed(self, outlet: str) -> list[tuple[str, str]]:
        with self.house.reads() as session:
            devices = [one for one in rows.devices(session, outlet) if one.revoked_at is None]
            people = rows.cashiers(session, outlet)
        found = [(f"№ {one.id} · {one.title}", translate(DEVICE)) for one in devices]
        found += [(f"№ {one.id} · {one.name}", translate(WHO)) for one in people]
        return found or [(outlet, translate(NONE_YET))]

    def pair(self, form: CashiersForm, title: str, token: str) -> Report:
        """Make a pairing code; the code itself is for whoever asked."""

        def make() -> Report:
            by, outlet = self._entitled(form, Permission.MANAGE_PEOPLE), self._called(form.outlet)
            self.cashiers.offer_pairing(outlet, _named(title), by.key, token)
            return _report(outlet, [(title.strip(), translate(PAIRING))])

        return _reported(form.outlet, make)

    def give_pin(self, form: CashiersForm, name: str, person: str, pin_hash: Callable[[], str]) -> Report:
        """A new cashier, or a new PIN for the one of the form's number."""

        def make() -> Report:
            by, outlet = self._entitled(form, Permission.MANAGE_PEOPLE), self._called(form.outlet)
            if form.number and not self.cashiers.renew_pin(outlet, form.number, pin_hash()):
                raise Refused(because(NO_SUCH, code="no_such", number=form.number))
            if not form.number:
                self.cashiers.put_cashier(outlet, _named(name), person, pin_hash(), by.key)
            return _report(outlet, [(name.strip() or f"№ {form.number}", translate(PIN_MADE))])

        return _reported(form.outlet, make)

    def _called(self, name: str) -> str:
        """The key of the outlet a person means. Raises Refused with the nearest."""
        known = {one.key: one.name for one in self.house.workspace.company.outlets}
        key = refer(name, known)
        if key is None:
            raise Refused(unknown("outlets", name, known))
        return key

    def _entitled(self, by: CashiersForm, permission: Permission) -> Who:
        return entitled(by.person, whoever_is_here(self.house), permission)


def _named(name: str) -> str:
    if not name.strip():
        raise Refused(because(NO_NAME, code="no_name"))
    return name


def _reported(about: str, work: Callable[[], Report]) -> Report:
    try:
        return work()
    except Refused as refused:
        return Report(title=f"{translate(TITLE)}: {about}", refusal=refused.reason)


def _report(outlet: str, said: Sequence[tuple[str, str]]) -> Report:
    lines = tuple(Line(id=0, label=name, said=words, done=True) for name, words in said)
    return Report(title=f"{translate(TITLE)}: {outlet}", lines=lines)
