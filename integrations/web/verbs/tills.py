"""What the programs of tills need: whose key it is, and what they ask about coupons."""

from typing import Any, Protocol

from models.till_calls import Caller, JournalAnswer, ListAnswer, Released, Returned, Verdict


class TillVerbs(Protocol):
    """Each raises NotTaken where the whole call is refused, and nothing of it was done."""

    def till_caller(self, key: str, address: str) -> Caller | None:
        """Whose key this is; None where it is none, or was revoked."""

    def coupons_validated(self, caller: Caller, body: Any) -> Verdict: ...

    def coupons_reserved(self, caller: Caller, body: Any, key: str) -> Verdict: ...

    def coupons_redeemed(self, caller: Caller, body: Any, key: str) -> Verdict: ...

    def coupons_released(self, caller: Caller, body: Any) -> Released: ...

    def coupons_returned(self, caller: Caller, body: Any, key: str) -> Returned: ...

    def coupons_journal(self, caller: Caller, body: Any) -> JournalAnswer: ...

    def coupons_list(self, caller: Caller) -> ListAnswer: ...
