"""The law of mailings: whatever happens in whatever order, advertising goes only where consent is in force then."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlmodel import col

from models.customer_orders import BAR, GIVEN, LIFT, WITHDRAWN, ConsentForm, EraseCustomerForm, StopListForm
from models.customers import Act, Address, AddressKind, ConsentAct, Customer, Purpose, Suppression
from models.database import SetClock, connect
from models.delivery import State
from models.desk.drop import AllAgreed
from models.group_rules import Rule
from models.letters import Ground, Letter
from models.mailings import AWAITED, Mailing, Message, Stage
from tasks.consents.engine import Consents
from tasks.customers import engine as loading
from tasks.customers.record.engine import Records
from tasks.groups.engine import Groups
from tasks.groups.parsing import parsed
from tasks.groups.recipients import recipients
from tasks.groups.rows import Draft
from tasks.house import House
from tasks.mailing.lists.plan import Listing, Split
from tasks.mailing.lists.rows import begin, enlist, join
from tasks.returns.engine import Returns
from tasks.returns.marks import mark_of
from tests.conftest import share_statements
from tests.depth import examples
from tests.fakes import NOW, FakeChannel
from tests.house import empty_database, furnished
from tests.tasks.customers.test_engine import sheet
from tests.tasks.mailing.department import send
from tests.tasks.mailing.fake_mailer import FakeMailer

PEOPLE = range(1, 5)
OPT_IN, GROUP = 1, "with-email"
RULE: Rule = parsed("has email")


@dataclass
class Department:
    """A department in which anything may happen; whoever is written to is looked up in the ledger itself."""

    house: House
    database: Engine
    clock: SetClock
    loads: int = 0
    mailings: int = 1
    written: list[tuple[str, Ground]] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    def begin(self) -> None:
        Groups(self.house).make(Draft(GROUP, "With e-mail", RULE, control_share=0, no_control_why="a test"), "olga")
        with self.house.sessions.begin() as session:
            session.add(Mailing(id=OPT_IN, key="opt-in", title="Confirm", ground=Ground.SERVICE, standing=True,
                                stage=Stage.SENDING, account="post", approved_hash="x", priority=AWAITED, made_at=NOW,
                                due_at=NOW))  # fmt: skip

    # What may happen.

    def table(self, rows: Sequence[tuple[int, int, str, str, int, str]]) -> None:
        self.loads += 1
        told = [
            (f"C{who}", f"e{mail}@example.org", "", f"Name {who}", advertising, personal, self._day(ago), "form", gone)
            for who, mail, advertising, personal, ago, gone in rows
        ]
        loading.load(self.house, sheet(*told), AllAgreed(), f"drop:{self.loads}", "olga")

    def consent(self, who: int, what: Any, purpose: Any, ago: int) -> None:
        if id := self._id(who):
            form = ConsentForm(
                customer=id, what=what, purpose=purpose, date=self._day(ago), proof="form", person="olga"
            )
            Consents(self.house).consent(form)

    def stop_list(self, who: int, what: Any) -> None:
        if id := self._id(who):
            form = StopListForm(customer=id, what=what, person="olga", reason="asked")
            Consents(self.house).stop_list(form)

    def erase(self, who: int) -> None:
        if id := self._id(who):
            Records(self.house).erase(EraseCustomerForm(customer=id, sure=True, person="olga"))

    def ask(self, who: int) -> None:
        """Somebody has filled in the form of the site: a letter asks them to confirm."""
        with self.house.sessions.begin() as session:
            ways = session.execute(
                select(Address).join(Customer, col(Customer.id) == col(Address.customer_id))
                .where(col(Customer.code) == f"C{who}", col(Address.kind) == "email")
            ).scalars().all()  # fmt: skip
            for way in ways:
                occasion = f"ask {len(self.written)} {self.mailings} {self.loads}"
                added = join(session, [{
                    "mailing_id": OPT_IN, "customer_id": way.customer_id, "kind": "email", "occasion": occasion,
                    "print": way.print, "variant": "A", "account": "post", "domain": "", "zone": "",
                    "state": State.PLANNED, "due_at": self.clock.at, "token": 0, "generation": 0, "attempts": 0,
                    "pieces": 0, "remote_id": "", "why": "",
                }])  # fmt: skip
                if added and not self._barred(way.print):
                    self.asked.add(way.written)

    def rebuild(self) -> None:
        Groups(self.house).rebuild("C1")

    def mail(self) -> None:
        """An advertising mailing is let out to everybody with an e-mail, as far as the groups know."""
        self.mailings += 1
        with self.house.sessions.begin() as session:
            session.add(Mailing(id=self.mailings, key=f"m{self.mailings}", title="Tea", stage=Stage.APPROVED,
                                account="post", approved_hash="x", made_at=NOW, due_at=self.clock.at))  # fmt: skip
            session.flush()
            whom = recipients([GROUP], [], AddressKind.EMAIL, Ground.ADVERTISING)
            of = Listing(self.mailings, AddressKind.EMAIL, "post", "seed", Split(), self.clock.at)
            assert begin(session, self.clock, self.mailings)
            enlist(session, whom, of, {})

    def send(self, meanwhile: Callable[["Department"], None] | None = None) -> None:
        """Send what is due; `meanwhile` happens between the first window and the next."""
        happened: list[bool] = []

        def before(letters: Sequence[Letter]) -> None:
            self._judge(letters)
            if meanwhile and not happened:
                happened.append(True)
                meanwhile(self)

        send(self.database, FakeMailer(before=before, connections=2), self.clock, now=lambda: self.clock.at)

    def leave(self, nth: int) -> None:
        """Whoever got a letter unsubscribes by its link."""
        with self.house.reads() as session:
            got = session.execute(select(col(Message.id)).where(col(Message.state) == State.SENT)).scalars().all()
        if got:
            Returns(self.house).unsubscribe(mark_of(self.house.printed, got[nth % len(got)] or 0))

    def wait(self, days: int) -> None:
        self.clock.at += timedelta(days=days, minutes=1)

    # What is true.

    def _judge(self, letters: Sequence[Letter]) -> None:
        """Ask the ledger itself, line by line, as a court would."""
        with self.house.reads() as session:
            grounds = dict(session.execute(
                select(col(Message.id), col(Mailing.ground)).join(Mailing, col(Mailing.id) == col(Message.mailing_id))
                .where(col(Message.id).in_([letter.id for letter in letters]))
            ).tuples().all())  # fmt: skip
            for letter in letters:
                ground = Ground(grounds[letter.id])
                [way] = session.execute(select(Address).where(col(Address.written) == letter.to)).scalars()
                assert not self._barred(way.print), "nobody of the stop-list is written to"
                if ground is Ground.ADVERTISING:
                    acts = session.execute(select(ConsentAct)).scalars().all()
                    mine = [one for one in acts if one.purpose == Purpose.ADVERTISING and one.print == way.print]
                    theirs = [
                        one for one in acts if one.purpose == Purpose.PERSONAL and one.customer_id == way.customer_id
                    ]
                    assert self._holds(mine), "consent to advertising is in force at this moment"
                    assert self._holds(theirs), "consent to personal data is in force at this moment"
                self.written.append((letter.to, ground))

    def _holds(self, acts: Sequence[ConsentAct]) -> bool:
        said: list[tuple[datetime, bool]] = sorted(
            (act.at, act.act == Act.WITHDRAWN) for act in acts if act.act != Act.ASKED and act.at <= self.clock.at
        )
        return bool(said) and not said[-1][1]

    def _barred(self, print_: str) -> bool:
        with self.house.reads() as session:
            lines = session.execute(select(Suppression).where(col(Suppression.print) == print_)).scalars()
            return any(line.lifted_at is None for line in lines)

    def _id(self, who: int) -> int | None:
        with self.house.reads() as session:
            return session.execute(select(col(Customer.id)).where(col(Customer.code) == f"C{who}")).scalar()

    def _day(self, ago: int) -> str:
        return f"{self.clock.at - timedelta(days=ago):%d.%m.%Y}"


WHO, AGO = st.sampled_from(PEOPLE), st.integers(0, 3)
YES_OR_NO = st.sampled_from(["yes", "no", ""])
ROWS = st.lists(
    st.tuples(WHO, WHO, YES_OR_NO, YES_OR_NO, AGO, st.sampled_from(["", "", "", "yes"])), min_size=1, max_size=4
)
PURPOSES = st.sampled_from(["consent to advertising", "consent to personal data"])
HAPPENS = st.one_of(
    st.tuples(st.just("table"), ROWS),
    st.tuples(st.just("consent"), WHO, st.sampled_from([GIVEN, GIVEN, WITHDRAWN]), PURPOSES, AGO),
    st.tuples(st.just("stop_list"), WHO, st.sampled_from([BAR, LIFT])),
    st.tuples(st.just("erase"), WHO),
    st.tuples(st.just("ask"), WHO),
    st.tuples(st.just("rebuild")),
    st.tuples(st.just("mail")),
    st.tuples(st.just("leave"), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.integers(0, 2)),
)
SENDS = st.tuples(st.just("send"), st.one_of(st.none(), HAPPENS))
BEGINS = [
    ("table", [(who, who, "yes", "yes", 2, "") for who in PEOPLE]), ("rebuild",), ("mail",),
]  # fmt: skip


def happen(department: Department, what: tuple[Any, ...]) -> None:
    name, *given_ = what
    if name == "send" and given_[0] is not None:
        inner = given_[0]
        department.send(lambda there: happen(there, inner))
    elif name == "send":
        department.send()
    else:
        getattr(department, name)(*given_)


def lived_through(folder: Path, engine: Engine, steps: Sequence[tuple[Any, ...]]) -> Department:
    clock = SetClock(NOW)
    department = Department(furnished(folder, engine, {"fake": FakeChannel()}, clock), engine, clock)
    department.begin()
    for step in [*BEGINS, *steps, ("send", None)]:
        happen(department, step)
    return department


@settings(max_examples=examples(12, 80), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.one_of(HAPPENS, SENDS), max_size=14))
def test_nobody_is_ever_sent_advertising_without_consent_in_force_at_that_moment(steps: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "otdel.sqlite"
        path.write_bytes(empty_database())
        engine = connect(f"sqlite:///{path}")
        share_statements(engine)
        try:
            lived_through(Path(folder), engine, steps)
        finally:
            engine.dispose()


def test_the_law_is_kept_on_both_databases_and_the_letter_that_asks_goes_out(database: Engine, tmp_path: Path) -> None:
    """One life with everything in it; what is asked for goes out although nothing is agreed to yet."""
    department = lived_through(tmp_path, database, [
        ("consent", 1, WITHDRAWN, "consent to advertising", 0),
        ("send", ("consent", 4, WITHDRAWN, "consent to personal data", 0)),
        ("table", [(1, 1, "yes", "yes", 3, ""), (2, 3, "yes", "", 0, ""), (3, 2, "", "", 0, "yes")]), ("rebuild",),
        ("mail",), ("erase", 2), ("ask", 1), ("stop_list", 4, BAR), ("ask", 4), ("send", ("erase", 3)), ("wait", 1),
        ("table", [(2, 2, "yes", "yes", 0, "")]), ("rebuild",), ("mail",), ("send", None),
    ])  # fmt: skip
    service = {address for address, ground in department.written if ground is Ground.SERVICE}
    assert service == department.asked == {"e1@example.org"}
    assert sum(ground is Ground.ADVERTISING for _, ground in department.written) >= 2
