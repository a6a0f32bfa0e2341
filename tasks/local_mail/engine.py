"""The mail of this machine, done: letters listed and opened, and what their recipients' mailboxes would send back.

It knows no Prefect. A letter is only looked at; what comes back is put into the folder that the returns are read from,
and read there as from anybody's mailbox.
"""

from datetime import timedelta

from sqlalchemy.orm import Session

from integrations.errors import Failure, Refused
from integrations.mailboxes.base import Mailbox as AnyMailbox
from integrations.mailboxes.folder import FolderMailbox
from integrations.mailers.mailbox import Mailbox, file_name
from models.delivery import State
from models.desk.local_mail import (
    WORDS_MOST,
    Back,
    CameBack,
    Chosen,
    LocalLetter,
    LocalLine,
    LocalMailPage,
    LocalTest,
    Opened,
    OpenedTest,
)
from models.letters import Happening
from models.locale import mark
from models.mailers import MailerCard
from models.mailings import MailEvent, MailTest
from models.reason import NO_REASON, Reason, because
from tasks.customers.addresses import Unreadable, read_email
from tasks.house import House
from tasks.local_mail import rows
from tasks.local_mail.reading import read
from tasks.local_mail.reports import written
from tasks.mailing.testing.engine import key_of
from tasks.returns.marks import test_mark

ON_A_PAGE, PAGES_MOST, FORGOTTEN_AT_ONCE, TESTS_SHOWN = 50, 10_000, 500, 20
RETURNED_KEPT = timedelta(days=90)
NO_LETTER = mark("There is no letter № {id}.")
NO_TEST = mark("There is no test letter № {id} on this computer.")
OF_ANOTHER = mark(
    "Letter № {id} went out by mailer “{account}”, which is not on this computer: it is in its recipient's mailbox."
)
NOT_YET = mark("Letter № {id} has not gone out, so there is no file of it.")
ERASED = mark(
    "The customer of this letter was erased, so it is not shown. If its file {file} still lies in the mailer's folder, "
    "delete it there."
)
ERASED_TOO = mark("The customer of letter № {id} was erased, and the letter with them.")
FILE_GONE = mark("The file {file} is no longer in the folder of mailer “{account}”. Somebody has moved or deleted it.")
MAILER_OFF = mark(
    "Mailer “{account}” is switched off in mailers.yaml, so nobody reads what comes back to it. Switch it on first."
)
NO_BACK_FOLDER = mark(
    "What comes back to mailer “{account}” is read elsewhere than in a folder. Write bounces: {{folder: letters/back}} "
    "for it in mailers.yaml."
)
NO_WORDS = mark("Write a few words of the answer. Nothing was sent.")
LAID = {
    Back.HARD: mark("The letter comes back: there is no such mailbox."),
    Back.SOFT: mark("The letter comes back: the mailbox is full."),
    Back.SPAM: mark("A complaint of spam is on its way."),
    Back.REPLY: mark("The answer is on its way."),
}
THERE_ALREADY = mark("This was sent back already. It comes once.")
NOBODY = mark("Nobody is known by this number or e-mail. An e-mail is found only whole.")


class LocalMail:
    """The local mail of one house."""

    def __init__(self, house: House) -> None:
        self.house = house

    @property
    def _cards(self) -> dict[str, MailerCard]:
        return {card.key: card for card in self.house.mailers if card.provider == Mailbox.name}

    def page(self, mailing: int = 0, customer: int = 0, number: int = 1) -> LocalMailPage:
        """The letters that local mailers put down, the newest first."""
        accounts = list(self._cards)
        number = min(max(number, 1), PAGES_MOST)
        with self.house.reads() as session:
            before = (number - 1) * ON_A_PAGE
            found = rows.letters(session, accounts, mailing, customer, before, ON_A_PAGE + 1) if accounts else []
            return LocalMailPage(
                is_in_use=bool(accounts), lines=self._lines(session, found[:ON_A_PAGE]), number=number,
                has_more=len(found) > ON_A_PAGE, mailing=mailing, customer=customer, tests=self._tests(session, mailing)
                if number == 1 and not customer else (),
                mailings=tuple(Chosen(id=id, title=title) for id, title in rows.mailings(session, accounts)),
            )  # fmt: skip

    def _lines(self, session: Session, found: list[rows.Row]) -> tuple[LocalLine, ...]:
        subjects = rows.subjects(session, {one.message.mailing_id for one in found})
        came = rows.came(session, [one.message.id or 0 for one in found])
        return tuple(
            LocalLine(
                id=one.message.id or 0, mailing=one.message.mailing_id, title=one.title,
                subject=subjects.get((one.message.mailing_id, one.message.variant), ""),
                customer=one.message.customer_id, name=one.customer.name if one.customer else "",
                address=one.address, is_known=one.customer is not None,
                at=one.message.sent_at or one.message.due_at, state=State(one.message.state),
                came=tuple(came.get(one.message.id or 0, ())),
            ) for one in found
        )  # fmt: skip

    def _tests(self, session: Session, mailing: int) -> tuple[LocalTest, ...]:
        accounts = list(self._cards)
        found = rows.tests(session, accounts, mailing, TESTS_SHOWN) if accounts else []
        return tuple(self._test(one, title) for one, title in found)

    def _test(self, one: MailTest, title: str) -> LocalTest:
        named = {colleague.key: colleague.name for colleague in self.house.workspace.company.people}
        return LocalTest(
            id=one.id or 0, mailing=one.mailing_id, title=title, variant=one.variant, customer=one.customer_id,
            person=named.get(one.person, one.person), at=one.settled_at or one.made_at,
        )  # fmt: skip

    def customer(self, typed: str) -> int | Reason:
        """Whose letters are looked for: by the number of the record, or by a whole e-mail."""
        number = typed.strip().lstrip("№#").strip()
        if number.isascii() and number.isdecimal() and 0 < len(number) < 10 and int(number):
            return int(number)
        try:
            email = read_email(typed).value
        except Unreadable:
            return because(NOBODY, code="nobody")
        with self.house.reads() as session:
            return rows.customer_of(session, email) or because(NOBODY, code="nobody")

    # One letter.

    def letter(self, id: int) -> LocalLetter | Reason:
        """A letter with what came back of it, or why there is none here to be opened."""
        with self.house.reads() as session:
            row = rows.letter(session, id)
            if row is None:
                return because(NO_LETTER, code="no_letter", id=id)
            sent = row.message
            if sent.account not in self._cards:
                return because(OF_ANOTHER, code="another", id=id, account=sent.account)
            if not sent.remote_id and row.customer is None:
                return because(ERASED_TOO, code="erased", id=id)
            if not sent.remote_id or sent.sent_at is None:
                return because(NOT_YET, code="not_yet", id=id)
            [line], card = self._lines(session, [row]), self._cards[sent.account]
            links = rows.links(session, sent.mailing_id, sent.variant)
            came = tuple(_came(event, links) for event in rows.events(session, id))
        opened, held = self._opened(card, sent.remote_id, line.is_known)
        return LocalLetter(
            line=line, file=sent.remote_id, account=card.title, opened=opened, held=held, came=came,
            not_back=self._not_back(card),
        )  # fmt: skip

    def raw(self, id: int) -> bytes | Reason:
        """The letter as it lies in its file, for whoever may see it."""
        with self.house.reads() as session:
            row = rows.letter(session, id)
        card = self._cards.get(row.message.account) if row else None
        if row is None or card is None:
            return because(NO_LETTER, code="no_letter", id=id)
        return self._file(card, row.message.remote_id, row.customer is not None)

    def test(self, id: int) -> OpenedTest | Reason:
        """A test letter as it lies in its file, or why there is none."""
        with self.house.reads() as session:
            found = rows.test(session, list(self._cards), id)
        if found is None:
            return because(NO_TEST, code="no_test", id=id)
        row, title = found
        opened, held = self._opened(self._cards[row.account], self._test_file(row), True)
        return OpenedTest(line=self._test(row, title), opened=opened, held=held)

    def test_raw(self, id: int) -> bytes | Reason:
        with self.house.reads() as session:
            found = rows.test(session, list(self._cards), id)
        if found is None:
            return because(NO_TEST, code="no_test", id=id)
        return self._file(self._cards[found[0].account], self._test_file(found[0]), True)

    def _test_file(self, row: MailTest) -> str:
        return file_name(key_of(test_mark(self.house.printed, row.version_id, row.variant), row.id or 0))

    def _opened(self, card: MailerCard, file: str, is_known: bool) -> tuple[Opened | None, Reason]:
        raw = self._file(card, file, is_known)
        return (None, raw) if isinstance(raw, Reason) else (read(raw), NO_REASON)

    def _file(self, card: MailerCard, file: str, is_known: bool) -> bytes | Reason:
        if not is_known:
            return because(ERASED, code="erased", file=file)
        try:
            found = self._local(card).letter(file)
        except Failure as failure:
            return failure.reason
        return because(FILE_GONE, code="gone", file=file, account=card.title) if found is None else found

    def forget_erased(self) -> int:
        """Delete the letters of everybody who was erased; returns how many. Raises Failure where a folder is closed."""
        cards, done = self._cards, self._forget_tests()
        while cards:
            with self.house.reads() as session:
                found = rows.of_erased(session, list(cards), FORGOTTEN_AT_ONCE)
            for _, account, file in found:
                self._local(cards[account]).forget(file)
            with self.house.sessions.begin() as session:
                rows.files_gone(session, [id for id, _, _ in found])
            done += len(found)
            if len(found) < FORGOTTEN_AT_ONCE:
                break
        return done

    def _forget_tests(self) -> int:
        cards, done = self._cards, 0
        while cards:
            with self.house.reads() as session:
                found = rows.tests_of_erased(session, list(cards), FORGOTTEN_AT_ONCE)
            for row in found:
                self._local(cards[row.account]).forget(self._test_file(row))
            with self.house.sessions.begin() as session:
                rows.tests_gone(session, [row.id or 0 for row in found])
            done += len(found)
            if len(found) < FORGOTTEN_AT_ONCE:
                break
        return done

    def forget_returned(self) -> int:
        """Delete mails that came back long ago: what they told stands in the ledger. Returns how many."""
        before, gone = self.house.now() - RETURNED_KEPT, 0
        for card in self.house.mailers:
            box = self._box(card)
            gone += box.forget(before) if isinstance(box, FolderMailbox) else 0
        return gone

    def _local(self, card: MailerCard) -> Mailbox:
        mailer = self.house.mailer_of(card.model_copy(update={"enabled": True}))
        assert isinstance(mailer, Mailbox)
        return mailer

    # What comes back.

    def send_back(self, id: int, what: Back, once: str, words: str = "") -> Reason:
        """Let a letter come back, be complained of or answered: a mail of that kind, in the folder of returns."""
        words = words.strip()[:WORDS_MOST]
        if what is Back.REPLY and not words:
            return because(NO_WORDS, code="no_words")
        raw = self.raw(id)
        if isinstance(raw, Reason):
            return raw
        with self.house.reads() as session:
            row = rows.letter(session, id)
        box = self._back(self._cards[row.message.account]) if row else because(NO_LETTER, code="no_letter", id=id)
        if isinstance(box, Reason):
            return box
        mail = written(raw, what, self.house.now(), once, words)
        try:
            is_new = box.bring(mail.name, mail.raw)
        except Failure as failure:
            return failure.reason
        return because(LAID[what], code="done") if is_new else because(THERE_ALREADY, code="known")

    def _not_back(self, card: MailerCard) -> Reason:
        box = self._back(card)
        return box if isinstance(box, Reason) else NO_REASON

    def _back(self, card: MailerCard) -> FolderMailbox | Reason:
        """The folder that what comes back to a mailer is read from, or why there is none."""
        if not card.enabled:
            return because(MAILER_OFF, code="switched_off", account=card.title)
        box = self._box(card)
        missing = because(NO_BACK_FOLDER, code="no_folder", account=card.title)
        return box if isinstance(box, FolderMailbox | Reason) else missing

    def _box(self, card: MailerCard) -> AnyMailbox | Reason:
        try:
            return self.house.mailbox_of(card)
        except Refused as refused:
            return refused.reason


def _came(event: MailEvent, links: dict[int, str]) -> CameBack:
    link = links.get(event.link, "") if event.link is not None else ""
    return CameBack(what=Happening(event.what), at=event.at, hard=event.hard, robot=event.robot, link=link)
