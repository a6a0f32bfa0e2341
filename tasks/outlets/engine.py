"""Outlets as orders change them, and the keys of their tills. It knows no Prefect."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from integrations.errors import Refused
from models.database import now_by
from models.locale import mark, translate
from models.orders import Signed
from models.outlets import TillKey
from models.people import Permission
from models.reason import because
from models.staff import ALTER, CLOSE, OPEN, REVOKE, OutletForm, TillKeyForm
from tasks.approval.rules import Who
from tasks.cashiers.rows import revoke_devices
from tasks.company_file.edits import Edit, Remove
from tasks.company_file.engine import CompanyFile
from tasks.house import House
from tasks.orders.answers import Line, Report
from tasks.orders.naming import entitled
from tasks.outlets import cards, rows
from tasks.people.cards import key_of
from tasks.people.engine import whoever_is_here
from tasks.schedule.wall import local

TITLE, KEYS = mark("Outlets"), mark("Keys of the tills")
SAID = {
    OPEN: mark("is open: the site shows it; make a key for each of its tills"),
    ALTER: mark("is changed"),
    CLOSE: mark("is closed; keys of its tills revoked: {number}"),
}
SAME = mark("is as it was: the form says nothing new")
MADE = mark("key № {number} is made; it is shown once")
REVOKED = mark("key № {number} is revoked: with it no till comes in any more")
BEFORE = mark("key № {number} was revoked before")
IN_FORCE, IS_REVOKED = mark("in force; ends in …{ends}; {used}"), mark("revoked {at}; ended in …{ends}")
HANDS_IN = mark("hands in customers and purchases")
REDEEMS = mark("redeems coupons")
USED, NEVER = mark("used {at}"), mark("never used yet")
NO_KEY = mark("There is no key № {number}. Look at the list of keys.")
NO_KEYS = mark("There are no keys yet. Make one on the desk (Outlets) or: otdel till-key OUTLET TILL")
NO_TITLE = mark("Name the till, for example “till 1”: you tell its key from the others by it.")
TITLE_MOST = 60
ENDS = 4


class Shops:
    """The outlets of one house."""

    def __init__(self, house: House) -> None:
        self.house, self.file = house, CompanyFile(house)

    def outlet(self, form: OutletForm, former: str = "") -> Report:
        """Open, change or close an outlet; `former` is the print of the outlet as it was shown."""
        return _reported(TITLE, form.outlet or form.name, lambda: self._outlet(form, former))

    def _outlet(self, form: OutletForm, former: str) -> Report:
        by = self._entitled(form, Permission.MANAGE_PEOPLE)
        meant: list[tuple[str, str]] = []

        def edits(value: Mapping[str, Any]) -> Sequence[Edit]:
            known = cards.outlets(value)
            if form.what == OPEN:
                key = form.outlet.strip() or key_of(form.name, known.keys(), "outlet")
                meant.append((key, form.name.strip()))
                if key not in known:  # closing one of this key may have broken off before its tills
                    self._revoke_all(key, by.key)
                return cards.opened(form, key, known)
            key = cards.called(form.outlet, known)
            meant.append((key, known[key]))
            return [Remove("outlets", {"key": key}, former)] if form.what == CLOSE else cards.altered(form, key, former)

        before = self.file.read().print
        if self.file.change(edits) == before:
            return _report(TITLE, [(meant[-1][1], translate(SAME))])
        number = self._revoke_all(meant[-1][0], by.key) if form.what == CLOSE else 0
        return _report(TITLE, [(meant[-1][1], translate(SAID[form.what], number=number))])

    def _revoke_all(self, outlet: str, by: str) -> int:
        with self.house.sessions.begin() as session:
            revoke_devices(session, outlet, by, now_by(self.house.clock, session))
            return rows.revoke_all(session, self.house.clock, outlet, by)

    def make_key(
        self, outlet: str, title: str, by: Signed, chance: Callable[[], str], keyed: Callable[[str], str],
        intake: bool = False, coupons: bool = False,
    ) -> tuple[Report, str]:  # fmt: skip
        """A new key of a till and what to say of it; the key itself is for whoever asked, shown once.

        `chance` makes what nobody can guess, `keyed` hashes it with the house's own key. With `intake` whoever has it
        may also hand in customers and purchases, with `coupons` ask about coupons and redeem them.
        """
        made: list[str] = []

        def make() -> Report:
            who = self._entitled(by, Permission.MANAGE_PEOPLE)
            known = cards.outlets(self.file.read().value)
            key, named = cards.called(outlet, known), " ".join(title.split())[:TITLE_MOST]
            if not named:
                raise Refused(because(NO_TITLE, code="no_title"))
            secret = chance()
            with self.house.sessions.begin() as session:
                row = rows.make(
                    session, self.house.clock, key, named, keyed(secret), secret[-ENDS:], who.key, intake, coupons
                )  # fmt: skip
            made.append(secret)
            return _report(KEYS, [(f"{known[key]} · {named}", translate(MADE, number=row.id))])

        report = _reported(KEYS, outlet, make)
        return report, made[0] if made else ""

    def keys(self, form: TillKeyForm) -> Report:
        """List the keys, or revoke one."""
        work = self._revoked if form.what == REVOKE else self._listed
        return _reported(KEYS, form.outlet, lambda: work(form))

    def _revoked(self, form: TillKeyForm) -> Report:
        by = self._entitled(form, Permission.MANAGE_PEOPLE)
        with self.house.sessions.begin() as session:
            row = rows.key(session, form.key)
            if row is None:
                raise Refused(because(NO_KEY, code="no_key", number=form.key))
            is_done = rows.revoke(session, self.house.clock, form.key, by.key)
        said = translate(REVOKED if is_done else BEFORE, number=form.key)
        return _report(KEYS, [(self._called(row), said)])

    def _listed(self, form: TillKeyForm) -> Report:
        self._entitled(form, Permission.READ_PEOPLE)
        known = cards.outlets(self.file.read().value)
        wanted = [cards.called(form.outlet, known)] if form.outlet.strip() else []
        with self.house.reads() as session:
            found = rows.keys(session, wanted)
        if not found:
            raise Refused(because(NO_KEYS, code="no_keys"))
        return _report(KEYS, [(f"№ {row.id} · {self._called(row)}", self._said(row)) for row in found])

    def _called(self, row: TillKey) -> str:
        return f"{cards.outlets(self.file.read().value).get(row.outlet, row.outlet)} · {row.title}"

    def _said(self, row: TillKey) -> str:
        if row.revoked_at:
            return translate(IS_REVOKED, at=self._day(row.revoked_at), ends=row.ends_in)
        used = translate(USED, at=self._day(row.used_at)) if row.used_at else translate(NEVER)
        said = translate(IN_FORCE, ends=row.ends_in, used=used)
        purposes = [translate(HANDS_IN)] * row.intake + [translate(REDEEMS)] * row.coupons
        return "; ".join([said, *purposes])

    def _day(self, at: datetime) -> str:
        return local(at, self.house.workspace.company.zone).strftime("%d.%m.%Y")

    def _entitled(self, by: Signed, permission: Permission) -> Who:
        return entitled(by.person, whoever_is_here(self.house), permission)


def _reported(title: str, about: str, work: Callable[[], Report]) -> Report:
    try:
        return work()
    except Refused as refused:
        return Report(title=f"{translate(title)}: {about}", refusal=refused.reason)


def _report(title: str, said: Sequence[tuple[str, str]]) -> Report:
    lines = tuple(Line(id=0, label=name, said=words, done=True) for name, words in said)
    return Report(title=f"{translate(title)}: {said[0][0]}", lines=lines)
