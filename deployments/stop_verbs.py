"""The verbs of the big switch, done in the house: in this process, whether Prefect answers or not."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from deployments.order_verbs import sentences
from integrations.errors import Refused
from models.database import reading
from models.desk import Choice, Stops, Visitor
from models.desk.stop import Band, Coming, Letting, Outlook, StopCard
from models.orders import Signed
from models.reason import Reason
from models.stop import Scope, StopOrder
from tasks.desk import rows as desk
from tasks.desk.rows import Names
from tasks.house import House
from tasks.orders.answers import Report
from tasks.stop import rows
from tasks.stop.engine import Switch
from tasks.stop.told import late_line

LATE_SHOWN = 100


class StopVerbs:
    """The big switch on the desk."""

    house: House
    accounts: Callable[[], dict[str, str]]
    ordered: Callable[..., Report]
    _names: Callable[[Session], Names]

    @property
    def _switch(self) -> Switch:
        return Switch(self.house.sessions, self.house.clock, self.house.workspace)

    def stops(self) -> Stops:
        with reading(self.house.engine) as session:
            names = self._names(session)
            past = desk.past_stops(session, names)
        channels = tuple(Choice(key=key, title=title) for key, title in self.accounts().items())
        campaigns = tuple(Choice(key=key, title=title) for key, title in names.campaigns.items())
        return Stops(past=tuple(past), channels=channels, campaigns=campaigns)

    def stops_band(self) -> Sequence[Band]:
        with reading(self.house.engine) as session:
            bands = rows.band(session)
        return [band.model_copy(update={"title": self._band_title(band)}) for band in bands]

    def _band_title(self, band: Band) -> str:
        campaigns = {campaign.key: campaign.title for campaign in self.house.workspace.company.campaigns}
        known = {Scope.CHANNEL: self.accounts(), Scope.CAMPAIGN: campaigns}
        return known.get(band.scope, {}).get(band.scope_key, band.title)

    def stop_cards(self) -> Sequence[StopCard]:
        with reading(self.house.engine) as session:
            names = self._names(session)
            orders = {order.id: order for order in rows.stops_in_force(session)}
            lines = desk.stops_in_force(session, names)
            return [StopCard(line=line, outlook=_outlook(session, orders[line.id], names)) for line in lines]

    def stop_outlook(self, scope: Scope, name: str) -> Outlook | Reason:
        with reading(self.house.engine) as session:
            try:
                order = self._switch.meant(session, scope, name)
            except Refused as refused:
                return refused.reason
            return _outlook(session, order, self._names(session))

    def pull_stop(self, scope: Scope, name: str, visitor: Visitor, once: str, why: str) -> Sequence[Reason]:
        form = {"scope": scope.value, "key": name, "person": visitor.key, "reason": why}
        by = Signed(person=visitor.key, reason=why)
        return self._stop_ordered(visitor, once, "stop", form, lambda: self._switch.pull(scope, name, by).report)

    def letting(self, id: int) -> Letting | None:
        clock = self.house.clock
        with reading(self.house.engine) as session:
            order = next((one for one in rows.stops_in_force(session) if one.id == id), None)
            if order is None:
                return None
            names = self._names(session)
            [stop] = [line for line in desk.stops_in_force(session, names) if line.id == id]
            late = [late_line(row, names.channel(row.account)) for row in rows.late(session, clock, order, LATE_SHOWN)]
            to_come = rows.coming(session, *rows.let_go_by(order), rows.is_to_come(clock))
            return Letting(
                stop=stop, late=tuple(late), fates=dict(rows.fates(session, clock, order)),
                coming=_coming(to_come, names), still_stopped=rows.still_stopped(session, order),
            )  # fmt: skip

    def release_stop(self, id: int, visitor: Visitor, once: str, keep_late: bool = False) -> Sequence[Reason]:
        form = {"scope": "number", "key": str(id), "keep_late": keep_late, "person": visitor.key, "reason": ""}
        by = Signed(person=visitor.key)
        return self._stop_ordered(
            visitor, once, "release", form, lambda: self._switch.release(id, None, "", by, keep_late).report
        )  # fmt: skip

    def _stop_ordered(
        self, visitor: Visitor, once: str, code: str, form: dict[str, Any], act: Callable[[], Report]
    ) -> Sequence[Reason]:
        return sentences(self.ordered(visitor, once, code, form, act))


def _outlook(session: Session, order: StopOrder, names: Names) -> Outlook:
    scope, standing = Scope(order.scope), rows.in_force(session, Scope(order.scope), order.scope_key)
    return Outlook(
        scope=scope, key=order.scope_key, what=desk.what(session, order, names),
        coming=_coming(rows.coming(session, *rows.held_by(order)), names), going=rows.going(session, order),
        stop_id=(standing[0].id or 0) if standing else 0,
    )  # fmt: skip


def _coming(found: Sequence[Any], names: Names) -> tuple[Coming, ...]:
    return tuple(
        Coming(account=account, channel=names.channel(account), number=number, next_at=next_at)
        for account, number, next_at in found
    )
