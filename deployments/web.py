"""The web process: the house's own site, its desk and its door, on one port. It never imports Prefect."""

import logging
import os
import secrets
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from deployments.approval_verbs import ApprovalVerbs
from deployments.archive_verbs import ArchiveVerbs
from deployments.campaign_verbs import CampaignVerbs
from deployments.card_verbs import CardVerbs, MyVerbs
from deployments.cashier_verbs import CashierVerbs
from deployments.coupon_analysis_verbs import CouponAnalysisVerbs
from deployments.coupon_letter_verbs import CouponLetterVerbs
from deployments.customer_verbs import CustomerVerbs
from deployments.desk_verbs import DeskVerbs
from deployments.door_verbs import DoorVerbs
from deployments.drop_verbs import DropVerbs
from deployments.furniture import furnish_from
from deployments.group_verbs import GroupVerbs
from deployments.hook_verbs import HookVerbs
from deployments.intake_verbs import IntakeVerbs
from deployments.letter_verbs import LetterVerbs
from deployments.local_mail_verbs import LocalMailVerbs
from deployments.mailing_report_verbs import MailingReportVerbs
from deployments.mailing_verbs import MailingVerbs
from deployments.month_verbs import MonthVerbs
from deployments.occasion_verbs import OccasionVerbs
from deployments.offer_verbs import OfferVerbs
from deployments.order_verbs import OrderVerbs
from deployments.outlet_verbs import OutletVerbs
from deployments.passkey_verbs import PasskeyVerbs
from deployments.people_verbs import PeopleVerbs
from deployments.piece_verbs import PieceVerbs
from deployments.porter import Porter
from deployments.refusal import Refusal
from deployments.review_verbs import ReviewVerbs
from deployments.secrets import read_secrets
from deployments.settings import Settings, read_settings
from deployments.site_verbs import SiteVerbs, site_path
from deployments.stop_verbs import StopVerbs
from deployments.subscribe_verbs import SubscribeVerbs
from deployments.suggest_verbs import SuggestVerbs
from deployments.till_verbs import TillVerbs
from deployments.trade_verbs import TradeVerbs
from deployments.typed_in_over_http import TypedInOverHttp
from deployments.unknown_verbs import UnknownVerbs
from deployments.week_verbs import WeekVerbs
from integrations.mailers import discovered as discovered_mailers
from integrations.web.app import create_app
from integrations.web.passwords import Passwords
from integrations.web.settings import WebSettings
from tasks.house import House

GRACE_SECONDS = 10


def unguessable() -> str:
    return secrets.token_urlsafe(32)


class HouseVerbs(
    SiteVerbs,
    DoorVerbs,
    PasskeyVerbs,
    PeopleVerbs,
    OutletVerbs,
    TradeVerbs,
    CustomerVerbs,
    GroupVerbs,
    MailingVerbs,
    OfferVerbs,
    OrderVerbs,
    DropVerbs,
    ApprovalVerbs,
    ReviewVerbs,
    DeskVerbs,
    WeekVerbs,
    PieceVerbs,
    SuggestVerbs,
    StopVerbs,
    UnknownVerbs,
    CampaignVerbs,
    OccasionVerbs,
    MonthVerbs,
    LetterVerbs,
    CouponLetterVerbs,
    HookVerbs,
    SubscribeVerbs,
    MailingReportVerbs,
    CouponAnalysisVerbs,
    IntakeVerbs,
    TillVerbs,
    ArchiveVerbs,
    LocalMailVerbs,
    CardVerbs,
    MyVerbs,
    CashierVerbs,
):
    """Everything the web process can do, done in this house."""

    def __init__(
        self,
        house: House,
        secret: str = "",
        passwords: Passwords | None = None,
        chance: Callable[[], str] = unguessable,
        wake_porter: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__()
        self.house, self.secret, self.chance, self.wake_porter = house, secret, chance, wake_porter
        self.passwords = passwords or Passwords()


def app_of(
    house: House,
    secret: str,
    mailbox: Path | None,
    passwords: Passwords | None = None,
    wake_porter: Callable[[], None] = lambda: None,
) -> FastAPI:
    """The web process of a house. `mailbox` is None where notices go out by mail."""
    settings = WebSettings(
        public_url=house.public_url, staff_url=house.staff_url, ui_url=house.ui_url, secret=SecretStr(secret),
        site=site_path(house), media=house.media.root, reports=house.var / "reports", arriving=house.var / "arriving",
        mailbox=mailbox,
    )  # fmt: skip
    return create_app(HouseVerbs(house, secret, passwords, wake_porter=wake_porter), settings, house.now)


def main() -> None:
    """Serve until SIGTERM; what was begun is finished first."""
    try:
        serve(read_settings())
    except Refusal as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201  the launcher keeps this output as the log
        raise SystemExit(refusal.code) from None


def serve(settings: Settings) -> None:
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Of Prefect's blocks only those of mailers are asked for, to believe what they tell: what leaves is the runner's.
    typed_in = TypedInOverHttp(
        settings, lambda: read_secrets(settings), discovered_mailers().keys(), lambda: datetime.now(UTC)
    )
    house = furnish_from(settings, typed_in)
    mailbox = None if os.environ.get("OTDEL_SMTP_HOST") else settings.mailbox
    secrets = read_secrets(settings)
    porter = Porter(house, settings, secrets)
    app = app_of(house, secrets.session_key.get_secret_value(), mailbox, wake_porter=porter.wake)
    with porter.at_work():
        uvicorn.Server(listening(app, settings.host, settings.web_port)).run()


def listening(app: FastAPI, host: str, port: int) -> uvicorn.Config:
    """How the web process listens: it names neither itself nor its visitors, and finishes what it has begun."""
    return uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, server_header=False, ws="none", lifespan="on",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )  # fmt: skip


if __name__ == "__main__":
    main()
