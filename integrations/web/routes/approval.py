"""Approval on our page: questions, the proofs of their rows, and decisions of whoever is signed in."""

from collections.abc import Iterator, Sequence

from fastapi import HTTPException, Request, Response

from integrations.web.access import Id, Routes, form_of, inside, once_of, said, visitor_of
from integrations.web.premises import premises
from integrations.web.screen import after, show
from models.approval import Decision
from models.desk import Outcome, Proof, Question, Verdict, Version
from models.locale import mark
from models.people import Permission
from models.reason import NO_REASON, Reason, because

APPROVED = mark("Approved: {number}.")
RETURNED = mark("Sent back: {number}. The authors have been told.")
NO_REASON_GIVEN = mark("Say why you send it back: the author reads the reason. Nothing has been decided yet.")
NO_BUTTON = mark("Nothing has been decided yet. Press the button of what you mean: Enter presses none.")
BOTH_SAID = mark(
    "“{title}” is not approved yet: it is ticked to go back, or has a reason to. Send it back, or clear both."
)
NOTHING_CHOSEN = mark("Nothing was chosen, so nothing has been decided.")
MORE = mark("…and {number} more; the rows below show who decided.")
DO_ALL, DO_ONE = ("rest", "back"), ("approve", "return")
LOST_SHOWN = 3
PATH = "/approval"
WEEK_DAYS, DAYS_MOST = 7, 60

routes = Routes()


@routes.get(PATH, Permission.READ_PLAN)
def questions(request: Request) -> Response:
    """The open questions, mine first, and what was decided lately."""
    return show(request, "approvals.html", questions=premises(request).verbs.questions(visitor_of(request)))


@routes.post(PATH, Permission.SCHEDULE)
def ask(request: Request) -> Response:
    """Ask for approval of what is due within some days: of one piece, or of all."""
    days = said(request, "days", 3)
    ahead = min(max(int(days), 1), DAYS_MOST) if days.isascii() and days.isdecimal() else WEEK_DAYS
    verbs, piece = premises(request).verbs, said(request, "piece", 80)
    told = verbs.ask_for_approval(ahead, piece, visitor_of(request), once_of(request))
    return after(request, inside(said(request, "next"), PATH), *told)


@routes.get(PATH + "/{id}", Permission.READ_PLAN)
def question(request: Request, id: Id) -> Response:
    """The rows of the question, with what has been decided; each proof is one click away."""
    return _table(request, _found(request, id))


@routes.get(PATH + "/{id}/row/{row}", Permission.READ_PLAN)
def proof_of_row(request: Request, id: Id, row: Id) -> Response:
    """The proof of one row, as a piece of the page that asks for it."""
    proof = premises(request).verbs.proof_of_row(id, row, visitor_of(request))
    if proof is None:
        raise HTTPException(404)
    return show(request, "approval_row.html", proof=proof)


@routes.post(PATH + "/{id}", Permission.APPROVE)
def decide(request: Request, id: Id) -> Response:
    """Decide about all rows or single ones; what somebody else decided first stays as it is."""
    found = _found(request, id)
    verdicts = list(_verdicts(request, found))
    if wrong := _unclear(request, found, verdicts):
        return _table(request, found, wrong)
    outcome = premises(request).verbs.decide(verdicts, visitor_of(request), id)
    return after(request, f"{PATH}/{id}", *_sentences(outcome))


@routes.get("/staff/proof/{rendition_id}", Permission.READ_PLAN)
def proof(request: Request, rendition_id: Id) -> Response:
    """One version as it will look, with its placements and those of the piece's other channels that wait."""
    return _proof_page(request, _proof(request, rendition_id))


@routes.post("/staff/proof/{rendition_id}", Permission.APPROVE)
def decide_one(request: Request, rendition_id: Id) -> Response:
    """Decide about one version by itself, or about those of all channels of its piece at once."""
    verbs, visitor, proof = premises(request).verbs, visitor_of(request), _proof(request, rendition_id)
    verb, _, scope = said(request, "do").partition(":")
    decision, reason = Decision.APPROVED if verb == "approve" else Decision.RETURNED, said(request, "reason")
    if verb not in DO_ONE:
        return _proof_page(request, proof, because(NO_BUTTON, code="no_button"))
    if decision is Decision.RETURNED and not reason:
        return _proof_page(request, proof, because(NO_REASON_GIVEN, code="no_reason"))
    if decision is Decision.APPROVED and reason:
        return _proof_page(request, proof, because(BOTH_SAID, code="both", title=proof.title))
    shown = {value for value in form_of(request).getlist("version") if isinstance(value, str)}
    meant = (
        [one for one in verbs.siblings(rendition_id, visitor) if one.version in shown] if scope == "all" else [proof]
    )
    verdicts = [_verdict(one, decision, reason) for one in meant]
    told = _sentences(verbs.decide(verdicts, visitor, None))
    return after(request, f"/staff/proof/{rendition_id}", *told)


@routes.post("/staff/proof/{rendition_id}/urgent", Permission.SCHEDULE)
def let_out(request: Request, rendition_id: Id) -> Response:
    """«Срочно»: let a correction out at once; the version must be the one that was read."""
    verbs, version, why = premises(request).verbs, said(request, "version", 80), said(request, "why")
    told = verbs.let_out(rendition_id, version, why, visitor_of(request), once_of(request))
    return after(request, inside(said(request, "next"), f"/staff/proof/{rendition_id}"), *told)


def _table(request: Request, found: Question, wrong: Reason = NO_REASON) -> Response:
    """The rows; where nothing could be decided, with what is wrong and all that was ticked and typed."""
    typed, ticked, reasons = dict[str, str](), set[int](), premises(request).verbs.reasons(visitor_of(request))
    if wrong:
        typed = {name: said(request, name) for name in form_of(request)}
        meant = _row_meant(request, found)
        ticked = {version.row for version in found.versions if version is meant or _is_ticked(request, version)}
    return show(
        request, "approval.html", 422 if wrong else 200, question=found, reasons=reasons, typed=typed, ticked=ticked,
        **({"told": [wrong]} if wrong else {}),
    )  # fmt: skip


def _unclear(request: Request, question: Question, verdicts: Sequence[Verdict]) -> Reason:
    """What has to be said more clearly first: a button, a reason, or which of two things is meant."""
    if not said(request, "do"):
        return because(NO_BUTTON, code="no_button")
    if any(v.decision is Decision.RETURNED and not v.reason for v in verdicts):
        return because(NO_REASON_GIVEN, code="no_reason")
    both = _row_meant(request, question)
    return because(BOTH_SAID, code="both", title=both.title) if both else NO_REASON


def _row_meant(request: Request, question: Question) -> Version | None:
    """The row that is to be approved by itself, and is ticked or given a reason to go back."""
    if not said(request, "do").startswith("approve:"):
        return None
    both = (v for v in _chosen(request, question) if _is_ticked(request, v) or said(request, f"reason-{v.row}"))
    return next((version for version in both if version.is_left), None)


def _is_ticked(request: Request, version: Version) -> bool:
    return str(version.row) in form_of(request).getlist("back")


def _proof(request: Request, rendition_id: int) -> Proof:
    found = premises(request).verbs.proof(rendition_id, visitor_of(request))
    if found is None:
        raise HTTPException(404)
    return found


def _proof_page(request: Request, proof: Proof, wrong: Reason = NO_REASON) -> Response:
    """The version; where nothing could be decided, with what is wrong and the reason that was typed."""
    verbs, visitor, id = premises(request).verbs, visitor_of(request), proof.rendition_id
    return show(
        request, "proof.html", 422 if wrong else 200, proof=proof, lines=verbs.placements(id),
        reasons=verbs.reasons(visitor), siblings=verbs.siblings(id, visitor), reviews=verbs.reviews_of(proof),
        reason=said(request, "reason") if wrong else "", **({"told": [wrong]} if wrong else {}),
    )  # fmt: skip


def _found(request: Request, id: int) -> Question:
    found = premises(request).verbs.question(id, visitor_of(request))
    if found is None:
        raise HTTPException(404)
    return found


def _chosen(request: Request, question: Question) -> list[Version]:
    """What the form is about: `do` is "rest" or "back" for all rows, "approve:7" or "return:7" for row 7 alone."""
    verb, _, one = said(request, "do").partition(":")
    if verb in DO_ONE:
        return [version for version in question.versions if str(version.row) == one]
    return list(question.versions) if verb in DO_ALL else []


def _verdicts(request: Request, question: Question) -> Iterator[Verdict]:
    """What the form says about the rows that are left to decide: "rest" approves all but those ticked to go back.

    Where nothing of what was chosen is left, it is about what is decided of it: so one hears who was first.
    """
    verb, ticked = said(request, "do").partition(":")[0], set(form_of(request).getlist("back"))
    left, chosen = {version.row for version in question.left}, _chosen(request, question)
    for version in [one for one in chosen if one.row in left] or [one for one in chosen if one.decided]:
        row = str(version.row)
        back = verb in ("back", "return") or (verb == "rest" and row in ticked)
        reason = (said(request, f"reason-{row}") or said(request, "reason")) if back else ""
        yield _verdict(version, Decision.RETURNED if back else Decision.APPROVED, reason)


def _verdict(version: Proof | Version, decision: Decision, reason: str) -> Verdict:
    return Verdict(subject=version.subject, version=version.version, decision=decision, reason=reason)


def _sentences(outcome: Outcome) -> list[Reason]:
    said = [because(APPROVED, code="done", number=outcome.approved)] if outcome.approved else []
    said += [because(RETURNED, code="done", number=outcome.returned)] if outcome.returned else []
    refused = [*outcome.lost, *dict.fromkeys(outcome.objections)]
    said += refused[:LOST_SHOWN]
    said += [because(MORE, code="more", number=len(refused) - LOST_SHOWN)] if len(refused) > LOST_SHOWN else []
    return said or [because(NOTHING_CHOSEN, code="nothing")]
