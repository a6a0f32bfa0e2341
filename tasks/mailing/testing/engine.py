"""Sends a mailing to colleagues as a customer would get it. It knows no Prefect.

A test is a letter of its own, outside the ledger of letters: marked in its subject, its links lead on uncounted, its
coupon is taken by no till. Each is written down before it goes, so the same order twice sends it once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from integrations.errors import Failure, Refused
from integrations.mailers.base import Mailer
from models.address import is_loopback
from models.customers import AddressKind
from models.delivery import State
from models.letters import Answer, Letter
from models.locale import mark, translate
from models.mail_document import MailDocument
from models.mailers import MailerCard
from models.mailing_orders import TestMailingForm
from models.mailings import Mailing, MailingVersion
from models.reason import NO_REASON, Reason, because
from tasks.cards.letters import MY
from tasks.cards.page.rows import of_a_trial
from tasks.composing.compiled import Compiled, Variant
from tasks.composing.compiled import read as read_compiled
from tasks.composing.expressions import MARK
from tasks.composing.held import HeldBack
from tasks.composing.preview import COUPON, trial, trial_person
from tasks.content.references import names, refer, unknown
from tasks.house import House
from tasks.mailing.composed.checking import LOOPBACK
from tasks.mailing.composed.engine import Composing
from tasks.mailing.coupons.saying.rows import trial as trial_coupon
from tasks.mailing.jobs import Due
from tasks.mailing.life import rows as life
from tasks.mailing.life.engine import CALLED, page_of, writer_of_mailings
from tasks.mailing.testing import rows
from tasks.mailing.writing.engine import facts
from tasks.mailing.writing.fields import MADE_UP, asked, person_of
from tasks.mailing.writing.rows import somebody
from tasks.orders.answers import Line, Report
from tasks.returns.marks import test_mark

TEST = mark("Test of a mailing")
NO_VARIANT = mark("The mailing has no variant {variant}. There are: {known}.")
NO_MAILER = mark("The mailing has no mailer yet. Choose one, then send the test again.")
GONE = mark("There is no mailer “{key}” in mailers.yaml any more. Choose another one.")
NOT_LETTERS = mark("“{title}” sends short messages; a test goes by e-mail. Choose a mailer of letters for it.")
NO_CUSTOMER = mark("There is no customer № {id}. Choose another one, or 0 for somebody made up.")
NOBODY = mark("Name the colleagues who get the test, by their keys.")
NO_EMAIL = mark("{person} has no e-mail in company.yaml, so no test can go there.")
NOT_MADE = mark("The mailing cannot be made ready: {reason}")
NOT_WRITTEN = mark("It cannot be written as this customer: {reason}")
SENT, SENT_BEFORE = mark("sent to {person}"), mark("was sent to {person} before; the same order sends it once")
NOT_SENT, DONT_KNOW = (
    mark("not sent to {person}: {reason}"),
    mark("it is not known whether it reached {person}: {reason}"),
)
LATER = mark("The mailer does not take it now: {reason} Order the test again in a while.")
PATIENCE, AT_MOST = timedelta(seconds=2), timedelta(seconds=30)


def key_of(mark: str, id: int) -> str:
    """What a test letter is known by to its mailer."""
    return f"{mark}.{id}"


@dataclass(frozen=True)
class Ready:
    """A test that can go: the version, the mailer, and what is written."""

    row: Mailing
    version: MailingVersion
    card: MailerCard
    variant: Variant
    person: Mapping[str, Any]


class Testing:
    """The tests of one house."""

    __test__ = False

    def __init__(self, house: House) -> None:
        self.house, self.clock, self.composing = house, house.clock, Composing(house)

    def send(self, form: TestMailingForm, once: str) -> Report:
        """Send it to the colleagues named. `once` is the order's own: with the same one nothing goes twice."""
        title = translate(TEST)
        try:
            by = writer_of_mailings(self.house, form.person)
            people = self._colleagues(form.to)
            with self.house.reads() as session:
                ready = self._ready(session, form)
                known = rows.addresses(session, people)
            return self._sent(title, ready, {key: known.get(key, (key, "")) for key in people}, by, once, form.customer)
        except Refused as refused:
            return Report(title=title, refusal=refused.reason)

    def to_controls(self, mailing: int) -> int:
        """Send what was approved to the company's own controls, once for each version; returns how many went."""
        people = list(self.house.workspace.company.mailings.controls)
        with self.house.reads() as session:
            row = life.mailing(session, mailing)
            card, known = self.house.mailer_card(row.account), rows.addresses(session, people)
            version = next((one for one in life.versions(session, mailing) if one.hash == row.approved_hash), None)
        to = {key: known[key] for key in people if key in known and known[key][1]}
        if version is None or card is None or not to or self.house.kind_of(card) is not AddressKind.EMAIL:
            return 0
        compiled = read_compiled(version.compiled)
        sent = 0
        for variant in compiled.variants:
            person = trial_person(self.made_up(compiled, MailDocument.model_validate(version.document)))
            ready = Ready(row, version, card, variant, person)
            report = self._sent("", ready, to, "", f"control:{version.id}:{variant.name}", 0)
            sent += sum(line.done for line in report.lines)
        return sent

    def _colleagues(self, said: str) -> list[str]:
        named = {one.key: one.name for one in self.house.workspace.company.people}
        found = []
        for word in names(said):
            key = refer(word, named)
            if key is None:
                raise Refused(unknown("people", word, named))
            found.append(key)
        if not found:
            raise Refused(because(NOBODY, code="nobody"))
        return list(dict.fromkeys(found))

    def _ready(self, session: Session, form: TestMailingForm) -> Ready:
        row, version = life.mailing(session, form.mailing), life.last(session, form.mailing)
        if not row.account:
            raise Refused(because(NO_MAILER, code="no_mailer"))
        card = self.house.mailer_card(row.account)
        if card is None:
            raise Refused(because(GONE, code="mailer_gone", key=row.account))
        if self.house.kind_of(card) is not AddressKind.EMAIL:
            raise Refused(because(NOT_LETTERS, code="not_letters", title=card.title))
        document = MailDocument.model_validate(version.document)
        made = self.composing.made(session, row, document, version.n)
        if made.compiled is None:
            raise Refused(because(NOT_MADE, code="not_made", reason=str(made.problems[0])))
        wanted = form.variant.strip().upper()
        variant = next((one for one in made.compiled.variants if one.name == wanted), None)
        if variant is None:
            known = ", ".join(one.name for one in made.compiled.variants)
            raise Refused(because(NO_VARIANT, code="no_variant", variant=form.variant, known=known))
        if form.customer:
            whose = self.whose(session, made.compiled, form.customer)
            if whose is None:
                raise Refused(because(NO_CUSTOMER, code="no_customer", id=form.customer))
        else:
            whose = self.made_up(made.compiled, document)
        return Ready(row, version, card, variant, trial_person(whose))

    def whose(self, session: Session, compiled: Compiled, customer: int) -> dict[str, Any] | None:
        """Everything that the letters ask for of a customer; None where there is no such."""
        found = somebody(session, customer)
        if found is None:
            return None
        due = Due(id=0, mailing_id=0, customer_id=customer, kind=AddressKind.EMAIL, occasion="", variant="", domain="",
                  zone="", generation=0, attempts=0, written="", print="",
                  person=found)  # fmt: skip
        outlets = {one.key: one.name for one in self.house.workspace.company.outlets}
        return (
            person_of(found, outlets) | facts(self.house, session, asked(compiled), [due])[0] | self._coupon(compiled)
        )

    def made_up(self, compiled: Compiled, document: MailDocument) -> dict[str, Any]:
        """Somebody who is in every group the letter asks about, and lives where the first outlet is."""
        outlets = self.house.workspace.company.outlets
        said: dict[str, Any] = dict(MADE_UP[document.language])
        said["birthday"] = date.fromisoformat(said["birthday"])
        said["first_name"] = said["name"].partition(" ")[0]
        said |= {"groups": set(asked(compiled).groups)} | ({"outlet": outlets[0].name} if outlets else {})
        return said | self._coupon(compiled) | self._card(compiled)

    def _coupon(self, compiled: Compiled) -> dict[str, Any]:
        """The coupon of a letter that is looked at or tried: no till takes it, whoever it is written as."""
        if COUPON not in asked(compiled).roots:
            return {}
        with self.house.reads() as session:
            return {COUPON: trial_coupon(self.house, session, compiled.key)}

    def _card(self, compiled: Compiled) -> dict[str, Any]:
        """Card and points of nobody."""
        today = self.house.now().astimezone(ZoneInfo(self.house.workspace.company.zone)).date()
        return {MY: of_a_trial(self.house, today)} if MY in asked(compiled).roots else {}

    def _sent(
        self, title: str, ready: Ready, people: Mapping[str, tuple[str, str]], by: str, once: str, customer: int
    ) -> Report:
        self._refuse_homebound(ready.card)
        key = test_mark(self.house.printed, ready.version.id or 0, ready.variant.name)
        made = trial(ready.variant)
        try:
            values = made.values({**ready.person, MARK: key})
        except HeldBack as held:
            raise Refused(because(NOT_WRITTEN, code="held", reason=held.reason)) from None
        mailer = self.house.mailer_of(ready.card)
        form = made.form
        if not mailer.limits.headers_allowed:
            form = replace(form, headers=())
        planned = [
            {"once": f"{once}:{person}", "mailing_id": ready.row.id, "version_id": ready.version.id,
             "variant": ready.variant.name, "person": person, "account": ready.card.key, "customer_id": customer,
             "by": by}
            for person, (_, email) in people.items() if email
        ]  # fmt: skip
        with self.house.sessions.begin() as session:
            tests = rows.plan(session, self.clock, planned) if planned else []
            mine = rows.take(session, self.clock, [one.id or 0 for one in tests])
        letters = [
            Letter(one.id or 0, key_of(key, one.id or 0), people[one.person][1], form, values, people[one.person][0])
            for one in tests if one.id in mine
        ]  # fmt: skip
        answers = {answer.id: answer for answer in self._post(mailer, letters)} if letters else {}
        with self.house.sessions.begin() as session:
            for id, answer in answers.items():
                rows.settle(session, self.clock, id, answer.state, answer.reason.code)
        whom = {one.person: answers.get(one.id or 0) for one in tests}
        before = {one.person for one in tests if one.id not in mine}
        lines = [self._line(ready, key, people[key], whom.get(key), key in before) for key in people]
        return Report(title=title, lines=tuple(lines))

    def _refuse_homebound(self, card: MailerCard) -> None:
        if self.house.letters_leave(card) and is_loopback(self.house.public_url):
            raise Refused(
                because(LOOPBACK, code="loopback_mailer", title=card.title, url=self.house.public_url)
            )  # fmt: skip

    def _post(self, mailer: Mailer, letters: Sequence[Letter]) -> list[Answer]:
        """Hand them over, a few at a time; whatever has no answer in the end is unknown."""
        until, left, found = self.house.now() + AT_MOST, list(letters), list[Answer]()
        try:
            line = mailer.open()
        except Failure as failure:
            return [Answer(one.id, State.PLANNED, reason=failure.reason) for one in letters]
        try:
            while left or len(found) < len(letters):
                some, left = left[: line.room()], left[line.room() :]
                if some:
                    line.post(some, until)
                answered = line.answers(PATIENCE)
                found += answered
                flies = len(found) < len(letters) - len(left)
                if not answered and (not flies or self.house.now() >= until):
                    break
        finally:
            found += line.close()
        known = {one.id for one in found}
        return found + [Answer(one.id, State.PLANNED) for one in left if one.id not in known]

    def _line(
        self, ready: Ready, key: str, named: tuple[str, str], answer: Answer | None, before: bool
    ) -> Line:  # fmt: skip
        name, email = named
        done, said = True, translate(SENT, person=name)
        if not email:
            done, said = False, translate(NO_EMAIL, person=name)
        elif before:
            said = translate(SENT_BEFORE, person=name)
        elif answer is None or answer.state is State.UNKNOWN:
            why = answer.reason if answer else NO_REASON
            done, said = False, translate(DONT_KNOW, person=name, reason=str(why) or "—")
        elif answer.state is not State.SENT:
            done, said = False, translate(NOT_SENT, person=name, reason=self._why(answer))
        label = translate(CALLED, id=ready.row.id or 0, title=ready.row.title)
        return Line(id=ready.row.id or 0, label=label, said=said, done=done, url=page_of(self.house, ready.row.id or 0))

    def _why(self, answer: Answer) -> str:
        reason: Reason = answer.reason
        return translate(LATER, reason=str(reason)) if answer.state is State.PLANNED else str(reason)
