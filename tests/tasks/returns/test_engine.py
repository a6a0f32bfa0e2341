"""The returns of a house: a mailbox read to its end, choices carried out, clicks judged again."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from integrations.errors import Unavailable
from integrations.mailboxes.base import Portion
from integrations.mailboxes.imap import Imap, ImapSettings
from models.customers import Act, Address, AddressKind, Barred, Customer, Suppression
from models.database import SetClock
from models.letters import Happening
from models.mail_returns import Preferences, Seen, Why
from models.mailings import MailEvent
from models.reaction import Mark
from tasks.consents import rows as consents
from tasks.house import House
from tasks.returns import marks
from tasks.returns.engine import Returns
from tasks.returns.masking import masked
from tasks.returns.reading import read as read_mail
from tests.fakes import NOW, FakeChannel
from tests.house import furnished
from tests.servers.imap_box import HANG_UP, PASSWORD, USER, ImapBox
from tests.tasks.returns.mailed import LINKS, SENT, Mailed, email, news
from tests.tasks.returns.mails import failed, mail, printed, reply, report

ALL = (AddressKind.EMAIL, AddressKind.PHONE, AddressKind.TELEGRAM)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def house(tmp_path: Path, database: Engine, clock: SetClock) -> House:
    return furnished(tmp_path, database, {"fake": FakeChannel()}, clock)


@pytest.fixture
def mailed(house: House, clock: SetClock) -> Mailed:
    made = Mailed(house.sessions, clock)
    made.customers(3, ALL)
    made.mailing()
    return made


@pytest.fixture
def returns(house: House) -> Returns:
    return Returns(house)


def mark(letter: int) -> str:
    return marks.mark_of(printed, letter)


def mailbox(box: ImapBox, **more: object) -> Imap:
    given = {
        "host": "127.0.0.1",
        "port": box.port,
        "user": USER,
        "password": PASSWORD,
        "security": "none",
        "seconds": 20,
    }
    return Imap(ImapSettings.model_validate(given | more), lambda: NOW)


def bounce(letter: int, status: str = "5.1.1", number: str = "b1") -> bytes:
    to = f"bounce+{mark(letter)}@letters.example.org"
    return report(failed(status, address=email(letter)), to=to, returned="\n").replace(b"<b1@", f"<{number}@".encode())


def test_a_mailbox_is_read_to_its_end_and_each_mail_once(returns: Returns, mailed: Mailed) -> None:
    letters = [mailed.letter(n) for n in (1, 2, 3)]
    with ImapBox() as box:
        for n, raw in enumerate((
            bounce(letters[0]), b"spam", reply("Отпишите", In_Reply_To=f"<{mark(letters[1])}@x>"), bounce(99),
            mail("Сколько стоит?", to="news@x.example", sender="a@b.example", In_Reply_To=f"<{mark(letters[2])}@x>"),
            b"\x00" * 99,
        )):  # fmt: skip
            box.inbox.put(raw, NOW - timedelta(minutes=n))
        done = returns.collect(mailbox(box), "returns")
        assert done.mails == {"bounce": 2, "not_ours": 2, "reply": 2} and done.new == 3
        assert done.recorded[0].doubted == {"no_letter": 1}
        assert sorted(what for what, _, _ in mailed.events()) == ["bounced", "replied", "unsubscribed"]
        assert [mailed.open(n)["email"] for n in (1, 2, 3)] == [False, False, True]
        box.inbox.put(bounce(letters[2], number="b7"), NOW)
        again = returns.collect(mailbox(box), "returns")
        assert again.mails == {"bounce": 1} and again.new == 1 and len(mailed.barred()) == 2


@pytest.mark.parametrize(
    ("status", "said"),
    [
        pytest.param("5.7.1", "550 5.7.1 No such user!", id="an absent address under a policy code, as Yandex has it"),
        pytest.param("5.3.4", "552 5.3.4 mailbox is full, over quota", id="a full mailbox under a code of size"),
    ],
)
def test_what_only_the_words_say_of_an_address_bars_it_when_it_goes_on(
    returns: Returns, mailed: Mailed, clock: SetClock, status: str, said: str
) -> None:
    for n in range(3):
        assert mailed.open(1)["email"], "twice is not yet too often"
        clock.at = NOW + timedelta(days=n)
        to = f"bounce+{mark(mailed.letter(1, mailed.mailing(f'm{n}')))}@letters.example.org"
        raw = report(failed(status, said, address=email(1)), to=to, returned="\n")
        returns.record(read_mail(raw, clock.at, printed).news, "returns")
    assert not mailed.open(1)["email"] and mailed.barred() == [("bounced", "mailing:4", "soft")]


def test_a_kill_between_reading_and_writing_down_loses_nothing(returns: Returns, mailed: Mailed) -> None:
    """The cursor and what was read stand in one transaction: without it, the mail is read again."""
    id = mailed.letter(1)

    def dying(kind: str, value: str) -> str:
        if kind == "email":  # asked for while it is written down
            raise InterruptedError
        return printed(kind, value)

    with ImapBox() as box:
        box.folders["Done"] = type(box.inbox)()
        box.inbox.put(bounce(id))
        with pytest.raises(InterruptedError):
            Returns(replace(returns.house, printed=dying)).collect(mailbox(box), "returns")
        with mailed.sessions() as session:
            assert not session.get(Mark, "mailbox:returns")
        assert not mailed.events()
        box.says["UID MOVE"] = HANG_UP
        with pytest.raises(Unavailable):
            returns.collect(mailbox(box, move_to="Done"), "returns")
        assert mailed.events() == [("bounced", True, False)] and len(box.inbox.mails) == 1
        del box.says["UID MOVE"]
        assert returns.collect(mailbox(box, move_to="Done"), "returns").moved == 1
        assert mailed.events() == [("bounced", True, False)] and not box.inbox.mails


def test_a_server_that_counts_anew_doubles_nothing(returns: Returns, mailed: Mailed) -> None:
    id = mailed.letter(1)
    with ImapBox() as box:
        box.inbox.put(bounce(id))
        returns.collect(mailbox(box), "returns")
        box.inbox.validity = 7
        done = returns.collect(mailbox(box), "returns")
        assert done.new == 0 and done.recorded[0].known == 1 and len(mailed.events()) == 1


def test_a_large_mailbox_is_read_in_portions_until_somebody_stops_it(returns: Returns, mailed: Mailed) -> None:
    with ImapBox() as box:
        for n in range(250):
            box.inbox.put(b"mail %d" % n)
        told: list[int] = []
        assert (
            returns.collect(mailbox(box), "returns", lambda: bool(told.append(1)) or len(told) > 2).mails["not_ours"]
            == 200
        )
        assert returns.collect(mailbox(box), "returns").mails["not_ours"] == 50


def test_a_mail_that_breaks_the_reading_keeps_nobody_waiting(
    returns: Returns, mailed: Mailed, caplog: pytest.LogCaptureFixture
) -> None:
    id = mailed.letter(1)

    def sometimes(kind: str, value: str) -> str:
        if value.startswith("mzzz"):
            raise ValueError("secret words of a mail")
        return printed(kind, value)

    with ImapBox() as box:
        box.inbox.put(bounce(id).replace(mark(id).encode(), b"mzzz" + b"a" * 16))
        box.inbox.put(bounce(id))
        done = Returns(replace(returns.house, printed=sometimes)).collect(mailbox(box), "returns")
    assert done.mails == {"broken": 1, "bounce": 1} and done.new == 1
    assert "secret" not in caplog.text and "ValueError" in caplog.text


def test_what_a_recipient_may_choose(returns: Returns, mailed: Mailed) -> None:
    found = returns.preferences(mark(mailed.letter(1)))
    assert found is not None and not found.left and not found.why_asked
    assert [(way.kind, way.shown, way.open, way.can_open, way.is_this) for way in found.ways] == [
        ("email", "c•••@e•••.net", True, True, True), ("phone", "••• 01", True, True, False),
        ("telegram", "@n•••", True, True, False),
    ]  # fmt: skip
    assert email(1) not in repr(found) and found.this == found.ways[0]
    assert returns.preferences(mark(99)) is None and returns.preferences("forged") is None
    assert returns.preferences(marks.test_mark(printed, 1, "A")) == Preferences(is_trial=True)


def test_whoever_unsubscribes_is_left_alone_by_this_way_only(returns: Returns, mailed: Mailed) -> None:
    id = mailed.letter(1)
    for how in ("one_click", "page", "one_click"):
        assert returns.unsubscribe(mark(id), how=how)
    assert mailed.open(1) == {"email": False, "phone": True, "telegram": True}
    assert mailed.events() == [("unsubscribed", False, False)] and len(list(mailed.said())) == 1
    found = returns.preferences(mark(id))
    assert found is not None and found.left and found.why_asked
    assert returns.say_why(mark(id), Why.TOO_OFTEN) and not returns.say_why("forged", Why.OTHER)
    assert returns.say_why(mark(id), Why.OTHER)
    [event] = mailed.rows(MailEvent)
    assert (event.code, event.source) == ("too_often", "one_click"), "the first word holds"
    found = returns.preferences(mark(id))
    assert found is not None and not found.why_asked


def test_all_advertising_ends_where_that_is_asked_for(returns: Returns, mailed: Mailed) -> None:
    returns.unsubscribe(mark(mailed.letter(1)), ALL)
    assert not any(mailed.open(1).values()) and all(mailed.open(2).values())
    assert sorted(line.kind for line in mailed.said()) == ["email", "phone", "telegram"]


def test_another_way_is_left_without_leaving_the_letters(returns: Returns, mailed: Mailed) -> None:
    returns.unsubscribe(mark(mailed.letter(1)), [AddressKind.PHONE])
    assert mailed.open(1) == {"email": True, "phone": False, "telegram": True} and not mailed.events()


def test_the_way_back_is_a_new_consent_with_its_proof(returns: Returns, mailed: Mailed, clock: SetClock) -> None:
    id = mailed.letter(1)
    returns.unsubscribe(mark(id))
    clock.at += MINUTE
    for _ in range(2):
        assert returns.subscribe(mark(id), [AddressKind.EMAIL], "preferences-1")
    assert mailed.open(1)["email"]
    [line] = mailed.said(Act.GIVEN)
    assert line.wording == "preferences-1" and line.proof.startswith(f"message {id}, event preferences-1:{id}:")
    clock.at += MINUTE
    returns.unsubscribe(mark(id))
    assert not mailed.open(1)["email"] and len(list(mailed.said())) == 2


@pytest.mark.parametrize(
    ("why", "back"),
    [
        (Barred.UNSUBSCRIBED, True),
        (Barred.COMPLAINED, False),
        (Barred.BOUNCED, False),
        (Barred.BY_HAND, False),
    ],
)
def test_only_an_own_no_is_taken_back_by_a_button(
    returns: Returns, mailed: Mailed, clock: SetClock, why: Barred, back: bool
) -> None:
    id = mailed.letter(1)
    with mailed.sessions.begin() as session:
        consents.bar(session, clock, [("email", printed("email", email(1)))], why, "")
    clock.at += MINUTE
    returns.unsubscribe(mark(id))
    clock.at += MINUTE
    found = returns.preferences(mark(id))
    assert found is not None and found.this is not None and found.this.can_open is back
    returns.subscribe(mark(id), [AddressKind.EMAIL], "preferences-1")
    [line] = mailed.rows(Suppression)
    assert mailed.open(1)["email"] is back and (line.lifted_at is not None) is back


def test_an_erased_customer_can_still_say_no(returns: Returns, mailed: Mailed) -> None:
    id = mailed.letter(1)

    def erase(session: Session) -> None:
        session.query(Address).filter(Address.customer_id == 1).delete()  # type: ignore[arg-type]
        session.query(Customer).filter(Customer.id == 1).delete()  # type: ignore[arg-type]

    with mailed.sessions.begin() as session:
        erase(session)
    assert returns.unsubscribe(mark(id)) and len(list(mailed.said())) == 1
    found = returns.preferences(mark(id))
    assert found is not None and found.left and found.ways == () and found.this is None


def test_a_test_letter_changes_and_counts_nothing(returns: Returns, mailed: Mailed) -> None:
    trial = marks.test_mark(printed, 1, "A")
    assert returns.unsubscribe(trial) and returns.subscribe(trial, ALL, "w") and not returns.say_why(trial, Why.OTHER)
    assert returns.seen([Seen(mark=trial, link=1, at=NOW, robot=False)]).doubted == {"not_counted": 1}
    assert not mailed.events() and not list(mailed.said()) and mailed.open(1)["email"]
    assert returns.address_of(trial, 1) == LINKS[1] and returns.address_of(trial, 9) is None


def test_links_lead_only_where_they_were_made_for(returns: Returns, mailed: Mailed) -> None:
    id = mailed.letter(1)
    assert returns.address_of(mark(id), 2) == LINKS[2]
    assert returns.address_of(mark(id), 7) is None and returns.address_of("forged", 2) is None


def test_looks_are_counted_once_in_their_time(returns: Returns, mailed: Mailed) -> None:
    id = mailed.letter(1)
    looks = [Seen(mark=mark(id), link=link, at=NOW - timedelta(seconds=s), robot=robot)
             for link in (None, 1, 2) for s in (1, 2) for robot in (True, False)]  # fmt: skip
    assert returns.seen(looks).new == 6 and returns.seen(looks).new == 0
    assert returns.seen([Seen(mark=mark(id), link=1, at=NOW - 5 * MINUTE, robot=False)]).new == 1
    assert returns.seen([Seen(mark=mark(id), link=None, at=NOW - 5 * MINUTE, robot=False)]).new == 0


def test_a_scanner_is_known_afterwards_by_what_it_did(returns: Returns, mailed: Mailed) -> None:
    scanned, read, quick = mailed.letter(1), mailed.letter(2), mailed.letter(3, sent_at=NOW - MINUTE)
    at = NOW - timedelta(minutes=20)
    returns.seen([
        *(Seen(mark=mark(scanned), link=n, at=at + timedelta(seconds=n), robot=False) for n in (1, 2, 3)),
        Seen(mark=mark(scanned), link=1, at=at + 9 * MINUTE, robot=False),
        Seen(mark=mark(read), link=1, at=at, robot=False),
        Seen(mark=mark(read), link=2, at=at + 3 * MINUTE, robot=False),
        Seen(mark=mark(quick), link=None, at=NOW - MINUTE, robot=False),
        Seen(mark=mark(quick), link=0, at=NOW - MINUTE / 2, robot=False),
    ])  # fmt: skip
    assert (returns.judge_again(), returns.judge_again()) == (5, 0)
    judged = {(e.message_id, e.link, e.robot) for e in mailed.rows(MailEvent)}
    assert {(scanned, 1, True), (scanned, 2, True), (scanned, 3, True), (scanned, 1, False)} <= judged
    assert {(read, 1, False), (read, 2, False), (quick, None, True), (quick, 0, True)} <= judged


def test_a_letter_that_a_service_says_arrived_later_is_judged_by_that(returns: Returns, mailed: Mailed) -> None:
    id = mailed.letter(1)
    returns.record([news(Happening.DELIVERED, id, at=NOW - MINUTE)], "service", trusted=True)
    returns.seen([Seen(mark=mark(id), link=1, at=NOW - MINUTE, robot=False)])
    assert returns.judge_again(SENT) == 1


def test_thousands_of_news_are_written_some_at_a_time(returns: Returns, mailed: Mailed) -> None:
    ids = [mailed.letter(n % 3 + 1, mailed.mailing(f"m{n}", {})) for n in range(20)]
    told = [news(Happening.CLICKED, id, f"{id}:{n}") for id in ids for n in range(60)]
    done = returns.record(told, "service", trusted=True)
    assert done.new == 1200 and len(mailed.rows(MailEvent)) == 1200


def test_an_empty_mailbox_is_nothing(returns: Returns, mailed: Mailed) -> None:
    class Empty:
        name, title, Settings = "empty", "Empty", ImapSettings

        def read(self, cursor: str) -> Portion:
            return Portion((), "1:0")

        def put_away(self, cursor: str) -> int:
            return 0

        def folders(self) -> list[str]:
            return []

        def check(self) -> None:
            return None

    assert returns.collect(Empty(), "returns").new == 0


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("email", "anna@example.net", "a•••@e•••.net"),
        ("email", "a@b.co.uk", "a•••@b•••.uk"),
        ("phone", "+79001234567", "••• 67"),
        ("telegram", "seven_cups", "@s•••"),
        ("email", "анна@пример.рф", "а•••@п•••.рф"),
    ],
)
def test_an_address_is_shown_to_its_owner_alone(kind: str, value: str, shown: str) -> None:
    assert masked(kind, value) == shown
