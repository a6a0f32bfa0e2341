"""Furnishing the house: the one place where settings become engines, stores, providers and the language."""

import hmac
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError
from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker

from deployments.accounts import Accounts
from deployments.front import read_front
from deployments.refusal import Refusal
from deployments.secrets import read_secrets
from deployments.settings import AS_DESCRIBED, Settings, read_settings
from integrations.channels import discovered
from integrations.folder import Folder
from integrations.media import MediaStore
from integrations.notices.mail import Mail, MailSettings
from integrations.workspace import read_workspace
from models.company import Workspace
from models.content import Problem
from models.database import DatabaseClock, connect, now_by, reading, writing
from models.locale import speak
from models.reaction import Mark
from models.reason import because
from tasks.delivery.rows import insert_quietly
from tasks.house import House, furnish

FIRST_START = "first_start"
Stamp = tuple[int, int, int]
WATCHED = ("company.yaml", "channels.yaml", "feeds.yaml", "brand/brand.yaml")


def furnish_from(settings: Settings, typed_in: Callable[[str, str], dict[str, Any]]) -> House:
    """Fill the house in from the settings and choose the language of the process."""
    engine = connect(settings.database)
    sessions = sessionmaker(engine, expire_on_commit=False)
    media = MediaStore(settings.media)
    front = read_front(settings)
    start = first_start(engine, front.zone)
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
        mail=mail_of(settings, os.environ), mail_leaves=bool(os.environ.get("OTDEL_SMTP_HOST")),
        messenger=accounts.messenger,
        root=settings.workspace, var=settings.var, first_start=start,
        public_url=front.public_url, staff_url=front.staff_url, ui_url=front.ui_url, printed=printing(settings),
    )  # fmt: skip
    furnish(house)
    return house


def printing(settings: Settings) -> Callable[[str, str], str]:
    """The keyed hash of an address: who has the database alone cannot try all phone numbers there are.

    Its key is made of the house's own, read when it is first needed: not every process has to do with customers.
    """

    @cache
    def key() -> bytes:
        secret = read_secrets(settings).house_key.get_secret_value()
        return hmac.digest(secret.encode(), b"otdel: what addresses are known by", "sha256")

    return lambda kind, value: hmac.new(key(), f"{kind}\n{value}".encode(), "sha256").hexdigest()


def mail_of(settings: Settings, environment: Mapping[str, str]) -> Mail:
    """OTDEL_SMTP_HOST, _PORT, _USER, _PASSWORD, _SENDER, _ENCRYPTED; without a host letters stay in the mailbox."""
    named = {name: f"OTDEL_SMTP_{name.upper()}" for name in MailSettings.model_fields}
    given: dict[str, Any] = {name: environment[said] for name, said in named.items() if said in environment}
    try:
        return Mail(MailSettings(**given | {"mailbox": settings.mailbox}))
    except ValidationError as error:  # the value is not repeated: it may be the password
        name = named[str(error.errors(include_input=False)[0]["loc"][0])]
        raise Refusal(because("{name} is filled in wrongly.", name=name), because(AS_DESCRIBED, name=name)) from None


def first_start(engine: Engine, zone: str) -> date:
    """The day in the company's zone on which this house was first started: +6 in the files counts from it.

    Written down the first time it is asked, by whoever is first; afterwards it is only read.
    """
    with reading(engine) as session:
        found = session.get(Mark, FIRST_START)
    if found is None:
        with writing(engine) as session:
            now = now_by(DatabaseClock(), session)
            row = {"name": FIRST_START, "value": now.astimezone(UTC).isoformat(), "at": now}
            session.execute(insert_quietly(session, Mark, ["name"]), [row])
            found = session.get_one(Mark, FIRST_START)
    try:
        return datetime.fromisoformat(found.value).astimezone(ZoneInfo(zone)).date()
    except (ZoneInfoNotFoundError, ValueError):  # company.yaml is read, and complained of, later
        return datetime.fromisoformat(found.value).date()


def workspace_of(root: Path, start: date) -> Callable[[], tuple[Workspace, list[Problem]]]:
    """Read the company's files, anew only when one of them has changed, or a file they name has come."""

    @lru_cache(maxsize=1)
    def read(_: tuple[Stamp, ...]) -> tuple[Workspace, list[Problem]]:
        return read_workspace(root, start, discovered().keys())

    def opened() -> tuple[Workspace, list[Problem]]:
        stamps = tuple(_stamp(root / name) for name in WATCHED)
        found = read(stamps)
        if has_come(root, found[1]):
            read.cache_clear()
            found = read(stamps)
        return found

    return opened


def has_come(root: Path, problems: Iterable[Problem]) -> bool:
    """Whether a file is there now that the settings name and that was missed when they were read."""
    missed = (problem.reason.words["value"] for problem in problems if problem.reason.code == "no_path")
    return any(Folder(root).holds(str(name)) for name in missed)


def _stamp(path: Path) -> Stamp:
    """What tells a file from the one that stood there before: two changes may fall on one tick of the clock."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def wire() -> House:
    """Furnish from the environment: what every process of ours does first."""
    from deployments.blocks import typed_in

    return furnish_from(read_settings(), typed_in)
