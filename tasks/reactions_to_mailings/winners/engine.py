"""The better variant goes to those who wait for it: by itself where it is proven better, else as the mailing says.

It knows no Prefect. The moment of decision is settled when the last letter of the test has gone, and there is one look:
whoever looks sooner, or twice, finds winners by chance.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from models.database import now_by
from models.locale import in_house_words, mark, translate
from models.mailings import Mailing, Stage
from models.reason import Reason, because
from models.trial import BY_TITLES
from tasks.house import House
from tasks.mailing.coupons.rows import awaits_codes
from tasks.mailing.lists.rows import let_winner_out
from tasks.notices import rows as notices
from tasks.reactions_to_mailings import rows as mailings
from tasks.reactions_to_mailings.values import USUAL
from tasks.reactions_to_mailings.winners import rows
from tasks.reactions_to_mailings.winners.terms import ASK, Terms, terms_of, verdict
from tasks.returns.owed.rows import CONTROL, spent
from tasks.returns.sums.rows import by_variant
from tasks.returns.sums.trials import Verdict

LET_OUT = mark("Mailing № {id}: variant {variant} goes to the {number} who waited. {why}")
TAKEN = mark(
    "Mailing № {id}: no variant is proven better, so {variant} goes to the {number} who waited, as was settled."
)
ASKED = mark("Mailing № {id}: no variant is proven better, and {number} wait. A person chooses on its page.")
SUBJECT = mark("Which variant goes to the others? Mailing “{title}”")
BODY = mark(
    "The variants were compared by {by}. {why} {number} recipients wait for the variant that you choose on the "
    "mailing's page."
)


@dataclass(frozen=True)
class Decision:
    """What was done about one mailing; `variant` is empty where a person was asked."""

    mailing: int
    variant: str
    letters: int
    said: Reason


class Winners:
    """The variants of one house's mailings."""

    def __init__(self, house: House) -> None:
        self.house, self.clock = house, house.clock

    def round(self) -> list[Decision]:
        """Settle the moments that can be settled, decide what is due; again does nothing."""
        with self.house.reads() as session:
            waiting = mailings.waiting_for_winner(session)
        found = (self._look(mailing) for mailing in sorted(waiting))
        return [one for one in found if one is not None]

    def note(self, mailing: int) -> None:
        """Of variants that all went out at once, what is found at its moment is kept: nobody is written to for it."""
        with self.house.reads() as session:
            if len(mailings.variants(session, mailing)) < 2 or mailings.waiting_for_winner(session, mailing):
                return
        with self.house.sessions.begin() as session:
            row = rows.locked(session, mailing)
            known = (rows.settled(session, mailing) or self._settle(session, row)) if row else None
            if row is None or known is None or known.decided_at or now_by(self.clock, session) < known.decides_at:
                return
        _, found = self._judge(row, known.decides_at)
        with self.house.sessions.begin() as session:
            rows.locked(session, mailing)
            known, now = rows.settled(session, mailing), now_by(self.clock, session)
            if known is not None and not known.decided_at:  # another may have looked meanwhile: there is one look
                rows.keep(session, self.clock, mailing, rows.decided(known, now, found.winner, "", found.reason))

    def _look(self, mailing: int) -> Decision | None:
        with self.house.sessions.begin() as session:
            row = rows.locked(session, mailing)
            if row is None or row.stage != Stage.SENDING:
                return None
            known = rows.settled(session, mailing) or self._settle(session, row)
            if known is None or known.decided_at or now_by(self.clock, session) < known.decides_at:
                return None
        terms, found = self._judge(row, known.decides_at)
        with self.house.sessions.begin() as session:
            return self._carry_out(session, mailing, terms, found)

    def _settle(self, session: Session, row: Mailing) -> rows.Settled | None:
        """The test is out: from now on it is known when is decided."""
        last = mailings.span(session, row.id or 0).last_at
        if last is None or not mailings.is_tried_out(session, row.id or 0):
            return None
        found = rows.Settled(last + self._terms(row).after)
        rows.keep(session, self.clock, row.id or 0, found)
        return found

    def _terms(self, row: Mailing) -> Terms:
        return terms_of(row.split, list(row.split.get("shares", {})))

    def _judge(self, row: Mailing, decides_at: datetime) -> tuple[Terms, Verdict]:
        """What the numbers say; asked outside of any lock, for it takes a while."""
        id, terms = row.id or 0, self._terms(row)
        with self.house.reads() as session:
            funnels = {variant: one for variant, one in by_variant(session, id).items() if variant not in ("", CONTROL)}
            bought = spent(session, id, USUAL.touch) if terms.by == "revenue" else {}
            now = now_by(self.clock, session)
        return terms, verdict(terms, funnels, bought, decides_at, now, id)

    def _carry_out(self, session: Session, mailing: int, terms: Terms, found: Verdict) -> Decision | None:
        row = rows.locked(session, mailing)
        known, waiting = rows.settled(session, mailing), mailings.waiting_for_winner(session, mailing)
        if row is None or known is None or known.decided_at or row.stage != Stage.SENDING or not waiting:
            return None  # another has decided meanwhile, or a person
        chosen = found.winner or ("" if terms.otherwise == ASK else terms.otherwise)
        now = now_by(self.clock, session)
        rows.keep(session, self.clock, mailing, rows.decided(known, now, found.winner, chosen, found.reason))
        if not chosen:
            self._ask(session, row, terms, found, waiting[mailing])
            said = because(ASKED, code="asked", id=mailing, number=waiting[mailing])
            return Decision(mailing, "", 0, said)
        number = let_winner_out(session, self.clock, mailing, chosen, awaits_codes(session, row))
        text = LET_OUT if found.winner else TAKEN
        words = {"id": mailing, "variant": chosen, "number": number} | ({"why": found.reason} if found.winner else {})
        return Decision(mailing, chosen, number, because(text, code="let_out", **words))

    def _ask(self, session: Session, row: Mailing, terms: Terms, found: Verdict, number: int) -> None:
        """Whoever made it, and the heads, are told that it waits for them."""
        people = dict.fromkeys([row.made_by, *rows.heads(self.house.workspace.company.people)])
        with in_house_words():
            subject = translate(SUBJECT, title=row.title)
            body = translate(BODY, by=translate(BY_TITLES[terms.by]), why=found.reason, number=number)
        link = f"{self.house.staff_url}/staff/mailings/{row.id}"
        letters = [
            notices.Message(f"winner:{row.id}:{person}", person, subject, body, link) for person in people if person
        ]
        notices.tell(session, self.clock, letters)
