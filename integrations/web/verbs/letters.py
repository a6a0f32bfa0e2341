"""What the pages that letters point to need. A mark says whose letter it is; one that is not ours is None or False."""

from collections.abc import Collection, Sequence
from typing import Protocol

from models.customers import AddressKind
from models.mail_returns import Preferences, Seen, Why


class LetterVerbs(Protocol):
    def knows_mark(self, mark: str) -> bool:
        """Whether a mark is ours; asks no database."""

    def letter_link(self, mark: str, link: int, version: int) -> str | None:
        """Where a link of a letter leads; `version` is 0 for the one that was approved."""

    def letter_page(self, mark: str) -> str | None:
        """The letter as a page of its own, for mail programs that cannot show it; None where there is none."""

    def letters_seen(self, looks: Sequence[Seen]) -> None:
        """Write down who opened and clicked, as the web process counted it."""

    def letter_preferences(self, mark: str) -> Preferences | None: ...

    def unsubscribe(self, mark: str, kinds: Collection[AddressKind] | None, how: str, by: str = "") -> bool:
        """End advertising to the letter's address, or to these kinds; it is written down when this returns.

        `by` is the key of whoever is signed in and pressed it in the recipient's place.
        """

    def subscribe(self, mark: str, kinds: Collection[AddressKind], wording: str) -> bool:
        """Take a new consent, given by the button of a page whose words are `wording`."""

    def say_why_left(self, mark: str, why: Why) -> bool: ...
