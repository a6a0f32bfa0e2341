"""What the doctor sees of the company: its secrets, its files, its database, its addresses."""

import os
from collections.abc import Iterator
from datetime import datetime

import httpx

from deployments.database import opened, stands_at
from deployments.doctor.finding import Finding, bad, ok, warn
from deployments.front import read_front
from deployments.house import is_running
from deployments.secrets import read_secrets, secrets_path
from deployments.settings import Settings
from models.address import is_loopback
from models.company import ChannelCard
from models.content import Effect
from models.reason import because


def secrets(settings: Settings, now: datetime) -> Iterator[Finding]:
    """There, whole and private; a Refusal of the reading is the finding."""
    if not (settings.var / "id").exists():
        yield ok("secrets", because("The secrets are made on the first start"))
        return
    read_secrets(settings)
    yield ok("secrets", because("The secrets are private: {path}. Keep a copy apart.", path=secrets_path(settings)))


def workspace(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Every problem in the company's files, as the operations see it."""
    from integrations.channels import discovered
    from integrations.mailers import discovered as discovered_mailers
    from integrations.workspace import read_workspace

    known, mailers = discovered().keys(), discovered_mailers().keys()
    _, problems = read_workspace(settings.workspace, now.date(), known, mailers=mailers)
    for problem in problems:
        said = because("{problem}", problem=str(problem))
        yield bad("workspace", said) if problem.effect == Effect.STOPS else warn("workspace", said)
    if not problems:
        yield ok("workspace", because("The company's files are in order: {folder}", folder=settings.workspace))


def tables(settings: Settings, now: datetime) -> Iterator[Finding]:
    """The tables that load by themselves: each that company.yaml names is there."""
    from integrations.folder import Folder
    from integrations.workspace import read_workspace

    of, folder = read_workspace(settings.workspace, now.date())[0].company.tables, Folder(settings.workspace)
    found = [path for pattern in (*of.customers, *of.purchases) for path in folder.matching(pattern)]
    missing = [path for path in found if not folder.holds(path)]
    for path in missing:
        what = because("company.yaml names the table {file}, and there is no such file.", file=path)
        yield warn("tables", what, because("Put the file there, or take it out of company.yaml: tables."))
    if found and not missing:
        yield ok("tables", because("The tables that load by themselves are there: {files}", files=", ".join(found)))


def database(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Reachable, and at the revision of this code."""
    if not settings.database_url and not (settings.var / "otdel.sqlite").exists():
        yield ok("database", because("The database is made on the first start"))
        return
    with opened(settings.database) as engine:
        stands, wanted = stands_at(engine)
    if stands == wanted:
        yield ok("database", because("The database is at revision {revision}", revision=stands))
        return
    what = because("The database is at revision {stands}, the code at {wanted}.", stands=stands, wanted=wanted)
    yield warn("database", what, because("It is brought up on the next start: otdel up"))


def addresses(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Each address opens, and clients are not sent to this machine's own loopback."""
    front = read_front(settings)
    named = {"ui_url": front.ui_url, "staff_url": front.staff_url, "public_url": front.public_url}
    if is_running(settings):
        for name, url in named.items():
            yield _opens(name, url)
    yield from _leads_out(settings, front.public_url, now)


def _opens(name: str, url: str) -> Finding:
    try:
        answer = httpx.get(url, timeout=8, follow_redirects=True, trust_env=False)
    except httpx.HTTPError as error:
        what = because("{name} does not open: {url} ({error}).", name=name, url=url, error=type(error).__name__)
        return bad("addresses", what, because("Check the address in company.yaml and the proxy in front of it."))
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        what = because("{name} answers with {status}: {url}.", name=name, status=answer.status_code, url=url)
        return bad("addresses", what, because("Check the proxy in front of it and var/logs."))
    return ok("addresses", because("{name} opens: {url}", name=name, url=url))


def _leads_out(settings: Settings, public_url: str, now: datetime) -> Iterator[Finding]:
    from integrations.channels import discovered
    from integrations.workspace import read_workspace

    read, _ = read_workspace(settings.workspace, now.date(), discovered().keys())
    real = [card.key for card in read.channels if card.enabled and is_loopback(public_url) and _calls_abroad(card)]
    if real:
        what = because(
            "Channels {channels} go out for real, and their links would lead to {url}, which only this machine opens.",
            channels=", ".join(real), url=public_url,
        )  # fmt: skip
        mend = because("Until then nothing of them goes out. Write into company.yaml: addresses: public_url.")
        yield bad("addresses", what, mend)


def _calls_abroad(card: ChannelCard) -> bool:
    """Whether the channel's calls leave this computer, as far as the card and the environment say."""
    from deployments.accounts import variable_of
    from integrations.channels import discovered

    fields = discovered()[card.provider].Settings.model_fields if card.provider in discovered() else {}
    if "api_url" not in fields:
        return False
    said = os.environ.get(variable_of(card, "api_url")) or card.settings.get("api_url") or fields["api_url"].default
    return not is_loopback(str(said))
