"""The names a form's field may hold, for the pages that ask for them."""

from collections.abc import Sequence
from typing import Protocol

from models.desk.suggest import Kind, Named, Naming


class SuggestVerbs(Protocol):
    """What exists, offered as it is typed; what was meant by what was typed."""

    def suggest(self, kind: Kind, said: str, most: int = 20) -> Sequence[Named]:
        """At most so many names that these words may become; the first there are where nothing is typed."""

    def named(self, kind: Kind, said: str) -> Naming:
        """What these words name: a key, or an objection with the nearest three."""
