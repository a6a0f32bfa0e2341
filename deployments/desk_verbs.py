"""The verbs of the desk, done in the house: what waits, what is decided, what is ordered."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from integrations.web.markup import is_safe
from models.approval import Decision
from models.database import now_by, reading
from models.desk import Choice, Line, Order, Outcome, Proof, Question, Queue, Stops, Verdict, Visitor
from models.locale import mark
from models.reason import Reason, because
from models.stop import Scope
from models.timetable import read_quiet
from tasks.approval import rows as approval
from tasks.approval.rules import demands_of
from tasks.desk import rows
from tasks.desk.rows import Names, Reader
from tasks.house import House
from tasks.orders import rows as orders
from tasks.orders.rows import Answer, When
from tasks.people.rows import everybody
from tasks.schedule.quiet import next_open
from tasks.schedule.wall import instant, local, wall_at, wall_of
from tasks.stop import rows as stops

GOES_OUT = mark("“{title}” goes out within a minute.")
GOES_OUT_LATER = mark("“{title}” goes out at {at}: these are quiet hours now.")
WAITS_FOR_STOP = mark("“{title}” is planned for now, but a Stop holds it until it is released.")
CANCELLED = mark("“{title}” is cancelled on {channel}.")
WRITTEN_DOWN = mark("Written down: “{title}” is out on {channel}.")
AGAIN = mark("“{title}” is published again within a minute.")
LEFT = mark("“{title}” is left as it is, without another attempt.")
TOO_LATE = mark("Too late: “{title}” has moved on meanwhile. Look at its state now.")
ABSENT = mark("There is no such publication any more.")
NO_VERDICT = mark("Choose what you saw on the channel. Nothing has been changed.")
BAD_LINK = mark("A link begins with https://. Nothing has been changed: copy it from the channel again.")
DECIDED_FIRST = {
    Decision.APPROVED: mark("“{title}”: {person} was first and has approved it, {at}."),
    Decision.RETURNED: mark("“{title}”: {person} was first and has sent it back, {at}."),
}
STOP_PULLED = mark("Stopped: {what}. Nothing of it goes out until a person releases it.")
EVERYTHING_STOPPED = mark("Stopped: everything. Nothing goes out until a person releases it.")
NO_SUCH = mark("There is no “{key}” to stop. Nothing has been stopped yet: check the name or the №.")
RELEASED = mark("Released. What was waiting goes out by its plan, or is held by its rule for lateness.")
RELEASED_BEFORE = mark("It was released before.")


class DeskVerbs:
    """What waits for people, and what they order."""

    house: House

    def today(self) -> date:
        return local(self.house.now(), self._zone).date()

    @property
    def _zone(self) -> str:
        return self.house.workspace.company.zone

    def accounts(self) -> dict[str, str]:
        return {card.key: card.title for card in self.house.workspace.channels}

    def _names(self, session: Session) -> Names:
        workspace = self.house.workspace
        return Names(
            channels={card.key: card for card in workspace.channels},
            people={person.key: person.name for person in everybody(session)},
            campaigns={campaign.key: campaign.title for campaign in workspace.company.campaigns},
        )

    def _reader(self, session: Session, visitor: Visitor) -> Reader:
        return Reader(approval.people(session).get(visitor.key), demands_of(self.house.workspace.company))

    def queue(self) -> Queue:
        with reading(self.house.engine) as session:
            names = self._names(session)
            troubles = tuple(rows.troubles(session, self.house.clock, names))
            return Queue(
                asked=tuple(rows.asked(session, names)),
                troubles=troubles,
                is_cut=len(troubles) >= rows.MOST,
                stops=tuple(rows.stops_in_force(session, names)),
            )

    def plan(self, first: date, days: int, account: str) -> Sequence[Line]:
        since, until = (instant(wall_at(day, time()), self._zone) for day in (first, first + timedelta(days=days)))
        with reading(self.house.engine) as session:
            return rows.plan(session, since, until, self._names(session), account)

    def question(self, id: int, visitor: Visitor) -> Question | None:
        with reading(self.house.engine) as session:
            return rows.question(session, id, self._reader(session, visitor), self._names(session))

    def proof(self, rendition_id: int, visitor: Visitor) -> Proof | None:
        with reading(self.house.engine) as session:
            return rows.proof(session, rendition_id, self._reader(session, visitor), self._names(session))

    def placements(self, rendition_id: int) -> Sequence[Line]:
        with reading(self.house.engine) as session:
            return rows.of_rendition(session, rendition_id, self._names(session))

    def decide(self, verdicts: Sequence[Verdict], visitor: Visitor, request_id: int | None) -> Outcome:
        """Record decisions, proven, each by itself: two who decide at once never wait for each other's whole list."""
        outcome = Outcome()
        for verdict in verdicts:
            with self.house.sessions.begin() as session:
                outcome = self._decide(session, verdict, visitor, request_id, outcome)
        if request_id is not None:
            with self.house.sessions.begin() as session:
                if not approval.undecided(session, request_id):
                    approval.close_request(session, self.house.clock, request_id)
        return outcome

    def _decide(
        self, session: Session, verdict: Verdict, visitor: Visitor, request_id: int | None, outcome: Outcome
    ) -> Outcome:
        reader, subject = self._reader(session, visitor), verdict.subject
        weight = approval.weights(session, [subject], reader.demands)[subject]
        objection = reader.objection_to(approval.author_of(session, subject), weight)
        if objection:
            return outcome.model_copy(update={"objections": (*outcome.objections, objection)})
        done = approval.decide(
            session, self.house.clock, verdict.subject, verdict.version, verdict.decision, visitor.key, proven=True,
            reason=verdict.reason, request_id=request_id,
        )  # fmt: skip
        if done is None:
            return outcome.model_copy(update={"lost": (*outcome.lost, self._who_was_first(session, verdict))})
        field = "approved" if verdict.decision is Decision.APPROVED else "returned"
        return outcome.model_copy(update={field: getattr(outcome, field) + 1})

    def _who_was_first(self, session: Session, verdict: Verdict) -> Reason:
        first = approval.decided_by(session, verdict.subject, verdict.version)
        piece = approval.piece_of(session, verdict.subject)
        assert first is not None
        return because(
            DECIDED_FIRST[Decision(first.decision)], code="lost", title=piece.title if piece else verdict.subject,
            person=self._names(session).person(first.person), at=self._clock_of(first.decided_at),
        )  # fmt: skip

    def _clock_of(self, at: datetime) -> str:
        return local(at, self._zone).strftime("%H:%M")

    def publish_now(self, id: int, visitor: Visitor) -> Reason:
        """Plan it again for this very moment; in quiet hours, for their end."""
        with self.house.sessions.begin() as session:
            line = rows.line(session, id, self._names(session))
            if line is None or Order.PUBLISH_NOW not in line.orders:
                return _in_vain(line)
            now, when = now_by(self.house.clock, session), self._when(session, line.account)
            answer = orders.publish_now(session, id, when, urgent=False)
        return self._promise(GOES_OUT, line, when, now) if answer is Answer.DONE else _in_vain(line)

    def _promise(self, soon: str, line: Line, when: When, now: datetime) -> Reason:
        """When it really goes out: at once, unless a Stop or quiet hours hold it."""
        if line.is_stopped:
            return because(WAITS_FOR_STOP, code="stopped", title=line.title)
        if when.due_at > now:
            return because(GOES_OUT_LATER, code="quiet", title=line.title, at=self._clock_of(when.due_at))
        return because(soon, code="done", title=line.title)

    def _when(self, session: Session, account: str) -> When:
        card, now = self.house.card_of(account), now_by(self.house.clock, session)
        if card is None:
            return When(now, None, wall_of(now, self._zone), self._zone)
        zone = self.house.workspace.zone_of(card)
        due = next_open(read_quiet(self.house.workspace.quiet_hours_of(card)), now, zone)
        return When(due, due + card.lateness.after, wall_of(due, zone), zone)

    def cancel(self, id: int, visitor: Visitor, why: str) -> Reason:
        with self.house.sessions.begin() as session:
            line = rows.line(session, id, self._names(session))
            answer = orders.cancel(session, [id], visitor.name, why)[id]
        if line is None or answer is not Answer.DONE:
            return _in_vain(line)
        return because(CANCELLED, code="done", title=line.title, channel=line.channel)

    def decide_unknown(self, id: int, verdict: str, visitor: Visitor, url: str) -> Reason:
        if verdict not in set(orders.Verdict):
            return because(NO_VERDICT, code="no_verdict")
        if url and not (is_safe(url) and url.startswith("http")):
            return because(BAD_LINK, code="bad_link")
        with self.house.sessions.begin() as session:
            line, now = rows.line(session, id, self._names(session)), now_by(self.house.clock, session)
            when, saw = self._when(session, line.account if line else ""), orders.Verdict(verdict)
            answer = orders.decide_unknown(session, self.house.clock, id, saw, visitor.name, url, when)
        if line is None or answer is not Answer.DONE:
            return _in_vain(line)
        if saw is orders.Verdict.AGAIN:
            return self._promise(AGAIN, line, when, now)
        said = WRITTEN_DOWN if saw is orders.Verdict.OUT else LEFT
        return because(said, code="done", title=line.title, channel=line.channel)

    def stops(self) -> Stops:
        with reading(self.house.engine) as session:
            names = self._names(session)
            in_force, past = rows.stops_in_force(session, names), rows.past_stops(session, names)
        channels = tuple(Choice(key=key, title=title) for key, title in self.accounts().items())
        campaigns = tuple(Choice(key=key, title=title) for key, title in names.campaigns.items())
        return Stops(in_force=tuple(in_force), past=tuple(past), channels=channels, campaigns=campaigns)

    def pull_stop(self, scope: Scope, key: str, visitor: Visitor, why: str) -> Reason:
        with self.house.sessions.begin() as session:
            names = self._names(session)
            known: dict[str, str | None] = {
                Scope.ALL: "",
                Scope.CHANNEL: key if key in names.channels else None,
                Scope.CAMPAIGN: key if key in names.campaigns else None,
                Scope.PIECE: rows.piece_numbered(session, key) if scope is Scope.PIECE else None,
            }
            scope_key = known[scope]
            if scope_key is None:
                return because(NO_SUCH, code="no_such", key=key)
            id = stops.pull_stop(session, self.house.clock, scope, scope_key, visitor.key, why)
            pulled = next(stop for stop in rows.stops_in_force(session, names) if stop.id == id)
        return (
            because(STOP_PULLED, code="pulled", what=pulled.what)
            if pulled.what
            else because(EVERYTHING_STOPPED, code="pulled")
        )

    def release_stop(self, id: int, visitor: Visitor) -> Reason:
        with self.house.sessions.begin() as session:
            done = stops.release_stop(session, self.house.clock, id, visitor.key)
        return because(RELEASED, code="released") if done else because(RELEASED_BEFORE, code="before")


def _in_vain(line: Line | None) -> Reason:
    return because(TOO_LATE, code="too_late", title=line.title) if line else because(ABSENT, code="absent")
