"""What the archive of letters needs: mailings that everybody may read."""

from collections.abc import Sequence
from typing import Protocol

from models.letters_archive import ArchivedLetter


class ArchiveVerbs(Protocol):
    def archived_letters(self) -> Sequence[ArchivedLetter]:
        """The newest first."""

    def archived_page(self, key: str) -> str | None:
        """A letter as a page, without anybody's values; None where there is none."""
