"""What the pages of approval need: questions, proofs, decisions, and what may be ordered about them."""

from collections.abc import Sequence
from typing import Protocol

from models.desk import Outcome, Proof, Question, Questions, ReviewLine, Verdict, Visitor
from models.reason import Reason


class ApprovalVerbs(Protocol):
    def questions(self, visitor: Visitor) -> Questions: ...

    def question(self, id: int, visitor: Visitor) -> Question | None: ...

    def proof(self, rendition_id: int, visitor: Visitor) -> Proof | None: ...

    def proof_of_row(self, id: int, row: int, visitor: Visitor) -> Proof | None:
        """One row of a question as its channel will show it."""

    def siblings(self, rendition_id: int, visitor: Visitor) -> Sequence[Proof]:
        """The undecided versions of the same piece for all its channels."""

    def reviews_of(self, proof: Proof) -> Sequence[ReviewLine]:
        """The links for outsiders that show a version of this piece for this channel."""

    def decide(self, verdicts: Sequence[Verdict], visitor: Visitor, request_id: int | None) -> Outcome: ...

    def reasons(self, visitor: Visitor) -> Sequence[str]:
        """What this person has sent back for lately."""

    def ask_for_approval(self, days: int, piece: str, visitor: Visitor, once: str) -> Sequence[Reason]:
        """Ask about what is due within so many days: of the piece with this №, or of all."""

    def let_out(self, rendition_id: int, version: str, why: str, visitor: Visitor, once: str) -> Sequence[Reason]:
        """Let a correction out at once; its approval is asked for afterwards."""
