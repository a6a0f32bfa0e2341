"""Carries a person's orders out: each is one transaction, and answers in words. It knows no Prefect.

The names are found, the permission looked at and the rows changed in the same transaction; a compare-and-set decides
what was still possible, and the answer is read after it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from integrations.errors import Refused
from models.company import ChannelCard, Workspace
from models.database import Clock, in_one, now_by
from models.delivery import State
from models.locale import mark, translate
from models.orders import Answer, NewTime, Order, RepeatedOrder, TimedOrder, Verdict, When, Which
from models.people import Permission
from models.reason import because
from models.stop import Scope
from models.timetable import read_quiet
from tasks.approval.rules import Who
from tasks.orders import answers, naming, rows
from tasks.orders.answers import Line, Report
from tasks.orders.moments import new_time
from tasks.orders.rows import Publication
from tasks.schedule.quiet import next_open
from tasks.schedule.wall import local, wall_of

LATE_AFTER = timedelta(hours=2)
RECENT = timedelta(hours=2)

CANCEL, HOLD, RESTORE = mark("Cancel"), mark("Hold"), mark("Restore")
MOVE, PUBLISH_NOW, UNKNOWN = mark("Move"), mark("Publish now"), mark("Unknown outcome")
ONE_LINK = mark("Name the channel: the link belongs to one publication, and the piece has {number} in doubt.")
WHICH_UNKNOWN = mark("The piece has several publications in doubt in this channel. Name one by its number: {ids}.")

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
            if when is not None and row.state in rows.RESTORABLE and rows.has_twin(session, row.id, when.due_at):
                return Answer.TOO_LATE, "", self._twin(row, when)
            return rows.restore(session, [row.id], when)[row.id], answers.RESTORED, ""

        return self._order(RESTORE, order, rows.RESTORABLE, act)

    def move(self, order: TimedOrder) -> Report:
        def act(session: Session, row: Publication, who: Who) -> tuple[Answer, str, str]:
            when = self._new_time(row, order, now_by(self.clock, session))
            if row.state in rows.MOVABLE and rows.has_twin(session, row.id, when.due_at):
                return Answer.TOO_LATE, "", self._twin(row, when)
            return rows.reschedule(session, [row.id], when)[row.id], answers.MOVED, ""

        return self._order(MOVE, order, rows.MOVABLE, act)

    def _twin(self, row: Publication, when: When) -> str:
        """The same piece twice at once in one channel: the same order, given again, would take the next repeat."""
        return translate(answers.TWIN, when=answers.shown(when.due_at, self._clocks(row)))

    def publish_now(self, order: Order, urgent: bool) -> Report:
        def act(session: Session, row: Publication, who: Who) -> tuple[Answer, str, str]:
            now = now_by(self.clock, session)
            answer = rows.publish_now(session, row.id, self._at_once(row, now), urgent)
            quiet = "" if urgent else self._quiet(row.account, now)
            refused = row.state in rows.PUBLISHABLE and not row.approved
            return answer, quiet or answers.NOW, answers.NOT_APPROVED if refused else ""

        return self._order(PUBLISH_NOW, order, rows.PUBLISHABLE, act)

    def decide_unknown(self, order: Order, verdict: Verdict, link: str) -> Report:
        said = {Verdict.OUT: answers.SETTLED, Verdict.AGAIN: answers.AGAIN, Verdict.LEAVE: answers.LEFT}[verdict]

        def act(session: Session, row: Publication, who: Who) -> tuple[Answer, str, str]:
            when = self._at_once(row, now_by(self.clock, session))
            answer = rows.decide_unknown(session, self.clock, row.id, verdict, who.name, link.strip(), when)
            rest = answer is Answer.DONE and verdict is Verdict.OUT and rows.has_parts_left(session, row.id)
            return answer, answers.REST if rest else said, "" if row.state is State.UNKNOWN else answers.KNOWN

        def alone(chosen: Sequence[Publication]) -> None:
            doubtful = [row for row in chosen if row.state is State.UNKNOWN]
            if len(doubtful) > len({row.account for row in doubtful}):
                ids = ", ".join(str(row.id) for row in doubtful)
                raise Refused(because(WHICH_UNKNOWN, code="which_one", ids=ids))
            if link.strip() and len(doubtful) > 1:
                raise Refused(because(ONE_LINK, code="one_link", number=len(doubtful)))

        return self._order(
            UNKNOWN, order, {State.UNKNOWN}, act, Permission.DECIDE_UNKNOWN, every=True, check=alone
        )  # fmt: skip

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

        def carry_out(session: Session) -> Report:
            who = naming.entitled(order.person, rows.people(session, self.workspace), permission)
            chosen, left = self._chosen(session, order, states, every)
            check(chosen)
            told = [self._done(session, row, who, act) for row in chosen]
            return Report(title=title, lines=tuple(told), notes=answers.repeats_left(left))

        try:
            return in_one(self.sessions, carry_out)
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)

    def _new_time(self, row: Publication, time: NewTime, now: datetime) -> When:
        """The time as it is on the clocks of the channel; it is kept on those the row was planned by."""
        due = new_time(time.date, time.time, row.due_at, now, self._clocks(row))
        return When(due, self._late_at(row, due), wall_of(due, row.zone), row.zone)

    def _at_once(self, row: Publication, now: datetime) -> When:
        return When(now, self._late_at(row, now), wall_of(now, row.zone), row.zone)

    def _late_at(self, row: Publication, due: datetime) -> datetime:
        """It is not late while the channel is in its quiet hours: it goes out when they end."""
        card = self.cards.get(row.account)
        return self._opens(card, due) + card.lateness.after if card else due + LATE_AFTER

    def _opens(self, card: ChannelCard, at: datetime) -> datetime:
        return next_open(read_quiet(self.workspace.quiet_hours_of(card)), at, self.workspace.zone_of(card))

    def _quiet(self, account: str, now: datetime) -> str:
        """What is said where the channel is in its quiet hours; empty where it is not."""
        card = self.cards.get(account)
        opens = self._opens(card, now) if card else now
        if card is None or opens <= now:
            return ""
        return translate(answers.QUIET, opens=local(opens, self.workspace.zone_of(card)).strftime("%H:%M"))

    def _done(self, session: Session, row: Publication, who: Who, act: Act) -> Line:
        answer, said, why_not = act(session, row, who)
        [now] = rows.by_ids(session, [row.id])
        return answers.answered(replace(now, zone=self._clocks(row)), answer, said, self.channels, why_not)

    def _clocks(self, row: Publication) -> str:
        """The zone in which an order names times, and its answer too: the channel's."""
        card = self.cards.get(row.account)
        return self.workspace.zone_of(card) if card else row.zone

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
    """Of each channel the nearest row, or all the order can be about; and how many of those are left out.

    A row that is to come, or was due a moment ago, is meant whatever became of it: the same order given twice is about
    the same row, and does not take the next repeat.
    """
    chosen, left = [], 0
    for account in dict.fromkeys(row.account for row in found):
        mine = sorted((row for row in found if row.account == account), key=lambda row: abs(row.due_at - now))
        able = [row for row in mine if row.state in states]
        near = next((row for row in mine if row.state in states or row.due_at > now - RECENT), mine[0])
        chosen += (able or [near]) if every else [near]
        left += 0 if every else sum(row is not near and (row.due_at > now or near not in able) for row in able)
    return chosen, left
