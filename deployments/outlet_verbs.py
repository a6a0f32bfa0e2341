"""The verbs about outlets and the keys of their tills, done in the house."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial

from babel.core import get_global
from babel.dates import get_timezone_location

from deployments.order_verbs import sentences
from integrations.errors import Refused
from models.database import reading
from models.desk import Visitor
from models.desk.people import OutletPage, TillLine
from models.locale import language
from models.orders import Signed
from models.outlets import TillKey
from models.reason import NO_REASON, Reason
from models.staff import REVOKE, OutletForm, TillKeyForm
from models.written import zones
from tasks.company_file.engine import CompanyFile, Written
from tasks.house import House
from tasks.orders.answers import Report
from tasks.outlets import rows
from tasks.outlets.engine import Shops
from tasks.people.rows import everybody
from tasks.people.tokens import till_key_hash


class OutletVerbs:
    """Outlets, and the keys by which their tills come in."""

    house: House
    secret: str
    chance: Callable[[], str]
    ordered: Callable[..., Report]

    def outlets(self) -> list[OutletPage]:
        with reading(self.house.engine) as session:
            names = {person.key: person.name for person in everybody(session)}
            keys: defaultdict[str, list[TillLine]] = defaultdict(list)
            for row in rows.keys(session):
                keys[row.outlet].append(_till(row, names))
        written = self._written()
        return [
            OutletPage(outlet=one, keys=tuple(keys[one.key]), print=written.print_of("outlets", key=one.key))
            for one in self.house.workspace.company.outlets
        ] if written else []  # fmt: skip

    def _written(self) -> Written | None:
        found = self._company_file()
        return found if isinstance(found, Written) else None

    def outlets_unreadable(self) -> Reason:
        found = self._company_file()
        return NO_REASON if isinstance(found, Written) else found

    def _company_file(self) -> Written | Reason:
        """company.yaml, or why it cannot be read."""
        try:
            written = CompanyFile(self.house).read()
            return written if written.value else NO_REASON
        except Refused as refused:
            return refused.reason

    def zones(self) -> dict[str, str]:
        company = self.house.workspace.company
        inland = {zone for zone, country in get_global("zone_territories").items() if country == company.country}
        known = (inland & zones()) | {one.zone for one in company.outlets if one.zone}
        return {zone: str(get_timezone_location(zone, locale=language(), return_city=True)) for zone in sorted(known)}

    def order_outlet(self, visitor: Visitor, once: str, form: OutletForm, former: str = "") -> Sequence[Reason]:
        form = form.model_copy(update={"person": visitor.key})
        act = partial(Shops(self.house).outlet, form, former)
        return sentences(self.ordered(visitor, once, "outlet", form.model_dump(), act, ("outlet", form.outlet)))

    def make_till_key(
        self, visitor: Visitor, once: str, outlet: str, title: str, intake: bool = False, coupons: bool = False
    ) -> tuple[Sequence[Reason], str]:
        """Its run in Prefect only lists the keys: a key that a run made could be read by many."""
        form, made = TillKeyForm(outlet=outlet, person=visitor.key, reason=title), [""]

        def act() -> Report:
            keyed = partial(till_key_hash, self.secret)
            report, made[0] = Shops(self.house).make_key(
                outlet, title, Signed(person=visitor.key), self.chance, keyed, intake, coupons
            )  # fmt: skip
            return report

        report = self.ordered(visitor, once, "till-key", form.model_dump(), act, ("outlet", outlet))
        return sentences(report), made[0]

    def revoke_till_key(self, visitor: Visitor, once: str, id: int) -> Sequence[Reason]:
        form = TillKeyForm(what=REVOKE, key=id, person=visitor.key)
        act = partial(Shops(self.house).keys, form)
        return sentences(self.ordered(visitor, once, "till-key", form.model_dump(), act, ("till_key", str(id))))


def _till(row: TillKey, names: dict[str, str]) -> TillLine:
    return TillLine(
        id=row.id or 0, title=row.title, ends_in=row.ends_in, made_by=names.get(row.made_by, row.made_by),
        made_at=row.made_at, used_at=row.used_at, revoked_by=names.get(row.revoked_by, row.revoked_by),
        revoked_at=row.revoked_at, intake=row.intake, coupons=row.coupons,
    )  # fmt: skip
