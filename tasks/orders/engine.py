"""Carries a person's orders out: each is one transaction, and answers in words. It knows no Prefect.

The names are found, the permission looked at and the rows changed in the same transaction; a compare-and-set decides
what was still possible, and the answer is read after it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from integrations.errors import Refused
from models.company import ChannelCard, Workspace
from models.database import Clock, now_by
from models.delivery import State
from models.locale import mark, translate
from models.orders import Answer, NewTime, Order, RepeatedOrder, TimedOrder, Verdict, When, Which
from models.people import Permission
from models.reason import because
from models.stop import Scope
from tasks.approval.rules import Who
from tasks.orders import answers, naming, rows
from tasks.orders.answers import Line, Report
from tasks.orders.moments import at_once, new_time
from tasks.orders.rows import Publication
from tasks.schedule.quiet import is_quiet, read_quiet
from tasks.schedule.wall import wall_of

LATE_AFTER = timedelta(hours=2)

CANCEL, HOLD, RESTORE = mark("Cancel"), mark("Hold"), mark("Restore")
MOVE, PUBLISH_NOW, UNKNOWN = mark("Move"), mark("Publish now"), mark("Unknown outcome")
ONE_LINK = mark("Name the channel: the link belongs to one publication, and the piece has {number} in doubt.")

Act = Callable[[Session, Publication, Who], tuple[Answer, str, str]]


class Orders:
    """The orders of one house. Every verb returns a Report; what cannot be done at all is its refusal."""

    def __init__(self, sessions: sessionmaker[Session], clock: Clock, workspace: Workspace) -> None:
        self.sessions, self.clock, self.workspace = sessions, clock, workspace
        self.cards: dict[str, ChannelCard] = {card.key: card for card in workspace.channels}
        self.channels: Mapping[str, str] = {key: card.title for key, card in self.cards.items()}

    def cancel(self, order: RepeatedOrder) -> Report:
        def act(session: Session, row: Publication, who: Who) -> tuple[Answer, str, str]:
            return rows.cancel(session, [row.id], who.name, order.reason)[row.id], answers.CANCELLED, ""

        return self._order(CANCEL, order, rows.CANCELLABLE, act, every=order.repeats)

    def hold(self, order: RepeatedOrder) -> Report:
        def act(session: Session, row: Publication, who: Who) -> tuple[Answer, str, str]:
            return rows.hold(session, [row.id], who.name, order.reason)[row.id], answers.HELD, ""

        return self._order(HOLD, order, rows.HOLDABLE, act, every=order.repeats)

    def restore(self, order: TimedOrder) -> Report:
        """Plan again; a row whose time has passed needs a new one, or it would be too late for it at once."""

        def act(session: Session, row: Publication, who: Who) -> tuple[Answer, str, str]:
            now = now_by(self.clock, session)
            when = self._new_time(row, order, now) if order.date or order.time else None
            if when is None and row.due_at <= now and row.state in rows.RESTORABLE:
                return Answer.TOO_LATE, "", answers.TIME_PASSED
            return rows.restore(session, [row.id], when)[row.id], answers.RESTORED, ""

        return self._order(RESTORE, order, rows.RESTORABLE, act)

    def move(self, order: TimedOrder) -> Report:
        def act(session: Session, row: Publication, who: Who) -> tuple[Answer, str, str]:
            when = self._new_time(row, order, now_by(self.clock, session))
            return rows.reschedule(session, [row.id], when)[row.id], answers.MOVED, ""

        return self._order(MOVE, order, rows.MOVABLE, act)

    def publish_now(self, order: Order, urgent: bool) -> Report:
        def act(session: Session, row: Publication, who: Who) -> tuple[Answer, str, str]:
            now = now_by(self.clock, session)
            answer = rows.publish_now(session, row.id, at_once(now, row.zone, self._late_after(row)), urgent)
            quiet = answers.QUIET if not urgent and self._is_quiet(row.account, now) else ""
            refused = row.state in rows.PUBLISHABLE and not row.approved
            return answer, quiet or answers.NOW, answers.NOT_APPROVED if refused else ""

        return self._order(PUBLISH_NOW, order, rows.PUBLISHABLE, act)

    def decide_unknown(self, order: Order, verdict: Verdict, link: str) -> Report:
        said = {Verdict.OUT: answers.SETTLED, Verdict.AGAIN: answers.AGAIN, Verdict.LEAVE: answers.LEFT}[verdict]

        def act(session: Session, row: Publication, who: Who) -> tuple[Answer, str, str]:
            now = now_by(self.clock, session)
            when = at_once(now, row.zone, self._late_after(row)) if verdict is Verdict.AGAIN else None
            answer = rows.decide_unknown(session, self.clock, row.id, verdict, who.name, link.strip(), when)
            return answer, said, "" if row.state is State.UNKNOWN else answers.KNOWN

        def alone(chosen: Sequence[Publication]) -> None:
            doubtful = [row for row in chosen if row.state is State.UNKNOWN]
            if link.strip() and len(doubtful) > 1:
                raise Refused(because(ONE_LINK, code="one_link", number=len(doubtful)))

        return self._order(UNKNOWN, order, {State.UNKNOWN}, act, Permission.DECIDE_UNKNOWN, check=alone)

    def _order(
        self,
        title: str,
        order: Order | RepeatedOrder | TimedOrder,
        states: frozenset[State] | set[State],
        act: Act,
        permission: Permission = Permission.SCHEDULE,
        *,
        every: bool = False,
        check: Callable[[Sequence[Publication]], None] = lambda chosen: None,
    ) -> Report:
        """Do it row by row in one transaction; a refusal (an unknown name, a time that has passed) undoes all of it."""
        title = translate(title)
        try:
            with self.sessions.begin() as session:
                who = naming.entitled(order.person, rows.people(session, self.workspace), permission)
                chosen, left = self._chosen(session, order, states, every)
                check(chosen)
                told = [self._done(session, row, who, act) for row in chosen]
                return Report(title=title, lines=tuple(told), notes=answers.repeats_left(left))
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)

    def _new_time(self, row: Publication, time: NewTime, now: datetime) -> When:
        """The time as it is on the clocks of the channel; it is kept on those the row was planned by."""
        card = self.cards.get(row.account)
        zone = self.workspace.zone_of(card) if card else row.zone
        when = new_time(time.date, time.time, row.due_at, now, zone, self._late_after(row))
        return When(when.due_at, when.late_at, wall_of(when.due_at, row.zone), row.zone)

    def _late_after(self, row: Publication) -> timedelta:
        card = self.cards.get(row.account)
        return card.lateness.after if card else LATE_AFTER

    def _is_quiet(self, account: str, now: datetime) -> bool:
        card = self.cards.get(account)
        quiet = read_quiet(self.workspace.quiet_hours_of(card)) if card else None
        return quiet is not None and card is not None and is_quiet(quiet, now, self.workspace.zone_of(card))

    def _done(self, session: Session, row: Publication, who: Who, act: Act) -> Line:
        answer, said, why_not = act(session, row, who)
        [now] = rows.by_ids(session, [row.id])
        return answers.answered(now, answer, said, self.channels, why_not)

    def _chosen(
        self, session: Session, which: Which, states: frozenset[State] | set[State], every: bool
    ) -> tuple[list[Publication], int]:
        """The publications meant, and how many repeats are left out: of those the nearest is meant in each channel."""
        if bool(which.piece.strip()) == bool(which.publication):
            raise Refused(because(answers.WHICH_ONE, code="which_one"))
        if which.publication:
            found = rows.by_ids(session, [which.publication])
            if not found:
                raise Refused(because(answers.GONE, code="absent", id=which.publication))
            return found, 0
        channel = naming.channel_called(which.channel, rows.known(session, self.workspace, Scope.CHANNEL))
        pieces = rows.pieces(session)
        number = naming.piece_called(which.piece, pieces)
        found = rows.of_piece(session, number, channel)
        if not found:
            raise Refused(answers.nothing(number, pieces[number], self.channels.get(channel, channel)))
        return _meant(found, states, now_by(self.clock, session), every)


def _meant(
    found: Sequence[Publication], states: frozenset[State] | set[State], now: datetime, every: bool
) -> tuple[list[Publication], int]:
    """Of each channel the nearest row the order can be about, or all of them; where there is none, the nearest row."""
    chosen, left = [], 0
    for account in dict.fromkeys(row.account for row in found):
        mine = [row for row in found if row.account == account]
        able = sorted((row for row in mine if row.state in states), key=lambda row: abs(row.due_at - now))
        near = able or sorted(mine, key=lambda row: abs(row.due_at - now))[:1]
        chosen += near if every else near[:1]
        left += 0 if every else sum(row.due_at > now for row in able[1:])
    return chosen, left
