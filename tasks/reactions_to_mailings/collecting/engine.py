"""What comes back, gathered: services asked, webhooks heard, bounce mailboxes read, and the ledger brought up to it.

It knows no Prefect: the house, the stop signal and the budget come by the door. Everything is recorded once however
often it is told, so a run that is killed, late or beside another one does no harm.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from integrations.errors import Failure, Refused, Unsupported
from integrations.mailers.base import Mailer
from models.database import in_one, let_others_in, now_by
from models.letters import MailNews
from models.locale import mark
from models.mailers import MailerCard
from models.reason import Reason, because
from tasks.house import House
from tasks.reactions_to_mailings.collecting import rows
from tasks.returns import rows as returns
from tasks.returns.engine import Returns
from tasks.returns.rows import Recorded, Telling

LOG = logging.getLogger("otdel.mailing")
BUDGET = timedelta(seconds=90)
PULLS_MOST = 40  # of one account in one run; the others want their turn
CAUGHT_UP_FOR = timedelta(days=35)  # later nothing comes in any more that would move a letter
OF_ACCOUNT = mark("Mailer “{account}”: {reason}")
OF_MAILBOX = mark("Bounces of mailer “{account}”: {reason}")
NOBODY = mark("Nobody here is told of by this address.")


@dataclass
class Gathered:
    """What a round came to: `answered` of the `accounts` and mailboxes there are to ask, and why the others did not."""

    recorded: Recorded = field(default_factory=Recorded)
    accounts: int = 0
    answered: int = 0
    asked: int = 0
    mails: int = 0
    machines: int = 0
    moved: int = 0
    troubles: list[Reason] = field(default_factory=list)


class Gathering:
    """The news of one house's letters."""

    def __init__(self, house: House, budget: timedelta = BUDGET, stopped: Callable[[], bool] = lambda: False) -> None:
        self.house, self.clock, self.returns = house, house.clock, Returns(house)
        self.ends_at, self._stopped = house.now() + budget, stopped

    def round(self) -> Gathered:
        """Ask everybody once; then judge clicks again and let the ledger follow what it was told."""
        done = Gathered()
        for card in self.house.mailers:
            if card.enabled and not self._is_over():
                self._of(card, done)
        done.machines = self.returns.judge_again()
        self._follow(done)
        return done

    def _is_over(self) -> bool:
        return self._stopped() or self.house.now() >= self.ends_at

    def _of(self, card: MailerCard, done: Gathered) -> None:
        """A failure of one account is said, and the others are asked all the same."""
        for title, ask in ((OF_ACCOUNT, self._pull), (OF_MAILBOX, self._read)):
            try:
                is_asked = ask(card, done)
            except Unsupported:
                continue
            except Failure as failure:
                done.accounts += 1
                code = failure.reason.code or "failed"
                done.troubles.append(because(title, code=code, account=card.title, reason=failure.reason))
            else:
                done.accounts, done.answered = done.accounts + is_asked, done.answered + is_asked

    def _pull(self, card: MailerCard, done: Gathered) -> bool:
        mailer = self.mailer_of(card)
        if not mailer.capabilities.pulls:
            return False
        with self.house.reads() as session:
            cursor = rows.cursor(session, card.key)
        by = Telling(self.house.printed, card.provider, card.key, trusted=True)
        for _ in range(PULLS_MOST):
            pulled = mailer.pull(cursor)
            work = partial(
                rows.record_behind, clock=self.clock, news=pulled.news, by=by, account=card.key, to=pulled.cursor
            )
            done.recorded = done.recorded.and_also(in_one(self.house.sessions, work))
            done.asked, cursor = done.asked + 1, pulled.cursor
            if not pulled.more or self._is_over():
                break
            let_others_in(self.house.engine)
        return True

    def mailer_of(self, card: MailerCard) -> Mailer:
        """The mailer of a card; one that is asked by its own numbers is told where it finds them."""
        mailer: Any = self.house.mailer_of(card)
        if getattr(mailer, "outstanding", self) is None:
            mailer.outstanding = partial(self._outstanding, card.key)
        found: Mailer = mailer
        return found

    def _outstanding(self, account: str, place: str, most: int) -> Sequence[tuple[str, str]]:
        with self.house.reads() as session:
            return rows.outstanding(session, self.clock, account, place, most)

    def _read(self, card: MailerCard, done: Gathered) -> bool:
        if not card.bounces:
            return False
        collected = self.returns.collect(self.house.mailbox_of(card), card.key, self._is_over)
        done.mails += collected.mails.total()
        for recorded in collected.recorded:
            done.recorded = done.recorded.and_also(recorded)
        return True

    def _follow(self, done: Gathered) -> None:
        """Letters are where their news prove them; groups look again at whoever was sent one."""
        with self.house.reads() as session:
            mailings = rows.recent(session, now_by(self.clock, session) - CAUGHT_UP_FOR)
        for mailing in mailings:
            done.moved += in_one(
                self.house.sessions, partial(returns.catch_up, clock=self.clock, mailing=mailing)
            )  # fmt: skip
        with self.house.sessions.begin() as session:
            rows.touch_sent(session, self.clock)

    # What services tell of their own accord.

    def heard(self, account: str, headers: Mapping[str, str], body: bytes, now: datetime) -> list[MailNews]:
        """What a service tells. Raises Refused where it is not that service, or there is no such account."""
        card = self.house.mailer_card(account)
        if card is None or not card.enabled:
            raise Refused(because(NOBODY, code="nobody"))
        return self.house.mailer_of(card).told(headers, body, now)

    def record(self, told: Sequence[tuple[str, Sequence[MailNews]]]) -> Recorded:
        """Write down what services told of their accounts, all of it in one transaction."""
        cards = {card.key: card.provider for card in self.house.mailers}

        def work(session: Any) -> Recorded:
            done = Recorded()
            for account, news in told:
                by = Telling(self.house.printed, cards.get(account, ""), account, trusted=True)
                done = done.and_also(returns.record(session, self.clock, news, by))
            return done

        return in_one(self.house.sessions, work)
