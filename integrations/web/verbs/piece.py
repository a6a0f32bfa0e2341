"""What the web process can do with one piece: show it, edit it, compare its versions, talk about it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

from models.desk import Visitor
from models.desk.piece import Behind, Difference, Fields, Form, HandPage, PiecePage, Saved, Story
from models.reason import Reason


class PieceVerbs(Protocol):
    def piece(self, id: int, visitor: Visitor) -> PiecePage | None: ...

    def story(self, id: int) -> Story: ...

    def piece_form(self, id: int) -> Form | None: ...

    def preview(self, id: int, typed: Fields, begun: int, seen: int) -> Form | None:
        """The form with what is typed, and how it would look; nothing is saved."""

    def correct(
        self, id: int, typed: Fields, begun: int, seen: int, how: Literal["save", "over", "join"], why: str,
        visitor: Visitor, once: str,
    ) -> Saved | None:  # fmt: skip
        """Save; `over` puts it over what was saved meanwhile, `join` changes only what was changed here."""

    def take_back(self, id: int, ordinal: int, visitor: Visitor, once: str) -> Sequence[Reason]:
        """Let a former version come back as a new one."""

    def add_picture(self, id: int, path: Path, alt: str, visitor: Visitor, once: str) -> Sequence[Reason]: ...

    def difference(self, id: int, before: int, after: int) -> Difference | None: ...

    def hand_page(self, id: int, account: str, typed: str | None = None, begun: int = 0) -> HandPage | None:
        """The text for one channel; with what is `typed`, how it would look."""

    def by_hand(
        self, id: int, account: str, what: Literal["write", "keep", "take"], text: str, begun: int, visitor: Visitor,
        once: str,
    ) -> Sequence[Reason]: ...  # fmt: skip

    def comment(self, id: int, account: str, text: str, visitor: Visitor, once: str) -> Sequence[Reason]: ...

    def behind(self) -> Sequence[Behind]:
        """Texts by hand that wait to be looked at again."""
