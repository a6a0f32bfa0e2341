"""The switch itself: pulled and released as rows, each in one transaction. It knows no Prefect, and needs none.

The claim and the intent of every delivery look at these rows, so a Stop holds from the moment it is committed; what is
out is looked up only after that.
"""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from integrations.errors import Refused
from models.company import Workspace
from models.database import Clock, in_one
from models.locale import mark, translate
from models.orders import Signed
from models.people import Permission
from models.reason import because
from models.stop import Scope, StopOrder
from tasks.orders import naming
from tasks.orders import rows as publications
from tasks.orders.answers import Report
from tasks.orders.rows import Publication
from tasks.stop import rows, told
from tasks.stop.told import Let, Out, Released, Stopped

log = logging.getLogger("otdel.stop")

OUT_SHOWN = {Scope.ALL: timedelta(days=7), Scope.CHANNEL: timedelta(days=7)}
EVER = timedelta(days=3650)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
STOP, RELEASE = mark("Stop"), mark("Release of a Stop")
NO_SUCH_STOP = mark("There is no Stop № {number} in force. In force: {known}.")
NOT_STOPPED = mark("Nothing to release: {what} is not stopped. In force: {known}.")
NONE = mark("none")
NOT_LISTED = mark("The Stop holds, but what is out already could not be listed ({detail}). Look at the channels.")


class Switch:
    """The Stops of one house."""

    def __init__(self, sessions: sessionmaker[Session], clock: Clock, workspace: Workspace) -> None:
        self.sessions, self.clock, self.workspace = sessions, clock, workspace

    def pull(self, scope: Scope, name: str, by: Signed) -> Stopped:
        """Stop it, or find it stopped already; either way say what is out."""

        def pulled(session: Session) -> tuple[int, bool]:
            who = naming.entitled(by.person, publications.people(session, self.workspace), Permission.STOP)
            key = self._key(session, scope, name)
            standing = bool(rows.in_force(session, scope, key))
            return rows.pull_stop(session, self.clock, scope, key, who.key, by.reason), standing

        try:
            number, already = in_one(self.sessions, pulled)
        except Refused as refused:
            return Stopped(title=translate(STOP), refusal=refused.reason)
        return self._told(number, already)

    def standing(self, report: Report) -> Stopped:
        """What a Stop that the desk has pulled holds and came too late for, by the answer that was given there."""
        if report.refusal:
            return Stopped(title=report.title, refusal=report.refusal)
        return self._told(report.lines[0].id, already=False)

    def _told(self, number: int, already: bool) -> Stopped:
        """What it holds and what is out, once it is in force: nothing that goes wrong here undoes it."""

        def listed(session: Session) -> Stopped:
            order = session.get_one(StopOrder, number)
            rows.let_pass(session, order)
            return self._stopped(session, order, already)

        try:
            return in_one(self.sessions, listed)
        except Exception as error:
            log.exception("Stop %s: what is out could not be listed", number)
            reason = because(NOT_LISTED, code="not_listed", detail=type(error).__name__)
            return Stopped(title=translate(told.HELD, number=number), number=number, not_listed=reason)

    def meant(self, session: Session, scope: Scope, name: str) -> StopOrder:
        """The Stop that would be pulled for this name, not pulled. Raises Refused."""
        return StopOrder(scope=scope, scope_key=self._key(session, scope, name), pulled_by="", pulled_at=NEVER)

    def _key(self, session: Session, scope: Scope, name: str) -> str:
        key = naming.scope_key(scope, name, publications.known(session, self.workspace, scope))
        return publications.piece_id(session, key) if scope is Scope.PIECE else key

    def _stopped(self, session: Session, order: StopOrder, already: bool) -> Stopped:
        since = order.pulled_at - OUT_SHOWN.get(Scope(order.scope), EVER)
        zone = self.workspace.company.zone
        person = self._name(session, order.pulled_by)
        said = translate(told.ALREADY, person=person, when=told.moment(order.pulled_at, zone)) if already else ""
        return Stopped(
            title=translate(told.PULLED, number=order.id, what=self._what(session, order)), number=order.id or 0,
            held_back=rows.held_back(session, order), already=said,
            out=tuple(self._out(row) for row in rows.published_before(session, order, since)),
        )  # fmt: skip

    def _out(self, row: Publication) -> Out:
        channels = {card.key: card.title for card in self.workspace.channels}
        return Out(
            number=row.number, title=row.title, channel=channels.get(row.account, row.account),
            at=row.sent_at or row.due_at, zone=row.zone, state=row.state, url=row.url,
        )  # fmt: skip

    def release(self, number: int, scope: Scope | None, name: str, by: Signed, keep_late: bool = False) -> Released:
        """Let go of the Stop with this number, or of all Stops of exactly this scope; only a person who may.

        With `keep_late` what should have gone out meanwhile is held, in the same transaction.
        """

        def released(session: Session) -> Released:
            who = naming.entitled(by.person, publications.people(session, self.workspace), Permission.RELEASE)
            orders = self._meant(session, number, scope, name)
            let = [self._let(session, order, who.key, keep_late) for order in orders]
            return Released(title=translate(RELEASE), let=tuple(one for one in let if one))

        try:
            return in_one(self.sessions, released)
        except Refused as refused:
            return Released(title=translate(RELEASE), refusal=refused.reason)

    def _let(self, session: Session, order: StopOrder, person: str, keep_late: bool) -> Let | None:
        """Let go of one; None where another person was first."""
        kept = rows.hold_late(session, self.clock, order) if keep_late else 0
        if not rows.release_stop(session, self.clock, order.id or 0, person):
            return None
        return Let(number=order.id or 0, said=self._went_on(session, order), kept_back=kept)

    def _meant(self, session: Session, number: int, scope: Scope | None, name: str) -> Sequence[StopOrder]:
        in_force = rows.stops_in_force(session)
        known = "; ".join(f"№ {order.id} — {self._what(session, order)}" for order in in_force) or translate(NONE)
        if scope is None:
            found = [order for order in in_force if order.id == number]
            if not found:
                raise Refused(because(NO_SUCH_STOP, code="no_stop", number=number, known=known))
            return found
        key = self._key(session, scope, name)
        found = [order for order in in_force if (order.scope, order.scope_key) == (scope, key)]
        if not found:
            what = self._called(session, scope, key)
            raise Refused(because(NOT_STOPPED, code="no_stop", what=what, known=known))
        return found

    def _went_on(self, session: Session, order: StopOrder) -> str:
        when = told.moment(order.pulled_at, self.workspace.company.zone)
        person, what = self._name(session, order.pulled_by), self._what(session, order)
        return translate(told.WENT_ON, number=order.id, what=what, person=person, when=when)

    def _what(self, session: Session, order: StopOrder) -> str:
        return self._called(session, Scope(order.scope), order.scope_key)

    def _called(self, session: Session, scope: Scope, key: str) -> str:
        piece = publications.piece_numbered(session, key) if scope is Scope.PIECE else ("", "")
        names = publications.known(session, self.workspace, scope) if scope is not Scope.PIECE else {}
        return told.what(scope, key, names, piece)

    def _name(self, session: Session, person: str) -> str:
        people = publications.people(session, self.workspace)
        return people[person].name if person in people else person
