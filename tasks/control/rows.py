"""The rows of placement control: what was found on the channels, and what people decided about it.

Sessions are given; nothing here opens or commits one.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from models.database import Clock, now_by
from models.delivery import OPEN as NOT_YET_OUT
from models.delivery import Delivery, Lateness, State, Verb, may_precede
from models.locale import mark
from models.orders import Answer as Done
from models.reaction import Check, TrackedLink
from models.reason import because
from models.registry import Observation
from tasks.control.compare import Answer, Difference, Kind, next_check
from tasks.delivery.keys import following_key, placement_key
from tasks.delivery.rows import insert_quietly
from tasks.delivery.statements import QUICK, D
from tasks.posting.rows import KIND
from tasks.registry.rows import record
from tasks.watching import rows as watching
from tasks.watching.letter import Letter
from tasks.watching.placed import LIVE, Due, Placed, Taken

OPEN, OVER = "open", "over"
SOON = timedelta(minutes=2)
C = Check.__table__.c  # type: ignore[attr-defined]
TAKEN_DOWN = mark("The publication is being taken down, so it is not corrected any more.")


@dataclass(frozen=True)
class Look:
    """What was seen of a publication: `seen` is its print, empty where nothing was seen.

    Then it is looked at again after `wait`, or never more where there is none.
    """

    placed: Placed
    seen: str = ""
    source: str = ""
    differences: tuple[Difference, ...] = ()
    wait: timedelta | None = None

    @property
    def is_gone(self) -> bool:
        return any(difference.kind is Kind.GONE for difference in self.differences)


Letters = Callable[[int, Look], list[Letter]]


def settle(session: Session, clock: Clock, taken: Taken, looks: Sequence[Look], letters: Letters) -> int:
    """Write down what was seen, and ask about what is not as approved; returns how many questions are new.

    What a person has accepted as it is counts as right, and is not asked about again.
    """
    ours = watching.still_ours(session, LIVE, taken)
    looks = [look for look in looks if look.placed.id in ours]
    now, accepted = now_by(clock, session), _accepted(session, looks)
    seen = [look for look in looks if look.seen]
    wrong = [look for look in seen if look.differences and (look.placed.id, look.seen) not in accepted]
    right = [look for look in seen if look not in wrong]
    _confirm(session, [look.placed.id for look in right])
    opened = _ask(session, now, seen, wrong)
    watching.send(session, clock, [letter for id, look in opened for letter in letters(id, look)])
    record(session, [fact for look in seen for fact in _facts(look, look in right, now)], clock)
    watching.come_back(session, LIVE, [_due(look, now) for look in looks])
    watching.stop_watching(session, [look.placed.id for look in looks if look.placed.is_removed])
    return len(opened)


def _accepted(session: Session, looks: Sequence[Look]) -> set[tuple[int, str]]:
    ids = [look.placed.id for look in looks]
    query = select(C.delivery_id, C.seen_hash).where(C.delivery_id.in_(ids), C.state == Answer.ACCEPT)
    return {(row.delivery_id, row.seen_hash) for row in session.execute(query)}


def _confirm(session: Session, ids: Collection[int]) -> None:
    """What stands as approved is confirmed; whatever else became of it meanwhile, stays."""
    change = update(Delivery).where(D.id.in_(ids), D.state.in_(may_precede(State.CONFIRMED)))
    session.execute(change.values(state=State.CONFIRMED), execution_options=QUICK)


def _ask(session: Session, now: datetime, seen: Sequence[Look], wrong: Sequence[Look]) -> list[tuple[int, Look]]:
    """Open a question for what is seen now and not asked about; those about what is no longer so are over."""
    ids = [look.placed.id for look in seen]
    query = select(C.id, C.delivery_id, C.seen_hash).where(C.delivery_id.in_(ids), C.state == OPEN)
    standing = {(row.delivery_id, row.seen_hash): row.id for row in session.execute(query)}
    present = {(look.placed.id, look.seen) for look in wrong}
    past = [id for asked, id in standing.items() if asked not in present]
    over = update(Check).where(C.id.in_(past)).values(state=OVER, decided_at=now)
    session.execute(over, execution_options=QUICK)
    new = [(look, _check(look, now)) for look in wrong if (look.placed.id, look.seen) not in standing]
    session.add_all(check for _, check in new)
    session.flush()
    return [(check.id or 0, look) for look, check in new]


def _check(look: Look, now: datetime) -> Check:
    findings = [difference.model_dump(mode="json") for difference in look.differences]
    return Check(delivery_id=look.placed.id, seen_hash=look.seen, findings=findings, state=OPEN, found_at=now)


def _facts(look: Look, is_right: bool, now: datetime) -> list[Observation]:
    """That it was looked at and whether it stood as it should; a look is known by the one before it."""
    before = look.placed.looked_at
    which = before.isoformat() if before else "first"
    counted = {"checked": 1, "correct": int(is_right)}
    return [look.placed.fact("A9", metric, value, now, look.source, which) for metric, value in counted.items()]


def _due(look: Look, now: datetime) -> Due:
    if look.seen:
        return Due(look.placed.id, next_check(look.placed.sent_at, now), now)
    return Due(look.placed.id, now + look.wait if look.wait is not None else None)


def targets(session: Session, pieces: Collection[str]) -> dict[str, str]:
    """Where the short links of these pieces lead, by their codes."""
    ids = [int(piece) for piece in pieces if piece.isdecimal()]
    query = select(col(TrackedLink.code), col(TrackedLink.url)).where(col(TrackedLink.piece_id).in_(ids))
    return {row.code: row.url for row in session.execute(query)}


def decide_difference(session: Session, clock: Clock, check_id: int, answer: Answer, person: str) -> Done:
    """Do what a person decided about a difference; too late where it is decided already, or over.

    What is gone is published again, what is there is corrected back to what was approved.
    """
    decided = update(Check).where(C.id == check_id, C.state == OPEN)
    decided = decided.values(state=answer, decided_by=person, decided_at=clock.plus()).returning(C.delivery_id)
    delivery_id = session.execute(decided, execution_options=QUICK).scalar_one_or_none()
    if delivery_id is None:
        return Done.TOO_LATE if session.get(Check, check_id) else Done.ABSENT
    is_gone = any(one.kind is Kind.GONE for one in differences_of(session, check_id))
    if answer is not Answer.ACCEPT:
        [placed] = watching.placed(session, [delivery_id])
        _order(session, clock, placed, check_id, answer, is_gone)
    if is_gone:
        watching.stop_watching(session, [delivery_id])
    else:
        watching.look_soon(session, clock, delivery_id, SOON)
    return Done.DONE


def differences_of(session: Session, check_id: int) -> list[Difference]:
    """What was found, as the question said it; nothing where there is no such question."""
    check = session.get(Check, check_id)
    return [Difference.model_validate(finding) for finding in check.findings] if check else []


def account_of(session: Session, check_id: int) -> str:
    query = select(D.account).join(Check.__table__, C.delivery_id == D.id).where(C.id == check_id)  # type: ignore[attr-defined]
    return session.execute(query).scalar_one_or_none() or ""


def _order(session: Session, clock: Clock, placed: Placed, check_id: int, answer: Answer, is_gone: bool) -> None:
    """The delivery that carries the decision out; the content was approved before it went out the first time."""
    verb = Verb.DELETE if answer is Answer.TAKE_DOWN else Verb.PUBLISH if is_gone else Verb.EDIT
    if verb is Verb.PUBLISH:
        # An occurrence that is on no grid of the plan, so that laying the plan out anew neither moves nor cancels it.
        key, base_id = placement_key(int(placed.subject_id), placed.account, f"-{check_id}"), None
    else:
        key, base_id = following_key(placed.key, verb, f"check{check_id}"), placed.id
    if verb is Verb.DELETE:
        _give_up_corrections(session, placed.id)
    now = now_by(clock, session)
    row = Delivery(
        key=key, kind=KIND, verb=verb, account=placed.account, subject_id=placed.subject_id, campaign=placed.campaign,
        content_id=placed.content_id, content_hash=placed.content_hash, approved_hash=placed.content_hash,
        base_id=base_id, due_at=now, lateness=Lateness.PUBLISH, heeds_quiet_hours=verb is Verb.PUBLISH,
        created_at=now,
    )  # fmt: skip
    values: dict[str, Any] = row.model_dump(exclude={"id"})
    session.execute(insert_quietly(session, Delivery, ["key"]), [values])


def _give_up_corrections(session: Session, base_id: int) -> None:
    """What is taken down is not corrected afterwards: a channel might put it back for that."""
    corrections = update(Delivery).where(D.base_id == base_id, D.verb == Verb.EDIT, D.state.in_(NOT_YET_OUT))
    reason = because(TAKEN_DOWN, code="taken_down").model_dump()
    given_up = corrections.values(state=State.CANCELLED, reason=reason, token=D.token + 1)
    session.execute(given_up, execution_options=QUICK)


def asked(session: Session, check_id: int) -> tuple[int, str] | None:
    """The publication that an open question is about, and the print of what was seen of it."""
    check = session.get(Check, check_id)
    return (check.delivery_id, check.seen_hash) if check and check.state == OPEN else None
