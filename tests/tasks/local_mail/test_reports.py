"""What a mail system sends back: as the standards write it, told apart by our reader, and nothing in it is forged."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.desk.local_mail import Back
from models.letters import Happening
from tasks.local_mail.reading import read
from tasks.local_mail.reports import written
from tasks.returns.reading import Sort
from tasks.returns.reading import read as read_back
from tests.tasks.returns.mails import DOMAIN, MARK, printed

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LETTER = f"""From: "Seven, Cups" <news@{DOMAIN}>
To: =?utf-8?B?0JDQvdC90LAsINCf0LXRgtGA0L7QstCw?= <anna@example.net>
Reply-To: hello@{DOMAIN}
Subject: =?utf-8?B?0JfQuNC80L3QuNC5INGH0LDQuQ==?=
Message-ID: <{MARK}@{DOMAIN}>
List-Unsubscribe: <https://cups.example/u/{MARK}>, <mailto:leave@{DOMAIN}?subject={MARK}>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="=_a"

--=_a
Content-Type: text/plain; charset=utf-8

Чай пришёл.
--=_a
Content-Type: text/html; charset=utf-8

<html><body><b>Чай</b> пришёл.</body></html>
--=_a--
""".replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("what", "sort", "happening", "hard", "code"),
    [
        (Back.HARD, Sort.BOUNCE, Happening.BOUNCED, True, "550 5.1.1"),
        (Back.SOFT, Sort.BOUNCE, Happening.BOUNCED, False, "452 4.2.2"),
        (Back.SPAM, Sort.COMPLAINT, Happening.COMPLAINED, False, "abuse"),
        (Back.REPLY, Sort.REPLY, Happening.REPLIED, False, ""),
    ],
)
def test_what_comes_back_is_read_for_what_it_is(
    what: Back, sort: Sort, happening: Happening, hard: bool, code: str
) -> None:
    found = read_back(written(LETTER, what, AT, "1", "Сколько стоит?").raw, AT, printed)
    [news] = found.news
    assert (found.sort, news.what, news.hard, news.key) == (sort, happening, hard, MARK)
    assert not code or news.code == code
    assert what is Back.REPLY or news.address == "anna@example.net"


def test_a_report_has_the_three_parts_of_the_standard() -> None:
    mail = message_from_bytes(written(LETTER, Back.HARD, AT, "1").raw, policy=default)
    assert mail.get_content_type() == "multipart/report" and mail.get_param("report-type") == "delivery-status"
    assert [part.get_content_type() for part in mail.iter_parts()] == [
        "text/plain", "message/delivery-status", "text/rfc822-headers",
    ]  # fmt: skip
    assert mail["Return-Path"] == "<>" and mail["Auto-Submitted"] == "auto-replied" and not mail.defects
    _, of_recipient = next(part for part in mail.walk() if part.get_content_type().endswith("status")).get_payload()
    assert (of_recipient["Action"], of_recipient["Status"]) == ("failed", "5.1.1")
    assert of_recipient["Final-Recipient"] == "rfc822; anna@example.net"


def test_a_complaint_brings_the_letter_itself() -> None:
    mail = message_from_bytes(written(LETTER, Back.SPAM, AT, "1").raw, policy=default)
    assert mail.get_param("report-type") == "feedback-report"
    _, fields, copy = mail.iter_parts()
    assert copy.get_content_type() == "message/rfc822" and copy.get_payload()[0]["To"].endswith("<anna@example.net>")
    said = str(fields.get_payload()[0]) if fields.is_multipart() else fields.get_payload()
    assert "Feedback-Type: abuse" in said and f"Reported-Domain: {DOMAIN}" in said


def test_an_answer_goes_where_answers_are_wanted() -> None:
    mail = message_from_bytes(written(LETTER, Back.REPLY, AT, "1", "Сколько?\n.\nИ ещё").raw, policy=default)
    assert (mail["From"], mail["To"], mail["Subject"]) == (
        "anna@example.net",
        f"hello@{DOMAIN}",
        "Re: Зимний чай",
    )
    assert mail["In-Reply-To"] == f"<{MARK}@{DOMAIN}>" and mail.get_content().splitlines() == ["Сколько?", ".", "И ещё"]


def test_an_address_beyond_ascii_is_reported_as_one() -> None:
    raw = written(LETTER.replace(b"anna@example.net", "анна@пример.рф".encode()), Back.HARD, AT, "1").raw
    assert b"message/global-delivery-status" in raw and "utf-8; анна@пример.рф".encode() in raw
    assert read_back(raw, AT, printed).news[0].hard


def test_two_wishes_are_two_mails_and_one_is_one() -> None:
    one, same, other = (written(LETTER, Back.HARD, AT, once) for once in ("1", "1", "2"))
    assert one == same and one.name != other.name and b"Message-ID" in one.raw
    assert len({read_back(mail.raw, AT, printed).news[0].once for mail in (one, same, other)}) == 2


@given(st.binary(max_size=400), st.sampled_from(Back), st.text(max_size=60))
def test_no_letter_breaks_it(raw: bytes, what: Back, words: str) -> None:
    read(raw)
    mail = written(raw, what, AT, "1", words)
    assert read_back(mail.raw, AT, printed).news == () and mail.name.startswith(what.value)


@given(st.text(st.characters(codec="utf-8"), max_size=60), st.text(st.characters(codec="utf-8"), max_size=60))
def test_no_header_of_a_letter_becomes_another_of_a_mail(to: str, subject: str) -> None:
    head = f"To: {to}\r\nSubject: {subject}\r\nFrom: news@{DOMAIN}\r\n\r\n".encode()
    for what in Back:
        fields = written(head, what, AT, "1", "x").raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")
        names = [line.partition(":")[0] for line in fields if not line.startswith((" ", "\t"))]
        assert len(names) == len(set(names)) and set(names) <= {
            "Return-Path", "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted",
            "Content-Type", "Content-Transfer-Encoding", "In-Reply-To", "References",
        }, names  # fmt: skip


def test_a_letter_is_read_as_it_lies_there() -> None:
    found = read(LETTER)
    assert (found.sender, found.to) == (f'"Seven, Cups" <news@{DOMAIN}>', "Анна, Петрова <anna@example.net>")
    assert (found.subject, found.text, found.mark) == ("Зимний чай", "Чай пришёл.", MARK)
    assert found.html == "<html><body><b>Чай</b> пришёл.</body></html>" and found.size == len(LETTER)


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(f"<mailto:leave@{DOMAIN}>", id="mail only"),
        pytest.param(f"<https://cups.example/c/{MARK}>", id="another page"),
        pytest.param(f"<javascript:/u/{MARK}>", id="no address of the web"),
        pytest.param("<https://cups.example/u/../x>", id="no mark"),
        pytest.param("<https://[broken/u/x>", id="no address"),
        pytest.param("", id="nothing"),
    ],
)
def test_only_a_door_of_ours_takes_one_click(header: str) -> None:
    line = f"List-Unsubscribe: <https://cups.example/u/{MARK}>, <mailto:leave@{DOMAIN}?subject={MARK}>".encode()
    assert read(LETTER.replace(line, f"List-Unsubscribe: {header}".encode())).mark == ""
    assert read(LETTER.replace(b"List-Unsubscribe=One-Click", b"no")).mark == ""
