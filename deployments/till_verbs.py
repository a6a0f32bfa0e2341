"""The verbs of the tills' programs, done in the house."""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from math import ceil
from typing import Any, TypeVar

from sqlalchemy.exc import OperationalError

from integrations.errors import Unavailable
from models.locale import mark
from models.reason import because
from models.till_calls import (
    Caller,
    JournalAnswer,
    ListAnswer,
    NotTaken,
    Redeem,
    Release,
    Released,
    Reserve,
    Return,
    Returned,
    Validate,
    Verdict,
)
from models.till_points import PointsAnswer, PointsQuote, PointsReturn, PointsSpend
from tasks.codes.rows import KnownForms
from tasks.house import House
from tasks.outlets import rows as keys
from tasks.people.tokens import till_key_hash
from tasks.redeeming import refusals
from tasks.redeeming.engine import Redeeming
from tasks.tills.engine import Tills
from tasks.tills.paying.engine import PointsAtTill
from tasks.tills.reading import shaped

LIST_SECONDS = 15
ANOTHER_LIST = mark("A list for another till is being made. Ask again in a moment.")
T = TypeVar("T")


class TillVerbs:
    house: House
    secret: str

    @cached_property
    def ledger(self) -> Redeeming:
        """Made once: it keeps what it has read and compiled between calls."""
        return Redeeming.of(self.house)

    @cached_property
    def known_forms(self) -> KnownForms:
        return KnownForms()

    def till_caller(self, key: str, address: str) -> Caller | None:
        company = self.house.workspace.company
        outlets = {one.key: one.zone or company.zone for one in company.outlets}
        with self.house.reads() as session:
            found = keys.known(session, till_key_hash(self.secret, key), list(outlets))
        if found is None:
            return None
        if keys.is_used_anew(found, self.house.now()):
            with suppress(OperationalError), self.house.sessions.begin() as session:  # a note: no sale waits for it
                keys.use(session, self.house.clock, found.id or 0)
        return Caller(id=found.id or 0, outlet=found.outlet, title=found.title, zone=outlets[found.outlet],
                      may=found.coupons, address=address)  # fmt: skip

    def coupons_validated(self, caller: Caller, body: Any) -> Verdict:
        return _taken(lambda: self._till(caller).validate(shaped(Validate, body)))

    def coupons_reserved(self, caller: Caller, body: Any, key: str) -> Verdict:
        return _taken(lambda: self._till(caller).reserve(shaped(Reserve, body), key))

    def coupons_redeemed(self, caller: Caller, body: Any, key: str) -> Verdict:
        return _taken(lambda: self._till(caller).redeem(shaped(Redeem, body), key))

    def coupons_released(self, caller: Caller, body: Any) -> Released:
        return _taken(lambda: self._till(caller).release(shaped(Release, body)))

    def coupons_returned(self, caller: Caller, body: Any, key: str) -> Returned:
        return _taken(lambda: self._till(caller).give_back(shaped(Return, body), key))

    def points_quoted(self, caller: Caller, body: Any) -> PointsAnswer:
        return _taken(lambda: PointsAtTill(self.house, caller).quote(shaped(PointsQuote, body)))

    def points_spent(self, caller: Caller, body: Any, key: str) -> PointsAnswer:
        return _taken(lambda: PointsAtTill(self.house, caller).spend(shaped(PointsSpend, body), key))

    def points_returned(self, caller: Caller, body: Any, key: str) -> PointsAnswer:
        return _taken(lambda: PointsAtTill(self.house, caller).give_back(shaped(PointsReturn, body), key))

    def coupons_journal(self, caller: Caller, body: Any) -> JournalAnswer:
        return _taken(lambda: self._till(caller).journal(body))

    def coupons_list(self, caller: Caller) -> ListAnswer:
        """One at a time: a long list keeps a thread busy, and sales must not wait for it."""
        if not self._listing.acquire(blocking=False):
            raise NotTaken(503, because(ANOTHER_LIST, code="busy"), seconds=LIST_SECONDS)
        try:
            return _taken(lambda: self._till(caller).held_list())
        finally:
            self._listing.release()

    @cached_property
    def _listing(self) -> threading.Lock:
        return threading.Lock()

    def _till(self, caller: Caller) -> Tills:
        return Tills(self.house, self.ledger, self.known_forms, caller)


def _taken(work: Callable[[], T]) -> T:
    """What is not now is told by its status: the till waits, and asks again."""
    try:
        return work()
    except OperationalError:  # a database that is busy, or gone for a moment, says neither yes nor no
        raise NotTaken(503, because(refusals.BUSY, code="busy"), seconds=1) from None
    except Unavailable as no:
        status = 429 if no.reason.code == "guessing" else 503
        seconds = ceil(no.retry_after.total_seconds()) if no.retry_after else 0
        raise NotTaken(status, no.reason, seconds=seconds) from None
