"""The web process: the house's own site, its desk and its door, on one port. It never imports Prefect."""

import logging
import os
import secrets
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from deployments.desk_verbs import DeskVerbs
from deployments.door_verbs import DoorVerbs
from deployments.furniture import furnish_from
from deployments.refusal import Refusal
from deployments.secrets import read_secrets
from deployments.settings import Settings, read_settings
from deployments.site_verbs import SiteVerbs, site_path
from integrations.web.app import create_app
from integrations.web.passwords import Passwords
from integrations.web.settings import WebSettings
from models.people import Permission, permissions_of
from tasks.house import House

GRACE_SECONDS = 10
INVITED_FIRST = ("head", "admin")


def unguessable() -> str:
    return secrets.token_urlsafe(32)


class HouseVerbs(SiteVerbs, DoorVerbs, DeskVerbs):
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


@dataclass(frozen=True)
class FirstLink:
    """A way in for somebody who has none yet."""

    person: str
    name: str
    roles: tuple[str, ...]
    link: str


def first_links(house: House) -> list[FirstLink]:
    """Invitations for the approver, the head and the administrator, where they have no password yet.

    Only the newest link of a person is good; a second call makes the first one's void.
    """
    verbs = HouseVerbs(house)
    verbs.keep_people_in_step()
    approver = house.workspace.company.approval.approver
    without = [person for person in verbs.people() if person.active and not person.has_password]
    first = {role: next((p for p in without if role in p.roles), None) for role in INVITED_FIRST}
    wanted = [next((p for p in without if p.key == approver), None), *first.values()]
    unique = {person.key: person for person in wanted if person}
    return [FirstLink(p.key, p.name, p.roles, verbs.invite(p.key) or "") for p in unique.values()]


def first_admin_link(house: House) -> str:
    """One link for the launcher's summary: of whoever may approve, else of the administrator; empty once they came."""
    links = first_links(house)
    able = [link for link in links if Permission.APPROVE in permissions_of(list(link.roles))]
    return next((link.link for link in able or links), "")


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
