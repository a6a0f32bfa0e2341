"""The verbs of the pages that letters point to, done in the house."""

from collections.abc import Collection, Sequence

from models.customers import AddressKind
from models.mail_returns import Preferences, Seen, Why
from tasks.house import House
from tasks.returns import marks
from tasks.returns.engine import Returns


class LetterVerbs:
    """Links, opens, leaving, preferences; the letter as a page is the archive's (`ArchiveVerbs`)."""

    house: House

    def _returns(self) -> Returns:
        return Returns(self.house)

    def knows_mark(self, mark: str) -> bool:
        return marks.read(self.house.printed, mark) is not None

    def letter_link(self, mark: str, link: int, version: int) -> str | None:
        return self._returns().address_of(mark, link, version)

    def letters_seen(self, looks: Sequence[Seen]) -> None:
        self._returns().seen(looks)

    def letter_preferences(self, mark: str) -> Preferences | None:
        return self._returns().preferences(mark)

    def unsubscribe(self, mark: str, kinds: Collection[AddressKind] | None, how: str, by: str = "") -> bool:
        return self._returns().unsubscribe(mark, kinds, how, by)

    def subscribe(self, mark: str, kinds: Collection[AddressKind], wording: str) -> bool:
        return self._returns().subscribe(mark, kinds, wording)

    def say_why_left(self, mark: str, why: Why) -> bool:
        return self._returns().say_why(mark, why)
