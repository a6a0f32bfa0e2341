"""Rows that need a person, as the desk shows them. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations.errors import Failure
from models.approval import Request
from models.company import ChannelCard, Outlet
from models.delivery import Delivery, Verb
from models.desk.unknown import Need, Passed, What
from models.guesses import GuessAlarm, GuessedBy
from models.locale import mark
from models.mailings import Mailing, Stage
from models.piece import HandVersion, OfferRow, Piece
from models.post import Product
from models.reaction import Check, Comment, PassedOn
from models.reason import Reason, because
from models.redemptions import JournalEntry
from models.redemptions import OfferRow as OfferInTrade
from models.trade import Instruction
from tasks.attention.addresses import channel_address
from tasks.cashier_page.shown import reasons_against
from tasks.control.compare import Difference
from tasks.control.letters import possible
from tasks.desk.rows import Names, as_line
from tasks.posting.freshness import about
from tasks.reactions.questions import Kind, judge

TEXT_SHOWN = 600
TRIED = mark("It was tried {times} times.")
ASKED = mark("It waits for approval.")
IN_DOUBT = mark("Letters whose outcome is unknown: {number}. Nothing is sent twice by itself.")
LETTER_SENT = mark("The letter with the instruction went out; nobody there has confirmed it.")
NO_LETTER = mark("No letter can go there: print the sheet and hand it over.")
BY_HAND = mark("The version for {channel} was written by {person}. Since then the piece says something else.")

GUESSED = mark("Wrong codes: {wrong} within {minutes} minutes.")
WAITS = mark("None of its codes is looked up for now.")
SLOWED = mark("Others at its address, or in the house, sent them too: each may send a tenth as many as usual for now.")
WAITED = mark("That is over, and codes are looked up again.")


@dataclass(frozen=True)
class Around:
    """What the rows are seen by: names, clocks, channels and what these can do."""

    names: Names
    now: datetime
    public_url: str = ""
    outlets: Sequence[Outlet] = ()
    verbs_of: Callable[[str], Collection[Verb]] = lambda account: frozenset()
    offers: Mapping[str, OfferRow] = field(default_factory=dict)
    mailers: Mapping[str, str] = field(default_factory=dict)

    def card(self, account: str) -> ChannelCard | None:
        return self.names.channels.get(account)

    def address(self, account: str) -> str:
        return channel_address(self.card(account), self.public_url)

    def called(self, kind: str, key: str) -> tuple[str, str]:
        """The name of somebody a question was passed on to, and the telephone."""
        if kind == "person":
            return self.names.person(key), ""
        outlet = next((one for one in self.outlets if one.key == key), None)
        return (outlet.name, outlet.phone) if outlet else (key, "")


def of_placement(what: What, row: Delivery, piece: Piece | None, stopped: bool, text: str, around: Around) -> Need:
    """A placement with its reason, what was sent and when it was tried."""
    line = as_line(row, piece, stopped, around.names)
    tried = [because(TRIED, code="tried", times=row.attempts)] if row.attempts > 1 else []
    return Need(
        what=what, id=line.id, title=line.title, number=line.number, author=line.author, channel=line.channel,
        since=line.due_at, tried_at=row.first_intent_at, url=line.url, channel_url=around.address(row.account),
        text=text[:TEXT_SHOWN], line=line, known=tuple(tried) if what is What.UNKNOWN else (), piece_id=line.piece_id,
    )  # fmt: skip


def of_question(
    comment: Comment, row: Delivery, piece: Piece | None, passed: Iterable[PassedOn], around: Around
) -> Need:
    judgement = judge(comment.text)
    complains = judgement is not None and judgement.kind is Kind.COMPLAINT
    return Need(
        what=What.QUESTION, id=comment.id or 0, **_about(row, piece, around), since=comment.written_at,
        until=comment.answer_by, is_overdue=comment.answer_by is not None and comment.answer_by < around.now,
        text=comment.text[:TEXT_SHOWN], known=(judgement.reason,) if judgement and complains else (),
        passed=tuple(_passed(one, around) for one in passed),
    )  # fmt: skip


def _passed(one: PassedOn, around: Around) -> Passed:
    to, phone = around.called(one.to_kind, one.to_key)
    by = around.names.person(one.by)
    return Passed(to=to, phone=phone, by=by, at=one.at, note=one.note, written=one.written)


def of_difference(check: Check, row: Delivery, piece: Piece | None, around: Around) -> Need:
    """A difference with the answers that its channel can carry out."""
    found = [Difference.model_validate(finding) for finding in check.findings]
    try:
        answers = possible(found, around.verbs_of(row.account))
    except Failure:
        answers = possible(found, ())
    return Need(
        what=What.DIFFERENCE, id=check.id or 0, **_about(row, piece, around), since=check.found_at,
        known=tuple(difference.reason for difference in found), answers=tuple(answers),
    )  # fmt: skip


def of_price(row: Delivery, piece: Piece | None, products: Sequence[Mapping[str, Any]], around: Around) -> Need | None:
    """A publication to come whose products are not as the feed shows them now; None where they are."""
    named = [Product.model_validate(product) for product in products]
    said: list[Reason] = [reason for one in named if (reason := about(one, around.offers.get(one.id)))]
    if not said:
        return None
    line = as_line(row, piece, False, around.names)
    return Need(
        what=What.PRICE, id=line.id, title=line.title, number=line.number, author=line.author, channel=line.channel,
        since=line.due_at, line=line, known=tuple(said), piece_id=line.piece_id,
    )  # fmt: skip


def of_hand(version: HandVersion, piece: Piece, around: Around) -> Need:
    channel, person = around.names.channel(version.account), around.names.person(version.by)
    return Need(
        what=What.BY_HAND, id=version.id or 0, title=piece.title, number=piece.number or "", account=version.account,
        channel=channel,
        author=around.names.person(piece.author), since=version.at, piece_id=piece.id or 0,
        known=(because(BY_HAND, code="by_hand", channel=channel, person=person),),
    )  # fmt: skip


def of_mailing(mailing: Mailing, unknown: int, around: Around) -> Need:
    asked = mailing.stage == Stage.ASKED
    known = [because(ASKED, code="asked")] if asked else []
    known += [Reason.model_validate(mailing.reason)] if mailing.reason and not asked else []
    known += [because(IN_DOUBT, code="unknown", number=unknown)] if unknown else []
    return Need(
        what=What.MAILING, id=mailing.id or 0, title=mailing.title, author=around.names.person(mailing.made_by),
        account=mailing.account, channel=around.mailers.get(mailing.account, mailing.account), until=mailing.due_at,
        since=mailing.due_at or mailing.made_at, known=tuple(known),
        page=f"/staff/mailings/{mailing.id}{'/approval' if asked else ''}",
    )  # fmt: skip


def of_guesses(alarm: GuessAlarm, tills: Mapping[int, str], around: Around) -> Need:
    """A till that sent too many wrong codes; `tills` are what they are called, by the numbers of their keys."""
    outlet, _ = around.called("outlet", alarm.outlet)
    said = because(GUESSED, code="guesses", wrong=alarm.wrong, minutes=alarm.seconds // 60)
    slowed = because(WAITS if alarm.kind == GuessedBy.TILL else SLOWED, code="waits")
    still = slowed if alarm.until > around.now else because(WAITED, code="waited")
    return Need(
        what=What.GUESSES, id=alarm.id or 0, title=tills.get(alarm.key_id or 0, alarm.till), channel=outlet,
        since=alarm.at, known=(said, still), page=f"/staff/outlets/{alarm.outlet}",
    )  # fmt: skip


def of_conflict(entry: JournalEntry, around: Around) -> Need:
    """What a till told of after an outage, and what is said against it; the code shows its end only."""
    outlet, _ = around.called("outlet", entry.outlet)
    return Need(
        what=What.CONFLICT, id=entry.id or 0, title=entry.code or entry.till, channel=outlet, since=entry.at,
        known=reasons_against(entry.conflicts), page=f"/staff/outlets/{entry.outlet}/cashiers#conflicts",
    )  # fmt: skip


def of_instruction(instruction: Instruction, offer: OfferInTrade, around: Around) -> Need:
    name, phone = around.called("outlet", instruction.outlet)
    told = because(LETTER_SENT, code="sent") if instruction.sent_at else because(NO_LETTER, code="no_letter")
    return Need(
        what=What.INSTRUCTION, id=instruction.id or 0, title=offer.title, channel=f"{name}, {phone}" if phone else name,
        author=around.names.person(offer.made_by), since=offer.starts_at or instruction.made_at, known=(told,),
        page=f"/staff/trade/{offer.key}",
    )  # fmt: skip


def of_offer(offer: OfferInTrade, request: Request, around: Around) -> Need:
    return Need(
        what=What.OFFER, id=offer.id or 0, title=offer.title, author=around.names.person(offer.made_by),
        until=request.due_at, since=request.asked_at, known=(because(ASKED, code="asked"),),
        page=f"/staff/offers/{offer.key}",
    )  # fmt: skip


def _about(row: Delivery, piece: Piece | None, around: Around) -> dict[str, Any]:
    return {
        "title": piece.title if piece else row.key, "number": (piece.number or "") if piece else "",
        "author": around.names.person(piece.author) if piece else "", "channel": around.names.channel(row.account),
        "url": row.url, "channel_url": around.address(row.account), "piece_id": (piece.id or 0) if piece else 0,
    }  # fmt: skip
