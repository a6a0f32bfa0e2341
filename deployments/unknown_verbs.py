"""The verbs of what needs a person, done in the house."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

from sqlalchemy.orm import Session

from deployments.order_verbs import sentences
from integrations.channels import discovered
from integrations.errors import Refused
from models.company import Outlet
from models.database import now_by, reading
from models.delivery import Verb
from models.desk import Visitor
from models.desk.unknown import Need, Needs, Recipient, What
from models.locale import mark
from models.orders import QuestionIs, Signed
from models.reason import Reason, because
from tasks.attention import needs, rows
from tasks.attention.mine import Share, share_of
from tasks.attention.needs import Around
from tasks.content import rows as content
from tasks.control.compare import ANSWERS
from tasks.control.compare import Answer as Decision
from tasks.desk.rows import Names
from tasks.differences.engine import Differences
from tasks.house import House
from tasks.orders.answers import Report
from tasks.outlets.rows import keys
from tasks.people.rows import everybody
from tasks.questions.engine import Questions
from tasks.schedule.wall import local
from tasks.watching.rows import on_duty

# Prices are compared one by one, so no more of what is to come is looked at than a busy week holds.
PRICED = 1000
HANDED_ON = mark("Handed on: the channel is looked at once more, then what was approved is restored.")
CLOSED = mark("The channel “{account}” is closed.")


class UnknownVerbs:
    """What needs a person: listed, and decided."""

    house: House
    ordered: Callable[..., Report]
    handed_on: Callable[..., int]
    _names: Callable[[Session], Names]

    def needs(self, visitor: Visitor, what: What | None, mine: bool, most: int) -> Needs:
        clock = self.house.clock
        with reading(self.house.engine) as session:
            around = self._needs_around(session)
            share = self._share_of(session, visitor) if mine else None
            counts = rows.counts(session, clock, share)
            priced = self._priced_needs(session, share, around)
            counts |= {What.PRICE: len(priced)} if priced else {}
            wanted = [one for one in What if counts.get(one) and what in (None, one)]
            shown = [need for one in wanted for need in self._needs_of(session, one, share, around, priced, most)]
        in_order = {one: counts[one] for one in What if one in counts}
        return Needs(shown=tuple(shown), counts=in_order, what=what, mine=mine)

    def _needs_of(
        self, session: Session, what: What, share: Share | None, around: Around, priced: Sequence[Need], most: int
    ) -> list[Need]:
        clock = self.house.clock
        match what:
            case What.QUESTION:
                asked = rows.questions(session, clock, share, most)
                passed = rows.passed(session, [comment.id or 0 for comment, _, _ in asked])
                return [needs.of_question(*row, passed[row[0].id or 0], around) for row in asked]
            case What.DIFFERENCE:
                return [needs.of_difference(*row, around) for row in rows.differences(session, clock, share, most)]
            case What.PRICE:
                return list(priced[:most])
            case What.MAILING:
                return [needs.of_mailing(*row, around) for row in rows.mailings(session, clock, share, most)]
            case What.GUESSES | What.CONFLICT | What.INSTRUCTION | What.OFFER:
                return self._coupon_needs(session, what, share, around, most)
            case What.BY_HAND:
                return [needs.of_hand(*row, around) for row in rows.by_hand(session, clock, share, most)]
        found = rows.placements(session, clock, what, share, most)
        texts = rows.texts(session, [row.content_id for row, _, _ in found]) if what is What.UNKNOWN else {}
        return [needs.of_placement(what, *row, texts.get(row[0].content_id, ""), around) for row in found]

    def _coupon_needs(self, session: Session, what: What, share: Share | None, around: Around, most: int) -> list[Need]:
        clock = self.house.clock
        match what:
            case What.GUESSES:
                tills = {key.id or 0: key.title for key in keys(session)}
                return [needs.of_guesses(row, tills, around) for row in rows.guesses(session, clock, most)]
            case What.CONFLICT:
                return [needs.of_conflict(row, around) for row in rows.conflicts(session, clock, most)]
            case What.INSTRUCTION:
                return [needs.of_instruction(*row, around) for row in rows.instructions(session, clock, share, most)]
        return [needs.of_offer(*row, around) for row in rows.offers(session, clock, share, most)]

    def _priced_needs(self, session: Session, share: Share | None, around: Around) -> list[Need]:
        found = rows.priced(session, self.house.clock, share, PRICED)
        judged = (needs.of_price(row, piece, products, around) for row, piece, products in found)
        return [need for need in judged if need]

    def _needs_around(self, session: Session) -> Around:
        offers = {offer.id: offer for offer in content.offers(session)}
        return Around(
            names=self._names(session), now=now_by(self.house.clock, session), public_url=self.house.public_url,
            outlets=self.house.workspace.company.outlets, verbs_of=self._verbs_of, offers=offers,
            mailers={card.key: card.title for card in self.house.mailers},
        )  # fmt: skip

    def _share_of(self, session: Session, visitor: Visitor) -> Share:
        company = self.house.workspace.company
        day = local(self.house.now(), company.zone).date()
        return share_of(visitor.key, on_duty(session, day, company.approval.approver))

    def _verbs_of(self, account: str) -> Collection[Verb]:
        """What the channel can do, by its kind: it is not opened here. Raises Refused."""
        card = self.house.card_of(account)
        if card is None or not card.enabled:
            raise Refused(because(CLOSED, code="closed", account=card.title if card else account))
        return discovered()[card.provider].capabilities.verbs

    def recipients(self) -> tuple[Sequence[Recipient], Sequence[Recipient]]:
        outlets = self.house.workspace.company.outlets
        with reading(self.house.engine) as session:
            people = [person for person in everybody(session) if person.active]
        shops = [Recipient(key=f"outlet:{one.key}", title=one.name, about=_where(one)) for one in outlets]
        return shops, [Recipient(key=f"person:{one.key}", title=one.name) for one in people]

    def decide_difference(self, id: int, answer: str, visitor: Visitor, once: str) -> Sequence[Reason]:
        """What is restored is looked at on the channel first, which only the run can do."""
        decision, at = Decision(answer), self.house
        form = {"check": id, "answer": ANSWERS[decision], "person": visitor.key}
        differences = Differences(at.sessions, at.reads, at.clock, at.workspace, self._verbs_of)
        subject = ("difference", str(id))
        if decision is Decision.RESTORE:
            if objection := differences.objection(id, decision, visitor.key):
                return [objection]
            self.handed_on(visitor, once, "live-difference", form, subject)
            return [because(HANDED_ON, code="done")]
        act = lambda: differences.decide(id, decision, visitor.key)  # noqa: E731
        return sentences(self.ordered(visitor, once, "live-difference", form, act, subject))

    def answer_question(self, id: int, answer: str, visitor: Visitor, once: str) -> Sequence[Reason]:
        said = QuestionIs(answer)
        words = {QuestionIs.ANSWERED: "answered", QuestionIs.NONE_NEEDED: "needs no answer"}[said]
        form = {"question": id, "answer": words, "person": visitor.key, "reason": ""}
        return self._about_question(
            visitor, once, "answered", form, id, lambda at, by: at.answered(id, said, by), Signed(person=visitor.key)
        )  # fmt: skip

    def pass_on(self, id: int, to: str, visitor: Visitor, once: str, note: str) -> Sequence[Reason]:
        form = {"question": id, "to": to, "person": visitor.key, "reason": note}
        by = Signed(person=visitor.key, reason=note)
        return self._about_question(visitor, once, "pass-on", form, id, lambda at, by: at.pass_on(id, to, by), by)

    def _about_question(
        self, visitor: Visitor, once: str, code: str, form: dict[str, Any], id: int,
        act: Callable[[Questions, Signed], Report], by: Signed,
    ) -> Sequence[Reason]:  # fmt: skip
        house = self.house
        at = Questions(house.sessions, house.clock, house.workspace, house.mail_leaves)
        return sentences(self.ordered(visitor, once, code, form, lambda: act(at, by), ("question", str(id))))


def _where(outlet: Outlet) -> str:
    """What tells an outlet from the others: its town, and how it is reached."""
    return ", ".join(part for part in (outlet.city, outlet.email or outlet.phone) if part)
