"""What comes back, done: news written down, a mailbox read, a recipient's choice carried out, clicks judged again.

It knows no Prefect: the house, the mailbox and the stop signal come by the door.
"""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from integrations.mailboxes.base import Arrived, Mailbox
from models.customers import Act, AddressKind
from models.database import in_one, let_others_in, now_by, portions
from models.letters import Happening, MailNews
from models.mail_returns import Preferences, Seen, Why
from tasks.house import House
from tasks.returns import rows
from tasks.returns.choices import rows as choices
from tasks.returns.marks import Marked, read
from tasks.returns.reading import read as read_mail
from tasks.returns.rows import Recorded, Telling

LOG = logging.getLogger(__name__)
PORTION = 500
WEB = "web"
JUDGED_BACK = timedelta(hours=2)  # how long after a click its neighbours may still come in
SAME_OPEN, SAME_CLICK = timedelta(hours=1), timedelta(minutes=1)


@dataclass
class Collected:
    """What reading a mailbox came to: mails by what they were, and what was recorded of them."""

    mails: Counter[str] = field(default_factory=Counter)
    recorded: list[Recorded] = field(default_factory=list)
    moved: int = 0

    @property
    def new(self) -> int:
        return sum(one.new for one in self.recorded)


class Returns:
    """The returns of one house."""

    def __init__(self, house: House) -> None:
        self.house = house

    def record(self, news: Sequence[MailNews], source: str, account: str = "", trusted: bool = False) -> Recorded:
        """Write down what came back, some at a time; `trusted` news come from the service that sends."""
        by, total = Telling(self.house.printed, source, account, trusted), Recorded()
        for some in portions(news, PORTION):
            work = partial(rows.record, clock=self.house.clock, news=some, by=by)
            done = in_one(self.house.sessions, work)
            total = total.and_also(done)
            if len(news) > PORTION:
                let_others_in(self.house.engine)
        return total

    def collect(self, mailbox: Mailbox, name: str, stopped: Callable[[], bool] = lambda: False) -> Collected:
        """Read what came to a mailbox and record it: the cursor moves in the transaction that records it.

        Of two who read at once, one records and the other finds it recorded. A reply stays in the mailbox, or goes
        where the settings move it: it is never thrown away, for a person may want to answer it.
        """
        done = Collected()
        with self.house.reads() as session:
            cursor = choices.cursor(session, name)
        while not stopped():
            portion = mailbox.read(cursor)
            news = [one for mail in portion.mails for one in self._read(mail, done)]
            work = partial(
                choices.record_behind, clock=self.house.clock, news=news, by=Telling(self.house.printed, name),
                name=name, to=portion.cursor,
            )  # fmt: skip
            done.recorded.append(in_one(self.house.sessions, work))
            cursor = portion.cursor
            if not portion.more:
                break
        done.moved = mailbox.put_away(cursor)
        return done

    def _read(self, mail: Arrived, done: Collected) -> Sequence[MailNews]:
        """A mail that breaks the reading is counted and left: the others behind it are not kept waiting for it."""
        try:
            reading = read_mail(mail.raw, mail.received, self.house.printed)
        except Exception as error:
            LOG.warning("mail %s is not understood: %s", mail.number, type(error).__name__)
            done.mails["broken"] += 1
            return ()
        done.mails[reading.sort] += 1
        return reading.news

    def seen(self, looks: Sequence[Seen]) -> Recorded:
        """Write down opens and clicks as the web process saw them; another look in the same hour is no second open."""
        return self.record([_news(look) for look in looks], WEB)

    def judge_again(self, since: datetime | None = None) -> int:
        """Take clicks that a machine made, as is seen only afterwards, out of those of people; returns how many."""
        with self.house.sessions.begin() as session:
            since = since or now_by(self.house.clock, session) - JUDGED_BACK
            return choices.judge_again(session, since)

    def address_of(self, mark: str, link: int, version: int = 0) -> str | None:
        """Where a link leads; None for a mark or a link that is not ours."""
        marked = read(self.house.printed, mark)
        if marked is None:
            return None
        with self.house.reads() as session:
            if not marked.counts:
                return rows.link_of_version(session, marked.id, marked.variant, link)
            return rows.address_of_link(session, marked.id, link, version)

    def preferences(self, mark: str) -> Preferences | None:
        """What the recipient may choose; None for a mark that is not ours."""
        marked = read(self.house.printed, mark)
        if marked is None:
            return None
        if not marked.counts:
            return Preferences(is_trial=True)
        with self.house.reads() as session:
            return choices.preferences(session, self.house.clock, marked.id)

    def unsubscribe(
        self, mark: str, kinds: Collection[AddressKind] | None = None, how: str = "page", by: str = ""
    ) -> bool:  # fmt: skip
        """End advertising to the letter's address, or to these kinds (all of them: every kind there is).

        It is written down before this returns, with whoever of the company pressed (`by`), where it was not the
        recipient. False for a mark that is not ours; again does no harm.
        """
        return self._choose(mark, Act.WITHDRAWN, kinds, how, by)

    def subscribe(self, mark: str, kinds: Collection[AddressKind], wording: str) -> bool:
        """Write a new consent down, by the button of the page whose words are `wording`; an own "no" is taken back."""
        return self._choose(mark, Act.GIVEN, kinds, wording)

    def say_why(self, mark: str, why: Why) -> bool:
        """Keep why somebody left, beside their leaving."""
        marked = self._letter(mark)
        if marked is None:
            return False
        with self.house.sessions.begin() as session:
            choices.say_why(session, marked.id, why)
        return True

    def _letter(self, mark: str) -> Marked | None:
        marked = read(self.house.printed, mark)
        return marked if marked and marked.counts else None

    def _choose(
        self, mark: str, act: Act, kinds: Collection[AddressKind] | None, how: str, by: str = ""
    ) -> bool:  # fmt: skip
        marked = self._letter(mark)
        if marked is None:
            return read(self.house.printed, mark) is not None
        wanted = None if kinds is None else {kind.value for kind in kinds}
        return in_one(
            self.house.sessions,
            lambda session: choices.choose(session, self.house.clock, marked.id, act, wanted, how, by),
        )


def _news(look: Seen) -> MailNews:
    what = Happening.OPENED if look.link is None else Happening.CLICKED
    slot = int(look.at.timestamp() // (SAME_OPEN if look.link is None else SAME_CLICK).total_seconds())
    told = f"{look.mark}:{look.link}:{int(look.robot)}:{slot}"
    detail = {} if look.link is None else {"link": str(look.link)}
    once = "web:" + sha256(told.encode()).hexdigest()[:40]
    return MailNews(what=what, at=look.at, once=once, key=look.mark, robot=look.robot, detail=detail)
