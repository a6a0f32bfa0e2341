"""The verbs of letters as pages, done in the house: the archive, and a recipient's own letter."""

from collections.abc import Sequence
from functools import cached_property

from models.letters_archive import ArchivedLetter
from tasks.archive.engine import Archive
from tasks.house import House


class ArchiveVerbs:
    house: House

    @cached_property
    def _archive(self) -> Archive:
        return Archive(self.house)

    def archived_letters(self) -> Sequence[ArchivedLetter]:
        return self._archive.letters()

    def archived_page(self, key: str) -> str | None:
        return self._archive.page(key)

    def letter_page(self, mark: str) -> str | None:
        return self._archive.own_page(mark)
