"""Writes the letters of a mailing for those who get them. It knows no Prefect, and renders nothing: that was done once.

It is the sender's `Renderer`: what is asked of the database is asked for a portion at a time.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from integrations.mailers.base import MailerLimits
from models.customers import AddressKind
from models.letters import Letter, LetterForm
from models.locale import in_house_words, mark, translate
from models.reason import NO_REASON, Reason, because
from tasks.composing import compiled as compiling
from tasks.composing.checks.goods import about
from tasks.composing.compiled import Compiled, Made
from tasks.composing.expressions import MARK, clean
from tasks.composing.held import HeldBack
from tasks.content.rows import as_offer
from tasks.groups.figures.rows import keys_of
from tasks.house import House
from tasks.mailing.composed.rows import offers_of
from tasks.mailing.coupons.checking import ROOT as COUPON
from tasks.mailing.coupons.rows import USED, offer_trouble
from tasks.mailing.jobs import Due, Going
from tasks.mailing.writing import rows
from tasks.mailing.writing.caps import Cap, cap_of
from tasks.mailing.writing.fields import Asked, asked, person_of
from tasks.notices.rows import Message, tell
from tasks.returns.marks import letter_key

NO_VERSION = mark("What was approved of this mailing is not there any more. Ask for its approval again.")
NO_VARIANT = mark("The mailing has no variant {variant} any more. Correct it, and ask for its approval again.")
NO_SHORT = mark("The mailing has no text of a short message. Write it, and ask for its approval again.")
COUPON_GONE = mark("The customer's coupon of this offer was used or stopped before the letter went.")
HAD_ENOUGH = mark("This customer has had as much advertising as one gets in these days.")
PAUSED_TITLE = mark("Paused: {title}")
PAUSED_BODY = mark("The mailing “{title}” is paused and sends nothing more: {reason}")

PRICES_EVERY = timedelta(minutes=3)
KEPT, NO_LIMITS = 50, MailerLimits()
NAME_MAX = 100


@dataclass(frozen=True)
class Loaded:
    """A version as it is sent: what it asks for, the cap of its mailing, the offer it carries."""

    compiled: Compiled
    asked: Asked
    cap: Cap
    offer: str = ""


class Writer:
    """The letters that one mailer sends. `limits` are the mailer's."""

    def __init__(self, house: House, limits: MailerLimits = NO_LIMITS) -> None:
        self.house, self.limits = house, limits
        self._loaded: OrderedDict[tuple[int, str], Loaded | Reason] = OrderedDict()
        self._forms: dict[str, LetterForm] = {}
        self._looked_at: dict[tuple[int, str], datetime] = {}

    def __call__(self, mailing: Going, due: Sequence[tuple[Due, str]]) -> list[Letter | Reason]:
        self.look_at_prices(mailing)
        return self._portion(mailing, due, with_cap=True)

    def again(self, mailing: Going, due: Sequence[tuple[Due, str]]) -> list[Letter | Reason]:
        """The same letters as they were when they went, to ask about them: no cap, no price has a part in it."""
        return self._portion(mailing, due, with_cap=False)

    def _portion(self, mailing: Going, due: Sequence[tuple[Due, str]], with_cap: bool) -> list[Letter | Reason]:
        with self.house.reads() as session:
            loaded = self.loaded(session, mailing.id, mailing.approved_hash)
            if isinstance(loaded, Reason):
                return [loaded] * len(due)
            customers = {one.customer_id for one, _ in due}
            is_capped = with_cap and loaded.cap
            full = rows.capped(session, self.house.clock, mailing.id, customers, loaded.cap) if is_capped else set()
            more = facts(self.house, session, loaded.asked, [one for one, _ in due])
        outlets = {one.key: one.name for one in self.house.workspace.company.outlets}
        return [
            because(HAD_ENOUGH, code=rows.CAPPED) if one.customer_id in full
            else self._written(loaded, one, mark, more.get(one.id, {}), outlets)
            for one, mark in due
        ]  # fmt: skip

    def loaded(self, session: Session, mailing: int, hash: str) -> Loaded | Reason:
        """The version of this hash, read once; why not where it is gone."""
        key = (mailing, hash)
        if key not in self._loaded:
            self._loaded[key] = self._load(session, mailing, hash)
            while len(self._loaded) > KEPT:
                self._loaded.popitem(last=False)
        return self._loaded[key]

    def _load(self, session: Session, mailing: int, hash: str) -> Loaded | Reason:
        version, of = rows.approved(session, mailing, hash), rows.mailing(session, mailing)
        if version is None or of is None or not version.compiled:
            return because(NO_VERSION, code="no_version")
        made = compiling.read(version.compiled)
        return Loaded(made, asked(made), cap_of(of.caps, self.house.workspace.company.mailings, of.ground), of.offer)

    def _written(
        self, loaded: Loaded, due: Due, mark: str, more: Mapping[str, Any], outlets: Mapping[str, str]
    ) -> Letter | Reason:
        variant = next((one for one in loaded.compiled.variants if one.name == due.variant), None)
        if variant is None:
            return because(NO_VARIANT, code="no_variant", variant=due.variant)
        made = variant.counted if due.kind == AddressKind.EMAIL else variant.sms
        if made is None:
            return because(NO_SHORT, code="no_sms")
        letter = self.letter(made, due, letter_key(mark, due.generation), mark, more, outlets)
        if isinstance(letter, Reason) and letter.code == "missing" and loaded.offer and COUPON not in more:
            return because(COUPON_GONE, code=USED)
        return letter

    def letter(
        self, made: Made, due: Due, key: str, mark: str, more: Mapping[str, Any], outlets: Mapping[str, str]
    ) -> Letter | Reason:
        """A letter of a form to somebody, or why it cannot be written."""
        person = {**person_of(due.person, outlets), **more, MARK: mark}
        try:
            values = made.values(person)
        except HeldBack as held:
            return held.reason
        name = clean(str(due.person.get("name") or ""))[:NAME_MAX] if due.kind == AddressKind.EMAIL else ""
        return Letter(due.id, key, due.written, self._form(made), values, name)

    def _form(self, made: Made) -> LetterForm:
        """The same form each time; without headers of ours where the mailer takes none."""
        if self.limits.headers_allowed or not made.form.headers:
            return made.form
        if made.form.id not in self._forms:
            self._forms[made.form.id] = replace(made.form, headers=())
        return self._forms[made.form.id]

    # Prices and offers.

    def look_at_prices(self, mailing: Going) -> Reason:
        """Compare the prices of the letter with the feed, every few minutes, and its offer each time.

        Where something differs, the mailing is paused. What is written meanwhile does not go out: every letter asks
        whether its mailing is being sent.
        """
        key, now = (mailing.id, mailing.approved_hash), self.house.now()
        is_priced = key in self._looked_at and now - self._looked_at[key] < PRICES_EVERY
        with self.house.reads() as session:
            loaded = self.loaded(session, *key)
            if isinstance(loaded, Reason) or (is_priced and not loaded.offer):
                return NO_REASON
            of = rows.mailing(session, mailing.id) if loaded.offer else None
            why = NO_REASON if is_priced else price_trouble(session, loaded.compiled)
            why = why or (offer_trouble(session, self.house, of) if of else NO_REASON)
        if not why:
            self._looked_at[key] = self._looked_at[key] if is_priced else now
            return NO_REASON
        with self.house.sessions.begin() as session:
            if rows.pause(session, mailing.id, mailing.approved_hash, why):
                tell_paused(session, self.house, mailing.id, why)
        return why


def facts(house: House, session: Session, asked: Asked, due: Sequence[Due]) -> dict[int, dict[str, Any]]:
    """What the letters ask for beside the customers' own fields, by the number of the letter's row."""
    more: dict[int, dict[str, Any]] = {one.id: {} for one in due}
    if asked.groups:
        of = keys_of(session, {one.customer_id for one in due}, asked.groups)
        for one in due:
            more[one.id]["groups"] = of.get(one.customer_id, set())
    for root, load in asked.sources.items():
        for id, value in load(house, session, due).items():
            if value is not None and id in more:
                more[id][root] = value
    return more


def price_trouble(session: Session, compiled: Compiled) -> Reason:
    """The first price, or product, of the letter that is not as the feed has it now; sold out is no wrong price."""
    shown = {(one.product.id, one.product.price): one.product for made in compiled.variants for one in made.products}
    feed = {row.id: as_offer(row) for row in offers_of(session, {id for id, _ in shown})}
    said = (about(product, feed.get(product.id)) for product in shown.values())
    return next((reason for reason in said if reason and reason.code != "sold_out"), NO_REASON)


def tell_paused(session: Session, house: House, mailing: int, why: Reason) -> None:
    """Tell whoever made the mailing that it is paused, and why, in the transaction that paused it."""
    of = rows.mailing(session, mailing)
    if of is None or not of.made_by:
        return
    with in_house_words():
        subject = translate(PAUSED_TITLE, title=of.title)
        body = translate(PAUSED_BODY, title=of.title, reason=str(why))
    key = f"paused:{mailing}:{of.approved_hash[:12]}:{why.code}:{house.now().isoformat(timespec='minutes')}"
    tell(session, house.clock, [Message(key, of.made_by, subject, body, f"{house.staff_url}/staff/mailings/{mailing}")])
