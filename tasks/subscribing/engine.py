"""Subscriptions: asked for by a form, confirmed by the letter that goes there, forgotten where nobody confirms.

It knows no Prefect. Whoever asks learns nothing of the address they wrote: known or not, barred or asked for too often,
the answer is the same.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session
from sqlmodel import col

from integrations.errors import Refused
from models.consent_texts import ConsentText, Wording, current, wordings
from models.content import Place, Problem
from models.customers import Act, Address, Purpose
from models.database import in_one, now_by
from models.locale import LANGUAGES, mark, spoken, translate
from models.mailers import MailerCard
from models.reason import NO_REASON, Reason, because
from models.subscriptions import Answered, Asking, Offer, Subscription, Taken
from tasks.composing.compiled import kept
from tasks.composing.compose import compose
from tasks.consents import rows as consents
from tasks.customers.addresses import Found, Unreadable, read_email
from tasks.customers.reading import CustomerRow
from tasks.customers.rows import Loading, check_prints, load, wait_for_the_base
from tasks.house import House
from tasks.mailing.standing import rows as standing
from tasks.purchases.rows import buyers
from tasks.subscribing import letter, rows
from tasks.subscribing.keys import read
from tasks.subscribing.links import mailing_of

SOURCE, BY_LETTER = "site form", "letter"
NO_TEXTS = mark("consents.yaml has no text of “{purpose}” that is valid today. Write one, with its version and day.")
NO_MAILER = mark("No mailer that is on says as whom it sends (mailers.yaml, “sender”), so nobody could confirm.")
NO_SUCH_MAILER = mark("There is no mailer “{key}” that is on and has a “sender” (mailers.yaml). Correct the key.")
CHANGED = mark("The text of “{purpose}”, version {version}, was changed without a new version. Give it one of its own.")


class Subscribing:
    """The subscriptions of one house."""

    def __init__(self, house: House) -> None:
        self.house, self.clock = house, house.clock

    # The form.

    def closed(self) -> Reason:
        """Why the form cannot be shown; empty where it can."""
        workspace, texts = self.house.workspace, self._texts()
        for purpose in Purpose:
            if purpose not in texts:
                return because(NO_TEXTS, code="no_text", purpose=purpose.value)
        named = workspace.company.subscription.mailer
        if self._card() is None:
            return because(NO_SUCH_MAILER if named else NO_MAILER, code="no_mailer", key=named)
        return NO_REASON

    def offer(self, language: str) -> Offer | None:
        """What the form shows in this language; None where nobody can subscribe."""
        if self.closed():
            return None
        texts = self._texts()
        personal, advertising = (texts[purpose].shown_in(language) for purpose in Purpose)
        origins = self.house.workspace.company.subscription.origins
        return Offer(personal=personal, advertising=advertising, origins=origins)

    def wording(self, purpose: str, language: str) -> Wording | None:
        """The document that somebody agrees to today."""
        text = self._texts().get(Purpose(purpose)) if purpose in set(Purpose) else None
        return text.shown_in(language) if text else None

    def _texts(self) -> dict[Purpose, ConsentText]:
        company = self.house.workspace.company
        return current(self.house.workspace.consents, self.house.now().astimezone(ZoneInfo(company.zone)).date())

    def _card(self) -> MailerCard | None:
        workspace = self.house.workspace
        return letter.mailer_of(workspace, workspace.company.subscription.mailer)

    # Asking.

    def ask(self, asking: Asking) -> Taken:
        """Write down that this address asked, and let the letter go that asks its owner to confirm."""
        if self.closed():
            return Taken.CLOSED
        shown = {one.id: one for one in wordings(self._texts().values())}
        seen = [shown.get(asking.personal), shown.get(asking.advertising)]
        if [one and one.purpose for one in seen] != [Purpose.PERSONAL, Purpose.ADVERTISING]:
            return Taken.OUTDATED
        try:
            found = read_email(asking.email)
        except Unreadable:
            return Taken.UNREADABLE
        said = [one for one in seen if one]
        try:
            in_one(self.house.sessions, partial(self._ask, asking=asking, found=found, said=said))
        except Refused:  # the house's key is another: whose address stands in the stop-list is not known
            return Taken.CLOSED
        return Taken.THANKS

    def _ask(self, session: Session, asking: Asking, found: Found, said: Sequence[Wording]) -> None:
        wait_for_the_base(session)
        check_prints(session, self.clock, self.house.printed)
        now, print_ = now_by(self.clock, session), self.house.printed(found.kind, found.value)
        policy = self.house.workspace.company.subscription
        network = self.house.printed("network", asking.network) if asking.network else ""
        of_address, of_network = rows.asked_lately(session, now, print_, network)
        if of_address >= policy.address_a_day or of_network >= policy.network_a_day:
            return
        customer, made = self._whose(session, found)
        if not customer:
            return
        rows.keep_wordings(session, now, said)
        row = Subscription(
            customer_id=customer, made=made, kind=found.kind.value, print=print_, site=asking.site[:200],
            language=asking.language if asking.language in LANGUAGES else self._locale, personal=asking.personal,
            advertising=asking.advertising, network=network, asked_at=now,
            expires_at=now + timedelta(days=policy.confirm_days),
        )  # fmt: skip
        id = rows.add(session, row)
        consents.record(session, rows.lines_of(row, customer, Act.ASKED, rows.VIA, f"subscription {id}", now))
        if not consents.barred(session, [print_]):
            self._send(session, row)

    def _whose(self, session: Session, found: Found) -> tuple[int, bool]:
        """Whose address it is, nothing of theirs being changed; else somebody new. 0 for whoever asked to be erased."""
        if known := buyers(session, [(found.kind.value, found.value)]):
            return next(iter(known.values())), False
        loading = Loading(id=0, source=SOURCE, by="", printed=self.house.printed, midnight=_no_day)
        people, _, _ = load(session, self.clock, [CustomerRow(number=1, addresses=[found])], loading)
        return (people[0].id, True) if people else (0, False)

    def _send(self, session: Session, row: Subscription) -> None:
        card = self._card()
        assert card is not None and row.id is not None
        mailing = self._mailing(session, row.language, card)
        standing.send(session, self.clock, mailing, card.key, row.customer_id, row.print, str(row.id))

    def _mailing(self, session: Session, language: str, card: MailerCard) -> int:
        """The standing mailing of this language, saying what it would say if it were made now."""
        workspace, key = self.house.workspace, mailing_of(language, self._locale)
        with spoken(self._locale):
            title = translate(letter.TITLE)
        said = letter.written(language, key, title, card, self.house.public_url)
        logo = f"{self.house.public_url}/logo.png" if workspace.brand.logo.lower().endswith(".png") else ""
        made_with = letter.materials(workspace, self.house.public_url, logo)
        hash = letter.print_of(said, made_with)
        if there := standing.is_said(session, key, card.key, hash):
            return there
        made = compose(said, made_with)
        assert made.compiled, [str(problem) for problem in made.problems]
        links = tuple(
            (one.name, link.number, link.url, link.label) for one in made.compiled.variants for link in one.links
        )
        words = standing.Words(said, kept(made.compiled), hash, links)
        return standing.say(session, self.clock, key, card.key, words)

    @property
    def _locale(self) -> str:
        return self.house.workspace.company.locale

    # Confirming.

    def look(self, key: str) -> Answered | None:
        """What the link of a letter comes to; None for a key that is not ours. Looking confirms nothing."""
        id = read(self.house.printed, key)
        with self.house.reads() as session:
            return self._standing(session, id) if id else None

    def _standing(self, session: Session, id: int) -> Answered | None:
        row = rows.subscription(session, id)
        if row is None:
            return None
        if row.confirmed_at:
            return Answered.BEFORE
        gone = row.forgotten_at or now_by(self.clock, session) >= row.expires_at
        return Answered.TOO_LATE if gone or rows.owner(session, row.kind, row.print) is None else Answered.WAITS

    def confirm(self, key: str) -> Answered | None:
        """The owner of the address has pressed the button: both consents are given from this moment on."""
        id = read(self.house.printed, key)
        return in_one(self.house.sessions, partial(self._confirm, id=id)) if id else None

    def _confirm(self, session: Session, id: int) -> Answered | None:
        wait_for_the_base(session)
        stands = self._standing(session, id)
        if stands is not Answered.WAITS:
            return stands
        now, row = now_by(self.clock, session), rows.subscription(session, id)
        assert row is not None
        owner = rows.owner(session, row.kind, row.print)
        if owner is None or not rows.confirm(session, id, now):
            return Answered.BEFORE
        proof = f"subscription {id}, message {rows.letter_of(session, id)}"
        consents.record(session, rows.lines_of(row, owner.customer_id, Act.GIVEN, BY_LETTER, proof, now))
        consents.follow(session, self.clock, col(Address.customer_id) == owner.customer_id)
        return Answered.CONFIRMED

    # Forgetting.

    def forget(self) -> tuple[int, int]:
        """Close what nobody confirmed in time; returns how many, and of how many customers nothing personal is left."""
        return in_one(self.house.sessions, self._forget)

    def _forget(self, session: Session) -> tuple[int, int]:
        wait_for_the_base(session)
        now = now_by(self.clock, session)
        rows.forget_networks(session, now)
        before = now - timedelta(days=self.house.workspace.company.subscription.forget_days)
        over = rows.never_confirmed(session, before)
        gone = rows.strangers(session, [customer for _, customer, made in over if made], before)
        rows.forget(session, [id for id, _, _ in over], gone, now)
        return len(over), len(gone)

    def remarks(self) -> list[Problem]:
        """Texts that were changed where they stood: what was agreed to is kept, but nobody sees it by the version."""
        with self.house.reads() as session:
            found = rows.changed_in_place(session)
        written = {(one.key.value, one.version) for one in self.house.workspace.consents}
        place = Place(file="consents.yaml")
        return [
            Problem(place=place, reason=because(CHANGED, code="changed", purpose=purpose, version=version))
            for purpose, version in dict.fromkeys((purpose, version) for purpose, version, _ in found)
            if (purpose, version) in written
        ]


def _no_day(day: Any) -> datetime:
    raise AssertionError("a form of the site says no day")
