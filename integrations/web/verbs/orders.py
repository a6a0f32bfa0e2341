"""What the web process can order about a publication. Every order says in sentences what became of it.

`once` is the form's own token: the same form sent twice is carried out once, and answered the same.
"""

from collections.abc import Sequence
from typing import Protocol

from models.desk import Visitor
from models.orders import Verdict
from models.reason import Reason


class OrderVerbs(Protocol):
    def cancel(self, id: int, visitor: Visitor, once: str, why: str = "") -> Sequence[Reason]: ...

    def hold(self, id: int, visitor: Visitor, once: str, why: str = "") -> Sequence[Reason]: ...

    def restore(
        self, id: int, visitor: Visitor, once: str, date: str = "", time: str = "", why: str = ""
    ) -> Sequence[Reason]:
        """Plan it again; `date` and `time` as people write them, empty keeps what it had."""

    def move(
        self, id: int, visitor: Visitor, once: str, date: str = "", time: str = "", why: str = ""
    ) -> Sequence[Reason]: ...

    def publish_now(self, id: int, visitor: Visitor, once: str, urgent: bool = False) -> Sequence[Reason]:
        """`urgent` goes out in quiet hours too."""

    def decide_unknown(
        self, id: int, verdict: Verdict, visitor: Visitor, once: str, url: str = ""
    ) -> Sequence[Reason]: ...
