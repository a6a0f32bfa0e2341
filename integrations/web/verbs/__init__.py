"""What the web process can do, given to it as an argument: it knows neither the database nor the steps."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from integrations.web.verbs.approval import ApprovalVerbs
from integrations.web.verbs.archive import ArchiveVerbs
from integrations.web.verbs.campaigns import CampaignVerbs, OccasionVerbs
from integrations.web.verbs.cards import CardVerbs, MyVerbs
from integrations.web.verbs.cashiers import CashierVerbs
from integrations.web.verbs.coupon_analysis import CouponAnalysisVerbs
from integrations.web.verbs.coupon_letters import CouponLetterVerbs
from integrations.web.verbs.customers import CustomerVerbs
from integrations.web.verbs.drop import DropVerbs
from integrations.web.verbs.groups import GroupVerbs
from integrations.web.verbs.hooks import HookVerbs
from integrations.web.verbs.intake import IntakeVerbs
from integrations.web.verbs.letters import LetterVerbs
from integrations.web.verbs.local_mail import LocalMailVerbs
from integrations.web.verbs.mailing_report import MailingReportVerbs
from integrations.web.verbs.mailings import MailingVerbs
from integrations.web.verbs.month import MonthVerbs
from integrations.web.verbs.offers import OfferVerbs
from integrations.web.verbs.orders import OrderVerbs
from integrations.web.verbs.outlets import OutletVerbs
from integrations.web.verbs.people import PeopleVerbs
from integrations.web.verbs.piece import PieceVerbs
from integrations.web.verbs.review import ReviewVerbs
from integrations.web.verbs.stop import StopVerbs
from integrations.web.verbs.subscribe import SubscribeVerbs
from integrations.web.verbs.suggest import SuggestVerbs
from integrations.web.verbs.tills import TillVerbs
from integrations.web.verbs.trade import TradeVerbs
from integrations.web.verbs.unknown import UnknownVerbs
from integrations.web.verbs.week import WeekVerbs
from models.desk import (
    Face,
    Line,
    PasskeyLine,
    Queue,
    Ticket,
    Visited,
    Visitor,
)
from models.reason import Reason
from models.site import SitePage


class SiteVerbs(Protocol):
    """What the public pages need."""

    def face(self) -> Face: ...

    def logo(self) -> bytes | None:
        """The logo as PNG; None where there is none."""

    def is_well(self) -> bool:
        """Whether the database answers."""

    def address_of(self, code: str) -> str | None:
        """Where a short link of ours leads."""

    def count(self, visits: Sequence[Visited]) -> None: ...

    def schema_org(self, page: SitePage, url: str, pictures: Sequence[str]) -> str:
        """The page's JSON-LD, ready to stand inside <script>."""


class DoorVerbs(Protocol):
    """Coming in and going out. A `Reason` is why not, in words for whoever asks."""

    def guest(self, token: str) -> str | None:
        """The name an invitation is for; None where it is good no longer."""

    def accept(self, token: str, password: str) -> Ticket | Reason: ...

    def sign_in(self, name: str, password: str, address: str) -> Ticket | Reason: ...

    def visitor(self, token: str) -> Visitor | None: ...

    def sign_out(self, token: str) -> None: ...


class PasskeyVerbs(Protocol):
    """Coming in by passkey, and the keys a person has. A question is JSON for the browser, "" where there is none."""

    def ask_who_comes(self, door: str) -> str: ...

    def sign_in_by_passkey(self, answer: str, door: str) -> Ticket | Reason: ...

    def ask_the_guest(self, token: str) -> str: ...

    def accept_by_passkey(self, token: str, answer: str, title: str) -> Ticket | Reason: ...

    def ask_for_another(self, visitor: Visitor) -> str: ...

    def add_passkey(self, visitor: Visitor, answer: str, title: str) -> Reason: ...

    def remove_passkey(self, visitor: Visitor, id: int) -> Reason: ...

    def passkeys(self, visitor: Visitor) -> Sequence[PasskeyLine]: ...

    def has_password(self, visitor: Visitor) -> bool: ...


class DeskVerbs(Protocol):
    """What waits for people, and what they order. Every order answers with a sentence about what became of it."""

    def queue(self) -> Queue: ...

    def today(self) -> date:
        """The company's day."""

    def placements(self, rendition_id: int) -> Sequence[Line]: ...


class Verbs(
    SiteVerbs,
    DoorVerbs,
    PasskeyVerbs,
    DeskVerbs,
    ApprovalVerbs,
    ReviewVerbs,
    WeekVerbs,
    PieceVerbs,
    OrderVerbs,
    DropVerbs,
    SuggestVerbs,
    StopVerbs,
    UnknownVerbs,
    PeopleVerbs,
    OutletVerbs,
    TradeVerbs,
    CustomerVerbs,
    GroupVerbs,
    CampaignVerbs,
    OccasionVerbs,
    MonthVerbs,
    LetterVerbs,
    CouponLetterVerbs,
    HookVerbs,
    SubscribeVerbs,
    MailingVerbs,
    OfferVerbs,
    MailingReportVerbs,
    CouponAnalysisVerbs,
    IntakeVerbs,
    TillVerbs,
    ArchiveVerbs,
    LocalMailVerbs,
    CardVerbs,
    MyVerbs,
    CashierVerbs,
    Protocol,
):
    """Everything together."""
