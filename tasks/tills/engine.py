"""The program of a till at the ledger of coupons: codes read and admitted, asked about, answered in words. No Prefect.

A code is looked up only where its till may still send wrong ones; each wrong one counts (`tasks/guessing`).
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from math import ceil
from typing import Any

from integrations.errors import Unavailable
from models.basket import Basket, Place
from models.intake import writable
from models.locale import mark
from models.reason import because
from models.till_calls import (
    BasketCall,
    Caller,
    CodeAnswer,
    EntryAnswer,
    JournalAnswer,
    ListAnswer,
    NotTaken,
    Redeem,
    Release,
    Released,
    Reserve,
    Return,
    Returned,
    ReturnTold,
    SaleTold,
    Validate,
    Verdict,
    Why,
)
from tasks.cashier_page.engine import LIST_MOST
from tasks.cashier_page.rows import live
from tasks.codes import rows as codes
from tasks.codes.reading import Reading, masked, read
from tasks.guessing.engine import Guesser, Guesses
from tasks.house import House
from tasks.offers.wording import Words
from tasks.redeeming import refusals
from tasks.redeeming.calls import Answer, BackLine, Brought, Call, Entered, Entry, GiveBack, Outcome, Presented, Sale
from tasks.redeeming.engine import Redeeming
from tasks.tills import reading, rows, wording

TYPED_MOST = 100
TOO_LONG = mark("There are more live codes than a list may hold ({most}). Redeem over the network.")
SEVERAL = mark("Several sales of this outlet have this receipt number. Name the one that is meant by “sale”.")
LATER = mark("Too many wrong codes came before it, so it was not entered. Send it again later.")
Ask = Callable[[Call], Answer]


class Tills:
    """One till's calls. `ledger` is the house's, `forms` what its codes look like."""

    def __init__(self, house: House, ledger: Redeeming, forms: codes.KnownForms, caller: Caller) -> None:
        self.house, self.ledger, self.forms, self.caller = house, ledger, forms, caller
        self.guesses = Guesses(house)
        self.guesser = Guesser(caller.till, caller.title, caller.outlet, caller.address, caller.id)
        self.currency = house.workspace.company.currency

    def validate(self, told: Validate) -> Verdict:
        return self._weighed(told, "validate", lambda call: _all_or_none(call, self.ledger.validate(call)))

    def reserve(self, told: Reserve, key: str) -> Verdict:
        lives = timedelta(seconds=told.seconds)
        return self._weighed(told, key, partial(self.ledger.reserve, lives=lives), cashier=told.cashier)

    def redeem(self, told: Redeem, key: str) -> Verdict:
        return self._weighed(told, key, self.ledger.redeem, cashier=told.cashier, receipt=told.receipt)

    def release(self, told: Release) -> Released:
        reason = self.ledger.release(self.caller.till, told.sale, told.cashier)
        return Released(ok=not reason, staff=wording.why(reason))

    def give_back(self, told: Return, key: str) -> Returned:
        reading.one_of_both(told.sale, told.receipt)
        till, sale = self.caller.till, told.sale
        if told.receipt:
            with self.house.reads() as session:
                found = rows.sales_of(session, self.caller.outlet, told.receipt)
            if len(found) != 1:
                no = (SEVERAL, "several_sales") if found else (refusals.NO_SALE, "no_sale")
                return Returned(ok=False, staff=wording.why(because(no[0], code=no[1])))
            till, sale = found[0]
        lines = tuple(BackLine(n=line.n, quantity=line.quantity) for line in told.lines)
        back = GiveBack(
            key=key, till=self.caller.till, sale=sale, sale_till=till, lines=lines, by=told.cashier,
            code=self._kept(told.code),
        )  # fmt: skip
        done = self.ledger.give_back(back)
        if done.reason.code == refusals.OTHER.code:
            raise NotTaken(409, done.reason)
        return wording.returned(done)

    def held_list(self) -> ListAnswer:
        with self.house.reads() as session:
            if live(session) > LIST_MOST:
                raise NotTaken(409, because(TOO_LONG, code="too_many_codes", most=LIST_MOST))
        signed = self.ledger.signed_list(self.caller.till)
        return ListAnswer(body=signed.body, signature=signed.signature, public_key=signed.public_key)

    def journal(self, body: Any) -> JournalAnswer:
        """Each entry by itself, sales first; once too many codes were wrong, the rest is put off."""
        told = [reading.entry(one) for one in reading.entries(body)]
        self.guesses.admit(self.guesser)
        answers: dict[int, EntryAnswer] = {}
        later = 0
        for place in sorted(range(len(told)), key=lambda n: not isinstance(told[n], SaleTold)):
            one = told[place]
            if isinstance(one, list):
                answers[place] = _unreadable(body["entries"][place], one)
                continue
            answers[place], later = self._entered(one, later)
        found = tuple(answers[place] for place in range(len(told)))
        conflicts = sum(bool(one.conflicts) for one in found)
        return JournalAnswer(entries=found, entered=sum(one.entered for one in found), conflicts=conflicts, later=later)

    # How.

    def _weighed(self, told: BasketCall, key: str, ask: Ask, **more: str) -> Verdict:
        basket = reading.basket_of(told.basket, self.currency)
        with self.house.reads() as session:
            self.guesses.admit_in(session, self.guesser)
            forms = self.forms.of(session)
        found = [read(one, forms, told.scanned) for one in told.codes]
        kept = [one.code for one in found if one]
        reading.each_once(kept)
        call = self._call(told, key, kept, basket, **more) if kept else None
        is_asked = call is not None and (len(kept) == len(found) or not told.together)
        answer = ask(call) if call and is_asked else _nothing(kept)
        if any(one.reason.code == refusals.OTHER.code for one in answer.outcomes):
            raise NotTaken(409, refusals.OTHER.staff)
        self._count_wrong(told.codes, found, answer)
        outcomes = {one.code: one for one in answer.outcomes}
        words, said = self._words(answer, basket), []
        for n, one in enumerate(found, 1):
            said.append(self._said(n, outcomes[one.code], words) if one else wording.unread(n, one.why))
        return wording.verdict(answer, said, basket, words)

    def _kept(self, typed: str) -> str:
        """A code as it is kept; what can be none is passed on as it was typed, and found nowhere."""
        if not typed:
            return ""
        with self.house.reads() as session:
            return read(typed, self.forms.of(session)).code or typed[:TYPED_MOST]

    def _call(self, told: BasketCall, key: str, kept: Sequence[str], basket: Basket, **more: Any) -> Call:
        at = more.pop("at", None) or self.house.now()
        return Call(
            key=key, till=self.caller.till, codes=tuple(kept), basket=basket, sitting=told.sitting,
            guests=told.guests, presented=Presented(**dict(told.buyer)), together=told.together,
            place=Place(outlet=self.caller.outlet, zone=self.caller.zone, channel=told.channel, at=at), **more,
        )  # fmt: skip

    def _count_wrong(self, typed: Sequence[str], found: Sequence[Reading], answer: Answer) -> None:
        wrong = [(masked(code), one.why.code) for code, one in zip(typed, found, strict=True)
                 if not one and one.why.code != refusals.TEST_LETTER.code]  # fmt: skip
        wrong += [(masked(one.code), one.reason.code) for one in answer.outcomes
                  if one.reason.code == refusals.UNKNOWN_CODE.code]  # fmt: skip
        self.guesses.wrong(self.guesser, wrong)

    def _words(self, answer: Answer, basket: Basket) -> Words:
        products = {line.product for line in basket.lines if line.product}
        products |= {given.product for one in answer.outcomes for given in one.off.given if given.product}
        with self.house.reads() as session:
            return Words(products=rows.names(session, products), currency=self.currency)

    def _said(self, n: int, one: Outcome, words: Words) -> CodeAnswer:
        if one.missing is None:
            return wording.code_answer(n, one, None, words)
        with self.house.reads() as session:
            return wording.code_answer(n, one, rows.terms(session, one.code), words)

    def _entered(self, told: SaleTold | ReturnTold, later: int) -> tuple[EntryAnswer, int]:
        """What became of an entry, and how many seconds those behind it have to wait."""
        if later:
            put_off = because(LATER, code="later")
            return EntryAnswer(key=told.key, entered=False, staff=wording.why(put_off)), later
        try:
            entry = self._sale(told) if isinstance(told, SaleTold) else self._brought(told)
        except NotTaken as no:
            staff = Why(code=no.reason.code, said=str(no.reason))
            return EntryAnswer(key=told.key, entered=False, staff=staff, fields=no.troubles), 0
        done = self.ledger.take_journal([entry])[0]
        if isinstance(entry, Sale) and "unknown_code" in done.conflicts and not done.replayed:
            later = self._wrong_in(entry, done)
        return wording.entered(done), later

    def _wrong_in(self, entry: Sale, done: Entered) -> int:
        wrong = len(entry.call.codes) - len(done.redemptions)
        self.guesses.wrong(self.guesser, [("", "offline")] * max(wrong, 1))
        try:
            self.guesses.admit(self.guesser)
        except Unavailable as no:
            return ceil(no.retry_after.total_seconds()) if no.retry_after else 1
        return 0

    def _sale(self, told: SaleTold) -> Entry:
        basket = reading.basket_of(told.basket, self.currency)
        kept = [self._kept(code) for code in told.codes]
        reading.each_once(kept)
        given = reading.given_of(told, basket)
        more = {"receipt": told.receipt, "cashier": told.cashier, "at": told.at}
        return Sale(call=self._call(told, told.key, kept, basket, **more), given=given)

    def _brought(self, told: ReturnTold) -> Entry:
        lines = tuple(BackLine(n=line.n, quantity=line.quantity) for line in told.lines)
        back = GiveBack(key=told.key, till=self.caller.till, sale=told.sale, code=self._kept(told.code), lines=lines,
                        by=told.cashier)  # fmt: skip
        return Brought(back=back, outlet=self.caller.outlet, at=told.at)


def _all_or_none(call: Call, answer: Answer) -> Answer:
    """What goes together is taken together: as a redemption would be answered."""
    if answer.ok or not call.together:
        return answer
    refused = (one if one.reason else Outcome.refused(one.code, refusals.TOGETHER) for one in answer.outcomes)
    return Answer(outcomes=tuple(refused))


def _nothing(kept: Sequence[str]) -> Answer:
    """Nothing is asked about these codes, because one of the call can be none of ours."""
    return Answer(outcomes=tuple(Outcome.refused(code, refusals.TOGETHER) for code in kept))


def _unreadable(body: Any, troubles: Sequence[Any]) -> EntryAnswer:
    key = body.get("key") if isinstance(body, dict) else ""
    known = writable(key) if isinstance(key, str) and len(key) <= TYPED_MOST else ""
    said = reading.unfit(troubles).reason
    return EntryAnswer(key=known, entered=False, staff=wording.why(said), fields=tuple(troubles))
