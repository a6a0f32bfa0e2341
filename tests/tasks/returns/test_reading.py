"""Mails that come back, read: what they tell of which letter; and that nothing hostile tells anything."""

import re
import tracemalloc
from base64 import b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.letters import Happening, MailNews
from tasks.returns import marks, reading
from tasks.returns.mime import BYTES_MOST, text_of
from tasks.returns.reading import Reading, Sort, read
from tasks.returns.written import COPY, FORMS
from tests.fakes import NOW
from tests.tasks.returns.mails import DOMAIN, MARK, RETURNED, failed, mail, others, printed, reply, report

BOUNCED, DEFERRED, REJECTED = Happening.BOUNCED, Happening.DEFERRED, Happening.REJECTED


def told(raw: bytes) -> Reading:
    return read(raw, NOW, printed)


def one(raw: bytes) -> MailNews:
    [news] = told(raw).news
    return news


@pytest.mark.parametrize(
    ("block", "what", "hard", "code"),
    [
        pytest.param(failed("5.1.1", "550 5.1.1 User unknown"), BOUNCED, True, "550 5.1.1", id="no such mailbox"),
        pytest.param(
            failed("5.0.0", "550 5.1.1 <anna@example.net>: no"), BOUNCED, True, "550 5.1.1", id="the words are exacter"
        ),
        pytest.param(failed("4.4.7", "delivery time expired"), BOUNCED, False, "4.4.7", id="given up"),
        pytest.param(failed("5.2.2", "552 5.2.2 over quota"), BOUNCED, False, "552 5.2.2", id="full"),
        pytest.param(failed("5.7.1", "554 5.7.1 spam"), REJECTED, False, "554 5.7.1", id="taken for spam: no bounce"),
        pytest.param(failed("4.4.1", "connection timed out", action="delayed"), DEFERRED, False, "4.4.1", id="delayed"),
        pytest.param(
            failed("2.0.0", "250 ok", action="delivered"), Happening.DELIVERED, False, "2.0.0", id="delivered"
        ),
        pytest.param(failed("2.0.0", action="relayed"), Happening.DELIVERED, False, "2.0.0", id="relayed"),
        pytest.param(
            "final-recipient: RFC822;<anna@example.net>\naction: FAILED\nstatus: 5.1.1 (bad)",
            BOUNCED,
            True,
            "5.1.1",
            id="odd case and brackets",
        ),
        pytest.param(
            "Final-Recipient: rfc822; anna@example.net\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp;\n"
            " 550\n  5.1.1"
            "\n\tgone",
            BOUNCED,
            True,
            "550 5.1.1",
            id="folded",
        ),
    ],
)
def test_a_report_on_delivery_is_read(block: str, what: Happening, hard: bool, code: str) -> None:
    news = one(report(block))
    assert (news.what, news.hard, news.code, news.key) == (what, hard, code, MARK)
    assert news.at == NOW and news.address == "anna@example.net" and news.once.startswith("mail:")
    assert told(report(block)).sort is Sort.BOUNCE


def test_each_recipient_has_a_fate_of_their_own() -> None:
    news = told(
        report(failed("5.1.1", address="a@example.net"), failed("4.2.2", address="b@example.net", action="delayed"))
    ).news
    assert [(n.what, n.address, n.hard) for n in news] == [
        (BOUNCED, "a@example.net", True),
        (DEFERRED, "b@example.net", False),
    ]
    assert len({n.once for n in news}) == 2


def test_who_the_letter_was_for_is_said_before_where_it_was_forwarded() -> None:
    block = "Original-Recipient: rfc822;anna@example.net\n" + failed("5.1.1", address="other@elsewhere.example")
    assert one(report(block)).address == "anna@example.net"


def test_a_report_in_utf8_is_read() -> None:
    raw = report(failed("5.1.1", address="анна@пример.рф").replace("rfc822;", "utf-8;"))
    assert one(raw.replace(b"message/delivery-status", b"message/global-delivery-status")).address == "анна@пример.рф"


def test_the_letter_is_known_by_the_returned_one_where_the_address_says_nothing() -> None:
    assert one(report(failed("5.1.1"), to=f"news@{DOMAIN}")).key == MARK
    headers = report(failed("5.1.1"), to=f"news@{DOMAIN}").replace(b"message/rfc822", b"text/rfc822-headers")
    assert one(headers).key == MARK
    news = one(report(failed("5.1.1"), to=f"news@{DOMAIN}", returned="Message-ID: <abc-7@relay.example>\n\n"))
    assert (news.key, news.remote_id) == ("", "abc-7@relay.example"), "the sending service's own number"


QMAIL = f"""Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.

<anna@example.net>:
192.0.2.1 does not like recipient.
Remote host said: 550 5.1.1 User unknown
Giving up on 192.0.2.1.

--- Below this line is a copy of the message.

Return-Path: <bounce+{MARK}@{DOMAIN}>
{RETURNED}"""
EXIM = """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  anna@example.net
    host mx.example.net [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<anna@example.net>:
    550 5.1.1 no such user

------ This is a copy of the message, including all the headers. ------
"""
EXIM_LATER = """This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its recipients after more than 24 hours.

  anna@example.net
    Delay reason: 451 4.7.1 greylisted

No action is required on your part. Delivery attempts will continue for some time.
"""
SENDMAIL = """The original message was received at Mon, 23 Nov 2026
   ----- The following addresses had permanent fatal errors -----
<anna@example.net>
    (reason: 550 5.1.1 User unknown)

   ----- Transcript of session follows -----
... while talking to mx.example.net.:
>>> RCPT To:<anna@example.net>
<<< 550 5.1.1 User unknown
"""
EXCHANGE = """Your message did not reach some or all of the intended recipients.

The following recipient(s) cannot be reached:
      'anna@example.net' on 11/23/2026
            550 5.1.1 User unknown
"""
RUSSIAN = """Здравствуйте! Ваше письмо не было доставлено следующему получателю:
anna@example.net
Причина: 550 Такого адреса не существует, ящик отключён
"""
POSTFIX = """This is the mail system at host mx.example.net.
I'm sorry to have to inform you that your message could not be delivered.
<anna@example.net>: host mx2.example.net said: 550 5.1.1 User unknown (in reply to RCPT TO command)
"""


@pytest.mark.parametrize(
    ("raw", "what", "hard", "code"),
    [
        pytest.param(mail(QMAIL, to=f"news@{DOMAIN}"), BOUNCED, True, "550 5.1.1", id="qmail, known by the copy"),
        pytest.param(mail(EXIM, X_Failed_Recipients="anna@example.net"), BOUNCED, True, "550 5.1.1", id="Exim"),
        pytest.param(mail(EXIM_LATER, X_Failed_Recipients=""), DEFERRED, False, "4.7.1", id="Exim, later"),
        pytest.param(mail(SENDMAIL), BOUNCED, True, "550 5.1.1", id="Sendmail"),
        pytest.param(mail(POSTFIX), BOUNCED, True, "550 5.1.1", id="Postfix"),
        pytest.param(
            mail(EXCHANGE, sender="postmaster@example.net"), BOUNCED, False, "550 5.1.1", id="Exchange: likely only"
        ),
        pytest.param(
            mail(RUSSIAN, sender="postmaster@example.net"), BOUNCED, False, "550", id="in Russian: likely only"
        ),
        pytest.param(
            mail(RUSSIAN, sender="robot@example.net", Return_Path="<>"), BOUNCED, False, "550", id="an empty sender"
        ),
        pytest.param(
            mail("550 5.1.1", sender="x@y.example", X_Failed_Recipients="anna@example.net"),
            BOUNCED,
            False,
            "550 5.1.1",
            id="only a header",
        ),
    ],
)
def test_a_bounce_in_words_is_read(raw: bytes, what: Happening, hard: bool, code: str) -> None:
    news = one(raw)
    assert (news.what, news.hard, news.code, news.key) == (what, hard, code, MARK)
    assert news.address in ("anna@example.net", "")


def test_several_recipients_in_words_have_their_own_reasons() -> None:
    text = QMAIL.replace("Giving up on 192.0.2.1.\n", "Giving up.\n\n<boris@example.net>:\n552 5.2.2 quota exceeded\n")
    news = told(mail(text)).news
    assert [(n.address, n.hard, n.code) for n in news] == [
        ("anna@example.net", True, "550 5.1.1"), ("boris@example.net", False, "552 5.2.2"),
    ]  # fmt: skip


COMPLAINT = "Feedback-Type: abuse\nUser-Agent: FBL/1\nVersion: 1\nOriginal-Rcpt-To: anna@example.net\nArrival-Date: x"


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        pytest.param(COMPLAINT, Happening.COMPLAINED, id="abuse"),
        pytest.param(COMPLAINT.replace("abuse", "OPT-OUT"), Happening.UNSUBSCRIBED, id="opt-out"),
        pytest.param(COMPLAINT.replace("abuse", "not-spam"), None, id="not spam"),
        pytest.param(COMPLAINT.replace("abuse", "virus"), None, id="a virus"),
        pytest.param("nonsense", None, id="nonsense"),
    ],
)
def test_a_complaint_is_read(fields: str, what: Happening | None) -> None:
    found = told(report(fields, kind="feedback-report", to="fbl@letters.example.org"))
    assert found.sort is Sort.COMPLAINT
    assert [(n.what, n.key, n.address) for n in found.news] == ([(what, MARK, "anna@example.net")] if what else [])


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(reply("Я в отпуске до 5 декабря", Auto_Submitted="auto-replied"), id="RFC 3834"),
        pytest.param(reply("x", X_Autoreply="yes"), id="X-Autoreply"),
        pytest.param(reply("x", Precedence="bulk"), id="bulk"),
        pytest.param(reply("x", subject="Автоответ: Чай"), id="Автоответ"),
        pytest.param(reply("x", subject="Automatic reply: Tea"), id="Automatic reply"),
        pytest.param(reply("x", subject="Out of Office"), id="Out of Office"),
        pytest.param(reply("Здравствуйте!\nЯ нахожусь в отпуске до понедельника."), id="by its words"),
        pytest.param(reply("Hello, I am currently out of the office."), id="by its English words"),
        pytest.param(reply("Ваше обращение зарегистрировано под номером 5"), id="a receipt"),
    ],
)
def test_what_a_machine_answers_is_nobodys_answer(raw: bytes) -> None:
    assert told(raw) == Reading(Sort.BY_MACHINE)


WISH, REPLIED = Happening.UNSUBSCRIBED, Happening.REPLIED


@pytest.mark.parametrize(
    ("text", "what", "code"),
    [
        ("Отпишите меня, пожалуйста", WISH, "reply"),
        ("стоп", WISH, "reply"),
        ("STOP!!!", WISH, "reply"),
        ("Please unsubscribe me", WISH, "reply"),
        ("Не присылайте мне больше рекламу!", WISH, "reply"),
        ("Как отписаться?", WISH, "reply"),
        ("не могу отписаться от вас", WISH, "reply"),
        ("remove me from your list", WISH, "reply"),
        ("Прекратите эту рассылку", WISH, "reply"),
        ("Отзываю своё согласие", WISH, "reply"),
        ("хватит", WISH, "reply"),
        ("Больше не пишите", WISH, "reply"),
        ("Удалите мой адрес", WISH, "reply"),
        ("Don't email me again", WISH, "reply"),
        ("Не отписывайте меня, мне нравится", REPLIED, "other"),
        ("Please do not unsubscribe me", REPLIED, "other"),
        ("А сколько стоит улун?", REPLIED, "question"),
        ("Есть ли доставка в Тверь", REPLIED, "question"),
        ("Спасибо, очень вкусно", REPLIED, "other"),
        ("Привет! Заказала стопку чашек", REPLIED, "other"),
        ("Do you ship to Tver?", REPLIED, "question"),
        ("", REPLIED, "other"),
        ("Длинная история. " * 60 + "отпишите", REPLIED, "other"),
    ],
)
def test_an_answer_is_sorted_by_what_it_wants(text: str, what: Happening, code: str) -> None:
    news = one(reply(text))
    assert (news.what, news.code, news.key) == (what, code, MARK)


@pytest.mark.parametrize(
    "text",
    [
        "Спасибо!\n\n23.11.2026, 12:00, Семь чашек пишет:\n> Чтобы отписаться, нажмите сюда",
        "Спасибо!\n-----Original Message-----\nЧтобы отписаться, нажмите сюда: unsubscribe",
        "Спасибо!\nOn Mon, Nov 23, 2026 Seven Cups <n@c.example> wrote:\nTo unsubscribe follow the link",
        "Спасибо!\n-- \nАнна\nчтобы отписаться от моих писем...",
        "Спасибо!\nОт: Семь чашек\nотписаться здесь",
    ],
)
def test_our_own_words_below_an_answer_are_not_the_recipients(text: str) -> None:
    assert one(reply(text)).what is REPLIED


def test_a_page_is_read_without_what_it_quotes() -> None:
    page = "<html><style>p {}</style><body><p>Спасибо&nbsp;вам</p><blockquote>отписаться</blockquote></body></html>"
    assert one(reply(page, Content_Type="text/html; charset=utf-8")).what is REPLIED
    wish = page.replace("Спасибо&nbsp;вам", "Отпишите меня")
    assert one(reply(wish, Content_Type="text/html; charset=utf-8")).what is WISH


def test_a_button_of_a_mail_program_sends_a_subject_alone() -> None:
    to = f"unsubscribe+{MARK}@{DOMAIN}"
    assert one(reply("", subject="unsubscribe", to=to, In_Reply_To="")).what is WISH


@pytest.mark.parametrize("more", [{}, {"Auto_Submitted": "auto-generated"}, {"Precedence": "bulk"}])
def test_a_mark_alone_as_the_subject_is_a_leaving_whoever_writes_it(more: dict[str, str]) -> None:
    found = told(mail("", to="bounces@x.example", sender="a@b.example", Subject=f" {MARK.upper()} ", **more))
    assert [(one.what, one.key, one.code) for one in found.news] == [(Happening.UNSUBSCRIBED, MARK, "mailto")]


def test_a_mark_among_other_words_or_of_another_house_is_no_leaving() -> None:
    for subject in (f"Re: {MARK}", f"Away: {MARK}", marks.mark_of(others, 17)):
        found = told(mail("I am away.", to="bounces@x.example", sender="a@b.example", Subject=subject))
        assert found.news == ()
    test = marks.test_mark(printed, 3, "A")
    assert told(mail("", to="x@x.example", sender="a@b.example", Subject=test)).sort is Sort.OF_A_TEST


def test_a_subject_of_ours_makes_no_absence_of_a_wish() -> None:
    assert one(reply("отпишите", subject="Re: В отпуске с чаем")).what is WISH
    assert one(reply("отпишите", subject="В отпуске")).what is WISH, "a wish is heard before an absence"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(reply("отпишите", In_Reply_To="<other@elsewhere.example>"), id="an answer to nothing of ours"),
        pytest.param(reply(f"отпишите https://cups.example/u/{MARK}", In_Reply_To=""), id="a key that is only quoted"),
        pytest.param(
            report(failed("5.1.1"), to=f"bounce+{marks.mark_of(others, 17)}@{DOMAIN}", returned="\n"), id="a forged key"
        ),
        pytest.param(
            report(failed("5.1.1"), to=f"bounce@{DOMAIN}", returned="Subject: x\n\n"), id="a bounce of nothing"
        ),
        pytest.param(mail("Купите наши станки", sender="a@spam.example"), id="spam to an address with a key"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\n\n\n", id="empty lines"),
        pytest.param(b"\x00\xff" * 500, id="junk"),
    ],
)
def test_who_has_no_letter_of_ours_bars_and_unsubscribes_nobody(raw: bytes) -> None:
    assert all(news.what is REPLIED or not news.key for news in told(raw).news)


def test_tests_and_previews_come_back_without_being_counted() -> None:
    mark = marks.test_mark(printed, 4, "A")
    for raw in (
        report(failed("5.1.1"), to=f"bounce+{mark}@{DOMAIN}"),
        reply("отпишите", In_Reply_To=f"<{mark}@{DOMAIN}>"),
    ):
        assert told(raw) == Reading(Sort.OF_A_TEST)


def test_what_goes_round_in_circles_is_left() -> None:
    rounds = "".join(f"Received: from mx{n}\n" for n in range(80)).encode()
    assert told(rounds + report(failed("5.1.1"))).news == ()
    assert told(rounds[:200] + b"\n" + report(failed("5.1.1"))).sort is not None


def test_the_same_mail_is_the_same_news_and_another_is_not() -> None:
    raw = report(failed("5.1.1"))
    assert one(raw).once == one(b"Received: from elsewhere\n" + raw).once
    assert one(raw).once != one(raw.replace(b"<b1@", b"<b2@")).once
    nameless = raw.replace(b"Message-ID: <b1@mx.example.net>\n", b"")
    assert one(nameless).once == one(nameless).once != one(raw).once


def test_no_news_repeats_what_a_mail_says() -> None:
    news = one(report(failed("5.1.1", "550 5.1.1 anna@example.net unknown, secret words")))
    assert "secret" not in repr(news) and "anna" not in news.once + news.code + str(news.detail)


# Hostile mails.


def nested(depth: int) -> bytes:
    inner = b"Content-Type: text/plain\n\nx\n"
    for n in range(depth):
        inner = b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n%s\n--b%d--\n" % (n, n, inner, n)
    return b"From: MAILER-DAEMON@x\nTo: bounce+" + MARK.encode() + b"@x.example\n" + inner


def many_parts() -> bytes:
    return mail("--b\n\nx\n" * 100_000, Content_Type="multipart/mixed; boundary=b")


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(nested(2000), id="nested two thousand deep"),
        pytest.param(many_parts(), id="a hundred thousand pieces"),
        pytest.param(mail("x" * 3_000_000), id="one line of three megabytes"),
        pytest.param(b"X: " + b"a " * 900_000 + b"\n\n", id="a header of two megabytes"),
        pytest.param(b"X: 1\n" * 300_000 + b"\nbody", id="three hundred thousand headers"),
        pytest.param(mail("x", Content_Type="multipart/mixed"), id="no boundary"),
        pytest.param(
            mail("x", Content_Type='multipart/mixed; boundary="' + "b" * 5000), id="a boundary without an end"
        ),
        pytest.param(
            mail("--b\nContent-Transfer-Encoding: base64\n\n!!!===abc", Content_Type="multipart/mixed; boundary=b"),
            id="base64",
        ),
        pytest.param(mail("=ZZ=", Content_Transfer_Encoding="quoted-printable"), id="broken quoted-printable"),
        pytest.param(mail("x", Content_Type="text/plain; charset=no-such-charset"), id="an unknown charset"),
        pytest.param(mail("x", Content_Type="text/plain; charset=base64"), id="a codec that is no charset"),
        pytest.param(mail("x", Subject="=?utf-8?B?" + "A" * 9000), id="an encoded word without an end"),
        pytest.param(mail("x", Subject="=?x?B?!!!?= =?utf-8?Q?=ZZ?="), id="broken encoded words"),
        pytest.param(mail("<" * 200_000, Content_Type="text/html"), id="brackets"),
        pytest.param(mail("<script>" * 20_000, Content_Type="text/html"), id="scripts without an end"),
        pytest.param(mail("-" * 200_000), id="a row of dashes without an end"),
        pytest.param(report(*[failed("5.1.1")] * 5000), id="five thousand recipients"),
        pytest.param(report("Action: failed\n" * 20_000), id="one block of twenty thousand lines"),
    ],
)
def test_whatever_comes_is_read_within_bounds(raw: bytes) -> None:
    found = told(raw)
    assert len(found.news) <= 101 and all(news.key == MARK for news in found.news)


@pytest.mark.parametrize("pattern", [COPY, *(form.says for form in FORMS)], ids=lambda one: one.pattern[:30])
def test_a_row_of_signs_is_gone_through_once(pattern: re.Pattern[str]) -> None:
    """Anybody may write twenty thousand of them; a pattern that begins at each and goes back takes half a minute."""
    for row in re.finditer(r"(\S{0,6})(.)\{\d+,\}(.)", pattern.pattern):
        assert row[1].endswith(f"(?<!{row[2]})") and row[3] == "+", row[0]


def test_a_mail_of_fifty_megabytes_is_read_by_its_beginning() -> None:
    raw = report(failed("5.1.1"), returned=RETURNED + "x" * 50_000_000)
    tracemalloc.start()
    try:
        assert one(raw).hard
        assert tracemalloc.get_traced_memory()[1] < 12 * BYTES_MOST
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=600))
@settings(max_examples=150)
def test_no_bytes_are_an_error(raw: bytes) -> None:
    told(raw)
    told(b"From: MAILER-DAEMON@x\nContent-Type: multipart/report; boundary=b\n\n--b\n" + raw)


@given(st.integers(0, 1200), st.binary(min_size=1, max_size=3))
@settings(max_examples=150)
def test_a_report_that_was_damaged_names_no_other_letter(place: int, junk: bytes) -> None:
    raw = report(failed("5.1.1", "550 5.1.1 User unknown"))
    found = told(raw[:place] + junk + raw[place + len(junk) :])
    assert all(news.key in (MARK, "") for news in found.news)


@pytest.mark.parametrize("charset", ["utf-8", "cp1251", "koi8-r", "cp866"])
def test_russian_is_read_whatever_charset_it_claims(charset: str) -> None:
    text = "Письмо не доставлено, такого адреса не существует"
    assert text_of(text.encode(charset), "us-ascii") == text
    raw = reply("", Content_Type="text/plain; charset=us-ascii", Content_Transfer_Encoding="base64")
    assert one(raw + b64encode("Отпишите меня".encode(charset))).what is WISH


def test_a_reading_is_of_known_sorts() -> None:
    assert {sort.value for sort in Sort} == {"bounce", "complaint", "reply", "by_machine", "of_a_test", "not_ours"}
    assert reading.NOTHING.news == ()
