"""One word of one person about one version, as tests give it."""

from sqlalchemy.orm import Session

from models.approval import Decision, Step
from models.database import Clock
from models.desk import Verdict
from tasks.decisions import rows


def give(
    session: Session, clock: Clock, subject: str, version: str, decision: Decision, person: str, *,
    proven: bool = True, reason: str = "", step: Step = Step.APPROVER,
) -> bool:  # fmt: skip
    """Returns whether it counts."""
    verdict = Verdict(subject=subject, version=version, decision=decision, reason=reason)
    return bool(rows.decide(session, clock, [verdict], person, proven=proven, step=step))
