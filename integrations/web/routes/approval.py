"""Approval on our page: the proofs of a request, and decisions of whoever is signed in."""

from collections.abc import Iterator

from fastapi import HTTPException, Request, Response

from integrations.web.access import Id, Routes, form_of, said, visitor_of
from integrations.web.premises import premises
from integrations.web.screen import after, show
from models.approval import Decision
from models.desk import Outcome, Proof, Question, Verdict
from models.locale import mark
from models.people import Permission
from models.reason import Reason, because

APPROVED = mark("Approved: {number}.")
RETURNED = mark("Sent back: {number}. The authors have been told.")
NO_REASON_GIVEN = mark("Say why you send it back: the author reads the reason. Nothing has been decided yet.")
NOTHING_CHOSEN = mark("Nothing was chosen, so nothing has been decided.")
MORE = mark("…and {number} more; the rows below show who decided.")
LOST_SHOWN = 3

routes = Routes()


@routes.get("/approval/{id}", Permission.READ_PLAN)
def question(request: Request, id: Id) -> Response:
    """Every version of the request as it will look, with what has been decided."""
    return show(request, "approval.html", question=_found(request, id))


@routes.post("/approval/{id}", Permission.APPROVE)
def decide(request: Request, id: Id) -> Response:
    """Decide about all rows or single ones; what somebody else decided first stays as it is."""
    found = _found(request, id)
    verdicts = list(_verdicts(request, found))
    path = f"/approval/{id}"
    if any(v.decision is Decision.RETURNED and not v.reason for v in verdicts):
        return after(request, path, because(NO_REASON_GIVEN, code="no_reason"))
    outcome = premises(request).verbs.decide(verdicts, visitor_of(request), id)
    return after(request, path, *_sentences(outcome))


@routes.post("/staff/proof/{rendition_id}", Permission.APPROVE)
def decide_one(request: Request, rendition_id: Id) -> Response:
    """Decide about one version by itself."""
    proof = premises(request).verbs.proof(rendition_id, visitor_of(request))
    if proof is None:
        raise HTTPException(404)
    decision = Decision.APPROVED if said(request, "do") == "approve" else Decision.RETURNED
    path = f"/staff/proof/{rendition_id}"
    if decision is Decision.RETURNED and not said(request, "reason"):
        return after(request, path, because(NO_REASON_GIVEN, code="no_reason"))
    verdict = _verdict(proof, decision, said(request, "reason"))
    return after(request, path, *_sentences(premises(request).verbs.decide([verdict], visitor_of(request), None)))


def _found(request: Request, id: int) -> Question:
    found = premises(request).verbs.question(id, visitor_of(request))
    if found is None:
        raise HTTPException(404)
    return found


def _verdicts(request: Request, question: Question) -> Iterator[Verdict]:
    """What the form says about the rows that are left to decide.

    `do` is what was pressed: "rest" approves all but those ticked to go back, "back" sends all back, "approve:7" and
    "return:7" decide about row 7 alone.
    """
    verb, _, one = said(request, "do").partition(":")
    ticked = {value for value in form_of(request).getlist("back") if isinstance(value, str)}
    for proof in question.proofs:
        row = str(proof.row)
        left = proof.is_current and not proof.decided
        if not left or (one and one != row) or verb not in ("rest", "back", "approve", "return"):
            continue
        back = verb in ("back", "return") or (verb == "rest" and row in ticked)
        reason = (said(request, f"reason-{row}") or said(request, "reason")) if back else ""
        yield _verdict(proof, Decision.RETURNED if back else Decision.APPROVED, reason)


def _verdict(proof: Proof, decision: Decision, reason: str) -> Verdict:
    return Verdict(subject=proof.subject, version=proof.version, decision=decision, reason=reason)


def _sentences(outcome: Outcome) -> list[Reason]:
    said = [because(APPROVED, code="done", number=outcome.approved)] if outcome.approved else []
    said += [because(RETURNED, code="done", number=outcome.returned)] if outcome.returned else []
    refused = [*outcome.lost, *dict.fromkeys(outcome.objections)]
    said += refused[:LOST_SHOWN]
    said += [because(MORE, code="more", number=len(refused) - LOST_SHOWN)] if len(refused) > LOST_SHOWN else []
    return said or [because(NOTHING_CHOSEN, code="nothing")]
