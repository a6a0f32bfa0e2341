"""Furnishing the house: the one place where settings become engines, stores, providers and the language."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import sessionmaker

from deployments.accounts import Accounts
from deployments.front import read_front
from deployments.settings import Settings, read_settings
from integrations.channels import discovered
from integrations.media import MediaStore
from integrations.notices.mail import Mail, MailSettings
from integrations.workspace import read_workspace
from models.company import Workspace
from models.content import Problem
from models.database import DatabaseClock, connect, now_by
from models.locale import speak
from models.reaction import Mark
from tasks.house import House, furnish

FIRST_START = "first_start"
WATCHED = ("company.yaml", "channels.yaml", "feeds.yaml", "brand/brand.yaml")


def furnish_from(settings: Settings, typed_in: Callable[[str, str], dict[str, Any]]) -> House:
    """Fill the house in from the settings and choose the language of the process."""
    engine = connect(settings.database)
    sessions = sessionmaker(engine, expire_on_commit=False)
    media = MediaStore(settings.media)
    start = first_start(sessions)
    front = read_front(settings)
    defaults = {
        "site": {"path": str(settings.var / "site"), "url": front.public_url},
        "folder": {"path": str(settings.var / "showcase")},
    }
    accounts = Accounts(media, os.environ, typed_in, defaults, settings.workspace)
    open_workspace = workspace_of(settings.workspace, start)
    speak(front.locale)
    house = House(
        engine=engine, sessions=sessions, open_workspace=open_workspace, provider_of=accounts.provider_of,
        reaches_out=accounts.reaches_out, media=media,
        mail=Mail(MailSettings(mailbox=settings.mailbox, **_smtp(os.environ))),
        root=settings.workspace, var=settings.var, first_start=start,
        public_url=front.public_url, staff_url=front.staff_url, ui_url=front.ui_url,
    )  # fmt: skip
    furnish(house)
    return house


def _smtp(environment: Mapping[str, str]) -> dict[str, Any]:
    """OTDEL_SMTP_HOST, _PORT, _USER, _PASSWORD, _SENDER, _ENCRYPTED; without a host letters stay in the mailbox."""
    named = {name: f"OTDEL_SMTP_{name.upper()}" for name in ("host", "port", "user", "password", "sender", "encrypted")}
    return {name: environment[variable] for name, variable in named.items() if variable in environment}


def first_start(sessions: Any) -> date:
    """The day this house was first started, written down the first time it is asked: +6 in the files counts from it."""
    with sessions.begin() as session:
        found = session.get(Mark, FIRST_START)
        if found is None:
            now: datetime = now_by(DatabaseClock(), session)
            found = Mark(name=FIRST_START, value=now.astimezone(UTC).isoformat(), at=now)
            session.add(found)
        return datetime.fromisoformat(found.value).date()


def workspace_of(root: Path, start: date) -> Callable[[], tuple[Workspace, list[Problem]]]:
    """Read the company's files, anew only when one of them has changed."""

    @cache
    def read(_: tuple[float, ...]) -> tuple[Workspace, list[Problem]]:
        return read_workspace(root, start, discovered().keys())

    def opened() -> tuple[Workspace, list[Problem]]:
        return read(tuple(_changed_at(root / name) for name in WATCHED))

    return opened


def _changed_at(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0


def wire() -> House:
    """Furnish from the environment: what every process of ours does first."""
    from deployments.blocks import typed_in

    return furnish_from(read_settings(), typed_in)
