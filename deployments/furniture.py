"""Furnishing the house: the one place where settings become engines, stores, providers and the language."""

import hmac
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError
from sqlalchemy import Engine
from sqlalchemy.orm import sessionmaker

from deployments.accounts import Accounts, kind_of
from deployments.front import read_front
from deployments.mailboxes import Mailboxes
from deployments.refusal import Refusal
from deployments.secrets import read_secrets
from deployments.settings import AS_DESCRIBED, Settings, read_settings
from integrations.channels import discovered
from integrations.folder import Folder
from integrations.mailers import discovered as discovered_mailers
from integrations.media import MediaStore
from integrations.notices.mail import Mail, MailSettings
from integrations.workspace import read_workspace
from models.company import Workspace
from models.content import Problem
from models.database import DatabaseClock, connect, now_by, reading, writing
from models.locale import speak
from models.reaction import Mark
from models.reason import because
from tasks.cards.letters import MY, MY_FIELDS
from tasks.cards.page.rows import my_fields
from tasks.delivery.rows import insert_quietly
from tasks.groups import reactions
from tasks.house import House, furnish
from tasks.mailing.coupons.checking import ROOT as COUPON
from tasks.mailing.coupons.saying.rows import coupons
from tasks.mailing.writing.fields import make_known
from tasks.reactions_to_mailings.conditions import LETTERS
from tasks.subscribing.links import CONFIRM
from tasks.subscribing.rows import confirm_links

FIRST_START = "first_start"
BLOCK, MASKS = 64, (0x36, 0x5C)  # of HMAC-SHA-256: bytes of a block, and what the key is masked by
Stamp = tuple[int, int, int]
WATCHED = ("company.yaml", "channels.yaml", "mailers.yaml", "feeds.yaml", "brand/brand.yaml", "consents.yaml")


def furnish_from(settings: Settings, typed_in: Callable[[str, str], dict[str, Any]]) -> House:
    """Fill the house in from the settings and choose the language of the process."""
    engine = connect(settings.database)
    sessions = sessionmaker(engine, expire_on_commit=False)
    media = MediaStore(settings.media)
    front = read_front(settings)
    start = first_start(engine, front.zone)
    accounts = Accounts(media, os.environ, typed_in, usual(settings, front.public_url), settings.workspace)
    open_workspace = workspace_of(settings.workspace, start)
    speak(front.locale)
    house = House(
        engine=engine, sessions=sessions, open_workspace=open_workspace, provider_of=accounts.provider_of,
        reaches_out=accounts.reaches_out, mailer_of=accounts.mailer_of, letters_leave=accounts.letters_leave,
        kind_of=kind_of, media=media,
        mail=mail_of(settings, os.environ), mail_leaves=bool(os.environ.get("OTDEL_SMTP_HOST")),
        messenger=accounts.messenger, mailbox_of=Mailboxes(os.environ, typed_in, settings.workspace).mailbox_of,
        root=settings.workspace, var=settings.var, first_start=start,
        public_url=front.public_url, staff_url=front.staff_url, ui_url=front.ui_url, printed=printing(settings),
    )  # fmt: skip
    furnish(house)
    reactions.register(LETTERS)
    make_known(CONFIRM, {CONFIRM}, confirm_links)
    make_known(COUPON, {f"{COUPON}."}, coupons)
    make_known(MY, MY_FIELDS, my_fields)
    return house


def usual(settings: Settings, public_url: str) -> dict[str, dict[str, Any]]:
    """Settings of providers that are known without anybody saying them."""
    return {
        "site": {"path": str(settings.var / "site"), "url": public_url},
        "folder": {"path": str(settings.var / "showcase")},
        "mailbox": {"path": str(settings.var / "letters")},
    }


def printing(settings: Settings) -> Callable[[str, str], str]:
    """The keyed hash of an address: who has the database alone cannot try all phone numbers there are.

    Its key is made of the house's own, read when it is first needed: not every process has to do with customers.
    """

    @cache
    def printed() -> Callable[[str, str], str]:
        secret = read_secrets(settings).house_key.get_secret_value()
        return keyed(hmac.digest(secret.encode(), b"otdel: what addresses are known by", "sha256"))

    return lambda kind, value: printed()(kind, value)


def keyed(key: bytes) -> Callable[[str, str], str]:
    """HMAC-SHA-256 (RFC 2104) with a key of one block at most, which is taken in once and not for every text.

    That is more than half of the work of hmac's own, and tables have millions.
    """
    within, around = (sha256(bytes(byte ^ mask for byte in key.ljust(BLOCK, b"\0"))) for mask in MASKS)

    def printed(kind: str, value: str) -> str:
        inner, outer = within.copy(), around.copy()
        inner.update(f"{kind}\n{value}".encode())
        outer.update(inner.digest())
        return outer.hexdigest()

    return printed


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
        return read_workspace(root, start, discovered().keys(), mailers=discovered_mailers().keys())

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
