"""The law of mailings: whatever happens in whatever order, advertising goes only where consent is in force then."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlmodel import col

from models.customer_orders import BAR, GIVEN, LIFT, WITHDRAWN, ConsentForm, EraseCustomerForm, StopListForm
from models.customers import Act, Address, ConsentAct, Customer, Purpose, Suppression
from models.database import connect
from models.delivery import State
from models.desk.drop import AllAgreed
from models.group_rules import Rule
from models.intake import Caller, What
from models.letters import Ground, Letter
from models.mailings import Mailing, MailingVersion, Message, Stage
from models.subscriptions import Asking
from tasks.consents.engine import Consents
from tasks.customers import engine as loading
from tasks.customers.record.engine import Records
from tasks.groups.engine import Groups
from tasks.groups.parsing import parsed
from tasks.groups.rows import Draft
from tasks.intake.engine import Intake
from tasks.mailing.life import rows
from tasks.mailing.writing.fields import forget_known, make_known
from tasks.returns.engine import Returns
from tasks.returns.marks import mark_of
from tasks.subscribing.engine import Subscribing
from tasks.subscribing.links import CONFIRM
from tasks.subscribing.rows import confirm_links
from tests.conftest import share_statements
from tests.depth import examples
from tests.fakes import NOW
from tests.house import empty_database
from tests.tasks.customers.test_engine import sheet
from tests.tasks.mailing.fake_mailer import FakeMailer
from tests.tasks.mailing.office import Office, open_office
from tests.tasks.subscribing.site import CONSENTS, key_in

PEOPLE = range(1, 5)
GROUP = "with-email"
RULE: Rule = parsed("has email")


@dataclass
class Department:
    """A department in which anything may happen; whoever is written to is looked up in the ledger itself."""

    office: Office
    loads: int = 0
    mailings: int = 0
    first: int = 0
    written: list[tuple[str, Ground]] = field(default_factory=list)
    said_no: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.house, self.clock, self.post = self.office.house, self.office.clock, self.office.post

    def begin(self) -> None:
        """A group and a mailing to it, written, asked for and approved; others go in the same words."""
        self.table([(who, who, "yes", "yes", 2, "") for who in PEOPLE])
        Groups(self.house).make(Draft(GROUP, "With e-mail", RULE, control_share=0, no_control_why="a test"), "olga")
        self.rebuild()
        self.first = self.office.approved("Tea", include=GROUP)
        self.office.at(hours=1)

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

    def hand_in(self, who: int, mail: int, act: Any, purpose: Any, minutes: int, stale: bool) -> None:
        """A till says what somebody has said, by a clock that goes wrong, perhaps behind later words."""
        self.loads += 1
        at = self.clock.at + timedelta(minutes=minutes)
        row: dict[str, Any] = {"code": f"C{who}", "consents": [
            {"purpose": purpose, "act": act, "at": at.isoformat(), "proof": "form"}
        ]}  # fmt: skip
        if mail:
            row["email"] = f"e{mail}@example.org"
        if stale:
            row["changed_at"] = (NOW - timedelta(days=100)).isoformat()
        taken = Intake(self.house, Caller(id=7, outlet="", may=True)).take(What.CUSTOMERS, [row])
        counts = taken.rows[0].consents and act == "withdrawn" and purpose == "advertising" and minutes >= 0
        if counts and mail:
            self.said_no[row["email"]] = self.clock.at

    def ask(self, who: int) -> None:
        """Somebody fills in the form of the site: a letter asks them to confirm."""
        self.loads += 1
        subscribing = Subscribing(self.house)
        offer = subscribing.offer("en")
        assert offer
        subscribing.ask(Asking(
            email=f"e{who}@example.org", language="en", personal=offer.personal.id, advertising=offer.advertising.id,
            network=f"198.51.{self.loads % 200}.0/24",
        ))  # fmt: skip

    def confirm(self, nth: int) -> None:
        """Somebody presses the button of such a letter."""
        keys = [key for letter in self.post.got if (key := key_in(letter))]
        if keys:
            Subscribing(self.house).confirm(keys[nth % len(keys)])

    def rebuild(self) -> None:
        Groups(self.house).rebuild("C1")

    def mail(self) -> None:
        """The same again, approved: its list is made by the next run."""
        self.mailings += 1
        with self.house.sessions.begin() as session:
            row = session.get_one(Mailing, self.first)
            version = rows.last(session, self.first)
            again = Mailing(**row.model_dump(exclude={"id", "key", "stage", "due_at", "listed_at", "finished_at"}),
                            key=f"again {self.mailings}", stage=Stage.APPROVED, due_at=self.clock.at)  # fmt: skip
            session.add(again)
            session.flush()
            session.add(MailingVersion(**version.model_dump(exclude={"id", "mailing_id"}), mailing_id=again.id))

    def send(self, meanwhile: Callable[["Department"], None] | None = None) -> None:
        """What a run does; `meanwhile` happens between the first window and the next."""
        happened: list[bool] = []

        def before(letters: Sequence[Letter]) -> None:
            self._judge(letters)
            if meanwhile and not happened:
                happened.append(True)
                meanwhile(self)

        self.post.before = before
        self.office.minute()
        self.post.before = lambda letters: None

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
                    no = self.said_no.get(letter.to)
                    yes = [one.at for one in mine if one.act == Act.GIVEN]
                    assert no is None or max(yes) >= no, "whoever said no at a till has said yes since"
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
    st.tuples(st.just("confirm"), st.integers(0, 9)),
    st.tuples(
        st.just("hand_in"),
        WHO,
        st.sampled_from([0, 1, 2, 3, 4]),
        st.sampled_from(["withdrawn", "given"]),
        st.sampled_from(["advertising", "personal"]),
        st.sampled_from([-2000, 0, 7, 300]),
        st.booleans(),
    ),
    st.tuples(st.just("rebuild")),
    st.tuples(st.just("mail")),
    st.tuples(st.just("leave"), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.integers(0, 2)),
)
SENDS = st.tuples(st.just("send"), st.one_of(st.none(), HAPPENS))


def happen(department: Department, what: tuple[Any, ...]) -> None:
    name, *given_ = what
    if name == "send" and given_[0] is not None:
        inner = given_[0]
        department.send(lambda there: happen(there, inner))
    elif name == "send":
        department.send()
    else:
        getattr(department, name)(*given_)


@pytest.fixture(autouse=True)
def known_links() -> Iterator[None]:
    make_known(CONFIRM, {CONFIRM}, confirm_links)
    yield
    forget_known(CONFIRM)


def lived_through(folder: Path, engine: Engine, steps: Sequence[tuple[Any, ...]]) -> Department:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "consents.yaml").write_text(CONSENTS)
    department = Department(open_office(folder, engine, post=FakeMailer(connections=2)))
    department.begin()
    for step in [*steps, ("send", None)]:
        happen(department, step)
    return department


@settings(max_examples=examples(12, 150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
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
        ("mail",), ("hand_in", 2, 2, "withdrawn", "advertising", 7, True), ("erase", 2), ("ask", 1),
        ("stop_list", 4, BAR), ("ask", 4), ("send", ("erase", 3)), ("wait", 1), ("ask", 9), ("send", None),
        ("confirm", 1), ("table", [(2, 2, "yes", "yes", 0, "")]), ("rebuild",), ("mail",), ("send", None),
    ])  # fmt: skip
    service = [address for address, ground in department.written if ground is Ground.SERVICE]
    assert service == ["e1@example.org", "e9@example.org"]
    advertised = [address for address, ground in department.written if ground is Ground.ADVERTISING]
    assert len(advertised) >= 3 and "e9@example.org" in advertised and "e4@example.org" not in advertised[2:]
