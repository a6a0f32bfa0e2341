"""The big switch, for the pages that pull it and let it go."""

from collections.abc import Sequence
from typing import Protocol

from models.desk import Stops, Visitor
from models.desk.stop import Band, Letting, Outlook, StopCard
from models.reason import Reason
from models.stop import Scope


class StopVerbs(Protocol):
    def stops(self) -> Stops:
        """What was stopped before, and what can be stopped."""

    def stops_band(self) -> Sequence[Band]:
        """The Stops in force, for the head of every page: cheap."""

    def stop_cards(self) -> Sequence[StopCard]:
        """The Stops in force with what each holds and what was out before it."""

    def stop_outlook(self, scope: Scope, name: str) -> Outlook | Reason:
        """What a Stop of this scope would hold, or why there is no such thing to stop."""

    def pull_stop(self, scope: Scope, name: str, visitor: Visitor, once: str, why: str) -> Sequence[Reason]: ...

    def letting(self, id: int) -> Letting | None:
        """What releasing this Stop means now; None where it is not in force."""

    def release_stop(self, id: int, visitor: Visitor, once: str, keep_late: bool = False) -> Sequence[Reason]: ...
