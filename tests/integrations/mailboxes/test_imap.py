"""The mailbox over IMAP: no mail is lost or read twice, whatever the server does; and only our own failures leave."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.errors import Failure, Refused, Unavailable
from integrations.mailboxes import imap
from integrations.mailboxes.imap import Imap, ImapSettings
from tests.depth import examples
from tests.servers.imap_box import AT, HANG, HANG_UP, PASSWORD, USER, ImapBox

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def mailbox(box: ImapBox, **more: object) -> Imap:
    given: dict[str, object] = {
        "host": "127.0.0.1", "port": box.port, "user": USER, "password": PASSWORD, "security": "none", "seconds": 20,
    }  # fmt: skip
    return Imap(ImapSettings.model_validate(given | more), lambda: NOW)


def all_of(mails: Imap, cursor: str = "") -> tuple[list[bytes], str]:
    """Everything behind the cursor, read to the end."""
    found: list[bytes] = []
    while True:
        portion = mails.read(cursor)
        found += [mail.raw for mail in portion.mails]
        cursor = portion.cursor
        if not portion.more:
            return found, cursor


def test_each_mail_is_read_once_and_stays_where_it_is() -> None:
    with ImapBox() as box:
        for n in range(250):
            box.inbox.put(b"mail %d" % n)
        found, cursor = all_of(mailbox(box))
        assert found == [b"mail %d" % n for n in range(250)] and len(box.inbox.mails) == 250
        assert all_of(mailbox(box), cursor) == ([], cursor)
        box.inbox.put(b"later")
        assert all_of(mailbox(box), cursor)[0] == [b"later"]
        assert "UID STORE" not in box.heard and "SELECT" not in box.heard


def test_a_mail_is_as_old_as_the_mailbox_says_and_never_from_the_future() -> None:
    with ImapBox() as box:
        box.inbox.put(b"old", AT - timedelta(days=9))
        box.inbox.put(b"tomorrow", NOW + timedelta(days=1))
        assert [mail.received for mail in mailbox(box).read("").mails] == [AT - timedelta(days=9), NOW]


def test_gaps_between_numbers_are_no_end() -> None:
    """Numbers rise and are never given again: whatever was removed leaves a gap, a large one too."""
    with ImapBox() as box:
        box.inbox.put(b"first")
        box.inbox.ahead = 3 * imap.NUMBERS_AT_ONCE
        box.inbox.put(b"second")
        box.inbox.ahead = 9 * imap.NUMBERS_AT_ONCE
        found, cursor = all_of(mailbox(box))
        assert found == [b"first", b"second"] and cursor == f"1:{9 * imap.NUMBERS_AT_ONCE - 1}"


def test_a_server_that_counts_anew_is_read_from_its_beginning() -> None:
    with ImapBox() as box:
        box.inbox.put(b"one")
        _, cursor = all_of(mailbox(box))
        box.inbox.validity = 2
        assert all_of(mailbox(box), cursor)[0] == [b"one"]


@given(st.lists(st.sampled_from(["come", "read", "vanish"]), max_size=30))
@settings(max_examples=examples(6, 60), deadline=None)
def test_whatever_comes_and_goes_nothing_is_lost_or_doubled(story: list[str]) -> None:
    came, read, cursor = 0, [], ""
    vanished: set[bytes] = set()
    with ImapBox() as box:
        for deed in story:
            if deed == "come":
                box.inbox.put(b"%d" % came)
                came += 1
            elif deed == "vanish" and box.inbox.mails:
                vanished.add(box.inbox.mails.pop(0).raw)
            elif deed == "read":
                found, cursor = all_of(mailbox(box), cursor)
                read += found
        read += all_of(mailbox(box), cursor)[0]
    assert len(read) == len(set(read)) and set(read) | vanished == {b"%d" % n for n in range(came)}


def test_a_large_mail_is_read_by_its_beginning_and_a_large_box_in_portions() -> None:
    with ImapBox() as box:
        box.inbox.put(b"x" * (imap.MAIL_BYTES * 3))
        for _ in range(12):
            box.inbox.put(b"y" * imap.MAIL_BYTES)
        portion = mailbox(box).read("")
        assert portion.mails[0].size == imap.MAIL_BYTES * 3 and len(portion.mails[0].raw) == imap.MAIL_BYTES
        assert portion.more and sum(len(mail.raw) for mail in portion.mails) <= imap.PORTION_BYTES
        assert len(all_of(mailbox(box))[0]) == 13


def test_a_mail_that_goes_away_meanwhile_is_passed_over() -> None:
    def vanish(box: ImapBox) -> None:
        box.before["UID FETCH"] = lambda box: box.inbox.mails.pop(0)  # after the sizes, before the content

    with ImapBox(before={"UID FETCH": vanish}) as box:
        box.inbox.put(b"gone")
        box.inbox.put(b"here")
        assert all_of(mailbox(box))[0] == [b"here"]


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 UIDPLUS MOVE", "IMAP4rev1 UIDPLUS", "IMAP4rev1"])
def test_read_mails_are_moved_where_the_settings_say(capabilities: str) -> None:
    with ImapBox(capabilities=capabilities) as box:
        box.folders["Done"] = type(box.inbox)()
        for n in range(5):
            box.inbox.put(b"%d" % n)
        mails = mailbox(box, move_to="Done")
        cursor = mails.read("").cursor
        box.inbox.put(b"new")
        assert mails.put_away(cursor) == 5 and mails.put_away(cursor) == 0
        assert [mail.raw for mail in box.inbox.mails] == [b"new"] and len(box.folders["Done"].mails) == 5
        assert mails.put_away("") == 0 and mailbox(box).put_away(cursor) == 0
        assert all_of(mails, cursor)[0] == [b"new"]


def test_no_more_is_moved_than_was_read() -> None:
    with ImapBox() as box:
        box.folders["Done"] = type(box.inbox)()
        for n in range(2 * imap.MOVED_AT_ONCE + 7):
            box.inbox.put(b"%d" % n)
        assert mailbox(box, move_to="Done").put_away(f"1:{imap.MOVED_AT_ONCE + 3}") == imap.MOVED_AT_ONCE + 3
        assert mailbox(box, move_to="Done").put_away("2:9999") == 0


@pytest.mark.parametrize(
    ("says", "failure", "code"),
    [
        pytest.param({"LOGIN": "TAG NO [AUTHENTICATIONFAILED] secret words"}, Refused, "not_let_in", id="not let in"),
        pytest.param({"LOGIN": "TAG NO [UNAVAILABLE] later"}, Unavailable, "busy", id="busy"),
        pytest.param({"LOGIN": HANG_UP}, Unavailable, "no_sense", id="hangs up at the door"),
        pytest.param({"EXAMINE": "TAG NO [NONEXISTENT] nothing"}, Refused, "no_folder", id="no folder"),
        pytest.param({"EXAMINE": "TAG OK"}, Unavailable, "no_sense", id="no numbers"),
        pytest.param({"EXAMINE": HANG_UP}, Unavailable, "no_sense", id="hangs up"),
        pytest.param({"UID SEARCH": "TAG BAD what"}, Unavailable, "no_sense", id="does not search"),
        pytest.param({"UID SEARCH": "* SEARCH one two\r\nTAG OK"}, Unavailable, "no_sense", id="searches nonsense"),
        pytest.param(
            {"UID FETCH": "* 1 FETCH (UID 1 BODY[] {5\r\nTAG OK"}, Unavailable, "no_sense", id="half an answer"
        ),
        pytest.param({"UID FETCH": "\x00\xff garbage\r\nTAG OK"}, Unavailable, "no_sense", id="garbage"),
        pytest.param({"UID FETCH": HANG_UP}, Unavailable, "no_sense", id="hangs up in the middle"),
        pytest.param({"UID FETCH": HANG}, Unavailable, "no_answer", id="says nothing any more"),
    ],
)
def test_a_server_that_misbehaves_is_one_of_our_failures(
    says: dict[str, str], failure: type[Failure], code: str
) -> None:
    with ImapBox(says=says) as box:
        box.inbox.put(b"mail")
        with pytest.raises(failure) as caught:
            mailbox(box, seconds=0.3).read("")
        assert caught.value.reason.code == code
        assert PASSWORD not in f"{caught.value!s}{caught.value!r}{caught.value.reason!r}"


def test_a_server_that_is_slower_than_a_visit_may_last_is_left() -> None:
    with ImapBox(says={"UID FETCH": HANG}) as box:
        box.inbox.put(b"mail")
        with pytest.raises(Unavailable):
            mailbox(box, seconds=60, visit_seconds=0.3).read("")


def test_nobody_there_is_not_now() -> None:
    with ImapBox() as box:
        mails = mailbox(box)
    with pytest.raises(Unavailable):
        mails.check()


def test_a_folder_to_move_to_is_looked_for_beforehand() -> None:
    with ImapBox() as box:
        mailbox(box).check()
        assert mailbox(box).folders() == ["INBOX"]
        with pytest.raises(Refused):
            mailbox(box, move_to="Nowhere").check()
        box.inbox.put(b"mail")
        with pytest.raises(Refused):
            mailbox(box, move_to="Nowhere").put_away("1:1")
        assert len(box.inbox.mails) == 1


def test_a_password_goes_over_no_open_line() -> None:
    with pytest.raises(Refused) as caught:
        Imap(ImapSettings(host="mail.example.org", user="u", password=PASSWORD, security="none")).check()  # type: ignore[arg-type]
    assert caught.value.reason.code == "open_line" and PASSWORD not in repr(caught.value)


@pytest.fixture(scope="module")
def vouched(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A server's certificate for 127.0.0.1, and the file of who vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    since = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(since).not_valid_after(since + timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, folder / "cert.pem"


Opened = Callable[[ssl.SSLContext], ImapBox]
KINDS: list[object] = [
    pytest.param("tls", lambda context: ImapBox(tls=context), id="tls"),
    pytest.param(
        "starttls", lambda context: ImapBox(starttls=context, capabilities="IMAP4rev1 STARTTLS"), id="starttls"
    ),
]


@pytest.mark.parametrize(("security", "opened"), KINDS)
def test_an_encrypted_line_is_read_where_somebody_vouches(
    vouched: tuple[ssl.SSLContext, Path], security: str, opened: Opened
) -> None:
    with opened(vouched[0]) as box:
        box.inbox.put(b"mail")
        assert all_of(mailbox(box, security=security, authority=vouched[1]))[0] == [b"mail"]


@pytest.mark.parametrize(("security", "opened"), KINDS)
def test_an_encrypted_line_is_left_too_when_a_visit_has_lasted_long_enough(
    vouched: tuple[ssl.SSLContext, Path], security: str, opened: Opened
) -> None:
    with opened(vouched[0]) as box:
        box.inbox.put(b"mail")
        box.says["UID FETCH"] = HANG
        with pytest.raises(Unavailable) as caught:
            mailbox(box, security=security, authority=vouched[1], seconds=5, visit_seconds=0.5).read("")
        assert caught.value.reason.code == "no_sense"  # cut off; a single answer's patience ends with "no_answer"


@pytest.mark.parametrize(("security", "opened"), KINDS)
def test_a_server_nobody_vouches_for_never_hears_the_password(
    vouched: tuple[ssl.SSLContext, Path], security: str, opened: Opened
) -> None:
    with opened(vouched[0]) as box:
        with pytest.raises(Refused) as caught:
            mailbox(box, security=security).read("")
        assert caught.value.reason.code == "not_trusted" and "LOGIN" not in box.heard
