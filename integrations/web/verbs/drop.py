"""What the web process can do about files that people drop."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from integrations.web.uploads import Arrived
from models.desk import Visitor
from models.desk.drop import Choices, DropPage, Dropped
from models.reason import Reason


class DropVerbs(Protocol):
    def drop_page(self) -> DropPage: ...

    def drop(self, kind: str, files: Sequence[Arrived], visitor: Visitor, once: str) -> Sequence[int]:
        """Keep the files beside and begin to read them; returns their numbers. Pictures are one together."""

    def dropped(self, id: int, visitor: Visitor) -> Dropped | None: ...

    def dropped_picture(self, id: int, name: str) -> Path | None:
        """A dropped picture that is one."""

    def apply_drop(self, id: int, visitor: Visitor, once: str, seen: str, choices: Choices) -> Sequence[Reason]:
        """Apply it as it was seen; a plan is loaded by a run, everything else at once."""

    def leave_drop(self, id: int) -> Reason: ...

    def record_expense(self, visitor: Visitor, once: str, fields: Mapping[str, str]) -> Sequence[Reason]:
        """State one expense by hand."""
