"""The web process: the house's own site, its desk and its door, on one port. It never imports Prefect."""

import logging
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from deployments.desk_verbs import DeskVerbs
from deployments.door_verbs import DoorVerbs
from deployments.furniture import furnish_from
from deployments.passkey_verbs import PasskeyVerbs
from deployments.refusal import Refusal
from deployments.secrets import read_secrets
from deployments.settings import Settings, read_settings
from deployments.site_verbs import SiteVerbs, site_path
from integrations.web.app import create_app
from integrations.web.passwords import Passwords
from integrations.web.settings import WebSettings
from tasks.house import House

GRACE_SECONDS = 10


def unguessable() -> str:
    return secrets.token_urlsafe(32)


class HouseVerbs(SiteVerbs, DoorVerbs, PasskeyVerbs, DeskVerbs):
    """Everything the web process can do, done in this house."""

    def __init__(
        self,
        house: House,
        secret: str = "",
        passwords: Passwords | None = None,
        chance: Callable[[], str] = unguessable,
    ) -> None:
        super().__init__()
        self.house, self.secret, self.chance = house, secret, chance
        self.passwords = passwords or Passwords()


def app_of(house: House, secret: str, mailbox: Path | None, passwords: Passwords | None = None) -> FastAPI:
    """The web process of a house. `mailbox` is None where notices go out by mail."""
    settings = WebSettings(
        public_url=house.public_url, staff_url=house.staff_url, ui_url=house.ui_url, secret=SecretStr(secret),
        site=site_path(house), media=house.media.root, reports=house.var / "reports", mailbox=mailbox,
    )  # fmt: skip
    return create_app(HouseVerbs(house, secret, passwords), settings, house.now)


def main() -> None:
    """Serve until SIGTERM; what was begun is finished first."""
    try:
        serve(read_settings())
    except Refusal as refusal:
        print(refusal, file=sys.stderr)  # noqa: T201  the launcher keeps this output as the log
        raise SystemExit(refusal.code) from None


def serve(settings: Settings) -> None:
    logging.basicConfig(level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # No block of Prefect is read here: what leaves through a channel is the runner's business.
    house = furnish_from(settings, lambda provider, account: {})
    mailbox = None if os.environ.get("OTDEL_SMTP_HOST") else settings.mailbox
    app = app_of(house, read_secrets(settings).session_key.get_secret_value(), mailbox)
    uvicorn.Server(listening(app, settings.host, settings.web_port)).run()


def listening(app: FastAPI, host: str, port: int) -> uvicorn.Config:
    """How the web process listens: it names neither itself nor its visitors, and finishes what it has begun."""
    return uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, server_header=False, ws="none", lifespan="on",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )  # fmt: skip


if __name__ == "__main__":
    main()
